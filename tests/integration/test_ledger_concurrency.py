"""Many processes, one ledger: no port twice, nothing lost, whoever is killed or stopped."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from portman import state
from portman.base.errors import PortmanError
from portman.base.values import LOCAL_SCOPE, Checkout, Lease
from portman.ledger import fast_read
from portman.ledger.sqlite import SqliteLedger

WORKER = Path(__file__).with_name("ledger_worker.py")


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> str:
    """Return a state folder that does not exist yet."""
    return str(tmp_path / "deep" / "state")


def start(folder: str, *arguments: str, **env: str) -> subprocess.Popen[str]:
    """Start one worker process."""
    return subprocess.Popen(
        [sys.executable, str(WORKER), folder, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **env},
    )


def answer(process: subprocess.Popen[str]) -> Any:
    """Return what a worker said last."""
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return json.loads(said.splitlines()[-1])


def first_ups(folder: str, names: list[str]) -> list[list[int]]:
    """Let all of them ask for 20 ports at the same moment; return what each got."""
    begin = str(time.time() + 0.05 * len(names))
    processes = [start(folder, "first_up", name, "20", LEDGER_START=begin) for name in names]
    return [answer(process) for process in processes]


def verified(folder: str) -> list[int]:
    """Return all leased ports of a ledger that is whole."""
    with closing(SqliteLedger(folder, shareable=False)) as ledger:
        assert ledger.verify() == ()
        return [holding.lease.port for holding in ledger.holdings()]


def ledger_of(folder: str, *, timeout: float = 30.0) -> SqliteLedger:
    """Return the ledger, patient or not."""
    return SqliteLedger(folder, shareable=False, timeout=timeout)


def lease(folder: str, port: int, *, timeout: float = 30.0) -> None:
    """Lease one port from this process."""
    with closing(ledger_of(folder, timeout=timeout)) as ledger, ledger.writing() as writer:
        writer.record_checkout(Checkout("/src/me"), primary=True, user="me", now=1)
        writer.grant("/src/me", "", LOCAL_SCOPE, [Lease(f"p{port}", port)], 1)


def test_twenty_first_ups_at_once_make_one_ledger(folder: str) -> None:
    """Whoever comes first makes the tables, and nobody sees half of them."""
    got = first_ups(folder, [f"c{n}" for n in range(20)])
    ports = [port for ports in got for port in ports]
    assert len(set(ports)) == 400
    assert sorted(ports) == sorted(verified(folder))


def test_processes_of_one_checkout_agree(folder: str) -> None:
    """Five `up`s of each of four checkouts at once."""
    names = [f"c{n % 4}" for n in range(20)]
    got = first_ups(folder, names)
    for name in set(names):
        assert len({tuple(ports) for n, ports in zip(names, got, strict=True) if n == name}) == 1
    assert len(verified(folder)) == 80


@pytest.mark.stress
def test_200_first_ups_at_once(folder: str) -> None:
    """4,000 distinct ports, 200 exits 0."""
    got = first_ups(folder, [f"c{n}" for n in range(200)])
    assert len({port for ports in got for port in ports}) == 4000
    assert len(verified(folder)) == 4000


@pytest.mark.parametrize("rounds", [15, pytest.param(150, marks=pytest.mark.stress)])
def test_a_kill_loses_nothing_that_was_committed(folder: str, rounds: int) -> None:
    """Kill -9 at random moments; what was acknowledged is there, and the next write succeeds."""
    chance = random.Random(7)
    port, acknowledged = 1000, set()
    for _ in range(rounds):
        process = start(folder, "churn", str(port))
        assert process.stdout is not None
        heard = process.stdout.readline()
        time.sleep(chance.uniform(0, 0.03))
        process.kill()
        said = heard + process.communicate()[0]
        acknowledged |= {int(line) for line in said.split("\n")[:-1]}
        held = verified(folder)
        assert acknowledged <= set(held)
        assert len(set(held)) == len(held)
        # One more may have been committed just before the kill; the next begins after it.
        port = max(held) + 1
    lease(folder, 60000, timeout=5)
    assert state.stamp(folder) != ()


def test_a_stopped_writer_is_named_and_does_not_stop_readers(folder: str) -> None:
    """Ctrl-Z in the wrong moment: readers go on, writers are told whom to wake."""
    lease(folder, 3000)
    process = start(folder, "hold")
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    process.send_signal(signal.SIGSTOP)
    try:
        assert verified(folder) == [3000]
        with pytest.raises(PortmanError) as caught:
            lease(folder, 3001, timeout=0.3)
        assert caught.value.code == "ledger-busy"
        assert f"Process {process.pid}" in str(caught.value)
        assert "is stopped" in str(caught.value)
        assert f"kill -CONT {process.pid}" in caught.value.hint
        assert state.stamp(folder) == ()
    finally:
        process.kill()
        process.communicate()
    lease(folder, 3001, timeout=5)
    assert verified(folder) == [3000, 3001]


def test_a_lock_taken_outside_our_queue_is_respected(folder: str) -> None:
    """A database browser with an open transaction, say."""
    lease(folder, 3000)
    program = (
        "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); time.sleep(600)"
    )
    path = os.path.join(folder, "ledger.db")
    with subprocess.Popen(
        [sys.executable, "-c", program, path], stdout=subprocess.PIPE, text=True
    ) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "held\n"
            with pytest.raises(PortmanError) as caught:
                lease(folder, 3001, timeout=0.3)
            assert caught.value.code == "ledger-busy"
            assert f"Process {other.pid}" in str(caught.value)
        finally:
            other.kill()
    lease(folder, 3001, timeout=5)
    assert verified(folder) == [3000, 3001]


def test_a_waiter_gets_its_turn_when_the_writer_ends(folder: str) -> None:
    """The queue is left by an end, a kill included."""
    process = start(folder, "hold")
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    waiter = start(folder, "grant", "late", "4000")
    time.sleep(0.3)
    assert waiter.poll() is None
    process.kill()
    process.communicate()
    assert answer(waiter) != []
    assert verified(folder) == [4000]


def test_two_ledger_objects_of_one_process_exclude_each_other(folder: str) -> None:
    """As threads of a program that uses the Python API would."""
    with closing(ledger_of(folder)) as one, one.writing() as writer:
        writer.record_checkout(Checkout("/a"), primary=True, user="me", now=1)
        with pytest.raises(PortmanError) as caught:
            lease(folder, 3000, timeout=0.2)
    assert caught.value.code == "ledger-busy"
    lease(folder, 3000, timeout=5)


def test_a_second_transaction_inside_the_first_is_a_mistake(folder: str) -> None:
    """It would wait for itself."""
    with closing(ledger_of(folder)) as ledger, ledger.writing():
        nested = ledger.writing()
        with pytest.raises(RuntimeError):
            nested.__enter__()


def test_a_ledger_removed_while_it_is_written_is_noticed(folder: str) -> None:
    """SQLite would write on into the file that nobody sees any more."""
    lease(folder, 3000)
    with closing(ledger_of(folder)) as ledger, pytest.raises(PortmanError) as caught:
        _write_while_removing(ledger, folder)
    assert caught.value.code == "ledger-unusable"
    lease(folder, 3001)
    assert verified(folder) == [3001]


def _write_while_removing(ledger: SqliteLedger, folder: str) -> None:
    with ledger.writing() as writer:
        writer.record_checkout(Checkout("/b"), primary=True, user="me", now=1)
        for name in os.listdir(folder):
            os.remove(os.path.join(folder, name))


def test_a_removed_lock_file_does_not_let_two_write_at_once(folder: str) -> None:
    """Who waited on the removed file queues again on the new one; SQLite's lock holds anyway."""
    process = start(folder, "hold")
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    os.remove(os.path.join(folder, "ledger.lock"))
    with pytest.raises(PortmanError) as caught:
        lease(folder, 3000, timeout=0.3)
    assert caught.value.code == "ledger-busy"
    process.kill()
    process.communicate()
    lease(folder, 3000, timeout=5)


def test_an_abandoned_wait_leaves_nothing_behind(folder: str) -> None:
    """The thread that waited closes its file as soon as the lock comes."""
    process = start(folder, "hold")
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    for _ in range(3):
        with pytest.raises(PortmanError):
            lease(folder, 3000, timeout=0.05)
    process.kill()
    process.communicate()
    for port in range(3000, 3010):
        lease(folder, port, timeout=5)
    time.sleep(0.1)
    held = [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if _is_open(n)]
    assert not [name for name in held if name.startswith(folder)]


def _is_open(number: str) -> bool:
    return os.path.islink(f"/proc/self/fd/{number}")


def test_the_ledger_is_in_wal_mode(folder: str) -> None:
    """So that readers never wait for writers."""
    lease(folder, 3000)
    with closing(sqlite3.connect(os.path.join(folder, "ledger.db"))) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_write_leaves_no_log_behind_though_it_read_meanwhile(folder: str) -> None:
    """A log that is never folded back is read again by every command, and grows for ever."""
    with closing(ledger_of(folder)) as ledger:
        for port in (3000, 3001):
            with ledger.writing() as writer:
                assert ledger.known_path("/src/a") == "/src/a"
                writer.record_checkout(Checkout("/src/a"), primary=True, user="me", now=1)
                writer.grant("/src/a", "", LOCAL_SCOPE, [Lease(f"web-{port}", port)], 1)
        assert not fast_read.size(os.path.join(folder, "ledger.db-wal"))


def test_a_queue_that_moves_is_waited_in_however_long_it_is(folder: str) -> None:
    """Patience is for one who holds the ledger, not for many who take their turns."""
    lease(folder, 3000)
    everybody = threading.Barrier(13)
    failed: list[PortmanError] = []

    def write(port: int) -> None:
        everybody.wait()
        try:
            with closing(ledger_of(folder, timeout=0.6)) as ledger, ledger.writing() as writer:
                writer.record_checkout(Checkout(f"/src/{port}"), primary=True, user="me", now=1)
                writer.grant(f"/src/{port}", "", LOCAL_SCOPE, [Lease("web", port)], 1)
                time.sleep(0.15)
        except PortmanError as error:
            failed.append(error)

    writers = [threading.Thread(target=write, args=(4000 + number,)) for number in range(12)]
    for writer in writers:
        writer.start()
    begun = time.monotonic()
    everybody.wait()
    for writer in writers:
        writer.join(60)
    assert not failed
    assert time.monotonic() - begun > 12 * 0.15
    assert sorted(verified(folder)) == [3000, *range(4000, 4012)]
