"""Aligned columns: plain text, measured in terminal cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portman.cli.style import Style


class Cell(NamedTuple):
    """Text of one cell and the colour it has on a terminal."""

    text: str
    colour: str = ""


def cells(text: str) -> int:
    """Return how many terminal columns `text` takes (wide East Asian letters take two)."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(
        0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text
    )


def table(rows: Sequence[Sequence[Cell]], style: Style, *, gap: int = 2) -> list[str]:
    """Return the rows as lines, columns aligned left; no line ends in blanks."""
    if not rows:
        return []
    widths = [max(cells(row[at].text) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for row in rows:
        last = max((at for at, cell in enumerate(row) if cell.text), default=0)
        parts = []
        for at, cell in enumerate(row[: last + 1]):
            fill = " " * (widths[at] - cells(cell.text) + gap) if at < last else ""
            parts.append(style.paint(cell.colour, cell.text) + fill)
        lines.append("".join(parts))
    return lines
