"""fish: lines for `portman env --format fish | source`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def render(variables: Sequence[tuple[str, str]]) -> str:
    """Return one `set -gx NAME 'value'` per variable."""
    return "".join(f"set -gx {name} {_quoted(value)}\n" for name, value in variables)


def _quoted(value: str) -> str:
    r"""Return the value in single quotes, in which fish knows `\'` and `\\` alone."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
