"""Leases, verdicts and holders in the shape of the JSON contract (DESIGN, section 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.address import reach_of
from portman.machine.sockets.model import serves
from portman.manifest.expand import url

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portman.base.values import Claim, ContainerFacts, Holder, Lease, OwnedLease, Service
    from portman.holders.find import Folder, Occupant, Relative
    from portman.holders.verdicts import Finding
    from portman.ledger.protocol import EndedLease
    from portman.machine.sockets.model import Socket
    from portman.ports.plan import Decision
    from portman.ports.workspace import Workspace


def header(workspace: Workspace, *, primary: bool) -> dict[str, object]:
    """Return the fields that say whose ports these are."""
    checkout = workspace.checkout
    return {
        "project": checkout.project,
        "checkout": checkout.path,
        "instance": checkout.instance,
        "primary": primary,
    }


def service_view(decision: Decision, finding: Finding | None) -> dict[str, object]:
    service, lease = decision.service, decision.lease
    address, ports, variables = url_of(service, lease), lease.ports, service.variables()
    return {
        "name": service.name,
        "kind": service.kind,
        "port": lease.port,
        "ports": list(ports),
        "protocols": list(lease.protocols),
        "host": service.host,
        "url": address,
        "env": [name for name, _ in variables],
        "usual": service.usual,
        "fixed": service.fixed,
        "verdict": finding.verdict if finding and finding.seen else None,
        "was": decision.was,
        "holder": holder_view(finding.holder) if finding and finding.holder else None,
    }


def url_of(service: Service, lease: Lease) -> str:
    return url(service.host, lease.port)


def holder_view(holder: Holder) -> dict[str, object]:
    """Return who has a port, as far as it could be seen."""
    return {
        "pid": holder.pid,
        "name": holder.name,
        "command": holder.command,
        "cwd": holder.cwd,
        "user": holder.user if holder.user is not None else _text(holder.uid),
        "unit": holder.unit,
        "address": holder.address,
        "state": holder.state,
        "container": container_view(holder.container) if holder.container else None,
        "checkout": holder.checkout,
        "service": holder.service,
    }


def container_view(container: ContainerFacts) -> dict[str, object]:
    return {
        "name": container.name,
        "id": container.id,
        "image": container.image,
        "state": container.state,
        "project": container.project,
        "folder": container.folder,
        "compose_service": container.compose_service,
    }


# Holders with all their facts, leases and claims (docs/explain.md).


def occupant_view(one: Occupant, connections: int = 0) -> dict[str, object]:
    """Return one of those on a port. `connections` came in through its listeners."""
    return {
        "role": one.role,
        "sockets": [endpoint_view(socket) for socket in _telling(one)],
        "connections": connections,
        "pid": one.pid,
        "name": one.name,
        "command": one.command,
        "user": one.user if one.user is not None else _text(one.uid),
        "uid": one.uid,
        "started_at": one.started_at,
        "stopped": one.stopped,
        "unit": one.unit,
        "cgroup": one.cgroup,
        "parents": [relative_view(parent) for parent in one.parents],
        "sharing": [relative_view(other) for other in one.sharing],
        "forwarder": one.forwarder._asdict() if one.forwarder else None,
        "container": container_view(one.container) if one.container else None,
        "folder": folder_view(one.folder) if one.folder else None,
        "expected": one.expected._asdict() if one.expected else None,
        "instead": [{"service": service, "port": port} for service, port in one.instead],
    }


def endpoint_view(one: Socket) -> dict[str, object]:
    """Return one socket. `reach` says who can get at its address."""
    return {
        "protocol": one.protocol,
        "family": one.family,
        "address": one.address,
        "port": one.port,
        "role": one.role,
        "state": one.state,
        "reach": reach_of(one.address),
        "v6only": one.v6only,
        "peer": {"address": one.peer_address, "port": one.peer_port} if one.peer_port else None,
        "waiting": one.waiting,
        "backlog": one.backlog,
        "namespace": one.namespace or None,
    }


def relative_view(one: Relative) -> dict[str, object]:
    return {"pid": one.pid, "name": one.name, "command": one.command, "user": one.user}


def folder_view(folder: Folder) -> dict[str, object]:
    return folder._asdict()


def holding_view(holding: OwnedLease) -> dict[str, object]:
    """Return a lease with the checkout that has it."""
    return {
        "project": holding.record.project,
        "checkout": holding.record.path,
        "instance": holding.record.instance,
        "service": holding.lease.service,
        "port": holding.lease.port,
        "ports": list(holding.lease.ports),
        "protocols": list(holding.lease.protocols),
        "given_at": holding.lease.given_at,
    }


def former_view(former: EndedLease) -> dict[str, object]:
    return {
        "checkout": former.path,
        "instance": former.instance,
        "service": former.service,
        "ports": list(range(former.port, former.port + former.size)),
        "ended_at": former.ended_at,
    }


def claim_view(claim: Claim) -> dict[str, object]:
    return {
        "protocol": claim.protocol,
        "port": claim.port,
        "address": claim.address,
        "container": container_view(claim.container),
    }


def connections_of(one: Occupant, everybody: Iterable[Occupant]) -> int:
    """Return how many live connections came in through the listeners of `one`."""
    listeners = [socket for socket in one.endpoints if socket.role == "listen"]
    sockets = [socket for other in everybody for socket in other.endpoints]
    return sum(any(serves(listener, each) for listener in listeners) for each in sockets)


def _text(uid: int | None) -> str | None:
    return None if uid is None else str(uid)


def _telling(one: Occupant) -> Sequence[Socket]:
    """Leave out what a listener's own connections would add: they are counted."""
    listeners = [socket for socket in one.endpoints if socket.role in ("listen", "bound")]
    return listeners or one.endpoints[:50]
