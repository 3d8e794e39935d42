"""What to do next, as data: each line of a hint is a sentence, a command, or `label: command`.

Whoever reports a problem writes the line as a person reads it; here it becomes a command that a
program can start. A line with a placeholder (NAME, /some/folder), a shell operator or a setting in
front (`PORTMAN_HOME=... portman up`) cannot be started as printed, so it stays a sentence. Pure.
"""

from __future__ import annotations

from portman.base.record import NamedTuple
from portman.base.system_commands import quoted, split, word

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portman.base.errors import Problem, Report

_PROGRAMS = """
    adb brew chgrp chmod chown circusctl cmd date ddev df docker du fuser git grep head icacls
    ifconfig ip ip6tables iptables journalctl kill kubectl launchctl ls lsof mkdir mv nc netsh
    nft npm pip pipx pm2 podman portman ps python rm sed setx sntp ss ssh supabase
    supervisorctl sysctl systemctl tailscale taskkill tasklist tasklist.exe timedatectl uv
    w32tm where.exe wsl wslinfo
"""
#: The first words by which a command is known.
PROGRAMS = frozenset(_PROGRAMS.split())
#: Verbs that work on the checkout they are called in.
_HERE = (
    "up|check|run|port|url|env|down|names|adopt|init|add|remove|integrate|validate|hold|wait|"
    "open|publish"
)
#: The label of a command that has none.
NEXT = "next"
#: The longest label after which the commands of several hints are aligned.
LABEL = 16
#: What cannot be started as printed: a placeholder, an operator, a sentence that goes on.
_NO_COMMAND = (
    r"(?<![\w$/.-])[A-Z]{2,}(?![\w/=.-])|/some/folder|\.\.\.|^<.*>$"
    r"|&&|\|\||[;|<>*`()]"
    r"|,(\s|$)|\s{2,}|\.$|:$"
)


class Hint(NamedTuple):
    """One next step. `argv` is empty, and `command` too, where `label` is the whole of it."""

    label: str
    command: str = ""
    argv: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        if not self.command:
            return self.label
        return self.command if self.label == NEXT else f"{self.label}: {self.command}"

    def as_json(self) -> dict[str, object]:
        return {
            "label": self.label,
            "command": self.command or None,
            "argv": list(self.argv) or None,
        }


def placed(report: Report, start: str, instance: str) -> Report:
    """Return the report with hints for the checkout in `start`, not where a person stands."""
    import re

    folder = "" if start == "." else f" -C {word(start)}"
    there = f" --instance {instance}" if instance else ""
    named = r"(?:who|explain|free) (?!\w+:)[a-zA-Z]"
    here = rf"(?<![\w./-])portman(?= (?:(?:{_HERE})\b|{named}))"

    def line(text: str) -> str:
        place = folder + ("" if "--instance" in text else there)
        return re.sub(here, lambda _: f"portman{place}", text)

    def led(some: tuple[Problem, ...]) -> tuple[Problem, ...]:
        return tuple(one._replace(hint="\n".join(map(line, one.hint.split("\n")))) for one in some)

    return report._replace(errors=led(report.errors), warnings=led(report.warnings))


def hints_of(text: str) -> tuple[Hint, ...]:
    found = [_hint(line.strip()) for line in text.split("\n") if line.strip()]
    return tuple(sorted(found, key=lambda one: ends_process(one.argv)))


def hints_json(text: str) -> list[dict[str, object]]:
    return [one.as_json() for one in hints_of(text)]


def hint_lines(hints: Sequence[Hint]) -> list[str]:
    """Return the hints as lines; the commands of several stand under each other."""
    named = [len(one.label) for one in hints if one.command and one.label != NEXT]
    width = max((size for size in named if size <= LABEL), default=0) if len(named) > 1 else 0
    return [
        f"{one.label + ':':<{width + 1}} {one.command}"
        if one.command and one.label != NEXT
        else one.line
        for one in hints
    ]


def ends_process(argv: tuple[str, ...]) -> bool:
    """Return whether the command ends a process or a container: never the first hint."""
    words = argv[1:] if argv[:1] == ("sudo",) else argv
    program, rest = words[0] if words else "", words[1:]
    if program == "portman":
        return "free" in rest and not {"-n", "--dry-run"} & set(rest)
    if program == "kill":
        return "-CONT" not in rest
    if program in ("docker", "podman"):
        return bool({"stop", "rm", "kill", "down", "restart"} & set(rest))
    return program in ("pkill", "killall", "taskkill") or "stop" in rest


def _hint(line: str) -> Hint:
    start = 0
    while True:
        argv = _argv(line[start:].lstrip())
        if argv:
            label = line[:start].rstrip(": ")
            return Hint(label or NEXT, _typed(line[start:].lstrip()), argv)
        colon = line.find(": ", start)
        if colon < 0:
            return Hint(line)
        start = colon + 2


def _typed(command: str) -> str:
    """Return a command with its IPv6 addresses in quotes: zsh takes `[::1]:3000` as a pattern."""
    if " [" not in command:
        return command
    import re

    return re.sub(r"(?<= )\[[0-9a-f:.]+\]:\d+", lambda one: quoted(one[0]) or one[0], command)


def _argv(command: str) -> tuple[str, ...]:
    """Return the words of a command that can be started as printed, or ()."""
    words = command.split()
    first = words[1] if len(words) > 1 and words[0] == "sudo" else words[0] if words else ""
    if first not in PROGRAMS and not first.startswith("/"):
        return ()
    import re

    argv = split(command)
    # Quoted values may hold anything; only what stands bare is judged.
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "''", command)
    return () if re.search(_NO_COMMAND, bare) else argv
