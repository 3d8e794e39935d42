"""Opening the ledger file: reading without ever writing, and writing only what is ours.

Readers open with `mode=ro`. Such a connection never checkpoints, so it leaves the ledger and
its log as they are; it may leave an empty log and SQLite's shared index beside them. Where
these cannot be made (a read-only folder or mount) the ledger is read as it lies, or from a
private copy if its log still holds something.
"""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

from portman import state as place
from portman._version import __version__
from portman.base.errors import PortmanError
from portman.ledger import errors as sqlite_errors
from portman.state import permissions as guard

if TYPE_CHECKING:
    from portman.state.permissions import Terms

# The tables of the ledger, and the steps from each version of them to the next.

#: "port" in ASCII: tells our file from any other SQLite database (`PRAGMA application_id`).
APPLICATION_ID = 0x706F7274

#: MIGRATIONS[n] leads from version n to n + 1 (`PRAGMA user_version`); 0 is an empty file.
#: Text columns also take BLOBs: a path that is no UTF-8 is kept byte for byte.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE meta (
            key TEXT NOT NULL PRIMARY KEY,
            value
        ) WITHOUT ROWID""",
        """CREATE TABLE checkout (
            id INTEGER PRIMARY KEY,
            path TEXT NOT NULL,
            instance TEXT NOT NULL,
            project TEXT NOT NULL,
            repository TEXT,
            is_primary INTEGER NOT NULL CHECK (is_primary IN (0, 1)),
            user TEXT NOT NULL,
            made_at INTEGER NOT NULL,
            used_at INTEGER NOT NULL,
            UNIQUE (path, instance)
        )""",
        """CREATE TABLE lease (
            scope TEXT NOT NULL,
            protocol TEXT NOT NULL CHECK (protocol IN ('tcp', 'udp')),
            port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
            checkout_id INTEGER NOT NULL REFERENCES checkout (id),
            service TEXT NOT NULL,
            position INTEGER NOT NULL CHECK (position >= 0),
            given_at INTEGER NOT NULL,
            PRIMARY KEY (scope, protocol, port)
        ) WITHOUT ROWID""",
        "CREATE INDEX lease_by_checkout ON lease (checkout_id, scope, service)",
        """CREATE TABLE former (
            path TEXT NOT NULL,
            instance TEXT NOT NULL,
            scope TEXT NOT NULL,
            service TEXT NOT NULL,
            port INTEGER NOT NULL,
            size INTEGER NOT NULL,
            ended_at INTEGER NOT NULL,
            PRIMARY KEY (path, instance, scope, service)
        ) WITHOUT ROWID""",
    ),
    # 2: who an instance that ends with its programs belongs to (`run --ephemeral`)
    (
        """CREATE TABLE owner (
            path TEXT NOT NULL,
            instance TEXT NOT NULL,
            token TEXT NOT NULL,
            PRIMARY KEY (path, instance, token)
        ) WITHOUT ROWID""",
    ),
)

#: The version that this portman reads and writes.
SCHEMA = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables from `version` to SCHEMA, inside the caller's transaction.

    Both numbers in the file's header are part of the transaction, so a kill leaves the old
    ledger or the new one.
    """
    for step in MIGRATIONS[version:SCHEMA]:
        for statement in step:
            connection.execute(statement)
    if version == 0:
        connection.execute("INSERT INTO meta VALUES ('made_by', ?)", (__version__,))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA}")


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


def reader(path: str, terms: Terms, timeout: float) -> Reader | None:
    """Open the ledger for reading; None if there is none yet.

    Raises PortmanError with a `ledger-*` code.
    """
    found = guard.check_file(path, terms)
    with sqlite_errors.told(path):
        if found is None or (not found.st_size and not _size(path + "-wal")):
            return None
        if found.st_size < _SMALLEST:
            raise sqlite_errors.damaged(path, f"only {found.st_size} bytes are left of the file")
        opened = _open_reader(path, timeout)
        version = _checked_version(opened.connection, path)
        if version is None:
            opened.connection.close()
            return None
        if version < SCHEMA:
            return _as_if_migrated(opened, version)
        return opened


def writer(path: str, terms: Terms, timeout: float) -> tuple[sqlite3.Connection, os.stat_result]:
    """Open the ledger for writing, make it if need be, and begin the write transaction.

    Returns the file's state too, so that the caller can see whether it was replaced. The
    caller has the turn (turn.py) and has seen, through `reader`, that the file is ours.
    Raises sqlite3.Error, OSError and PortmanError.
    """
    if guard.check_file(path, terms) is None:
        make_file(path, terms)
    found = os.stat(path)
    connection = sqlite3.connect(
        _uri(path, "mode=rw"), timeout=timeout, isolation_level=None, uri=True
    )
    try:
        # A power cut must not take back what `up` has already written into env files, so each
        # commit is synced (FULL); NORMAL would be faster and could lose the last ones.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN IMMEDIATE")
        version = _checked_version(connection, path)
        if version != SCHEMA:
            migrate(connection, version or 0)
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
    shared index nobody else can be writing, save at this very moment, so it is copied again
    if it changed meanwhile.
    """
    if not _size(path + "-wal") and not _size(path + "-journal"):
        return _connect(path, "immutable=1", timeout)
    for _ in range(3):
        before = _sizes_and_times(path)
        memory = _copy(path, timeout)
        if _sizes_and_times(path) == before:
            return memory
        memory.close()
    raise sqlite_errors.unusable(
        path,
        "changes while it is read, and its folder cannot be written",
        "Run it again, as a user who may write there",
    )


def _copy(path: str, timeout: float) -> sqlite3.Connection:
    import shutil
    import tempfile
    from contextlib import closing

    with tempfile.TemporaryDirectory(prefix="portman-") as folder:
        twin = os.path.join(folder, place.NAME)
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
    migrate(memory, version)
    return Reader(memory, frozen=True)


def _checked_version(connection: sqlite3.Connection, path: str) -> int | None:
    """Return the version of the tables; None for a file with nothing in it.

    Raises PortmanError "ledger-newer", or "ledger-unusable" for a database of another program.
    """
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID:
        if not application and not version and _has_no_tables(connection):
            return None
        raise sqlite_errors.unusable(
            path,
            "is the database of another program",
            f"Move it away: mv {guard.quoted(path)} {guard.quoted(path + '.old')}, "
            "or name another folder: PORTMAN_HOME=/some/folder portman up",
        )
    if version > SCHEMA:
        raise PortmanError(
            "ledger-newer",
            f"The ledger {path} was written by a newer portman (tables of version {version}; "
            f"this portman knows {SCHEMA}). Nothing was changed.",
            hint="Upgrade: uv tool upgrade ports-toml, or: pipx upgrade ports-toml",
            file=path,
        )
    return version


def _has_no_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None


def make_file(path: str, terms: Terms) -> None:
    """Make the empty file ourselves: SQLite would take its rights from the umask."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, terms.mode)
    try:
        guard.apply(terms, descriptor)
    finally:
        os.close(descriptor)


def _connect(path: str, how: str, timeout: float) -> sqlite3.Connection:
    return sqlite3.connect(_uri(path, how), timeout=timeout, isolation_level=None, uri=True)


def _uri(path: str, how: str) -> str:
    """Return the path as SQLite's URI (sqlite.org/uri.html); other bytes may stand as they are."""
    if os.name == "nt":
        path = "/" + path.replace("\\", "/")
    for sign, code in (("%", "%25"), ("?", "%3f"), ("#", "%23")):
        path = path.replace(sign, code)
    return f"file://{path}?{how}"


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _sizes_and_times(path: str) -> list[tuple[int, int]]:
    found = []
    for name in (path, path + "-wal", path + "-journal"):
        try:
            state = os.stat(name)
        except OSError:
            continue
        found.append((state.st_size, state.st_mtime_ns))
    return found
