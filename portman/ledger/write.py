"""The inside of a write transaction on the SQLite ledger."""

from __future__ import annotations

import _sqlite3 as sqlite3  # see connect.py

from portman.base.context import contextmanager
from portman.base.errors import PortmanError
from portman.checkout.ownership import checkout_slug
from portman.ledger import read, spaces
from portman.ledger.connect import damaged, translated
from portman.ledger.fast_read import stored
from portman.ledger.log import LogBook
from portman.ledger.protocol import SLUGS, LogChange
from portman.machine import mounts

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from portman.base.errors import Problem
    from portman.base.values import Checkout, CheckoutRecord, Lease
    from portman.ledger.protocol import EngineName, LogEvent, NameOwner
    from portman.ledger.read import Stored

#: How many ended leases are remembered, the newest, and for how long.
ENDED_KEPT = 20_000
ENDED_SECONDS = 180 * 24 * 3600


class SqliteWriter:
    """A Writer (ledger/protocol.py) over one open transaction; of no use after it."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self._connection = connection
        self._path = path
        self._log = LogBook()
        self._forgotten = False

    def leases(self, path: str, instance: str, scope: str) -> dict[str, Lease]:
        with self._checked():
            return read.leases(self._connection, path, instance, scope)

    def unsettled(self, only: Collection[tuple[str, str]]) -> tuple[CheckoutRecord, ...]:
        with self._checked():
            found = read.unsettled(self._connection)
            for path, instance in only:
                near = read.records(self._connection, path)
                found |= {key: one for key, one in near.items() if one.instance == instance}
            return tuple(sorted(found.values(), key=read.by_bytes))

    def taken(
        self, scope: str, asking: tuple[str, str] | None = None
    ) -> Mapping[tuple[str, int], tuple[str, str, str]]:
        with self._checked():
            mine = self._number(*asking) if asking else None
        return spaces.LeasedPorts(self._connection, self._checked, stored(scope), asking, mine)

    def tenants_on(self, scope: str, ports: Collection[int]) -> set[tuple[str, str]]:
        taken = self.taken(scope)
        found = (taken.get((protocol, port)) for port in ports for protocol in ("tcp", "udp"))
        return {who[:2] for who in found if who}

    def ended_ports(
        self, path: str, instance: str, scope: str, sizes: Mapping[str, int] | None = None
    ) -> dict[str, int]:
        with self._checked():
            places = read.places_here(self._connection, "former", path, instance)
            found = self._connection.execute(
                "SELECT service, port, size, place FROM former WHERE path = ? AND instance = ?"
                " AND scope = ? ORDER BY ended_at, size",
                (stored(path), stored(instance), stored(scope)),
            )
            rows = [(read.text(name), port, size) for name, port, size, at in found if at in places]
        return {
            service: port
            for service, port, size in rows
            if sizes is None or sizes.get(service) == size
        }

    def primary_of(self, repository: str) -> tuple[str, str] | None:
        with self._checked():
            row = self._connection.execute(
                "SELECT path, instance FROM checkout WHERE repository = ? AND is_primary"
                " ORDER BY made_at, id LIMIT 1",
                (stored(repository),),
            ).fetchone()
            return None if row is None else (read.text(row[0]), read.text(row[1]))

    def record_checkout(self, checkout: Checkout, *, primary: bool, user: str, now: int) -> None:
        repository = None if checkout.repository is None else stored(checkout.repository)
        found = mounts.evidence(checkout.path)
        place = stored(found.text()) if found else ""
        values = {
            "path": stored(checkout.path),
            "instance": stored(checkout.instance),
            "project": stored(checkout.project),
            "is_primary": primary,
            "repository": repository,
            "user": stored(user),
            "used_at": now,
            "place": place,
        }
        names = ", ".join(values)
        with self._checked():
            number = self._number(checkout.path, checkout.instance)
            if number is None:
                marks = "?, " * len(values)
                self._connection.execute(
                    f"INSERT INTO checkout ({names}, made_at) VALUES ({marks}?)",  # noqa: S608
                    (*values.values(), now),
                )
                self._keep_slugs(checkout, place, now)
            else:
                changes = " = ?, ".join(values)
                self._connection.execute(
                    f"UPDATE checkout SET {changes} = ? WHERE id = ?",  # noqa: S608
                    (*values.values(), number),
                )
            self._keep_place(checkout.path, checkout.instance, place)

    def _keep_slugs(self, checkout: Checkout, place: Stored, now: int) -> None:
        """Give the second folder at a path (in another container) a slug of its own, for good."""
        path, instance = checkout.path, checkout.instance
        rows = read.records(self._connection, path).values()
        first, *others = [one.place for one in rows if one.instance == instance]
        if not others:
            return
        for at in (first, read.text(place)):
            slug = checkout_slug(path, instance, "" if at == first else f"\n{at}")
            self._connection.execute(
                "INSERT INTO engine_name (scope, kind, name, path, instance, place, given_at)"
                " SELECT ?1, ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM engine_name"
                " WHERE scope = ?1 AND (name = ?2 OR (path, instance, place) = (?3, ?4, ?5)))",
                (SLUGS, slug, *map(stored, (path, instance, at)), now),
            )

    def note_place(self, record: CheckoutRecord) -> None:
        found = mounts.evidence(record.path)
        with self._checked():
            number = self._number(record.path, record.instance, record.place)
            if found and number is not None:
                self._connection.execute(
                    "UPDATE OR IGNORE checkout SET place = ? WHERE id = ?",
                    (stored(found.text()), number),
                )

    def grant(
        self, path: str, instance: str, scope: str, leases: Iterable[Lease], now: int
    ) -> None:
        wanted = tuple({lease.service: lease for lease in leases}.values())
        with self._checked():
            number = self._number(path, instance)
            if number is None:
                raise LookupError(f"record the checkout before granting: {path}")
            if not self._owners(number):
                self._remember(number, self._reshaped(number, scope, wanted), now)
            before = {
                service: lease.port
                for (_, space, service), lease in read.leases_of(self._connection, number).items()
                if space == scope
            }
            self._end(number, [(scope, lease.service) for lease in wanted])
            try:
                self._connection.executemany(
                    "INSERT INTO lease (scope, protocol, port, checkout_id, service, position,"
                    " given_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        (
                            stored(scope),
                            protocol,
                            port,
                            number,
                            stored(lease.service),
                            port - lease.port,
                            now,
                        )
                        for lease in wanted
                        for protocol, port in lease.keys()
                    ),
                )
            except sqlite3.IntegrityError as error:
                raise self._leased_twice((path, instance), scope, wanted, error) from error
            for lease in wanted:
                was = before.get(lease.service)
                if was != lease.port:
                    event: LogEvent = "leased" if was is None else "moved"
                    self.note(LogChange(event, path, instance, scope, lease, was), now)

    def is_shared(self, scope: str) -> bool:  # noqa: ARG002 - none is
        return False

    def notes(self) -> tuple[Problem, ...]:
        return ()

    def note(self, change: LogChange, now: int) -> None:
        with self._checked():
            self._log.add(self._connection, change, now)

    def give_back(  # noqa: PLR0913 - as in the protocol
        self,
        path: str,
        instance: str,
        services: Iterable[str] | None,
        now: int,
        place: str | None = None,
        *,
        why: str = "",
    ) -> tuple[Lease, ...]:
        chosen = None if services is None else set(services)
        with self._checked():
            number = self._number(path, instance, place)
            if number is None:
                return ()
            held = read.leases_of(self._connection, number)
            ended = {key: held[key] for key in held if chosen is None or key[2] in chosen}
            owned = bool(self._owners(number))
            if not owned:
                self._remember(number, ended, now)
            self._end(number, [(scope, service) for _, scope, service in ended])
            event: LogEvent = "reclaimed" if why else "given-back"
            for (_, scope, _), lease in ended.items():
                change = LogChange(event, path, instance, scope, lease, why=why)
                self._log.add(self._connection, change, now)
            if len(ended) == len(held):
                if owned:
                    self._disown(number)
                self._connection.execute("DELETE FROM checkout WHERE id = ?", (number,))
            return tuple(sorted(ended.values(), key=lambda lease: (lease.port, lease.protocols)))

    def disown(self, path: str, instance: str) -> None:
        with self._checked():
            self._disown(self._number(path, instance))

    def own(self, path: str, instance: str, token: str) -> None:
        with self._checked():
            number = self._number(path, instance)
            if number is None:
                raise LookupError(f"record the checkout before it has owners: {path}")
            self._connection.execute(
                "INSERT OR IGNORE INTO owner (checkout_id, token) VALUES (?, ?)",
                (number, stored(token)),
            )

    def owners(self) -> dict[CheckoutRecord, tuple[str, ...]]:
        with self._checked():
            return read.owners(self._connection)

    def owners_of(self, path: str, instance: str) -> tuple[str, ...]:
        with self._checked():
            return self._owners(self._number(path, instance))

    def engine_names(self, scope: str) -> dict[EngineName, NameOwner]:
        with self._checked():
            return read.engine_names(self._connection, scope)

    def take_engine_names(
        self, path: str, instance: str, scope: str, names: Iterable[EngineName], now: int
    ) -> None:
        found = mounts.evidence(path)
        owner = (stored(path), stored(instance), stored(found.text()) if found else "")
        with self._checked():
            self._keep_place(*owner)
            self._connection.execute(
                "DELETE FROM engine_name WHERE scope = ? AND (path, instance, place) = (?, ?, ?)",
                (stored(scope), *owner),
            )
            self._connection.executemany(
                "INSERT OR IGNORE INTO engine_name"
                " (scope, kind, name, path, instance, place, given_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                ((stored(scope), kind, stored(name), *owner, now) for kind, name in names),
            )

    def drop_engine_names(self, owner: NameOwner) -> None:
        with self._checked():
            self._connection.execute(
                "DELETE FROM engine_name WHERE (path, instance, place) = (?, ?, ?)",
                tuple(map(stored, owner)),
            )

    def know_engine(self, scope: str, identity: str, now: int, *, here: bool) -> str:
        with self._checked():
            space = spaces.learn(self._connection, scope, identity, here=here)
            if space == scope:
                return space
            for number, service in spaces.colliding(self._connection, scope, space):
                held = read.leases_of(self._connection, number)
                key = (number, scope, service)
                path, instance = self._connection.execute(
                    "SELECT path, instance FROM checkout WHERE id = ?", (number,)
                ).fetchone()
                owner = (read.text(path), read.text(instance))
                self._remember(number, {key: held[key]}, now)
                why = f"the engine of {scope} is that of {space}, where the port is leased"
                self.note(LogChange("reclaimed", *owner, scope, held[key], why=why), now)
            spaces.move(self._connection, scope, space)
            return space

    def _keep_place(self, path: str | bytes, instance: str | bytes, place: str | bytes) -> None:
        """Keep what is known of a checkout under the place that its folder has now."""
        key = (read.text(path), read.text(instance))
        for table in ("former", "engine_name"):
            for at in read.places_here(self._connection, table, *key):
                if at != place:
                    self._connection.execute(
                        f"UPDATE OR IGNORE {table} SET place = ?"  # noqa: S608 - our own names
                        " WHERE (path, instance, place) = (?, ?, ?)",
                        (place, path, instance, at),
                    )

    def _number(self, path: str, instance: str, place: str | None = None) -> int | None:
        """Return the checkout's number: the one recorded with `place`, else the one seen here."""
        if place is None:
            return read.checkout_id(self._connection, path, instance)
        row = self._connection.execute(
            "SELECT id FROM checkout WHERE path = ? AND instance = ? AND place = ?",
            (stored(path), stored(instance), stored(place)),
        ).fetchone()
        return None if row is None else row[0]

    def _reshaped(
        self, number: int, scope: str, wanted: tuple[Lease, ...]
    ) -> dict[tuple[int, str, str], Lease]:
        """Return the leases that others of another size replace: a branch may want them back."""
        sizes = {lease.service: lease.size for lease in wanted}
        return {
            key: lease
            for key, lease in read.leases_of(self._connection, number).items()
            if key[1] == scope and sizes.get(key[2], lease.size) != lease.size
        }

    def _owners(self, number: int | None) -> tuple[str, ...]:
        found = self._connection.execute(
            "SELECT token FROM owner WHERE checkout_id = ? ORDER BY token", (number,)
        )
        return tuple(read.text(row[0]) for row in found)

    def _disown(self, number: int | None) -> None:
        self._connection.execute("DELETE FROM owner WHERE checkout_id = ?", (number,))

    def _end(self, number: int, services: Iterable[tuple[str, str]]) -> None:
        self._connection.executemany(
            "DELETE FROM lease WHERE checkout_id = ? AND scope = ? AND service = ?",
            ((number, stored(scope), stored(service)) for scope, service in services),
        )

    def _remember(self, number: int, ended: dict[tuple[int, str, str], Lease], now: int) -> None:
        if not ended:
            return
        self._connection.executemany(
            "INSERT OR REPLACE INTO former SELECT path, instance, place, ?, ?, ?, ?, ?"
            " FROM checkout WHERE id = ?",
            (
                (stored(scope), stored(service), lease.size, lease.port, now, number)
                for (_, scope, service), lease in ended.items()
            ),
        )
        self._forget_old(now)

    def _forget_old(self, now: int) -> None:
        """Keep what is remembered bounded, once in a transaction. Nothing depends on it."""
        if self._forgotten:
            return
        self._forgotten = True
        self._connection.execute("DELETE FROM former WHERE ended_at < ?", (now - ENDED_SECONDS,))
        count = self._connection.execute("SELECT count(*) FROM former").fetchone()[0]
        if count > ENDED_KEPT:
            self._connection.execute(
                "DELETE FROM former WHERE (path, instance, place, scope, service, size) IN (SELECT"
                " path, instance, place, scope, service, size FROM former ORDER BY ended_at"
                " LIMIT ?)",
                (count - ENDED_KEPT,),
            )

    def _leased_twice(
        self,
        asking: tuple[str, str],
        scope: str,
        wanted: tuple[Lease, ...],
        error: sqlite3.IntegrityError,
    ) -> PortmanError:
        """Return the error that names the port that would have been leased twice."""
        for lease in wanted:
            for protocol, port in lease.keys():
                other = read.lease_on(self._connection, scope, protocol, port)
                if other is None:
                    continue
                owner = (other.record.path, other.record.instance)
                if (owner, other.lease.service) != (asking, lease.service):
                    return PortmanError(
                        "ledger-damaged",
                        f"{lease.service}: {protocol} port {port} is leased already, to "
                        f"{other.lease.service} of {other.record.path}. Nothing was changed.",
                        hint="Run it again; if it stays: portman repair",
                        service=lease.service,
                        file=self._path,
                    )
        return damaged(self._path, str(error))

    @contextmanager
    def _checked(self) -> Iterator[None]:
        with translated(self._path, doing="written"):
            yield
