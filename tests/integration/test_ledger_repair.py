"""Repair: the damaged file is kept, what SQLite reads is kept, a whole ledger is left alone."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from portman import state
from portman.base.errors import PortmanError
from portman.base.values import LOCAL_SCOPE, Checkout, Lease
from portman.ledger import repair
from portman.ledger.locks import WriteLock
from portman.ledger.permissions import FolderMode
from portman.ledger.sqlite import SqliteLedger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from portman.base.values import OwnedLease

NOW = 1_700_000_000
PAGE = 4096


def filled(folder: Path, checkouts: int) -> tuple[OwnedLease, ...]:
    """Make a ledger with ten leases for each checkout; return them."""
    with closing(SqliteLedger(str(folder), shareable=False)) as ledger:
        with ledger.writing() as writer:
            for number in range(checkouts):
                path = f"/home/ada/src/project-{number}" + ("\udce9" if number == 1 else "")
                leases = [Lease(f"s{n}", 10000 + number * 20 + n) for n in range(8)]
                leases.append(Lease("wide", 10008 + number * 20, 4, ("tcp", "udp")))
                leases.append(Lease("dns", 10012 + number * 20, 1, ("udp",)))
                repository = f"/home/ada/src/{number}/.git"
                checkout = Checkout(path, project=f"p{number}", repository=repository)
                writer.record_checkout(checkout, primary=number % 2 == 0, user="ada", now=number)
                writer.grant(path, "", LOCAL_SCOPE, leases, number)
        return ledger.holdings()


def holdings(folder: Path) -> tuple[OwnedLease, ...]:
    """Read a ledger that must be whole."""
    with closing(SqliteLedger(str(folder), shareable=False)) as ledger:
        assert ledger.verify() == ()
        return ledger.holdings()


def first_ports(held: tuple[OwnedLease, ...]) -> set[tuple[str, str, int]]:
    """Return who has which port; a lease may have lost its end, or one of its protocols."""
    return {(one.record.path, one.lease.service, one.lease.port) for one in held}


def repaired(folder: Path) -> repair.RepairReport:
    """Repair at a fixed time."""
    return repair.repair(str(folder), now=NOW, shareable=False)


def root_page(folder: Path, table: str) -> int:
    """Return the byte where a table's first page begins."""
    with closing(sqlite3.connect(folder / "ledger.db")) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        number: int = connection.execute(query, (table,)).fetchone()[0]
        return (number - 1) * PAGE


def damage(folder: Path, change: Callable[[bytearray], None]) -> bytes:
    """Change the bytes of the ledger; return what they are then."""
    for name in ("ledger.db-wal", "ledger.db-shm"):
        (folder / name).unlink(missing_ok=True)
    data = bytearray((folder / "ledger.db").read_bytes())
    change(data)
    (folder / "ledger.db").write_bytes(data)
    return bytes(data)


def zero(start: int) -> Callable[[bytearray], None]:
    """Return a change that zeroes one page."""

    def change(data: bytearray) -> None:
        data[start : start + PAGE] = bytes(PAGE)

    return change


def test_a_whole_ledger_is_left_alone(tmp_path: Path) -> None:
    """And so is one that does not exist."""
    assert repaired(tmp_path / "none") == repair.RepairReport(
        str(tmp_path / "none" / "ledger.db"), healthy=True
    )
    assert not (tmp_path / "none").exists()
    filled(tmp_path, 2)
    stamp = state.stamp(str(tmp_path))
    report = repaired(tmp_path)
    assert report.healthy
    assert report.leases == 20
    assert state.stamp(str(tmp_path)) == stamp


def test_a_lost_first_page_leaves_all_to_the_blocks(tmp_path: Path) -> None:
    """SQLite reads nothing without it. The damaged file is kept to the byte."""
    filled(tmp_path, 40)
    damaged = damage(tmp_path, lambda data: data.__setitem__(slice(0, PAGE), os.urandom(PAGE)))
    report = repaired(tmp_path)
    assert not report.healthy
    assert (report.leases, report.checkouts, report.lost) == (0, 0, 0)
    assert holdings(tmp_path) == ()
    kept = tmp_path / "ledger.damaged-20231114T221320Z.db"
    assert report.moved_to == (str(kept),)
    assert kept.read_bytes() == damaged


@pytest.mark.parametrize("seed", range(8))
def test_leases_before_a_lost_page_are_kept(tmp_path: Path, seed: int) -> None:
    """As far as SQLite reads; no lease appears that never was."""
    before = filled(tmp_path, 200)
    size = (tmp_path / "ledger.db").stat().st_size
    page = random.Random(seed).randrange(10, size // PAGE) * PAGE
    damage(tmp_path, zero(page))
    report = repaired(tmp_path)
    saved = holdings(tmp_path)
    if report.healthy:
        assert saved == before
    assert first_ports(saved) <= first_ports(before)
    assert report.leases == len(saved)


@pytest.mark.parametrize("table", ["lease_by_checkout", "former", "meta"])
def test_a_lost_table_that_can_be_made_again_loses_no_lease(tmp_path: Path, table: str) -> None:
    """An index above all."""
    before = filled(tmp_path, 40)
    damage(tmp_path, zero(root_page(tmp_path, table)))
    report = repaired(tmp_path)
    assert not report.healthy
    assert holdings(tmp_path) == before
    assert (report.leases, report.checkouts, report.lost) == (400, 40, 0)


def test_a_lease_that_is_read_in_part_is_counted_as_lost(tmp_path: Path) -> None:
    """Its first port is gone, or its checkout; an index that is damaged too makes it repair."""
    before = filled(tmp_path, 3)
    with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as other:
        other.execute("DELETE FROM lease WHERE service = 'wide' AND position = 0 AND port < 10020")
        other.execute("DELETE FROM checkout WHERE made_at = 2")
        other.execute("UPDATE lease SET given_at = x'00' WHERE port = 10000")
    report = repaired(tmp_path)
    assert (report.leases, report.checkouts, report.lost) == (18, 2, 11)
    assert first_ports(holdings(tmp_path)) < first_ports(before)


@pytest.mark.parametrize("table", ["lease", "checkout"])
def test_a_lost_root_still_gives_a_fresh_ledger(tmp_path: Path, table: str) -> None:
    """Nothing to save there, but the next `up` heals it from the env files."""
    filled(tmp_path, 40)
    damage(tmp_path, zero(root_page(tmp_path, table)))
    report = repaired(tmp_path)
    assert not report.healthy
    assert report.leases == 0
    assert holdings(tmp_path) == ()
    filled(tmp_path, 1)


@pytest.mark.parametrize("length", [0, 1, 100, 4096, 10_000, 30_000, 60_000])
def test_a_cut_file_is_replaced(tmp_path: Path, length: int) -> None:
    """What SQLite reads of it is kept, never more than there was."""
    before = filled(tmp_path, 40)
    damage(tmp_path, lambda data: data.__delitem__(slice(length, None)))
    report = repaired(tmp_path)
    assert report.healthy == (length == 0)
    assert first_ports(holdings(tmp_path)) <= first_ports(before)


def test_commits_that_are_only_in_the_log_are_kept(tmp_path: Path) -> None:
    """A crash left a log, and an index is damaged too."""
    filled(tmp_path, 3)
    page = root_page(tmp_path, "lease_by_checkout")
    with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as other:
        other.execute("UPDATE checkout SET user = 'eve'")
        files = {name: (tmp_path / name).read_bytes() for name in ("ledger.db", "ledger.db-wal")}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with open(tmp_path / "ledger.db", "r+b") as file:
        file.seek(page)
        file.write(bytes(PAGE))
    report = repaired(tmp_path)
    assert len(report.moved_to) >= 2
    assert {one.record.user for one in holdings(tmp_path)} == {"eve"}
    assert report.leases == 30


def test_random_damage_never_stops_repair(tmp_path: Path) -> None:
    """Whatever the bytes, there is a whole ledger afterwards and no lease that never was."""
    chance = random.Random(3)
    for attempt in range(15):
        folder = tmp_path / str(attempt)
        before = {(one.record.path, one.lease.service) for one in filled(folder, 30)}

        def change(data: bytearray) -> None:
            for _ in range(chance.randrange(1, 6)):
                where = chance.randrange(len(data))
                data[where : where + 300] = chance.randbytes(len(data[where : where + 300]))

        damage(folder, change)
        if _refused(folder):
            continue
        # Bytes inside a text may have changed unseen; whole new leases cannot appear.
        assert len({(one.record.path, one.lease.service) for one in holdings(folder)}) <= len(
            before
        )


def _refused(folder: Path) -> bool:
    """Repair; return whether the damage made the file look like a newer or foreign one."""
    try:
        repaired(folder)
    except PortmanError as error:
        return error.code in ("ledger-newer", "ledger-unusable")
    return False


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    """Two repairs in one second keep both files."""
    for _ in range(3):
        (tmp_path / "ledger.db").write_bytes(b"garbage " * 1000)
        repaired(tmp_path)
    kept = sorted(path.name for path in tmp_path.iterdir() if "damaged" in path.name)
    assert kept == [
        "ledger.damaged-20231114T221320Z-2.db",
        "ledger.damaged-20231114T221320Z-3.db",
        "ledger.damaged-20231114T221320Z.db",
    ]


def test_a_ledger_that_is_being_written_is_not_repaired(tmp_path: Path) -> None:
    """Repair waits for the write lock, and touches nothing without it."""
    (tmp_path / "ledger.db").write_bytes(b"garbage " * 1000)
    lock = WriteLock(str(tmp_path / state.LOCK_FILE), FolderMode(exists=True))
    assert lock.acquire(10)
    with pytest.raises(PortmanError) as caught:
        repair.repair(str(tmp_path), now=NOW, shareable=False, timeout=0.05)
    lock.release()
    assert caught.value.code == "ledger-busy"
    assert (tmp_path / "ledger.db").read_bytes() == b"garbage " * 1000


def test_without_links_the_damaged_file_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems have none; the copy goes over no other file either."""
    (tmp_path / "ledger.db").write_bytes(b"garbage " * 1000)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    report = repaired(tmp_path)
    (kept,) = [name for name in report.moved_to if name.endswith(".db")]
    with open(kept, "rb") as file:
        assert file.read() == b"garbage " * 1000
    with pytest.raises(FileExistsError):
        repair._second_name(str(tmp_path / "ledger.db"), kept)


def test_a_repair_killed_after_the_second_name_goes_on_from_there(tmp_path: Path) -> None:
    """The damaged file is not kept twice."""
    (tmp_path / "ledger.db").write_bytes(b"garbage " * 1000)
    os.link(tmp_path / "ledger.db", tmp_path / "ledger.damaged-20200101T000000Z.db")
    assert not repaired(tmp_path).healthy
    kept = [path.name for path in tmp_path.iterdir() if "damaged" in path.name]
    assert kept == ["ledger.damaged-20200101T000000Z.db"]
    assert holdings(tmp_path) == ()


def test_the_stamp_changes_with_a_repair(tmp_path: Path) -> None:
    """A receipt of the time before is void."""
    filled(tmp_path, 1)
    before = state.stamp(str(tmp_path))
    damage(tmp_path, lambda data: data.__setitem__(slice(0, PAGE), bytes(PAGE)))
    repaired(tmp_path)
    assert state.stamp(str(tmp_path)) not in ((), before)


def test_a_newer_or_foreign_database_is_not_repaired(tmp_path: Path) -> None:
    """It is not damaged, and not ours to move."""
    filled(tmp_path, 1)
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(PortmanError) as caught:
        repaired(tmp_path)
    assert caught.value.code == "ledger-newer"
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    with closing(sqlite3.connect(foreign / "ledger.db")) as other:
        other.execute("CREATE TABLE books (title)")
    with pytest.raises(PortmanError) as caught:
        repaired(foreign)
    assert caught.value.code == "ledger-unusable"


def test_what_a_killed_repair_left_is_no_hindrance(tmp_path: Path) -> None:
    """Its half-made file is made again."""
    (tmp_path / "ledger.db").write_bytes(b"garbage " * 1000)
    (tmp_path / "ledger.db.new").write_bytes(b"half")
    assert not repaired(tmp_path).healthy
    assert holdings(tmp_path) == ()
    assert not (tmp_path / "ledger.db.new").exists()


def test_what_ends_with_its_processes_still_does(tmp_path: Path) -> None:
    """The owners of an ephemeral instance are kept with its leases."""
    ledger = SqliteLedger(str(tmp_path), shareable=False)
    checkout = Checkout("/src/shop", "run-1")
    with ledger.writing() as writer:
        writer.record_checkout(checkout, primary=False, user="ada", now=1)
        writer.grant("/src/shop", "run-1", LOCAL_SCOPE, [Lease("web", 61000)], 1)
        writer.own("/src/shop", "run-1", "token")
    ledger.close()
    damage(tmp_path, zero(root_page(tmp_path, "meta")))
    assert not repaired(tmp_path).healthy
    mended = SqliteLedger(str(tmp_path), shareable=False)
    assert mended.owners() == {mended.record("/src/shop", "run-1"): ("token",)}
