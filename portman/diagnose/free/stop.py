"""Carry out a stop plan step by step, through the handles opened when it was made; prove it."""

from __future__ import annotations

import os
import time

from portman.base.errors import Problem
from portman.base.record import NamedTuple
from portman.base.run_tool import UnboundedError, run
from portman.base.system_commands import as_root
from portman.containers.claims import stop_container
from portman.diagnose.free.targets import split
from portman.holders.find import inspect_holders
from portman.holders.messages import home, who
from portman.machine import sockets
from portman.machine.sockets.listing import forget

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from typing import Literal

    from portman.allocation.target import Target
    from portman.base.holder import Holder
    from portman.diagnose.free.plan import FreeOptions, Step, StopPlan
    from portman.diagnose.free.targets import PortSnapshot
    from portman.machine.processes import ProcessHandle

    #: "reserved": held by a program that `portman run` started; a server may bind it. "lingering":
    #: remains of connections that let nearly every server start. "blocked": remains that let none
    #: start, for up to 60 s. "client": the near end of a live connection. "taken": something
    #: listens. "bound": something has it without listening.
    State = Literal["idle", "lingering", "reserved", "blocked", "client", "bound", "taken"]

#: Seconds between two looks while waiting, and how long SIGKILL may take to show.
_PAUSE = 0.02
_AFTER_KILL = 3.0
#: Seconds that children get to follow a parent that has ended.
_FOLLOW = 0.3
#: Seconds in which whatever restarts a server would have done so; a supervisor that is known.
_RESTART, _KEPT = 0.5, 2.0


class StepResult(NamedTuple):
    """What became of one step. `detail` says why it failed."""

    kind: str
    text: str
    outcome: Literal["stopped", "gone", "killed", "ignored", "failed"]
    pids: tuple[int, ...] = ()
    detail: str = ""


class StopResult(NamedTuple):
    """The results of all steps, what went wrong, and the processes that the plan named."""

    steps: tuple[StepResult, ...]
    problems: tuple[Problem, ...]
    pids: frozenset[int]


def carry_out(
    plan: StopPlan, snapshot: PortSnapshot, target: Target, options: FreeOptions
) -> StopResult:
    """Do every step of the plan in its order. Never signals a process that the plan omits."""
    results = [_do(step, snapshot, options) for step in plan.steps]
    asked = target.service or target.address.text
    problems = tuple(
        Problem("free-failed", f"{one.text}: {one.detail}", _hint(one, asked))
        for one in results
        if one.outcome in ("failed", "ignored")
    )
    named = frozenset(pid for step in plan.steps for pid in (*step.pids, *step.after))
    return StopResult(tuple(results), problems, named)


def _hint(result: StepResult, asked: str) -> str:
    if result.outcome == "ignored":
        return f"see who: portman who {asked}\nend it: portman free {asked} --force"
    as_root = _as_root(f"portman free {asked}")
    return f"see who: portman who {asked}\nstop it: {as_root}" if result.kind == "stop-unit" else ""


def _as_root(command: str) -> str:
    return command if hasattr(os, "geteuid") and os.geteuid() == 0 else as_root(command)


def _do(step: Step, snapshot: PortSnapshot, options: FreeOptions) -> StepResult:
    if step.kind == "stop-container":
        name, engine = step.command[-1], step.command[2] if len(step.command) > 3 else ""
        sockets_there = [socket for one in snapshot.targets for socket in one.sockets]
        return _by_command(step, stop_container(name, sockets_there, options.timeout, engine))
    if step.kind == "stop-unit":
        return _by_command(step, stop_units(step.command, options.timeout))
    return _signal(step, snapshot, options)


def _by_command(step: Step, said: str) -> StepResult:
    outcome: Literal["stopped", "failed"] = "failed" if said else "stopped"
    return StepResult(step.kind, step.text, outcome, detail=said)


def _signal(step: Step, snapshot: PortSnapshot, options: FreeOptions) -> StepResult:
    inodes = snapshot.inodes
    handles = snapshot.handles
    first = [handles[pid] for pid in step.pids if pid in handles]
    everybody = [*first, *(handles[pid] for pid in step.after if pid in handles)]
    try:
        # Look again right before anything is sent: same process, same socket.
        reached = [one.pid for one in first if one.has(inodes) and one.terminate()]
        stubborn = _wait(everybody, inodes, options.timeout, leaders=first)
        late = [one for one in stubborn if one not in first]
        reached += [one.pid for one in late if one.terminate()]
        if late:
            stubborn = _wait(everybody, inodes, options.timeout)
        if stubborn and options.force:
            reached += [one.pid for one in stubborn if one.kill()]
            _wait(everybody, inodes, _AFTER_KILL)
            detail = "it ignored SIGTERM, so it got SIGKILL"
            return _result(step, "killed", reached, detail)
    except PermissionError:
        return _result(step, "failed", (), "you may not signal it")
    if stubborn:
        left = ", ".join(str(one.pid) for one in stubborn)
        seconds = f"{options.timeout:g} second{'' if options.timeout == 1 else 's'}"
        return _result(
            step, "ignored", reached, f"pid {left} still listens {seconds} after SIGTERM"
        )
    return _result(step, "stopped" if reached else "gone", reached)


def _result(
    step: Step,
    outcome: Literal["stopped", "gone", "killed", "ignored", "failed"],
    pids: Iterable[int],
    detail: str = "",
) -> StepResult:
    return StepResult(step.kind, step.text, outcome, tuple(dict.fromkeys(pids)), detail)


def _wait(
    handles: list[ProcessHandle],
    inodes: frozenset[int],
    patience: float,
    *,
    leaders: list[ProcessHandle] | None = None,
) -> list[ProcessHandle]:
    """Wait until no process has a socket of the plan any more, at most `patience` seconds.

    Return those that have. With `leaders`, no longer than a moment after all of them have ended.
    They are not asked again: the threads of a process end one by one, and one may still show it.
    """
    end = time.monotonic() + patience
    while (left := [one for one in handles if one.has(inodes)]) and time.monotonic() < end:
        if leaders and not any(one.alive() for one in leaders):
            end = min(end, time.monotonic() + _FOLLOW)
            leaders = None
        time.sleep(_PAUSE)
    return left


def stop_units(command: tuple[str, ...], patience: float) -> str:
    """Run `systemctl ... stop NAMES`; return "" if it worked, else what it said.

    It asks for no password: without the rights it fails, and `sudo` is the answer.
    """
    argv = [command[0], "--no-ask-password", *command[1:]]
    try:
        done = run(argv, patience=patience + 5, env={**os.environ, "LC_ALL": "C"})
    except UnboundedError as error:
        return f"{command[0]} did not finish: {error}"
    except OSError as error:
        return f"cannot run {command[0]}: {error.strerror}"
    said = done.err.decode("utf-8", "replace").strip()
    return "" if done.code == 0 else said or f"{command[0]} failed ({done.code})"


# Is the port free now, and if not, what is left: the proof that ends `portman free`.


#: What the closer look at a busy port means for the whole, the gravest first.
_STATES: tuple[tuple[str, State], ...] = (
    ("holder", "bound"),
    ("client", "client"),
    ("blocked", "blocked"),
    ("lingering", "lingering"),
)


class Proof(NamedTuple):
    """What the port is now, and who is on it."""

    state: State
    left: tuple[Holder, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def fine(self) -> bool:
        return self.state in ("idle", "lingering", "reserved")


def prove(target: Target, *, stopped: bool = False, kept: bool = False) -> Proof:
    """Look at the port. If something was `stopped`, first give a supervisor time to restart it."""
    if stopped:
        time.sleep(_KEPT if kept else _RESTART)
        forget()
    pairs = target.pairs
    everybody = tuple(inspect_holders(pairs))
    again = tuple(one for one in everybody if split((one,), target)[0])
    if again:
        return Proof("taken", again)
    if target.address.host or target.host:
        return Proof("idle", everybody, _elsewhere(everybody))
    busy = [pair for pair in pairs if sockets.probe(pair[1], pair[0]) == "busy"]
    found = {sockets.classify(port, protocol) for protocol, port in busy}
    states = [state for occupancy, state in _STATES if occupancy in found]
    state: State = states[0] if states else "idle"
    left = tuple(one for one in everybody if one.state != "time-wait")
    if state == "bound" and left and all(one.state == "bound" for one in left) and _open(busy):
        return Proof("reserved", left, (_reserved(target, left[0]),))
    notes = (_lingering(target),) if state == "lingering" else ()
    return Proof(state, left, notes)


def _open(busy: list[tuple[str, int]]) -> bool:
    """Return whether a server with SO_REUSEADDR can bind all of them, as it can under a hold."""
    from portman.launch.hold import close, take

    taken = [take(port, protocol, join=True) for protocol, port in busy]
    for descriptors in taken:
        close(descriptors)
    return all(taken)


def _reserved(target: Target, one: Holder) -> Problem:
    place = target.service or target.address.text
    return Problem(
        "port-held",
        f"{place} is still held, without listening, by {who(one, home())}: "
        "a server can start there",
        f"portman who {target.ports[0]}",
    )


def _elsewhere(everybody: tuple[Holder, ...]) -> tuple[Problem, ...]:
    """Nothing listens on the address any more; others may, on the same number elsewhere."""
    return tuple(
        Problem(
            "port-elsewhere",
            f"{one.first.place} is still used by {who(one)}",
            f"portman who {one.port}",
        )
        for one in everybody
        if one.serving
    )


def _lingering(target: Target) -> Problem:
    place = target.service or target.address.text
    return Problem(
        "port-lingering",
        f"connections that have just ended linger on {place} for up to 60 seconds (TIME_WAIT); "
        "only a server that does not set SO_REUSEADDR must wait for them",
    )


def what_is_left(proof: Proof, target: Target, planned: Collection[int] = ()) -> Problem:
    place = target.service or target.address.text
    if proof.state == "blocked":
        return _failed(
            f"nothing listens on {place}, but closed connections (TIME_WAIT) block new servers",
            "wait up to 60 seconds; no command ends them",
        )
    one = proof.left[0] if proof.left else None
    if one is None:
        return _failed(
            f"{place} is still taken, by something that is not shown",
            _as_root(f"portman who {target.ports[0]}"),
        )
    name = who(one, home())
    if proof.state == "client":
        return _failed(
            f"nothing listens on {place}; {name} uses it as the local port of a connection to "
            f"{one.first.peer}",
            f"wait until that ends, or see who: portman who {place}",
        )
    if proof.state == "bound":
        return _failed(f"{place} is taken by {name}", f"portman who {place}")
    if one.pid is not None and one.pid in planned:
        return _failed(
            f"{name} still has {place}",
            f"see who: portman who {place}\nend it: portman free {place} --force",
        )
    parent = one.parents[0] if one.parents else None
    by = f", started by {parent.name} (pid {parent.pid})" if parent else ""
    unit = f", unit {one.unit}" if one.unit else ""
    return _failed(
        f"{place} was taken again immediately by {name}{by}{unit}: something restarts it",
        f"see what starts it: portman who {place}\nstop that, then: portman free {place}",
    )


def _failed(text: str, hint: str) -> Problem:
    return Problem("free-failed", text, hint)
