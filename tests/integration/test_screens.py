"""Every screen, as golden files: a change of what a person sees is a change of tests/golden.

`just screens` (PORTMAN_SCREENS=write) makes them again. Two stories are told in five kinds of
output; each test runs real commands in worktrees of its own, on a pty or a pipe, forked from one
interpreter (tests/screens.py). What differs from run to run (pids, times, ports of the pool, the
folder) has fixed words of the same width.
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

from tests.processes import ROOT, portman_program
from tests.screens import Screens

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


#: What a new user's project has, for `init` and `adopt`.
NEW = {
    "package.json": '{\n  "name": "app",\n  "scripts": {\n    "dev": "vite --port 5173"\n  },\n'
    '  "devDependencies": {\n    "vite": "6"\n  }\n}\n',
    "Makefile": "api:\n\tuvicorn api:app --port 8000\n",
    "compose.yaml": "services:\n  db:\n    image: postgres\n    ports:\n      - 5432:5432\n"
    "    environment:\n      PUBLIC_URL: http://localhost:5173\n",
    ".gitignore": ".env\n",
}
PATH = "/usr/bin:/bin"
#: Of the environment of a test, what says where it runs.
STRANGE = re.compile(
    "CI$|BROWSER$|DISPLAY$|WAYLAND_|CLAUDE|CODEX_|CURSOR_|CONDUCTOR_|GEMINI|GITHUB_|OPENCODE|"
    "HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy|COMPOSE_|XDG_|DOCKER_|PORTMAN_"
)


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

    def __init__(self, home: Path, name: str, prefix: list[str], output: Output) -> None:
        self.home, self.output = home, output
        self.shop, self.fix = home / name, home / f"{name}-fix"
        self.env = {name: one for name, one in os.environ.items() if not STRANGE.match(name)}
        self.env |= {"PYTHONPATH": str(ROOT), "HOME": str(home), "PORTMAN_HOME": str(home / "pm")}
        self.env |= {"SHELL": "/bin/sh", "LC_ALL": "C.UTF-8", "GIT_PAGER": "cat", **output.env}
        self.env["PATH"] = f"{home}/bin:{PATH}"
        self.screens, self.text = Screens(prefix, self.env, ROOT), ""

    def show(
        self, *words: str, at: Path | None = None, keys: str = "", replies: Any = (), note: str = ""
    ) -> None:
        """Run a command and note what it shows; `keys` answer a question on a terminal."""
        where = at or self.shop
        if keys and self.output.columns:
            replies = (("? ", keys),)
        code, shown, errors = self.screens.show(
            list(words), where, self.output.columns, list(replies)
        )
        shown = shown.replace("\r", "") + (f"-- stderr\n{errors}" if errors else "")
        if words == ("watch",):  # the first picture; how many follow is chance
            shown = "\x1b[H".join(shown.split("\x1b[H")[:2]) + "\n"
        place = os.path.relpath(where, self.home)
        command = f"portman {' '.join(words)}{note}"
        self.text += f"== {place}: {command}\n{shown}== exit {code}\n\n"

    def git(self, *words: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        subprocess.run(["git", *who, *words], cwd=self.shop, check=True)


def steady(text: str, home: str) -> str:
    """Return the text with what differs from run to run replaced, widths kept where they count."""
    text = text.replace("\x1b", "^[").replace(home, "/tmp/pm-golden")
    text = text.replace(os.path.dirname(home), "/tmp/pm").replace(sys.executable, "/bin/python")
    text = re.sub(r"token=[\w-]+", "token=secret", text)
    text = re.sub(r"(?<=Docker Compose )[\w.+-]+", "2.40.0", text)
    text = re.sub(r"[\d,]+ of [\d,]+ ports left", "4,500 of 4,536 ports left", text)
    text = re.sub(r"\bpython3(\.\d+)?\b|\bpython\b", "python", text)
    text = re.sub(r"(pid(?:\^\[\[0m)? )\d+", r"\g<1>812", text)
    text = re.sub(r"(\(pid 812\)(?:\^\[\[0m)?) {2,}", r"\1  ", text)  # columns are as wide as pids
    text = re.sub(r"\d+ (second|minute)s? ago|just now", "3 seconds ago", text)
    text = re.sub(r"\b\d+ (seconds?|minutes?)\b(?! ago)", "3 seconds", text)
    text = re.sub(r"\(\d{4}-\d\d-\d\d \d\d:\d\d\)", "(2026-01-01 12:00)", text)
    text = re.sub(r"(?<!\d)\d\d:\d\d:\d\d\b", "12:00:00", text)
    text = re.sub(r"\b20\d\d-\d\d-\d\d\b", "2026-01-01", text)
    text = re.sub(r"(?<=dashboard-)[0-9a-f]{10}", "0123456789", text)
    text = re.sub(r"pts/\d+", "pts/3", text)
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
    shop, fix, nowhere, show = story.shop, story.fix, story.home, story.show
    show("up", at=nowhere)
    show(at=nowhere)
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
    serve(shop, 3000)
    serve(nowhere, 8000)
    show("up", keys="q")
    show("check")
    show()
    show(at=fix)
    show(at=nowhere)
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
    (shop / "ports.toml").write_text('[services]\nweb = 0\nwbe = "x"\n[service]\n')
    show("up")
    show("validate")
    (shop / "ports.toml").unlink()
    show("down")
    show("gc")
    show("schema", "--nothing")


def tell_more(story: Story, serve: Callable[..., Any]) -> None:
    """Show a new project from its first command on, and programs that run on."""
    app, show = story.shop, story.show
    show("init", "-n")
    show("adopt", "-n")
    show("adopt", replies=[("[y/n", one) for one in ("y\n", "n\n", "n\n", "n\n", "y\n")])
    show("adopt", "--check")
    show("adopt", "--undo")
    show("adopt", "--undo")
    show("adopt", "--yes")
    show("init")
    show("where")
    show("names")
    show("up")
    show("up", "--brief", "--json")
    show("run", "--", "echo", "started")
    show("run", "--service", "web", "--", "sh", "-c", "echo on $PORT")
    show("run", "--service", "web", "--", "no-such-program")
    show("run", "--service", "nothing", "--", "echo")
    show("hold", "db", replies=[("pid", "\x03")])
    show("hold", "nothing")
    serve(app, 5173)
    show("run", "--service", "web", "--", "vite")
    show("run", "--", "echo", "started")
    show("hold", "web", replies=[("pid", "\x03")])
    show("explain", "web")
    show("wait", "web")
    show("who")
    show("doctor")
    show("list", "--line")
    show("dashboard", "--no-open", replies=[("opens once", "\x03")])
    show("down")
    show("log", "--newest", "3")
    show("log", "--service", "none")
    show("log", "--since", "soon")
    show("remove", "api")
    show("adopt", "--undo")
    story.git("checkout", "-q", ".")
    (app / "ports.toml").unlink()
    show("adopt", "--undo")
    show("repair")
    show("ledger", "status")
    if story.output.columns:
        show("mcp")
        (app / "ports.toml").write_text("[services]\nweb = 5173\n")
        show("up", "--brief")
        show("watch", replies=[("q quit", "q")])
    show("--help")
    show("up", "--help")
    show("help", "stop")


def unfolded(text: str) -> str:
    """Join what names a process with its next line: where it folds, the number's length decides."""
    joined = re.sub(r"pid 812[^\n]*\n[^\n]*", lambda one: " ".join(one[0].split()), text)
    return joined.replace("user root", "user me")


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
    (home / "server.py").write_text(SERVER)

    def serve(folder: Path, port: int) -> None:
        # Its command line is shown: one that is the same wherever this Python is installed.
        named = ("bash", "-c", 'exec -a python3 "$0" "$@"', sys.executable)
        server = started(
            *apart, *named, "-I", str(home / "server.py"), str(port),
            cwd=folder, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert server.stdout.readline() == "up\n"

    shop = {"ports.toml": MANIFEST, ".gitignore": ".env\n", "Makefile": "all:\n\techo hi\n"}
    found = ""
    for tale, files in ((tell, shop), (tell_more, NEW)):
        place = home / ("a" if tale is tell else "b")
        story = Story(place, "shop" if tale is tell else "app", apart, OUTPUTS[kind])
        story.shop.mkdir(parents=True)
        portman_program(place / "bin", [])
        for name, text in files.items():
            (story.shop / name).write_text(text)
        for words in (("init", "-q", "-b", "main"), ("add", "."), ("commit", "-qm", "x")):
            story.git(*words)
        tale(story, serve)
        story.screens.close()
        found += steady(story.text, str(place))
    assert "Traceback" not in found
    golden = GOLDEN / f"{kind}.txt"
    if os.environ.get("PORTMAN_SCREENS") == "write":
        GOLDEN.mkdir(exist_ok=True)
        golden.write_text(found, encoding="utf-8")
    kept = golden.read_text(encoding="utf-8")
    assert unfolded(found) == unfolded(kept), "see the change, then: just screens"
    if kind == "ascii":
        assert found.isascii()
    wide = OUTPUTS[kind].columns
    for line in re.sub(r"\^\[\[[0-9;?]*\w|\^\[\]8;;[^^]*\^\[\\", "", found).splitlines():
        command = re.search(r"portman -C|https?:|/tmp/pm-golden|^== |^[+\- #{]", line)
        assert not wide or len(line) <= wide or command, line
