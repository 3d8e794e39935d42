"""Which processes work in a checkout, and whether they listen on a port that is not their own.

state/at_work finds the processes and their listeners; most checkouts have none, and
holders/misplaced judges the others. Linux only.
"""

from __future__ import annotations

import sys
from functools import partial

from portman.base.record import NamedTuple
from portman.base.values import LOCAL_SCOPE
from portman.checkout.ownership import Tenant
from portman.holders.verdicts import tenant_of
from portman.machine import sockets
from portman.manifest.file import services_once
from portman.state.at_work import checkout_around, listeners_of, processes_in
from portman.state.receipts import UDP

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from portman.allocation.workspace import Workspace
    from portman.base.errors import Problem
    from portman.base.values import Lease, OwnedLease, Service
    from portman.holders.misplaced import Misplaced
    from portman.holders.verdicts import Finding
    from portman.ledger.protocol import Ledger
    from portman.manifest.file import Manifests

    #: (protocol, port) -> the checkout that has it, None for none.
    LeasedTo = Callable[[str, int], str | None]

_LINUX = sys.platform == "linux"


class Placed(NamedTuple):
    """A checkout with its leases and those of its services that nothing serves now."""

    tenant: Tenant
    leases: Mapping[str, Lease]
    idle: Collection[str]

    @property
    def ports(self) -> set[int]:
        return {port for lease in self.leases.values() for port in lease.ports}

    def asleep(self, kind: str, protocol: str = "tcp") -> list[Service]:
        """Return the idle services of a kind that have a port of this protocol."""
        return [
            one
            for one in self.tenant.services
            if one.name in self.idle and one.kind == kind and protocol in one.protocols
        ]

    @property
    def unleased(self) -> set[int]:
        """The ports on which its idle containers were published before they had a lease."""
        known = {port for one in self.asleep("container") for port in (one.usual, one.target)}
        return {port for port in known if port} - self.ports


def find_misplaced(checkouts: Iterable[Placed], leased_to: LeasedTo) -> list[Misplaced]:
    """Return what listens on a wrong port, while one of its checkout's services is idle.

    `leased_to` returns the checkout that has a port of a protocol.
    """
    asked = [one for one in checkouts if one.idle]
    if not asked or not _LINUX:
        return []
    at_work = processes_in({one.tenant.path for one in asked})
    udp = any(one.asleep("service", "udp") for one in asked)
    found = listeners_of(list(at_work), udp=udp) if at_work else []
    ports = sorted(port for one in asked for port in one.unleased)
    busy = [("tcp", port) for port in ports if sockets.probe(port, "tcp") == "busy"]
    if not found and not busy:
        return []
    from portman.holders.misplaced import among, published

    return [*among(found, asked, leased_to), *published(busy, asked)]


def misplaced_in(
    workspace: Workspace, leases: Mapping[str, Lease], findings: Mapping[str, Finding]
) -> list[Misplaced]:
    """Return the misplaced programs of the checkout that asks, which has these findings."""
    idle = {name for name, one in findings.items() if one.seen and one.verdict != "running"}
    placed = Placed(tenant_of(workspace), leases, idle)
    return find_misplaced([placed], partial(_leased_to, workspace.ledger))


def watched(workspace: Workspace, leases: Mapping[str, Lease]) -> tuple[str, ...]:
    """Return what a receipt watches besides the listeners of the checkout's own programs."""
    services = workspace.manifest.services
    placed = Placed(tenant_of(workspace), leases, {one.name for one in services})
    udp = (UDP,) if _LINUX and placed.asleep("service", "udp") else ()
    return (*udp, *(f"tcp:{port}" for port in sorted(placed.unleased)))


def without_lease(
    ledger: Ledger, path: str, instance: str, services: Collection[Service]
) -> list[Misplaced]:
    """Return the listening programs of a checkout's services that have no lease yet."""
    leases = ledger.leases(path, instance, LOCAL_SCOPE)
    new = {one.name for one in services if one.name not in leases}
    placed = Placed(Tenant(path, instance, tuple(services)), leases, new)
    return find_misplaced([placed], partial(_leased_to, ledger))


def _leased_to(ledger: Ledger, protocol: str, port: int) -> str | None:
    found = ledger.lease_on(LOCAL_SCOPE, protocol, port)
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
    ports: dict[tuple[str, int], str] = {}
    for one in holdings:
        if one.scope == LOCAL_SCOPE:
            key = (one.record.path, one.record.instance)
            leases.setdefault(key, {})[one.lease.service] = one.lease
            ports.update(dict.fromkeys(one.lease.keys(), one.record.path))
    from portman.containers.claims import folders_in_use

    paths = {path for path, _ in leases}
    at_work = set(processes_in(paths).values()) if _LINUX else set()
    at_work |= {checkout_around(one, paths) for one in folders_in_use()}
    placed = []
    for (path, instance), held in leases.items():
        if path in at_work:
            services = services_once(path, manifests)
            idle = {name for name in held if (path, instance, name) not in running}
            placed.append(Placed(Tenant(path, instance, services), held, idle))
    found: dict[tuple[str, str], list[Misplaced]] = {}
    for said in find_misplaced(placed, lambda *pair: ports.get(pair)):
        found.setdefault((said.path, said.instance), []).append(said)
    return found


def problems(found: Iterable[Misplaced]) -> tuple[Problem, ...]:
    """Return one warning for each program and port, not for each address."""
    once = {(one.path, one.holder.pid, one.holder.port): one for one in found}
    return tuple(one.problem() for one in once.values())
