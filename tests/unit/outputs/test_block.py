"""The managed block: put, taken back, and every foreign byte kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portman.base.errors import PortmanError
from portman.outputs.block import (
    END,
    START,
    Block,
    block_values,
    find_block,
    foreign_assignments,
    put_block,
    take_block,
)

if TYPE_CHECKING:
    from collections.abc import Callable

#: No deadline: the machine may be busy with other things.
UNHURRIED = settings(deadline=None)

BODY = "WEB_PORT=61000\nDB_PORT=61001\n"
BLOCK = put_block(b"", BODY)

#: Bytes as files have them, and as nobody would write them, markers and near-markers included.
PIECES = st.sampled_from(
    [
        b"# >>> portman",
        b"# <<< portman",
        b" # >>> portman",
        b"# >>> portman extra",
        b"#>>> portman",
        b"\n",
        b"\r\n",
        b"\r",
        b"\xef\xbb\xbf",
        b"\0",
        b"\xff\xfe",
        b"A=1",
        b"WEB_PORT=3000",
        b" ",
        b"\t",
    ]
)
FILES = st.lists(PIECES | st.binary(max_size=8), max_size=12).map(b"".join)
BODIES = st.lists(st.from_regex(r"[A-Z_]{1,5}=[a-z0-9/:]{1,8}", fullmatch=True), max_size=4).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)


def is_block_free(data: bytes) -> bool:
    """Return whether there is no block in the data, nor half of one."""
    try:
        return find_block(data) is None
    except PortmanError:
        return False


def complaint(look: Callable[[bytes], object], data: bytes) -> tuple[str, str]:
    """Return the code and message of the error, or two empty texts."""
    try:
        look(data)
    except PortmanError as error:
        return error.code, str(error)
    return "", ""


@UNHURRIED
@given(FILES.filter(is_block_free), BODIES)
@example(b"", BODY)
@example(b"A=1", BODY)
@example(b"A=1\r", BODY)
@example(b"A=1\r\n", BODY)
@example(b"\xef\xbb\xbf", BODY)
@example(b"# >>> portman extra", BODY)
@example(b"\n\n", "")
def test_taking_gives_back_what_was_there(data: bytes, body: str) -> None:
    """To the byte, and the foreign bytes stand unchanged meanwhile."""
    written = put_block(data, body)
    assert written.startswith(data)
    assert take_block(written) == data


@UNHURRIED
@given(FILES.filter(is_block_free), BODIES, BODIES)
def test_putting_again(data: bytes, first: str, second: str) -> None:
    """Twice the same is once; another body is as if it had been the first."""
    written = put_block(data, first)
    assert put_block(written, first) == written
    assert put_block(written, second) == put_block(data, second)


@UNHURRIED
@given(BODIES, BODIES)
def test_a_file_we_made_goes_when_taken(first: str, second: str) -> None:
    """None before, None after."""
    assert take_block(put_block(put_block(None, first), second)) is None


@UNHURRIED
@given(FILES.filter(is_block_free), FILES, BODIES, BODIES)
def test_text_that_others_add_below_stays(
    above: bytes, below: bytes, first: str, second: str
) -> None:
    """A block in the middle is replaced where it stands."""
    data = put_block(above, first) + below
    try:
        written = put_block(data, second)
    except PortmanError:
        return  # below had markers in it
    assert written == put_block(above, second) + below
    taken = take_block(written)
    assert taken is not None
    assert taken.endswith(below)
    assert taken.startswith(above)
    assert len(taken) <= len(above) + len(below) + 1


@UNHURRIED
@given(FILES)
def test_any_bytes_are_a_file_or_a_clear_error(data: bytes) -> None:
    """Whatever is in it, nothing but "output-damaged" comes out."""
    for look in (
        find_block,
        take_block,
        lambda data: block_values(find_block(data)),
        lambda data: foreign_assignments(data, ["A", "WEB_PORT"], find_block(data)),
        lambda data: put_block(data, BODY),
    ):
        code, message = complaint(look, data)
        assert code in ("", "output-damaged")
        assert code == "" or message.startswith("line ")


def test_the_block_as_people_see_it() -> None:
    """One comment says who wrote it, the markers stand alone."""
    assert put_block(b"A=1\n", BODY).decode() == (
        "A=1\n"
        "# >>> portman\n"
        "# Written by portman from ports.toml; edits between the markers are lost.\n"
        "WEB_PORT=61000\n"
        "DB_PORT=61001\n"
        "# <<< portman\n"
    )


def test_what_is_needed_to_restore_stands_in_words() -> None:
    """A lost ledger does not matter."""
    note = "# Written by portman from ports.toml; edits between the markers are lost."
    added = (
        f"{note} The text above had no line break at its end (checksum of its last line: b52f7661)."
    )
    assert put_block(None, "").decode().split("\n")[1] == f"{note} portman made this file."
    assert put_block(b"A=1", "").decode().split("\n")[2] == added
    assert put_block(b"A=1\n", "").decode().split("\n")[2] == note


@pytest.mark.parametrize("data", [b"", b"A=1\n", b"A=1", b"\r\n", b"# >>> portman extra"])
def test_a_file_without_a_block_is_given_back_as_it_is(data: bytes) -> None:
    """Nothing of ours is in it, so nothing goes; least of all the file."""
    assert take_block(data) == data


@pytest.mark.parametrize(
    ("data", "line", "what"),
    [
        (b"# >>> portman\nA=1\n", 1, "without a '# <<< portman' below"),
        (b"A=1\n# <<< portman\n", 2, "without a '# >>> portman' above"),
        (b"\n# >>> portman\n# >>> portman\n# <<< portman\n", 3, "after the one in line 2"),
        (b"# >>> portman\n# <<< portman\n# <<< portman", 3, "without"),
        (b"# >>> portman\n# <<< portman\nA\n# >>> portman\n# <<< portman", 4, "a second"),
        (b"# >>> portman\r\nA=1\r\n", 1, "below"),
    ],
)
def test_damaged_blocks_are_named_by_line(data: bytes, line: int, what: str) -> None:
    """Half a block is never guessed at."""
    for look in (find_block, take_block, lambda data: put_block(data, BODY)):
        with pytest.raises(PortmanError, match=f"^line {line}: .*{what}") as caught:
            look(data)
        assert caught.value.code == "output-damaged"
        assert START in caught.value.hint


def test_a_damaged_block_is_told_in_full() -> None:
    """What is wrong where, and the way out, with both markers as they are written."""
    hint = (
        "make it one block, or delete what is left of it, and run portman up again; "
        "a block is the lines from '# >>> portman' to '# <<< portman'"
    )
    for data, message in (
        (b"# >>> portman\n", "line 1: '# >>> portman' without a '# <<< portman' below it"),
        (b"# <<< portman\n", "line 1: '# <<< portman' without a '# >>> portman' above it"),
        (
            b"# >>> portman\n# >>> portman\n",
            "line 2: a second '# >>> portman', after the one in line 1",
        ),
    ):
        with pytest.raises(PortmanError) as caught:
            find_block(data)
        assert (caught.value.message, caught.value.hint) == (message, hint)


def test_what_is_found_of_a_block() -> None:
    """Its place to the byte, its line, the lines between the markers, and what its note says."""
    data = put_block(b"A=1", "W=2\n") + b"B=3\n"
    found = find_block(data)
    assert found is not None
    assert data[found.start : found.end] == put_block(b"A=1", "W=2\n").removeprefix(b"A=1\n")
    note, *rest = found.lines
    assert note.endswith(b"had no line break at its end (checksum of its last line: b52f7661).")
    assert rest == [b"W=2"]
    assert found[2:] == (2, (note, b"W=2"), False, "b52f7661")
    converted = find_block(b"\xef\xbb\xbf\r\n# >>> portman\r\nW=2\r\n# <<< portman")
    assert converted == Block(5, 38, 2, (b"W=2",), made_file=False, last_line="")


@pytest.mark.parametrize(
    "line", [b" # >>> portman", b"\t# <<< portman", b"# >>> portman x", b"# >>> portmanx"]
)
def test_what_only_looks_like_a_marker_is_none(line: bytes) -> None:
    """Blanks before a marker, or any other spelling, make it somebody's own comment."""
    assert find_block(line + b"\n") is None
    assert find_block(BLOCK + line + b"\n") == find_block(BLOCK)
    body = f"{line.decode()}\n"
    assert put_block(None, body).decode().endswith(f"\n{body}{END}\n")


def test_a_block_that_somebody_emptied() -> None:
    """Without its note nothing is known of the file: it is given back, and stays."""
    emptied = b"# >>> portman\n# <<< portman\n"
    found = find_block(emptied)
    assert found is not None
    assert found.lines == ()
    assert take_block(emptied) == b""
    assert put_block(emptied, BODY) == BLOCK


def test_only_a_comment_on_top_of_the_block_is_its_note() -> None:
    """A value that says the same words does not make portman remove the file."""
    data = b"# >>> portman\nA='portman made this file. portman made this file.'\n# <<< portman\n"
    assert take_block(data) == b""
    below = b"# >>> portman\n#\n# portman made this file.\n# <<< portman\n"
    assert take_block(below) == b""


@pytest.mark.parametrize("convert", [b"\r\n", b"  \n", b"\t\n", b" \r\n"])
def test_a_block_that_an_editor_converted_is_still_the_block(convert: bytes) -> None:
    """CRLF or blanks at line ends: replaced by LF in place, the rest left alone."""
    data = put_block(b"A=1\n", BODY).replace(b"\n", convert) + b"B=2" + convert
    assert put_block(data, BODY) == b"A=1" + convert + BLOCK + b"B=2" + convert
    assert take_block(data) == b"A=1" + convert + b"B=2" + convert


def test_a_converted_file_gets_back_its_missing_line_break() -> None:
    """The break that portman added became CRLF with the rest."""
    data = put_block(b"A=1\nB=2", BODY).replace(b"\n", b"\r\n")
    assert take_block(data) == b"A=1\r\nB=2"


def test_a_carriage_return_that_was_there_before_stays() -> None:
    """Only a block that became CRLF as a whole says that the break above it did."""
    data = put_block(b"A=1\r", BODY).replace(b"at its end.\n", b"at its end.\r\n")
    assert take_block(data) == b"A=1\r"


def test_lines_below_are_not_glued_to_lines_above() -> None:
    """The added line break stays where somebody has come to rely on it."""
    data = put_block(b"A=1", BODY) + b"B=2\n"
    assert take_block(data) == b"A=1\nB=2\n"


def test_a_block_without_its_last_line_break() -> None:
    """Some editors strip it."""
    data = put_block(b"A=1\n", BODY)[:-1]
    assert take_block(data) == b"A=1\n"
    assert put_block(data, BODY) == put_block(b"A=1\n", BODY)


def test_text_in_a_file_we_made_stays() -> None:
    """White space too: it is another's."""
    made = put_block(None, BODY)
    assert take_block(b"A=1\n" + made) == b"A=1\n"
    assert take_block(made + b"\n") == b"\n"
    assert take_block(made) is None


@pytest.mark.parametrize(
    "body", ["A=1", "A=1\n# <<< portman\n", "# >>> portman \n", f"{START}\nA=1\n{END}\n"]
)
def test_a_body_cannot_break_out(body: str) -> None:
    """Second lock; the formats write no such line."""
    with pytest.raises(ValueError, match=r"^the body of a block"):
        put_block(b"", body)


def test_values_of_the_block_and_of_nothing_else() -> None:
    """So that a lost ledger heals."""
    data = put_block(b"WEB_PORT=1\n", BODY + "URL='a b'\nQ=a=b\n") + b"DB_PORT=2\n"
    expected = {"WEB_PORT": "61000", "DB_PORT": "61001", "URL": "a b", "Q": "a=b"}
    assert block_values(find_block(data)) == expected
    assert block_values(find_block(data.replace(b"\n", b"\r\n"))) == expected
    assert block_values(find_block(b"WEB_PORT=1\n")) == {}


@pytest.mark.parametrize(
    ("line", "values"),
    [
        (b"A=", {"A": ""}),
        (b"A=''", {"A": ""}),
        (b"A='", {"A": "'"}),
        (b"A='1", {"A": "'1"}),
        (b"A=1'", {"A": "1'"}),
        (b"A='1'", {"A": "1"}),
        (b'A="1"', {"A": '"1"'}),
        (b"A=\xff1", {"A": "\ufffd1"}),
        (b"#A=1", {}),
        (b"# A=1", {}),
        (b"A#=1", {"A#": "1"}),
        (b"A", {}),
    ],
)
def test_what_counts_as_a_value_of_the_block(line: bytes, values: dict[str, str]) -> None:
    """What portman writes, read back; what somebody else has made of it, read without a fault."""
    assert block_values(find_block(b"# >>> portman\n" + line + b"\n# <<< portman\n")) == values


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        (b"WEB_PORT=3000", True),
        (b"  WEB_PORT=3000", True),
        (b"export WEB_PORT=3000", True),
        (b"export\t WEB_PORT=3000", True),
        (b"WEB_PORT = 3000", True),
        (b"WEB_PORT: 3000", True),
        (b"WEB_PORT := 3000", True),
        (b"WEB_PORT=", True),
        (b"WEB_PORT=a=b", True),
        (b"WEB_PORT: a:b", True),
        (b"\xef\xbb\xbfWEB_PORT=1", True),
        (b"# WEB_PORT=3000", False),
        (b"#WEB_PORT=3000", False),
        (b"MY_WEB_PORT=3000", False),
        (b"WEB_PORT_2=3000", False),
        (b"web_port=3000", False),
        (b"URL=http://x/?WEB_PORT=1", False),
        (b"WEB_PORT", False),
        (b"WEB_PORTS", False),
        (b"", False),
        (b"=WEB_PORT", False),
    ],
)
def test_what_counts_as_a_foreign_assignment(line: bytes, counts: bool) -> None:
    """What any of the readers would take for one."""
    found = foreign_assignments(line + b"\n", ["WEB_PORT", "DB_PORT"], find_block(line + b"\n"))
    assert [one[:3] for one in found] == ([("WEB_PORT", 1, "before")] if counts else [])


def test_names_of_one_letter_are_names() -> None:
    """Found where they are set, and nowhere else."""
    found = foreign_assignments(
        b"\nx\nx=1\n\ny: 2\n", ["x", "y"], find_block(b"\nx\nx=1\n\ny: 2\n")
    )
    assert found == [("x", 3, "before", "1"), ("y", 5, "before", "2")]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_foreign_assignments_say_where(newline: bytes) -> None:
    """Line numbers as an editor counts them; the block's own lines do not count."""
    above, below = b"A=1\nDB_PORT=1\n", b"\nWEB_PORT=2\nDB_PORT=3"
    data = (put_block(above, BODY) + below).replace(b"\n", newline)
    found = foreign_assignments(data, ["WEB_PORT", "DB_PORT"], find_block(data))
    assert [one[:3] for one in found] == [
        ("DB_PORT", 2, "before"),
        ("WEB_PORT", 9, "after"),
        ("DB_PORT", 10, "after"),
    ]


def test_an_empty_file_gets_the_block_alone() -> None:
    """No line is ended that nobody began."""
    assert put_block(b"", BODY).startswith(START.encode() + b"\n")


@pytest.mark.parametrize("blank", [b"\x0b", b"\x0c"])
def test_a_marker_may_only_have_spaces_and_tabs_behind_it(blank: bytes) -> None:
    """Editors leave those; anything else is somebody's own line."""
    marked = START.encode() + blank + b"\nA=1\n" + END.encode() + blank + b"\n"
    assert find_block(marked) is None
    assert find_block(marked.replace(blank, b" \t")) is not None


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        (b"A=1", (START.encode(), b"B=2\n# >>> portman"), b"A=1\nB=2\n"),
        (b"A=1", (START.encode(), b"\n# >>> portman"), b"A=1\n\n"),
        (b"A=1", (b"A=1", b"A=2"), b"A=2\n"),
        (b"A=1", (b"A=1", b"B=2\nA=1"), b"B=2\nA=1"),
        (b"A=1\r", (b"", b""), b"A=1\r"),
        (b"A=1", (b"\n", b"\r\n"), b"A=1"),
        (b"A=1\nB=2", (b"\n", b"\r\n"), b"A=1\r\nB=2"),
        (b"A=1", (b" (checksum of its last line: b52f7661)", b""), b"A=1\n"),
        (None, (END.encode(), b"# <<< portman\n"), b"\n"),
        (None, (START.encode(), b" \n# >>> portman"), b" \n"),
    ],
)
def test_taking_leaves_every_line_break_of_others(
    before: bytes | None, change: tuple[bytes, bytes], after: bytes
) -> None:
    """Portman's own goes only while it ends the line that had none; a fuller file stays."""
    data = put_block(before, "W=2\n")
    edited = data.replace(*change) if change[0] else data
    assert take_block(edited) == after
