"""What a check found."""

from __future__ import annotations

from typing import Literal, NamedTuple

Status = Literal["ok", "warn", "fail", "skipped"]


class Finding(NamedTuple):
    """One line of the page: how it stands, why, and the command that mends it.

    "skipped" means that it could not be looked at, and says nothing about the machine.
    """

    check: str
    status: Status
    reason: str
    fix: str = ""


def named(items: list[str], most: int = 4) -> str:
    """Return "a, b, c and 5 more"."""
    shown = ", ".join(items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"
