"""`init`, `add`, `remove`, `schema`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from portman.base.text import printable

if TYPE_CHECKING:
    from portman.cli.render import Style


def init(data: dict[str, Any], style: Style) -> list[str]:
    """Show the new manifest, where it is, and what comes next."""
    shown = [_toml(line, style) for line in data["text"].rstrip("\n").split("\n")]
    if data["dry_run"]:
        return shown
    found = len(data["found"])
    told = f" with {found} port{'s' if found > 1 else ''} found here" if found else ""
    return [
        *shown,
        "",
        f"wrote {printable(data['manifest'])}{told}",
        style.paint("dim", "read it, change it, then: portman up"),
    ]


def _toml(line: str, style: Style) -> str:
    return style.paint("dim", printable(line)) if line.startswith("#") else printable(line)


def add(data: dict[str, Any], style: Style) -> list[str]:
    """Show what was added."""
    return [
        f"added {data['name']} to {printable(data['manifest'])}",
        style.paint("dim", "next: portman up"),
    ]


def remove(data: dict[str, Any], style: Style) -> list[str]:
    """Show what was removed and given back."""
    ports = ", ".join(str(port) for port in data["given_back"])
    back = f", gave back {ports}" if ports else ""
    return [f"removed {data['name']} from {printable(data['manifest'])}{back}"]


def schema(data: dict[str, Any], style: Style) -> list[str]:
    """Show the JSON Schema."""
    return json.dumps(data["schema"], indent=2, ensure_ascii=False).split("\n")
