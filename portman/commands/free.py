"""`portman free`: stop what listens on a port, after saying what that is, and prove the result."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from portman.base.errors import PortmanError, Problem, Report
from portman.diagnose.free.plan import StopPlan, make_stop_plan
from portman.diagnose.free.targets import Look, candidates, exact_target, look_at
from portman.holders.json_view import endpoint_view, occupant_view

if TYPE_CHECKING:
    from collections.abc import Callable

    from portman.holders.find import Occupant
    from portman.holders.target import Target


class FreeOptions(NamedTuple):
    """How `free` was asked for. `timeout` is in seconds, for each round of waiting."""

    udp: bool = False
    dry_run: bool = False
    force: bool = False
    timeout: float = 5.0


PLAIN = FreeOptions()


def free(
    start: str,
    asked: str,
    *,
    instance: str = "",
    wish: FreeOptions = PLAIN,
    confirm: Callable[[Report], bool] | None = None,
) -> Report:
    """Plan, ask `confirm` (None stands for "go ahead"), act, and look again.

    The report's data has the plan in every case, and `state` as it is in the end: "idle",
    "lingering", "taken", ... Errors: free-refused, free-unconfirmed, free-failed, usage,
    service-unknown, lease-missing.
    """
    from portman.holders.target import find_target

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
            answered = bool(data.get("asked_on_terminal"))
            return Report("free", data, (_unconfirmed(target, answered=answered),))
        return _act(target, look, plan, data, wish)
    finally:
        look.close()


def plan_for(look: Look, target: Target) -> StopPlan:
    """Return what would be done: the very plan that is carried out."""
    from portman.machine.processes import ancestors

    me = os.getpid()
    return make_stop_plan(
        candidates(look),
        port=target.ports[0],
        me=me,
        my_parents=[one.pid for one in ancestors(me)],
    )


def view(target: Target, look: Look, plan: StopPlan, wish: FreeOptions) -> dict[str, object]:
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
    from portman.diagnose.free.stop import prove

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
            "" if told.pid == 1 else f"if you meant the process: kill {told.pid}",
        ),
    )


def _elsewhere(target: Target, one: Occupant) -> Problem:
    """Somebody has the port, on another address or without listening: not what was asked."""
    from portman.holders.messages import home, who

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


def _unconfirmed(target: Target, *, answered: bool) -> Problem:
    asked = target.service or target.address.text
    if answered:
        return Problem("free-unconfirmed", "nothing was stopped")
    return Problem(
        "free-unconfirmed",
        f"nothing was stopped: free {asked} was not confirmed",
        f"portman free {asked} --yes",
    )


def _act(
    target: Target, look: Look, plan: StopPlan, data: dict[str, object], wish: FreeOptions
) -> Report:
    from portman.diagnose.free.stop import carry_out, prove

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


def require_options(timeout: float) -> None:
    """Refuse a time to wait that is none. Raises PortmanError "usage"."""
    if not 0 < timeout <= 600:
        raise PortmanError(
            "usage",
            f"--timeout takes seconds from 0.1 to 600, not {timeout:g}",
            hint="portman free 3000 --timeout 10",
        )
