"""Free the port of a row: what would be done, and doing it. `portman free` decides both."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portman.core.watching import Row


def question(row: Row) -> tuple[str, bool]:
    """Return what to ask, and whether there is anything to be done (else it is the reason)."""
    if row.state == "free":
        return f"{row.port} is free", False
    return f"portman free {row.port}", False


def act(row: Row) -> str:
    """Free the port; return what became of it."""
    return f"portman free {row.port}"
