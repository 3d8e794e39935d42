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

import pytest

from portman.base import system_commands
from portman.base.hints import PROGRAMS, hints_of
from portman.base.system_commands import as_root, split, typed

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
    *("state/permissions.py", "diagnose/doctor/ledger.py", "diagnose/doctor/containers.py"),
    *("diagnose/doctor/network.py", "diagnose/free/plan.py", "init/", "adopt/", "integrations/"),
    *("base/programs.py", "launch/chain.py"),
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
