"""Why a service cannot have its port, who has it, and what to do: messages of `up`, `check`."""

from __future__ import annotations

import os
import sys

from portman.base.address import at
from portman.base.errors import Problem
from portman.base.forwarders import asks_engine, forwarder_of
from portman.base.holder import Holder
from portman.base.system_commands import typed, word
from portman.base.text import home_short, printable
from portman.checkout.evidence import is_older, was_ours
from portman.checkout.ownership import instance_of
from portman.containers.model import container_stop
from portman.holders.verdicts import BLOCKING, judge_busy
from portman.ledger.log import leased_by
from portman.machine.port_range import host_listeners

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portman.allocation.leases import Decision, Miss
    from portman.allocation.plan import Key
    from portman.allocation.workspace import Workspace
    from portman.base.values import Claim, ContainerFacts, Service
    from portman.holders.verdicts import Finding


Said = tuple[tuple[Problem, ...], tuple[Problem, ...]]
_TAKEN, _MOVE = " is taken by ", "move: portman up --reassign "


def said_of(workspace: Workspace, judged: list[tuple[Decision, Finding]]) -> Said:
    """Return the errors and warnings about what was found on the ports of services."""
    stuck = (one for one in judged if one[1].verdict in BLOCKING)
    idle_servers = (said for one in judged if (said := not_accepting(*one)) is not None)
    errors = once(blocked(workspace, *one) for one in stuck)
    return errors, (*owner_unknown(finding for _, finding in judged), *idle_servers)


def once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Make one problem of those that name one holder, for the services whose ports it has."""
    groups: dict[object, list[Problem]] = {}
    for number, one in enumerate(problems):
        named = one.message.partition(_TAKEN)[2]
        known = "pid " in named or named.startswith("container ")
        groups.setdefault(named if known else number, []).append(one)
    return tuple(_joined(*group) for group in groups.values())


def _joined(first: Problem, *others: Problem) -> Problem:
    if not others:
        return first
    heads = [one.message.partition(_TAKEN)[0].split(": port ") for one in (first, *others)]
    names, ports = (", ".join(words) for words in zip(*heads, strict=True))
    said = f"{names}: ports {ports} are{_TAKEN[3:]}{first.message.partition(_TAKEN)[2]}"
    lines = [line for one in (first, *others) for line in one.hint.split("\n")]
    moves = [line.removeprefix(_MOVE) for line in lines if line.startswith(_MOVE)]
    kept = [line for line in first.hint.split("\n") if not line.startswith(_MOVE)]
    if moves:
        kept.insert(1, _MOVE + " ".join(moves))
    return Problem(first.code, said, "\n".join(kept))


def blocked(workspace: Workspace, decision: Decision, finding: Finding) -> Problem:
    name, port = decision.service.name, f"{finding.port}{_udp(finding.protocol)}"
    if finding.verdict == "privileged":
        return Problem(
            "port-unusable",
            f"{name}: port {port} is below 1024 and this user may not bind it",
            f"choose a port from 1024 up in {workspace.manifest_path}\n"
            + typed("low port", finding.port),
            service=name,
        )
    if finding.verdict == "excluded":
        said = f"{name}: port {port} is excluded by the system, though nothing listens on it"
        return Problem("port-unusable", said, f"portman up --reassign {name}", service=name)
    return _held(workspace, decision, finding, port)


def _held(workspace: Workspace, decision: Decision, finding: Finding, port: str) -> Problem:
    name, holder = decision.service.name, finding.holder
    if holder is None:
        named = "a process that this user cannot see"
    elif finding.wrong_host:
        return _wrong_host(decision, finding, holder)
    elif holder.checkout == workspace.checkout.path and not holder.container:
        program = holder.service or "another program"
        named = f"{program} of this checkout ({brief(holder, holder.checkout)})"
        if decision.service.dir and not holder.service:
            named += f", which does not work in {printable(decision.service.dir)}"
    else:
        place = whose(holder, home()) if _elsewhere(holder) else ""
        named = who(holder, home()) + (f", {place}" if place else "")
        named += _of_instance(workspace, holder)
        if _has_no_ports(workspace, holder):
            named += ", a checkout without ports yet"
        if _is_of_a_folder_before(workspace, holder):
            named += _BEFORE[holder.container is None]
        if holder.state == "client":
            named += ", as the local port of a connection"
    way = _way_out(workspace, decision, finding, holder)
    return Problem("port-taken", f"{name}: port {port}{_TAKEN}{named}", way, service=name)


def _of_instance(workspace: Workspace, holder: Holder) -> str:
    """Return which other instance of this checkout a program is of, as words; "" for none."""
    path, run, token = workspace.checkout.path, holder.run, holder.claims_checkout or ""
    name = run.instance if run and run.path == path else instance_of(token, path)
    return f", of the instance {name}" if name not in ("", workspace.checkout.instance) else ""


_BEFORE = (", which was made before this folder", ", whose folder was deleted and made again")


def _is_of_a_folder_before(workspace: Workspace, holder: Holder) -> bool:
    path, instance = workspace.checkout.path, workspace.checkout.instance
    made_before = holder.container is None or is_older(holder.container, path)
    return made_before and was_ours(holder, path, instance)


def _wrong_host(decision: Decision, finding: Finding, holder: Holder) -> Problem:
    service, host = decision.service, decision.service.host
    return Problem(
        "wrong-address",
        f"{service.name}: {who(holder, home())} listens on {holder.first.place}, which does not "
        f"answer {at(host, finding.port)}, the address of {service.name}",
        f"start it on {host} (often --host {host}), or write the address it has as `host` of "
        f"{service.name} in ports.toml",
        service=service.name,
    )


def owner_unknown(findings: Iterable[Finding]) -> tuple[Problem, ...]:
    unknown = [one for one in findings if one.unknown]
    if not unknown:
        return ()
    first = unknown[0]
    ports = ", ".join(dict.fromkeys(f"{one.port}{_udp(one.protocol)}" for one in unknown))
    said = f"who has port {ports} is unknown: {first.unknown}; nothing was decided by it"
    look = f"see who: portman who {first.port}"
    ways = {
        "darwin": f"allow or install lsof and netstat, which macOS has in /usr/sbin\n{look}",
        "win32": f"portman doctor\n{look}",
    }
    return (Problem("owner-unknown", said, ways.get(sys.platform, look)),)


def not_accepting(decision: Decision, finding: Finding) -> Problem | None:
    """Say that a server of ours is suspended, or leaves connections waiting; None if neither."""
    holder = finding.holder
    if holder is None or not (finding.waiting or finding.suspended):
        return None
    more = ", more than it has room for: new ones get no answer" if finding.full else ""
    said = f"accepts no connections: {finding.waiting} wait{more}"
    way = f"see what it does: portman who {finding.port}"
    if finding.suspended:
        said = "is suspended (Ctrl-Z): it answers no client"
        way = "continue it: " + typed("resume", holder.pid)
    text = f"{decision.service.name}: {who(holder, home())} listens on {finding.port} but {said}"
    return Problem("not-accepting", text, way, service=decision.service.name)


def brief(holder: Holder, checkout: str) -> str:
    """Return a program of a checkout in three words: "python3, pid 812, apps/api"."""
    facts = [holder.name or "a process", *([f"pid {holder.pid}"] if holder.pid else [])]
    if holder.cwd and holder.cwd != checkout:
        inside = os.path.relpath(holder.cwd, checkout) if checkout else holder.cwd
        facts.append(home_short(holder.cwd, home()) if inside.startswith("..") else inside)
    return printable(", ".join(facts))


def _way_out(
    workspace: Workspace, decision: Decision, finding: Finding, holder: Holder | None
) -> str:
    """Offer to stop the holder, to look at it, and, unless the port is fixed, to move."""
    name = decision.service.name
    hidden = holder is None or (holder.pid is None and holder.container is None)
    root = "sudo " if hidden and sudo_helps(holder) else ""
    asked = f"{finding.port} --udp" if finding.protocol == "udp" else f"{finding.port}"
    stop = root + (free_command(holder) if holder else f"portman free {asked}")
    if holder is not None and holder.container is not None:
        stop = container_stop(holder.container)
    lines = [f"see who: {root}portman who {asked}", f"stop it: {stop}"]
    if holder is not None and not holder.container and holder.state in ("bound", "client"):
        lines.pop()  # free stops listeners only
        if holder.state == "bound" and holder.pid is not None:
            lines.append("end it: " + typed("end", holder.pid))
    elif holder and holder.container and _is_of_a_folder_before(workspace, holder):
        again = word(holder.container.compose_service or "", "NAME")
        lines.insert(1, f"make it again: docker compose up -d --force-recreate {again}")
    if holder is not None and _has_no_ports(workspace, holder):
        there = word(holder.checkout or "", "FOLDER")
        lines.insert(1, f"give it its own, then restart it: portman -C {there} up")
    mine = holder is not None and holder.checkout == workspace.checkout.path
    if holder is not None and mine and not holder.service and decision.service.dir:
        lines.append(f"if it is {name}, start it by: portman run --service {name} -- CMD")
    behind = None if holder is None or holder.container or hidden else forwarder_of(holder)
    if behind is not None:
        lines = behind.stop.replace("{port}", str(finding.port)).split("\n")
    if not decision.service.fixed:
        lines.insert(1, f"{_MOVE}{name}")
    return "\n".join(lines)


def start_command(service: Service) -> str:
    if service.kind == "container":
        return f"docker compose up -d {word(service.compose or service.name, 'NAME')}"
    return f"portman run --service {service.name} -- CMD"


def free_command(holder: Holder) -> str:
    """Return the command that frees the address of this holder, and nothing else on the port."""
    flag = " --udp" if holder.protocol == "udp" else ""
    return (
        f"portman free {at(holder.address, holder.port) if holder.address else holder.port}{flag}"
    )


def _elsewhere(holder: Holder) -> bool:
    """Return whether naming the checkout adds anything to the working folder already named."""
    named = (holder.container.folder if holder.container else holder.cwd) or ""
    return bool(holder.service) or not f"{named}/".startswith(f"{holder.checkout}/")


def _has_no_ports(workspace: Workspace, holder: Holder) -> bool:
    """Return whether a program works in another checkout that never asked for its ports."""
    there = holder.checkout
    if not there or there == workspace.checkout.path or holder.container is not None:
        return False
    if asks_engine(holder):
        return False  # where a forwarder works says nothing
    return not workspace.ledger.holdings(path=there)


def missed_usual(workspace: Workspace, decisions: Iterable[Decision]) -> tuple[Problem, ...]:
    """Say which services did not get the number they should have had, and why.

    What another checkout has is one line for all of them, with the way to get them.
    """
    missed = [one for one in decisions if one.missed is not None]
    by_owner: dict[tuple[str, str] | None, list[Decision]] = {}
    here = (workspace.checkout.path, workspace.checkout.instance)
    for one in missed:
        owner = one.missed.leased_to[:2] if one.missed and one.missed.leased_to else here
        if owner != here:
            by_owner.setdefault(owner, []).append(one)
    single = [owner for owner, group in by_owner.items() if len(group) == 1]
    alone = [one for owner in single for one in by_owner.pop(owner)]
    if len(alone) > 1:
        by_owner[None] = alone
    grouped = {id(one) for group in by_owner.values() for one in group}
    several = tuple(_belong_to(owner, group) for owner, group in by_owner.items())
    rest = [one for one in missed if id(one) not in grouped]
    return several + _missed_one_by_one(workspace, rest)


def _belong_to(owner: tuple[str, str] | None, group: list[Decision]) -> Problem:
    """Name the usual ports that another checkout has; owner None: each another one."""
    named = ", ".join(
        f"{one.service.name} {one.missed.port}"
        + ("" if owner else f" ({_seat(one.missed.leased_to)})")
        for one in group[:4]
        if one.missed and one.missed.leased_to
    ) + (f" and {len(group) - 4} more" if len(group) > 4 else "")
    if owner is None:
        return Problem(
            "usual-taken",
            f"{len(group)} usual ports belong to other checkouts: {named}",
            "see them: portman list\nafter `portman down` there: portman up --reassign",
        )
    path, instance = owner
    there = f"portman -C {word(path)}" + (f" --instance {instance}" if instance else "")
    return Problem(
        "usual-taken",
        f"{len(group)} usual ports belong to {_seat((path, instance, ''))}: {named}",
        f"see what runs there: {there} check\ngive them up there: {there} down\n"
        "then move them here: portman up --reassign",
    )


def _seat(owner: tuple[str, str, str]) -> str:
    path, instance, service = owner
    place = _short(path) + (f" (instance {instance})" if instance else "")
    return f"{service} of {place}" if service else place


def _missed_one_by_one(workspace: Workspace, decisions: Iterable[Decision]) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            "usual-taken",
            f"{one.service.name}: wanted {one.missed.port}, "
            f"{_why(workspace, one, one.missed)} -> {one.lease.port}",
            f"once it is free: portman up --reassign {one.service.name}",
            service=one.service.name,
        )
        for one in decisions
        if one.missed is not None
    )


def moved(decisions: Iterable[Decision]) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            "port-moved",
            f"{one.service.name}: moved {one.was} -> {one.lease.port}",
            "restart what still uses the old number",
            service=one.service.name,
        )
        for one in decisions
        if one.was is not None
    )


#: Why a port cannot be had, besides those who have it; the value is a pid of Windows.
_BLOCKED = {
    "privileged": "which this user may not bind",
    "excluded": "which the system excludes",
    "windows": "taken by a program of Windows (pid {})",
}


def _why(workspace: Workspace, decision: Decision, miss: Miss) -> str:
    if miss.leased_to is not None:
        path, instance, service = miss.leased_to
        here = (path, instance) == (workspace.checkout.path, workspace.checkout.instance)
        place = f"{path} (instance {instance})" if instance else path
        if here:
            return f"leased to {service}"
        said = leased_by(workspace.ledger, decision.service.protocols[0], miss.port)
        return f"leased to {service} of {_short(place)}" + (f" {said}" if said else "")
    if miss.claim is not None:
        return _claimed_by(miss.claim.container)
    said = _BLOCKED.get(miss.reason, "")
    if said:
        return said.format(host_listeners().pids.get(miss.port))
    return f"taken by {_name_holder(workspace, decision, miss.port)}"


def _claimed_by(container: ContainerFacts) -> str:
    if container.state == "running":
        return f"taken by {who(Holder(container=container), home())}"
    return printable(f"claimed by container {container.name} ({container.state})")


def still_claimed(
    decisions: Iterable[Decision], claims: Mapping[Key, Claim]
) -> tuple[Problem, ...]:
    """Name the kept ports that a stopped container of another project is bound to as well.

    Nothing collides now: whichever of the two starts second will fail.
    """
    problems = []
    for one in decisions:
        claim = next((claims[key] for key in one.lease.keys() if key in claims), None)
        if claim is None or claim.container.state == "running":
            continue
        name, container = one.service.name, printable(claim.container.name)
        way = f"see it: docker inspect {word(container, 'NAME')}"
        if not one.service.fixed:
            way += f"\nmove: portman up --reassign {name}"
        problems.append(
            Problem(
                "port-claimed",
                f"{name}: port {claim.port} is also bound to container {container} "
                f"({claim.container.state}): whichever starts second fails",
                f"{way}\nremove it: docker rm {word(container, 'NAME')}",
                service=name,
            )
        )
    return tuple(problems)


def _name_holder(workspace: Workspace, decision: Decision, port: int) -> str:
    pairs: list[tuple[str, int]] = [
        (protocol, number)
        for protocol in decision.service.protocols
        for number in range(port, port + decision.service.size)
    ]
    judged = judge_busy(workspace, dict.fromkeys(pairs)).values()
    found = [one.holder for one in judged if one.holder is not None]
    return who(found[0], home()) if found else "a program that has gone since"


def _udp(protocol: str) -> str:
    return "/udp" if protocol == "udp" else ""


def _short(path: str) -> str:
    return printable(home_short(path, home()))


def home() -> str:
    folder = os.path.expanduser("~")
    return "" if folder == "~" else folder


def who(holder: Holder, home: str = "") -> str:
    if holder.container is not None:
        return _container(holder, home)
    behind = None if holder.pid is None else forwarder_of(holder)
    if behind is not None and behind.evidence == "start" and behind.kind == "container":
        return "a container (its engine did not answer which)"
    facts = [f"pid {holder.pid}"] if holder.pid is not None else []
    if holder.user:
        facts.append(f"user {holder.user}")
    elif holder.uid is not None:
        facts.append(f"uid {holder.uid}")
    if holder.pid is None and holder.unit:
        facts.append(f"unit {holder.unit}")
    if holder.pid is None and holder.unseen:
        return printable(f"a socket whose owner is unknown ({', '.join(facts)}): {holder.unseen}")
    name = holder.name or ("a process" if holder.pid is not None else "a hidden process")
    text = f"{name} ({', '.join(facts)})" if facts else name
    if behind is not None and behind.evidence != "folder":
        unknown = "; no engine says for which container" if behind.behind == "engine" else ""
        return printable(f"{text}, {behind.text}{unknown}")
    return printable(text + (f" in {home_short(holder.cwd, home)}" if holder.cwd else ""))


def sudo_helps(holder: Holder | None) -> bool:
    """Return whether root would see more: not where this is root, or the socket is one's own."""
    me = os.geteuid() if hasattr(os, "geteuid") else 0
    return me != 0 and (holder is None or (not holder.unseen and holder.uid != me))


def whose(holder: Holder, home: str = "") -> str:
    """Return the checkout (and service) a holder belongs to, or ""."""
    if not holder.checkout:
        return ""
    place = home_short(holder.checkout, home)
    return printable(f"{holder.service} of {place}" if holder.service else place)


def _container(holder: Holder, home: str) -> str:
    container = holder.container
    assert container is not None
    facts = [f"image {container.image}"] if container.image else []
    if container.tool:
        facts.append(" ".join(container.tool))
    elif container.project:
        facts.append(f"Compose project {container.project}")
    text = f"container {container.name}" + (f" ({', '.join(facts)})" if facts else "")
    return printable(
        text + (f" in {home_short(container.folder, home)}" if container.folder else "")
    )
