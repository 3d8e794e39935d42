"""Which processes work in a checkout, and whether they listen on a port that is not their own.

state/at_work finds the processes and their listeners; most checkouts have none, and
holders/misplaced judges the others. Linux only.
"""

from __future__ import annotations

import sys

from portman.base.record import NamedTuple
from portman.base.values import LOCAL_SCOPE
from portman.checkout.ownership import Tenant
from portman.holders.verdicts import tenant_of
from portman.manifest.file import services_once
from portman.state.at_work import listeners_of, processes_in

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
    at_work = processes_in({one.tenant.path for one in asked})
    found = listeners_of(list(at_work)) if at_work else []
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
    at_work = set(processes_in({path for path, _ in leases}).values()) if _LINUX else set()
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


def problems(found: Iterable[Misplaced]) -> tuple[Problem, ...]:
    """Return one warning for each program and port, not for each address."""
    once = {(one.path, one.holder.pid, one.holder.port): one for one in found}
    return tuple(one.problem() for one in once.values())
