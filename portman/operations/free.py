"""`portman free`: stop what listens on a port, after saying what that is, and prove the result."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from portman.core.errors import PortmanError, Problem
from portman.core.kill_plan import Candidate, Plan, make_plan
from portman.operations.chain import endpoint_view, occupant_view
from portman.operations.report import Report
from portman.operations.scene import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from portman.core.endpoint import Endpoint
    from portman.core.occupant import Occupant
    from portman.machine.signals import Grip
    from portman.operations.target import Target


class Wish(NamedTuple):
    """How `free` was asked for. `timeout` is in seconds, for each round of waiting."""

    udp: bool = False
    dry_run: bool = False
    force: bool = False
    timeout: float = 5.0


PLAIN = Wish()


class Look(NamedTuple):
    """One look at a port: who listens on exactly what was asked for, and who else is on it."""

    targets: tuple[Occupant, ...]
    others: tuple[Occupant, ...]
    grips: dict[int, Grip]

    @property
    def inodes(self) -> frozenset[int]:
        """Return the numbers of the sockets that have to go."""
        return frozenset(
            socket.inode for one in self.targets for socket in one.endpoints if socket.inode
        )

    def close(self) -> None:
        """Let go of every process."""
        for grip in self.grips.values():
            grip.close()


def free(
    start: str,
    asked: str,
    *,
    instance: str = "",
    wish: Wish = PLAIN,
    confirm: Callable[[Report], bool] | None = None,
) -> Report:
    """Plan, ask `confirm` (None stands for "go ahead"), act, and look again.

    The report's data has the plan in every case, and `state` as it is in the end: "free",
    "leftover", "taken", ... Errors: free-refused, free-unconfirmed, free-failed, usage,
    service-unknown, lease-missing.
    """
    from portman.operations.target import find_target

    target = exact_target(
        find_target(start, asked, instance=instance, registry=False), udp=wish.udp
    )
    look = look_at(target)
    try:
        plan = plan_for(look, target)
        data = view(target, look, plan, wish)
        if not look.targets:
            return _nothing_to_stop(target, look, data)
        refused = [Problem("free-refused", refusal.text, refusal.hint) for refusal in plan.refusals]
        if refused or wish.dry_run:
            return Report("free", data, tuple(refused))
        if confirm is not None and not confirm(Report("free", data)):
            return Report("free", data, (_unconfirmed(target),))
        return _act(target, look, plan, data, wish)
    finally:
        look.close()


def exact_target(target: Target, *, udp: bool) -> Target:
    """Return the target with one protocol: TCP unless asked otherwise.

    Raises PortmanError "usage" for addresses that cannot be anybody's listener here.
    """
    from portman.operations.who import require_port

    require_port(target)
    if udp:
        return target._replace(protocols=("udp",))
    if len(target.protocols) == 2 and target.service is None:
        return target._replace(protocols=("tcp",))
    return target


def look_at(target: Target) -> Look:
    """Find the listeners on exactly the address and port asked for; take a grip on each process.

    A grip is taken first and the socket looked up again through it, so that no number can have
    come to mean another process in between.
    """
    from portman.operations.occupants import find_occupants

    everybody = find_occupants(target.pairs, open_ledger())
    targets: list[Occupant] = []
    others: list[Occupant] = []
    for one in everybody:
        wanted = tuple(socket for socket in one.endpoints if is_target(socket, target, one))
        if wanted:
            targets.append(one._replace(endpoints=wanted))
        else:
            others.append(one)
    return Look(tuple(targets), tuple(others), _grips(targets))


def is_target(socket: Endpoint, target: Target, one: Occupant) -> bool:
    """Return whether a socket is exactly what was asked to be freed."""
    if socket.role == "bound":
        return is_hold(one) and _at_host(socket, target.address.host)
    return socket.role == "listen" and _at_host(socket, target.address.host)


def _at_host(socket: Endpoint, host: str) -> bool:
    """Compare addresses exactly; a name of loopback stands for both of its addresses."""
    from portman.core.address import reach_of
    from portman.core.endpoint import plain

    if not host:
        return True
    if reach_of(host) == "loopback" and not host[0].isdigit() and ":" not in host:
        return socket.address in ("127.0.0.1", "::1")
    return plain(socket.address) == host


def is_hold(one: Occupant) -> bool:
    """Return whether this is portman itself, holding a port for a program yet to come."""
    words = one.command.split()
    names = [os.path.basename(word) for word in words[:4]]
    ours = "portman" in names or ("-m" in words and "portman" in words)
    return ours and ("hold" in words or "run" in words)


def _grips(targets: list[Occupant]) -> dict[int, Grip]:
    from portman.machine.signals import Grip

    grips: dict[int, Grip] = {}
    for one in targets:
        inodes = frozenset(socket.inode for socket in one.endpoints)
        for pid in _pids(one):
            try:
                grip = Grip(pid)
            except ProcessLookupError:
                continue
            if not inodes - {0} or grip.has(inodes):
                grips[pid] = grip
            else:
                grip.close()
    return grips


def _pids(one: Occupant) -> list[int]:
    own = [one.pid] if one.pid is not None else []
    return own + [other.pid for other in one.sharing]


def plan_for(look: Look, target: Target) -> Plan:
    """Return what would be done: the very plan that is carried out."""
    from portman.machine.processes import ancestors

    me = os.getpid()
    return make_plan(
        candidates(look),
        port=target.ports[0],
        me=me,
        my_parents=[one.pid for one in ancestors(me)],
    )


def candidates(look: Look) -> list[Candidate]:
    """Return every process with one of the sockets, those that merely share it too."""
    found: dict[int | None, Candidate] = {}
    holders = frozenset(look.grips)
    for one in look.targets:
        first = _candidate(one, look, holders)
        found.setdefault(first.pid, first)
        for other in one.sharing:
            if other.pid in look.grips and other.pid not in found:
                found[other.pid] = _sharer(one, other.pid, look)
    return list(found.values())


def _candidate(one: Occupant, look: Look, holders: frozenset[int]) -> Candidate:
    from portman.machine.units import find_unit

    grip = look.grips.get(one.pid or 0)
    return Candidate(
        pid=one.pid,
        name=one.name,
        command=one.command,
        user=one.user or (None if one.uid is None else f"uid {one.uid}"),
        unit_name=one.unit,
        parents=tuple(parent.pid for parent in one.parents),
        start_mark=one.start_mark,
        places=tuple(socket.place for socket in one.endpoints),
        may_signal=grip is None or grip.may_signal(),
        hold=is_hold(one),
        listens=one.role == "listen",
        forwarder=one.forwarder,
        container=one.container,
        unit=find_unit(one.cgroup, one.pid, holders) if one.pid else None,
    )


def _sharer(one: Occupant, pid: int, look: Look) -> Candidate:
    from portman.core.forwarders import forwarder
    from portman.machine import processes

    told = processes.facts(pid)
    other = next(each for each in one.sharing if each.pid == pid)
    return Candidate(
        pid=pid,
        name=other.name,
        command=other.command,
        user=other.user,
        parents=other.parents,
        start_mark=other.start_mark,
        places=tuple(socket.place for socket in one.endpoints),
        may_signal=look.grips[pid].may_signal(),
        hold=is_hold(one),
        listens=one.role == "listen",
        forwarder=forwarder(other.name, told.argv if told else ()),
        container=one.container,
        unit=None,
    )


def view(target: Target, look: Look, plan: Plan, wish: Wish) -> dict[str, object]:
    """Return the data of the report before anything was done."""
    return {
        "asked": target.address.text,
        "host": target.address.host,
        "ports": list(target.ports),
        "protocols": list(target.protocols),
        "service": target.service,
        "dry_run": wish.dry_run,
        "force": wish.force,
        "timeout": wish.timeout,
        "targets": [endpoint_view(socket) for one in look.targets for socket in one.endpoints],
        "plan": {
            "steps": [step._asdict() for step in plan.steps],
            "refusals": [refusal._asdict() for refusal in plan.refusals],
        },
        "done": [],
        "state": None,
        "left": [occupant_view(one) for one in look.others if one.role != "remains"],
    }


def _nothing_to_stop(target: Target, look: Look, data: dict[str, object]) -> Report:
    """Say that nobody listens: fine if the port is free, an error if something else has it."""
    from portman.operations.port_proof import prove

    proof = prove(target)
    data = {**data, "state": proof.state}
    nearby = [one for one in look.others if one.role in ("listen", "bound")]
    if nearby:
        return Report("free", data, (_elsewhere(target, nearby[0]),))
    if proof.fine:
        return Report("free", data, warnings=(*proof.notes, *_no_pid(target)))
    return Report("free", data, (proof.problem(target),))


def _no_pid(target: Target) -> tuple[Problem, ...]:
    """Say that a number is a port, where a process happens to have the same number."""
    from portman.machine.processes import facts

    told = facts(target.ports[0]) if target.service is None and not target.address.host else None
    if told is None:
        return ()
    return (
        Problem(
            "port-not-pid",
            f"{told.pid} is also the pid of {told.name}; free takes ports only and left it alone",
            f"if you meant the process: kill {told.pid}",
        ),
    )


def _elsewhere(target: Target, one: Occupant) -> Problem:
    """Somebody has the port, on another address or without listening: not what was asked."""
    from portman.core.wording import who
    from portman.operations.trouble import home

    if one.role == "bound":
        return Problem(
            "free-refused",
            f"nobody listens on {target.address.text}; {who(one.holder(), home())} has bound "
            f"{one.first.place} without listening, and free stops listeners only",
            f"portman who {one.first.port}",
        )
    flag = " --udp" if one.first.protocol == "udp" else ""
    return Problem(
        "free-refused",
        f"nobody listens on exactly {target.address.text}; {who(one.holder(), home())} listens on "
        f"{one.first.place}",
        f"portman free {one.first.place}{flag}",
    )


def _unconfirmed(target: Target) -> Problem:
    asked = target.service or target.address.text
    return Problem(
        "free-unconfirmed",
        f"nothing was stopped: free {asked} was not confirmed",
        f"portman free {asked} --yes",
    )


def _act(target: Target, look: Look, plan: Plan, data: dict[str, object], wish: Wish) -> Report:
    from portman.operations.port_proof import prove
    from portman.operations.stopping import carry_out

    done = carry_out(plan, look, target, wish)
    proof = prove(target, settled=True)
    data = {
        **data,
        "done": [one._asdict() for one in done.deeds],
        "state": proof.state,
        "left": [occupant_view(one) for one in proof.left],
    }
    if proof.fine:
        return Report("free", data, warnings=proof.notes)
    return Report("free", data, done.problems or (proof.problem(target, done.pids),))


def require_wish(timeout: float) -> None:
    """Refuse a time to wait that is none. Raises PortmanError "usage"."""
    if not 0 < timeout <= 600:
        raise PortmanError(
            "usage",
            f"--timeout takes seconds from 0.1 to 600, not {timeout:g}",
            hint="portman free 3000 --timeout 10",
        )
