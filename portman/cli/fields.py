"""Text for reading: labelled fields and paragraphs, wrapped to the width there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.cli.tables import cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portman.cli.style import Style

#: Longest line of prose: wider is hard to read, however wide the terminal is.
PROSE = 100


def field(label: str, values: Sequence[str], style: Style, *, colour: str = "") -> list[str]:
    """Return `values` under each other beside a label; none for no values."""
    indent = " " * 14
    lines: list[str] = []
    width = style.width - len(indent) if style.width else 0
    for value in values:
        for line in wrapped(value, width):
            head = indent if lines else "  " + style.paint("dim", f"{label:<12}")
            lines.append(head + style.paint(colour, line))
    return lines


def paragraph(text: str, style: Style, indent: str = "  ", *, colour: str = "") -> list[str]:
    """Return prose, indented and wrapped."""
    width = min(style.width, PROSE) - len(indent) if style.width else 0
    return [indent + style.paint(colour, line) for line in wrapped(text, width)]


def wrapped(text: str, width: int) -> list[str]:
    """Break at blanks, never inside a word: a path or command can still be copied whole.

    A width of 0 stands for "no terminal": nothing is broken.
    """
    if not width:
        return [text]
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and cells(lines[-1]) + 1 + cells(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines
