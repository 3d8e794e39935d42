"""`init`, `add`, `remove`, `schema`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from portman.core.wording import printable

if TYPE_CHECKING:
    from portman.cli.style import Style


def init(data: dict[str, Any], style: Style) -> list[str]:
    """Show where the new manifest is, and what comes next."""
    return [
        f"wrote {printable(data['manifest'])}",
        style.paint("dim", "edit it, then: portman up"),
    ]


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
