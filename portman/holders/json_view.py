"""Leases, verdicts and their holders in the shape of the JSON contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.manifest.expand import url

if TYPE_CHECKING:
    from portman.allocation.plan import Decision
    from portman.allocation.workspace import Workspace
    from portman.base.holder import Holder
    from portman.base.values import ContainerFacts, Lease, Service
    from portman.holders.verdicts import Finding


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
