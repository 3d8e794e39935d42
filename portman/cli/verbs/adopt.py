"""`portman adopt`: the diff, the questions by file and hunk, what is left for a person.

`portman integrate`: the list of tools, or the changes to their files.
"""

from __future__ import annotations

import sys

from portman.base.errors import PortmanError, Report
from portman.base.text import printable
from portman.cli import OutputOptions
from portman.cli.emit import confirmation
from portman.cli.parameters import YES, Parameter, Verb, flag
from portman.cli.render import Style, style_for
from portman.commands.adopt import STYLES, adopt, check, undo
from portman.commands.integrate import integrate, tools
from portman.commands.integrate import undo as undo_integration
from portman.integrations import TOOLS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from portman.adopt.project import Edit
    from portman.cli.render import Data
    from portman.commands.adopt import Choose


def view(data: Data, style: Style) -> list[str]:
    if "places" in data:
        return []
    lines = [] if "services" not in data or data.get("asked_on_terminal") else _plan(data, style)
    lines += _results(data["files"], style)
    written = any(one["action"] == "written" for one in data["files"])
    if "services" in data and not data["files"]:
        lines.append("nothing to change: the project is adopted")
    typed = {one["command"]: one["name"] for one in data.get("services", ()) if one["command"]}
    lines += [printable(f"start {name} with: {command}") for command, name in typed.items()]
    if data.get("leased"):
        lines.append(style.paint("dim", "next: portman down, which gives back the ports"))
    if written:
        lines.append(style.paint("dim", "next: portman up; undo: portman adopt --undo"))
        lines.append(style.paint("dim", "let git do it in new worktrees: portman integrate git"))
    return lines


def _plan(data: Data, style: Style) -> list[str]:
    lines = [style.paint("dim", data["about"])] if data["files"] else []
    for one in data["files"]:
        lines += _diff(one["diff"], style)
    return lines


def _diff(text: str, style: Style) -> list[str]:
    lines = []
    for line in text.splitlines():
        # A Makefile needs its tabs; every other control character is escaped.
        shown = "\t".join(printable(part) for part in line.split("\t"))
        colour = COLOURS.get(line[:1], "")
        lines.append(style.paint(colour, shown) if colour else shown)
    return lines


def _adopt(
    options: OutputOptions,
    *,
    style: str,
    dry_run: bool,
    check_only: bool,
    undo_all: bool,
    yes: bool,
) -> Report:
    if style not in STYLES:
        raise PortmanError("usage", f"--style is plain or run, not {style!r}")
    if sum((dry_run, check_only, undo_all)) > 1:
        raise PortmanError("usage", "--dry-run, --check and --undo exclude each other")
    chosen: Any = style
    if check_only:
        return check(options.start, chosen)
    if undo_all:
        return undo(options.start)
    return adopt(
        options.start,
        style=chosen,
        dry_run=dry_run,
        choose=None if yes else _chooser(options),
    )


def _chooser(options: OutputOptions) -> Choose:
    def choose(report: Report, edits: Mapping[str, Sequence[Edit]]) -> Sequence[Edit] | None:
        if options.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
            return None
        style = style_for(sys.stderr, options.color)
        report.data["asked_on_terminal"] = True
        return _asked(report.data, edits, style)

    return choose


def _asked(
    data: Data, by_file: Mapping[str, Sequence[Edit]], style: Style
) -> Sequence[Edit] | None:
    sys.stderr.write(f"{data['about']}\n")
    chosen: list[Edit] = []
    for file in data["files"]:
        sys.stderr.write("".join(f"{line}\n" for line in _diff(file["diff"], style)))
        edits = by_file[file["path"]]
        one_by_one = len(edits) > 1
        answer = _answer(
            f"{printable(file['path'])}: write this? [y/n{'/e' if one_by_one else ''}] "
        )
        if answer == "y":
            chosen += edits
        elif answer == "e" and one_by_one:
            for one in edits:
                old, new = printable(one.old.strip()), printable(one.new.strip())
                change = f"{old} -> {new}" if old and new else f"+ {new}" if new else f"- {old}"
                sys.stderr.write(f"{printable(file['path'])}:{max(one.line, 1)}  {change}\n")
                if _answer(f"  {printable(one.reason)}: write this? [y/n] ") == "y":
                    chosen.append(one)
    return chosen or None


def _answer(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        sys.stderr.write("\n")
    return answer.strip().lower()[:1]


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


def view_integration(data: Data, style: Style) -> list[str]:
    if "tools" in data:
        return _tools(data["tools"], style)
    lines = [] if data.get("asked_on_terminal") else change_lines(data, style)
    lines += _results(data["files"], style)
    if any(one["action"] == "written" for one in data["files"]):
        lines.append(style.paint("dim", f"next: {data['next']}"))
    return lines


def _results(files: Sequence[Data], style: Style) -> list[str]:
    named: dict[str, list[str]] = {}
    for one in files:
        named.setdefault(one["action"], []).append(printable(one["path"]))
    return [
        style.paint(WORDS[action][0], f"{WORDS[action][1]} {', '.join(paths)}")
        for action, paths in named.items()
    ]


def change_lines(data: Data, style: Style) -> list[str]:
    """Return the diff of each file, or the text to insert by hand."""
    lines: list[str] = []
    for one in data["files"]:
        if one["action"] == "by-hand":
            lines.append(style.paint("bold", f"for {printable(one['path'])}, by hand:"))
            lines += [f"  {printable(line)}" for line in one["by_hand"].rstrip("\n").split("\n")]
        lines += _diff(one["diff"], style)
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
        return undo_integration(options.start, tool)
    confirm = None if yes else confirmation(options, change_lines)
    return integrate(options.start, tool, dry_run=dry_run, confirm=confirm)


VERBS = {
    "adopt": Verb(
        _adopt,
        view,
        """
        Shows the smallest changes by which each program takes its port, file by file, and
        writes those that you confirm: y, n, or e to choose one by one. What cannot be changed
        safely is named with file and line. --check lists what would collide (exit 1).

        Example: portman adopt --dry-run
        """,
        without=("instance",),
        style=Parameter(
            ("--style",),
            metavar="STYLE",
            default="plain",
            help="plain: commands work without portman; run: through `portman run`.",
            complete=lambda _start: [(one, "") for one in STYLES],
        ),
        dry_run=flag(("--dry-run", "-n"), help="Show the changes; write nothing."),
        check_only=flag(("--check",), help="List ports and addresses that would collide."),
        undo_all=flag(("--undo",), help="Restore the files that adopt changed."),
        yes=YES,
    ),
    "integrate": Verb(
        _integrate,
        view_integration,
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
    ),
}
