"""`env`, `port`, `url`: bare data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portman.cli.render import Style


def env(data: dict[str, Any], style: Style) -> list[str]:
    """Show the variables in the format asked for, byte for byte."""
    text: str = data["text"]
    return text.removesuffix("\n").split("\n") if text else []


def port(data: dict[str, Any], style: Style) -> list[str]:
    """Show the port, or one port a line."""
    return [str(number) for number in data["ports"]]


def url(data: dict[str, Any], style: Style) -> list[str]:
    """Show the URL."""
    return [data["url"]]
