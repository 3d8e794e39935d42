"""Colour where a person looks, plain text everywhere else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import TextIO

CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


class Style(NamedTuple):
    """Paints text, or leaves it alone.

    `width` is the columns there are to fill, 0 where no terminal would wrap.
    """

    colour: bool = False
    width: int = 0

    def paint(self, name: str, text: str) -> str:
        """Return `text` in one of CODES' colours."""
        return f"\x1b[{CODES[name]}m{text}\x1b[0m" if self.colour and name and text else text


def wants_colour(stream: TextIO, choice: str) -> bool:
    """Decide for one stream: --color, then NO_COLOR (no-color.org), TERM=dumb, a terminal.

    A non-empty NO_COLOR wins over "auto", not over an explicit --color always.
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def style_for(stream: TextIO, choice: str) -> Style:
    """Return the style of a stream, with the width of its terminal."""
    try:
        width = os.get_terminal_size(stream.fileno()).columns if stream.isatty() else 0
    except (OSError, ValueError):
        width = 0
    return Style(wants_colour(stream, choice), width)
