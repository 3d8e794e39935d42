"""The ledger in one SQLite file: many readers, one writer at a time, atomic transactions."""

from __future__ import annotations

import _sqlite3 as sqlite3  # see connect.py
import os

from portman.base.context import contextmanager
from portman.ledger import connect, fast_read, read, spaces
from portman.ledger.connect import translated
from portman.ledger.permissions import folder_mode, make_folder, unusable
from portman.state import LEDGER_FILE, LOCK_FILE, state_folder
from portman.state import stamp as ledger_stamp

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portman.base.errors import Problem, ServerError
    from portman.base.values import CheckoutRecord, Lease, OwnedLease
    from portman.ledger.locks import WriteLock
    from portman.ledger.permissions import FolderMode
    from portman.ledger.protocol import Asked, EndedLease, EngineName, LogEntry, LogQuery, NameOwner
    from portman.ledger.write import SqliteWriter

#: Seconds that a writer waits for the lock: 200 first `up`s at once need a tenth of it.
PATIENCE = 30.0


class SqliteLedger:
    """A Ledger (see protocol.py) in `folder` (default: the state folder), opened at first use.

    `shareable`: the folder was named on purpose and may belong to a group (default: whether
    PORTMAN_HOME is set). `timeout`: seconds to wait while no other writer proceeds.

    Use one object per thread; any number of processes.
    """

    shares = False

    def __init__(
        self,
        folder: str | None = None,
        *,
        shareable: bool | None = None,
        timeout: float = PATIENCE,
    ) -> None:
        self._folder = state_folder() if folder is None else os.path.abspath(folder)
        self._path = os.path.join(self._folder, LEDGER_FILE)
        self._shareable = shareable
        self._timeout = timeout
        self._reader: connect.Reader | None = None
        self._writing = False

    @property
    def path(self) -> str:
        return self._path

    def stamp(self) -> tuple[int, ...]:
        return ledger_stamp(self._folder)

    def rows(self, path: str, instance: str) -> str:
        if self._reader is None or self._reader.frozen:
            return fast_read.rows(self._folder, path, instance)
        try:
            return fast_read.rows_in(self._reader.connection, path, instance)
        except sqlite3.Error:
            return ""

    def record(self, path: str, instance: str) -> CheckoutRecord | None:
        with self._reading() as connection:
            return None if connection is None else read.record(connection, path, instance)

    def known_path(self, path: str) -> str:
        with self._reading() as connection:
            return path if connection is None else read.known_path(connection, path)

    def leases(self, path: str, instance: str, scope: str) -> dict[str, Lease]:
        with self._reading() as connection:
            return {} if connection is None else read.leases(connection, path, instance, scope)

    def checkouts(self) -> tuple[CheckoutRecord, ...]:
        with self._reading() as connection:
            return () if connection is None else tuple(read.records(connection).values())

    def holdings(self, scope: str | None = None, path: str | None = None) -> tuple[OwnedLease, ...]:
        with self._reading() as connection:
            return () if connection is None else read.holdings(connection, scope, path)

    def lease_on(self, scope: str, protocol: str, port: int) -> OwnedLease | None:
        with self._reading() as connection:
            return None if connection is None else read.lease_on(connection, scope, protocol, port)

    def ended_leases(self, scope: str, port: int) -> tuple[EndedLease, ...]:
        with self._reading() as connection:
            return () if connection is None else read.ended_leases(connection, scope, port)

    def log(self, query: LogQuery) -> tuple[LogEntry, ...]:
        with self._reading() as connection:
            return () if connection is None else read.log(connection, query)

    def owners(self) -> dict[CheckoutRecord, tuple[str, ...]]:
        with self._reading() as connection:
            return {} if connection is None else read.owners(connection)

    def engine_names(self, scope: str) -> dict[EngineName, NameOwner]:
        with self._reading() as connection:
            return {} if connection is None else read.engine_names(connection, scope)

    def space(self, scope: str) -> str:
        with self._reading() as connection:
            return scope if connection is None else spaces.space_of(connection, scope)

    def verify(self) -> tuple[str, ...]:
        with self._reading() as connection:
            if connection is None:
                return ()
            said = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
        said += [f"a lease without a checkout in table {row[0]}" for row in orphans]
        return tuple(line for line in said if line != "ok")

    def is_due(self, path: str, instance: str, scopes: Iterable[str]) -> bool:  # noqa: ARG002
        return False

    def is_shared(self, scope: str) -> bool:  # noqa: ARG002 - none is
        return False

    def excuse(
        self,
        error: ServerError,
        path: str,  # noqa: ARG002
        instance: str,  # noqa: ARG002
    ) -> tuple[Problem, ...]:
        raise error

    def evidence(self, path: str, instance: str) -> tuple[str, ...]:  # noqa: ARG002
        return ()

    @contextmanager
    def writing(self, asked: Asked = ()) -> Iterator[SqliteWriter]:  # noqa: ARG002
        """Open the one write transaction: commit on leaving, roll back on an exception.

        Raises PortmanError "ledger-busy" after `timeout` seconds, and other `ledger-*` codes.
        """
        from portman.ledger.write import SqliteWriter

        with self._write_transaction() as connection:
            yield SqliteWriter(connection, self._path)

    @contextmanager
    def _write_transaction(self) -> Iterator[sqlite3.Connection]:
        if self._writing:
            raise RuntimeError("a write transaction is open already")
        self._writing = True
        try:
            mode = self._ready_folder()
            with self._locked(mode) as lock:
                self._check_ours(mode)
                with self._transaction(lock, mode) as connection:
                    yield connection
        finally:
            self._writing = False

    def close(self) -> None:
        self._close_reader()

    def _close_reader(self) -> None:
        opened, self._reader = self._reader, None
        if opened is not None:
            opened.connection.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        if self._reader is None:
            mode = folder_mode(self._folder, shareable=self._shareable)
            self._reader = connect.reader(self._path, mode, self._timeout)
        if self._reader is None:
            yield None
            return
        try:
            with translated(self._path):
                yield self._reader.connection
        finally:
            if self._reader.frozen:
                self._close_reader()

    def _ready_folder(self) -> FolderMode:
        mode = folder_mode(self._folder, shareable=self._shareable)
        if mode.exists:
            return mode
        make_folder(self._folder)
        return folder_mode(self._folder, shareable=self._shareable)

    @contextmanager
    def _locked(self, mode: FolderMode) -> Iterator[WriteLock]:
        from portman.ledger.locks import WriteLock

        lock = WriteLock(os.path.join(self._folder, LOCK_FILE), mode)
        with translated(self._path, doing="written"):
            if not lock.acquire(self._timeout):
                raise connect.busy(self._path, self._timeout)
        try:
            yield lock
        finally:
            lock.release()

    def _check_ours(self, mode: FolderMode) -> None:
        """Look before touching: a newer, foreign or damaged file stays unchanged.

        A reader that is open has looked. It is closed, so that the writer is the last to close
        and folds the log back into the ledger.
        """
        if self._reader is None:
            self._reader = connect.reader(self._path, mode, self._timeout)
        self._close_reader()

    @contextmanager
    def _transaction(self, lock: WriteLock, mode: FolderMode) -> Iterator[sqlite3.Connection]:
        with translated(self._path, doing="written"):
            connection, opened = connect.writer(self._path, mode, self._timeout)
        try:
            with translated(self._path, doing="written"):
                lock.begin_write()
            yield connection
            with translated(self._path, doing="written"):
                connection.execute("COMMIT")
                connect.use_log(connection)
            self._require_still(opened)
        finally:
            # Closing undoes what is not committed; the last to close folds the log back, which a
            # reader that was opened meanwhile cannot.
            self._close_reader()
            connection.close()
            lock.end_write()

    def _require_still(self, opened: os.stat_result) -> None:
        """SQLite does not notice that its file was deleted or replaced: it writes on, unseen."""
        try:
            same = os.path.samestat(opened, os.stat(self._path))
        except OSError:
            same = False
        if not same:
            raise unusable(
                self._path,
                "was removed or replaced while it was written, so nothing of this run is in it",
                "Run it again",
            )
