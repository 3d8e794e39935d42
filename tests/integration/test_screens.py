"""Every screen, as golden files: a change of what a person sees is a change of tests/golden.

`just screens` (PORTMAN_SCREENS=write) makes them again. One story is told in five kinds of output;
each test starts real commands in worktrees of its own, on a pty or a pipe. What differs from run to
run (pids, times, ports of the pool, the folder) has fixed words of the same width.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.processes import ROOT, Runner
from tests.terminal import PtyProgram

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GOLDEN = ROOT / "tests/golden"
MANIFEST = """\
name = "shop"

[services]
web = 3000
api = { port = 8000, env = ["API_PORT", "UVICORN_PORT"] }
jobs = "auto"

[containers.db]
target = 5432
port = 5432

[env]
DATABASE_URL = "postgresql://app:app@localhost:{db}/shop"
"""
SERVER = """
import socket, sys, time
one = socket.create_server(("127.0.0.1", int(sys.argv[1]))); print("up", flush=True)
time.sleep(600)
"""


class Output(NamedTuple):
    """A kind of place that is written to: columns of a terminal, 0 for a pipe."""

    columns: int
    env: dict[str, str]


OUTPUTS = {
    "80": Output(80, {"TERM": "xterm-256color"}),
    "120": Output(120, {"TERM": "xterm-256color"}),
    "pipe": Output(0, {}),
    "no-color": Output(80, {"TERM": "xterm-256color", "NO_COLOR": "1"}),
    "ascii": Output(80, {"TERM": "vt100", "LC_ALL": "C", "PYTHONUTF8": "0",
                         "PYTHONCOERCECLOCALE": "0"}),
}  # fmt: skip


class Story:
    """Two worktrees of one repository, a stranger, and every screen that was shown."""

    def __init__(self, home: Path, prefix: list[str], output: Output) -> None:
        self.home, self.output = home, output
        self.shop, self.fix = Runner(home / "shop", prefix), Runner(home / "shop-fix", prefix)
        self.env = {**self.shop.environment(), "HOME": str(home), "PORTMAN_HOME": str(home / "pm")}
        self.env |= {"SHELL": "/bin/sh", "LC_ALL": "C.UTF-8", **output.env}
        for name in ("CI", "BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
            self.env.pop(name, None)
        self.text = ""

    def show(self, *words: str, at: Runner | None = None, keys: str = "", folder: Any = "") -> None:
        """Run a command and note what it shows; `keys` answer a question on a terminal."""
        one = at or self.shop
        where = folder or one.folder
        if self.output.columns:
            size = (self.output.columns, 40)
            terminal = PtyProgram(one.argv(*words), where, self.env, size)
            if keys:
                terminal.until("? ")
                terminal.press(keys)
            code = terminal.end()
            shown = terminal.shown.decode().replace("\r\n", "\n")
        else:
            done = subprocess.run(
                one.argv(*words), cwd=where, env=self.env, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip
            code, shown = done.returncode, done.stdout
            shown += f"-- stderr\n{done.stderr}" if done.stderr else ""
        place = os.path.relpath(where, self.home)
        self.text += f"== {place}: portman {' '.join(words)}\n{shown}== exit {code}\n\n"

    def quiet(self, *words: str, at: Runner | None = None) -> None:
        one = at or self.shop
        subprocess.run(one.argv(*words), cwd=one.folder, env=self.env, capture_output=True)

    def git(self, *words: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        subprocess.run(["git", *who, *words], cwd=self.shop.folder, check=True)


def steady(text: str, home: str) -> str:
    """Return the text with what differs from run to run replaced, widths kept where they count."""
    text = text.replace("\x1b", "^[").replace(home, "/tmp/pm-golden")
    text = re.sub(r"\bpython3(\.\d+)?\b|\bpython\b", "python", text)
    text = re.sub(r"pid \d+", "pid 812", text)
    text = re.sub(r"\d+ (second|minute)s? ago|just now", "3 seconds ago", text)
    text = re.sub(r"\b\d+ (seconds?|minutes?)\b(?! ago)", "3 seconds", text)
    text = re.sub(r"\(\d{4}-\d\d-\d\d \d\d:\d\d\)", "(2026-01-01 12:00)", text)
    text = re.sub(r"\b\d\d:\d\d:\d\d\b", "12:00:00", text)
    text = re.sub(r"  +\d+s(?=\s)", "      3s", text)
    text = re.sub(r" +SINCE", "    SINCE", text)  # as far right as the longest pid needs
    text = re.sub(r"user \w+(?=[,)])", "user me", text)
    text = re.sub(r"(?<=parents     )(\^\[\[0m)?[^\n]*(\n {14}[^\n]*)*", r"\1sh (1)", text)
    text = re.sub(r"by root|by \w+ session|by portman [^\n]*", "by me", text)
    known: dict[str, str] = {}

    def numbered(one: re.Match[str]) -> str:
        return known.setdefault(one[0], f"{61001 + len(known)}")

    return re.sub(r"(?<!\d)(?!61000|65535)6[1-5]\d{3}(?!\d)", numbered, text)


def tell(story: Story, serve: Callable[..., Any]) -> None:
    """Show every verb's main outcomes, in the order in which a person meets them."""
    shop, fix, nowhere = story.shop, story.fix, story.home
    show = story.show
    show("up", folder=nowhere)
    show(folder=nowhere)
    show()
    show("validate")
    show("add", "docs", "4000", "-n")
    show("check")
    show("up")
    show("up")
    show("up", "--brief")
    show("check")
    show("port", "web")
    show("url", "db")
    show("env")
    story.git("worktree", "add", "-q", "-b", "fix", "../shop-fix")
    show(at=fix)
    show("up", at=fix)
    serve(shop.folder, 3000)
    serve(nowhere, 8000)
    show("up", keys="q")
    show("check")
    show()
    show(at=fix)
    show(folder=nowhere)
    show("list")
    show("watch", "--once")
    show("who", "web")
    show("who", "8000")
    show("who", "9")
    if not story.output.columns:  # where a pid has more digits, other words fold
        show("explain", "api")
    show("explain", "9")
    show("free", "8000", "-n")
    show("wait", "web", "--timeout", "1")
    show("open", "web")
    show("open", "db")
    show("publish", "db")
    show("integrate", "make", "-n")
    show("integrate", "make", "--undo")
    show("up", "--reassign", "jobs", "--brief")
    show("up", "--was", "--brief")
    show("up", "--was", "web")
    show("up", "nothing")
    show("pu")
    show("ls")
    show("down", at=fix)
    show("down", "web", "nothing", at=fix)
    show("uninstall", "-n")
    (shop.folder / "ports.toml").write_text('[services]\nweb = 0\nwbe = "x"\n[service]\n')
    show("up")
    show("validate")
    (shop.folder / "ports.toml").unlink()
    show("down")
    show("gc")
    show("schema", "--nothing")


@pytest.fixture(name="home")
def _home() -> Iterator[Path]:
    """A folder whose name is as long each time: lines fold at the same words."""
    folder = Path(tempfile.mkdtemp(prefix="pm-", dir="/tmp")).resolve()
    yield folder
    shutil.rmtree(folder)


@pytest.mark.root
@pytest.mark.parametrize("kind", sorted(OUTPUTS))
def test_screens_are_as_they_were(
    kind: str, home: Path, apart: list[str], started: Callable[..., Any]
) -> None:
    story = Story(home, apart, OUTPUTS[kind])
    (home / "server.py").write_text(SERVER)
    story.shop.folder.mkdir()
    (story.shop.folder / "ports.toml").write_text(MANIFEST)
    (story.shop.folder / ".gitignore").write_text(".env\n")
    (story.shop.folder / "Makefile").write_text("all:\n\techo hi\n")
    story.git("init", "-q", "-b", "main")
    story.git("add", ".")
    story.git("commit", "-qm", "x")

    def serve(folder: Path, port: int) -> None:
        # Its command line is shown: one that is the same wherever this Python is installed.
        named = ("bash", "-c", 'exec -a python3 "$0" "$@"', sys.executable)
        server = started(
            *apart, *named, "-I", str(home / "server.py"), str(port),
            cwd=folder, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert server.stdout.readline() == "up\n"

    tell(story, serve)
    found = steady(story.text, str(home))
    golden = GOLDEN / f"{kind}.txt"
    if os.environ.get("PORTMAN_SCREENS") == "write":
        GOLDEN.mkdir(exist_ok=True)
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8"), "see the change, then: just screens"
    if kind == "ascii":
        assert found.isascii()
    wide = OUTPUTS[kind].columns
    for line in re.sub(r"\^\[\[[0-9;]*m|\^\[\]8;;[^^]*\^\[\\", "", found).splitlines():
        command = re.search(r"portman -C|https?:|/tmp/pm-golden|^== |^[+\- ]", line)
        assert not wide or len(line) <= wide or command, line
