"""`free`: the plan, then what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portman.base.address import at
from portman.base.text import printable
from portman.cli.render import paragraph

if TYPE_CHECKING:
    from portman.cli.render import Style

OUTCOMES = {
    "stopped": ("green", "done"),
    "gone": ("green", "it had gone already"),
    "killed": ("yellow", "SIGKILL was needed"),
    "ignored": ("red", "SIGTERM was ignored"),
    "failed": ("red", "failed"),
}


def free(data: dict[str, Any], style: Style) -> list[str]:
    """Show the plan (unless it was just shown to be confirmed), the deeds, and the result."""
    asked = data.get("asked_on_terminal", False)
    lines = [] if asked or not data["plan"]["steps"] else plan_lines(data, style)
    for deed in data["done"]:
        colour, word = OUTCOMES[deed["outcome"]]
        lines.append(f"  {style.paint(colour, word)}")
    return lines + _result(data, style)


def plan_lines(data: dict[str, Any], style: Style) -> list[str]:
    """Return what would be done, and for which sockets."""
    places = ", ".join(f"{one['protocol']} {_place(one)}" for one in data["targets"])
    lines = [style.paint("bold", f"to free {places}:")]
    for number, step in enumerate(data["plan"]["steps"], 1):
        lines += paragraph(f"{number}. {printable(step['text'])}", style)
        for detail in step["details"]:
            lines += paragraph(printable(detail), style, "     ", colour="dim")
        if step["command"]:
            lines.append(style.paint("dim", f"     {printable(' '.join(step['command']))}"))
    if data["force"] and any(step["pids"] for step in data["plan"]["steps"]):
        lines += paragraph(f"then SIGKILL, if it is not gone in {data['timeout']:g} s", style)
    return lines


def _place(socket: dict[str, Any]) -> str:
    return at(socket["address"], socket["port"])


def _result(data: dict[str, Any], style: Style) -> list[str]:
    place = data["service"] or data["asked"]
    if data["dry_run"] and data["plan"]["steps"]:
        return [style.paint("dim", "nothing was stopped (--dry-run)")]
    if data["state"] in ("idle", "lingering"):
        word = "is free now" if data["done"] else "is free already"
        return [style.paint("green", printable(f"{place} {word}"))]
    return []
