"""What is a command among the hints, what is a sentence, and which comes first."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from portman.base.errors import Problem, Report
from portman.base.hints import NEXT, Hint, ends_process, hint_lines, hints_of, placed

PACKAGE = Path(__file__).parents[3] / "portman"

LINES = [
    ("portman init", Hint(NEXT, "portman init", ("portman", "init"))),
    ("see who: portman who 3000", Hint("see who", "portman who 3000", ("portman", "who", "3000"))),
    (
        "move it: portman -C '/a b' up --reassign web",
        Hint(
            "move it",
            "portman -C '/a b' up --reassign web",
            ("portman", "-C", "/a b", "up", "--reassign", "web"),
        ),
    ),
    (
        "allow it: sudo sysctl net.ipv4.ip_unprivileged_port_start=80",
        Hint(
            "allow it",
            "sudo sysctl net.ipv4.ip_unprivileged_port_start=80",
            ("sudo", "sysctl", "net.ipv4.ip_unprivileged_port_start=80"),
        ),
    ),
    (
        "look: ls -ld '/a: portman b'",
        Hint("look", "ls -ld '/a: portman b'", ("ls", "-ld", "/a: portman b")),
    ),
]
SENTENCES = [
    "write [services] and web = 3000 under it",
    "start it: portman run --service web -- CMD",
    "give an absolute path: PORTMAN_HOME=/some/folder portman up",
    "git rm --cached .env && echo .env >> .gitignore",
    "give back leases: portman gc, portman list",
    "run portman up again",
    "see: portman who '3000",
    "portmanteau: none",
]


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_a_command_is_known_by_its_program(line: str, expected: Hint) -> None:
    assert hints_of(line) == (expected,)
    assert expected.line == line


@pytest.mark.parametrize("line", SENTENCES)
def test_what_cannot_be_started_as_printed_is_a_sentence(line: str) -> None:
    (hint,) = hints_of(line)
    assert hint == Hint(line)
    assert hint.as_json() == {"label": line, "command": None, "argv": None}


def test_what_ends_a_process_comes_last() -> None:
    text = "stop it: portman free 3000\nsee who: portman who 3000\nend: kill 12"
    assert [one.label for one in hints_of(text)] == ["see who", "stop it", "end"]
    assert Problem("port-taken", "x", text).as_json()["hints"][0] == {  # type: ignore[index]
        "label": "see who",
        "command": "portman who 3000",
        "argv": ["portman", "who", "3000"],
    }


ENDING = [
    ("portman free 3000", True),
    ("portman free 3000 -n", False),
    ("sudo portman free 3000", True),
    ("portman who 3000", False),
    ("kill 12", True),
    ("kill -CONT 12", False),
    ("docker stop db", True),
    ("docker compose -p shop down", True),
    ("docker ps -a", False),
    ("systemctl stop web.service", True),
    ("portman down", False),
]


@pytest.mark.parametrize(("command", "ends"), ENDING)
def test_it_knows_what_ends_a_process(command: str, ends: bool) -> None:
    assert ends_process(tuple(command.split())) == ends


def test_commands_stand_under_each_other() -> None:
    text = "see who: portman who 3000\nmove: portman up --reassign web\nask its owner"
    assert hint_lines(hints_of(text)) == [
        "see who: portman who 3000",
        "move:    portman up --reassign web",
        "ask its owner",
    ]


#: Arguments that are hints: by keyword, or by the position they have.
POSITIONS = {"Problem": 2, "Refusal": 2, "CheckResult": 3, "EngineFault": 1, "_failed": 1}


def _texts() -> list[tuple[str, str]]:
    """Return the literal hints of the source with values as `X`, each with its place."""
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = [one.value for one in node.keywords if one.arg == "hint"]
            given += node.args[POSITIONS.get(name, 99) : POSITIONS.get(name, 99) + 1]
            for one in given:
                found += [(f"{file.name}:{one.lineno}", _plain(one))]
    return found


def _plain(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(one.value) if isinstance(one, ast.Constant) else "x" for one in node.values
        )
    return ""


def test_the_first_hint_of_each_literal_never_ends_a_process() -> None:
    for place, text in _texts():
        first = hints_of(text)[:1]
        assert not first or not ends_process(first[0].argv), (place, text)


def test_no_literal_names_a_command_in_mid_sentence() -> None:
    """Then an agent would not find it: `label: command` on a line of its own."""
    command = re.compile(r"(?:^|[:;,(] |or )(?:sudo )?portman [a-z]+")
    allowed = ("CMD", "NAME", "DIR", "COMMAND", "/some/folder", "as in", "again")
    for place, text in _texts():
        for hint in hints_of(text):
            if not hint.command and not any(word in hint.label for word in allowed):
                assert not command.search(hint.label), (place, hint.label)


@pytest.mark.skipif(sys.platform == "win32", reason="shells of POSIX")
def test_hints_lead_to_the_checkout_that_was_asked_about() -> None:
    """Typed as printed, `up --reassign` after `-C` would move a service of another checkout."""
    before = "see who: portman who 3000\nmove: portman up --reassign web\nportman -C /x down\n"
    before += "portman who web\nportman up --instance ci"
    after = (
        "see who: portman who 3000\nmove: portman -C '/a b' --instance ci up --reassign web\n"
        "portman -C /x down\nportman -C '/a b' --instance ci who web\n"
        "portman -C '/a b' up --instance ci"
    )
    report = Report("up", {}, (Problem("port-taken", "", before),))
    assert placed(report, "/a b", "ci").errors[0].hint == after
    assert placed(report, ".", "").errors[0].hint == before


@pytest.mark.skipif(sys.platform == "win32", reason="shells of POSIX")
def test_an_ipv6_address_is_one_word_in_every_shell() -> None:
    """Zsh, the shell of macOS, takes bare brackets as a pattern and refuses the command."""
    (hint,) = hints_of("stop it: portman free [::1]:3000")
    assert hint.command == "portman free '[::1]:3000'"
    assert hint.argv == ("portman", "free", "[::1]:3000")
