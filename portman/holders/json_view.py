"""Leases, verdicts and their holders in the shape of the JSON contract."""

from __future__ import annotations

from portman.base.values import LOCAL_SCOPE

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portman.allocation.leases import Decision
    from portman.allocation.workspace import Workspace
    from portman.base.holder import Holder, Relative, Socket
    from portman.base.values import Claim, ContainerFacts, OwnedLease
    from portman.holders.verdicts import Finding
    from portman.ledger.protocol import EndedLease, LogEntry


def header(workspace: Workspace, *, primary: bool) -> dict[str, object]:
    checkout = workspace.checkout
    return {
        "project": checkout.project,
        "checkout": checkout.path,
        "instance": checkout.instance,
        "primary": primary,
    }


def service_view(decision: Decision, finding: Finding | None) -> dict[str, object]:
    service, lease = decision.service, decision.lease
    address, ports, variables = service.url_at(lease.port), lease.ports, service.variables()
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


def holder_view(holder: Holder) -> dict[str, object]:
    return {
        "pid": holder.pid,
        "name": holder.name,
        "command": holder.command,
        "cwd": holder.cwd,
        "user": user_of(holder),
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


def user_of(holder: Holder) -> str | None:
    if holder.user is not None or holder.uid is None:
        return holder.user
    return str(holder.uid)


# For `who`, `explain` and `free`: all that is known, leases and claims (docs/explain.md).

#: The words of the contract for what a holder or socket does.
_ROLES = {"listen": "listen", "bound": "bound", "client": "connection", "time-wait": "remains"}


def full_view(one: Holder, connections: int = 0) -> dict[str, object]:
    """Return a holder in its context. `connections` came in through its listeners."""
    return {
        "role": _ROLES[one.state],
        "sockets": [socket_view(socket) for socket in _telling(one)],
        "connections": connections,
        "pid": one.pid,
        "name": one.name,
        "command": one.command,
        "user": user_of(one),
        "uid": one.uid,
        "started_at": one.started_at,
        "stopped": one.stopped,
        "unit": one.unit,
        "cgroup": one.cgroup,
        "parents": [_relative_view(parent) for parent in one.parents],
        "sharing": [_relative_view(other) for other in one.sharing],
        "forwarder": _forwarder_view(one),
        "container": container_view(one.container) if one.container else None,
        "folder": one.folder._asdict() if one.folder else None,
        "expected": one.expected._asdict() if one.expected else None,
        "instead": [{"service": service, "port": port} for service, port in one.instead],
    }


def _forwarder_view(one: Holder) -> dict[str, object] | None:
    from portman.base.forwarders import forwarder_of

    behind = forwarder_of(one)
    return behind and {"kind": behind.kind, "text": behind.text, "name": behind.name}


def socket_view(one: Socket) -> dict[str, object]:
    return {
        "protocol": one.protocol,
        "family": one.family,
        "address": one.address,
        "port": one.port,
        "role": _ROLES[one.state],
        "state": one.kernel_state,
        "reach": one.reach,
        "v6only": one.v6only,
        "peer": {"address": one.peer_address, "port": one.peer_port} if one.peer_port else None,
        "waiting": one.waiting,
        "backlog": one.backlog,
        "namespace": one.namespace or None,
    }


def _relative_view(one: Relative) -> dict[str, object]:
    return {"pid": one.pid, "name": one.name, "command": one.command, "user": one.user}


def holding_view(holding: OwnedLease) -> dict[str, object]:
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


def entry_view(one: LogEntry) -> dict[str, object]:
    return {
        "number": one.number,
        "at": one.at,
        "event": one.event,
        "checkout": one.path,
        "instance": one.instance,
        "scope": None if one.scope == LOCAL_SCOPE else one.scope,
        "branch": one.branch or None,
        "service": one.service or None,
        "port": one.port or None,
        "ports": list(range(one.port, one.port + one.size)) if one.port else [],
        "was": one.was,
        "why": one.why or None,
        "command": one.command,
        "pid": one.pid,
        "user": one.user,
        "agent": one.agent or None,
        "session": one.session or None,
        "terminal": one.terminal or None,
    }


def claim_view(claim: Claim) -> dict[str, object]:
    return {
        "protocol": claim.protocol,
        "port": claim.port,
        "address": claim.address,
        "container": container_view(claim.container),
    }


def _telling(one: Holder) -> Sequence[Socket]:
    """Leave out what a listener's own connections would add: they are counted."""
    serving = [socket for socket in one.sockets if socket.state in ("listen", "bound")]
    return serving or one.sockets[:50]
