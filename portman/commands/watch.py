"""`portman watch`: snapshots of every checkout's services, as often as one likes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal, NamedTuple

from portman import state as place
from portman.base.values import LOCAL_SCOPE, Manifest
from portman.holders.messages import home, who
from portman.holders.verdicts import GRAVITY, judge
from portman.ports.leasing import is_gone

if TYPE_CHECKING:
    from portman.base.values import CheckoutRecord, Holder, OwnedLease, Service, Verdict
    from portman.machine.sockets.model import Observation

# Every lease of this machine at one moment, and what changed between two moments. Pure.

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


class PortChange(NamedTuple):
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


def diff(before: Snapshot, after: Snapshot) -> tuple[PortChange, ...]:
    """Return what changed, one change for each service, in the order of the rows."""
    if before.rows == after.rows:
        return ()
    old = {row.key: row for row in before.rows}
    changes = []
    for row in after.rows:
        was = old.pop(row.key, None)
        if was is None:
            changes.append(PortChange("added", None, row))
        elif was != row:
            changes.append(PortChange(_event(was, row), was, row))
    return (*changes, *(PortChange("removed", row, None) for row in old.values()))


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


_SERVING = frozenset({"running", "taken"})


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


#: Seconds between two looks at the folders of checkouts and their manifests.
FOLDERS_EVERY = 2.0
#: Remembered answers to "is this ours?"; a watch of many days must not grow.
MOST_JUDGED = 10_000


class Watcher:
    """Takes snapshots. What cannot have changed since the last one is not looked at again.

    The ledger is read when its stamp changes, folders and manifests every two seconds, the socket
    tables every time, and /proc only for sockets that were not there before.
    """

    def __init__(self) -> None:
        from portman.containers.claims import name_containers
        from portman.machine.sockets.listing import Observer
        from portman.ports.workspace import open_ledger

        self.ledger = open_ledger()
        self.observer = Observer(name_containers)
        self._stamp: tuple[int, ...] = ()
        self._holdings: tuple[OwnedLease, ...] = ()
        self._pairs: list[tuple[str, int]] = []
        self._manifests: dict[str, tuple[str, dict[str, Service]]] = {}
        self._gone: set[str] = set()
        self._folders_at = 0.0
        self._ours: dict[tuple[Holder, str, str], bool] = {}

    def look(self) -> Snapshot:
        """Return all services as they are now. Raises PortmanError: ledger-*."""
        now = time.time()
        self._read_ledger()
        self._look_at_folders()
        seen = self.observer.observe(self._pairs)
        rows = tuple(self._row(one, seen) for one in self._holdings)
        return Snapshot(now, rows, self.ledger.path)

    def _read_ledger(self) -> None:
        import os

        stamp = place.stamp(os.path.dirname(self.ledger.path))
        if stamp and stamp == self._stamp:
            return
        self._holdings = self.ledger.holdings()
        self._stamp = stamp
        self._pairs = [
            pair for one in self._holdings if one.scope == LOCAL_SCOPE for pair in one.lease.keys()
        ]
        self._folders_at = 0.0
        self._ours.clear()

    def _look_at_folders(self) -> None:
        now = time.monotonic()
        if now - self._folders_at < FOLDERS_EVERY:
            return
        self._folders_at = now
        paths = {one.record.path for one in self._holdings}
        self._gone = {path for path in paths if is_gone(path)}
        for path in paths:
            self._read_manifest(path)
        if len(self._ours) > MOST_JUDGED:
            self._ours.clear()

    def _read_manifest(self, path: str) -> None:
        from portman.manifest.keys import FILE
        from portman.state.receipts import signature

        now = signature(f"{path}/{FILE}")
        if self._manifests.get(path, ("",))[0] != now:
            self._manifests[path] = (now, _services(path))

    def _row(self, one: OwnedLease, seen: dict[tuple[str, int], Observation]) -> Row:
        record, lease = one.record, one.lease
        found = [
            seen[pair]
            for pair in (lease.keys() if one.scope == LOCAL_SCOPE else ())
            if pair in seen
        ]
        row = Row(
            record.project,
            record.path,
            record.instance,
            lease.service,
            one.scope,
            lease.port,
            lease.ports,
            lease.protocols,
            "idle",
            url=self._url(one),
            gone=record.path in self._gone,
        )
        return self._with_holder(row, record, found) if found else row

    def _with_holder(self, row: Row, record: CheckoutRecord, found: list[Observation]) -> Row:
        """Tell the gravest of the lease's ports, and the connections of all."""
        told = [(*self._judge(record, one), one) for one in found]
        state, holder, chosen = min(told, key=lambda three: GRAVITY.index(three[0]))
        numbers = [one.connections for one in found]
        return row._replace(
            state=state,
            holder=_name(holder),
            pid=holder.pid if holder else None,
            container=holder.container.name if holder and holder.container else None,
            since=chosen.since if holder else None,
            connections=None if None in numbers else sum(number or 0 for number in numbers),
        )

    def _judge(self, record: CheckoutRecord, one: Observation) -> tuple[Verdict, Holder | None]:
        ours = [self._is_ours(holder, record) for holder in one.holders]
        return judge(one.holders, ours=ours, kernel=one.kernel)

    def _is_ours(self, holder: Holder, record: CheckoutRecord) -> bool:
        key = (holder, record.path, record.instance)
        if key not in self._ours:
            from portman.checkout.ownership import is_ours

            self._ours[key] = is_ours(holder, record.path, record.instance)
        return self._ours[key]

    def _url(self, one: OwnedLease) -> str:
        from portman.manifest.expand import url

        _, services = self._manifests.get(one.record.path, ("", {}))
        service = services.get(one.lease.service)
        if "tcp" not in one.lease.protocols:
            return ""
        return url(service.host if service else "127.0.0.1", one.lease.port)


def _services(path: str) -> dict[str, Service]:
    from portman.base.errors import PortmanError
    from portman.manifest.file import read_manifest
    from portman.manifest.keys import FILE

    try:
        manifest = read_manifest(f"{path}/{FILE}")
    except PortmanError:
        manifest = Manifest()
    return {service.name: service for service in manifest.services}


def _name(holder: Holder | None) -> str:
    """Return "node (pid 812)", or "container web-1"."""
    if holder is None:
        return ""
    if holder.container is not None:
        return f"container {holder.container.name}"
    if holder.name and holder.pid is not None:
        return f"{holder.name} (pid {holder.pid})"
    return who(holder._replace(cwd=None), home())
