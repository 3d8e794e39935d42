"""Which processes work in a checkout, and whether they listen on a port that is not their own.

Only processes that work in a checkout, or that `portman run` started for it and what these
started, are looked at: one link of /proc each, then the descriptors of those few and one table of
listeners. Most checkouts
have none; holders/misplaced judges the others. Linux only.
"""

from __future__ import annotations

import os
import sys

from portman.base.record import NamedTuple
from portman.base.values import LOCAL_SCOPE
from portman.checkout.ownership import Tenant
from portman.holders.verdicts import tenant_of
from portman.manifest.file import services_once
from portman.state import launches

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from portman.allocation.workspace import Workspace
    from portman.base.errors import Problem
    from portman.base.holder import Socket
    from portman.base.values import Lease, OwnedLease, Service
    from portman.holders.misplaced import Misplaced
    from portman.holders.verdicts import Finding
    from portman.ledger.protocol import Ledger
    from portman.manifest.file import Manifests


_LINUX = sys.platform == "linux"


class Placed(NamedTuple):
    """A checkout with its leases and those of its services that nothing serves now."""

    tenant: Tenant
    leases: Mapping[str, Lease]
    idle: frozenset[str]


def find_misplaced(
    checkouts: Iterable[Placed], leased_to: Callable[[int], str | None]
) -> list[Misplaced]:
    """Return what listens on a wrong port, while one of its checkout's services is idle.

    `leased_to` returns the checkout that has a TCP port.
    """
    asked = [one for one in checkouts if one.idle]
    if not asked or not _LINUX:
        return []
    at_work = _processes({one.tenant.path for one in asked})
    found = _listeners(list(at_work)) if at_work else []
    if not found:
        return []
    from portman.holders.misplaced import among

    return among(found, asked, leased_to)


def misplaced_in(
    workspace: Workspace, leases: Mapping[str, Lease], findings: Mapping[str, Finding]
) -> list[Misplaced]:
    """Return the misplaced programs of the checkout that asks, which has these findings."""
    asleep = {name for name, one in findings.items() if one.seen and one.verdict != "running"}
    idle = idle_services(workspace.manifest.services, asleep)
    placed = Placed(tenant_of(workspace), leases, idle)
    return find_misplaced([placed], lambda port: _leased_to(workspace.ledger, port))


def without_lease(
    ledger: Ledger, path: str, instance: str, services: Collection[Service]
) -> list[Misplaced]:
    """Return the listening programs of a checkout's services that have no lease yet."""
    leases = ledger.leases(path, instance, LOCAL_SCOPE)
    new = {one.name for one in services if one.name not in leases}
    placed = Placed(Tenant(path, instance, tuple(services)), leases, idle_services(services, new))
    return find_misplaced([placed], lambda port: _leased_to(ledger, port))


def _leased_to(ledger: Ledger, port: int) -> str | None:
    found = ledger.lease_on(LOCAL_SCOPE, "tcp", port)
    return found.record.path if found else None


def misplaced_anywhere(
    holdings: Iterable[OwnedLease],
    running: Collection[tuple[str, str, str]],
    manifests: Manifests | None = None,
) -> dict[tuple[str, str], list[Misplaced]]:
    """Return the misplaced programs of all checkouts with leases, by path and instance.

    `running` are the (path, instance, service) that their own servers listen for. Only the
    manifests of checkouts in which some process works are read, and none that `manifests` has.
    """
    manifests = {} if manifests is None else manifests
    leases: dict[tuple[str, str], dict[str, Lease]] = {}
    ports: dict[int, str] = {}
    for one in holdings:
        if one.scope == LOCAL_SCOPE:
            key = (one.record.path, one.record.instance)
            leases.setdefault(key, {})[one.lease.service] = one.lease
            ports.update(
                {port: one.record.path for kind, port in one.lease.keys() if kind == "tcp"}
            )
    at_work = set(_processes({path for path, _ in leases}).values()) if _LINUX else set()
    placed = []
    for (path, instance), held in leases.items():
        if path in at_work:
            services = services_once(path, manifests)
            idle = idle_services(
                services, {name for name in held if (path, instance, name) not in running}
            )
            placed.append(Placed(Tenant(path, instance, services), held, idle))
    found: dict[tuple[str, str], list[Misplaced]] = {}
    for said in find_misplaced(placed, ports.get):
        found.setdefault((said.path, said.instance), []).append(said)
    return found


def idle_services(services: Iterable[Service], names: Collection[str]) -> frozenset[str]:
    """Return the services, not containers, that have a TCP port and whose server is not there."""
    return frozenset(
        one.name
        for one in services
        if one.kind == "service" and "tcp" in one.protocols and one.name in names
    )


def _processes(paths: set[str]) -> dict[int, str]:
    """Return the processes that work in one of these folders, or that `run` started for it."""
    noted = launches.noted()
    found: dict[int, str] = {}
    # The usual case is one checkout: no call for each process of the machine.
    only = next(iter(paths)) if len(paths) == 1 else ""
    below = only + os.sep
    around: dict[str, str] = {}  # most processes of a machine work in few folders
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                cwd = os.readlink(f"/proc/{entry}/cwd")
            except OSError:
                cwd = ""
            if only:
                path = only if cwd == only or cwd.startswith(below) else ""
            else:
                if cwd not in around:
                    around[cwd] = _checkout_around(cwd, paths)
                path = around[cwd]
            if int(entry) in noted:
                from portman.machine.processes import token_of

                fields = launches.read(int(entry), token_of(int(entry)))
                path = fields[0] if fields and fields[0] in paths else path
                if path:
                    found.update(dict.fromkeys(_children(entry), path))
            if path:
                found[int(entry)] = path
    return found


def _children(pid: str) -> list[int]:
    """Return what a process started, and what that started: it may work anywhere (supervisord)."""
    found = [int(pid)]
    for one in found:
        for thread in _listed(f"/proc/{one}/task"):
            try:
                with open(f"/proc/{one}/task/{thread}/children", encoding="ascii") as file:
                    found += map(int, file.read().split())
            except OSError:
                continue
    return found[1:]


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _checkout_around(folder: str, paths: set[str]) -> str:
    while folder not in paths:
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above
    return folder


def _listeners(pids: list[int]) -> list[Socket]:
    """Return the TCP listeners of these processes, each with the first of them that has it."""
    owners: dict[int, int] = {}
    for pid in pids:
        for descriptor in _listed(f"/proc/{pid}/fd"):
            try:
                target = os.readlink(f"/proc/{pid}/fd/{descriptor}")
            except OSError:
                continue
            if target.startswith("socket:["):
                owners.setdefault(int(target[8:-1]), pid)
    if not owners:
        return []
    from portman.machine.sockets.listing import read_listeners

    table = read_listeners(())
    return [one._replace(pids=(owners[one.inode],)) for one in table if one.inode in owners]


def problems(found: Iterable[Misplaced]) -> tuple[Problem, ...]:
    """Return one warning for each program and port, not for each address."""
    once = {(one.path, one.holder.pid, one.holder.port): one for one in found}
    return tuple(one.problem() for one in once.values())
