"""GitHub Actions: lines for `>> "$GITHUB_ENV"`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def render(variables: Sequence[tuple[str, str]]) -> str:
    """Return `NAME=value`, or `NAME<<DELIMITER` for values of several lines.

    The same variables always give the same text, so the delimiter is not random: it is the
    first of a row that no line of the value contains.
    """
    return "".join(_entry(name, value) for name, value in variables)


def _entry(name: str, value: str) -> str:
    """Return the entry of one variable."""
    if "\n" not in value and "\r" not in value:
        return f"{name}={value}\n"
    delimiter = _delimiter(value)
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def _delimiter(value: str) -> str:
    """Return a delimiter that does not occur in the value."""
    delimiter, number = "PORTMAN_END", 1
    while delimiter in value:
        number += 1
        delimiter = f"PORTMAN_END_{number}_"
    return delimiter
