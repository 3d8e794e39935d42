"""Is each leased port free, and whose is it if not: probe first, look closer only if busy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from portman.base.values import Claim, Holder, Lease, Verdict
    from portman.containers.model import Container
    from portman.ports.plan import Look
    from portman.ports.workspace import Workspace

# From what the machine shows of a port to one word, and from many words to the gravest.

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
    """A verdict on one port, and who is behind it.

    Not `seen`: it is another machine's, nobody looked, and nothing is known to be in the way.
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
    busy though nothing shows is `taken` by somebody we may not see.
    """
    seen = tuple(zip(holders, ours, strict=True))
    serving = [(holder, mine) for holder, mine in seen if holder.state in ("listen", "bound")]
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
    """Prefer a listener over a bound socket over a client, and one with a pid over one without."""
    order = {"listen": 0, "bound": 1, "client": 2}
    return min(holders, key=lambda one: (one.pid is None, order.get(one.state, 3)))


def find_verdicts(workspace: Workspace, leases: Collection[Lease]) -> dict[str, Finding]:
    """Return the gravest finding for every lease, by service name.

    One bind for each free port; the kernel's tables and the processes behind them are read
    once, and only if some port is busy. Ports of another machine are not looked at.
    """
    from portman.machine import sockets

    away = workspace.elsewhere
    unseen = {one.service: Finding("idle", seen=False) for one in leases if one.service in away}
    wanted = tuple(one for one in leases if one.service not in away)
    keys: dict[str, tuple[tuple[str, int], ...]] = {lease.service: lease.keys() for lease in wanted}
    seen = {pair: sockets.probe(pair[1], pair[0]) for pairs in keys.values() for pair in pairs}
    busy = [pair for pair, state in seen.items() if state == "busy"]
    judged = judge_busy(workspace, busy) if busy else {}

    def finding(pair: tuple[str, int]) -> Finding:
        state = seen[pair]
        if state == "busy":
            return judged[pair]
        return Finding(state, *pair)

    found = {service: worst(finding(pair) for pair in pairs) for service, pairs in keys.items()}
    return {**found, **unseen}


def judge_busy(
    workspace: Workspace,
    pairs: list[tuple[str, int]],
    containers: tuple[Container, ...] | None = None,
) -> dict[tuple[str, int], Finding]:
    """Name who has each of the busy (protocol, port) pairs, and whether it is this checkout.

    `containers` are those of the engine, where it was asked already.
    """
    from portman.containers.claims import name_containers
    from portman.machine import sockets
    from portman.machine.sockets.listing import find_holders

    by_pair: dict[tuple[str, int], list[Holder]] = {pair: [] for pair in pairs}
    for holder in name_containers(find_holders(pairs), containers):
        by_pair.setdefault((holder.protocol, holder.port), []).append(holder)
    findings = {}
    for pair in pairs:
        holders = [place_holder(workspace, holder) for holder in by_pair[pair]]
        serving = any(holder.state in ("listen", "bound") for holder in holders)
        kernel = "holder" if serving else sockets.classify(pair[1], pair[0])
        ours = [is_ours(workspace, holder) for holder in holders]
        verdict, who = judge(holders, ours=ours, kernel=kernel)
        findings[pair] = Finding(verdict, *pair, holder=who)
    return findings


def is_ours(workspace: Workspace, holder: Holder) -> bool:
    """Return whether the holder belongs to the asking checkout (DESIGN, section 6)."""
    from portman.checkout import ownership

    return ownership.is_ours(holder, workspace.checkout.path, workspace.checkout.instance)


def place_holder(workspace: Workspace, holder: Holder) -> Holder:
    """Add the checkout a stranger works in, if there is a manifest at or above its folder.

    Of a container that is the folder of its Compose project, or the one its label names.
    """
    from portman.checkout.ownership import manifest_folder

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
    from portman.machine import sockets

    state = sockets.probe(port, protocol)
    if state == "idle":
        return None
    if state != "busy":
        return state
    verdict = judge_busy(workspace, [(protocol, port)], containers)[protocol, port].verdict
    return "taken" if verdict == "taken" else None


def _service_there(workspace: Workspace, folder: str, holder: Holder) -> str | None:
    """Return which service of the other checkout the ledger says lives on this port."""
    from portman.base.values import LOCAL_SCOPE

    holding = workspace.ledger.lease_on(LOCAL_SCOPE, holder.protocol, holder.port)
    if holding is not None and holding.record.path == folder:
        return holding.lease.service
    return None
