"""`doctor`: one line for each finding, and below it the command that mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portman.base.text import printable

if TYPE_CHECKING:
    from portman.cli.render import Style

COLOURS = {"ok": "green", "warn": "yellow", "fail": "red", "skipped": "dim"}
WORDS = {"ok": "ok", "warn": "warn", "fail": "FAIL", "skipped": "-"}
#: What a line of a mend begins with if it is to be typed as it stands.
COMMANDS = frozenset(
    {"portman", "sudo", "export", "echo", "chmod", "kill", "uv", "pipx", "npm", "rm", "docker"}
    | {"ip", "df", "wslinfo", "netsh"}
)
_INDENT = 18


def doctor(data: dict[str, Any], style: Style) -> list[str]:
    """Show the page, wrapped to the terminal, and a count at its end."""
    lines = [line for one in data["checks"] for line in _finding(one, style)]
    return [*lines, *([""] if lines else []), _count(data["counts"], style)]


def _finding(one: dict[str, Any], style: Style) -> list[str]:
    word = style.paint(COLOURS[one["status"]], f"{WORDS[one['status']]:<4}")
    name = style.paint("bold", f"{one['check']:<10}")
    first, *rest = _wrapped(one["reason"], style.width)
    lines = [f"{word}  {name}  {first}", *(" " * _INDENT + line for line in rest)]
    if one["status"] == "ok":
        return lines
    fixes = [line for line in one["fix"].split("\n") if line]
    return lines + [line for fix in fixes for line in _fix(fix, style)]


def _fix(text: str, style: Style) -> list[str]:
    """Return one line of a mend. A command is not folded: it must survive being copied."""
    first = text.removeprefix("or: ").partition(" ")[0]
    folded = [printable(text)] if first in COMMANDS else _wrapped(text, style.width)
    lead = " " * (_INDENT - 3)
    return [
        lead + style.paint("cyan", f"{'->' if not at else '  '} {line}")
        for at, line in enumerate(folded)
    ]


def _wrapped(text: str, width: int) -> list[str]:
    """Return the text folded at words; in one line where there is no terminal (width 0)."""
    import textwrap

    if not width:
        return [printable(text)]
    fold = textwrap.TextWrapper(
        width=max(width - _INDENT, 30), break_long_words=False, break_on_hyphens=False
    )
    return fold.wrap(printable(text)) or [""]


def _count(counts: dict[str, int], style: Style) -> str:
    told = [f"{counts['ok']} ok"]
    if counts["warn"]:
        told.append(style.paint("yellow", f"{counts['warn']} to look at"))
    if counts["fail"]:
        told.append(style.paint("red", f"{counts['fail']} failed"))
    if counts["skipped"]:
        told.append(style.paint("dim", f"{counts['skipped']} not looked at"))
    return ", ".join(told)
