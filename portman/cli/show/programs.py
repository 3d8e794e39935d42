"""`run`, `hold`, `wait`, `open`: what starts, keeps and meets programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portman.base.text import printable
from portman.cli.show.ports import ports_text

if TYPE_CHECKING:
    from portman.cli.render import Style


def run(data: dict[str, Any], style: Style) -> list[str]:
    """Show nothing: stdout belongs to the command."""
    return []


def hold(data: dict[str, Any], style: Style) -> list[str]:
    """Show in one line that the ports are held: scripts wait for it."""
    held = [one for one in data["services"] if one["held"]]
    told = ", ".join(f"{printable(one['name'])} {ports_text(one)}" for one in held)
    return [f"holding {told or 'nothing'}  {style.paint('dim', 'pid')} {data['pid']}"]


def wait(data: dict[str, Any], style: Style) -> list[str]:
    """Show each service that listens."""
    return [
        f"{printable(one['name'])} {ports_text(one)} {style.paint('green', 'is up')}"
        for one in data["services"]
        if one["up"]
    ]


def open_(data: dict[str, Any], style: Style) -> list[str]:
    """Show the URL where no browser could be started, and what was opened otherwise."""
    if data["opened"]:
        return [f"opened {data['url']}"]
    return [data["url"]]
