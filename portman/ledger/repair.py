"""Moving a damaged ledger aside and keeping in a fresh one what SQLite still reads of it.

What SQLite does not read is healed elsewhere: the next `up` of a checkout takes its ports back
from the block in its env file.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing, suppress

from portman import state
from portman.base.errors import PortmanError, Report
from portman.base.record import NamedTuple
from portman.base.small_file import swap, to_disk
from portman.ledger import connect, tables
from portman.ledger.connect import translated
from portman.ledger.fast_read import stored
from portman.ledger.locks import WriteLock
from portman.ledger.permissions import FolderMode, folder_mode, is_chosen
from portman.ledger.read import DamagedRowError, leases_from_rows
from portman.ledger.sqlite import PATIENCE, SqliteLedger

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

#: What SQLite keeps beside its file.
_BESIDE = ("-wal", "-shm", "-journal")
_ALL = ("", *_BESIDE)
_TABLES = (
    *("checkout", "lease", "former", "owner", "engine_name", "engine", "log"),
    *("vouched", "released"),
)


class RepairReport(NamedTuple):
    """What `repair` found and did.

    `moved_to`: the damaged files, first the ledger itself. `lost`: leases that SQLite read in
    part; those that left no trace are not counted.
    """

    path: str
    healthy: bool
    trouble: str = ""
    moved_to: tuple[str, ...] = ()
    leases: int = 0
    checkouts: int = 0
    lost: int = 0


def repair(
    folder: str, *, now: int, shareable: bool | None = None, timeout: float = PATIENCE
) -> RepairReport:
    """Replace a damaged ledger in `folder` by a fresh one with the leases that SQLite can read.

    The damaged files are kept under a name with the time `now` (unix seconds), never over
    other files. At no moment is there no ledger: the fresh one takes its place in one step.
    A healthy or absent ledger is left alone.

    Raises PortmanError "ledger-newer", "ledger-foreign", "ledger-busy" or "ledger-unusable"
    (also for the database of another program), with nothing touched.
    """
    shareable = is_chosen() if shareable is None else shareable
    folder = os.path.abspath(folder)
    path = os.path.join(folder, state.LEDGER_FILE)
    mode = folder_mode(folder, shareable=shareable)
    if not mode.exists:
        return RepairReport(path, healthy=True)
    ledger = SqliteLedger(folder, shareable=shareable, timeout=timeout)
    lock = WriteLock(os.path.join(folder, state.LOCK_FILE), mode)
    with translated(path, doing="repaired"):
        if not lock.acquire(timeout):
            raise connect.busy(path, timeout)
        try:
            trouble = _trouble(ledger)
            if not trouble:
                return RepairReport(path, healthy=True, leases=len(ledger.holdings()))
            lock.begin_write()
            return _replace(path, mode, trouble, now)
        finally:
            ledger.close()
            lock.end_write()
            lock.release()


def _trouble(ledger: SqliteLedger) -> str:
    try:
        found = ledger.verify()
        ledger.holdings()
    except PortmanError as error:
        if error.code != "ledger-damaged":
            raise
        return error.message.removesuffix(" Nothing was changed.")
    finally:
        ledger.close()
    return "; ".join(found[:3])


def _replace(path: str, mode: FolderMode, trouble: str, now: int) -> RepairReport:
    """Make the fresh ledger whole before the damaged one is touched: a kill loses neither."""
    kept = _kept_by_a_killed_repair(path)
    fresh = path + ".new"
    found = _make(fresh, mode, kept or path)
    kept = kept or _keep(path, _free_name(path, now))
    # SQLite would play the old log into the fresh ledger.
    for suffix in _BESIDE:
        if os.path.lexists(path + suffix):
            os.remove(path + suffix)
    swap(fresh, path)
    moved_to = tuple(kept + suffix for suffix in _ALL if os.path.lexists(kept + suffix))
    return RepairReport(path, False, trouble, moved_to, *found)  # noqa: FBT003


def _make(fresh: str, mode: FolderMode, damaged: str) -> tuple[int, int, int]:
    """Make the fresh ledger; return how many leases and checkouts it has, and leases lost."""
    if os.path.lexists(fresh):
        os.remove(fresh)  # Left by a repair that was killed; we hold the lock.
    connect.make_file(fresh, mode)
    with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        tables.migrate(connection, 0)
        with suppress(sqlite3.Error), closing(connect.copy_to_memory(damaged, 0)) as old:
            old.text_factory = lambda data: data.decode(errors="surrogateescape")
            for table in _TABLES:
                _copy_rows(old, connection, table)
        found = _drop_partial_leases(connection)
        connection.execute("COMMIT")
        connect.use_log(connection)
    return found


def _copy_rows(old: sqlite3.Connection, fresh: sqlite3.Connection, table: str) -> None:
    """Copy the rows up to the first that SQLite cannot read, without those of a wrong type.

    OR IGNORE leaves out rows that the constraints of the table refuse.
    """
    columns = fresh.execute(f"PRAGMA table_info({table})").fetchall()  # cid, name, type, notnull
    known = {row[1] for row in old.execute(f"PRAGMA table_info({table})")}
    names = ", ".join(column[1] if column[1] in known else "''" for column in columns)
    marks = ", ".join("?" * len(columns))
    with suppress(sqlite3.Error, UnicodeDecodeError):
        for row in old.execute(f"SELECT {names} FROM {table}"):  # noqa: S608 - our own names
            if all(map(_has_type, row, columns)):
                values = [stored(one) if isinstance(one, str) else one for one in row]
                fresh.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", values)  # noqa: S608


def _has_type(value: object, column: tuple[Any, ...]) -> bool:
    if value is None:
        return not column[3]
    return isinstance(value, int if column[2] == "INTEGER" else (str, bytes))


def _drop_partial_leases(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """Keep leases that are whole and whose checkout is known; return (kept, checkouts, lost).

    A lease whose last ports or one protocol are missing counts as whole: the next `up` of its
    checkout asks for the rest, and its first port is kept.
    """
    known = {row[0] for row in connection.execute("SELECT id FROM checkout")}
    groups = connection.execute(
        "SELECT checkout_id, scope, service, min(port - position), max(port - position)"
        " FROM lease GROUP BY checkout_id, scope, service"
    ).fetchall()
    lost = 0
    for checkout, scope, service, first, last in groups:
        key = (checkout, scope, service)
        rows = connection.execute(
            "SELECT checkout_id, scope, service, protocol, port, given_at FROM lease"
            " WHERE (checkout_id, scope, service) = (?, ?, ?) ORDER BY protocol, port",
            key,
        ).fetchall()
        if checkout in known and first == last and _is_whole(rows, first):
            continue
        connection.execute("DELETE FROM lease WHERE (checkout_id, scope, service) = (?, ?, ?)", key)
        lost += 1
    return len(groups) - lost, len(known), lost


def _is_whole(rows: list[Any], first: int) -> bool:
    try:
        return all(lease.port == first for lease in leases_from_rows(rows).values())
    except DamagedRowError:
        return False


def _keep(path: str, target: str) -> str:
    """Give the damaged files a second name, the ledger itself last; return it."""
    for suffix in reversed(_ALL):
        if os.path.lexists(path + suffix):
            _second_name(path + suffix, target + suffix)
    return target


def _second_name(path: str, target: str) -> None:
    """Link, or copy where the file system has no links; neither goes over another file."""
    try:
        os.link(path, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:
        with open(path, "rb") as source, open(target, "xb") as copy:
            shutil.copyfileobj(source, copy)
            to_disk(copy.fileno())


def _kept_by_a_killed_repair(path: str) -> str:
    """Return the second name that the ledger at `path` has already, "" if it has none.

    That one has its log still, which may be gone here.
    """
    folder, name = os.path.split(path)
    for other in sorted(os.listdir(folder)):
        twin = os.path.join(folder, other)
        if other != name and _is_aside(other) and os.path.samefile(path, twin):
            return twin
    return ""


def _is_aside(name: str) -> bool:
    return name.startswith("ledger.damaged-") and name.endswith(".db")


def _free_name(path: str, now: int) -> str:
    """Return a name beside `path` that no file has, nor any with a suffix of SQLite's."""
    stem, extension = os.path.splitext(path)
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(max(now, 0)))
    taken = os.listdir(os.path.dirname(path))
    number = 1
    while True:
        again = "" if number == 1 else f"-{number}"
        target = f"{stem}.damaged-{moment}{again}{extension}"
        if not any(name.startswith(os.path.basename(target)) for name in taken):
            return target
        number += 1


def repair_report() -> Report:
    """`portman repair`: repair the ledger of this user; a whole one is left alone.

    Raises PortmanError ledger-unusable or ledger-foreign if the state folder cannot be used.
    """
    done = repair(state.state_folder(), now=int(time.time()))
    return Report("repair", done._asdict())
