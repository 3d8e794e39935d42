"""Leases for every service of the manifest: read what is there, choose what is missing.

The order is fixed: read without a lock; if something is missing, take a snapshot of what is slow
to know (container claims, numbers in our own block), then lock, reclaim, read again, plan, commit.
"""

from __future__ import annotations

import sys

from portman.allocation.leases import Allocation, dropped
from portman.allocation.plan import PlanFacts, make_plan, make_way
from portman.allocation.pool import AIRPLAY, make_pool
from portman.allocation.vanished import end_vanished, forget_files, reclaim
from portman.base.context import contextmanager
from portman.base.errors import PortmanError, Problem, ProblemsError
from portman.base.record import NamedTuple
from portman.base.values import LOCAL_SCOPE, Lease
from portman.ledger.caller import user_name
from portman.ledger.log import leased_by
from portman.ledger.protocol import LogChange, LogQuery
from portman.machine import port_range
from portman.manifest.scopes import ports_in
from portman.outputs.block import block_values

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from portman.allocation.plan import Look, Plan
    from portman.allocation.pool import Pool
    from portman.allocation.workspace import Workspace
    from portman.base.values import Manifest
    from portman.containers.endpoint import Claims
    from portman.ledger.protocol import Writer


class Snapshot(NamedTuple):
    """What a plan is made from besides the ledger, gathered before its lock is taken."""

    claims: Claims
    block: dict[str, int]
    pool: Pool
    avoid: frozenset[int]
    user: str
    is_free: Callable[[str, int], bool]
    look: Callable[[str, int], Look]
    now: int
    back: Mapping[str, int]


def lease_missing(
    workspace: Workspace, moving: Collection[str], back: Mapping[str, int]
) -> Allocation:
    """Do what `Workspace.allocate` does where something is missing or moves."""
    snapshot = _snapshot(workspace, back)
    with _refusals(workspace, snapshot):
        made = _lease(workspace, snapshot, moving, last=False)
        if made is None:
            end_vanished(workspace.ledger, snapshot.now)
            made = _lease(workspace, snapshot, moving, last=True)
    assert made is not None
    return made


def _lease(
    workspace: Workspace, snapshot: Snapshot, moving: Collection[str], *, last: bool
) -> Allocation | None:
    """Plan and commit in one transaction.

    None, unless it is the `last` attempt, where a service gets no port or one of the next band:
    the leases of deleted folders may be in the way.
    """
    with workspace.ledger.writing(workspace.asked(snapshot.claims)) as writer:
        known = workspace.ledger.known_path(workspace.checkout.path)
        if known != workspace.checkout.path:  # by another spelling, since the leases were read
            workspace.move_to(known)
        snapshot = _in_its_space(workspace, snapshot, writer)
        ended = reclaim(writer, snapshot.now, only=_in_the_way(workspace, snapshot, writer))
        primary = _primary_under_lock(workspace, writer)
        try:
            plans = _plan(workspace, snapshot, writer, moving, primary=primary)
        except ProblemsError:
            if last:
                raise
            return None
        overflow = tuple(name for plan in plans.values() for name in plan.overflow)
        if overflow and not last:
            return None
        owners = writer.owners_of(workspace.checkout.path, workspace.checkout.instance)
        made_way = _make_way(workspace, snapshot, writer, plans)
        wrote = _commit(workspace, snapshot, writer, plans, owners, primary=primary)
        notes = writer.notes()
    forget_files(ended)
    by_name = {one.service.name: one for plan in plans.values() for one in plan.decisions}
    warnings = (
        *snapshot.claims.warnings,
        *_overflow(overflow, snapshot.pool),
        *_claimed(snapshot.claims, plans),
        *made_way,
        *notes,
    )
    decisions = tuple(by_name[service.name] for service in workspace.manifest.services)
    return Allocation(decisions, primary, warnings, wrote=wrote)


def _in_its_space(workspace: Workspace, snapshot: Snapshot, writer: Writer) -> Snapshot:
    """Take an engine for what it says it is: one machine's ports have one space."""
    claims = snapshot.claims
    if not claims.identity:
        return snapshot
    scope = workspace.engine.scope
    space = writer.know_engine(scope, claims.identity, snapshot.now, here=claims.here)
    workspace.found_space(space)
    return snapshot._replace(claims=claims._replace(scope=space))


@contextmanager
def _refusals(workspace: Workspace, snapshot: Snapshot) -> Iterator[None]:
    """Log what was refused, in a transaction of its own: the other one is undone. Once each."""
    try:
        yield
    except ProblemsError as error:
        path, instance = workspace.checkout.path, workspace.checkout.instance
        fresh = []
        for one in error.problems:
            service = workspace.manifest.service(one.service or "")
            lease = Lease(one.service or "", (service and service.usual) or 0)
            last = workspace.ledger.log(LogQuery(path=path, service=lease.service, newest=1))
            if not last or (last[0].event, last[0].why) != ("refused", one.message):
                fresh.append(
                    LogChange("refused", path, instance, LOCAL_SCOPE, lease, None, one.message)
                )
        if fresh:
            with workspace.ledger.writing() as writer:
                for change in fresh:
                    writer.note(change, snapshot.now)
        raise ProblemsError(tuple(_dated(workspace, one) for one in error.problems)) from None


def _dated(workspace: Workspace, problem: Problem) -> Problem:
    service = workspace.manifest.service(problem.service or "")
    if problem.code != "port-leased" or service is None or service.usual is None:
        return problem
    said = leased_by(workspace.ledger, service.protocols[0], service.usual)
    return problem._replace(message=f"{problem.message}, {said}") if said else problem


def _snapshot(workspace: Workspace, back: Mapping[str, int]) -> Snapshot:
    """Gather what takes milliseconds to know: not while others wait for the ledger's lock."""
    import time

    from portman.holders.verdicts import look_for
    from portman.machine import sockets

    claims = workspace.claims()
    here = claims.containers if claims.scope == LOCAL_SCOPE else ()
    return Snapshot(
        claims=claims,
        block=numbers_in_block(workspace),
        pool=machine_pool(workspace.manifest),
        avoid=numbers_to_avoid(workspace.manifest),
        user=user_name(),
        is_free=lambda protocol, port: sockets.probe(port, protocol) == "idle",
        look=lambda protocol, port: look_for(workspace, protocol, port, here),
        now=int(time.time()),
        back=back,
    )


def _in_the_way(
    workspace: Workspace, snapshot: Snapshot, writer: Writer
) -> frozenset[tuple[str, str]]:
    """Return who has leased a number that a service of this checkout has a reason to want."""
    checkout, found = workspace.checkout, set[tuple[str, str]]()
    for scope, services in workspace.spaces:
        key = (checkout.path, checkout.instance, scope)
        held = writer.leases(*key)
        former = writer.ended_ports(*key)
        fitting = writer.ended_ports(*key, {one.name: one.size for one in services})
        wanted = set()
        for one in services:
            lease, again = held.get(one.name), (fitting.get(one.name), former.get(one.name))
            for port in (one.usual, snapshot.block.get(one.name), *again, lease and lease.port):
                wanted |= set(range(port, port + one.size)) if port else set()
        found |= writer.tenants_on(scope, wanted)
    return frozenset(found)


def _plan(
    workspace: Workspace,
    snapshot: Snapshot,
    writer: Writer,
    moving: Collection[str],
    *,
    primary: bool,
) -> dict[str, Plan]:
    checkout = workspace.checkout
    plans = {}
    for scope, services in workspace.spaces:
        key, local = (checkout.path, checkout.instance, scope), scope == LOCAL_SCOPE
        facts = PlanFacts(
            checkout=checkout,
            primary=primary,
            pool=snapshot.pool,
            leases=writer.leases(*key),
            taken=writer.taken(scope, key[:2]),
            block=snapshot.block,
            former=writer.ended_ports(*key),
            fitting=writer.ended_ports(*key, {one.name: one.size for one in services}),
            claims=snapshot.claims.by_key if scope == snapshot.claims.scope else {},
            avoid=snapshot.avoid,
            is_free=snapshot.is_free if local else lambda *_: True,
            look=snapshot.look if local else lambda *_: None,
            elsewhere={one.name for one in workspace.manifest.services}
            - {s.name for s in services},
            back=snapshot.back,
        )
        plans[scope] = make_plan(services, facts, moving)
    problems = tuple(problem for plan in plans.values() for problem in plan.problems)
    if problems:
        raise ProblemsError(problems)
    return plans


def _make_way(
    workspace: Workspace, snapshot: Snapshot, writer: Writer, plans: dict[str, Plan]
) -> tuple[Problem, ...]:
    """End the leases of dropped services whose ports other services were given; name them.

    With its last lease a checkout is forgotten, so it is recorded again by `_commit`.
    """
    path, instance = workspace.checkout.path, workspace.checkout.instance
    found: list[tuple[str, str]] = []
    for scope, _ in workspace.spaces:
        left = dropped(workspace.manifest.services, writer.leases(path, instance, scope))
        found += make_way(plans[scope].decisions, left)
    if found:
        for name, other in found:
            why = f"not in ports.toml any more; {other} was given its port"
            writer.give_back(path, instance, [name], snapshot.now, why=why)
    return tuple(
        Problem(
            "port-handed-on",
            f"{name} is not in ports.toml any more: {other} has its port now",
            "restart what still uses the old name",
            service=other,
        )
        for name, other in found
    )


def _commit(  # noqa: PLR0913 - what is stored, and whose
    workspace: Workspace,
    snapshot: Snapshot,
    writer: Writer,
    plans: dict[str, Plan],
    owners: tuple[str, ...],
    *,
    primary: bool,
) -> bool:
    """Store the leases, of the same owners; return whether there were any.

    Fresh ones, and where a server decides also what it found: the local ledger may not know it.
    """
    checkout, now = workspace.checkout, snapshot.now
    fresh = {
        scope: [one.lease for one in plan.decisions if one.fresh or writer.is_shared(scope)]
        for scope, plan in plans.items()
    }
    if not any(fresh.values()):
        return False
    writer.record_checkout(checkout, primary=primary, user=snapshot.user, now=now)
    for owner in dict.fromkeys((*owners, *([workspace.owner] if workspace.owner else ()))):
        writer.own(checkout.path, checkout.instance, owner)
    for scope, leases in fresh.items():
        writer.grant(checkout.path, checkout.instance, scope, leases, now)
    return True


def _claimed(claims: Claims, plans: dict[str, Plan]) -> tuple[Problem, ...]:
    """Name the leased ports that stopped containers, made later, are bound to as well."""
    if not claims.by_key:
        return ()
    from portman.holders.messages import still_claimed

    return still_claimed(
        plans[claims.scope].decisions if claims.scope in plans else (), claims.by_key
    )


def machine_pool(manifest: Manifest) -> Pool:
    return make_pool(port_range.automatic_range(), wsl=port_range.is_wsl(), wanted=manifest.pool)


def numbers_to_avoid(manifest: Manifest) -> frozenset[int]:
    """Return numbers of the pool that it never hands out.

    A range written in ports.toml is asked for: registered names in it are fair game.
    """
    system = AIRPLAY if sys.platform == "darwin" else frozenset[int]()
    if port_range.is_wsl():
        from portman.machine.port_range import host_listeners

        system |= frozenset(host_listeners().pids)
    if manifest.pool:
        return system
    bands = machine_pool(manifest).bands
    return system.union(*(port_range.registered_ports(*band) for band in bands))


def numbers_in_block(workspace: Workspace) -> dict[str, int]:
    """Return the port each service has in this checkout's own managed blocks.

    They heal a lost ledger: what the files still say is what the programs still use.
    """
    numbers: dict[str, int] = {}
    for output in workspace.outputs:
        if output.format != "dotenv":
            continue
        try:
            said = block_values(workspace.file(output.path).block)
        except PortmanError:
            continue  # reported when the output is written
        numbers.update(ports_in(output, workspace.manifest, said))
    return numbers


def _primary_under_lock(workspace: Workspace, writer: Writer) -> bool:
    checkout = workspace.checkout
    if checkout.primary is not None or checkout.repository is None:
        return bool(checkout.primary)
    first = writer.primary_of(checkout.repository)
    return first is None or first == (checkout.path, checkout.instance)


def _overflow(services: tuple[str, ...], pool: Pool) -> list[Problem]:
    if not services:
        return []
    low, high = pool.bands[0]
    more = f" and {len(services) - 5} more" if len(services) > 5 else ""
    names = ", ".join(services[:5]) + more
    return [
        Problem(
            "pool-overflow",
            f"the pool {low}-{high} is full: {names} got a port of the next band",
            "see who has what: portman list\ngive back what vanished checkouts had: portman gc",
        )
    ]
