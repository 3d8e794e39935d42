"""Every command that a hint prints is read by the shell of its system as it is meant.

POSIX: by `shlex` and by `bash -n` (a process: no parser of a shell is a library). Windows: by the
tokenizers below, after the rules of cmd.exe, PowerShell and CommandLineToArgvW; none runs here.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from portman.base import system_commands
from portman.base.hints import PROGRAMS, hints_of
from portman.base.system_commands import as_root, split, typed, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PACKAGE = Path(system_commands.__file__).parents[1]
SYSTEMS = ("linux", "darwin", "win32")
#: Values that people have: folders of macOS and Windows, and those that mean something to a shell.
NASTY = {
    "linux": ["/srv/a b", "/srv/it's", "/srv/$HOME`x`", '/srv/"q";rm', "/srv/ü", "-rf", "/a*b?"],
    "darwin": ["/Users/me/Library/Application Support/portman/ledger.db", "/a'b", "/$(x)"],
    "win32": [
        *("C:\\Users\\Anna B\\shop\\.env", "C:\\a&b", "C:\\a^b", "C:\\it's", "C:\\x;y", "C:\\(86)"),
        *("\\\\server\\share\\a b", "C:\\plain\\x.db", "C:\\ü\\x", "C:\\a,b", "C:\\#a", "C:\\@a"),
    ],
}
#: What no quotes of both shells can hold, or the program itself would take for an option.
HOPELESS = ["C:\\100%\\x", "C:\\$dir", "C:\\`a", "C:\\a b\\", "a\nb", "", 'a"b', "-x y\\"]
#: Programs of one family of systems: their hints come from the table, or from a file about it.
POSIX_ONLY = frozenset(
    (
        *("fuser", "ls", "mv", "df", "du", "chmod", "chown", "chgrp", "kill", "ps", "sysctl"),
        *("systemctl", "head", "grep", "sed", "iptables", "ip6tables", "nft", "ss", "ip"),
        *("journalctl", "mkdir"),
    )
)
#: Files that speak to one system only, or to a shell that the project's own files name.
OF_ONE_SYSTEM = (
    *("base/system_commands.py", "base/hints.py", "base/forwarders.py", "diagnose/firewall.py"),
    *("diagnose/doctor/pool.py", "allocation/shadows.py", "diagnose/doctor/shell.py"),
    *("machine/sockets/linux.py", "diagnose/explain/causes.py", "diagnose/explain/problems.py"),
    *("ledger/permissions.py", "diagnose/doctor/ledger.py", "diagnose/doctor/containers.py"),
    *("diagnose/doctor/network.py", "diagnose/free/plan.py", "init/", "adopt/", "integrations/"),
    *("base/programs.py", "launch/steer.py"),
)


def cmd_words(line: str) -> list[str]:
    """Split as cmd.exe hands a line on, and the C runtime of a program takes it apart."""
    quoted = False
    for at, sign in enumerate(line):
        quoted ^= sign == '"'
        assert quoted or sign not in "&|<>^()", f"cmd.exe would act on {line[at:]!r}"
        assert sign != "%" or line.startswith("%SystemRoot%"), f"cmd.exe would expand {line!r}"
    assert not quoted, line
    return split_argv(line)


def powershell_words(line: str) -> list[str]:
    """Split as PowerShell does for a native command: what it would expand or act on is refused."""
    words: list[str] = []
    rest = line.strip()
    while rest:
        if rest[0] == '"':
            word, closed, rest = rest[1:].partition('"')
            assert closed, line
            assert not rest[:1].strip(), line
            assert not set("$`") & set(word), f"PowerShell would expand {word!r}"
        else:
            word, _, rest = rest.partition(" ")
            assert not set("$`'\";|&(){}<>") & set(word), f"PowerShell would act on {word!r}"
            assert not word.startswith(("@", "#")), word
            assert "," not in word, word
        words.append(word)
        rest = rest.lstrip()
    return words


def split_argv(line: str) -> list[str]:
    """CommandLineToArgvW for lines without a backslash before a quote."""
    assert '\\"' not in line, line
    found = re.findall(r'((?:[^\s"]|"[^"]*")+)', line)
    return [one.replace('"', "") for one in found]


def check_syntax(lines: list[str]) -> None:
    for line in lines:
        done = subprocess.run(["bash", "-n"], input=line, text=True, capture_output=True)
        assert done.returncode == 0, (line, done.stderr)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("what", list(system_commands._ROWS))
def test_the_table_is_read_by_each_shell(
    monkeypatch: pytest.MonkeyPatch, system: str, what: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    row = system_commands._ROWS[what]
    template = {"linux": row.linux, "win32": row.win32}.get(system)
    if template is None:
        template = row.linux if row.darwin is None else row.darwin
    for value in (*NASTY[system], "3000"):
        given = [value] * (2 if "{1}" in row.words else 1 if "{0}" in row.words else 0)
        line = typed(what, *given)
        if not template:
            assert line == row.words.format(*given)
            continue
        if what in ("home", "hosts") or (what == "set" and system != "win32"):
            check_syntax([line] if system != "win32" else [])
            continue
        words = [word.format(*given, all=value) for word in template.split(" ")]
        if 'eq {0}"' in template:
            words = [*words[:-3], " ".join(words[-3:]).replace('"', "")]
            if not value.isdigit():
                continue
        if system == "win32":
            assert cmd_words(line) == powershell_words(line) == list(split(line)) == words, line
        else:
            check_syntax([line])
            assert shlex.split(line) == list(split(line)) == words, line


@pytest.mark.parametrize("value", HOPELESS)
def test_what_both_shells_of_windows_cannot_quote_is_words(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert typed("look", value) == f"look at the rights of {value}"


@pytest.mark.parametrize("system", SYSTEMS)
def test_more_rights_are_asked_for_as_the_system_does(
    monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    (hint,) = hints_of(f"see who: {as_root('portman who 3000')}")
    words = ("portman", "who", "3000")
    assert hint.argv == (words if system == "win32" else ("sudo", *words))
    assert ("administrator" in hint.label) == (system == "win32")


def literals(path: Path) -> list[tuple[int, str]]:
    """Return every text in a file that is no docstring, values filled in as plain words."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped: set[int] = set()
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in ast.walk(node) if part is not node}
            parts = (part.value if isinstance(part, ast.Constant) else "x1" for part in node.values)
            found.append((node, "".join(map(str, parts))))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append((node, node.value))
    return [(node.lineno, text) for node, text in found if id(node) not in skipped]


ALL = [
    (path.relative_to(PACKAGE).as_posix(), number, hint)
    for path in sorted(PACKAGE.rglob("*.py"))
    for number, text in literals(path)
    for hint in hints_of(text)
    if len(hint.argv) > 1 and not hint.argv[0].startswith("/")
]


def test_every_command_in_the_source_is_read_by_bash_and_as_its_argv() -> None:
    """Whatever a message may offer, with a plain word where a value comes in."""
    assert len(ALL) > 100
    for place, number, hint in ALL:
        assert tuple(shlex.split(hint.command)) == hint.argv, (place, number)
    script = "\n".join(hint.command for _, _, hint in ALL)
    check_syntax([script])


#: What puts a value into a hint so that a shell reads one word, or what has words quoted so.
QUOTING = frozenset(("word", "quoted", "_typed", "folder"))
#: Those that hand on what they are given.
PASSING = frozenset(("printable", "next", "iter", "values", "join", "min"))
#: Functions whose text is a command, an address or a number, tried at its place.
COMPOSING = frozenset(("typed", "at", "_started", "free_command", "size", "called"))
#: Values without a sign that a shell acts on, by the name of the expression: numbers; names of
#: services, checks, tools, formats and variables, which have a rule of their own; options of ours,
#: and commands whose own parts are tried at their place. No path and no text of others.
PLAIN = frozenset(
    (
        *("port", "pid", "code", "low", "spans", "numbers", "ports", "running", "windows", "right"),
        *("service", "name", "names", "near", "meant", "other", "again", "tool", "format", "shell"),
        *("profile", "formula", "job", "kind", "title", "PROXIES", "there"),
        *("family", "table", "instance", "option", "flag", "rest", "word", "line", "pattern"),
        *("asked", "place", "peer", "text", "command", "every", "words", "before", "LAUNCH"),
        *("where", "shown", "program", "group", "left", "typed", "runner", "MANIFEST", "OURS"),
        "start",
    )
)
#: Those of them that begin with a space, or are not there.
OPTIONS = frozenset(("instance", "option", "flag", "rest", "where", "profile", "before"))
#: Texts that are no hints, but begin as a command does ("git does not ignore ...").
MESSAGES = ("git does not ", "ssh {} ended with", "docker has no ", "ssh {}: ", "ssh reached no ")


#: Commands that no shell of Windows reads: of other systems, and what WSL's shell starts there.
TYPED_ELSEWHERE = POSIX_ONLY | {"sudo", "tasklist.exe"}


class Filled(NamedTuple):
    """A command of a hint whose text has values; each is the source of an expression."""

    place: str
    texts: tuple[str, ...]
    values: tuple[ast.expr, ...]

    def lines(self, values: list[str]) -> list[str]:
        """Return the commands with these values, those of Windows' shells too."""
        parts = [part for pair in zip(self.texts, [*values, ""], strict=True) for part in pair]
        return [one.command for one in hints_of("".join(parts)) if len(one.argv) > 1]


def filled(path: Path) -> Iterator[Filled]:
    """Find the f-strings of a file in which a command has values."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.JoinedStr):
            continue
        texts, values = [""], []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                values.append(part.value)
                texts.append("")
            else:
                texts[-1] += str(part.value) if isinstance(part, ast.Constant) else ""
        place = f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}"
        found = Filled(place, tuple(texts), tuple(values))
        if "{}".join(texts).startswith(MESSAGES):
            continue
        marks = [f"v{at}v" for at in range(len(values))]
        inside = " ".join(found.lines(marks))
        if any(mark in inside for mark in marks):
            yield found._replace(
                values=tuple(
                    value if mark in inside else ast.Constant("x")
                    for value, mark in zip(values, marks, strict=True)
                )
            )


FILLED = [one for path in sorted(PACKAGE.rglob("*.py")) for one in filled(path)]


def kind_of(value: ast.expr) -> str:
    """Return "quoted", "plain", or the source of a value that may be anything."""
    if isinstance(value, (ast.BoolOp, ast.IfExp)):
        both = (value.body, value.orelse) if isinstance(value, ast.IfExp) else value.values
        return _weakest(both)
    if isinstance(value, ast.Call):
        name = getattr(value.func, "attr", getattr(value.func, "id", ""))
        if name in QUOTING and len(value.args) < 3:
            return "quoted"
        if name in QUOTING | COMPOSING:
            return "plain"
        inner = value.args[0] if value.args else getattr(value.func, "value", None)
        return kind_of(inner) if name in PASSING and inner else ast.unparse(value)
    if isinstance(value, ast.Subscript):
        key = getattr(value.slice, "value", None)
        return kind_of(ast.Name(key) if isinstance(key, str) else value.value)
    name = getattr(value, "attr", getattr(value, "id", ""))
    plain = isinstance(value, ast.Constant) or name in PLAIN
    return "plain" if plain else ast.unparse(value)


def _weakest(values: Sequence[ast.expr]) -> str:
    kinds = [kind_of(one) for one in values]
    loose = next((one for one in kinds if one not in ("quoted", "plain")), "")
    return loose or ("quoted" if "quoted" in kinds else "plain")


def test_what_a_hint_puts_into_a_command_is_quoted_or_plain() -> None:
    """A path, a container's name, a host: by `word`, which knows the shells of each system."""
    loose = [
        f"{one.place}: {kind}"
        for one in FILLED
        for kind in map(kind_of, one.values)
        if kind not in ("quoted", "plain")
    ]
    assert loose == []
    assert sum(kind_of(x) == "quoted" for one in FILLED for x in one.values) > 40


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_command_with_values_is_read_by_each_shell(
    monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    """Each is filled with the folders and names that people have, and read as its argv."""
    monkeypatch.setattr(sys, "platform", system)
    read: list[str] = []
    for one in FILLED:
        kinds = [kind_of(value) for value in one.values]
        for nasty in NASTY[system] if "quoted" in kinds else ("",):
            values = [
                word(nasty) if kind == "quoted" else "" if ast.unparse(value) in OPTIONS else "x1"
                for kind, value in zip(kinds, one.values, strict=True)
            ]
            for line in one.lines(values):
                words = split(line)
                if system == "win32":
                    if not TYPED_ELSEWHERE & set(words[:2]):
                        assert cmd_words(line) == powershell_words(line) == list(words), one.place
                else:
                    assert shlex.split(line) == list(words), one.place
                    read.append(line)
                for at, text in enumerate(values):
                    if kinds[at] == "quoted" and text in line:
                        assert any(nasty in each for each in words), (one.place, line)
    check_syntax(["\n".join(read)])


def test_commands_of_one_family_of_systems_come_from_the_table() -> None:
    strays = [
        f"{place}:{number}: {hint.command}"
        for place, number, hint in ALL
        if POSIX_ONLY & set(hint.argv[: 1 + (hint.argv[0] == "sudo")])
        and not place.startswith(OF_ONE_SYSTEM)
    ]
    assert strays == []


def test_programs_of_hints_are_known() -> None:
    assert {"icacls", "where.exe", "setx", "cmd", "tasklist"} <= PROGRAMS
    assert os.path.basename("where.exe") in PROGRAMS
