"""`portman watch`: snapshots of every checkout's services, and what changed between two."""

from __future__ import annotations

import time

from portman.allocation.vanished import is_gone
from portman.base.record import NamedTuple
from portman.base.values import LOCAL_SCOPE, Service
from portman.checkout.ownership import Tenant, folder_here
from portman.holders.at_work import misplaced_anywhere
from portman.holders.messages import home, who
from portman.holders.over_time import HolderCache, PortUse
from portman.holders.verdicts import Finding, judge, judge_pair, worst
from portman.ledger.open import open_ledger
from portman.manifest import FILE
from portman.manifest.file import services_of
from portman.state.receipts import signature

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from portman.base.holder import Holder
    from portman.base.values import CheckoutRecord, OwnedLease, Verdict

    #: "added" and "removed" are leases; the others say what became of one that was there before.
    Event = Literal[
        "added", "removed", "moved", "started", "stopped", "replaced", "changed", "connections"
    ]

Key = tuple[str, str, str, str]
Pair = tuple[str, int]
#: States of a port whose own program may be on another one.
_AWAY = ("idle", "reserved")


class Row(NamedTuple):
    """One service of one checkout. `since` is when its process started, in Unix seconds.

    `connections` counts those in use now; None where this system does not show them. `address` is
    the one that its server listens on.
    """

    project: str
    checkout: str
    instance: str
    service: str
    scope: str
    port: int
    ports: tuple[int, ...]
    protocols: tuple[str, ...]
    state: Verdict | Literal["unknown"]
    holder: str = ""
    pid: int | None = None
    container: str | None = None
    since: float | None = None
    connections: int | None = 0
    url: str = ""
    gone: bool = False
    misplaced: str = ""
    address: str = ""

    @property
    def said(self) -> str:
        """Who is there, or where its program is instead, whichever is news."""
        away = self.misplaced if self.state in _AWAY else ""
        return away or self.holder or self.misplaced

    @property
    def key(self) -> Key:
        """What makes it the same service at another moment."""
        return self.checkout, self.instance, self.service, self.scope


class WatchSnapshot(NamedTuple):
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
        row = self.after or self.before
        assert row is not None
        return row


def diff(before: WatchSnapshot, after: WatchSnapshot) -> tuple[PortChange, ...]:
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


def counts(snapshot: WatchSnapshot) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in snapshot.rows:
        found[row.state] = found.get(row.state, 0) + 1
    return found


def is_live(row: Row) -> bool:
    return row.state != "idle" or bool(row.misplaced)


def matching(
    rows: tuple[Row, ...],
    words: str,
    *,
    live: bool = False,
    more: Callable[[Row], str] = lambda _: "",
) -> tuple[Row, ...]:
    """Return the rows that contain every word, in any column, in any case; or only live ones.

    `more` is what else is known of a row.
    """
    wanted = words.lower().split()
    if live:
        rows = tuple(filter(is_live, rows))
    if not wanted:
        return rows
    texts = ((row, f"{_text(row)} {more(row).lower()}") for row in rows)
    return tuple(row for row, text in texts if all(word in text for word in wanted))


def _text(row: Row) -> str:
    ports = " ".join(str(port) for port in row.ports)
    parts = (row.project, row.checkout, row.instance, row.service, ports, row.state, row.holder)
    return " ".join(parts).lower()


def row_view(row: Row) -> dict[str, object]:
    return {
        "project": row.project,
        "checkout": row.checkout,
        "instance": row.instance,
        "name": row.service,
        "scope": row.scope,
        "port": row.port,
        "ports": list(row.ports),
        "protocols": list(row.protocols),
        "verdict": None if row.state == "unknown" else row.state,
        "holder": row.holder or None,
        "pid": row.pid,
        "container": row.container,
        "since": None if row.since is None else round(row.since, 2),
        "connections": row.connections,
        "url": row.url,
        "gone": row.gone,
        "misplaced": row.misplaced or None,
        "code": "wrong-port" if row.misplaced else None,
    }


#: Seconds between two looks at the folders of checkouts and their manifests.
FOLDERS_EVERY = 2.0
#: Remembered answers to "is this ours?", for each lease: a watch must not grow.
MOST_JUDGED = 2


class Watcher:
    """Takes snapshots. What cannot have changed since the last one is not looked at again.

    The ledger is read when its stamp changes, folders and manifests every two seconds, the socket
    tables every time, and /proc only for sockets that were not there before.
    """

    def __init__(self, start: str = "") -> None:
        self.ledger = open_ledger()
        self.here = folder_here(start) if start else None
        self.cache = HolderCache()
        self._stamp: tuple[int, ...] = ()
        self._holdings: tuple[OwnedLease, ...] = ()
        self._pairs: list[Pair] = []
        self._manifests: dict[str, tuple[str, dict[str, Service]]] = {}
        self._gone: set[str] = set()
        self._folders_at = self._misplaced_at = 0.0
        self._misplaced: dict[Key, str] = {}
        self._judged: dict[tuple[tuple[Holder, ...], Key], Finding] = {}
        self._ordered: tuple[tuple[OwnedLease, Row, tuple[Pair, ...]], ...] | None = None
        self._rows: tuple[Row, ...] = ()
        self._basis: tuple[object, object, float] = (None, None, 0.0)

    def look(self) -> WatchSnapshot:
        now = time.time()
        self._read_ledger()
        self._look_at_folders()
        seen, ordered = self.cache.look(self._pairs), self._order()
        uses, leases, at = self._basis
        if uses is not seen or leases is not ordered or at != self._folders_at:
            self._rows = tuple(self._row(*one, seen) for one in ordered)
            self._basis = (seen, ordered, self._folders_at)
        rows = self._rows
        if self._misplaced_at != self._folders_at:
            self._misplaced_at = self._folders_at
            self._find_misplaced(rows)
        if self._misplaced:
            rows = tuple(row._replace(misplaced=self._misplaced.get(row.key, "")) for row in rows)
        return WatchSnapshot(now, self._live_first(rows), self.ledger.path)

    def _live_first(self, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        """Put this checkout first, then those with something on their ports."""
        live = {(row.checkout, row.instance) for row in rows if is_live(row)}

        def order(row: Row) -> tuple[bool, bool]:
            return row.checkout != self.here, (row.checkout, row.instance) not in live

        return tuple(sorted(rows, key=order))

    def _order(self) -> tuple[tuple[OwnedLease, Row, tuple[Pair, ...]], ...]:
        """Return each lease, its row while it is idle, and its pairs, as ports.toml has them."""
        if self._ordered is None:
            place = {
                (path, name): at
                for path, (_, services) in self._manifests.items()
                for at, name in enumerate(services)
            }
            groups: dict[CheckoutRecord, list[OwnedLease]] = {}
            for one in self._holdings:
                groups.setdefault(one.record, []).append(one)
            for record, group in groups.items():
                path = record.path
                group.sort(key=lambda one: place.get((path, one.lease.service), len(place)))
            self._ordered = tuple(
                (one, self._idle(one), tuple(one.lease.keys()) if one.scope == LOCAL_SCOPE else ())
                for group in groups.values()
                for one in group
            )
        return self._ordered

    def _find_misplaced(self, rows: tuple[Row, ...]) -> None:
        running = {
            (one.checkout, one.instance, one.service) for one in rows if one.state == "running"
        }
        groups = misplaced_anywhere(self._holdings, running).values()
        found = [one for group in groups for one in group]
        self._misplaced = {
            (one.path, one.instance, name, LOCAL_SCOPE): one.text()
            for one in found
            for name in ([one.service] if one.service else one.candidates)
        }

    def _read_ledger(self) -> None:
        stamp = self.ledger.stamp()
        if stamp and stamp == self._stamp:
            return
        self._holdings = self.ledger.holdings()
        self._stamp, self._ordered = stamp, None
        self._pairs = [
            pair for one in self._holdings if one.scope == LOCAL_SCOPE for pair in one.lease.keys()
        ]
        self._folders_at = 0.0
        self._judged.clear()

    def _look_at_folders(self) -> None:
        now = time.monotonic()
        if now - self._folders_at < FOLDERS_EVERY:
            return
        self._folders_at = now
        records = {one.record for one in self._holdings}
        paths = {one.path for one in records}
        gone = {one.path for one in records if is_gone(one)}
        if gone != self._gone:
            self._gone, self._ordered = gone, None
        for path in paths:
            self._read_manifest(path)
        if len(self._judged) > MOST_JUDGED * len(self._holdings):
            self._judged.clear()

    def _read_manifest(self, path: str) -> None:
        now = signature(f"{path}/{FILE}")
        if self._manifests.get(path, ("",))[0] != now:
            # Another manifest judges otherwise; a folder made again has other servers.
            self._judged.clear()
            self._ordered = None
            self.cache.forget()
            self._manifests[path] = (now, {service.name: service for service in services_of(path)})

    def _row(
        self, one: OwnedLease, idle: Row, pairs: tuple[Pair, ...], seen: dict[Pair, PortUse]
    ) -> Row:
        found = [seen[pair] for pair in pairs if pair in seen]
        return self._with_holder(idle, one.record, found) if found else idle

    def _idle(self, one: OwnedLease) -> Row:
        record, lease = one.record, one.lease
        return Row(
            record.project, record.path, record.instance, lease.service, one.scope, lease.port,
            lease.ports, lease.protocols, "idle",
            url=self._url(one), gone=record.path in self._gone,
        )  # fmt: skip

    def _with_holder(self, row: Row, record: CheckoutRecord, found: list[PortUse]) -> Row:
        """Add the gravest of the lease's ports, and the connections of all."""
        finding = worst(self._judge(row, record, one) for one in found)
        state: Verdict | Literal["unknown"] = "unknown" if finding.unknown else finding.verdict
        holder = finding.holder
        numbers = [one.connections for one in found]
        return row._replace(
            state=state,
            holder=_name(holder),
            pid=holder.pid if holder else None,
            container=holder.container.name if holder and holder.container else None,
            since=holder.started_at if holder else None,
            address=holder.first.address if holder and holder.sockets else "",
            connections=None if None in numbers else sum(number or 0 for number in numbers),
        )

    def _judge(self, row: Row, record: CheckoutRecord, one: PortUse) -> Finding:
        """Judge as `up` would; once for the same holders."""
        if not one.holders:
            said = judge((), ours=(), kernel=one.kernel)
            return Finding(said.verdict, holder=said.holder)
        key = (one.holders, row.key)
        if key not in self._judged:
            services = self._manifests.get(record.path, ("", {}))[1]
            tenant = Tenant(record.path, record.instance, tuple(services.values()))
            service = services.get(row.service) or Service(row.service)
            first = one.holders[0]
            pair = (first.protocol, first.port)
            self._judged[key] = judge_pair(pair, list(one.holders), tenant, service)
        return self._judged[key]

    def _url(self, one: OwnedLease) -> str:
        _, services = self._manifests.get(one.record.path, ("", {}))
        service = services.get(one.lease.service)
        if "tcp" not in one.lease.protocols:
            return ""
        known = service or Service(one.lease.service)
        return known.url_at(one.lease.port)


def _name(holder: Holder | None) -> str:
    if holder is None:
        return ""
    if holder.container is not None:
        return f"container {holder.container.name}"
    if holder.name and holder.pid is not None:
        return f"{holder.name} (pid {holder.pid})"
    return who(holder._replace(cwd=None), home())
