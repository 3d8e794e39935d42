"""`publish`: bare data, one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portman.cli.render import Style


def publish(data: dict[str, Any], style: Style) -> list[str]:
    """Show the arguments as a shell takes them from `$(...)`: on one line, nothing quoted."""
    return [" ".join(data["arguments"])]
