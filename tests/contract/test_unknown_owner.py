"""A look that failed decides nothing: with helpers that hang, are missing or say something else.

Each test starts a process on a pretended Mac (tests/other_systems.py), with helpers of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.other_systems import portman_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PORTS = (38521, 38522, 38523)
_SERVER = """
import socket, sys, time
held = []
for port in map(int, sys.argv[1:]):
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("127.0.0.1", port))
    one.listen()
    held.append(one)
print("up", flush=True)
time.sleep(60)
"""
#: Run before portman: quick patience, and no administrators' folders beside PATH.
_ALONE = """
from portman.base import run_tool
run_tool.ADMIN_FOLDERS = ()
from portman.machine.sockets import listing_portable
listing_portable.PATIENCE = 0.2
"""
_NETSTAT = """Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address  Foreign Address  (state)  rhiwat shiwat pid epid state options
{rows}"""


class Mac:
    """A project, its running server, and the helpers that portman finds."""

    def __init__(self, folder: Path) -> None:
        self.project, self.tools = folder / "shop", folder / "bin"
        self.calls = folder / "calls"
        for one in (self.project, self.tools):
            one.mkdir()
        services = "".join(f"s{port} = {port}\n" for port in PORTS)
        (self.project / "ports.toml").write_text(f"[services]\n{services}")
        for tool in ("git", "sh", "sleep", "cat"):
            found = shutil.which(tool)
            if found:
                (self.tools / tool).symlink_to(found)

    def tool(self, name: str, body: str) -> None:
        """Make a helper that counts its calls."""
        script = self.tools / name
        script.write_text(f'#!/bin/sh\necho {name} >> "{self.calls}"\n{body}\n')
        script.chmod(0o755)

    def netstat(self, pid: int) -> None:
        rows = "".join(
            f"tcp4 0 0 127.0.0.1.{port} *.* LISTEN 131072 131072 {pid} 0 0x100 0x6\n"
            for port in PORTS
        )
        table = self.project.parent / "netstat.txt"
        table.write_text(_NETSTAT.format(rows=rows))
        self.tool("netstat", f'cat "{table}"')

    def counted(self) -> int:
        text = self.calls.read_text() if self.calls.exists() else ""
        self.calls.unlink(missing_ok=True)
        return len(text.splitlines())

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": str(self.tools)}
        return portman_on("darwin", *argv, before=_ALONE, env=env, cwd=self.project)

    def services(self, *argv: str) -> tuple[list[dict[str, Any]], list[str], int]:
        done = self.run(*argv, "--json")
        said = json.loads(done.stdout)
        codes = [one["code"] for one in said["errors"] + said["warnings"]]
        return said["data"].get("services", []), codes, done.returncode


@pytest.fixture(name="mac")
def _mac(tmp_path: Path) -> Mac:
    return Mac(tmp_path)


@pytest.fixture(name="server")
def _server(mac: Mac) -> Iterator[int]:
    """Start the project's own server; return its pid. A process: its folder says whose it is."""
    command = [sys.executable, "-c", _SERVER, *map(str, PORTS)]
    with subprocess.Popen(command, cwd=mac.project, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.kill()


def hang(mac: Mac) -> None:
    mac.tool("lsof", "exec sleep 20")
    mac.tool("netstat", "exec sleep 20")


def missing(mac: Mac) -> None:
    """Install neither."""
    assert not (mac.tools / "lsof").exists()


def other_words(mac: Mac) -> None:
    mac.tool("lsof", "echo 'lsof: cannot open /dev/kmem' >&2; exit 1")
    mac.tool("netstat", "echo 'Proto Local Foreign'; echo 'tcp4 *.1 *.*'")


@pytest.mark.parametrize("fault", [hang, missing, other_words])
def test_unknown_moves_nothing_and_is_said_once(mac: Mac, server: int, fault: Any) -> None:
    assert server
    fault(mac)
    services, codes, code = mac.services("up")
    assert [(one["port"], one["verdict"]) for one in services] == [(p, None) for p in PORTS]
    assert (codes.count("owner-unknown"), code) == (1, 0)
    assert mac.counted() <= 2
    done = mac.run("up")
    assert "lsof" in done.stderr
    assert "running" not in done.stdout
    assert mac.counted() <= 2
    for argv in (("check",), ("list",), ("who", str(PORTS[0])), ("explain", str(PORTS[0]))):
        done = mac.run(*argv)
        assert "taken" not in done.stdout + done.stderr, argv
        assert "bug" not in done.stderr
        assert mac.counted() <= 2, argv


def test_unknown_is_not_moved_by_hand_and_not_stopped(mac: Mac, server: int) -> None:
    missing(mac)
    mac.run("up")
    for argv in (("up", "--reassign"), ("up", "--reassign", f"s{PORTS[0]}")):
        mac.run(*argv)
        services, _, _ = mac.services("check")
        assert [one["port"] for one in services] == list(PORTS)
    done = mac.run("free", str(PORTS[0]), "--yes")
    assert done.returncode == 1
    assert "unknown" in done.stderr
    os.kill(server, 0)


def test_netstat_alone_names_the_server(mac: Mac, server: int) -> None:
    """It is ours by its folder, and nothing is unknown."""
    mac.netstat(server)
    services, codes, code = mac.services("up")
    assert [one["verdict"] for one in services] == ["running"] * 3
    assert (codes.count("owner-unknown"), code) == (0, 0)
    assert mac.counted() <= 2


@pytest.mark.parametrize("verb", ["up", "check", "list", "doctor", "who", "explain"])
def test_two_helpers_a_command(mac: Mac, server: int, verb: str) -> None:
    """Ten questions, one answer: lsof once, netstat once."""
    rows = "".join(f"f{port}\ntIPv4\nPTCP\nn127.0.0.1:{port}\nTST=LISTEN\n" for port in PORTS[:2])
    table = mac.project.parent / "lsof.txt"
    table.write_text(f"p{server}\ncpython3\nu0\n{rows}")
    mac.tool("lsof", f'cat "{table}"')
    mac.netstat(server)
    words = (verb, str(PORTS[0])) if verb in ("who", "explain") else (verb,)
    mac.run("up")
    mac.counted()
    done = mac.run(*words)
    assert "bug" not in done.stderr
    assert mac.counted() <= 2


def test_doctor_checks_nothing_that_is_unknown(mac: Mac, server: int) -> None:
    """It says what to install once, and calls no server right or lost."""
    assert server
    missing(mac)
    mac.run("up")
    done = json.loads(mac.run("doctor", "--json").stdout)
    found = {one["check"]: one for one in done["data"]["checks"]}
    assert found["owners"]["status"] == "warn"
    assert "lsof is not installed" in found["owners"]["reason"]
    assert "install lsof" in found["owners"]["hints"][0]["label"]
    rest = [found[name]["status"] for name in ("servers", "exposure", "placement")]
    assert rest == ["skipped"] * 3
