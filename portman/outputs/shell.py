"""sh, bash, zsh: lines for `. file` or `eval "$(portman env --format shell)"`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def render(variables: Sequence[tuple[str, str]]) -> str:
    """Return one `export NAME='value'` per variable (POSIX XCU 2.2.2)."""
    return "".join(f"export {name}={quoted(value)}\n" for name, value in variables)


def quoted(value: str) -> str:
    """Return the value in single quotes; a quote in it is closed over, escaped, reopened."""
    return "'" + value.replace("'", "'\\''") + "'"
