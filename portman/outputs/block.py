"""The managed block: portman's lines in a file that belongs to another. bytes -> bytes.

Nothing outside the block is ever changed, whatever it is (CRLF, a BOM, NUL bytes, odd
encodings). What is needed to restore the file byte for byte is in the block itself, in
words, so that it survives a lost ledger and explains itself to its reader.

A marker line is one of the two marker texts alone on its line. Blanks and a carriage return
after it are overlooked, as editors add them (a file converted to CRLF still has its block);
blanks before it are not, nor is any other spelling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portman.base.errors import PortmanError

if TYPE_CHECKING:
    from collections.abc import Collection

START = "# >>> portman"
END = "# <<< portman"
_START, _END = START.encode(), END.encode()

_NOTE = "# Written by portman from ports.toml; edits between the markers are lost."
_MADE_FILE = " portman made this file."
_ADDED_NEWLINE = " The text above had no line break at its end."

_BLANKS = b" \t\r"
_BOM = b"\xef\xbb\xbf"


class Block(NamedTuple):
    """Where the block is, and what it knows.

    `data[start:end]` is the block with both marker lines and the last line break; `line` is
    the line number of its start marker, from 1. `lines` are the lines between the markers,
    without line breaks. `made_file`: portman made the file. `added_newline`: the text above
    did not end in a line break until portman added one. `crlf`: an editor has converted it.
    """

    start: int
    end: int
    line: int
    lines: tuple[bytes, ...]
    made_file: bool
    added_newline: bool
    crlf: bool


class Assignment(NamedTuple):
    """A line outside the block that sets one of our names. `line` counts from 1."""

    name: str
    line: int
    place: str
    """`before` or `after` the block: where both count, readers mostly take the later one."""


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
        added_newline=_ADDED_NEWLINE.encode() in note,
        crlf=rows[0].endswith(b"\r"),
    )


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
        return _text(body, made_file=True, added_newline=False)
    if block is not None:
        text = _text(body, made_file=block.made_file, added_newline=block.added_newline)
        return data[: block.start] + text + data[block.end :]
    lacks_newline = data != b"" and not data.endswith(b"\n")
    text = _text(body, made_file=False, added_newline=lacks_newline)
    return data + (b"\n" if lacks_newline else b"") + text


def _check_body(body: str) -> None:
    """Refuse a body that would end the block early or run into its end marker."""
    if body and not body.endswith("\n"):
        raise ValueError("the body of a block ends in a newline")
    if any(line.rstrip() in (START, END) for line in body.split("\n")):
        raise ValueError("the body of a block has no markers in it")


def _text(body: str, *, made_file: bool, added_newline: bool) -> bytes:
    note = _NOTE
    note += _MADE_FILE if made_file else ""
    note += _ADDED_NEWLINE if added_newline else ""
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
    if block.made_file and not (above + below).strip():
        return None
    if block.added_newline and below == b"":  # with text below, the line break is needed
        above = above.removesuffix(b"\n")
        above = above.removesuffix(b"\r") if block.crlf else above
    return above + below


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
        name = wanted.get(_assigned(line))
        if name is not None:
            found.append(Assignment(name, number, place))
    return found


def _assigned(line: bytes) -> bytes:
    words = line.strip()
    if words[:7] in (b"export ", b"export\t"):
        words = words[7:].lstrip()
    ends = [position for sign in (b"=", b":") if (position := words.find(sign)) > 0]
    return words[: min(ends)].rstrip() if ends else b""
