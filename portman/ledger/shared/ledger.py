"""The local SQLite ledger, with a server that decides the port spaces that others see too.

Every read is local, and so is a write that touches no shared space. Only a lease that is missing
or has to be vouched for again asks the server: its transaction is opened first, then the local
one; its COMMIT is acknowledged before the local one (docs/decisions/0011-shared-spaces.md).
"""

from __future__ import annotations

import os
import sys
import time

from portman.base.context import contextmanager
from portman.base.errors import PortmanError, Problem, ServerError, pending
from portman.base.values import LOCAL_SCOPE
from portman.ledger import read
from portman.ledger.shared import admin
from portman.ledger.shared.driver import ServerConnection, shown_and_secret
from portman.ledger.shared.settings import read_settings, seat_of
from portman.ledger.shared.transaction import ServerTransaction
from portman.ledger.shared.writer import SharedWriter
from portman.ledger.sqlite import SqliteLedger
from portman.ledger.write import SqliteWriter
from portman.state.receipts import concealed, moment

TYPE_CHECKING = False

if TYPE_CHECKING:
    import _sqlite3 as sqlite3
    from collections.abc import Iterable, Iterator

    from portman.ledger.protocol import Asked
    from portman.ledger.shared.admin import ServerState
    from portman.ledger.shared.settings import Settings

#: Descriptors of sessions that a command inherits lie from here on (as those of held ports).
_HIGH = 500
#: Checkouts of a team that are shown at once, the newest.
MOST_SHOWN = 500


class Vouch:
    """Until when the server vouches for what a checkout has in one port space."""

    __slots__ = ("boot", "mark", "scope", "seconds", "sent", "space", "until")

    def __init__(self, row: tuple[str, str, str, str, int, int, int]) -> None:
        self.scope, self.space, self.mark, self.boot = map(read.text, row[:4])
        self.sent, self.seconds, self.until = row[4:]

    def is_early(self) -> bool:
        """Whether less than half of its time has gone, by a clock that no one sets."""
        boot, now = moment()
        return bool(boot) and boot == self.boot and now < self.half

    def is_over(self) -> bool:
        """Whether its time has gone; after a restart of the machine by the wall clock."""
        boot, now = moment()
        if boot and boot == self.boot:
            return now >= self.sent + self.seconds * 1_000_000_000
        return time.time() >= self.until

    @property
    def half(self) -> int:
        return self.sent + self.seconds * 500_000_000


class SharedLedger(SqliteLedger):
    """A Ledger (see protocol.py) of which a server decides some port spaces."""

    shares = True

    def __init__(self, folder: str | None = None, settings: Settings | None = None) -> None:
        super().__init__(folder)
        self._settings = read_settings(self._folder) if settings is None else settings
        self._connected: ServerConnection | None = None
        self._kept: list[ServerConnection] = []

    # What the server vouches for is read from the local ledger.

    def is_shared(self, scope: str) -> bool:
        return scope != LOCAL_SCOPE or bool(self._settings.space)

    def _vouches(self, path: str, instance: str) -> dict[str, Vouch]:
        with self._reading() as connection:
            number = connection and read.checkout_id(connection, path, instance)
            if connection is None or number is None:
                return {}
            rows = connection.execute(
                "SELECT scope, space, server, boot, sent, seconds, until FROM vouched"
                " WHERE checkout_id = ?",
                (number,),
            ).fetchall()
        return {one.scope: one for one in map(Vouch, rows)}

    def is_due(self, path: str, instance: str, scopes: Iterable[str]) -> bool:
        asked = [scope for scope in scopes if self.is_shared(scope)]
        if not asked:
            return False
        known = self._vouches(path, instance)
        return not all(
            scope in known
            and known[scope].is_early()
            and known[scope].mark == self.mark
            and (scope != LOCAL_SCOPE or known[scope].space == f"host:{self._settings.space}")
            for scope in asked
        )

    def excuse(self, error: ServerError, path: str, instance: str) -> tuple[Problem, ...]:
        known = self._vouches(path, instance)
        with self._reading() as connection:
            number = connection and read.checkout_id(connection, path, instance)
            held = read.leases_of(connection, number) if connection and number else {}
        mine = {key: lease for key, lease in held.items() if self.is_shared(key[1])}
        if not mine or any(scope not in known for _, scope, _ in mine):
            raise error
        over = [one for one in known.values() if one.is_over()]
        if not over:
            until = _day(min(one.until for one in known.values()))
            said = f"{error.message}; going on with leases that it vouches for until {until}"
            return (Problem("ledger-offline", said, "see it: portman ledger status"),)
        spaces = {one.scope for one in over}
        ports = sorted(one.port for (_, scope, _), one in mine.items() if scope in spaces)
        since = _day(min(one.until for one in over))
        numbers = ", ".join(map(str, ports))
        said = (
            f"{error.message}; it has not vouched for {numbers} since {since}, so others may have "
            "got what is free there"
        )
        return (Problem("ledger-unvouched", said, "see it: portman ledger status"),)

    def evidence(self, path: str, instance: str) -> tuple[str, ...]:
        known = [one for one in self._vouches(path, instance).values() if self.is_shared(one.scope)]
        if not known:
            return ()
        first = min(known, key=lambda one: one.half)
        return (f"@until {first.boot or '-'} {first.half if first.boot else 0}",)

    # Writing.

    @contextmanager
    def writing(self, asked: Asked = ()) -> Iterator[SqliteWriter]:
        """As SqliteLedger does; in the shared spaces of `asked` the server gives first."""
        names = {scope: identity for scope, identity in asked if self.is_shared(scope)}
        if names:
            with self._writing_both(names) as both:
                yield both
            self.send(connected=True)
            return
        with self._write_transaction() as connection:
            before = _unsent(connection)
            yield SqliteWriter(connection, self._path)
            more = _unsent(connection) > before
        if more:
            self.send()

    @contextmanager
    def _writing_both(
        self, names: dict[str, str], spaces: dict[str, str] | None = None
    ) -> Iterator[SharedWriter]:
        connection = self._server()
        self._ready_folder()
        if not os.path.exists(self._path):
            with self._write_transaction():
                pass  # made before others wait for what this machine holds on the server
        far = ServerTransaction(connection, self._settings, seat_of(self._folder))
        if spaces is None:
            spaces = far.resolve(names)
        far.begin(spaces)
        try:
            with self._write_transaction() as local:
                writer = SharedWriter(
                    local, self._path, far, spaces, (self._settings.lease, self.mark)
                )
                yield writer
                writer.finish()
                if writer.owns:
                    self._keep()
        except BaseException:
            far.undo()
            raise

    def send(self, *, connected: bool = False) -> None:
        """Tell the server what was given back here; what it cannot hear now is kept for later."""
        try:
            with self._reading() as reader:
                rows = reader and reader.execute("SELECT DISTINCT space FROM released").fetchall()
            spaces = [read.text(row[0]) for row in rows or ()]
            if not spaces:
                return
            with self._writing_both({}, {f"\n{space}": space for space in spaces}):
                pass
        except ServerError as error:
            if connected:
                return  # it has just answered; the next contact sends them
            said = f"{error.message}; what was given back here is sent to it later"
            pending.append(Problem("ledger-offline", said, "see it: portman ledger status"))
        except PortmanError:
            return  # said where it is in the way

    def accept(self) -> None:
        """Go on with a server that has lost changes: register again all that is leased here."""
        with self._write_transaction() as connection:
            connection.execute("UPDATE vouched SET counter = 0, boot = ''")

    def server_name(self) -> str:
        return shown_and_secret(self._settings.server)[0]

    def state(self) -> ServerState:
        return admin.state(self.server())

    def team(self, project: str | None) -> tuple[list[dict[str, object]], int]:
        """Return the newest checkouts of all members, and how many of them are shown at most."""
        server = self.server()
        admin.state(server)  # the version, first
        return admin.team(server, project, MOST_SHOWN), MOST_SHOWN

    def server(self) -> ServerConnection:
        return self._server()

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def seat(self) -> str:
        self._ready_folder()
        return seat_of(self._folder)

    def _server(self) -> ServerConnection:
        if self._connected is None or self._connected.closed:
            self._connected = ServerConnection(self._settings.server)
        return self._connected

    @property
    def mark(self) -> str:
        """What tells one PORTMAN_LEDGER from another without saying what it is."""
        return concealed(os.fsencode(self._settings.server))

    def _keep(self) -> None:
        """Let the session live as long as this process, and as the command it becomes.

        A copy of the descriptor lies on a high number: `run` puts sockets on the low ones.
        """
        connection = self._server()
        if connection in self._kept:
            return
        self._kept.append(connection)
        if sys.platform == "win32":
            return
        import fcntl

        fcntl.fcntl(connection.descriptor, fcntl.F_DUPFD, _HIGH)

    def close(self) -> None:
        super().close()
        connected, self._connected = self._connected, None
        if connected is None:
            return
        if connected in self._kept:
            self._connected = connected  # its lock is what keeps the leases
        else:
            connected.close()


def _unsent(connection: sqlite3.Connection) -> int:
    count: int = connection.execute("SELECT count(*) FROM released").fetchone()[0]
    return count


def _day(moment_s: int) -> str:
    return time.strftime("%d %b %Y %H:%M", time.localtime(moment_s))
