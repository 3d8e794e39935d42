"""What the container engine knows: whose fixed bindings are off limits, whose socket this is.

Asked only when ports are chosen (`claims`), and when a port is busy and its holder is a forwarder
or hidden (`name_containers`). A warm `up` never comes here.
"""

from __future__ import annotations

import os

from portman.base.errors import Problem
from portman.base.forwarders import asks_engine
from portman.base.holder import Holder
from portman.base.values import LOCAL_SCOPE
from portman.checkout.evidence import was_ours
from portman.containers.endpoint import (
    Claims,
    EngineEndpoint,
    find_endpoint,
    is_unused,
    other_endpoints,
    own_endpoint,
)
from portman.containers.engine import Seen, identity
from portman.containers.model import (
    behind,
    claims_by_key,
    container_id,
    leftovers,
    stands_for,
)
from portman.machine.mounts import look

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from portman.allocation.workspace import Workspace
    from portman.base.holder import Socket
    from portman.base.values import Claim, ContainerFacts
    from portman.containers.endpoint import Engine
    from portman.containers.model import Binding, Container, Leftover
    from portman.ledger.protocol import EngineName, NameOwner


def gather(workspace: Workspace, engine: Engine) -> Claims:
    """Return the claims of all containers of an engine but this checkout's own.

    Where no engine is installed there is nothing to claim, and nothing is said: most people start
    one later. An engine that somebody chose by a variable or a context is expected to answer.
    """
    if engine.scope != LOCAL_SCOPE and not workspace.containers:
        return Claims({})  # another machine's ports collide with none of this one
    if is_unused(engine):
        return Claims({})
    if engine.absent:
        missing = Seen((), f"no engine listens at {engine.shown}", "start the engine")
        return Claims({}, _missed(engine, missing) if workspace.containers else ())
    seen = engine.containers(running=False)
    others = [one for one in seen.containers if not _is_own(workspace, one.facts)]
    warnings = _missed(engine, seen) if seen.fault else ()
    found = claims_by_key(others)
    here = bool(seen.identity) and _is_own_engine(seen.identity)
    return Claims(found, warnings, seen.containers, engine.scope, seen.identity, here)


def _is_own_engine(said: str) -> bool:
    """Return whether the engine of this machine calls itself so."""
    own = own_endpoint()
    return own.scope == LOCAL_SCOPE and not own.absent and identity(own) == said


def name_containers(
    holders: list[Holder], containers: tuple[Container, ...] | None = None
) -> list[Holder]:
    """Add the container behind each forwarder, hidden process or `--network host` process.

    The engine is asked unless its `containers` are known already, and this machine's other engines
    where it does not know one: the port may be theirs.
    """
    if not any(asks_engine(one) or container_id(one.unit or "") for one in holders):
        return holders
    running = _containers(running=True) if containers is None else containers
    named = [one._replace(container=behind(one, running)) for one in holders]
    if all(one.container or not asks_engine(one) for one in named):
        return named
    running = tuple(_elsewhere())
    return [one if one.container else one._replace(container=behind(one, running)) for one in named]


def _elsewhere() -> Iterator[Container]:
    """Ask the engines of this machine that are not in use, and say where each container is."""
    for engine in other_endpoints(find_endpoint()):
        for one in engine.containers(running=True).containers:
            yield one._replace(facts=one.facts._replace(engine=engine.url))


def _is_own(workspace: Workspace, facts: ContainerFacts) -> bool:
    checkout = workspace.checkout
    return was_ours(Holder(container=facts), checkout.path, checkout.instance)


def _missed(engine: Engine, seen: Seen) -> tuple[Problem, ...]:
    """Report once what could not be looked at, and how to look."""
    return (
        Problem(
            "engine-unseen",
            f"{seen.fault}: ports that stopped containers are bound to were not avoided",
            engine.settings
            or f"{seen.hint or 'start the engine'}\nthen move what collides: "
            "portman up --reassign NAME",
        ),
    )


def claims_on(pairs: Iterable[tuple[str, int]]) -> tuple[Claim, ...]:
    """Return the fixed bindings of containers that do not run on these (protocol, port).

    Such a container has no socket, and wants its port again when it is started.
    """
    wanted = set(pairs)
    return tuple(claim for claim in stopped_claims() if (claim.protocol, claim.port) in wanted)


def stopped_claims() -> tuple[Claim, ...]:
    return tuple(
        claim
        for container in _containers(running=False)
        if container.facts.state != "running"
        for claim in container.claims()
    )


def stop_container(name: str, sockets: Iterable[Socket], patience: float, engine: str = "") -> str:
    """Stop a container, if by a fresh answer of the engine it still has one of these sockets.

    `engine` as in ContainerFacts. Return "" if it worked, else why not. The engine sends SIGTERM,
    and SIGKILL after its own ten seconds.
    """
    wanted = tuple(sockets)

    def has_one(bindings: tuple[Binding, ...]) -> bool:
        return any(
            (it.protocol, it.port) == socket.pair and stands_for(socket.address, it.address)
            for it in bindings
            for socket in wanted
        )

    fresh = [
        one
        for one in (_elsewhere() if engine else _containers(running=True))
        if (one.facts.name, one.facts.engine) == (name, engine)
        and (not one.bindings or has_one(one.bindings))
    ]
    if not fresh:
        return "the engine says now that it does not have this port"
    asked = EngineEndpoint(engine) if engine else find_endpoint()
    return asked.stop(fresh[0].facts.id or name, patience)


def left_here(workspace: Workspace) -> tuple[Container, ...]:
    """Return the containers of this checkout, running or not; none if no engine answers."""
    engine, checkout = workspace.engine, workspace.checkout
    if engine.absent:
        return ()
    names = workspace.ledger.engine_names(workspace.space)
    me = (checkout.path, checkout.instance)

    def mine(facts: ContainerFacts) -> bool:
        owner = names.get(("project", facts.project or ""))
        if owner is not None:
            return owner[:2] == me and look(owner.path, owner.place) != "other"
        if checkout.instance and not facts.checkout:
            return False  # a folder does not say which instance a project is of
        return _is_own(workspace, facts)

    return tuple(one for one in engine.everything().containers if mine(one.facts))


def find_leftovers(
    engine: Engine, names: Mapping[EngineName, NameOwner], is_gone: Callable[[str], bool]
) -> tuple[Leftover, ...]:
    """Return what deleted checkouts have left on an engine; `names` is what the ledger knows of it.

    Its folder alone, where nothing but a label names it, is no proof: an engine that is shared
    with another machine or container has folders that never were here. So the folder above it
    must be there.
    """
    if engine.absent:
        return ()
    owners = {key: owner.path for key, owner in names.items()}
    known: dict[str, set[str]] = {}
    for owner in names.values():
        known.setdefault(owner.path, set()).add(owner.place)
    seen = engine.everything()

    def deleted(path: str) -> bool:
        places = known.get(path, set())
        if any(place and look(path, place) != "gone" for place in places):
            return False  # it may be in a container's view of the machine
        return is_gone(path) and (bool(places) or os.path.isdir(os.path.dirname(path)))

    return leftovers(seen.containers, seen.resources, owners, deleted)


def folders_in_use() -> set[str]:
    """Return the folders and checkouts that the running containers say they are of."""
    facts = [one.facts for one in _containers(running=True)]
    return {(one.checkout or "").partition("#")[0] or one.folder or os.sep for one in facts}


def _containers(*, running: bool) -> tuple[Container, ...]:
    """Ask the engine in use; none where it is absent or another machine's."""
    engine = find_endpoint()
    if engine.scope != LOCAL_SCOPE or engine.absent:
        return ()
    return engine.containers(running=running).containers
