"""Reading what is left in a damaged ledger. Works on a private copy; the original stays as it is.

SQLite refuses a page that makes no sense, and with it the query. So each table is read from
both ends up to the damage, leases also in small ranges of ports around it. If even the first
page is gone (it tells SQLite where the tables are), that of a fresh ledger stands in for it:
tables made by the same statements begin on the same pages.

A lease of which the end or one protocol is gone comes back without it: the next `up` of its
checkout asks for what is missing, and its first port is kept.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from portman import state as place
from portman.base.values import LOCAL_SCOPE
from portman.ledger import connect as sqlite_schema
from portman.ledger.read import stored

if TYPE_CHECKING:
    from collections.abc import Iterable

_PAGE = 4096
#: Ports asked for at once around the damage: about what one page holds.
_STRIDE = 64

_CHECKOUTS = (
    "SELECT id, path, instance, project, is_primary, repository, user, made_at, used_at"
    " FROM checkout"
)
_LEASES = "SELECT scope, protocol, port, checkout_id, service, position, given_at FROM lease"
_OWNERS = "SELECT path, instance, token FROM owner"
_FORMER = "SELECT path, instance, scope, service, port, size, ended_at FROM former"


class CheckoutRow(NamedTuple):
    """A row of `checkout`, columns in this order."""

    id: int
    path: str
    instance: str
    project: str
    is_primary: int
    repository: str | None
    user: str
    made_at: int
    used_at: int

    def makes_sense(self) -> bool:
        """Tell whether portman can have written this."""
        texts = (self.path, self.instance, self.project, self.user)
        numbers = (self.id, self.made_at, self.used_at)
        return _all(str, texts) and _all(int, numbers) and self.is_primary in (0, 1)


class LeaseRow(NamedTuple):
    """A row of `lease`: one port in one protocol."""

    scope: str
    protocol: str
    port: int
    checkout_id: int
    service: str
    position: int
    given_at: int

    def makes_sense(self) -> bool:
        """Tell whether portman can have written this."""
        numbers = (self.port, self.checkout_id, self.position, self.given_at)
        if not _all(int, numbers) or not _all(str, (self.scope, self.service)):
            return False
        return self.protocol in ("tcp", "udp") and 0 < self.port < 65536


class FormerRow(NamedTuple):
    """A row of `former`."""

    path: str
    instance: str
    scope: str
    service: str
    port: int
    size: int
    ended_at: int

    def makes_sense(self) -> bool:
        """Tell whether portman can have written this."""
        texts = (self.path, self.instance, self.scope, self.service)
        return _all(str, texts) and _all(int, (self.port, self.size, self.ended_at))


class Salvage(NamedTuple):
    """What a fresh ledger can take as it is; `leases` saved, and `lost` as far as is known."""

    checkouts: tuple[CheckoutRow, ...] = ()
    lease_rows: tuple[LeaseRow, ...] = ()
    former: tuple[FormerRow, ...] = ()
    leases: int = 0
    lost: int = 0
    owners: tuple[tuple[str, ...], ...] = ()


def salvage(path: str) -> Salvage:
    """Read what can be read of the ledger at `path`. Raises OSError if no copy can be made."""
    with tempfile.TemporaryDirectory(prefix="portman-") as folder:
        twin = os.path.join(folder, place.NAME)
        _copy(path, twin)
        found = _read(twin)
        if not found.checkouts:
            _copy(path, twin)
            _lend_first_page(twin)
            found = _read(twin)
    return found


def restore(connection: sqlite3.Connection, found: Salvage) -> None:
    """Write the rows into a fresh ledger, inside the caller's transaction."""
    connection.executemany(
        "INSERT INTO checkout (id, path, instance, project, is_primary, repository, user,"
        " made_at, used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        map(_row, found.checkouts),
    )
    connection.executemany(
        "INSERT INTO lease (scope, protocol, port, checkout_id, service, position, given_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        map(_row, found.lease_rows),
    )
    connection.executemany(
        "INSERT INTO former (path, instance, scope, service, port, size, ended_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        map(_row, found.former),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO owner (path, instance, token) VALUES (?, ?, ?)",
        map(_row, found.owners),
    )


def _copy(path: str, twin: str) -> None:
    for suffix in ("", "-wal", "-journal"):
        with suppress(FileNotFoundError):
            os.remove(twin + suffix)
        if os.path.exists(path + suffix):
            shutil.copyfile(path + suffix, twin + suffix)


def _lend_first_page(twin: str) -> None:
    """Put a fresh ledger's first page (header and schema) in place of the first page of `twin`."""
    fresh = twin + ".fresh"
    with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        sqlite_schema.migrate(connection, 0)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
    with open(fresh, "rb") as file:
        page = bytearray(file.read(_PAGE))
    pages = max(os.path.getsize(twin), os.path.getsize(fresh)) // _PAGE
    # Bytes 28 to 31 of the header: the number of pages (sqlite.org/fileformat2.html).
    page[28:32] = pages.to_bytes(4, "big")
    with open(twin, "r+b") as file:
        file.write(page)


def _read(twin: str) -> Salvage:
    with closing(sqlite3.connect(twin, isolation_level=None)) as connection:
        connection.text_factory = lambda data: data.decode(errors="surrogateescape")
        rows = _lease_rows(connection)
        checkouts = _checkouts(connection, {row.checkout_id for row in rows})
        former = _former_rows(connection)
        owners = [row for row in map(_texts, _rows(connection, _OWNERS)) if _all(str, row)]
    whole, lost = _whole(rows, {row.id for row in checkouts})
    of_whole = tuple(row for lease in whole for row in lease)
    return Salvage(tuple(checkouts), of_whole, tuple(former), len(whole), lost, tuple(owners))


def _checkouts(connection: sqlite3.Connection, numbers: Iterable[int]) -> list[CheckoutRow]:
    found = _both_ways(connection, _CHECKOUTS, ("id",))
    for number in numbers:
        found += _rows(connection, f"{_CHECKOUTS} WHERE id = ?", (number,))
    owners: dict[tuple[str, str], CheckoutRow] = {}
    seen: set[int] = set()
    for row in map(CheckoutRow._make, map(_texts, found)):
        if row.makes_sense() and row.id not in seen:
            seen.add(row.id)
            owners.setdefault((row.path, row.instance), row)
    return list(owners.values())


def _lease_rows(connection: sqlite3.Connection) -> list[LeaseRow]:
    """Return every readable row; of two for one port the first one read."""
    read = _both_ways(connection, _LEASES, ("scope", "protocol", "port"))
    around = f"{_LEASES} WHERE scope = ? AND protocol = ? AND port BETWEEN ? AND ?"
    for scope in {LOCAL_SCOPE, *(row[0] for row in read if isinstance(row[0], str))}:
        for protocol in ("tcp", "udp"):
            for low in range(0, 65536, _STRIDE):
                read += _rows(connection, around, (scope, protocol, low, low + _STRIDE - 1))
    found: dict[tuple[str, str, int], LeaseRow] = {}
    for row in map(LeaseRow._make, map(_texts, read)):
        if row.makes_sense():
            found.setdefault((row.scope, row.protocol, row.port), row)
    return list(found.values())


def _former_rows(connection: sqlite3.Connection) -> Iterable[FormerRow]:
    read = _both_ways(connection, _FORMER, ("path", "instance", "scope", "service"))
    rows = [FormerRow._make(row) for row in map(_texts, read)]
    return {row[:4]: row for row in rows if row.makes_sense()}.values()


def _both_ways(
    connection: sqlite3.Connection, select: str, order: tuple[str, ...]
) -> list[tuple[Any, ...]]:
    """Read a table from its start and from its end, each up to the damage (rows come twice)."""
    backwards = ", ".join(f"{column} DESC" for column in order)
    return [
        *_rows(connection, f"{select} ORDER BY {', '.join(order)}"),
        *_rows(connection, f"{select} ORDER BY {backwards}"),
    ]


def _rows(
    connection: sqlite3.Connection, query: str, values: tuple[object, ...] = ()
) -> list[tuple[Any, ...]]:
    """Return the rows up to the first that cannot be read."""
    found: list[tuple[Any, ...]] = []
    with suppress(sqlite3.Error, UnicodeDecodeError):
        for row in connection.execute(query, values):
            found.append(row)  # noqa: PERF402 (keep those before the failure)
    return found


def _whole(rows: list[LeaseRow], known: set[int]) -> tuple[list[list[LeaseRow]], int]:
    """Gather rows into leases; keep those that are whole and whose checkout is known."""
    groups: dict[tuple[str, int, str], list[LeaseRow]] = {}
    for row in rows:
        groups.setdefault((row.scope, row.checkout_id, row.service), []).append(row)
    whole = [group for group in groups.values() if group[0].checkout_id in known and _fits(group)]
    return whole, len(groups) - len(whole)


def _fits(group: list[LeaseRow]) -> bool:
    """Tell whether all protocols found have the same consecutive ports, from position 0 on."""
    ports: dict[str, list[tuple[int, int]]] = {}
    for row in group:
        ports.setdefault(row.protocol, []).append((row.position, row.port))
    sets = [sorted(of) for of in ports.values()]
    start = sets[0][0][1]
    expected = [(step, start + step) for step in range(len(sets[0]))]
    return all(of == expected for of in sets)


def _texts(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Turn the BLOBs of names that are no UTF-8 into text."""
    return tuple(os.fsdecode(value) if isinstance(value, bytes) else value for value in row)


def _row(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Turn text into what SQLite can keep."""
    return tuple(stored(value) if isinstance(value, str) else value for value in row)


def _all(kind: type, values: Iterable[object]) -> bool:
    return all(isinstance(value, kind) for value in values)
