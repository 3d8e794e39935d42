"""Port spaces of engines: one for each machine, however the address of its engine is spelled.

What a setting spells (`host:build.lan`, `host:10.0.0.5`) is a scope. An engine says which one it
is (the ID of its `/info`), so the ledger keeps which scopes are one engine, and their space: the
scope that was seen first, or this machine's. And who has which number in one.
"""

from __future__ import annotations

from collections.abc import Mapping

from portman.base.values import LOCAL_SCOPE
from portman.ledger.fast_read import stored
from portman.ledger.read import record_of, text

TYPE_CHECKING = False

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, ItemsView, Iterator
    from contextlib import AbstractContextManager
    from typing import Any

    from portman.ledger.read import Stored

#: Leases first: a trigger asks which of them are vouched for.
_TABLES = ("lease", "former", "engine_name", "vouched")


def space_of(connection: sqlite3.Connection, scope: str) -> str:
    """Return the port space of what is spelled `scope`: itself, until its engine was asked."""
    row = connection.execute(
        "SELECT space FROM engine WHERE scope = ?", (stored(scope),)
    ).fetchone()
    return scope if row is None else text(row[0])


def learn(connection: sqlite3.Connection, scope: str, identity: str, *, here: bool) -> str:
    """Keep which engine `scope` is; return its space. Leases in another one stay where they are."""
    known = connection.execute(
        "SELECT identity, space FROM engine WHERE scope = ?", (stored(scope),)
    )
    row = known.fetchone()
    if row is not None and text(row[0]) == identity and (not here or row[1] == LOCAL_SCOPE):
        return text(row[1])
    same = connection.execute(
        "SELECT space FROM engine WHERE identity = ? AND scope <> ? LIMIT 1",
        (stored(identity), stored(scope)),
    ).fetchone()
    space = LOCAL_SCOPE if here else scope if same is None else text(same[0])
    connection.execute(
        "INSERT OR REPLACE INTO engine VALUES (?, ?, ?)",
        (stored(scope), stored(identity), stored(space)),
    )
    return space


def colliding(connection: sqlite3.Connection, scope: str, space: str) -> list[tuple[int, str]]:
    """Return the leases (checkout's number, service) in `scope` that have no room in `space`."""
    found = connection.execute(
        "SELECT DISTINCT mine.checkout_id, mine.service FROM lease AS mine JOIN lease AS other"
        " ON other.scope = ? AND ((other.protocol, other.port) = (mine.protocol, mine.port)"
        " OR (other.checkout_id, other.service) = (mine.checkout_id, mine.service))"
        " WHERE mine.scope = ?",
        (stored(space), stored(scope)),
    )
    return [(number, text(service)) for number, service in found]


def move(connection: sqlite3.Connection, scope: str, space: str) -> None:
    """Take what is known of `scope` over into `space`; end whole leases that have no room there."""
    connection.executemany(
        "DELETE FROM lease WHERE scope = ? AND checkout_id = ? AND service = ?",
        [
            (stored(scope), number, stored(service))
            for number, service in colliding(connection, scope, space)
        ],
    )
    for table in _TABLES:
        connection.execute(
            f"UPDATE OR IGNORE {table} SET scope = ? WHERE scope = ?",  # noqa: S608 - our own names
            (stored(space), stored(scope)),
        )
        connection.execute(f"DELETE FROM {table} WHERE scope = ?", (stored(scope),))  # noqa: S608


def name_after_machines(connection: sqlite3.Connection) -> None:
    """Rename the port spaces that an older portman named after the address of an engine."""
    from portman.containers.endpoint import EngineEndpoint  # an old ledger alone needs it

    found = {
        text(row[0])
        for table in _TABLES
        for row in connection.execute(f"SELECT DISTINCT scope FROM {table}")  # noqa: S608
    }
    for scope in sorted(found):
        scheme, mark, rest = scope.partition(":")
        if mark and scheme in ("ssh", "tcp"):
            move(connection, scope, EngineEndpoint(f"{scheme}://{rest}").scope)


class LeasedPorts(Mapping[tuple[str, int], tuple[str, str, str]]):
    """Who has which (protocol, port) of a scope, until the next write; others wait meanwhile.

    A plan mostly wants to know of few numbers, and a ledger may have tens of thousands: the first
    ones are asked for one by one, then all are read.
    """

    ONE_BY_ONE = 200

    def __init__(
        self,
        connection: sqlite3.Connection,
        checked: Callable[[], AbstractContextManager[None]],
        scope: Stored,
        asking: tuple[str, str] | None,
        mine: int | None,
    ) -> None:
        self._connection, self._checked, self._scope = connection, checked, scope
        self._asking, self._mine = asking, mine
        self._asked = 0
        self._keys: frozenset[tuple[str, int]] | None = None
        self._paths: dict[int, tuple[str, str]] = {}

    def __getitem__(self, key: tuple[str, int]) -> tuple[str, str, str]:
        row = self._row(key)
        if row is None:
            raise KeyError(key)
        return self._named(*row)

    def __contains__(self, key: object) -> bool:
        self._asked += 1
        if self._keys is None and self._asked <= self.ONE_BY_ONE:
            return isinstance(key, tuple) and self._row(key) is not None
        return key in self._all()

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def items(self) -> ItemsView[tuple[str, int], tuple[str, str, str]]:
        """Return all of them, read at once."""
        rows = self._read("SELECT protocol, port, checkout_id, service FROM lease WHERE scope = ?")
        return {(word, port): self._named(*row) for word, port, *row in rows}.items()

    def _row(self, key: tuple[str, int]) -> tuple[int, Stored] | None:
        rows = self._read(
            "SELECT checkout_id, service FROM lease WHERE (scope, protocol, port) = (?, ?, ?)", *key
        )
        return rows[0] if rows else None

    def _all(self) -> frozenset[tuple[str, int]]:
        if self._keys is None:
            self._keys = frozenset(self._read("SELECT protocol, port FROM lease WHERE scope = ?"))
        return self._keys

    def _read(self, query: str, *key: str | int) -> list[tuple[Any, ...]]:
        with self._checked():
            return self._connection.execute(query, (self._scope, *key)).fetchall()

    def _named(self, number: int, service: Stored) -> tuple[str, str, str]:
        if number not in self._paths:
            with self._checked():
                record = record_of(self._connection, number)
            other = (record.path, record.instance) == self._asking and number != self._mine
            path = f"{record.path} (another folder)" if other else record.path
            self._paths[number] = (path, record.instance)
        return (*self._paths[number], text(service))
