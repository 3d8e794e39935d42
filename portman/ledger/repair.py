"""Moving a damaged ledger aside and saving what is left of it in a fresh one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing
from typing import NamedTuple

from portman import state as place
from portman.base.errors import PortmanError, Report
from portman.ledger import (
    connect as sqlite_open,
)
from portman.ledger import (
    connect as sqlite_schema,
)
from portman.ledger import (
    errors as sqlite_errors,
)
from portman.ledger import (
    salvage,
)
from portman.ledger.sqlite import PATIENCE, SqliteLedger
from portman.state import permissions as guard
from portman.state.locks import Turn

#: What SQLite keeps beside its file.
_BESIDE = ("-wal", "-shm", "-journal")
_ALL = ("", *_BESIDE)


class RepairReport(NamedTuple):
    """What `repair` found and did.

    `moved_to`: the damaged files, first the ledger itself. `lost`: leases of which something
    was found, but not enough; what left no trace is not counted.
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
    """Replace a damaged ledger in `folder` by a fresh one with all leases that can be read.

    The damaged files are kept under a name with the time `now` (unix seconds), never over
    other files. At no moment is there no ledger: the fresh one takes its place in one step.
    A healthy or absent ledger is left alone.

    Raises PortmanError "ledger-newer", "ledger-foreign", "ledger-busy" or "ledger-unusable"
    (also for the database of another program), with nothing touched.
    """
    shareable = place.given() if shareable is None else shareable
    folder = os.path.abspath(folder)
    path = os.path.join(folder, place.NAME)
    terms = guard.look(folder, shareable=shareable)
    if not terms.exists:
        return RepairReport(path, healthy=True)
    ledger = SqliteLedger(folder, shareable=shareable, timeout=timeout)
    turn = Turn(os.path.join(folder, place.LOCK), terms)
    with sqlite_errors.told(path, doing="repaired"):
        if not turn.take(timeout):
            raise sqlite_errors.busy(path, timeout)
        try:
            trouble = _trouble(ledger)
            if not trouble:
                return RepairReport(path, healthy=True, leases=len(ledger.holdings()))
            turn.begin()
            return _replace(path, terms, trouble, now)
        finally:
            ledger.close()
            turn.settle()
            turn.give()


def _trouble(ledger: SqliteLedger) -> str:
    """Return what is wrong with the ledger; "" if nothing is."""
    try:
        found = ledger.verify()
        ledger.holdings()
    except PortmanError as error:
        if error.code != "ledger-damaged":
            raise
        return str(error).removesuffix(" Nothing was changed.")
    finally:
        ledger.close()
    return "; ".join(found[:3])


def _replace(path: str, terms: guard.Terms, trouble: str, now: int) -> RepairReport:
    """Make the fresh ledger whole before the damaged one is touched: a kill loses neither."""
    kept = _kept_by_a_killed_repair(path)
    found = salvage.salvage(kept or path)
    fresh = path + ".new"
    _make(fresh, terms, found)
    kept = kept or _keep(path, _free_name(path, now))
    # SQLite would play the old log into the fresh ledger.
    for suffix in _BESIDE:
        if os.path.lexists(path + suffix):
            os.remove(path + suffix)
    os.replace(fresh, path)
    return RepairReport(
        path,
        healthy=False,
        trouble=trouble,
        moved_to=tuple(kept + suffix for suffix in _ALL if os.path.lexists(kept + suffix)),
        leases=found.leases,
        checkouts=len(found.checkouts),
        lost=found.lost,
    )


def _make(fresh: str, terms: guard.Terms, found: salvage.Salvage) -> None:
    if os.path.lexists(fresh):
        os.remove(fresh)  # Left by a repair that was killed; we have the turn.
    sqlite_open.make_file(fresh, terms)
    with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        sqlite_schema.migrate(connection, 0)
        salvage.restore(connection, found)
        connection.execute("COMMIT")
        sqlite_open.use_log(connection)


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
            os.fsync(copy.fileno())


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


# `portman repair`: a damaged ledger goes aside, what can be read goes into a fresh one.


def repair_report() -> Report:
    """Repair the ledger of this user; a whole one is left alone.

    Raises PortmanError ledger-unusable or ledger-foreign if the state folder cannot be used.
    """
    from portman.state import state_folder

    done = repair(state_folder(), now=int(time.time()))
    return Report("repair", done._asdict())
