"""A second Ledger, in memory: the model that the SQLite ledger is compared with."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from portman.base.errors import PortmanError
from portman.base.values import LOCAL_SCOPE, CheckoutRecord, OwnedLease
from portman.ledger.log import LogBook
from portman.ledger.protocol import EndedLease, LogChange, LogEntry, NameOwner
from portman.ledger.read import by_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from portman.base.errors import Problem, ServerError
    from portman.base.values import Checkout, Lease
    from portman.ledger.protocol import Asked, EngineName, LogEvent, LogQuery

Owner = tuple[str, str]


class _State(NamedTuple):
    """All that the ledger knows. Leases by (path, instance), then by (scope, service)."""

    records: dict[Owner, CheckoutRecord]
    leases: dict[Owner, dict[tuple[str, str], Lease]]
    former: dict[tuple[str, str, str, str, int], EndedLease]
    owners: dict[Owner, tuple[str, ...]]
    names: dict[tuple[str, EngineName], NameOwner]
    log: list[LogEntry]
    engines: dict[str, tuple[str, str]]

    def copy(self) -> _State:
        leases = {owner: dict(held) for owner, held in self.leases.items()}
        former, names = dict(self.former), dict(self.names)
        owners, engines = dict(self.owners), dict(self.engines)
        return _State(dict(self.records), leases, former, owners, names, [*self.log], engines)


class MemoryLedger:
    """A Ledger that lives and dies with the object."""

    shares = False

    def __init__(self) -> None:
        self._state = _State({}, {}, {}, {}, {}, [], {})
        self._commits = 0

    @property
    def path(self) -> str:
        """Return a name for messages."""
        return ":memory:"

    def stamp(self) -> tuple[int, ...]:
        """Return the number of the last commit; () before any."""
        return (self._commits,) if self._commits else ()

    def rows(self, path: str, instance: str) -> str:
        """Return all that is known of the checkout; "" for nothing."""
        record = self.record(path, instance)
        return repr((record, self._held(record))) if record else ""

    def verify(self) -> tuple[str, ...]:
        """Nothing can be wrong with it."""
        return ()

    def record(self, path: str, instance: str) -> CheckoutRecord | None:
        """Return the checkout's own record, or None if it has never asked."""
        return self._state.records.get((path, instance))

    def known_path(self, path: str) -> str:
        """No folder has two names here."""
        return path

    def leases(self, path: str, instance: str, scope: str) -> dict[str, Lease]:
        """Return the checkout's leases by service name."""
        return _leases(self._state, path, instance, scope)

    def checkouts(self) -> tuple[CheckoutRecord, ...]:
        """Return every checkout that has leases."""
        return tuple(self._state.records.values())

    def holdings(self, scope: str | None = None, path: str | None = None) -> tuple[OwnedLease, ...]:
        """Return every lease with its checkout, ordered by path, instance and port."""
        return tuple(
            OwnedLease(record, lease, space)
            for record in sorted(self._state.records.values(), key=by_bytes)
            for space, lease in self._held(record)
            if scope in (None, space) and path in (None, record.path)
        )

    def lease_on(self, scope: str, protocol: str, port: int) -> OwnedLease | None:
        """Return who has leased this very port, if anyone."""
        for holding in self.holdings(scope):
            if (protocol, port) in set(holding.lease.keys()):
                return holding
        return None

    def ended_leases(self, scope: str, port: int) -> tuple[EndedLease, ...]:
        """Return the ended leases that this port belonged to, the newest first."""
        found = [
            former
            for key, former in self._state.former.items()
            if key[2] == scope and former.port <= port < former.port + former.size
        ]
        return tuple(sorted(found, key=lambda one: (-one.ended_at, *one[:3])))

    def log(self, query: LogQuery) -> tuple[LogEntry, ...]:
        """Return rows of the log, the oldest first."""
        found = [
            one
            for one in self._state.log
            if one.number > query.after
            and one.at >= query.since
            and query.service in ("", one.service)
            and query.path in ("", one.path)
            and (
                not query.port
                or one.port <= query.port < one.port + one.size
                or one.was == query.port
            )
        ]
        return tuple(found[-query.newest :] if query.newest else found)

    def owners(self) -> dict[CheckoutRecord, tuple[str, ...]]:
        """Return the owners of every checkout that ends with its processes."""
        return {self._state.records[key]: said for key, said in self._state.owners.items()}

    def space(self, scope: str) -> str:
        """Return the port space of an engine that is spelled `scope`."""
        return self._state.engines.get(scope, ("", scope))[1]

    def engine_names(self, scope: str) -> dict[EngineName, NameOwner]:
        """Return which checkout has which name on the engine of `scope`."""
        return {name: owner for (at, name), owner in self._state.names.items() if at == scope}

    def is_due(self, path: str, instance: str, scopes: Iterable[str]) -> bool:
        """No server decides any space."""
        return False

    def is_shared(self, scope: str) -> bool:
        """No server decides any space."""
        return False

    def excuse(self, error: ServerError, path: str, instance: str) -> tuple[Problem, ...]:
        """No server can fail."""
        raise error

    def evidence(self, path: str, instance: str) -> tuple[str, ...]:
        """An answer is true for as long as the contents are."""
        return ()

    @contextmanager
    def writing(self, asked: Asked = ()) -> Iterator[MemoryWriter]:
        """Open the one write transaction: commit on leaving, roll back on an exception."""
        draft = self._state.copy()
        yield MemoryWriter(draft)
        self._state = draft
        self._commits += 1

    def close(self) -> None:
        """Do nothing: there is no file to give back."""

    def _held(self, record: CheckoutRecord) -> list[tuple[str, Lease]]:
        """Return (scope, lease) of a checkout, ordered by port and scope."""
        held = self._state.leases.get((record.path, record.instance), {})
        pairs = [(scope, lease) for (scope, _), lease in held.items()]
        return sorted(pairs, key=lambda pair: (pair[1].port, pair[0], pair[1].protocols))


class MemoryWriter:
    """A Writer over a draft that is thrown away if the transaction fails."""

    def __init__(self, draft: _State) -> None:
        self._draft = draft

    def leases(self, path: str, instance: str, scope: str) -> dict[str, Lease]:
        """Return the checkout's leases as they are under the lock."""
        return _leases(self._draft, path, instance, scope)

    def unsettled(self, only: Collection[tuple[str, str]]) -> tuple[CheckoutRecord, ...]:
        """Return the checkouts of `only`, ephemeral ones, and those of no place."""
        kept = (
            record
            for key, record in self._draft.records.items()
            if key in only or key in self._draft.owners or not record.place
        )
        return tuple(sorted(kept, key=by_bytes))

    def taken(
        self, scope: str, asking: tuple[str, str] | None = None
    ) -> dict[tuple[str, int], tuple[str, str, str]]:
        """Map every leased (protocol, port) to (checkout path, instance, service)."""
        del asking  # no folder is looked at here: no path has two
        return {
            key: (*owner, service)
            for owner, held in self._draft.leases.items()
            for (space, service), lease in held.items()
            if space == scope
            for key in lease.keys()
        }

    def tenants_on(self, scope: str, ports: Collection[int]) -> set[tuple[str, str]]:
        """Return (path, instance) of each checkout that has leased one of these numbers."""
        return {who[:2] for (_, port), who in self.taken(scope).items() if port in ports}

    def ended_ports(
        self, path: str, instance: str, scope: str, sizes: Mapping[str, int] | None = None
    ) -> dict[str, int]:
        """Return the first port each service had when last given back, of this size."""
        asked = (path, instance, scope)
        ended = [
            (key[3], key[4], one) for key, one in self._draft.former.items() if key[:3] == asked
        ]
        ended.sort(key=lambda item: (item[2].ended_at, item[1]))
        return {
            name: one.port for name, size, one in ended if sizes is None or sizes.get(name) == size
        }

    def primary_of(self, repository: str) -> tuple[str, str] | None:
        """Return (path, instance) of the repository's primary checkout: the first that asked."""
        found = [
            record
            for record in self._draft.records.values()
            if record.repository == repository and record.primary
        ]
        first = min(found, key=lambda record: record.made_at, default=None)
        return None if first is None else (first.path, first.instance)

    def record_checkout(self, checkout: Checkout, *, primary: bool, user: str, now: int) -> None:
        """Record the checkout, or refresh its record (`used_at` becomes `now`)."""
        owner = (checkout.path, checkout.instance)
        known = self._draft.records.get(owner)
        made_at = known.made_at if known else now
        self._draft.records[owner] = CheckoutRecord(
            *owner, checkout.project, primary, checkout.repository, user, made_at, now
        )

    def grant(
        self, path: str, instance: str, scope: str, leases: Iterable[Lease], now: int
    ) -> None:
        """Store the leases, replacing earlier ones of the same services."""
        if (path, instance) not in self._draft.records:
            raise LookupError(f"record the checkout before granting: {path}")
        held = self._draft.leases.setdefault((path, instance), {})
        wanted = {(scope, lease.service): lease for lease in leases}
        ports = {name: one.port for (space, name), one in held.items() if space == scope}
        for key, lease in wanted.items():
            before = held.pop(key, None)
            owned = (path, instance) in self._draft.owners
            if before is not None and before.size != lease.size and not owned:
                self._remember((path, instance), scope, before, now)
        for key, lease in wanted.items():
            if not self.taken(scope).keys().isdisjoint(lease.keys()):
                raise PortmanError("ledger-damaged", f"{lease.service}: a port is leased already")
            protocols = tuple(sorted(lease.protocols))
            held[key] = lease._replace(protocols=protocols, given_at=now)
            was = ports.get(lease.service)
            if was != lease.port:
                event: LogEvent = "leased" if was is None else "moved"
                self.note(LogChange(event, path, instance, scope, lease, was), now)

    def is_shared(self, scope: str) -> bool:
        """No server decides any space."""
        return False

    def notes(self) -> tuple[Problem, ...]:
        """Nothing is lost while it is read."""
        return ()

    def note(self, change: LogChange, now: int) -> None:
        """Add a row to the log."""
        entry = LogEntry(0, *LogBook().row(change, now))
        number = self._draft.log[-1].number + 1 if self._draft.log else 1
        self._draft.log.append(entry._replace(number=number))

    def _remember(self, owner: Owner, scope: str, lease: Lease, now: int) -> None:
        self._draft.former[(*owner, scope, lease.service, lease.size)] = EndedLease(
            *owner, lease.service, lease.port, lease.size, now
        )

    def note_place(self, record: CheckoutRecord) -> None:
        """Do nothing: no folder is looked at here."""

    def disown(self, path: str, instance: str) -> None:
        """Let an instance outlive its processes."""
        self._draft.owners.pop((path, instance), None)

    def give_back(
        self,
        path: str,
        instance: str,
        services: Iterable[str] | None,
        now: int,
        place: str | None = None,
        *,
        why: str = "",
    ) -> tuple[Lease, ...]:
        """End leases (all of the checkout for None) in every scope, remember them as former."""
        del place
        held = self._draft.leases.get((path, instance), {})
        chosen = None if services is None else set(services)
        ended = {key: held[key] for key in held if chosen is None or key[1] in chosen}
        for (scope, service), lease in ended.items():
            if (path, instance) not in self._draft.owners:
                self._remember((path, instance), scope, lease, now)
            del held[scope, service]
            event: LogEvent = "reclaimed" if why else "given-back"
            self.note(LogChange(event, path, instance, scope, lease, why=why), now)
        if not held:
            self._draft.records.pop((path, instance), None)
            self._draft.leases.pop((path, instance), None)
            self._draft.owners.pop((path, instance), None)
        by_scope = [lease for _, lease in sorted(ended.items())]
        return tuple(sorted(by_scope, key=lambda lease: (lease.port, lease.protocols)))

    def own(self, path: str, instance: str, token: str) -> None:
        """Let the leases of a checkout end with the process that `token` names."""
        if (path, instance) not in self._draft.records:
            raise LookupError(f"record the checkout before it has owners: {path}")
        known = self._draft.owners.get((path, instance), ())
        self._draft.owners[path, instance] = tuple(sorted({*known, token}))

    def owners(self) -> dict[CheckoutRecord, tuple[str, ...]]:
        """Return all owners."""
        return {self._draft.records[key]: said for key, said in self._draft.owners.items()}

    def owners_of(self, path: str, instance: str) -> tuple[str, ...]:
        """Return the owners of a checkout."""
        return self._draft.owners.get((path, instance), ())

    def engine_names(self, scope: str) -> dict[EngineName, NameOwner]:
        """Return which checkout has which name."""
        return {name: owner for (at, name), owner in self._draft.names.items() if at == scope}

    def take_engine_names(
        self, path: str, instance: str, scope: str, names: Iterable[EngineName], now: int
    ) -> None:
        """Give a checkout these names in place of those it had; another's are not touched."""
        del now
        held, owner = self._draft.names, NameOwner(path, instance)
        for key in [key for key in held if key[0] == scope and held[key] == owner]:
            del held[key]
        for name in names:
            held.setdefault((scope, name), owner)

    def drop_engine_names(self, owner: NameOwner) -> None:
        """Forget the names of a checkout that is gone, in every scope."""
        held = self._draft.names
        for key in [key for key in held if held[key] == owner]:
            del held[key]

    def know_engine(self, scope: str, identity: str, now: int, *, here: bool) -> str:
        """Keep which engine answers for `scope`; return the port space of that engine."""
        draft = self._draft
        known = [space for at, (said, space) in draft.engines.items() if said == identity]
        space = LOCAL_SCOPE if here else next(iter(known), scope)
        draft.engines[scope] = (identity, space)
        if space == scope:
            return space
        for owner in sorted(draft.leases):
            held = draft.leases[owner]
            for key in sorted(key for key in held if key[0] == scope):
                lease = held.pop(key)
                taken = self.taken(space).keys() & set(lease.keys())
                if not taken and (space, key[1]) not in held:
                    held[space, key[1]] = lease
                    continue
                self._remember(owner, scope, lease, now)
                why = f"the engine of {scope} is that of {space}, where the port is leased"
                self.note(LogChange("reclaimed", *owner, scope, lease, why=why), now)
        for key in [key for key in draft.former if key[2] == scope]:
            draft.former.setdefault((*key[:2], space, *key[3:]), draft.former.pop(key))
        for at, name in [key for key in draft.names if key[0] == scope]:
            draft.names.setdefault((space, name), draft.names.pop((at, name)))
        return space


def _leases(state: _State, path: str, instance: str, scope: str) -> dict[str, Lease]:
    held = state.leases.get((path, instance), {})
    return {service: lease for (space, service), lease in held.items() if space == scope}
