"""Carry out a kill plan, step by step, through the grips taken when it was made."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Literal, NamedTuple

from portman.base.errors import Problem
from portman.base.run_tool import output
from portman.diagnose.free.plan import Unit
from portman.holders.messages import who

if TYPE_CHECKING:
    from collections.abc import Collection

    from portman.commands.free import FreeOptions
    from portman.diagnose.free.plan import Step, StopPlan
    from portman.diagnose.free.targets import Look
    from portman.holders.find import Occupant
    from portman.holders.target import Target
    from portman.machine.processes.signals import ProcessHandle

#: Seconds between two looks while waiting, and how long SIGKILL may take to show.
_PAUSE = 0.02
_AFTER_KILL = 3.0
#: Seconds that children get to follow a parent that has ended.
_FOLLOW = 0.3


class Deed(NamedTuple):
    """What became of one step. `detail` says why it failed."""

    kind: str
    text: str
    outcome: Literal["stopped", "gone", "killed", "ignored", "failed"]
    pids: tuple[int, ...] = ()
    detail: str = ""


class StopResult(NamedTuple):
    """All deeds, what went wrong, and whom the plan named."""

    deeds: tuple[Deed, ...]
    problems: tuple[Problem, ...]
    pids: frozenset[int]


def carry_out(plan: StopPlan, look: Look, target: Target, wish: FreeOptions) -> StopResult:
    """Do every step of the plan in its order. Never signals a process that the plan omits."""
    deeds = [_do(step, look, target, wish) for step in plan.steps]
    asked = target.service or target.address.text
    problems = tuple(
        Problem("free-failed", f"{deed.text}: {deed.detail}", _hint(deed, asked))
        for deed in deeds
        if deed.outcome in ("failed", "ignored")
    )
    named = frozenset(pid for step in plan.steps for pid in (*step.pids, *step.after))
    return StopResult(tuple(deeds), problems, named)


def _hint(deed: Deed, asked: str) -> str:
    if deed.outcome == "ignored":
        return f"portman free {asked} --force"
    return f"sudo portman free {asked}" if deed.kind == "stop-unit" else ""


def _do(step: Step, look: Look, target: Target, wish: FreeOptions) -> Deed:
    if step.kind == "stop-container":
        from portman.containers.claims import stop_container

        name = step.command[-1]
        return _by_command(step, stop_container(name, target.pairs, wish.timeout))
    if step.kind == "stop-unit":
        return _by_command(step, stop(step.command, wish.timeout))
    return _signal(step, look, wish)


def _by_command(step: Step, said: str) -> Deed:
    outcome: Literal["stopped", "failed"] = "failed" if said else "stopped"
    return Deed(step.kind, step.text, outcome, detail=said)


def _signal(step: Step, look: Look, wish: FreeOptions) -> Deed:
    first = _grips(step.pids, look)
    everybody = [*first, *_grips(step.after, look)]
    try:
        reached = [grip.pid for grip in first if _has(grip, look) and grip.terminate()]
        _wait(everybody, look, wish.timeout, leaders=first)
        late = [grip for grip in everybody if grip not in first and _has(grip, look)]
        reached += [grip.pid for grip in late if grip.terminate()]
        if late:
            _wait(everybody, look, wish.timeout)
        stubborn = [grip for grip in everybody if _has(grip, look)]
        if stubborn and wish.force:
            reached += [grip.pid for grip in stubborn if grip.kill()]
            _wait(everybody, look, _AFTER_KILL)
            return _killed(step, tuple(dict.fromkeys(reached)))
    except PermissionError:
        return Deed(step.kind, step.text, "failed", detail="you may not signal it")
    told = tuple(dict.fromkeys(reached))
    if stubborn:
        return _ignored(step, told, stubborn, wish)
    return Deed(step.kind, step.text, "stopped" if told else "gone", told)


def _killed(step: Step, pids: tuple[int, ...]) -> Deed:
    return Deed(step.kind, step.text, "killed", pids, "it ignored SIGTERM, so it got SIGKILL")


def _ignored(
    step: Step, pids: tuple[int, ...], stubborn: list[ProcessHandle], wish: FreeOptions
) -> Deed:
    left = ", ".join(str(grip.pid) for grip in stubborn)
    seconds = f"{wish.timeout:g} second{'' if wish.timeout == 1 else 's'}"
    return Deed(
        step.kind, step.text, "ignored", pids, f"pid {left} still listens {seconds} after SIGTERM"
    )


def _grips(pids: tuple[int, ...], look: Look) -> list[ProcessHandle]:
    return [look.grips[pid] for pid in pids if pid in look.grips]


def _has(grip: ProcessHandle, look: Look) -> bool:
    """Look again, right before anything is sent: same process, same socket."""
    return grip.has(look.inodes)


def _wait(
    grips: list[ProcessHandle],
    look: Look,
    patience: float,
    *,
    leaders: list[ProcessHandle] | None = None,
) -> None:
    """Wait until nobody has a socket of the plan any more, at most `patience` seconds.

    With `leaders`, no longer than a moment after all of them have ended.
    """
    end = time.monotonic() + patience
    while any(_has(grip, look) for grip in grips) and time.monotonic() < end:
        if leaders and not any(grip.alive() for grip in leaders):
            end = min(end, time.monotonic() + _FOLLOW)
            leaders = None
        time.sleep(_PAUSE)


# Is the port free now, and if not, what is left: the proof that ends `portman free`.

#: Seconds in which whoever restarts a server would have done so.
_RESTART = 0.5

#: "lingering": remains of connections that let nearly every server start. "blocked": remains
#: that let none start, for up to 60 s. "client": the near end of a live connection. "taken":
#: something listens. "bound": something has it without listening.
State = Literal["idle", "lingering", "blocked", "client", "bound", "taken"]


class Proof(NamedTuple):
    """What the port is now, and who is on it."""

    state: State
    left: tuple[Occupant, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def fine(self) -> bool:
        """Return whether a server can start there."""
        return self.state in ("idle", "lingering")

    def problem(self, target: Target, planned: Collection[int] = ()) -> Problem:
        """Return the error that says what is left."""
        place = target.service or target.address.text
        if self.state == "blocked":
            return Problem(
                "free-failed",
                f"nobody listens on {place}, but remains of closed connections (TIME_WAIT) keep "
                "every server away",
                "wait up to 60 seconds; nothing can be done about them",
            )
        one = self.left[0] if self.left else None
        if one is None:
            return Problem(
                "free-failed",
                f"{place} is still taken, by something that is not shown",
                f"sudo portman who {target.ports[0]}",
            )
        return _still(self.state, one, place, planned)


def prove(target: Target, *, settled: bool = False) -> Proof:
    """Look at the port. With `settled`, give a supervisor the time to start its server again."""
    from portman.diagnose.free.targets import is_target
    from portman.holders.find import find_occupants
    from portman.ledger.open import readable_ledger

    if settled:
        time.sleep(_RESTART)
    everybody = find_occupants(target.pairs, readable_ledger()[0])
    again = tuple(
        one for one in everybody if any(is_target(socket, target, one) for socket in one.endpoints)
    )
    if again:
        return Proof("taken", again)
    if target.address.host:
        return _at_host(everybody)
    return _whole(target, everybody)


def _at_host(everybody: tuple[Occupant, ...]) -> Proof:
    """Nobody listens on the address any more; others may, elsewhere on the same number."""
    notes = tuple(
        Problem(
            "port-elsewhere",
            f"{one.first.place} is still used by {who(one.holder())}",
            f"portman who {one.first.port}",
        )
        for one in everybody
        if one.role in ("listen", "bound")
    )
    return Proof("idle", everybody, notes)


def _whole(target: Target, everybody: tuple[Occupant, ...]) -> Proof:
    from portman.machine import sockets

    busy = [pair for pair in target.pairs if sockets.probe(pair[1], pair[0]) == "busy"]
    found = {sockets.classify(port, protocol) for protocol, port in busy}
    left = tuple(one for one in everybody if one.role != "remains")
    worst: State = "idle"
    for occupancy, state in _STATES:
        if occupancy in found:
            worst = state
            break
    if worst == "lingering":
        return Proof(worst, left, (_remains(target),))
    return Proof(worst, left)


_STATES: tuple[tuple[str, State], ...] = (
    ("holder", "bound"),
    ("client", "client"),
    ("blocked", "blocked"),
    ("lingering", "lingering"),
)


def _remains(target: Target) -> Problem:
    place = target.service or target.address.text
    return Problem(
        "port-lingering",
        f"connections that have just ended linger on {place} for up to 60 seconds (TIME_WAIT); "
        "only a server that does not set SO_REUSEADDR has to wait for them",
    )


def _still(state: State, one: Occupant, place: str, planned: Collection[int]) -> Problem:
    from portman.holders.messages import home

    told = who(one.holder(), home())
    if state == "client":
        return Problem(
            "free-failed",
            f"nobody listens on {place}, but {told} has it as its own end of a connection to "
            f"{one.first.peer}",
            f"wait until that ends, or: portman who {place}",
        )
    if state == "bound":
        return Problem("free-failed", f"{place} is taken by {told}", f"portman who {place}")
    if one.pid is not None and one.pid in planned:
        return Problem("free-failed", f"{told} still has {place}", f"portman free {place} --force")
    parent = one.parents[0] if one.parents else None
    by = f", started by {parent.name} (pid {parent.pid})" if parent else ""
    unit = f", unit {one.unit}" if one.unit else ""
    return Problem(
        "free-failed",
        f"{place} was taken again at once by {told}{by}{unit}: something starts it anew",
        f"stop what starts it, then: portman free {place}",
    )


# systemd units, as `systemctl` tells them: what runs a process, and what listens for it.


def service_of(cgroup: str | None) -> tuple[str, bool] | None:
    """Return (service, whether it is of the user's own manager) from a cgroup path.

    None for sessions, scopes and containers, which are no services, and for the user's manager
    itself.
    """
    parts = [part for part in (cgroup or "").split("/") if part.endswith((".service", ".scope"))]
    if not parts or parts[-1].endswith(".scope") or parts[-1].startswith("user@"):
        return None
    return parts[-1], any(part.startswith("user@") for part in parts[:-1])


def find_unit(cgroup: str | None, pid: int, holders: Collection[int]) -> Unit | None:
    """Return the service that a process belongs to, with what decides whether to stop it.

    None where there is no systemd to ask, or it does not know the unit. `holders` are all
    processes that have the socket.
    """
    found = service_of(cgroup)
    if found is None:
        return None
    name, user = found
    told = show(name, user=user)
    main = int(told.get("MainPID") or 0) if (told.get("MainPID") or "").isdigit() else 0
    if told.get("LoadState") != "loaded":
        return None
    return Unit(
        name,
        user,
        leads=main in holders or (main > 0 and _starts(main, pid)),
        contains_us=_own_cgroup() == cgroup,
        sockets=tuple(
            one for one in told.get("TriggeredBy", "").split() if one.endswith(".socket")
        ),
    )


def show(name: str, *, user: bool) -> dict[str, str]:
    """Return what `systemctl show` says of a unit; {} where there is no systemd."""
    scope = ["--user"] if user else []
    keys = "--property=LoadState,MainPID,TriggeredBy"
    text = output(["systemctl", *scope, "show", keys, "--", name])
    return {
        key: value
        for key, mark, value in (line.partition("=") for line in text.splitlines())
        if mark
    }


def stop(command: tuple[str, ...], patience: float) -> str:
    """Run `systemctl ... stop NAMES`; return "" if it worked, else what it said.

    It asks for no password: without the rights it fails, and `sudo` is the answer.
    """
    from portman.base.run_tool import UnboundedError, run

    argv = [command[0], "--no-ask-password", *command[1:]]
    try:
        done = run(argv, patience=patience + 5, env={**os.environ, "LC_ALL": "C"})
    except UnboundedError as error:
        return f"{command[0]} did not finish: {error}"
    except OSError as error:
        return f"cannot run {command[0]}: {error.strerror}"
    said = done.err.decode("utf-8", "replace").strip()
    return "" if done.code == 0 else said or f"{command[0]} failed ({done.code})"


def _starts(main: int, pid: int) -> bool:
    """Tell a unit's wrapper (`sh -c "exec server"`) from a shell that somebody typed in."""
    from portman.machine import processes

    told = processes.facts(pid)
    try:
        session = getattr(os, "getsid")  # noqa: B009 - Windows has none, and no systemd either
        return told is not None and told.parent == main and session(main) == session(pid)
    except (OSError, AttributeError):
        return False


def _own_cgroup() -> str | None:
    from portman.machine.processes import cgroups

    return cgroups.of_process(os.getpid())
