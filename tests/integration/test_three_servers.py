"""The main job on real input: three worktrees and two clones, all servers at once."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.processes import PYTHON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "three-servers"


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the example and expect it to work."""
    return subprocess.run(
        words,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )


def make(folder: Path, target: str) -> str:
    """Run one target of the example's Makefile with this tree's portman."""
    portman = f"PORTMAN={PYTHON} -m portman"
    return run(folder, "make", "--no-print-directory", target, portman,
               f"PYTHON={PYTHON}").stdout  # fmt: skip


def git(folder: Path, *words: str) -> None:
    """Run git with a name of its own."""
    run(folder, "git", "-c", "user.name=t", "-c", "user.email=t@example.org", *words)


@pytest.fixture(name="checkouts")
def _checkouts(tmp_path: Path) -> Iterator[list[Path]]:
    """Lay out a repository with two more worktrees, and two clones of it."""
    main = tmp_path / "main"
    shutil.copytree(EXAMPLE, main, ignore=shutil.ignore_patterns(".env", "ports.mk", ".*.pid"))
    git(main, "init", "-b", "main")
    git(main, "add", ".")
    git(main, "commit", "-m", "first")
    for name in ("tree-1", "tree-2"):
        git(main, "worktree", "add", f"../{name}", "-b", name)
    for name in ("clone-1", "clone-2"):
        git(tmp_path, "clone", str(main), name)
    folders = [tmp_path / one for one in ("main", "tree-1", "tree-2", "clone-1", "clone-2")]
    yield folders
    for folder in folders:
        make(folder, "stop")


def ask(port: int, kind: int) -> str:
    """Ask the echo server whose it is."""
    with socket.socket(socket.AF_INET, kind) as client:
        client.settimeout(5)
        client.connect(("127.0.0.1", port))
        client.sendall(b"who\n")
        return client.recv(4096).decode()


def whoami(url: str) -> dict[str, str]:
    """Ask an HTTP server whose it is, waiting for it to start."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                told: dict[str, str] = json.load(answer)
                return told
        except OSError:
            time.sleep(0.1)
    raise AssertionError(url)


def test_every_server_answers_with_its_own_checkout(
    checkouts: list[Path], portman: Callable[..., Any]
) -> None:
    """`make dev` in all five: fifteen servers, twenty ports, no mix-up, all seen as running."""
    for folder in checkouts:
        make(folder, "dev")
    used: set[int] = set()
    for folder in checkouts:
        env = dict(line.split("=", 1) for line in portman("env", cwd=folder).out.splitlines())
        assert whoami(env["WEB_URL"]) == {"service": "web", "checkout": str(folder)}
        assert whoami(env["API_URL"]) == {"service": "api", "checkout": str(folder)}
        echo = int(env["ECHO_PORT"])
        assert ask(echo, socket.SOCK_STREAM) == ask(echo, socket.SOCK_DGRAM) == str(folder)
        ports = {int(env[name]) for name in ("WEB_PORT", "API_PORT", "ECHO_PORT")}
        assert not used & ports
        used |= ports
        up = portman("up", "--json", cwd=folder)
        assert up.code == 0, up
        data = json.loads(up.out)["data"]
        assert {one["verdict"] for one in data["services"]} == {"running"}
        assert data["primary"] is (folder.name not in ("tree-1", "tree-2"))
    shown = make(checkouts[1], "who")
    assert shown.count(str(checkouts[1])) == 2


def test_another_checkouts_server_on_our_port_is_named_with_its_checkout(
    checkouts: list[Path], portman: Callable[..., Any], started: Callable[..., Any]
) -> None:
    """A server of tree-1 squats on tree-2's port: exit 1, pid, folder, and what to type."""
    mine, other = checkouts[2], checkouts[1]
    portman("up", cwd=other)
    portman("up", cwd=mine)
    port = portman("port", "web", cwd=mine).out.strip()
    squatter = started(sys.executable, "server.py", "web", port, cwd=other)
    whoami(f"http://127.0.0.1:{port}/")
    done = portman("up", cwd=mine)
    assert done.code == 1
    assert f"port {port} is taken by python" in done.err
    assert f"pid {squatter.pid}" in done.err
    assert str(other) in done.err
    assert "portman up --reassign web" in done.err
    document = json.loads(portman("up", "--json", cwd=mine).out)
    assert document["data"]["services"][0]["holder"]["checkout"] == str(other)
