"""What `portman free` would do, decided before anything is done. Pure.

`--dry-run` prints this plan and `free` carries it out: there is no second decision. Whatever has
one of the sockets must be stoppable, or nothing is touched.
"""

from __future__ import annotations

from portman.base.forwarders import forwarder, kept_by
from portman.base.hints import hints_json
from portman.base.record import NamedTuple
from portman.base.system_commands import as_root, typed
from portman.base.text import printable

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from portman.base.forwarders import Forwarder
    from portman.base.values import ContainerFacts


#: So many processes that end along with another are named.
MOST_NAMED = 8


class FreeOptions(NamedTuple):
    """How `free` was asked for. `timeout` is in seconds, for each round of waiting.

    `manager` is the name of a program of many ports that may get a signal all the same. `pid`
    stands for the one port on which that process listens.
    """

    udp: bool = False
    dry_run: bool = False
    force: bool = False
    timeout: float = 5.0
    manager: str = ""
    pid: int | None = None


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

    `may_signal` says whether the kernel would let us. `hold` marks portman's own hold. `also` are
    its other sockets, in words; `foreign` says that another checkout has leased one of them.
    `below` are the processes it has started, and theirs, in words. `job` is its job of launchd,
    "" for none, None where launchd was not asked. `place` is the address that it has. `keeper` says
    which of its parents starts it again.
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
    place: str = ""
    forwarder: Forwarder | None = None
    container: ContainerFacts | None = None
    unit: Unit | None = None
    also: tuple[str, ...] = ()
    foreign: bool = False
    below: tuple[str, ...] = ()
    job: str | None = None
    keeper: str = ""


class StopRequest(NamedTuple):
    """What a plan is for: the target as it is typed, and who asks."""

    port: int
    place: str
    me: int
    my_parents: frozenset[int]
    root: bool = False
    manager: str = ""


class Step(NamedTuple):
    """One thing to do. `pids` get SIGTERM for "signal" and "release"; `command` is run else.

    `after` are processes that share the sockets and get the signal only if they outlive the
    first ones. `details` say more of what is stopped, a line each. `kept`: it may be started again.
    """

    kind: Literal["signal", "release", "stop-unit", "stop-container"]
    text: str
    pids: tuple[int, ...] = ()
    after: tuple[int, ...] = ()
    command: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    kept: bool = False


class Refusal(NamedTuple):
    """Why something is not stopped, and what to type instead."""

    reason: str
    text: str
    hint: str = ""

    def view(self) -> dict[str, object]:
        return {"reason": self.reason, "text": self.text, "hints": hints_json(self.hint)}


class StopPlan(NamedTuple):
    """Steps in their order; nothing is done if there is a refusal."""

    steps: tuple[Step, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def make_stop_plan(candidates: Iterable[Candidate], asked: StopRequest) -> StopPlan:
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
    found = [_refuse(one, asked) for one in left]
    refusals = tuple(
        dict.fromkeys(one._replace(text=printable(one.text)) for one in found if one is not None)
    )
    signals = () if refusals else _signals([one for one in left if one.pid is not None])
    return StopPlan((*steps.values(), *signals), refusals)


def _by_manager(one: Candidate) -> Step | None:
    if one.container is not None:
        name = one.container.name
        return Step(
            "stop-container",
            printable(f"stop container {name}" + _image(one.container)),
            command=(*one.container.docker, "stop", name),
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


def _refuse(one: Candidate, asked: StopRequest) -> Refusal | None:
    if one.pid is None:
        return _unseen(one, asked)
    return _ours(one, asked) or _others(one, asked)


def _ours(one: Candidate, asked: StopRequest) -> Refusal | None:
    """Refuse what would end this very command, or the system."""
    if one.pid == asked.me:
        return Refusal("self", f"port {asked.port} is portman's own (pid {asked.me})")
    if one.pid in asked.my_parents and one.pid != 1:
        return Refusal(
            "parent",
            f"{_process(one)} is a parent of this very command: stopping it would stop you",
            "stop it by hand, from another terminal",
        )
    if one.pid == 1 and one.forwarder is None:
        return Refusal("init", f"{_process(one)} is the first process of this system")
    return None


def _others(one: Candidate, asked: StopRequest) -> Refusal | None:
    forced = one.pid != 1 and bool(asked.manager) and asked.manager.lower() == _name_of(one)
    orphan = one.parents[:1] == (1,)
    behind = one.forwarder or (forwarder(one.name) if orphan else None)
    if behind is not None and not (forced and behind.force):
        return _forwarding(one, behind, asked)
    kept = None
    if not (forced or one.hold) and (one.job or orphan):
        kept = kept_by(one.command, one.parents, one.job)
    if kept is not None:
        return Refusal(
            "service",
            f"{_process(one)} is {kept.text}, which is started again once it ends",
            f"{kept.stop}\n{_forcing(one, asked)}",
        )
    if one.foreign and not forced:
        return Refusal(
            "manager",
            f"{_process(one)} has ports of other projects too: {', '.join(one.also)}",
            f"see who: portman who {asked.port}\n{_forcing(one, asked)}",
        )
    if not one.listens and not one.hold:
        return Refusal(
            "not-listening",
            f"{_process(one)} has bound port {asked.port} without listening: free stops listeners "
            "only",
            f"see who: portman who {asked.port}\nend it: " + typed("end", one.pid),
        )
    if not one.may_signal:
        return Refusal(
            "not-permitted",
            f"{_process(one)} belongs to user {one.user or 'unknown'}: you may not stop it",
            _as_root(asked),
        )
    return None


def _name_of(one: Candidate) -> str:
    return one.forwarder.name if one.forwarder else one.name.lower()


def _forcing(one: Candidate, asked: StopRequest) -> str:
    name = _name_of(one)
    word = name if name.replace("-", "").replace("_", "").isalnum() else f"'{name}'"
    return f"end it with all that it runs: portman free {one.place or asked.place} --force {word}"


def _unseen(one: Candidate, asked: StopRequest) -> Refusal:
    """Say why nothing is stopped; root is not sent to sudo."""
    if one.unseen or asked.root:
        why = one.unseen or "no process here has the socket"
        said = f"the owner of port {asked.port} is unknown: {why}"
        return Refusal("unseen", said, f"see who: portman who {asked.port}")
    if one.user is None:
        said = f"what has port {asked.port} is not shown to you"
        return Refusal(
            "unseen",
            said,
            _as_root(asked),
        )
    unit = f", unit {one.unit_name}" if one.unit_name else ""
    return Refusal(
        "not-permitted",
        f"port {asked.port} belongs to a process of user {one.user}{unit}, hidden from you",
        _as_root(asked),
    )


def _as_root(asked: StopRequest) -> str:
    see, stop = as_root(f"portman who {asked.port}"), as_root(f"portman free {asked.place}")
    return f"see who: {see}\nstop it: {stop}"


def _forwarding(one: Candidate, behind: Forwarder, asked: StopRequest) -> Refusal:
    hint = behind.stop.replace("{port}", str(asked.port))
    also = f"; it has as well: {', '.join(one.also)}" if one.also else ""
    return Refusal(
        "forwarder",
        f"{_process(one)} is {behind.text}: it has the port for something else, and much more "
        f"depends on it{also}",
        f"{hint}\n{_forcing(one, asked)}" if behind.force and one.pid != 1 else hint,
    )


def _signals(left: list[Candidate]) -> tuple[Step, ...]:
    """Return one step for each family: the oldest ancestor first, those it started after it."""
    pids = {one.pid for one in left}
    leaders = [one for one in left if not pids & set(one.parents)]
    leaders.sort(key=lambda one: (one.start_mark, one.pid or 0))
    steps = []
    for leader in leaders:
        family = [one for one in left if one.pid and leader.pid in one.parents]
        steps.append(_signal(leader, sorted(family, key=lambda one: one.pid or 0)))
    return tuple(steps)


def _signal(leader: Candidate, members: list[Candidate]) -> Step:
    pid, family = leader.pid or 0, tuple(one.pid or 0 for one in members)
    if leader.hold:
        text = printable(f"end {_process(leader)}, which only holds the port")
        return Step("release", text, (pid,), family, details=("it lets go of all it holds",))
    details = [leader.command, f"in {leader.folder}" if leader.folder else "", leader.keeper]
    also = dict.fromkeys(text for one in (leader, *members) for text in one.also)
    if also:
        details.append(f"which ends as well: {', '.join(also)}")
    if members:
        named = ", ".join(
            f"{one.name} ({one.pid})" if one.name else f"{one.pid}" for one in members
        )
        details.append(f"then, if they stay, to the processes that share its socket: {named}")
    below = [one for one in leader.below if one not in {_process(each) for each in members}]
    if below:
        more = f" and {len(below) - MOST_NAMED} more" if len(below) > MOST_NAMED else ""
        details.append(
            f"what it has started usually ends with it: {', '.join(below[:MOST_NAMED])}{more}"
        )
    head = f"send SIGTERM to {_process(leader)}"
    text, *lines = (printable(line) for line in (head, *details) if line)
    return Step("signal", text, (pid,), family, (), tuple(lines), bool(leader.keeper))


def _process(one: Candidate) -> str:
    return f"{one.name or 'a process'} (pid {one.pid})"
