"""The stamp: a read leaves it as it is, every commit changes it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from portman import state
from portman.base.values import LOCAL_SCOPE, Checkout, Lease
from portman.ledger.sqlite import SqliteLedger

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> str:
    """Return the folder of a ledger with one lease."""
    folder = str(tmp_path / "state")
    lease(folder, 3000)
    return folder


def lease(folder: str, port: int) -> tuple[int, ...]:
    """Lease one port; return the stamp that the commit left."""
    with closing(SqliteLedger(folder, shareable=False)) as ledger:
        with ledger.writing() as writer:
            writer.record_checkout(Checkout("/src/me"), primary=True, user="me", now=1)
            writer.grant("/src/me", "", LOCAL_SCOPE, [Lease(f"p{port}", port)], 1)
        return ledger.stamp()


def signature(folder: str, name: str) -> tuple[int, int, int] | None:
    """Return inode, size and mtime; None for a file that is absent or empty."""
    try:
        found = os.stat(os.path.join(folder, name))
    except FileNotFoundError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns) if found.st_size else None


def signatures(folder: str) -> list[tuple[int, int, int] | None]:
    """Return the signatures of ledger, log and lock."""
    return [signature(folder, name) for name in ("ledger.db", "ledger.db-wal", "ledger.lock")]


def read_all(folder: str) -> None:
    """Ask everything there is to ask."""
    with closing(SqliteLedger(folder, shareable=False)) as ledger:
        ledger.record("/src/me", "")
        ledger.leases("/src/me", "", LOCAL_SCOPE)
        ledger.holdings()
        ledger.lease_on(LOCAL_SCOPE, "tcp", 3000)
        ledger.verify()


def test_reading_leaves_every_signature_as_it_is(folder: str) -> None:
    """Time and again, with the log absent or empty."""
    before = signatures(folder)
    for _ in range(3):
        read_all(folder)
        assert signatures(folder) == before


def test_reading_after_a_crash_leaves_the_log_as_it_is(folder: str, tmp_path: Path) -> None:
    """A log that still holds commits is read, not folded back: that is a writer's work."""
    with closing(sqlite3.connect(os.path.join(folder, "ledger.db"))) as other:
        other.execute("UPDATE checkout SET user = 'x'")
        other.commit()
        copies = {name: _bytes(folder, name) for name in ("ledger.db", "ledger.db-wal")}
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name, data in copies.items():
        (crashed / name).write_bytes(data)
    before = signatures(str(crashed))
    assert before[1] is not None
    read_all(str(crashed))
    assert signatures(str(crashed)) == before
    with closing(SqliteLedger(str(crashed), shareable=False)) as ledger:
        record = ledger.record("/src/me", "")
    assert record is not None
    assert record.user == "x"


def _bytes(folder: str, name: str) -> bytes:
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def test_a_read_of_nothing_makes_nothing(tmp_path: Path) -> None:
    """No folder, no file."""
    read_all(str(tmp_path / "state"))
    assert list(tmp_path.iterdir()) == []


def test_every_commit_changes_the_stamp(folder: str) -> None:
    """Also many within one tick of the file system's clock, and with readers in between."""
    seen = {state.stamp(folder)}
    with closing(SqliteLedger(folder, shareable=False)) as reader:
        for port in range(4000, 4100):
            written = lease(folder, port)
            assert written
            assert written not in seen
            seen.add(written)
            reader.leases("/src/me", "", LOCAL_SCOPE)
            assert state.stamp(folder) == written
    assert len(seen) == 101


def test_a_commit_that_leaves_sizes_and_times_alone_still_shows(folder: str) -> None:
    """The generation tells, where a coarse clock and equal sizes would hide it."""
    with closing(SqliteLedger(folder, shareable=False)) as ledger:
        with ledger.writing() as writer:
            writer.record_checkout(Checkout("/src/me"), primary=False, user="me", now=1)
        one = ledger.stamp()
        times = (one[3], one[3])
        with ledger.writing() as writer:
            writer.record_checkout(Checkout("/src/me"), primary=True, user="me", now=1)
        os.utime(ledger.path, ns=times)
    two = state.stamp(folder)
    assert one[1:] == two[1:]
    assert one != two


def test_an_edit_by_another_program_changes_the_stamp(folder: str) -> None:
    """sqlite3 on the command line knows nothing of our generation."""
    before = state.stamp(folder)
    with closing(sqlite3.connect(os.path.join(folder, "ledger.db"))) as other:
        other.execute("DELETE FROM lease")
        other.commit()
        during = state.stamp(folder)
    assert len({before, during, state.stamp(folder)}) == 3


def test_a_transaction_that_fails_may_change_the_stamp_but_leaves_one(folder: str) -> None:
    """Nobody has to wait for the next write to trust the ledger again."""
    ledger = SqliteLedger(folder, shareable=False)
    with pytest.raises(ZeroDivisionError), ledger.writing():
        raise ZeroDivisionError
    assert state.stamp(folder) != ()


def test_inside_a_transaction_there_is_no_stamp(folder: str) -> None:
    """Whoever reads now must not keep a receipt."""
    with closing(SqliteLedger(folder, shareable=False)) as ledger:
        with ledger.writing():
            assert state.stamp(folder) == ()
        assert state.stamp(folder) == ledger.stamp() != ()


def test_a_replaced_ledger_changes_the_stamp(folder: str) -> None:
    """A backup copied over it, even with the old times."""
    before = state.stamp(folder)
    path = os.path.join(folder, "ledger.db")
    data, times = _bytes(folder, "ledger.db"), os.stat(path)
    with open(path + ".copy", "wb") as file:
        file.write(data)
    os.utime(path + ".copy", ns=(times.st_atime_ns, times.st_mtime_ns))
    os.replace(path + ".copy", path)
    assert state.stamp(folder) != before
