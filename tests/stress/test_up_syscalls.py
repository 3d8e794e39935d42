"""The whole command killed, or failed by the system, at each call that changes something.

First strace tells which calls of an `up` or a `down` touch the checkout or the state folder;
then the command is run once for each of them and struck there. test_ledger_syscalls.py does the
same to the ledger alone.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from portman.base.errors import CODES
from portman.commands.up import up

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.stress,
    pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace"),
]
FOREIGN = b"# mine\r\nSECRET=x y\n\xff\xfe odd bytes\nWEBSITE_PORT_=1\n"
OUTPUTS = """
[[output]]
path = ".env"
[[output]]
path = "p.json"
format = "json"
[[output]]
path = "web/new/.env.local"
"""
TWO = '[services]\nweb = 23000\ndb = "auto"\n' + OUTPUTS
FOUR = TWO.replace("[[output]]", 'api = "auto"\n[services.shard]\ncount = 3\n[[output]]', 1)
#: name -> (manifest that was up before, manifest now, command)
SCENES = {
    "first": ("", TWO, ("up", "--json")),
    "changed": (TWO, FOUR, ("up", "--json")),
    "moved": (TWO, TWO, ("up", "--json", "--reassign", "db")),
    "down": (FOUR, FOUR, ("down", "--json")),
}
CALLS = (
    "write", "pwrite64", "rename", "fsync", "fdatasync", "ftruncate", "unlink", "openat",
    "flock", "mkdir", "fchmod", "fcntl", "mmap", "close", "renameat", "unlinkat",
)  # fmt: skip
ERRORS = {
    "EIO": {"write", "pwrite64", "rename", "fsync", "fdatasync", "ftruncate", "unlink", "openat"},
    "ENOSPC": {"write", "pwrite64", "rename", "fsync", "ftruncate", "openat", "mkdir"},
    "EACCES": {"rename", "unlink", "openat", "mkdir", "fchmod"},
    "EROFS": {"rename", "unlink", "openat", "mkdir", "fchmod", "ftruncate"},
}
#: What an error of the system may be called. Never damage: nothing is damaged.
TOLD = {"ledger-unusable", "ledger-busy", "output-unwritable", "manifest-unreadable"}


class Stage:
    """One checkout and one neighbour with leases, put back as they were before each strike."""

    def __init__(self, root: Path, workspace: str, monkeypatch: pytest.MonkeyPatch) -> None:
        before, self.manifest, self.command = SCENES[workspace]
        self.live = root / "live"
        self.saved = root / "saved"
        self.log = root / "strace.log"
        self.state, self.shop = self.live / "state", self.live / "shop"
        monkeypatch.setenv("PORTMAN_HOME", str(self.state))
        neighbour = self.live / "neighbour"
        for folder, text in ((neighbour, FOUR), (self.shop, before or self.manifest)):
            folder.mkdir(parents=True)
            (folder / "ports.toml").write_text(text)
            (folder / ".env").write_bytes(FOREIGN)
        self.others = held(up(str(neighbour)))
        self.before = held(up(str(self.shop))) if before else {}
        (self.shop / "ports.toml").write_text(self.manifest)
        self.live.rename(self.saved)

    def reset(self) -> None:
        """Put everything back as it was."""
        shutil.rmtree(self.live, ignore_errors=True)
        shutil.copytree(self.saved, self.live)

    def strace(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the command under strace with its log in a file."""
        return subprocess.run(
            ["strace", "-f", "-qq", "-y", "-o", str(self.log), *options,
             sys.executable, "-P", "-m", "portman", *self.command],
            cwd=self.shop,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
        )  # fmt: skip

    def calls(self) -> list[tuple[str, int]]:
        """Return (call, its number among its kind) of every call that touches our folders."""
        for _ in range(2):  # the first run writes bytecode
            self.reset()
            done = self.strace("-e", "trace=" + ",".join(CALLS), "-e", "signal=none")
            assert done.returncode == 0, done.stderr
        counts: dict[str, int] = {}
        found = []
        for line in self.log.read_text(errors="replace").splitlines():
            call = re.match(r"\d+ +(\w+)\(", line)
            if call is None:
                continue
            name = call[1]
            counts[name] = counts.get(name, 0) + 1
            text = re.sub(r'AT_FDCWD<[^>]*>, "/', '"/', line)  # the cwd says nothing of those
            if str(self.live) in text:
                found.append((name, counts[name]))
        return found

    def sound(self) -> None:
        """Check the files and the ledger as they lie, then that the next `up` finishes."""
        env = (self.shop / ".env").read_bytes()
        assert env.startswith(FOREIGN)
        lines = whole_block(env[len(FOREIGN) :])
        if (self.shop / "p.json").exists():
            json.loads((self.shop / "p.json").read_text())
        local = self.shop / "web/new/.env.local"
        if local.exists():
            assert whole_block(local.read_bytes()) is not None
        assert lines is not None
        after = up(str(self.shop))
        assert after.exit_code == 0, after.errors
        now = held(after)
        if self.command[0] == "up" and "--reassign" not in self.command:
            assert {name: now[name] for name in self.before} == self.before
        ports = [*ports_of(now), *ports_of(self.others)]
        assert len(set(ports)) == len(ports)
        assert held(up(str(self.live / "neighbour"))) == self.others
        assert f"DB_PORT={now['db'][0]}\n".encode() in (self.shop / ".env").read_bytes()
        assert local.exists()
        assert list(self.shop.rglob(".portman-*")) == []


def whole_block(data: bytes) -> list[bytes] | None:
    """Return the lines of a whole block, [] for no block, None for half of one."""
    if not data:
        return []
    lines = data.splitlines()
    if lines[0] != b"# >>> portman" or lines[-1] != b"# <<< portman" or data[-1:] != b"\n":
        return None
    values = [line for line in lines if not line.startswith(b"#")]
    whole = len(values) in (2, 6) and all(
        re.fullmatch(rb"[A-Z_0-9]+=[0-9]+", one) for one in values
    )
    return values if whole else None


def held(report: Any) -> dict[str, tuple[int, ...]]:
    """Return the ports of every service in a report."""
    return {one["name"]: tuple(one["ports"]) for one in report.data["services"]}


def ports_of(leases: dict[str, tuple[int, ...]]) -> list[int]:
    """Return all ports, one by one."""
    return [port for ports in leases.values() for port in ports]


@pytest.fixture(params=list(SCENES))
def stage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Build one workspace."""
    return Stage(tmp_path, request.param, monkeypatch)


def test_killed_at_any_call(stage: Stage, sized: Callable[[Any, Any], Any]) -> None:
    """Old or new, never half, and the next `up` finishes."""
    calls = stage.calls()
    assert len({name for name, _ in calls}) > 8, calls
    killed = 0
    for name, number in calls[:: sized(5, 1)]:
        stage.reset()
        done = stage.strace("-e", f"trace={name}", "-e", f"inject={name}:signal=KILL:when={number}")
        killed += done.returncode != 0
        stage.sound()
    assert killed > len(calls[:: sized(5, 1)]) * 0.8


class Strike(NamedTuple):
    """One error at one call."""

    error: str
    call: str
    number: int


def strikes(calls: list[tuple[str, int]]) -> list[Strike]:
    """Return every sensible error at every call."""
    return [
        Strike(error, name, number)
        for error, names in ERRORS.items()
        for name, number in calls
        if name.removesuffix("at") in names or name in names
    ]


def test_an_error_at_any_call(stage: Stage, sized: Callable[[Any, Any], Any]) -> None:
    """It is told with exit 5 and the way on, or it did not matter; nothing is half or lost."""
    for strike in strikes(stage.calls())[:: sized(11, 1)]:
        stage.reset()
        done = stage.strace(
            "-e", f"trace={strike.call}",
            "-e", f"inject={strike.call}:error={strike.error}:when={strike.number}",
        )  # fmt: skip
        assert done.returncode != 3, (strike, (stage.state / "bug.log").read_text())
        assert done.returncode in (0, 4, 5), (strike, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr, (strike, done.stderr)
        said = json.loads(done.stdout)
        codes = {one["code"] for one in said["errors"]}
        assert codes <= TOLD <= set(CODES), (strike, said["errors"])
        assert done.returncode == max((CODES[code][0] for code in codes), default=0)
        assert all(one["hints"] for one in said["errors"]), (strike, said["errors"])
        stage.sound()
