"""What the container engine knows: whose fixed bindings are off limits, whose socket this is.

Asked only when ports are chosen (`claims`), and when a port is busy and its holder is a forwarder
or hidden (`name_containers`). A warm `up` never comes here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portman.base.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.base.values import Claim, ContainerFacts, Holder
    from portman.containers.endpoint import EngineEndpoint
    from portman.containers.model import Container
    from portman.holders.find import Occupant
    from portman.ports.workspace import Workspace


class Claims(NamedTuple):
    """Ports that other checkouts' containers are bound to, and what could not be seen."""

    by_key: dict[tuple[str, int], Claim]
    warnings: tuple[Problem, ...] = ()
    containers: tuple[Container, ...] = ()
    scope: str = "local"


def gather(workspace: Workspace, endpoint: EngineEndpoint) -> Claims:
    """Return the claims of all containers of an engine but this checkout's own.

    Where no engine is installed there is nothing to claim, and nothing is said.
    """
    from portman.containers.engine import all_containers
    from portman.containers.model import claims_by_key

    if endpoint.remote and not _has_containers(workspace):
        return Claims({})  # another machine's ports are in nobody's way here
    if is_absent(endpoint):
        return Claims({}, _missed(endpoint, "") if _has_containers(workspace) else ())
    seen = all_containers(endpoint)
    others = [one for one in seen.containers if not _is_own(workspace, one.facts)]
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


def is_absent(endpoint: EngineEndpoint) -> bool:
    """Return whether the engine's socket file is not there at all."""
    import os

    path = endpoint.url.removeprefix("unix://")
    return path != endpoint.url and not os.path.exists(path)


def _has_containers(workspace: Workspace) -> bool:
    return any(service.kind == "container" for service in workspace.manifest.services)


def _is_own(workspace: Workspace, facts: ContainerFacts) -> bool:
    from portman.base.values import Holder
    from portman.holders.verdicts import is_ours

    return is_ours(workspace, Holder(container=facts))


def _missed(endpoint: EngineEndpoint, fault: str) -> tuple[Problem, ...]:
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


# What stands behind a forwarder: the one place where who, explain and free meet the engine.


def with_containers(occupants: Iterable[Occupant]) -> list[Occupant]:
    """Return the occupants, each with the container it serves where an engine can tell.

    A container has a forwarder for each address family: they become one occupant. Its folder is
    that of its Compose project; where the forwarder itself was started says nothing.
    """
    from portman.holders.find import folder_of

    everybody = list(occupants)
    asked = [one for one in everybody if one.role in ("listen", "bound")]
    named = dict(zip(map(id, asked), name_containers([one.holder() for one in asked]), strict=True))
    found: dict[object, Occupant] = {}
    for one in everybody:
        container = named[id(one)].container if id(one) in named else None
        if container is None:
            found[id(one)] = one
            continue
        folder = folder_of(container.folder) if container.folder else None
        placed = one._replace(container=container, folder=folder)
        key = (container.id or container.name, one.forwarder is None, one.first.namespace)
        found[key] = _together(found[key], placed) if key in found else placed
    return list(found.values())


def _together(first: Occupant, second: Occupant) -> Occupant:
    from portman.holders.find import Relative

    other = () if second.pid is None else (Relative(second.pid, second.name, second.command),)
    return first._replace(
        endpoints=first.endpoints + second.endpoints,
        sharing=(*first.sharing, *other, *second.sharing),
    )


def claims_on(pairs: Iterable[tuple[str, int]]) -> tuple[Claim, ...]:
    """Return the fixed bindings of containers that do not run on these (protocol, port).

    Such a container has no socket, and wants its port again when it is started.
    """
    wanted = set(pairs)
    return tuple(
        claim
        for container in _containers(running=False)
        if container.facts.state != "running"
        for claim in container.claims()
        if (claim.protocol, claim.port) in wanted
    )


def stop_container(name: str, pairs: Iterable[tuple[str, int]], patience: float) -> str:
    """Stop a container, if by a fresh answer of the engine it still has one of these ports.

    Return "" if it worked, else why not. The engine sends SIGTERM, and SIGKILL after its own ten
    seconds.
    """
    wanted = set(pairs)
    fresh = [
        one
        for one in _containers(running=True)
        if one.facts.name == name
        and (not one.bindings or any((it.protocol, it.port) in wanted for it in one.bindings))
    ]
    if not fresh:
        return "the engine says now that it does not have this port"
    return _stop(fresh[0].facts.id or name, patience)


def _containers(*, running: bool) -> tuple[Container, ...]:
    """Ask the engine in use; none where it is absent or another machine's."""
    from portman.containers.endpoint import find_endpoint
    from portman.containers.engine import all_containers, running_containers

    endpoint = find_endpoint()
    if endpoint.remote or is_absent(endpoint):
        return ()
    ask = running_containers if running else all_containers
    return ask(endpoint).containers


def _stop(container: str, patience: float) -> str:
    """Run `docker stop` against the very engine that was asked."""
    import os

    from portman.base.run_tool import UnboundedError, run
    from portman.containers.endpoint import find_endpoint

    env = {**os.environ, "DOCKER_HOST": find_endpoint().url}
    try:
        done = run(["docker", "stop", container], patience=patience + 20, most=1 << 20, env=env)
    except UnboundedError as error:
        return f"the engine did not stop it: {error}"
    except FileNotFoundError:
        return _stop_by_library(container, patience)
    except OSError as error:
        return f"cannot run docker: {error.strerror}"
    said = done.err.decode("utf-8", "replace").strip()
    return "" if done.code == 0 else said or f"docker failed ({done.code})"


def _stop_by_library(container: str, patience: float) -> str:
    """Do the same over the engine's socket, where there is no docker command (Podman's)."""
    import docker
    import requests

    from portman.containers.endpoint import find_endpoint

    try:
        client = docker.DockerClient(base_url=find_endpoint().url, timeout=int(patience + 20))
        client.containers.get(container).stop()
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        return f"the engine did not stop it: {error}"
    return ""
