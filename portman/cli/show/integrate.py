"""`integrate`: the list of tools, or the changes; `validate`: which manifests are right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portman.base.text import printable

if TYPE_CHECKING:
    from portman.cli.render import Style

WORDS = {
    "written": ("green", "written"),
    "unchanged": ("dim", "unchanged"),
    "would-write": ("yellow", "not written"),
    "by-hand": ("yellow", "by hand"),
}
COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def integrate(data: dict[str, Any], style: Style) -> list[str]:
    """Show the tools, or what became of each file."""
    if "tools" in data:
        return _tools(data["tools"], style)
    lines = [] if data.get("asked_on_terminal") else plan_lines(data, style)
    for one in data["files"]:
        colour, word = WORDS[one["action"]]
        lines.append(style.paint(colour, f"{word} {printable(one['path'])}"))
    if any(one["action"] == "written" for one in data["files"]):
        lines.append(style.paint("dim", f"next: {data['next']}"))
    return lines


def plan_lines(data: dict[str, Any], style: Style) -> list[str]:
    """Return the diff of each file, or the text to put in by hand."""
    lines: list[str] = []
    for one in data["files"]:
        if one["action"] == "by-hand":
            lines.append(style.paint("bold", f"for {printable(one['path'])}, by hand:"))
            lines += [f"  {printable(line)}" for line in one["by_hand"].rstrip("\n").split("\n")]
        for line in one["diff"].splitlines():
            # Tabs mean something in a Makefile; every other control character is spelt out.
            shown = "\t".join(printable(part) for part in line.split("\t"))
            lines.append(
                style.paint(COLOURS.get(line[:1], ""), shown) if line[:1] in COLOURS else shown
            )
    return lines


def validate(data: dict[str, Any], style: Style) -> list[str]:
    """Show one line for each manifest that is right; the others are errors."""
    return [
        f"{printable(one['path'])}: {style.paint('green', 'valid')}, "
        f"{len(one['services'])} service{'' if len(one['services']) == 1 else 's'}"
        for one in data["manifests"]
        if one["valid"]
    ]


def _tools(tools: list[dict[str, Any]], style: Style) -> list[str]:
    width = max(len(one["tool"]) for one in tools)
    lines = []
    for one in tools:
        name = style.paint("bold", one["tool"].ljust(width))
        there = f" ({', '.join(map(printable, one['found']))} is here)" if one["found"] else ""
        lines.append(f"{name}  {one['about']}{there}")
    return [
        *lines,
        style.paint("dim", "portman integrate TOOL --dry-run shows what it would write"),
    ]
