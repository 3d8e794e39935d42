"""The managed block: put, taken back, and every foreign byte kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portman.core.block import (
    END,
    START,
    block_values,
    find_block,
    foreign_assignments,
    put_block,
    take_block,
)
from portman.core.errors import PortmanError

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
        block_values,
        take_block,
        lambda data: foreign_assignments(data, ["A", "WEB_PORT"]),
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
    assert b" portman made this file.\n" in put_block(None, BODY)
    assert b" The text above had no line break at its end.\n" in put_block(b"A=1", BODY)


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
    for look in (find_block, take_block, block_values, lambda data: put_block(data, BODY)):
        with pytest.raises(PortmanError, match=f"^line {line}: .*{what}") as caught:
            look(data)
        assert caught.value.code == "output-damaged"
        assert START in caught.value.hint


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
    """But white space alone is nothing to keep."""
    made = put_block(None, BODY)
    assert take_block(b"A=1\n" + made) == b"A=1\n"
    assert take_block(made + b"\n") is None


@pytest.mark.parametrize(
    "body", ["A=1", "A=1\n# <<< portman\n", "# >>> portman \n", f"{START}\nA=1\n{END}\n"]
)
def test_a_body_cannot_break_out(body: str) -> None:
    """Second lock; the formats write no such line."""
    with pytest.raises(ValueError, match="body of a block"):
        put_block(b"", body)


def test_values_of_the_block_and_of_nothing_else() -> None:
    """So that a lost ledger heals."""
    data = put_block(b"WEB_PORT=1\n", BODY + "URL='a b'\nQ=a=b\n") + b"DB_PORT=2\n"
    expected = {"WEB_PORT": "61000", "DB_PORT": "61001", "URL": "a b", "Q": "a=b"}
    assert block_values(data) == expected
    assert block_values(data.replace(b"\n", b"\r\n")) == expected
    assert block_values(b"WEB_PORT=1\n") == {}


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
        (b"\xef\xbb\xbfWEB_PORT=1", True),
        (b"# WEB_PORT=3000", False),
        (b"#WEB_PORT=3000", False),
        (b"MY_WEB_PORT=3000", False),
        (b"WEB_PORT_2=3000", False),
        (b"web_port=3000", False),
        (b"URL=http://x/?WEB_PORT=1", False),
        (b"WEB_PORT", False),
        (b"", False),
        (b"=WEB_PORT", False),
    ],
)
def test_what_counts_as_a_foreign_assignment(line: bytes, counts: bool) -> None:
    """What any of the readers would take for one."""
    found = foreign_assignments(line + b"\n", ["WEB_PORT", "DB_PORT"])
    assert found == ([("WEB_PORT", 1, "before")] if counts else [])


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_foreign_assignments_say_where(newline: bytes) -> None:
    """Line numbers as an editor counts them; the block's own lines do not count."""
    above, below = b"A=1\nDB_PORT=1\n", b"\nWEB_PORT=2\nDB_PORT=3"
    data = (put_block(above, BODY) + below).replace(b"\n", newline)
    assert foreign_assignments(data, ["WEB_PORT", "DB_PORT"]) == [
        ("DB_PORT", 2, "before"),
        ("WEB_PORT", 9, "after"),
        ("DB_PORT", 10, "after"),
    ]
