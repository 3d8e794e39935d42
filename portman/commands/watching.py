"""Every lease of this machine at one moment, and what changed between two moments. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from portman.base.values import Verdict

#: "added" and "removed" are leases; the others tell what became of one that was there before.
Event = Literal[
    "added", "removed", "moved", "started", "stopped", "replaced", "changed", "connections"
]
Key = tuple[str, str, str, str]


class Row(NamedTuple):
    """One service of one checkout. `since` is when its process started, in Unix seconds.

    `connections` counts those in use now; None where this system does not tell.
    """

    project: str
    checkout: str
    instance: str
    service: str
    scope: str
    port: int
    ports: tuple[int, ...]
    protocols: tuple[str, ...]
    state: Verdict
    holder: str = ""
    pid: int | None = None
    container: str | None = None
    since: float | None = None
    connections: int | None = 0
    url: str = ""
    gone: bool = False

    @property
    def key(self) -> Key:
        """What makes it the same service at another moment."""
        return self.checkout, self.instance, self.service, self.scope


class Snapshot(NamedTuple):
    """All rows at `at` (Unix seconds), ordered by checkout."""

    at: float
    rows: tuple[Row, ...]
    ledger: str = ""


class Change(NamedTuple):
    """What happened to one service; `before` is None for "added", `after` for "removed"."""

    event: Event
    before: Row | None
    after: Row | None

    @property
    def row(self) -> Row:
        """The service as it is, or was."""
        row = self.after or self.before
        assert row is not None
        return row


def diff(before: Snapshot, after: Snapshot) -> tuple[Change, ...]:
    """Return what changed, one change for each service, in the order of the rows."""
    if before.rows == after.rows:
        return ()
    old = {row.key: row for row in before.rows}
    changes = []
    for row in after.rows:
        was = old.pop(row.key, None)
        if was is None:
            changes.append(Change("added", None, row))
        elif was != row:
            changes.append(Change(_event(was, row), was, row))
    return (*changes, *(Change("removed", row, None) for row in old.values()))


def _event(was: Row, row: Row) -> Event:
    """Name the weightiest difference."""
    if (was.port, was.ports, was.protocols) != (row.port, row.ports, row.protocols):
        return "moved"
    up, down = row.state in _SERVING, was.state in _SERVING
    if up and not down:
        return "started"
    if down and not up:
        return "stopped"
    if (was.pid, was.container, was.since) != (row.pid, row.container, row.since):
        return "replaced"
    if was.connections != row.connections and was._replace(connections=row.connections) == row:
        return "connections"
    return "changed"


_SERVING = frozenset({"running", "held"})


def counts(snapshot: Snapshot) -> dict[str, int]:
    """Return how many services are in each state, those that occur only."""
    found: dict[str, int] = {}
    for row in snapshot.rows:
        found[row.state] = found.get(row.state, 0) + 1
    return found


def matching(rows: tuple[Row, ...], words: str) -> tuple[Row, ...]:
    """Return the rows that contain every word, in any column, in any case."""
    wanted = words.lower().split()
    if not wanted:
        return rows
    return tuple(row for row in rows if all(word in _text(row) for word in wanted))


def _text(row: Row) -> str:
    ports = " ".join(str(port) for port in row.ports)
    parts = (row.project, row.checkout, row.instance, row.service, ports, row.state, row.holder)
    return " ".join(parts).lower()


def row_view(row: Row) -> dict[str, object]:
    """Return a row in the shape of the JSON contract."""
    return {
        "project": row.project,
        "checkout": row.checkout,
        "instance": row.instance,
        "name": row.service,
        "scope": row.scope,
        "port": row.port,
        "ports": list(row.ports),
        "protocols": list(row.protocols),
        "verdict": row.state,
        "holder": row.holder or None,
        "pid": row.pid,
        "container": row.container,
        "since": None if row.since is None else round(row.since, 2),
        "connections": row.connections,
        "url": row.url,
        "gone": row.gone,
    }
