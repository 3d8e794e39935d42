"""`portman watch`: snapshots of every checkout's services, as often as one likes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from portman.base.text import who
from portman.base.values import LOCAL_SCOPE, Manifest
from portman.commands.watching import Row, Snapshot
from portman.holders.messages import home
from portman.holders.verdicts_core import GRAVITY, judge
from portman.ports.leasing import is_gone
from portman.state import folder as place

if TYPE_CHECKING:
    from portman.base.values import Holder, Holding, Service, Tenant, Verdict
    from portman.machine.sockets.observation import Observation

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
        from portman.machine.sockets.observer import Observer
        from portman.ports.workspace import open_ledger

        self.ledger = open_ledger()
        self.observer = Observer(name_containers)
        self._stamp: tuple[int, ...] = ()
        self._holdings: tuple[Holding, ...] = ()
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
        paths = {one.tenant.path for one in self._holdings}
        self._gone = {path for path in paths if is_gone(path)}
        for path in paths:
            self._read_manifest(path)
        if len(self._ours) > MOST_JUDGED:
            self._ours.clear()

    def _read_manifest(self, path: str) -> None:
        from portman.manifest.file import FILE
        from portman.state.receipts import signature

        now = signature(f"{path}/{FILE}")
        if self._manifests.get(path, ("",))[0] != now:
            self._manifests[path] = (now, _services(path))

    def _row(self, one: Holding, seen: dict[tuple[str, int], Observation]) -> Row:
        tenant, lease = one.tenant, one.lease
        found = [
            seen[pair]
            for pair in (lease.keys() if one.scope == LOCAL_SCOPE else ())
            if pair in seen
        ]
        row = Row(
            tenant.project,
            tenant.path,
            tenant.instance,
            lease.service,
            one.scope,
            lease.port,
            lease.ports,
            lease.protocols,
            "free",
            url=self._url(one),
            gone=tenant.path in self._gone,
        )
        return self._with_holder(row, tenant, found) if found else row

    def _with_holder(self, row: Row, tenant: Tenant, found: list[Observation]) -> Row:
        """Tell the gravest of the lease's ports, and the connections of all."""
        told = [(*self._judge(tenant, one), one) for one in found]
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

    def _judge(self, tenant: Tenant, one: Observation) -> tuple[Verdict, Holder | None]:
        ours = [self._is_ours(holder, tenant) for holder in one.holders]
        return judge(one.holders, ours=ours, kernel=one.kernel)

    def _is_ours(self, holder: Holder, tenant: Tenant) -> bool:
        key = (holder, tenant.path, tenant.instance)
        if key not in self._ours:
            from portman.checkout.ownership_machine import is_ours

            self._ours[key] = is_ours(holder, tenant.path, tenant.instance)
        return self._ours[key]

    def _url(self, one: Holding) -> str:
        from portman.manifest.expand import url

        _, services = self._manifests.get(one.tenant.path, ("", {}))
        service = services.get(one.lease.service)
        if "tcp" not in one.lease.protocols:
            return ""
        return url(service.host if service else "127.0.0.1", one.lease.port)


def _services(path: str) -> dict[str, Service]:
    from portman.base.errors import PortmanError
    from portman.manifest.file import FILE, read_manifest

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
