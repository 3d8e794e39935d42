"""Twelve agents in twelve worktrees of one repository, by command line and MCP, all at once.

Each starts servers and commands as an agent does; the rule between processes is what is tested.
4 seconds by default, 60 with PORTMAN_STRESS=large.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.agents import environment
from tests.processes import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.stress

AGENTS = 12
GIT = ("git", "-c", "user.name=T", "-c", "user.email=t@example.org")
SERVER = """
import http.server, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(os.getcwd().encode())
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
"""


class Mcp:
    """A client that writes and reads lines: as many as there are calls, so none is lost."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "portman", "mcp"], cwd="/", env=environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.number = 0
        hello = {"protocolVersion": "2025-06-18", "capabilities": {},
                 "clientInfo": {"name": "stress", "version": "1"}}  # fmt: skip
        self.ask("initialize", hello)
        self.write({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def write(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdout is not None
        self.number += 1
        message = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        self.write(message)
        for line in self.process.stdout:
            found: dict[str, Any] = json.loads(line)
            if found.get("id") == self.number:
                return found
        raise AssertionError("the server ended")

    def call(self, tool: str, folder: Path, **arguments: Any) -> dict[str, Any]:
        asked = {"name": tool, "arguments": {"path": str(folder), **arguments}}
        found: dict[str, Any] = self.ask("tools/call", asked)["result"]["structuredContent"]
        return found

    def close(self) -> None:
        self.process.communicate()


class Agent(threading.Thread):
    """One agent in one worktree: it does what agents do, and notes what went wrong."""

    def __init__(self, repository: Path, number: int, seconds: float, *, mcp: bool) -> None:
        super().__init__()
        self.repository, self.number, self.seconds = repository, number, seconds
        self.folder = repository.parent / f"tree-{number}"
        self.random = random.Random(number)
        self.server: subprocess.Popen[str] | None = None
        self.mcp = Mcp() if mcp else None
        self.error: BaseException | None = None
        self.tests = 0

    git_lock = threading.Lock()

    def portman(self, *words: str) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-m", "portman", *words, "--json"],
            cwd=self.folder, env=environment(), capture_output=True, text=True, timeout=100,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def ask(self, verb: str, **arguments: Any) -> dict[str, Any]:
        """Ask by MCP or by the command line."""
        if self.mcp and self.random.random() < 0.7:
            return self.mcp.call(f"ports_{verb}", self.folder, **arguments)
        words = [str(one) for name, one in arguments.items() if name != "timeout"]
        limit = ["--timeout", str(arguments["timeout"])] if "timeout" in arguments else []
        return self.portman(verb, *words, *limit)

    def git(self, *words: str) -> None:
        with self.git_lock:
            done = subprocess.run(
                [*GIT, *words], cwd=self.repository, capture_output=True, text=True, timeout=100
            )
        assert done.returncode == 0, done.stderr

    def run(self) -> None:
        try:
            self.git("worktree", "add", "-q", "--detach", str(self.folder))
            end = time.monotonic() + self.seconds
            self.test()
            while time.monotonic() < end:
                steps = (self.test, self.test, self.free, self.down, self.remake, self.look)
                self.random.choice(steps)()
            self.stop()
        except BaseException as error:
            self.error = error
            self.stop()
        if self.mcp:
            self.mcp.close()

    def up(self) -> int:
        found = self.ask("up")
        assert found["exit_code"] == 0, found["errors"]
        return int(found["data"]["services"][0]["port"])

    def test(self) -> None:
        """Start the server if it is not up, wait, and test: it must be this worktree's own."""
        port = self.up()
        if self.server is None:
            self.server = subprocess.Popen(
                [sys.executable, "-m", "portman", "run", "--service", "web", "--",
                 sys.executable, "server.py"],
                cwd=self.folder, env=environment(), text=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            )  # fmt: skip
        found = self.ask("wait", timeout=60)
        up = {one["name"]: one["up"] for one in found["data"]["services"]}
        assert self.server.poll() is None, "a server that its agent did not stop has ended"
        assert up["web"], found["errors"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
            assert answer.read().decode() == str(self.folder)
        self.tests += 1

    def free(self) -> None:
        """Stop the own server as agents are told to: by its plan, or by the command line."""
        if self.server is None:
            return
        assert self.server.poll() is None, "a server that its agent did not stop has ended"
        if self.mcp:
            plan = self.mcp.call("ports_free", self.folder, asked="web")["data"]
            assert plan["token"], plan
            found = self.mcp.call("ports_free", self.folder, asked="web", token=plan["token"])
        else:
            found = self.portman("free", "web", "--yes")
        assert found["exit_code"] == 0, found["errors"]
        self.server.wait(20)
        self.stop()

    def stop(self) -> None:
        if self.server is not None:
            self.server.kill()
            self.server.communicate()
            self.server = None

    def down(self) -> None:
        self.stop()
        assert self.ask("down")["exit_code"] == 0

    def remake(self) -> None:
        """Remove the worktree, with `down` before or without, and make it again."""
        self.stop()
        if self.random.random() < 0.5:
            assert self.ask("down")["exit_code"] == 0
        self.git("worktree", "remove", "--force", str(self.folder))
        self.git("worktree", "add", "-q", "--detach", str(self.folder))

    def look(self) -> None:
        assert self.ask("list")["exit_code"] == 0


def replayed(entries: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    """Return the leases after all rows of the log; at no moment has a port two of them."""
    leases: dict[tuple[str, str], int] = {}
    for one in entries:
        key = one["checkout"], one["service"]
        assert one["command"]
        assert one["pid"]
        if one["event"] in ("leased", "moved"):
            others = {port: where for where, port in leases.items() if where != key}
            assert one["port"] not in others, (one, others[one["port"]])
            leases[key] = one["port"]
        elif one["event"] in ("given-back", "reclaimed"):
            assert leases.pop(key) == one["port"], one
    return leases


def test_twelve_agents_share_a_machine(
    tmp_path: Path, sized: Callable[[Any, Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No port twice, no server of another stopped, every test at its own server, all explained."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    repository = tmp_path / "shop"
    repository.mkdir()
    (repository / "ports.toml").write_text('name = "shop"\n[services]\nweb = "auto"\n')
    (repository / "server.py").write_text(SERVER)
    (repository / ".gitignore").write_text(".env\n")
    for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "one")):
        subprocess.run([*GIT, *words], cwd=repository, check=True)
    with_mcp = sized(3, 6)
    agents = [
        Agent(repository, number, sized(4.0, 60.0), mcp=number < with_mcp)
        for number in range(AGENTS)
    ]
    for agent in agents:
        agent.start()
    for agent in agents:
        agent.join(300)
    failed = [f"agent {one.number}: {one.error!r}" for one in agents if one.error]
    assert not failed, "\n".join(failed)
    assert sum(one.tests for one in agents) >= AGENTS
    told = agents[-1].portman("log", "--newest", "0")["data"]["entries"]
    listed = agents[-1].portman("list")["data"]["checkouts"]
    now = {
        (one["checkout"], each["name"]): each["port"] for one in listed for each in one["services"]
    }
    assert replayed(told) == now
    assert len(set(now.values())) == len(now)
    assert any(one["command"].startswith("mcp ") and one["agent"] == "stress" for one in told)
