"""The ledger in one SQLite file: many readers, one writer at a time, all of it or nothing."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from portman import state as place
from portman.ledger import connect as sqlite_open
from portman.ledger import errors as sqlite_errors
from portman.ledger import read as sqlite_read
from portman.ledger.write import SqliteWriter
from portman.state import permissions as guard
from portman.state.locks import Turn

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from portman.base.values import CheckoutRecord, Lease, OwnedLease
    from portman.ledger.protocol import EndedLease
    from portman.state.permissions import Terms

#: Seconds that a writer waits for its turn: 200 first `up`s at once need a tenth of it.
PATIENCE = 30.0


class SqliteLedger:
    """A Ledger in `folder` (default: the state folder), opened when first used.

    `shareable`: the folder was named on purpose and may belong to a group (default: whether
    PORTMAN_HOME is set). `timeout`: seconds to wait while no other writer gets on.

    Use one object per thread; any number of processes.
    """

    def __init__(
        self,
        folder: str | None = None,
        *,
        shareable: bool | None = None,
        timeout: float = PATIENCE,
    ) -> None:
        self._folder = place.state_folder() if folder is None else os.path.abspath(folder)
        self._path = os.path.join(self._folder, place.NAME)
        self._shareable = place.given() if shareable is None else shareable
        self._timeout = timeout
        self._reader: sqlite_open.Reader | None = None
        self._writing = False
        self._written: tuple[int, ...] = ()

    @property
    def path(self) -> str:
        """Return where the ledger is, for messages."""
        return self._path

    @property
    def folder(self) -> str:
        """Return the folder that the ledger lies in."""
        return self._folder

    @property
    def written(self) -> tuple[int, ...]:
        """Return place.stamp as this object's last commit left it; () before any.

        It was taken before anyone else could write, so a receipt of what was just written may
        carry it.
        """
        return self._written

    def record(self, path: str, instance: str) -> CheckoutRecord | None:
        """Return the checkout's own record, or None if it has never asked."""
        with self._reading() as connection:
            return None if connection is None else sqlite_read.record(connection, path, instance)

    def leases(self, path: str, instance: str, scope: str) -> dict[str, Lease]:
        """Return the checkout's leases by service name."""
        with self._reading() as connection:
            return (
                {} if connection is None else sqlite_read.leases(connection, path, instance, scope)
            )

    def holdings(self, scope: str | None = None) -> tuple[OwnedLease, ...]:
        """Return every lease with its checkout, ordered by path, instance and port."""
        with self._reading() as connection:
            return () if connection is None else sqlite_read.holdings(connection, scope)

    def lease_on(self, scope: str, protocol: str, port: int) -> OwnedLease | None:
        """Return who has leased this very port, if anyone."""
        with self._reading() as connection:
            return (
                None
                if connection is None
                else sqlite_read.lease_on(connection, scope, protocol, port)
            )

    def formers_of(self, scope: str, port: int) -> tuple[EndedLease, ...]:
        """Return the ended leases that this port belonged to, the newest first."""
        with self._reading() as connection:
            return () if connection is None else sqlite_read.formers_of(connection, scope, port)

    def owners(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Return the owners of every checkout that ends with its processes."""
        with self._reading() as connection:
            return {} if connection is None else sqlite_read.owners(connection)

    def verify(self) -> tuple[str, ...]:
        """Return what is wrong with the file, as SQLite's integrity check says; () if nothing."""
        with self._reading() as connection:
            if connection is None:
                return ()
            said = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
        said += [f"a lease without a checkout in table {row[0]}" for row in orphans]
        return tuple(line for line in said if line != "ok")

    @contextmanager
    def writing(self) -> Iterator[SqliteWriter]:
        """Open the one write transaction: commit on leaving, roll back on an exception.

        Raises PortmanError "ledger-busy" after `timeout` seconds, and other `ledger-*` codes.
        """
        if self._writing:
            raise RuntimeError("a write transaction is open already")
        self._writing = True
        try:
            terms = self._ready_folder()
            with self._turn(terms) as turn:
                self._check_ours(terms)
                with self._transaction(turn, terms) as connection:
                    yield SqliteWriter(connection, self._path)
                self._written = place.stamp(self._folder)
        finally:
            self._writing = False

    def close(self) -> None:
        """Give the file back to the system."""
        opened, self._reader = self._reader, None
        if opened is not None:
            opened.connection.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        if self._reader is None:
            terms = guard.look(self._folder, shareable=self._shareable)
            self._reader = sqlite_open.reader(self._path, terms, self._timeout)
        if self._reader is None:
            yield None
            return
        try:
            with sqlite_errors.told(self._path):
                yield self._reader.connection
        finally:
            if self._reader.frozen:
                self.close()

    def _ready_folder(self) -> Terms:
        terms = guard.look(self._folder, shareable=self._shareable)
        if terms.exists:
            return terms
        guard.make_folder(self._folder)
        return guard.look(self._folder, shareable=self._shareable)

    @contextmanager
    def _turn(self, terms: Terms) -> Iterator[Turn]:
        """Hold the turn to write."""
        turn = Turn(os.path.join(self._folder, place.LOCK), terms)
        with sqlite_errors.told(self._path, doing="written"):
            if not turn.take(self._timeout):
                raise sqlite_errors.busy(self._path, self._timeout)
        try:
            yield turn
        finally:
            turn.give()

    def _check_ours(self, terms: Terms) -> None:
        """Look before touching: a newer, foreign or damaged file stays as it is.

        The reader is closed again, so that the writer is the last to close and folds the log
        back into the ledger.
        """
        self.close()
        opened = sqlite_open.reader(self._path, terms, self._timeout)
        if opened is not None:
            opened.connection.close()

    @contextmanager
    def _transaction(self, turn: Turn, terms: Terms) -> Iterator[sqlite3.Connection]:
        with sqlite_errors.told(self._path, doing="written"):
            connection, opened = sqlite_open.writer(self._path, terms, self._timeout)
        try:
            with sqlite_errors.told(self._path, doing="written"):
                turn.begin()
            yield connection
            with sqlite_errors.told(self._path, doing="written"):
                connection.execute("COMMIT")
                sqlite_open.use_log(connection)
            self._require_still(opened)
        finally:
            # Closing undoes what is not committed.
            connection.close()
            turn.settle()

    def _require_still(self, opened: os.stat_result) -> None:
        """SQLite does not notice that its file was deleted or replaced: it writes on, unseen."""
        try:
            same = os.path.samestat(opened, os.stat(self._path))
        except OSError:
            same = False
        if not same:
            raise sqlite_errors.unusable(
                self._path,
                "was removed or replaced while it was written, so nothing of this run is in it",
                "Run it again",
            )
