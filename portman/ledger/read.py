"""What the ledger is asked, as SQL: the same for a reader and inside a write transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.ledger import rows
from portman.ledger.rows import stored

if TYPE_CHECKING:
    import sqlite3

    from portman.base.values import Holding, Lease, Tenant
    from portman.ledger.former import Former

# The columns come in the order that rows.py takes them in.


def checkout_id(connection: sqlite3.Connection, path: str, instance: str) -> int | None:
    """Return the checkout's number, or None if the ledger does not know it."""
    row = connection.execute(
        "SELECT id FROM checkout WHERE path = ? AND instance = ?", (stored(path), stored(instance))
    ).fetchone()
    return None if row is None else row[0]


def tenant(connection: sqlite3.Connection, path: str, instance: str) -> Tenant | None:
    """Return the checkout's own record."""
    row = connection.execute(
        "SELECT path, instance, project, is_primary, repository, user, made_at, used_at"
        " FROM checkout WHERE path = ? AND instance = ?",
        (stored(path), stored(instance)),
    ).fetchone()
    return None if row is None else rows.tenant(row)


def tenants(connection: sqlite3.Connection) -> dict[int, Tenant]:
    """Return all checkouts by number."""
    found = connection.execute(
        "SELECT id, path, instance, project, is_primary, repository, user, made_at, used_at"
        " FROM checkout"
    )
    return {row[0]: rows.tenant(row[1:]) for row in found}


def owners(connection: sqlite3.Connection) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the owners of every checkout that has some, by (path, instance)."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for path, instance, token in connection.execute(
        "SELECT path, instance, token FROM owner ORDER BY path, instance, token"
    ):
        key = (rows.text(path), rows.text(instance))
        found[key] = (*found.get(key, ()), rows.text(token))
    return found


def leases(
    connection: sqlite3.Connection, path: str, instance: str, scope: str
) -> dict[str, Lease]:
    """Return the leases of one checkout in one port space, by service."""
    found = connection.execute(
        "SELECT checkout_id, scope, service, protocol, port, given_at"
        " FROM lease WHERE scope = ? AND checkout_id ="
        " (SELECT id FROM checkout WHERE path = ? AND instance = ?)"
        " ORDER BY service, protocol, port",
        (stored(scope), stored(path), stored(instance)),
    )
    return {service: lease for (_, _, service), lease in rows.leases(found).items()}


def leases_of(connection: sqlite3.Connection, number: int) -> dict[tuple[int, str, str], Lease]:
    """Return all leases of the checkout `number`, by (number, scope, service)."""
    return rows.leases(
        connection.execute(
            "SELECT checkout_id, scope, service, protocol, port, given_at"
            " FROM lease WHERE checkout_id = ?"
            " ORDER BY scope, service, protocol, port",
            (number,),
        )
    )


def holdings(connection: sqlite3.Connection, scope: str | None) -> tuple[Holding, ...]:
    """Return every lease with its checkout; both queries see the same moment."""
    begun = not connection.in_transaction
    if begun:
        connection.execute("BEGIN")
    try:
        known = tenants(connection)
        found = connection.execute(
            "SELECT checkout_id, scope, service, protocol, port, given_at"
            " FROM lease WHERE :scope IS NULL OR scope = :scope"
            " ORDER BY scope, protocol, port",
            {"scope": None if scope is None else stored(scope)},
        )
        return rows.holdings(known, found)
    finally:
        if begun:
            connection.execute("ROLLBACK")


def holding_of(
    connection: sqlite3.Connection, scope: str, protocol: str, port: int
) -> Holding | None:
    """Return the lease that this port belongs to, with its checkout."""
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
        "SELECT path, instance, project, is_primary, repository, user, made_at, used_at"
        " FROM checkout WHERE id = ?",
        (found[0][0],),
    ).fetchone()
    return rows.holdings({found[0][0]: rows.tenant(row)}, found)[0]


def formers_of(connection: sqlite3.Connection, scope: str, port: int) -> tuple[Former, ...]:
    """Return the ended leases that this port belonged to, the newest first."""
    from portman.ledger.former import Former

    found = connection.execute(
        "SELECT path, instance, service, port, size, ended_at FROM former"
        " WHERE scope = ? AND port <= ? AND port + size > ?"
        " ORDER BY ended_at DESC, path, instance, service",
        (stored(scope), port, port),
    )
    return tuple(
        Former(rows.text(path), rows.text(instance), rows.text(service), *numbers)
        for path, instance, service, *numbers in found
    )
