"""What the container engine knows: whose fixed bindings are off limits, whose socket this is.

Asked only when ports are chosen (`claims`), and when a port is busy and its holder is a forwarder
or hidden (`name_containers`). A warm `up` never comes here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portman.base.errors import Problem

if TYPE_CHECKING:
    from portman.base.values import Claim, ContainerFacts, Holder
    from portman.containers.endpoint import Endpoint
    from portman.containers.model import Container
    from portman.ports.workspace import Scene


class Claims(NamedTuple):
    """Ports that other checkouts' containers are bound to, and what could not be seen."""

    by_key: dict[tuple[str, int], Claim]
    warnings: tuple[Problem, ...] = ()
    containers: tuple[Container, ...] = ()
    scope: str = "local"


def gather(scene: Scene, endpoint: Endpoint) -> Claims:
    """Return the claims of all containers of an engine but this checkout's own.

    Where no engine is installed there is nothing to claim, and nothing is said.
    """
    from portman.containers.engine import all_containers
    from portman.containers.model import claims_by_key

    if endpoint.remote and not _has_containers(scene):
        return Claims({})  # another machine's ports are in nobody's way here
    if is_absent(endpoint):
        return Claims({}, _missed(endpoint, "") if _has_containers(scene) else ())
    seen = all_containers(endpoint)
    others = [one for one in seen.containers if not _is_own(scene, one.facts)]
    warnings = _missed(endpoint, seen.fault) if seen.fault else ()
    return Claims(claims_by_key(others), warnings, seen.containers, endpoint.scope)


def name_containers(
    holders: list[Holder], containers: tuple[Container, ...] | None = None
) -> list[Holder]:
    """Add the container behind each forwarder, hidden process or `--network host` process.

    The engine is asked unless its `containers` are known already.
    """
    from portman.containers.model import behind, container_id, is_forwarder

    if not any(is_forwarder(one) or container_id(one.unit or "") for one in holders):
        return holders
    running = _running() if containers is None else containers
    return [one._replace(container=behind(one, running)) for one in holders]


def _running() -> tuple[Container, ...]:
    """Return the running containers of the engine in use; none if it is on another machine."""
    from portman.containers.endpoint import find_endpoint
    from portman.containers.engine import running_containers

    endpoint = find_endpoint()
    if endpoint.remote or is_absent(endpoint):
        return ()
    return running_containers(endpoint).containers


def is_absent(endpoint: Endpoint) -> bool:
    """Return whether the engine's socket file is not there at all."""
    import os

    path = endpoint.url.removeprefix("unix://")
    return path != endpoint.url and not os.path.exists(path)


def _has_containers(scene: Scene) -> bool:
    return any(service.kind == "container" for service in scene.manifest.services)


def _is_own(scene: Scene, facts: ContainerFacts) -> bool:
    from portman.base.values import Holder
    from portman.holders.verdicts import is_ours

    return is_ours(scene, Holder(container=facts))


def _missed(endpoint: Endpoint, fault: str) -> tuple[Problem, ...]:
    """Say once what could not be looked at, and how to look."""
    said = fault or f"no engine answers at {endpoint.url}"
    return (
        Problem(
            "engine-unseen",
            f"{said}: ports that stopped containers are bound to were not avoided",
            "start the engine, then move what collides: portman up --reassign NAME"
            if not endpoint.context
            else f"docker context inspect {endpoint.context}",
        ),
    )
