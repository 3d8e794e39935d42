"""Leases, verdicts and holders in the shape of the JSON contract (DESIGN, section 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portman.base.values import ContainerFacts, Holder, Lease, Service
    from portman.holders.verdicts_core import Finding
    from portman.ports.plan import Decision
    from portman.ports.workspace import Scene


def header(scene: Scene, *, primary: bool) -> dict[str, object]:
    """Return the fields that say whose ports these are."""
    checkout = scene.checkout
    return {
        "project": checkout.project,
        "checkout": checkout.path,
        "instance": checkout.instance,
        "primary": primary,
    }


def service_view(decision: Decision, finding: Finding | None) -> dict[str, object]:
    """Return one entry of `services`."""
    service, lease = decision.service, decision.lease
    return {
        "name": service.name,
        "kind": service.kind,
        "port": lease.port,
        "ports": list(lease.ports),
        "protocols": list(lease.protocols),
        "host": service.host,
        "url": url_of(service, lease),
        "env": [name for name, _ in service.variables()],
        "usual": service.usual,
        "fixed": service.fixed,
        "verdict": finding.verdict if finding and finding.seen else None,
        "was": decision.was,
        "holder": holder_view(finding.holder) if finding and finding.holder else None,
    }


def url_of(service: Service, lease: Lease) -> str:
    """Return the URL of a service's first port."""
    from portman.manifest.expand import url

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
    """Return what is worth knowing of a container; never its environment."""
    return {
        "name": container.name,
        "id": container.id,
        "image": container.image,
        "state": container.state,
        "project": container.project,
        "folder": container.folder,
        "compose_service": container.compose_service,
    }


def _text(uid: int | None) -> str | None:
    return None if uid is None else str(uid)
