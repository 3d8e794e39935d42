"""The inside of a write transaction of both ledgers: the server's, and the copy of this machine."""

from __future__ import annotations

import os
import time

from portman.base.errors import PortmanError, Problem
from portman.base.values import Lease
from portman.ledger.fast_read import stored
from portman.ledger.read import leases_of, records
from portman.ledger.shared.transaction import TakenPorts
from portman.ledger.write import SqliteWriter
from portman.machine.processes import token_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    import _sqlite3 as sqlite3
    from collections.abc import Iterable, Mapping

    from portman.base.values import Checkout, Transport
    from portman.ledger.protocol import EngineName, NameOwner
    from portman.ledger.shared.transaction import Key, OwnRow, ServerTransaction


#: The place of a checkout of another machine, of which no view of this one has evidence.
AFAR = "another machine"


class SharedWriter(SqliteWriter):
    """A Writer whose shared spaces the server decides; everything else is the local ledger's.

    What the server has is always at least what the local ledger has: it gives first, and it frees
    a number only in a transaction after the local ledger has committed that it forgot it
    (table `released`). So a kill at any point leaves no number to two checkouts.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: str,
        far: ServerTransaction,
        spaces: dict[str, str],
        vouch: tuple[int, str],
    ) -> None:
        super().__init__(connection, path)
        self._far, self._spaces = far, spaces
        #: For how many seconds the server vouches, and which server it is.
        self._seconds, self._mark = vouch
        self._lost: dict[str, dict[str, int]] = {}
        self._notes: list[Problem] = []
        self._settled: list[tuple[str, str]] = []
        #: Checkouts that have taken names on an engine.
        self._named: list[tuple[str, str]] = []
        #: Whether this process's session keeps a lock that others look at.
        self.owns = False
        self._check_counters()
        with self._checked():
            for space in set(spaces.values()):
                self._far.release(space, self._released(space))
                connection.execute("DELETE FROM released WHERE space = ?", (stored(space),))
        self._granted: dict[str, set[Key]] = {}

    def _check_counters(self) -> None:
        """Refuse a server that has forgotten what it confirmed: a backup, a late standby."""
        for space, counter in self._far.counters.items():
            row = self._connection.execute(
                "SELECT max(counter) FROM vouched WHERE space = ? AND ledger = ?",
                (stored(space), self._far.ledger),
            ).fetchone()
            if row[0] is not None and row[0] > counter:
                raise PortmanError(
                    "ledger-older",
                    "the ledger server has lost changes that it confirmed: it was restored from a "
                    "backup, or a standby without them was promoted",
                    hint="see its state: portman ledger status\n"
                    "go on with it: portman ledger accept",
                )

    def _released(self, space: str) -> set[Key]:
        found = self._connection.execute(
            "SELECT protocol, port FROM released WHERE space = ?", (stored(space),)
        )
        return {(protocol, port) for protocol, port in found}

    def _gone(self, space: str) -> set[Key]:
        """Return the numbers that the server still has for us, and the local ledger has not."""
        return self._far.freed(space) | self._released(space)

    def is_shared(self, scope: str) -> bool:
        return scope in self._spaces

    def notes(self) -> tuple[Problem, ...]:
        return tuple(self._notes)

    def leases(self, path: str, instance: str, scope: str) -> dict[str, Lease]:
        """Return what the server gave, and what it can still be told of; note what is lost."""
        near = super().leases(path, instance, scope)
        if scope not in self._spaces:
            return near
        space = self._spaces[scope]
        rows = {row.key: row for row in self._own_rows(path, instance, scope)}
        others = self._far.taken[space]
        found, lost = {}, {}
        for service, lease in near.items():
            if all(key in rows or key not in others for key in lease.keys()):
                found[service] = lease
            else:
                lost[service] = lease.port
        for service, lease in _newest(rows.values()).items():
            found.setdefault(service, lease)
        self._note_lost(scope, lost)
        return found

    def _note_lost(self, scope: str, lost: dict[str, int]) -> None:
        known = self._lost.setdefault(scope, {})
        for service, port in lost.items():
            if service not in known:
                said = f"{service}: {port} was given to another machine after its time"
                self._notes.append(Problem("ledger-lost", said, service=service))
        known.update(lost)

    def _own_rows(self, path: str, instance: str, scope: str) -> list[OwnRow]:
        """Return the server's rows of a checkout, without those of another folder at its path."""
        space, number = self._spaces[scope], self._number(path, instance)
        gone = self._gone(space)
        found = []
        for row in self._far.own[space]:
            if row.who != (path, instance) or row.key in gone:
                continue
            local = self._connection.execute(
                "SELECT checkout_id FROM lease WHERE (scope, protocol, port) = (?, ?, ?)",
                (stored(scope), *row.key),
            ).fetchone()
            if local is None or local[0] == number:
                found.append(row)
        return found

    def taken(
        self, scope: str, asking: tuple[str, str] | None = None
    ) -> Mapping[tuple[str, int], tuple[str, str, str]]:
        near = super().taken(scope, asking)
        if scope not in self._spaces:
            return near
        space = self._spaces[scope]
        gone, own = self._gone(space), self._far.own[space]
        found = TakenPorts(self._far, space)
        found.set_aside(row.key for row in own if row.key in gone)
        found.known = {row.key: (*row.who, row.service) for row in own if row.key not in gone}
        # What the local ledger has and the server gave to others is theirs.
        ours = {row.key for row in own}
        for key, who in near.items():
            if key in ours or key not in self._far.taken[space]:
                found.known[key] = who
        return found

    def ended_ports(
        self, path: str, instance: str, scope: str, sizes: Mapping[str, int] | None = None
    ) -> dict[str, int]:
        return super().ended_ports(path, instance, scope, sizes) | self._lost.get(scope, {})

    def record_checkout(self, checkout: Checkout, *, primary: bool, user: str, now: int) -> None:
        super().record_checkout(checkout, primary=primary, user=user, now=now)
        self._far.settle(checkout, user)
        who = (checkout.path, checkout.instance)
        self._settled.append(who)
        if not super().owners_of(*who):
            self._far.disown(who)  # an ephemeral instance of this name may have been before

    def grant(
        self, path: str, instance: str, scope: str, leases: Iterable[Lease], now: int
    ) -> None:
        wanted = tuple({lease.service: lease for lease in leases}.values())
        super().grant(path, instance, scope, wanted, now)
        if scope not in self._spaces or not wanted:
            return
        space = self._spaces[scope]
        keys = {key for lease in wanted for key in lease.keys()}
        self._far.grant((path, instance), space, wanted, keys & self._gone(space))
        self._granted.setdefault(space, set()).update(keys)
        with self._checked():
            self._connection.executemany(
                "DELETE FROM released WHERE (space, protocol, port) = (?, ?, ?)",
                [(stored(space), *key) for key in keys],
            )

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
        """Also what only the server knows: a local ledger that was lost does not have it."""
        chosen = None if services is None else set(services)
        for scope, space in self._spaces.items():
            held = super().leases(path, instance, scope)
            rows = self._own_rows(path, instance, scope)
            over = {one.key for one in rows if chosen is None or one.service in chosen}
            over -= {key for lease in held.values() for key in lease.keys()}
            # Granted a moment ago: no other transaction has seen it.
            ending = [one for name, one in held.items() if chosen is None or name in chosen]
            keys = {key for one in ending for key in one.keys()}
            over |= keys & self._granted.get(space, set())
            self._far.release(space, over)
        return super().give_back(path, instance, chosen, now, place, why=why)

    def own(self, path: str, instance: str, token: str) -> None:
        """Let it end on the server too. Raises PortmanError where a pooler has the sessions."""
        super().own(path, instance, token)
        if token != token_of(os.getpid()):
            return  # another process: its own session has its lock
        if self._far.pooled:
            raise PortmanError(
                "ledger-unusable",
                "the ledger server is reached through a pooler (PgBouncer), so a lease cannot end "
                "with a process",
                hint="leave out --ephemeral\nor name the server itself: see docs/fleet.md",
            )
        key = int.from_bytes(os.urandom(8), "big") >> 1
        self._far.own_by((path, instance), token, key)
        self.owns = True

    def disown(self, path: str, instance: str) -> None:
        super().disown(path, instance)
        self._far.disown((path, instance))

    def engine_names(self, scope: str) -> dict[EngineName, NameOwner]:
        """Also those of other machines, which the local ledger keeps from now on, for the plan."""
        if scope in self._spaces:
            rows = [
                (stored(scope), kind, stored(name), stored(path), stored(instance), AFAR)
                for kind, name, path, instance in self._far.names(self._spaces[scope])
            ]
            with self._checked():
                self._connection.execute(
                    "DELETE FROM engine_name WHERE scope = ? AND place = ?", (stored(scope), AFAR)
                )
                self._connection.executemany(
                    "INSERT OR REPLACE INTO engine_name"
                    " (scope, kind, name, path, instance, place, given_at)"
                    " VALUES (?, ?, ?, ?, ?, ?, 0)",
                    rows,
                )
        return super().engine_names(scope)

    def take_engine_names(
        self, path: str, instance: str, scope: str, names: Iterable[EngineName], now: int
    ) -> None:
        super().take_engine_names(path, instance, scope, names, now)
        self._named.append((path, instance))
        for record in records(self._connection, path).values():
            if record.instance == instance:
                self._far.settle(record, record.user)

    def know_engine(self, scope: str, identity: str, now: int, *, here: bool) -> str:
        local = super().know_engine(scope, identity, now, here=here)
        if scope in self._spaces:
            space = self._spaces[scope]
            for name in {scope, local}:
                self._far.alias(name, space)
            self._spaces[local] = space
        return local

    def finish(self) -> None:
        """Let the server commit; then keep what it vouches for, in the local transaction."""
        for path, instance in self._settled:
            for scope, space in self._spaces.items():
                self._far.release(space, self._left_over(path, instance, scope))
                self._far.renew((path, instance), space)
        for path, instance in dict.fromkeys((*self._settled, *self._named)):
            for scope, space in self._spaces.items():
                names = super().engine_names(scope).items()
                mine = [one for one, owner in names if owner[:2] == (path, instance)]
                if mine:
                    self._far.keep_names((path, instance), space, mine)
        self._far.commit()
        now, seconds = int(time.time()), self._seconds
        with self._checked():
            for path, instance in self._settled:
                number = self._number(path, instance)
                if number is None:
                    continue
                held = {scope for _, scope, _ in leases_of(self._connection, number)}
                self._connection.executemany(
                    "INSERT OR REPLACE INTO vouched VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        (
                            *(number, stored(scope), stored(space), self._mark),
                            *(self._far.ledger, self._far.counters[space]),
                            *(self._far.boot, self._far.sent, seconds, now + seconds),
                        )
                        for scope, space in self._spaces.items()
                        if scope in held
                    ],
                )

    def _left_over(self, path: str, instance: str, scope: str) -> set[Key]:
        """Return what the server has for a service that has another number here.

        The local ledger did not have it before either (`released` would), so it may go at once.
        """
        held = super().leases(path, instance, scope)
        keys = {key for lease in held.values() for key in lease.keys()}
        rows = self._own_rows(path, instance, scope)
        found = {row.key for row in rows if row.service in held}
        space = self._spaces[scope]
        return (found | self._granted.get(space, set())) - keys - self._gone(space)


def _newest(rows: Iterable[OwnRow]) -> dict[str, Lease]:
    """Gather the rows of a checkout into leases; of two of a service the one given last."""
    groups: dict[tuple[str, int], dict[str, list[OwnRow]]] = {}
    for row in rows:
        group = groups.setdefault((row.service, row.port - row.position), {})
        group.setdefault(row.protocol, []).append(row)
    found: dict[str, Lease] = {}
    for (service, first), of in groups.items():
        ports = {tuple(sorted(row.port for row in group)) for group in of.values()}
        if len(ports) != 1 or (numbers := ports.pop()) != tuple(range(first, first + len(numbers))):
            continue  # a part of one that is over
        protocols: tuple[Transport, ...] = (*(("tcp",) if "tcp" in of else ()),)
        protocols += ("udp",) if "udp" in of else ()
        given = max(row.given for group in of.values() for row in group)
        if service not in found or found[service].given_at < given:
            found[service] = Lease(service, first, len(numbers), protocols, given)
    return found
