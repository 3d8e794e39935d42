"""Is each leased port idle, and whose is it if not: probe first, look closer only if busy.

`judge` is the one place that turns evidence (whose holder, what the kernel says) into a verdict;
whose a holder is, checkout/ownership.py decides.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from portman.base.values import LOCAL_SCOPE
from portman.checkout.ownership import is_ours, manifest_folder
from portman.machine import sockets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from portman.allocation.plan import Look
    from portman.allocation.workspace import Workspace
    from portman.base.holder import Holder
    from portman.base.values import Claim, Lease, Verdict
    from portman.containers.model import Container

Pair = tuple[str, int]

#: Gravest first: a service with several ports is judged by its worst one.
GRAVITY: tuple[Verdict, ...] = (
    "taken",
    "excluded",
    "privileged",
    "claimed",
    "lingering",
    "reserved",
    "running",
    "idle",
)
#: Verdicts that keep a service from starting, so that `up` and `check` say no.
BLOCKING: frozenset[Verdict] = frozenset({"taken", "excluded", "privileged", "claimed"})


class Finding(NamedTuple):
    """A verdict on one port, and who has it.

    Not `seen`: it is another machine's port, which was not looked at.
    """

    verdict: Verdict
    protocol: str = "tcp"
    port: int = 0
    holder: Holder | None = None
    claim: Claim | None = None
    seen: bool = True


def judge(
    holders: Iterable[Holder], *, ours: Iterable[bool], kernel: str
) -> tuple[Verdict, Holder | None]:
    """Return the verdict on a busy port from the sockets found on it, and the one to name.

    `ours` says for each holder whether it belongs to the asking checkout. `kernel` is what
    the kernel said when asked more closely (machine/sockets.classify), which decides where no
    server is seen: "lingering" and "blocked" connections let a server start or pass within a
    minute; "idle" means the port was busy for an instant only (another probe); a port that is
    busy though nothing shows is `taken` by a process this user may not see.
    """
    seen = tuple(zip(holders, ours, strict=True))
    serving = [(holder, mine) for holder, mine in seen if holder.serving]
    strangers = [holder for holder, mine in serving if not mine]
    if strangers:
        return "taken", _most_telling(strangers)
    listening = [holder for holder, _ in serving if holder.state == "listen"]
    if listening:
        return "running", _most_telling(listening)
    if serving:
        return "reserved", serving[0][0]
    if kernel == "idle":
        return "idle", None
    if kernel in ("lingering", "blocked"):
        return "lingering", None
    return "taken", next((holder for holder, _ in seen if holder.state == "client"), None)


def worst(findings: Iterable[Finding]) -> Finding:
    """Return the gravest finding; "idle" where there is none."""
    return min(findings, key=lambda one: GRAVITY.index(one.verdict), default=Finding("idle"))


def _most_telling(holders: list[Holder]) -> Holder:
    """Prefer one with a pid over one without, then a listener over a bound socket."""
    return min(holders, key=lambda one: (one.pid is None, one.state != "listen"))


def find_verdicts(workspace: Workspace, leases: Collection[Lease]) -> dict[str, Finding]:
    """Return the gravest finding for every lease, by service name.

    One bind for each free port; the kernel's tables and the processes behind them are read
    once, and only if some port is busy. Ports of another machine are not looked at.
    """
    away = workspace.elsewhere
    unseen = {one.service: Finding("idle", seen=False) for one in leases if one.service in away}
    wanted = tuple(one for one in leases if one.service not in away)
    keys: dict[str, tuple[Pair, ...]] = {lease.service: lease.keys() for lease in wanted}
    seen = {pair: sockets.probe(pair[1], pair[0]) for pairs in keys.values() for pair in pairs}
    busy = [pair for pair, state in seen.items() if state == "busy"]
    judged = judge_busy(workspace, busy) if busy else {}

    def finding(pair: Pair) -> Finding:
        state = seen[pair]
        return judged[pair] if state == "busy" else Finding(state, *pair)

    found = {service: worst(finding(pair) for pair in pairs) for service, pairs in keys.items()}
    return {**found, **unseen}


def judge_busy(
    workspace: Workspace, pairs: list[Pair], containers: tuple[Container, ...] | None = None
) -> dict[Pair, Finding]:
    """Name who has each of the busy (protocol, port) pairs, and whether it is this checkout.

    `containers` are those of the engine, where it was asked already.
    """
    from portman.holders.find import holders_by_pair

    found = holders_by_pair(pairs, containers)
    checkout = workspace.checkout
    return {
        pair: judge_pair(
            pair,
            [place_holder(workspace, holder) for holder in found[pair]],
            checkout.path,
            checkout.instance,
        )
        for pair in pairs
    }


def judge_pair(pair: Pair, holders: list[Holder], path: str, instance: str) -> Finding:
    """Return the verdict on one busy port, as the checkout at `path` would see it."""
    serving = any(holder.serving for holder in holders)
    kernel = "holder" if serving else sockets.classify(pair[1], pair[0])
    ours = [is_ours(holder, path, instance) for holder in holders]
    verdict, who = judge(holders, ours=ours, kernel=kernel)
    return Finding(verdict, *pair, holder=who)


def place_holder(workspace: Workspace, holder: Holder) -> Holder:
    """Add the checkout a stranger works in, if there is a manifest at or above its folder.

    Of a container that is the folder of its Compose project, or the one its label names.
    """
    place = _place_of(holder)
    if holder.checkout or not place:
        return holder
    found = manifest_folder(place)
    folder = found and os.path.realpath(found)
    if folder is None or folder == workspace.checkout.path:
        return holder
    return holder._replace(checkout=folder, service=_service_there(workspace, folder, holder))


def _place_of(holder: Holder) -> str | None:
    container = holder.container
    if container is None:
        return holder.cwd
    named = (container.checkout or "").partition("#")[0]
    return container.folder or named or None


def look_for(
    workspace: Workspace, protocol: str, port: int, containers: tuple[Container, ...] | None = None
) -> Look:
    """Say what keeps this checkout from binding a port; None if nothing (or only itself) does."""
    state = sockets.probe(port, protocol)
    if state == "idle":
        return None
    if state != "busy":
        return state
    verdict = judge_busy(workspace, [(protocol, port)], containers)[protocol, port].verdict
    return "taken" if verdict == "taken" else None


def _service_there(workspace: Workspace, folder: str, holder: Holder) -> str | None:
    """Return which service of the other checkout the ledger says lives on this port."""
    holding = workspace.ledger.lease_on(LOCAL_SCOPE, holder.protocol, holder.port)
    if holding is not None and holding.record.path == folder:
        return holding.lease.service
    return None
