"""Leases for every service of the manifest: read what is there, choose what is missing.

The order is fixed: read without a lock; if something is missing, gather what is slow to know
(container claims, numbers in our own block), then lock, read again, reclaim, choose, store.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from portman.base.errors import PortmanError, Problem, ProblemsError
from portman.base.values import LOCAL_SCOPE
from portman.ports.plan import Decision, PlanFacts, is_complete, kept, make_plan
from portman.ports.pool import AIRPLAY, make_pool

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from portman.base.values import Lease, Manifest
    from portman.containers.claims import Claims
    from portman.containers.model import Container
    from portman.ledger.protocol import Writer
    from portman.ports.plan import Look, Plan
    from portman.ports.pool import Pool
    from portman.ports.workspace import Workspace


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
    """Return the leases this checkout has now, without a lock and without writing."""
    checkout, spaces = workspace.checkout, workspace.spaces
    found = workspace.ledger.leases(checkout.path, checkout.instance, LOCAL_SCOPE)
    for scope, services in spaces[1:]:
        there = workspace.ledger.leases(checkout.path, checkout.instance, scope)
        for service in services:
            found.pop(service.name, None)
            if service.name in there:
                found[service.name] = there[service.name]
    return found


def allocate(
    workspace: Workspace, *, moving: Collection[str] = (), leases: dict[str, Lease] | None = None
) -> Allocation:
    """Make sure every service has a lease; move those in `moving`.

    Raises PortmanError: port-leased, pool-exhausted, ledger-*.
    """
    found = read_leases(workspace) if leases is None else leases
    if is_complete(workspace.manifest.services, found) and not moving:
        return Allocation(kept(workspace.manifest.services, found), is_primary(workspace))
    return _choose(workspace, moving)


def is_primary(workspace: Workspace) -> bool:
    """Return whether this is the primary checkout, asking the ledger where git cannot tell."""
    if workspace.checkout.primary is not None:
        return workspace.checkout.primary
    record = workspace.ledger.record(workspace.checkout.path, workspace.checkout.instance)
    return record is not None and record.primary


def _choose(workspace: Workspace, moving: Collection[str]) -> Allocation:
    import time

    checkout = workspace.checkout
    seen = _claims(workspace)
    warnings = seen.warnings
    block = numbers_in_block(workspace)
    # Reading and loading these takes milliseconds: not while others wait for the lock.
    pool, avoid, user = (
        machine_pool(workspace.manifest),
        numbers_to_avoid(workspace.manifest),
        user_name(),
    )
    here = seen.containers if seen.scope == LOCAL_SCOPE else ()
    look, is_free = _looker(workspace, here), _prober()
    now = int(time.time())
    with workspace.ledger.writing() as writer:
        reclaim(writer, now)
        primary = _primary_under_lock(workspace, writer)
        known = PlanFacts(
            checkout=checkout,
            primary=primary,
            pool=pool,
            leases={},
            taken={},
            block=block,
            former={},
            claims={},
            avoid=avoid,
            is_free=is_free,
            look=look,
        )
        plans = []
        for scope, services in workspace.spaces:
            facts = _facts_of(scope, known, workspace, seen, writer)
            plans.append((scope, make_plan(services, facts, moving)))
        problems = tuple(problem for _, plan in plans for problem in plan.problems)
        if problems:
            raise ProblemsError(problems)
        fresh = [
            (scope, [one.lease for one in plan.decisions if one.fresh]) for scope, plan in plans
        ]
        if any(leases for _, leases in fresh):
            writer.settle(checkout, primary=primary, user=user, now=now)
            if workspace.owner:
                writer.own(checkout.path, checkout.instance, workspace.owner)
            for scope, leases in fresh:
                writer.grant(checkout.path, checkout.instance, scope, leases, now)
    overflow = tuple(name for _, plan in plans for name in plan.overflow)
    warnings = (*warnings, *_overflow(overflow, pool), *_claimed(seen, plans))
    by_name = {one.service.name: one for _, plan in plans for one in plan.decisions}
    decisions = tuple(by_name[service.name] for service in workspace.manifest.services)
    wrote = any(leases for _, leases in fresh)
    return Allocation(decisions, primary, warnings, wrote=wrote)


def _claimed(seen: Claims, plans: list[tuple[str, Plan]]) -> tuple[Problem, ...]:
    """Name the leased ports that stopped containers, made later, are bound to as well."""
    if not seen.by_key:
        return ()
    from portman.holders.messages import still_claimed

    there = [one for scope, plan in plans if scope == seen.scope for one in plan.decisions]
    return still_claimed(there, seen.by_key)


def _facts_of(
    scope: str, known: PlanFacts, workspace: Workspace, seen: Claims, writer: Writer
) -> PlanFacts:
    """Return what is known of one port space. Another machine's cannot be probed from here."""
    key = (workspace.checkout.path, workspace.checkout.instance, scope)
    facts = known._replace(
        leases=writer.leases(*key), taken=writer.taken(scope), former=writer.former(*key)
    )
    if scope == seen.scope:
        facts = facts._replace(claims=seen.by_key)
    if scope != LOCAL_SCOPE:
        facts = facts._replace(is_free=lambda *_: True, look=lambda *_: None)
    return facts


def _claims(workspace: Workspace) -> Claims:
    from portman.containers.claims import gather

    return gather(workspace, workspace.engine)


def reclaim(writer: Writer, now: int) -> tuple[tuple[str, str], ...]:
    """Give back the leases of every checkout that is gone; return those checkouts.

    Gone is one without a folder, and an ephemeral instance whose processes have all ended. Only
    "no such file" counts: a folder that cannot be looked at may come back.
    """
    owners = writer.owners()
    gone = tuple(
        key
        for key in ((record.path, record.instance) for record in writer.records())
        if is_gone(key[0]) or has_ended(owners.get(key, ()))
    )
    for path, instance in gone:
        writer.give_back(path, instance, None, now)
    return gone


def is_gone(path: str) -> bool:
    """Return whether there is certainly no folder at `path`."""
    import stat

    try:
        return not stat.S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False


def has_ended(owners: tuple[str, ...]) -> bool:
    """Return whether an instance belonged to processes, and all of them have ended."""
    from portman.machine.processes import is_over

    return bool(owners) and all(is_over(token) for token in owners)


def machine_pool(manifest: Manifest) -> Pool:
    """Return the pool of this machine at this moment, as the kernel and the manifest have it."""
    from portman.machine import port_range as pool_facts

    return make_pool(pool_facts.automatic_range(), wsl=pool_facts.is_wsl(), wanted=manifest.pool)


def numbers_to_avoid(manifest: Manifest) -> frozenset[int]:
    """Return numbers the pool never hands out.

    A range written in ports.toml is asked for: registered names in it are fair game.
    """
    from portman.ports.iana import registered_ports

    mac = AIRPLAY if sys.platform == "darwin" else frozenset()
    return mac if manifest.pool else mac | registered_ports()


def user_name() -> str:
    """Return the login name of who runs this, or the uid as text."""
    if sys.platform == "win32":
        return os.environ.get("USERNAME", "")
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def numbers_in_block(workspace: Workspace) -> dict[str, int]:
    """Return the port each service has in this checkout's own managed blocks.

    They heal a lost ledger: what the files still say is what the programs still use.
    """
    from portman.outputs.block import block_values

    values: dict[str, str] = {}
    for output in workspace.outputs:
        if output.format != "dotenv":
            continue
        try:
            values.update(block_values(workspace.file(output.path).block))
        except PortmanError:
            continue  # reported when the output is written
    numbers: dict[str, int] = {}
    for service in workspace.manifest.services:
        number = next((values[name] for name in service.env if name in values), "")
        if number.isascii() and number.isdigit() and 0 < int(number) < 65536:
            numbers[service.name] = int(number)
    return numbers


def _primary_under_lock(workspace: Workspace, writer: Writer) -> bool:
    checkout = workspace.checkout
    if checkout.primary is not None or checkout.repository is None:
        return bool(checkout.primary)
    first = writer.primary_of(checkout.repository)
    return first is None or first == (checkout.path, checkout.instance)


def _prober() -> Callable[[str, int], bool]:
    from portman.machine import sockets

    def is_free(protocol: str, port: int) -> bool:
        return sockets.probe(port, protocol) == "idle"

    return is_free


def _looker(workspace: Workspace, containers: tuple[Container, ...]) -> Callable[[str, int], Look]:
    from portman.holders.verdicts import look_for

    def look(protocol: str, port: int) -> Look:
        return look_for(workspace, protocol, port, containers)

    return look


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
            "portman gc gives back what vanished checkouts had; portman list shows who has what",
        )
    ]
