"""Opening the ledger file: reading without ever writing, and writing only what is ours.

Readers open with `mode=ro`. Such a connection never checkpoints, so it leaves the ledger and
its log unchanged; it may leave an empty log and SQLite's shared index beside them. Where these
cannot be made (a read-only folder or mount) the file is read without them, or from a private
copy if its log still holds something.

Here too: the errors of SQLite as PortmanErrors.
"""

from __future__ import annotations

import _sqlite3 as sqlite3  # `sqlite3` adds datetime and adapters that the ledger does not use
import os
import sys

from portman.base.context import contextmanager
from portman.base.errors import PortmanError
from portman.base.system_commands import typed
from portman.ledger import tables
from portman.ledger.fast_read import size, uri
from portman.ledger.permissions import (
    check_file,
    forbidden,
    from_system,
    full,
    set_file_mode,
    unusable,
)
from portman.ledger.read import DamagedRowError
from portman.state import LEDGER_FILE

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portman.ledger.permissions import FolderMode

#: Result codes after which the ledger may still be readable in another way: READONLY, IOERR
#: (no shared memory there), CANTOPEN.
_TRY_ANOTHER_WAY = (8, 10, 14)


#: No SQLite database is smaller; SQLite would take such a file for an empty one.
_SMALLEST = 512


class Reader:
    """A read connection. `frozen`: it shows the ledger as it was when it was opened."""

    def __init__(self, connection: sqlite3.Connection, *, frozen: bool) -> None:
        self.connection = connection
        self.frozen = frozen


def reader(path: str, folder: FolderMode, timeout: float) -> Reader | None:
    """Open the ledger for reading; None if there is none yet.

    Raises PortmanError with a `ledger-*` code.
    """
    found = check_file(path, folder)
    with translated(path):
        if found is None or (not found.st_size and not size(path + "-wal")):
            return None
        if found.st_size < _SMALLEST:
            raise damaged(path, f"only {found.st_size} bytes are left of the file")
        opened = _open_reader(path, timeout)
        version = _checked_version(opened.connection, path)
        if version is None:
            opened.connection.close()
            return None
        if version < tables.SCHEMA:
            return _as_if_migrated(opened, version)
        return opened


def writer(
    path: str, folder: FolderMode, timeout: float
) -> tuple[sqlite3.Connection, os.stat_result]:
    """Open the ledger for writing, make it if need be, and begin the write transaction.

    Returns the file's state too, so that the caller can see whether it was replaced. The
    caller has the write lock and has seen, through `reader`, that the file is ours.
    Raises sqlite3.Error, OSError and PortmanError.
    """
    if check_file(path, folder) is None:
        make_file(path, folder)
    found = os.stat(path)
    connection = sqlite3.connect(
        uri(path, "mode=rw"), timeout=timeout, isolation_level=None, uri=True
    )
    try:
        # A power cut must not take back what `up` has already written into env files, so each
        # commit is synced (FULL); NORMAL would be faster and could lose the last ones.
        connection.execute("PRAGMA synchronous = FULL")
        if sys.platform == "darwin":  # where fsync(2) stops at the drive's cache
            connection.execute("PRAGMA fullfsync = ON")
            connection.execute("PRAGMA checkpoint_fullfsync = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN IMMEDIATE")
        version = _checked_version(connection, path)
        if version != tables.SCHEMA:
            tables.migrate(connection, version or 0)
    except BaseException:
        connection.close()
        raise
    return connection, found


def use_log(connection: sqlite3.Connection) -> None:
    """Switch a fresh ledger to write-ahead logging, so that readers never wait.

    The tables are made before, in SQLite's default mode: a kill on the way leaves an empty
    file or a whole ledger, and the next writer comes by here again. A file system without
    shared memory refuses; the ledger works there all the same, readers then wait for commits.
    """
    if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
        return
    connection.execute("PRAGMA busy_timeout = 1000")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError:
        return


def _open_reader(path: str, timeout: float) -> Reader:
    connection = _connect(path, "mode=ro", timeout)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF not in _TRY_ANOTHER_WAY or not os.access(path, os.R_OK):
            raise
        return Reader(_open_unwritable(path, timeout), frozen=True)
    return Reader(connection, frozen=False)


def _open_unwritable(path: str, timeout: float) -> sqlite3.Connection:
    """Read a ledger whose folder SQLite cannot write in.

    With an empty log the file alone is the ledger. Otherwise a copy is read: without the
    shared index no other process can be writing, except one that just began, so it is copied
    again if it changed meanwhile.
    """
    if not size(path + "-wal") and not size(path + "-journal"):
        return _connect(path, "immutable=1", timeout)
    for _ in range(3):
        before = _sizes_and_times(path)
        memory = copy_to_memory(path, timeout)
        if _sizes_and_times(path) == before:
            return memory
        memory.close()
    raise unusable(
        path,
        "changes while it is read, and its folder cannot be written",
        "Run it again, as a user who may write there",
    )


def copy_to_memory(path: str, timeout: float) -> sqlite3.Connection:
    """Copy the ledger with its log; the original is not opened by SQLite, so it stays unchanged."""
    import shutil  # a rare path; tempfile alone takes 5 ms
    import tempfile
    from contextlib import closing

    with tempfile.TemporaryDirectory(prefix="portman-") as scratch:
        twin = os.path.join(scratch, LEDGER_FILE)
        for suffix in ("", "-wal", "-journal"):
            if os.path.exists(path + suffix):
                shutil.copyfile(path + suffix, twin + suffix)
        memory = sqlite3.connect(":memory:", timeout=timeout, isolation_level=None)
        with closing(sqlite3.connect(twin, timeout=timeout, isolation_level=None)) as copied:
            copied.backup(memory)
    return memory


def _as_if_migrated(opened: Reader, version: int) -> Reader:
    """Read an older ledger as the next write will leave it, without writing."""
    memory = sqlite3.connect(":memory:", isolation_level=None)
    opened.connection.backup(memory)
    opened.connection.close()
    tables.migrate(memory, version)
    return Reader(memory, frozen=True)


def _checked_version(connection: sqlite3.Connection, path: str) -> int | None:
    """Return the version of the tables; None for a file with nothing in it.

    Raises PortmanError "ledger-newer", or "ledger-unusable" for a database of another program.
    """
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != tables.APPLICATION_ID:
        if not application and not version and _has_no_tables(connection):
            return None
        raise unusable(
            path,
            "is the database of another program",
            "Move it away: " + typed("move", path, f"{path}.old"),
        )
    if version > tables.SCHEMA:
        raise PortmanError(
            "ledger-newer",
            f"The ledger {path} was written by a newer portman (tables of version {version}; "
            f"this portman knows {tables.SCHEMA}). Nothing was changed.",
            hint="upgrade: uv tool upgrade ports-toml\nor: pipx upgrade ports-toml",
            file=path,
        )
    return version


def _has_no_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None


def make_file(path: str, folder: FolderMode) -> None:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, folder.file_mode)
    try:
        set_file_mode(descriptor, folder)
    finally:
        os.close(descriptor)


def _connect(path: str, how: str, timeout: float) -> sqlite3.Connection:
    return sqlite3.connect(uri(path, how), timeout=timeout, isolation_level=None, uri=True)


def _sizes_and_times(path: str) -> list[tuple[int, int]]:
    found = []
    for name in (path, path + "-wal", path + "-journal"):
        try:
            state = os.stat(name)
        except OSError:
            continue
        found.append((state.st_size, state.st_mtime_ns))
    return found


# Errors of SQLite and of the system, as errors that a person can act on.

#: Result codes of SQLite that have one meaning each (sqlite.org/rescode.html).
_BUSY, _LOCKED, _READONLY, _IOERR = 5, 6, 8, 10
_CORRUPT, _FULL, _CANTOPEN, _NOTADB = 11, 13, 14, 26
_ERROR, _PERM = 1, 3


@contextmanager
def translated(path: str, *, doing: str = "read") -> Iterator[None]:
    """Turn every failure of SQLite or the system inside the block into a PortmanError.

    `doing` is "read", "written" or "repaired", for the message.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise from_sqlite(error, path, doing) from error
    except OSError as error:
        raise from_system(error, path, doing) from error
    except (DamagedRowError, UnicodeDecodeError) as error:  # a damaged name
        raise damaged(path, str(error)) from error


def from_sqlite(error: sqlite3.Error, path: str, doing: str) -> PortmanError:
    code = getattr(error, "sqlite_errorcode", _CORRUPT) & 0xFF
    if code in (_BUSY, _LOCKED):
        return busy(path)
    if code in (_CORRUPT, _NOTADB, _ERROR):
        return damaged(path, str(error))
    if code == _FULL or (code in (_IOERR, _CANTOPEN) and _no_room(path)):
        return full(path)
    if code in (_READONLY, _PERM, _CANTOPEN):
        return forbidden(path, doing)
    if code == _IOERR:
        return from_system(
            OSError(0, f"the file system failed ({getattr(error, 'sqlite_errorname', error)})"),
            path,
            doing,
        )
    return unusable(path, f"cannot be {doing}: {error}", "See: portman where")


def busy(path: str, seconds: float | None = None) -> PortmanError:
    from portman.ledger.locks import find_lock_holder

    holder = find_lock_holder(path)
    waited = "" if seconds is None else f" for {seconds:g} s"
    if holder is None:
        return PortmanError(
            "ledger-busy",
            f"Another process has been writing the ledger {path}{waited}.",
            hint="See which process has it open: " + typed("openers", path),
            file=path,
        )
    state = " and is stopped" if holder.stopped else ""
    act = (
        "Resume it: " + typed("resume", holder.pid)
        if holder.stopped
        else "Wait for it, and try again"
    )
    return PortmanError(
        "ledger-busy",
        f"Process {holder.pid} ({holder.command}) has held the ledger {path}{waited}{state}.",
        hint=f"{act}\nor end it: " + typed("end", holder.pid),
        file=path,
    )


def damaged(path: str, detail: str) -> PortmanError:
    return PortmanError(
        "ledger-damaged",
        f"The ledger {path} is damaged: {detail}. Nothing was changed.",
        hint="Move it aside and keep what SQLite can read of it: portman repair",
        file=path,
    )


def _no_room(path: str) -> bool:
    """Whether the disk is full: SQLite reports that as several other errors too.

    Its shared index alone takes 32 KiB; a file system may also run out of inodes.
    """
    folder = os.path.dirname(path)
    if sys.platform == "win32" or not os.path.isdir(folder):
        return False
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize < 65536 or (disk.f_files > 0 and disk.f_favail == 0)
