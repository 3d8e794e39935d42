"""How much work large amounts are, as counts: looks at folders, processes, manifests; transactions.

Times are in benchmarks/scale.py. The commands run in this process, so that calls can be counted.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from portman import state
from portman.allocation import vanished
from portman.base.values import LOCAL_SCOPE, Checkout, Lease
from portman.commands.ledger import gc
from portman.commands.list import list_leases
from portman.commands.up import up
from portman.diagnose.doctor import context as doctor_context
from portman.ledger import caller as ledger_caller
from portman.ledger import log as ledger_log
from portman.ledger.open import open_ledger
from portman.ledger.sqlite import SqliteLedger
from portman.machine import mounts
from portman.machine.processes import linux
from portman.manifest import file as manifest_file
from portman.outputs import kept_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts the looks of Linux")


@pytest.fixture(autouse=True)
def _state(own_state: Path) -> Path:
    return own_state


def checkouts(base: Path, count: int, services: int = 1, first: int = 61000) -> list[Path]:
    """Make checkouts with leases by the ledger alone, and a manifest in each."""
    made = []
    with open_ledger().writing() as writer:
        for number in range(count):
            folder = base / f"many-{number:03}"
            folder.mkdir()
            names = [f"s{at}" for at in range(services)]
            lines = "".join(f'{one} = "auto"\n' for one in names)
            (folder / "ports.toml").write_text(f"[services]\n{lines}")
            checkout = Checkout(str(folder), project="many")
            writer.record_checkout(checkout, primary=True, user="me", now=1)
            start = first + number * services
            leases = [Lease(one, start + at) for at, one in enumerate(names)]
            writer.grant(str(folder), "", LOCAL_SCOPE, leases, 1)
            made.append(folder)
    return made


def counting(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> list[tuple[Any, ...]]:
    """Count the calls of a function, which still does its work."""
    calls: list[tuple[Any, ...]] = []
    before: Callable[..., Any] = getattr(owner, name)

    def counted(*values: Any, **named: Any) -> Any:
        calls.append(values)
        return before(*values, **named)

    monkeypatch.setattr(owner, name, counted)
    return calls


def kept() -> set[str]:
    """Return the names of all files of checkouts in the state folder."""
    folder = state.state_folder()
    user = os.geteuid()
    found: set[str] = set()
    for kind in (f"receipts-{user}", f"outputs-{user}", "locks"):
        if os.path.isdir(os.path.join(folder, kind)):
            found |= {f"{kind}/{name}" for name in os.listdir(os.path.join(folder, kind))}
    return found


def project(folder: Path, port: str = '"auto"') -> Path:
    """Make a project with an env file and a JSON file, and let `up` write them and a receipt."""
    folder.mkdir()
    outputs = '[[output]]\npath = ".env"\n[[output]]\npath = "p.json"\nformat = "json"\n'
    (folder / "ports.toml").write_text(f"[services]\nweb = {port}\n{outputs}")
    assert up(str(folder)).exit_code == 0
    return folder


def test_what_is_kept_of_a_vanished_checkout_goes_with_gc(tmp_path: Path) -> None:
    """Lock, list, digests, notes, receipts; those of one that is there stay."""
    there = project(tmp_path / "there")
    mine = kept()
    gone = project(tmp_path / "gone")
    from portman.state import originals, receipts

    receipts.keep_said(state.state_folder(), str(gone), "", "said")
    originals.keep(str(gone), {"a": (b"old", b"new")})
    assert len(kept() - mine) >= 4
    shutil.rmtree(gone)
    assert [one["checkout"] for one in gc(dry_run=True).data["checkouts"]] == [str(gone)]
    assert kept() > mine
    gc()
    assert kept() == mine
    assert up(str(there)).exit_code == 0


def test_what_is_kept_goes_where_a_number_is_taken_over(tmp_path: Path) -> None:
    """The checkout that lost it has no file left in the state folder."""
    gone = project(tmp_path / "gone", "61007")
    before = kept()
    shutil.rmtree(gone)
    project(tmp_path / "next", "61007")
    assert not before & kept()


def test_files_of_unknown_checkouts_go_after_a_day(tmp_path: Path) -> None:
    """An earlier version left them; a lock that a process holds stays, and what is fresh."""
    project(tmp_path / "there")
    folder = state.state_folder()
    old, held, fresh = (os.path.join(folder, "locks", name) for name in ("old", "held", "fresh"))
    for file in (old, held, fresh):
        open(file, "x").close()
    for file in (old, held):
        os.utime(file, (1, 1))
    import fcntl

    with open(held, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        gc()
    assert [os.path.exists(one) for one in (old, held, fresh)] == [False, True, True]
    assert kept_files.KEPT == 86_400


def test_vanished_checkouts_end_in_short_transactions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as one slice of time each; here one checkout each. One made again keeps its port."""
    folders = checkouts(tmp_path, 30)
    for one in folders:
        shutil.rmtree(one)
    monkeypatch.setattr(vanished, "SLICE", 0.0)
    writes = counting(monkeypatch, SqliteLedger, "writing")
    before = vanished.find_ended

    def found_then_made(*values: Any, **named: Any) -> Any:
        seen = before(*values, **named)
        folders[3].mkdir()
        return seen

    monkeypatch.setattr("portman.commands.ledger.find_ended", found_then_made)
    gc()
    assert len(writes) == 30
    assert [one.record.path for one in open_ledger().holdings()] == [str(folders[3])]


def test_vanished_checkouts_cost_one_look_at_their_parent_and_one_at_the_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one for each: 5,000 of them under a second."""
    for one in checkouts(tmp_path, 30):
        shutil.rmtree(one)
    parents = counting(monkeypatch, mounts, "evidence")
    callers = counting(monkeypatch, ledger_log, "caller")
    agents = counting(monkeypatch, ledger_caller, "agent_of")
    writes = counting(monkeypatch, SqliteLedger, "writing")
    assert len(gc().data["checkouts"]) == 30
    assert len(parents) == 1
    assert len(callers) == len(agents) == len(writes)
    assert len(open_ledger().holdings()) == 0


def test_each_process_is_read_once_not_for_each_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process has fifty listening sockets."""
    with ExitStack() as stack:
        made = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(50)]
        inodes = [os.fstat(one.fileno()).st_ino for one in made]
        looks = counting(monkeypatch, linux, "_stat")
        owners = linux.socket_owners([(inode, os.geteuid()) for inode in inodes])
    assert all(pids == [os.getpid()] for pids in owners.values())
    assert looks.count((os.getpid(),)) == 1


@contextmanager
def serving(folder: Path, ports: range) -> Iterator[None]:
    """Serve on some ports from a folder: as a child's servers, so that they are that checkout's."""
    import subprocess

    script = "import socket, sys, time\nkept = [socket.create_server(('127.0.0.1', int(one)))"
    script += " for one in sys.argv[1:]]\nprint('up', flush=True)\ntime.sleep(60)"
    child = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, ports)],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    child.stdout.readline()
    try:
        yield
    finally:
        child.kill()
        child.communicate()


def test_list_reads_each_manifest_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the order, for verdicts and for misplaced programs; one service needs no order."""
    folders = checkouts(tmp_path, 3, services=4, first=61100)
    (tmp_path / "lone").mkdir()
    checkouts(tmp_path / "lone", 1, first=61200)
    with serving(folders[0], range(61100, 61103)):
        reads = counting(monkeypatch, manifest_file, "read_manifest")
        data = list_leases().data
    assert [one["running"] for one in data["checkouts"]].count(True) == 1
    assert sorted(one[0] for one in reads) == [f"{one}/ports.toml" for one in folders]


def test_doctor_looks_at_each_folder_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And matches listeners with leases by their number: no pass over all for each lease."""
    from portman.diagnose.doctor import network

    # Below every pool: no server of another test is there.
    folders = checkouts(tmp_path, 3, services=20, first=7300)
    shutil.rmtree(folders[2])
    looks = counting(monkeypatch, doctor_context, "look")
    around = doctor_context.DoctorContext(str(tmp_path))
    around.prepare()
    monkeypatch.delattr(doctor_context.DoctorContext, "listeners")
    served = [one for one in around.holdings if around.listeners_on(one)]
    lines = [*network.vanished(around), *network.localhost(around)]
    assert len(looks) == 3
    assert served == []
    assert "many-002 was deleted and has 20 ports" in lines[0].reason
