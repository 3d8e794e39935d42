"""Bare `portman` in real worktrees: this checkout first, services in the order of ports.toml."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.terminal import PtyProgram

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.processes import Runner

MANIFEST = "[services]\nweb = 3000\napi = 8000\ncache = 6379\n"
SERVER = """
import socket, sys, time
one = socket.create_server(("127.0.0.1", int(sys.argv[1]))); print("up", flush=True)
time.sleep(300)
"""


@pytest.fixture(name="shops")
def _shops(runner: Callable[..., Runner]) -> tuple[Runner, Runner]:
    """A repository with ports, and a worktree `shop-fix` without any."""
    first = runner(MANIFEST)
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"],
        ["worktree", "add", "-q", "-b", "fix", "../shop-fix"],
    ):
        subprocess.run(["git", *words], cwd=first.folder, check=True)
    assert first.call("up").returncode == 0
    second = type(first)(first.folder.parent / "shop-fix", first.prefix)
    return first, second


def test_a_project_is_a_matrix(shops: tuple[Runner, Runner], started: Callable[..., Any]) -> None:
    first, second = shops
    fresh = second.call().stdout.splitlines()
    assert fresh[1].split() == ["this", "checkout", "shop", "(main)"]
    assert fresh[2].split() == ["web", "no", "port", "yet,", "usual", "3000", "3000"]
    assert fresh[-1] == "next: portman up"
    astray = started(
        *first.prefix, sys.executable, "-c", SERVER, "8001",
        cwd=second.folder, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert astray.stdout.readline() == "up\n"
    said, following = second.call().stdout.splitlines()[-2:]
    assert said.endswith("listens on 8001; this checkout has no port of its own yet")
    assert following == "next: portman up, then restart what listens"
    assert "listens on 8001" in second.call("doctor").stdout
    astray.kill()
    on_usual = started(
        *first.prefix, sys.executable, "-c", SERVER, "8000",
        cwd=second.folder, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert on_usual.stdout.readline() == "up\n"
    told = first.call("up").stderr
    assert "shop-fix, a checkout without ports yet" in told
    assert f"portman -C {second.folder} up" in told
    on_usual.kill()
    second.call("up")
    for folder, port in ((second.folder, second.port("web")), (first.folder.parent, 8000)):
        server = started(
            *first.prefix, sys.executable, "-c", SERVER, str(port),
            cwd=folder, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert server.stdout.readline() == "up\n"

    lines = second.call().stdout.splitlines()
    assert lines[0].endswith("shop-fix (fix)")
    assert [line.split()[0] for line in lines[2:]] == ["web", "api", "cache"]
    assert lines[2].split()[1:] == [f"http://localhost:{second.port('web')}", "running", "3000"]
    assert lines[3].split()[-2:] == ["8000", "taken"]
    assert first.call().stdout.splitlines()[-1] == "next: portman check"

    data = json.loads(second.call("--json").stdout)["data"]
    assert [one["branch"] for one in data["projects"][0]["checkouts"]] == ["fix", "main"]
    assert data["projects"][0]["services"][0]["cells"][0]["verdict"] == "running"

    nowhere = second.folder.parent
    machine = first.call("-C", str(nowhere)).stdout.splitlines()
    assert machine[0] == "6 ports of 2 checkouts: 1 running, 1 taken"
    assert any(re.search(r"shop-fix \(fix\) +web \d+ running$", one) for one in machine)
    assert json.loads(first.call("-C", str(nowhere), "--json").stdout)["data"]["project"] is None


def test_numbers_are_links_on_a_terminal(shops: tuple[Runner, Runner]) -> None:
    """OSC 8, unless the terminal shows it as text or no colour is wanted."""
    first, _ = shops
    for more, links in (
        ({"TERM": "xterm"}, True),
        ({"TERM": "linux"}, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "INSIDE_EMACS": "1"}, False),
    ):
        terminal = PtyProgram(first.argv(), first.folder, first.environment(**more))
        assert terminal.end() == 0
        found = "\x1b]8;;http://localhost:3000\x1b\\http://localhost:3000\x1b]8;;\x1b\\"
        assert (found in terminal.shown.decode()) is links


def test_a_narrow_terminal_gets_what_fits(shops: tuple[Runner, Runner]) -> None:
    first, second = shops
    second.call("up")
    env = first.environment(TERM="xterm", NO_COLOR="1")
    terminal = PtyProgram(first.argv(), first.folder, env, (32, 24))
    terminal.end()
    assert "  1 further checkout: portman list --project shop" in terminal.shown.decode()
    assert "http" not in terminal.shown.decode()
