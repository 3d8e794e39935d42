"""Is each leased port idle, and whose is it if not: probe first, look closer only if busy.

`judge` is the one place that turns evidence (whose holder, as which service, on which address) into
a verdict; whose a holder is, checkout/evidence.py decides. Nothing here connects to anything.
"""

from __future__ import annotations

import os
import time

from portman.base.record import NamedTuple
from portman.base.values import COMMON_HOSTS, LOCAL_SCOPE
from portman.checkout.ownership import Tenant, manifest_folder
from portman.machine import sockets

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from portman.allocation.plan import Look
    from portman.allocation.workspace import Workspace
    from portman.base.holder import Holder
    from portman.base.values import Claim, Lease, Service, Verdict
    from portman.checkout.evidence import Evidence
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
#: What `localhost` leads to; programs try the one and the other.
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
#: Seconds after which a server at work has accepted a connection that waited.
SECOND_LOOK = 0.1


class Finding(NamedTuple):
    """A verdict on one port, and who has it.

    `wrong_host`: it is this service, on an address that is not its own. `waiting` connections have
    not been accepted by it, of at most `backlog`. Not `seen`: it is another machine's port, which
    was not looked at; or, with a `holder`, the system would not say whose the port is
    (`Holder.unseen`). The verdict is "idle" then, so that it decides nothing. "running" rests on
    the sockets of these holders.
    """

    verdict: Verdict
    protocol: str = "tcp"
    port: int = 0
    holder: Holder | None = None
    claim: Claim | None = None
    seen: bool = True
    wrong_host: bool = False
    waiting: int = 0
    backlog: int = 0
    rests_on: tuple[Holder, ...] = ()

    @property
    def unknown(self) -> str:
        """Why nobody knows who has the port, "" where that is known."""
        return "" if self.seen or self.holder is None else self.holder.unseen

    @property
    def suspended(self) -> bool:
        """Whether a server of ours is stopped by a signal: the kernel accepts, it does not."""
        holder = self.holder
        return self.verdict == "running" and holder is not None and holder.stopped

    @property
    def silent(self) -> bool:
        """Whether `up` has nothing to say of it besides the verdict."""
        return self.verdict not in BLOCKING and not (self.waiting or self.unknown or self.suspended)

    @property
    def full(self) -> bool:
        """Whether so many connections wait that a new one gets no answer."""
        return bool(self.waiting) and self.waiting > self.backlog


class Judgement(NamedTuple):
    """What `judge` says, and which holder is to be named. Not `seen`: it may be anybody's."""

    verdict: Verdict
    holder: Holder | None = None
    wrong_host: bool = False
    seen: bool = True


def judge(  # noqa: PLR0911 - one verdict a line, the gravest first
    holders: Iterable[Holder], *, ours: Iterable[bool], kernel: str, host: str = ""
) -> Judgement:
    """Return the verdict on a busy port from the sockets found on it, and the one to name.

    `ours` says for each holder whether it is the service that has the port; `host` is where its
    clients connect, "" for anywhere. `kernel` is what the kernel said when asked more closely
    (machine/sockets.classify), which decides where no server is seen: "lingering" and "blocked"
    connections let a server start or pass within a minute; "idle" means the port was busy for an
    instant only (another probe); "joinable" that servers can bind beside what is only bound there;
    a port that is busy though nothing shows is `taken` by a process this user may not see. A socket
    that may be anybody's, since the system did not say whose it is, leaves the verdict open.
    """
    seen = tuple(zip(holders, ours, strict=True))
    serving = [(holder, mine) for holder, mine in seen if holder.serving]
    listening = [holder for holder, mine in serving if mine and holder.state == "listen"]
    answering = [one for one in listening if not host or _answers(one, host)]
    strangers = [holder for holder, mine in serving if not mine and not is_unknown(holder)]
    if answering and host in _LOOPBACK:  # who reaches the server there meets no other address
        strangers = [one for one in strangers if any(map(one.first.conflicts, _LOOPBACK))]
    unknown = [holder for holder, mine in serving if not mine and is_unknown(holder)]
    beside = kernel == "joinable" or bool(listening)
    in_the_way = [one for one in strangers if one.state == "listen" or not beside]
    if in_the_way:
        return Judgement("taken", _most_telling(in_the_way))
    if unknown or kernel == "unknown":
        return Judgement("idle", next(iter(unknown), None), seen=False)
    if listening:
        if not answering:
            return Judgement("taken", _most_telling(listening), wrong_host=True)
        return Judgement("running", _most_telling(answering))
    if serving:
        own = [holder for holder, mine in serving if mine]
        return Judgement("reserved", (own or strangers)[0])
    if kernel == "idle":
        return Judgement("idle")
    if kernel == "joinable":
        return Judgement("reserved")
    if kernel in ("lingering", "blocked"):
        return Judgement("lingering")
    return Judgement("taken", next((one for one, _ in seen if one.state == "client"), None))


def is_unknown(holder: Holder) -> bool:
    """Return whether it may be anybody's: no process shows a socket that could be this user's.

    Another user's is a stranger, though no more of it can be seen.
    """
    if holder.pid is not None or holder.container is not None or not holder.unseen:
        return False
    return holder.uid is None or not hasattr(os, "geteuid") or holder.uid == os.geteuid()


def _answers(holder: Holder, host: str) -> bool:
    listeners = [one for one in holder.sockets if one.state == "listen"]
    return not listeners or any(one.answers_host(host) for one in listeners)


def worst(findings: Iterable[Finding]) -> Finding:
    """Return the gravest finding; "idle" where there is none. Unknown is graver than running."""
    each = list(findings)
    if len(each) == 1:
        return each[0]
    known = GRAVITY.index("lingering")
    return min(
        each,
        key=lambda one: known - 0.5 if one.unknown else GRAVITY.index(one.verdict),
        default=Finding("idle"),
    )


def _most_telling(holders: list[Holder]) -> Holder:
    return min(holders, key=lambda one: (one.pid is None, one.state != "listen"))


def host_to_probe(service: Service | None) -> str:
    """Return the one address a service is probed on, "" for all of them."""
    return "" if service is None or service.host in COMMON_HOSTS else service.host


def tenant_of(workspace: Workspace) -> Tenant:
    checkout = workspace.checkout
    services = workspace.manifest.services
    return Tenant(checkout.path, checkout.instance, services, lambda: workspace.slug)


def find_verdicts(workspace: Workspace, leases: Collection[Lease]) -> dict[str, Finding]:
    """Return the gravest finding for every lease, by service name.

    One bind for each free port; the kernel's tables and the processes behind them are read
    once, and only if some port is busy. Ports of another machine are not looked at.
    """
    away = workspace.elsewhere
    unseen = {one.service: Finding("idle", seen=False) for one in leases if one.service in away}
    wanted = tuple(one for one in leases if one.service not in away)
    keys: dict[str, tuple[Pair, ...]] = {lease.service: lease.keys() for lease in wanted}
    known = {one.name: one for one in workspace.manifest.services}
    services = {pair: known.get(name) for name in keys for pair in keys[name]}
    hosts = {pair: host_to_probe(service) for pair, service in services.items()}
    seen = {pair: sockets.probe(pair[1], pair[0], host) for pair, host in hosts.items()}
    #: An engine may bind what this user may not; a bind tells nothing then, the tables do.
    by_engine = {
        pair
        for pair, service in services.items()
        if seen[pair] == "privileged" and service is not None and service.kind == "container"
    }
    busy = {
        pair: services[pair] for pair, state in seen.items() if state == "busy" or pair in by_engine
    }
    judged = without_passing_queues(judge_busy(workspace, busy)) if busy else {}

    def finding(pair: Pair) -> Finding:
        state = seen[pair]
        if state == "busy":
            return judged[pair]
        if pair not in by_engine:
            return Finding(state, *pair)
        return judged[pair] if judged[pair].holder else Finding("idle", *pair)

    gravest = _together if judged else worst
    found = {service: gravest([finding(pair) for pair in pairs]) for service, pairs in keys.items()}
    return {**found, **unseen}


def _together(findings: list[Finding]) -> Finding:
    gravest = worst(findings)
    return gravest._replace(rests_on=tuple(x for one in findings for x in one.rests_on))


def is_in_use(workspace: Workspace, finding: Finding) -> bool:
    """Return whether a program of the checkout serves on a port, or keeps it to start there.

    What a `run` that has ended left bound in another's program lets servers start anywhere.
    """
    if finding.verdict != "reserved" or finding.holder is None:
        return finding.verdict == "running"
    from portman.checkout.evidence import evidence_of

    return evidence_of(finding.holder, tenant_of(workspace)).ours


def proven(findings: Mapping[str, Finding]) -> tuple[str, ...]:
    """Return the evidence by which a receipt knows that these verdicts are still true."""
    holders = [holder for one in findings.values() for holder in one.rests_on]
    if not holders:
        return ()
    from portman.holders.find import proof_of

    return proof_of(holders)


def without_passing_queues(judged: dict[Pair, Finding]) -> dict[Pair, Finding]:
    """Look at waiting connections once more: a server at work has accepted some of them by then."""
    asked = [pair for pair, one in judged.items() if one.waiting]
    if not asked:
        return judged
    time.sleep(SECOND_LOOK)
    from portman.machine.sockets.listing import read_table

    now: dict[Pair, int] = {}
    for socket in read_table(asked):
        if socket.state == "listen":
            now[socket.pair] = max(now.get(socket.pair, 0), socket.waiting)
    passed = [pair for pair in asked if now.get(pair, 0) < judged[pair].waiting]
    return {**judged, **{pair: judged[pair]._replace(waiting=0) for pair in passed}}


def judge_busy(
    workspace: Workspace,
    busy: Mapping[Pair, Service | None],
    containers: tuple[Container, ...] | None = None,
) -> dict[Pair, Finding]:
    """Name who has each of the busy (protocol, port) pairs, and whether it is the pair's service.

    None stands for any service of this checkout. `containers` are those of the engine, where it
    was asked already.
    """
    from portman.holders.find import holders_by_pair

    found = holders_by_pair(busy, containers)
    tenant = tenant_of(workspace)
    return {
        pair: judge_pair(
            pair, [place_holder(workspace, one) for one in found[pair]], tenant, service
        )
        for pair, service in busy.items()
    }


def judge_pair(
    pair: Pair, holders: list[Holder], tenant: Tenant, service: Service | None
) -> Finding:
    """Return the verdict on one busy port, as a checkout sees it for one of its services."""
    from portman.base.forwarders import forwarder_of
    from portman.checkout.evidence import evidence_of, is_service

    probed = host_to_probe(service)
    there = [one for one in holders if not probed or not one.serving or one.first.conflicts(probed)]
    evidence = [evidence_of(one, tenant) for one in there]
    for at, seen in enumerate(evidence):
        if not seen.ours or forwarder_of(there[at]):
            there[at], evidence[at] = _server(there[at], seen, tenant)
    ours = [is_service(seen, service, one) for seen, one in zip(evidence, there, strict=True)]
    said = judge(
        there,
        ours=ours,
        kernel=_kernel(pair, there, ours, probed),
        host=service.host if service is not None else "",
    )
    holder = said.holder
    if holder is None or not said.seen:
        return Finding(said.verdict, *pair, holder=holder, seen=said.seen)
    at = there.index(holder)
    if evidence[at].ours and not ours[at]:
        name = ", ".join(evidence[at].services) or evidence[at].compose
        holder = holder._replace(checkout=tenant.path, service=name or None)
    socket = holder.sockets[0] if holder.sockets else None
    finding = Finding(said.verdict, *pair, holder=holder, wrong_host=said.wrong_host)
    if said.verdict == "running":
        finding = finding._replace(rests_on=tuple(one for one in there if one.serving))
    passive = service is not None and service.activation  # the hold itself listens
    if socket is None or said.verdict != "running" or not socket.waiting or passive:
        return finding
    return finding._replace(waiting=socket.waiting, backlog=socket.backlog)


def _server(one: Holder, said: Evidence, tenant: Tenant) -> tuple[Holder, Evidence]:
    """Return the worker that a manager of programs listens for, ours if there is one of ours."""
    from portman.checkout.evidence import evidence_of
    from portman.holders.find import workers_of

    workers = [(worker, evidence_of(worker, tenant)) for worker in workers_of(one)]
    return max(workers, key=lambda each: each[1].ours, default=(one, said))


def _kernel(pair: Pair, holders: list[Holder], ours: list[bool], host: str) -> str:
    """Ask the kernel more closely, where its answer decides."""
    if host and not holders and sockets.probe(pair[1], pair[0], host) == "idle":
        return "idle"
    serving = [(one.state, mine) for one, mine in zip(holders, ours, strict=True) if one.serving]
    if not serving:
        return sockets.classify(pair[1], pair[0])
    if any(state == "listen" for state, _ in serving) or all(mine for _, mine in serving):
        return "holder"
    return "joinable" if sockets.joinable(pair[1], pair[0]) else "holder"


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
    """Say what keeps this checkout from binding a port; None if nothing (or only itself) does.

    "unknown" is said of a busy port that may be its own server's.

    The usual port of a service with a `host` of its own is looked at on that address.
    """
    wishing = next(
        (
            one
            for one in workspace.manifest.services
            if one.usual and one.usual <= port < one.usual + one.size and host_to_probe(one)
        ),
        None,
    )
    state = sockets.probe(port, protocol, host_to_probe(wishing))
    if state == "excluded":
        return "excluded"
    if state == "idle":
        from portman.machine.port_range import host_listeners

        return "windows" if host_listeners().on((port,)) and protocol == "tcp" else None
    found = judge_busy(workspace, {(protocol, port): wishing}, containers)[protocol, port]
    if state == "privileged" and found.holder is None:
        return "privileged"
    if not found.seen:
        return "unknown"
    return "taken" if found.verdict == "taken" else None


def _service_there(workspace: Workspace, folder: str, holder: Holder) -> str | None:
    """Return which service of the other checkout the ledger says lives on this port."""
    holding = workspace.ledger.lease_on(LOCAL_SCOPE, holder.protocol, holder.port)
    if holding is not None and holding.record.path == folder:
        return holding.lease.service
    return None
