"""The leases that a checkout has, and what became of each service: all that most commands need.

What is missing is chosen by allocation/leasing, which an unchanged `up` does not load.
"""

from __future__ import annotations

from portman.base.record import NamedTuple
from portman.base.values import LOCAL_SCOPE, Lease, Service

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from portman.allocation.workspace import Workspace
    from portman.base.errors import Problem
    from portman.base.values import Claim

    Source = Literal["lease", "block", "former", "usual", "pool"]
    Reason = Literal["leased", "claimed", "own", "taken", "privileged", "excluded", "windows"]
    #: Who has leased a port: checkout path, instance, service.
    LeasedTo = tuple[str, str, str]


class Miss(NamedTuple):
    """A port the service should have had, and what stood in the way."""

    port: int
    reason: Reason
    leased_to: LeasedTo | None = None
    claim: Claim | None = None


class Decision(NamedTuple):
    """What one service gets. `was` is the port it had before, if it moved."""

    service: Service
    lease: Lease
    source: Source
    was: int | None = None
    missed: Miss | None = None

    @property
    def fresh(self) -> bool:
        return self.source != "lease"


class Allocation(NamedTuple):
    """The leases of a checkout after looking, and choosing where something was missing."""

    decisions: tuple[Decision, ...]
    primary: bool
    warnings: tuple[Problem, ...] = ()
    wrote: bool = False

    @property
    def leases(self) -> dict[str, Lease]:
        return {one.service.name: one.lease for one in self.decisions}


def read_leases(workspace: Workspace) -> dict[str, Lease]:
    """Return the leases this checkout has now, without a lock and without writing.

    Where its path has none, the ledger may know the folder by another spelling: that one counts.
    """
    spaces = workspace.spaces
    checkout = workspace.checkout
    found = workspace.ledger.leases(checkout.path, checkout.instance, LOCAL_SCOPE)
    if not found:
        known = workspace.ledger.known_path(checkout.path)
        if known != checkout.path:
            workspace.move_to(known)
            return read_leases(workspace)
    for scope, services in spaces[1:]:
        there = workspace.ledger.leases(checkout.path, checkout.instance, scope)
        for service in services:
            found.pop(service.name, None)
            if service.name in there:
                found[service.name] = there[service.name]
    return found


def is_primary(workspace: Workspace) -> bool:
    """Return whether this is the primary checkout, asking the ledger where git cannot tell."""
    if workspace.checkout.primary is not None:
        return workspace.checkout.primary
    record = workspace.ledger.record(workspace.checkout.path, workspace.checkout.instance)
    return record is not None and record.primary


def is_complete(services: tuple[Service, ...], leases: Mapping[str, Lease]) -> bool:
    """Return whether every service has a lease of the right shape: nothing to plan."""
    return all(
        (lease := leases.get(service.name)) is not None and fits(service, lease)
        for service in services
    )


def kept(services: tuple[Service, ...], leases: Mapping[str, Lease]) -> tuple[Decision, ...]:
    return tuple(Decision(service, leases[service.name], "lease") for service in services)


def dropped(services: tuple[Service, ...], leases: Mapping[str, Lease]) -> tuple[Lease, ...]:
    names = {service.name for service in services}
    left = (lease for name, lease in leases.items() if name not in names)
    return tuple(sorted(left, key=lambda lease: (lease.port, lease.service)))


def fits(service: Service, lease: Lease) -> bool:
    if service.fixed and lease.port != service.usual:
        return False
    return lease.size == service.size and set(lease.protocols) == set(service.protocols)
