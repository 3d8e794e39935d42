"""What `portman free` would do, decided before anything is done. Pure.

`--dry-run` prints this plan and `free` carries it out: there is no second decision. Whatever has
one of the sockets must be stoppable, or nothing is touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from portman.base.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.base.values import ContainerFacts
    from portman.containers.model import Forwarder


class FreeOptions(NamedTuple):
    """How `free` was asked for. `timeout` is in seconds, for each round of waiting."""

    udp: bool = False
    dry_run: bool = False
    force: bool = False
    timeout: float = 5.0


class Unit(NamedTuple):
    """A systemd service. `user` is true for one of the user's own manager.

    `leads` is true if its main process is among those that have the socket, or is the wrapper
    that started it: then the unit must be stopped, because systemd may start it again. A server
    that a user started from an editor, an agent or a CI runner, which are units too, does not.
    `contains_us` is true if portman itself runs in it: then it is never stopped as a whole.
    `sockets` are the units that listen for it.
    """

    name: str
    user: bool = False
    leads: bool = False
    contains_us: bool = False
    sockets: tuple[str, ...] = ()


class Candidate(NamedTuple):
    """A process that has one of the sockets; `pid` is None for one that is hidden.

    `may_signal` says whether the kernel would let us. `hold` marks portman's own hold.
    """

    pid: int | None
    name: str = ""
    command: str = ""
    user: str | None = None
    unit_name: str | None = None
    folder: str | None = None
    parents: tuple[int, ...] = ()
    unseen: str = ""
    start_mark: int = 0
    may_signal: bool = True
    hold: bool = False
    listens: bool = True
    forwarder: Forwarder | None = None
    container: ContainerFacts | None = None
    unit: Unit | None = None


class Step(NamedTuple):
    """One thing to do. `pids` get SIGTERM for "signal" and "release"; `command` is run else.

    `after` are processes that share the sockets and get the signal only if they outlive the
    first ones. `details` say more of what is stopped, a line each.
    """

    kind: Literal["signal", "release", "stop-unit", "stop-container"]
    text: str
    pids: tuple[int, ...] = ()
    after: tuple[int, ...] = ()
    command: tuple[str, ...] = ()
    details: tuple[str, ...] = ()


class Refusal(NamedTuple):
    """Why something is not stopped, and what to type instead."""

    reason: str
    text: str
    hint: str = ""


class StopPlan(NamedTuple):
    """Steps in their order; nothing is done if there is a refusal."""

    steps: tuple[Step, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def make_stop_plan(
    candidates: Iterable[Candidate], *, port: int, me: int, my_parents: Iterable[int]
) -> StopPlan:
    """Decide what to stop so that all sockets of the candidates go.

    Containers and units are stopped by what runs them. Of several processes that share a socket
    the oldest ancestor gets the signal first: it takes its workers along, and would replace them
    otherwise.
    """
    steps: dict[tuple[str, ...], Step] = {}
    left: list[Candidate] = []
    for one in candidates:
        step = _by_manager(one)
        if step is not None:
            steps.setdefault(step.command, step)
        else:
            left.append(one)
    left = _without_openers(left, managed=bool(steps))
    found = [_refuse(one, port, me, frozenset(my_parents)) for one in left]
    refusals = tuple(
        dict.fromkeys(one._replace(text=printable(one.text)) for one in found if one is not None)
    )
    signals = () if refusals else _signals([one for one in left if one.pid is not None])
    return StopPlan((*steps.values(), *signals), refusals)


def _by_manager(one: Candidate) -> Step | None:
    """Return the step that asks an engine or systemd to stop it; None if neither runs it."""
    if one.container is not None:
        name = one.container.name
        return Step(
            "stop-container",
            printable(f"stop container {name}" + _image(one.container)),
            command=("docker", "stop", name),
        )
    unit = one.unit
    if unit is None or not unit.leads or unit.contains_us:
        return None
    names = (*unit.sockets, unit.name)
    scope = ("--user",) if unit.user else ()
    whose = "your unit" if unit.user else "unit"
    return Step(
        "stop-unit",
        printable(f"stop {whose} {' and '.join(names)} ({_process(one)})"),
        command=("systemctl", *scope, "stop", *names),
    )


def _image(container: ContainerFacts) -> str:
    facts = [f"image {container.image}"] if container.image else []
    if container.project:
        facts.append(f"Compose project {container.project}")
    return f" ({', '.join(facts)})" if facts else ""


def _without_openers(left: list[Candidate], *, managed: bool) -> list[Candidate]:
    """Leave out systemd where it only keeps a copy of a socket whose unit is being stopped."""
    if not managed:
        return left
    return [one for one in left if not (one.forwarder and one.forwarder.kind == "manager")]


def _refuse(one: Candidate, port: int, me: int, my_parents: frozenset[int]) -> Refusal | None:
    if one.pid is None:
        return _unseen(one, port)
    return _ours(one, port, me, my_parents) or _others(one, port)


def _ours(one: Candidate, port: int, me: int, my_parents: frozenset[int]) -> Refusal | None:
    """Refuse what would end this very command, or the system."""
    if one.pid == me:
        return Refusal("self", f"port {port} is portman's own (pid {me})")
    if one.pid in my_parents and one.pid != 1:
        return Refusal(
            "parent",
            f"{_process(one)} is a parent of this very command: stopping it would stop you",
            "stop it by hand, from another terminal",
        )
    if one.pid == 1 and one.forwarder is None:
        return Refusal("init", f"{_process(one)} is the first process of this system")
    return None


def _others(one: Candidate, port: int) -> Refusal | None:
    if one.forwarder is not None:
        return _forwarding(one, one.forwarder, port)
    if not one.listens and not one.hold:
        return Refusal(
            "not-listening",
            f"{_process(one)} has bound port {port} without listening: free stops listeners only",
            f"kill {one.pid}",
        )
    if not one.may_signal:
        return Refusal(
            "not-permitted",
            f"{_process(one)} belongs to user {one.user or 'unknown'}: you may not stop it",
            f"sudo portman free {port}",
        )
    return None


def _unseen(one: Candidate, port: int) -> Refusal:
    unit = f", unit {one.unit_name}" if one.unit_name else ""
    if one.unseen:
        return Refusal("unseen", f"the owner of port {port} is unknown: {one.unseen}")
    if one.user is None:
        return Refusal(
            "unseen", f"what has port {port} is not shown to you", f"sudo portman free {port}"
        )
    return Refusal(
        "not-permitted",
        f"port {port} belongs to a process of user {one.user}{unit}, hidden from you",
        f"sudo portman free {port}",
    )


def _forwarding(one: Candidate, forwarder: Forwarder, port: int) -> Refusal:
    hints = {
        "container": f"docker ps --filter publish={port}   then: docker stop NAME",
        "machine": "stop what listens on it inside",
        "tunnel": "ssh -O exit HOST   ends the shared connection",
        "manager": "systemctl list-sockets   then: systemctl stop NAME.socket",
    }
    return Refusal(
        "forwarder",
        f"{_process(one)} is {forwarder.text}: it has the port for something else, and much more "
        "depends on it",
        hints[forwarder.kind],
    )


def _signals(left: list[Candidate]) -> tuple[Step, ...]:
    """Return one step for each family: the oldest ancestor first, those it started after it."""
    pids = {one.pid for one in left}
    leaders = [one for one in left if not pids & set(one.parents)]
    leaders.sort(key=lambda one: (one.start_mark, one.pid or 0))
    steps = []
    for leader in leaders:
        family = tuple(sorted(one.pid for one in left if one.pid and leader.pid in one.parents))
        steps.append(_signal(leader, family))
    return tuple(steps)


def _signal(leader: Candidate, family: tuple[int, ...]) -> Step:
    pid = leader.pid or 0
    if leader.hold:
        text = printable(f"end {_process(leader)}, which only holds the port")
        return Step("release", text, (pid,), family, details=("it lets go of all it holds",))
    details = [leader.command, f"in {leader.folder}" if leader.folder else ""]
    if family:
        numbers = ", ".join(str(one) for one in family)
        details.append(f"then, if they stay, to the processes that share its socket: {numbers}")
    head = f"send SIGTERM to {_process(leader)}"
    text, *lines = (printable(line) for line in (head, *details) if line)
    return Step("signal", text, (pid,), family, details=tuple(lines))


def _process(one: Candidate) -> str:
    return f"{one.name or 'a process'} (pid {one.pid})"
