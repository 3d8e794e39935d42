"""In which port space a service lives: this machine's, or that of a remote engine's machine.

A container of a remote engine (DOCKER_HOST=ssh://..., a context) binds ports of another machine:
its lease is one of that space, probes of this machine say nothing about it, and only that engine's
containers can be in its way as far as anyone here can see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.values import LOCAL_SCOPE

if TYPE_CHECKING:
    from portman.base.values import Manifest, Service

#: Variables that choose the engine, in the form of a receipt's evidence.
_VARIABLES = ("$DOCKER_HOST", "$DOCKER_CONTEXT", "$DOCKER_CONFIG")


def container_scope(manifest: Manifest) -> str:
    """Return the port space of the manifest's containers; this machine's if it has none."""
    if not any(service.kind == "container" for service in manifest.services):
        return LOCAL_SCOPE
    from portman.containers.endpoint import find_endpoint

    return find_endpoint().scope


def parts(manifest: Manifest) -> tuple[tuple[str, tuple[Service, ...]], ...]:
    """Return the services by port space, this machine's first."""
    scope = container_scope(manifest)
    if scope == LOCAL_SCOPE:
        return ((LOCAL_SCOPE, manifest.services),)
    here = tuple(one for one in manifest.services if one.kind != "container")
    there = tuple(one for one in manifest.services if one.kind == "container")
    return (LOCAL_SCOPE, here), (scope, there)


def elsewhere(manifest: Manifest) -> frozenset[str]:
    """Return the names of services whose ports are another machine's."""
    return frozenset(
        one.name for scope, services in parts(manifest) if scope != LOCAL_SCOPE for one in services
    )


def scope_evidence(manifest: Manifest) -> tuple[str, ...]:
    """Return what decides the port space of containers, for a receipt; nothing without any."""
    if not any(service.kind == "container" for service in manifest.services):
        return ()
    from portman.containers.endpoint import evidence

    return (*_VARIABLES, *evidence())
