"""Our lines in a file that people edit: between two markers, put in once, brought up to date."""

from __future__ import annotations

from typing import NamedTuple


class DamagedError(ValueError):
    """The markers in the file are not one whole block."""


class Comment(NamedTuple):
    """How the file writes a comment."""

    start: str = "# "
    end: str = ""


HASH, HTML = Comment(), Comment("<!-- ", " -->")
_NOTE = "portman integrate {} wrote this and may write it again"


def put(text: str, body: str, tool: str, *, comment: Comment = HASH, top: bool = False) -> str:
    """Return the text with the block in it: in its old place, else at the end (or the top).

    Line ends are those of the text. Raises DamagedError where one marker is missing or doubled.
    """
    newline = line_end(text)
    block = block_of(body, tool, comment, newline)
    span = _span(text, *markers(tool, comment))
    if span is not None:
        return text[: span[0]] + block + text[span[1] :]
    if not text.strip():
        return block
    if top:
        head, rest = _head(text)
        return f"{head}{block}{newline}{rest}"
    gap = "" if text.endswith(("\n\n", "\r\n\r\n")) else newline
    end = "" if text.endswith("\n") else newline
    return f"{text}{end}{gap}{block}"


def block_of(body: str, tool: str, comment: Comment = HASH, newline: str = "\n") -> str:
    """Return the block with its markers."""
    opening, closing = markers(tool, comment)
    note = f"{comment.start}{_NOTE.format(tool)}{comment.end}"
    return newline.join([opening, note, *body.rstrip("\n").split("\n"), closing]) + newline


def line_end(text: str) -> str:
    """Return how the text ends its lines."""
    return "\r\n" if "\r\n" in text else "\n"


def without(text: str, tool: str, comment: Comment = HASH) -> str:
    """Return the text with the block taken out, to see what else is in it."""
    span = _span(text, *markers(tool, comment))
    return text if span is None else text[: span[0]] + text[span[1] :]


def markers(tool: str, comment: Comment = HASH) -> tuple[str, str]:
    """Return the lines that open and close the block."""
    start, end = comment
    return f"{start}>>> portman integrate {tool}{end}", f"{start}<<< portman integrate {tool}{end}"


def _span(text: str, opening: str, closing: str) -> tuple[int, int] | None:
    starts, ends, at = [], [], 0
    for line in text.splitlines(keepends=True):
        if line.rstrip() == opening:
            starts.append(at)
        at += len(line)
        if line.rstrip() == closing:
            ends.append(at)
    if not starts and not ends:
        return None
    if len(starts) != 1 or len(ends) != 1 or ends[0] < starts[0]:
        raise DamagedError(f"the lines {opening!r} and {closing!r} are not one whole block")
    return starts[0], ends[0]


def _head(text: str) -> tuple[str, str]:
    """Split off what has to stay first: a byte order mark, a #! line."""
    mark = 1 if text.startswith("\ufeff") else 0
    end = text.find("\n") + 1 if text.startswith("#!", mark) else mark
    return text[:end], text[end:]
