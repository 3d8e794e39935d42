"""The managed block: portman's lines in a file that belongs to another. bytes -> bytes.

Nothing outside the block is ever changed, whatever it is (CRLF, a BOM, NUL bytes, odd
encodings). What is needed to restore the file byte for byte is in the block itself, in
words, so that it survives a lost ledger and explains itself to its reader.

A marker line is one of the two marker texts alone on its line. Blanks and a carriage return
after it are overlooked, as editors add them (a file converted to CRLF still has its block);
blanks before it are not, nor is any other spelling.
"""

from __future__ import annotations

from portman.base.errors import PortmanError
from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection

START = "# >>> portman"
END = "# <<< portman"
_START, _END = START.encode(), END.encode()

_NOTE = "# Written by portman from ports.toml; edits between the markers are lost."
_MADE_FILE = " portman made this file."
_ADDED_NEWLINE = " The text above had no line break at its end (checksum of its last line: "

_BLANKS = b" \t\r"
_BOM = b"\xef\xbb\xbf"


class Block(NamedTuple):
    """Where the block is, and what it knows.

    `data[start:end]` is the block with both marker lines and the last line break; `line` is
    the line number of its start marker, from 1. `lines` are the lines between the markers,
    without line breaks. `made_file`: portman made the file. `last_line` is the checksum of the
    line that had no line break until portman added one; "" if none was added, or if the note does
    not have it (then the line break may be another's, and stays).
    """

    start: int
    end: int
    line: int
    lines: tuple[bytes, ...]
    made_file: bool
    last_line: str


class Assignment(NamedTuple):
    """A line outside the block that sets one of our names. `line` counts from 1.

    `place` is `before` or `after` the block: where both count, readers mostly take the later one.
    `value` is only for comparing: it may be a secret.
    """

    name: str
    line: int
    place: str
    value: str


def find_block(data: bytes) -> Block | None:
    """Return the block, or None if there is none.

    Raises PortmanError "output-damaged" with the line number for a start without an end, an
    end without a start, and a second block.
    """
    if _START not in data and _END not in data:
        return None  # by far the most common file without a block: nothing to walk through
    start = end = None
    start_line = offset = 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        mark = line.rstrip(_BLANKS)
        if mark == _START:
            if start is not None:
                raise _damaged(number, f"a second {START!r}, after the one in line {start_line}")
            start, start_line = offset, number
        elif mark == _END:
            if start is None or end is not None:
                raise _damaged(number, f"{END!r} without a {START!r} above it")
            end = min(offset + len(line) + 1, len(data))
        offset += len(line) + 1
    if start is None:
        return None
    if end is None:
        raise _damaged(start_line, f"{START!r} without a {END!r} below it")
    return _block(data, start, end, start_line)


def _block(data: bytes, start: int, end: int, line: int) -> Block:
    rows = data[start:end].removesuffix(b"\n").split(b"\n")
    inner = tuple(row.removesuffix(b"\r") for row in rows[1:-1])
    note = inner[0] if inner and inner[0].startswith(b"#") else b""
    return Block(
        start=start,
        end=end,
        line=line,
        lines=inner,
        made_file=_MADE_FILE.encode() in note,
        last_line=_checksum_in(note),
    )


def _checksum_in(note: bytes) -> str:
    found = note.partition(_ADDED_NEWLINE.encode())[2][:8]
    return found.decode() if len(found) == 8 and not found.strip(b"0123456789abcdef") else ""


def _checksum(line: bytes) -> str:
    from binascii import crc32

    return f"{crc32(line):08x}"


def _damaged(line: int, what: str) -> PortmanError:
    return PortmanError(
        "output-damaged",
        f"line {line}: {what}",
        hint=f"make it one block, or delete what is left of it, and run portman up again; "
        f"a block is the lines from {START!r} to {END!r}",
    )


def put_block(data: bytes | None, body: str) -> bytes:
    """Return the file with `body` (lines that end in a newline, or "") in the block.

    `data` None means that there is no file yet. The block is replaced in its place; a new one
    goes to the end. Raises PortmanError "output-damaged" as find_block does, ValueError for a
    body that would break the block.
    """
    return replace_block(data, None if data is None else find_block(data), body)


def replace_block(data: bytes | None, block: Block | None, body: str) -> bytes:
    _check_body(body)
    if data is None:
        return _text(body, made_file=True, last_line="")
    if block is not None:
        text = _text(body, made_file=block.made_file, last_line=block.last_line)
        return data[: block.start] + text + data[block.end :]
    last_line = data.rpartition(b"\n")[2]
    text = _text(body, made_file=False, last_line=_checksum(last_line) if last_line else "")
    return data + (b"\n" if last_line else b"") + text


def _check_body(body: str) -> None:
    if body and not body.endswith("\n"):
        raise ValueError("the body of a block ends in a newline")
    if any(line.rstrip() in (START, END) for line in body.split("\n")):
        raise ValueError("the body of a block has no markers in it")


def _text(body: str, *, made_file: bool, last_line: str) -> bytes:
    note = _NOTE
    note += _MADE_FILE if made_file else ""
    note += f"{_ADDED_NEWLINE}{last_line})." if last_line else ""
    return f"{START}\n{note}\n{body}{END}\n".encode()


def take_block(data: bytes) -> bytes | None:
    """Return the file as it was before portman came, byte for byte; None if there was none.

    Text that others have added around the block stays. A file without a block is unchanged.
    Raises PortmanError "output-damaged" as find_block does.
    """
    block = find_block(data)
    if block is None:
        return data
    above, below = data[: block.start], data[block.end :]
    if block.made_file and not above and not below:
        return None
    if below == b"":  # with text below, the line break is needed
        above = _without_our_newline(above, block.last_line)
    return above + below


def _without_our_newline(above: bytes, last_line: str) -> bytes:
    """Take off the line break that portman added, if the line it ended is the last one still.

    An editor may have made it CRLF. A line that another has added since has its own line break.
    """
    line = above.removesuffix(b"\n").rpartition(b"\n")[2]
    if not last_line or not above.endswith(b"\n"):
        return above
    if _checksum(line) == last_line:
        return above[:-1]
    return above[:-2] if _checksum(line.removesuffix(b"\r")) == last_line else above


def block_values(block: Block | None) -> dict[str, str]:
    """Return NAME -> value as our own block has them, {} without a block.

    They are not to be trusted: the block may have been edited.
    """
    values: dict[str, str] = {}
    for line in block.lines if block else ():
        name, equals, value = line.decode("utf-8", "replace").partition("=")
        if equals and not name.startswith("#"):
            quoted = len(value) > 1 and value[0] == value[-1] == "'"
            values[name] = value[1:-1] if quoted else value
    return values


def foreign_assignments(
    data: bytes, names: Collection[str], block: Block | None
) -> list[Assignment]:
    """Return the lines outside the block that set one of `names`, in the file's order.

    Counts what any of the env-file readers takes for an assignment: `NAME=`, `NAME =`,
    `export NAME=`, `NAME: `. Comments do not count. A line inside a value of several
    lines may be taken for an assignment: this reads lines, not a shell's grammar.
    """
    wanted = {name.encode(): name for name in names}
    if block is None:
        return _assignments(data, wanted, 1, "before")
    below = 1 + len(data[: block.end].splitlines())
    return [
        *_assignments(data[: block.start], wanted, 1, "before"),
        *_assignments(data[block.end :], wanted, below, "after"),
    ]


def _assignments(
    data: bytes, wanted: dict[bytes, str], first_line: int, place: str
) -> list[Assignment]:
    found = []
    for number, line in enumerate(data.removeprefix(_BOM).splitlines(), start=first_line):
        words = _assigned(line)
        name = wanted.get(words)
        if name is not None:
            value = line.partition(words)[2].strip()[1:].strip().strip(b"'\"")
            found.append(Assignment(name, number, place, value.decode("utf-8", "replace")))
    return found


def _assigned(line: bytes) -> bytes:
    words = line.strip()
    if words[:7] in (b"export ", b"export\t"):
        words = words[7:].lstrip()
    ends = [position for sign in (b"=", b":") if (position := words.find(sign)) > 0]
    return words[: min(ends)].rstrip() if ends else b""
