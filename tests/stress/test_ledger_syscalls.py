"""The ledger killed, or failed by the system, at every single call that changes a file.

strace counts the calls that touch the ledger's files and strikes at the n-th, so that no
moment between two of them is left to chance.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from portman.base.values import LOCAL_SCOPE, Checkout, Lease
from portman.ledger.repair import repair
from portman.ledger.sqlite import SqliteLedger

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKER = Path(__file__).parents[1] / "integration" / "ledger_worker.py"
CALLS = (
    "pwrite64", "fdatasync", "fsync", "unlink", "openat", "ftruncate", "fchmod", "rename",
    "linkat", "mmap", "flock", "fcntl", "close",
)  # fmt: skip
FILES = [
    name + suffix
    for name in ("ledger.db", "ledger.db.new")
    for suffix in ("", "-wal", "-shm", "-journal")
] + ["ledger.lock"]
pytestmark = [
    pytest.mark.stress,
    pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace"),
]


class Struck(NamedTuple):
    """What the worker said (None if it was killed), and whether the strike fell at all."""

    said: Any
    fell: bool


def strike(folder: Path, call: str, how: str, number: int, *command: str) -> Struck:
    """Run the worker and strike at its n-th `call` on a file of the ledger."""
    log = folder.with_suffix(".log")
    paths = [word for name in FILES for word in ("-P", str(folder / name))]
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", str(log), *paths, "-e", f"trace={call}",
         "-e", f"inject={call}:{how}:when={number}",
         sys.executable, str(WORKER), str(folder), *command],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "LEDGER_TIMEOUT": "5"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    said = json.loads(done.stdout) if done.stdout else None
    return Struck(said, fell=said is None or "INJECTED" in log.read_text())


def ports(folder: Path) -> list[int]:
    """Read all leased ports of a ledger that must be whole."""
    with closing(SqliteLedger(str(folder), shareable=False, timeout=5)) as ledger:
        assert ledger.verify() == ()
        return sorted(holding.lease.port for holding in ledger.holdings())


def lease(folder: Path, port: int) -> None:
    """Lease one port."""
    ledger = SqliteLedger(str(folder), shareable=False, timeout=5)
    with closing(ledger), ledger.writing() as writer:
        writer.record_checkout(Checkout("/src/me"), primary=True, user="me", now=1)
        writer.grant("/src/me", "", LOCAL_SCOPE, [Lease(f"p{port}", port)], 1)


def folders(tmp_path: Path, call: str) -> Iterator[tuple[int, Path]]:
    """Return a number and a folder for each round of a sweep."""
    for number in itertools.count(1):
        yield number, tmp_path / f"{call}{number}"


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kept", [[], [3000]], ids=["first write", "later write"])
def test_a_kill_at_any_call_leaves_the_old_ledger_or_the_new(
    tmp_path: Path, kept: list[int], call: str
) -> None:
    """And the next write succeeds at once."""
    for number, folder in folders(tmp_path, call):
        for port in kept:
            lease(folder, port)
        said, fell = strike(folder, call, "signal=KILL", number, "grant", "a", "4000")
        held = ports(folder)
        assert held in (kept, [*kept, 4000])
        lease(folder, 5000)
        assert ports(folder) == [*held, 5000]
        if not fell:
            assert said
            break
    assert number > 1 or call in ("fsync", "rename", "linkat", "mmap", "fchmod")


ERRORS = {
    "EIO": [call for call in CALLS if call != "close"],
    "ENOSPC": ["pwrite64", "openat", "ftruncate", "fdatasync"],
    "EACCES": ["openat", "unlink", "fchmod"],
}


@pytest.mark.parametrize(
    ("error", "call"), [(error, call) for error, calls in ERRORS.items() for call in calls]
)
@pytest.mark.parametrize("kept", [[], [3000]], ids=["first write", "later write"])
def test_an_error_at_any_call_is_told_and_loses_nothing(
    tmp_path: Path, error: str, kept: list[int], call: str
) -> None:
    """Success, or a code of ours; never a traceback, never half."""
    for number, folder in folders(tmp_path, call):
        for port in kept:
            lease(folder, port)
        said, fell = strike(folder, call, f"error={error}", number, "grant", "a", "4000")
        held = ports(folder)
        if isinstance(said, list):
            assert held == [*kept, 4000]
        else:
            assert said["code"] in ("ledger-unusable", "ledger-busy"), said
            # A commit whose last sync failed may be there all the same.
            assert held in (kept, [*kept, 4000])
        lease(folder, 5000)
        if not fell:
            break


@pytest.fixture(name="damaged")
def _damaged(tmp_path: Path) -> Path:
    """Return a folder with 20 leases, half of them only in the log, and a table that is damaged."""
    made, damaged = tmp_path / "made", tmp_path / "damaged"
    damaged.mkdir()
    for port in range(3000, 3010):
        lease(made, port)
    with closing(sqlite3.connect(made / "ledger.db")) as open_elsewhere:
        open_elsewhere.execute("SELECT * FROM lease").fetchall()
        for port in range(3010, 3020):
            lease(made, port)
        shutil.copyfile(made / "ledger.db-wal", damaged / "ledger.db-wal")
        root = "SELECT rootpage FROM sqlite_master WHERE name = 'former'"
        (page,) = open_elsewhere.execute(root).fetchone()
        data = (made / "ledger.db").read_bytes()
    start = (page - 1) * 4096
    (damaged / "ledger.db").write_bytes(data[:start] + bytes(4096) + data[start + 4096 :])
    return damaged


@pytest.mark.parametrize("call", CALLS)
def test_a_kill_at_any_call_of_a_repair_loses_no_lease(
    tmp_path: Path, damaged: Path, call: str
) -> None:
    """The fresh ledger is whole before the damaged one goes; repair again finishes."""
    for number, folder in folders(tmp_path, call):
        shutil.copytree(damaged, folder)
        _, fell = strike(folder, call, "signal=KILL", number, "mend")
        repair(str(folder), now=1, shareable=False)
        assert ports(folder) == list(range(3000, 3020))
        for ending in (".db", ".db-wal"):
            original = (damaged / f"ledger{ending}").read_bytes()
            assert original in [path.read_bytes() for path in folder.glob(f"*.damaged-*{ending}")]
        if not fell:
            break
    assert number > 1 or call in ("fsync", "mmap")
