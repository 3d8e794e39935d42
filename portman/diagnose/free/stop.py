"""Carry out a kill plan, step by step, through the grips taken when it was made."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal, NamedTuple

from portman.base.errors import Problem

if TYPE_CHECKING:
    from portman.commands.free import Wish
    from portman.diagnose.free.plan import Plan, Step
    from portman.diagnose.free.targets import Look
    from portman.holders.target import Target
    from portman.machine.processes.signals import Grip

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


class Done(NamedTuple):
    """All deeds, what went wrong, and whom the plan named."""

    deeds: tuple[Deed, ...]
    problems: tuple[Problem, ...]
    pids: frozenset[int]


def carry_out(plan: Plan, look: Look, target: Target, wish: Wish) -> Done:
    """Do every step of the plan in its order. Never signals a process that the plan omits."""
    deeds = [_do(step, look, target, wish) for step in plan.steps]
    asked = target.service or target.address.text
    problems = tuple(
        Problem("free-failed", f"{deed.text}: {deed.detail}", _hint(deed, asked))
        for deed in deeds
        if deed.outcome in ("failed", "ignored")
    )
    named = frozenset(pid for step in plan.steps for pid in (*step.pids, *step.after))
    return Done(tuple(deeds), problems, named)


def _hint(deed: Deed, asked: str) -> str:
    if deed.outcome == "ignored":
        return f"portman free {asked} --force"
    return f"sudo portman free {asked}" if deed.kind == "stop-unit" else ""


def _do(step: Step, look: Look, target: Target, wish: Wish) -> Deed:
    if step.kind == "stop-container":
        from portman.containers.behind import stop_container

        name = step.command[-1]
        return _by_command(step, stop_container(name, target.pairs, wish.timeout))
    if step.kind == "stop-unit":
        from portman.diagnose.free.units import stop

        return _by_command(step, stop(step.command, wish.timeout))
    return _signal(step, look, wish)


def _by_command(step: Step, said: str) -> Deed:
    outcome: Literal["stopped", "failed"] = "failed" if said else "stopped"
    return Deed(step.kind, step.text, outcome, detail=said)


def _signal(step: Step, look: Look, wish: Wish) -> Deed:
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


def _ignored(step: Step, pids: tuple[int, ...], stubborn: list[Grip], wish: Wish) -> Deed:
    left = ", ".join(str(grip.pid) for grip in stubborn)
    seconds = f"{wish.timeout:g} second{'' if wish.timeout == 1 else 's'}"
    return Deed(
        step.kind, step.text, "ignored", pids, f"pid {left} still listens {seconds} after SIGTERM"
    )


def _grips(pids: tuple[int, ...], look: Look) -> list[Grip]:
    return [look.grips[pid] for pid in pids if pid in look.grips]


def _has(grip: Grip, look: Look) -> bool:
    """Look again, right before anything is sent: same process, same socket."""
    return grip.has(look.inodes)


def _wait(
    grips: list[Grip], look: Look, patience: float, *, leaders: list[Grip] | None = None
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
