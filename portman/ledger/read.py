"""The ledger's queries and the values made of its rows, for readers and inside a transaction."""

from __future__ import annotations

import os

from portman.base.values import CheckoutRecord, Lease, OwnedLease
from portman.ledger.fast_read import stored
from portman.ledger.protocol import EndedLease, LogEntry, NameOwner
from portman.machine import mounts

TYPE_CHECKING = False

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from typing import Any

    from portman.base.values import Transport
    from portman.ledger.protocol import LogQuery

#: A text as SQLite keeps it: a BLOB where the name of a file is not UTF-8.
Stored = str | bytes
LeaseRow = tuple[int, str, Stored, str, int, int]


class DamagedRowError(Exception):
    """A row that portman cannot have written: SQLite returns what it finds on the disk."""


def text(value: Stored) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return os.fsdecode(value)
    raise DamagedRowError(f"a row has {value!r} where a text should be")


def record_from_row(
    row: tuple[Stored, Stored, Stored, int, Stored | None, Stored, int, int, Stored],
) -> CheckoutRecord:
    path, instance, project, primary, repository, user, made_at, used_at, place = row
    return CheckoutRecord(
        text(path),
        text(instance),
        text(project),
        bool(primary),
        None if repository is None else text(repository),
        text(user),
        made_at,
        used_at,
        text(place),
    )


def by_bytes(item: CheckoutRecord) -> tuple[bytes, bytes]:
    """Order checkouts by the bytes of path and instance, which any two machines agree on."""
    return (os.fsencode(item.path), os.fsencode(item.instance))


def leases_from_rows(rows: Iterable[LeaseRow]) -> dict[tuple[int, str, str], Lease]:
    """Gather rows (checkout, scope, service, protocol, port, given_at) into leases.

    The rows of one protocol come in ascending order of ports. Keys: (checkout, scope, service).
    """
    found: dict[tuple[int, str, Stored], dict[str, list[int]]] = {}
    given: dict[tuple[int, str, Stored], int] = {}
    for checkout, scope, service, protocol, port, given_at in rows:
        key = (checkout, scope, service)
        if key not in found:
            found[key] = {}
            given[key] = given_at
        found[key].setdefault(protocol, []).append(port)
    return {
        (key[0], key[1], text(key[2])): _lease(text(key[2]), ports, given[key])
        for key, ports in found.items()
    }


def holdings_from_rows(
    records: dict[int, CheckoutRecord], rows: Iterable[LeaseRow]
) -> tuple[OwnedLease, ...]:
    """Return every lease with its checkout, ordered by path, instance, port and scope.

    Raises DamagedRowError for a lease whose checkout is unknown.
    """
    of: dict[int, list[OwnedLease]] = {}
    for (checkout, scope, _), lease in leases_from_rows(rows).items():
        if checkout not in records:
            raise DamagedRowError(f"the lease of port {lease.port} has no checkout")
        of.setdefault(checkout, []).append(OwnedLease(records[checkout], lease, scope))
    ordered = sorted(of.values(), key=lambda held: by_bytes(held[0].record))
    return tuple(holding for held in ordered for holding in sorted(held, key=_by_port))


def _by_port(holding: OwnedLease) -> tuple[int, str, tuple[str, ...]]:
    return (holding.lease.port, holding.scope, holding.lease.protocols)


def _lease(service: str, ports: dict[str, list[int]], given_at: int) -> Lease:
    """All protocols of a lease have the same consecutive ports; "tcp" comes before "udp"."""
    first, *others = ports.values()
    if not _consecutive(first) or any(other != first for other in others):
        raise DamagedRowError(f"the lease of {service} is not whole (ports {first[:9]})")
    protocols: tuple[Transport, ...] = ("tcp",) if "tcp" in ports else ()
    if "udp" in ports:
        protocols += ("udp",)
    return Lease(service, first[0], len(first), protocols, given_at)


def _consecutive(ports: list[int]) -> bool:
    try:
        return ports[-1] - ports[0] == len(ports) - 1
    except TypeError:
        return False


# Queries. Their columns come in the order that the functions above expect.

_RECORD = "path, instance, project, is_primary, repository, user, made_at, used_at, place"
_LEASE = "checkout_id, scope, service, protocol, port, given_at"


def checkout_id(connection: sqlite3.Connection, path: str, instance: str) -> int | None:
    """Return the number of the checkout whose folder lies at `path` in this view of the machine.

    Two containers may have two checkouts at one path.
    """
    rows = connection.execute(
        "SELECT id, place FROM checkout WHERE path = ? AND instance = ? ORDER BY id",
        (stored(path), stored(instance)),
    ).fetchall()
    at = mounts.choose(path, [text(place) for _, place in rows]) if rows else None
    return None if at is None else rows[at][0]


def known_path(connection: sqlite3.Connection, path: str) -> str:
    """Return the recorded path of the folder at `path`, by device and inode; else `path` itself.

    One folder can have two spellings that no link explains: a bind mount, a file system that
    ignores case, a network path to this machine.
    """
    if connection.execute("SELECT 1 FROM checkout WHERE path = ?", (stored(path),)).fetchone():
        return path
    inode = mounts.identity(path)[1]
    if not inode:
        return path
    rows = connection.execute(
        "SELECT DISTINCT path FROM checkout WHERE instr(place, ?) ORDER BY id", (f"\n{inode}\n",)
    )
    others = (text(row[0]) for row in rows.fetchall())
    return next((one for one in others if mounts.identity(one) == mounts.identity(path)), path)


def record(connection: sqlite3.Connection, path: str, instance: str) -> CheckoutRecord | None:
    number = checkout_id(connection, path, instance)
    return None if number is None else record_of(connection, number)


def records(connection: sqlite3.Connection, path: str | None = None) -> dict[int, CheckoutRecord]:
    found = connection.execute(
        f"SELECT id, {_RECORD} FROM checkout WHERE :path IS NULL OR path = :path",
        {"path": None if path is None else stored(path)},
    )
    return {row[0]: record_from_row(row[1:]) for row in found}


def record_of(connection: sqlite3.Connection, number: int) -> CheckoutRecord:
    found = connection.execute(f"SELECT {_RECORD} FROM checkout WHERE id = ?", (number,))
    return record_from_row(found.fetchone())


def unsettled(connection: sqlite3.Connection) -> dict[int, CheckoutRecord]:
    found = connection.execute(
        f"SELECT id, {_RECORD} FROM checkout"
        " WHERE place = '' OR id IN (SELECT checkout_id FROM owner)"
    )
    return {row[0]: record_from_row(row[1:]) for row in found}


def owners(connection: sqlite3.Connection) -> dict[CheckoutRecord, tuple[str, ...]]:
    found: dict[CheckoutRecord, tuple[str, ...]] = {}
    for token, *row in connection.execute(
        f"SELECT token, {_RECORD} FROM owner JOIN checkout ON id = checkout_id ORDER BY id, token"
    ):
        key = record_from_row(tuple(row))
        found[key] = (*found.get(key, ()), text(token))
    return found


def places_here(
    connection: sqlite3.Connection, table: str, path: str, instance: str
) -> list[Stored]:
    """Return the places under which a table has the checkout that this view sees at `path`.

    Another container may have another checkout there. "" is what an older portman kept.
    """
    found = connection.execute(
        f"SELECT DISTINCT place FROM {table} WHERE path = ? AND instance = ?",
        (stored(path), stored(instance)),
    )
    return [row[0] for row in found if mounts.look(path, text(row[0])) != "other"]


def leases(
    connection: sqlite3.Connection, path: str, instance: str, scope: str
) -> dict[str, Lease]:
    number = checkout_id(connection, path, instance)
    found = {} if number is None else leases_of(connection, number)
    return {service: lease for (_, where, service), lease in found.items() if where == scope}


def leases_of(connection: sqlite3.Connection, number: int) -> dict[tuple[int, str, str], Lease]:
    return leases_from_rows(
        connection.execute(
            f"SELECT {_LEASE}"
            " FROM lease WHERE checkout_id = ?"
            " ORDER BY scope, service, protocol, port",
            (number,),
        )
    )


def holdings(
    connection: sqlite3.Connection, scope: str | None, path: str | None
) -> tuple[OwnedLease, ...]:
    """Return every lease with its checkout; both queries see the same moment."""
    begun = not connection.in_transaction
    if begun:
        connection.execute("BEGIN")
    try:
        known = records(connection, path)
        found = connection.execute(
            f"SELECT {_LEASE} FROM lease WHERE (:scope IS NULL OR scope = :scope)"
            " AND (:path IS NULL OR checkout_id IN (SELECT id FROM checkout WHERE path = :path))"
            " ORDER BY scope, protocol, port",
            {
                "scope": None if scope is None else stored(scope),
                "path": None if path is None else stored(path),
            },
        )
        return holdings_from_rows(known, found)
    finally:
        if begun:
            connection.execute("ROLLBACK")


def lease_on(
    connection: sqlite3.Connection, scope: str, protocol: str, port: int
) -> OwnedLease | None:
    found = connection.execute(
        "SELECT mine.checkout_id, mine.scope, mine.service, mine.protocol, mine.port, mine.given_at"
        " FROM lease AS asked JOIN lease AS mine USING (checkout_id, scope, service)"
        " WHERE asked.scope = ? AND asked.protocol = ? AND asked.port = ?"
        " ORDER BY mine.protocol, mine.port",
        (stored(scope), protocol, port),
    ).fetchall()
    if not found:
        return None
    row = connection.execute(
        f"SELECT {_RECORD} FROM checkout WHERE id = ?", (found[0][0],)
    ).fetchone()
    return holdings_from_rows({found[0][0]: record_from_row(row)}, found)[0]


def ended_leases(connection: sqlite3.Connection, scope: str, port: int) -> tuple[EndedLease, ...]:
    found = connection.execute(
        "SELECT path, instance, service, port, size, ended_at FROM former"
        " WHERE scope = ? AND port <= ? AND port + size > ?"
        " ORDER BY ended_at DESC, path, instance, service, size",
        (stored(scope), port, port),
    )
    return tuple(
        EndedLease(text(path), text(instance), text(service), *numbers)
        for path, instance, service, *numbers in found
    )


def log(connection: sqlite3.Connection, query: LogQuery) -> tuple[LogEntry, ...]:
    found = connection.execute(
        f"SELECT {', '.join(LogEntry._fields)} FROM log"
        " WHERE number > :after AND at >= :since"
        " AND (:service = '' OR service = :service) AND (:path = '' OR path = :path)"
        " AND (NOT :port OR (port <= :port AND port + size > :port) OR was = :port)"
        " ORDER BY number DESC LIMIT :newest",
        {
            **query._asdict(),
            "service": stored(query.service),
            "path": stored(query.path),
            "newest": query.newest or -1,
        },
    )
    return tuple(LogEntry(*map(_plain, row)) for row in reversed(found.fetchall()))


def _plain(value: object) -> Any:
    return os.fsdecode(value) if isinstance(value, bytes) else value


def engine_names(connection: sqlite3.Connection, scope: str) -> dict[tuple[str, str], NameOwner]:
    found = connection.execute(
        "SELECT kind, name, path, instance, place FROM engine_name WHERE scope = ?",
        (stored(scope),),
    )
    return {(text(kind), text(name)): NameOwner(*map(text, owner)) for kind, name, *owner in found}
