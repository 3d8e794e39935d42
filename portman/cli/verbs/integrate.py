"""`portman integrate`: the list of tools, or the changes to their files."""

from __future__ import annotations

from portman.base.errors import PortmanError, Report
from portman.base.text import printable
from portman.cli import OutputOptions
from portman.cli.emit import confirmation
from portman.cli.parameters import YES, Parameter, Verb, flag
from portman.cli.render import Style
from portman.commands.integrate import integrate, tools, undo
from portman.integrations import TOOLS

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.cli.render import Data

WORDS = {
    "written": ("green", "written"),
    "unchanged": ("dim", "unchanged"),
    "would-write": ("yellow", "not written"),
    "by-hand": ("yellow", "by hand"),
    "restored": ("green", "restored"),
    "cleaned": ("green", "cleaned"),
    "deleted": ("green", "deleted"),
}
COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def view(data: Data, style: Style) -> list[str]:
    if "tools" in data:
        return _tools(data["tools"], style)
    lines = [] if data.get("asked_on_terminal") else plan_lines(data, style)
    for one in data["files"]:
        colour, word = WORDS[one["action"]]
        lines.append(style.paint(colour, f"{word} {printable(one['path'])}"))
    if any(one["action"] == "written" for one in data["files"]):
        lines.append(style.paint("dim", f"next: {data['next']}"))
    return lines


def plan_lines(data: Data, style: Style) -> list[str]:
    """Return the diff of each file, or the text to insert by hand."""
    lines: list[str] = []
    for one in data["files"]:
        if one["action"] == "by-hand":
            lines.append(style.paint("bold", f"for {printable(one['path'])}, by hand:"))
            lines += [f"  {printable(line)}" for line in one["by_hand"].rstrip("\n").split("\n")]
        for line in one["diff"].splitlines():
            # A Makefile needs its tabs; every other control character is escaped.
            shown = "\t".join(printable(part) for part in line.split("\t"))
            lines.append(
                style.paint(COLOURS.get(line[:1], ""), shown) if line[:1] in COLOURS else shown
            )
    return lines


def _tools(tools: list[Data], style: Style) -> list[str]:
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


def _integrate(
    options: OutputOptions, tool: str | None, *, dry_run: bool, undo_all: bool, yes: bool
) -> Report:
    if dry_run and undo_all:
        raise PortmanError("usage", "--dry-run and --undo exclude each other")
    if tool is None and undo_all:
        raise PortmanError("usage", "--undo needs the tool: portman integrate TOOL --undo")
    if tool is None:
        return tools(options.start)
    if undo_all:
        return undo(options.start, tool)
    confirm = None if yes else confirmation(options, plan_lines)
    return integrate(options.start, tool, dry_run=dry_run, confirm=confirm)


VERBS = {
    "integrate": Verb(
        _integrate,
        view,
        """
        Shows the changes to the tool's files, and writes them after confirmation. Existing
        lines stay, so it can run again. A file that cannot be changed without loss is left
        unchanged, and the text to insert is shown (exit 1).

        Example: portman integrate direnv --dry-run
        """,
        without=("instance",),
        tool=Parameter(
            metavar="[TOOL]",
            default=None,
            help=f"{', '.join(TOOLS)}; without one: list them.",
            complete=lambda _start: [(name, tool.about) for name, tool in TOOLS.items()],
        ),
        dry_run=flag(("--dry-run", "-n"), help="Show the changes; write nothing."),
        undo_all=flag(("--undo",), help="Take out what was written, and leave your own lines."),
        yes=YES,
    )
}
