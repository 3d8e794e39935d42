"""Tables in Markdown, and the marked places in a document where they belong."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def table(head: list[str], rows: Iterable[list[str]], *, numbers: int = 0) -> str:
    """Return a table; the last `numbers` columns are aligned to the right."""
    words = len(head) - numbers
    rule = ["---"] * words + ["--:"] * numbers
    lines = [_line(head), _line(rule), *(_line(row) for row in rows)]
    return "\n".join(lines) + "\n"


def replace_marked(file: Path, mark: str, text: str) -> None:
    """Put `text` between `<!-- MARK -->` and `<!-- /MARK -->` of a document.

    Raises ValueError if the marks are not there: a table that nobody finds is no result.
    """
    opening, closing = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    before, found, rest = file.read_text().partition(opening)
    _, ended, after = rest.partition(closing)
    if not found or not ended:
        raise ValueError(f"{file} has no place marked {opening} ... {closing}")
    file.write_text(f"{before}{opening}\n{text.strip()}\n{closing}{after}")


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
