"""`portman free`: stop what listens on a port, after saying what that is, and prove the result."""

from __future__ import annotations

import os
import time

from portman.allocation.target import exact_target, find_target
from portman.base.context import suppress
from portman.base.errors import PortmanError, Problem, Report
from portman.base.record import NamedTuple
from portman.base.system_commands import typed
from portman.base.values import LOCAL_SCOPE, Lease
from portman.diagnose.free.plan import FreeOptions
from portman.diagnose.free.stop import carry_out, prove, what_is_left
from portman.diagnose.free.targets import identity, plan_for, take_snapshot
from portman.holders.find import inspect_holders, with_context
from portman.holders.json_view import full_view, socket_view
from portman.holders.messages import home, who
from portman.ledger.open import open_ledger
from portman.ledger.protocol import LogChange
from portman.machine import processes, sockets

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from portman.allocation.target import Target
    from portman.base.holder import Holder
    from portman.diagnose.free.plan import StopPlan
    from portman.diagnose.free.stop import StopResult
    from portman.diagnose.free.targets import PortSnapshot

PLAIN = FreeOptions()
#: Seconds for which a plan can be agreed to, and how many may wait.
PLAN_FOR, MOST_PLANS = 60.0, 20


def free(  # noqa: PLR0913 - who is asked, and what for
    start: str,
    asked: str,
    *,
    instance: str = "",
    options: FreeOptions = PLAIN,
    confirm: Callable[[Report], bool] | None = None,
    agree: Callable[[str], None] | None = None,
) -> Report:
    """Plan, ask `confirm` (None means "go ahead"), act, and look again.

    `agree` gets what the plan is bound to (`identity`) before anything is done, also in a dry run,
    and may raise. The report's data has the plan in every case, and the final `state`: "idle",
    "lingering", "taken", ... Errors: free-refused, free-unconfirmed, free-failed, usage,
    service-unknown, lease-missing.
    """
    found = find_target(start, asked, instance=instance, registry=False, pid=options.pid)
    target = exact_target(found, udp=options.udp)
    snapshot = take_snapshot(inspect_holders(target.pairs), target)
    try:
        plan = plan_for(snapshot, target, options.manager)
        data = _view(target, snapshot, plan, options)
        if not snapshot.targets:
            return _nothing_to_stop(target, snapshot, data)
        if agree is not None:
            agree(identity(snapshot))
        refused = [Problem("free-refused", refusal.text, refusal.hint) for refusal in plan.refusals]
        if refused or options.dry_run:
            return Report("free", data, tuple(refused))
        if confirm is not None and not confirm(Report("free", data)):
            answered = bool(data.get("asked_on_terminal"))
            return Report("free", data, (_unconfirmed(target, answered=answered),))
        return _act(target, snapshot, plan, data, options)
    finally:
        snapshot.close()


def _view(
    target: Target, snapshot: PortSnapshot, plan: StopPlan, options: FreeOptions
) -> dict[str, object]:
    return {
        "asked": target.address.text,
        "host": target.address.host,
        "ports": list(target.ports),
        "protocols": list(target.protocols),
        "service": target.service,
        "dry_run": options.dry_run,
        "force": options.force,
        "manager": options.manager,
        "timeout": options.timeout,
        "targets": [socket_view(socket) for one in snapshot.targets for socket in one.sockets],
        "plan": {
            "steps": [step._asdict() for step in plan.steps],
            "refusals": [refusal.view() for refusal in plan.refusals],
        },
        "done": [],
        "state": None,
        "left": _full_views(one for one in snapshot.others if one.state != "time-wait"),
    }


def _full_views(holders: Iterable[Holder]) -> list[dict[str, object]]:
    left = list(holders)
    if not left:
        return []
    from portman.ledger.open import readable_ledger

    return [full_view(one) for one in with_context(left, readable_ledger()[0])]


def _nothing_to_stop(target: Target, snapshot: PortSnapshot, data: dict[str, object]) -> Report:
    """Nothing listens: fine if the port is free, an error if something else has it."""
    proof = prove(target)
    data = {**data, "state": proof.state}
    nearby = [one for one in snapshot.others if one.serving]
    if nearby and all(
        one.state == "bound" and sockets.joinable(one.port, one.protocol) for one in nearby
    ):
        return Report("free", data, warnings=tuple(_joinable(one) for one in nearby))
    if nearby:
        return Report("free", data, (_elsewhere(target, nearby[0]),))
    if proof.fine:
        return Report("free", data, warnings=(*proof.notes, *_no_pid(target)))
    return Report("free", data, (what_is_left(proof, target),))


def _no_pid(target: Target) -> tuple[Problem, ...]:
    """Say that a number is a port, where a process happens to have the same number."""
    asked = target.ports[0] if target.service is None and not target.address.host else None
    found = None if asked is None else processes.facts(asked)
    if found is None:
        return ()
    return (
        Problem(
            "port-not-pid",
            f"{found.pid} is also the pid of {found.name}; free takes ports only and left it alone",
            "" if found.pid == 1 else _by_pid(found.pid, "if you meant the process"),
        ),
    )


def _by_pid(pid: int, when: str) -> str:
    return f"see what it is: {typed('process', pid)}\n{when}: {typed('end', pid)}"


def _elsewhere(target: Target, one: Holder) -> Problem:
    place, name = one.first.place, who(one, home())
    if one.state == "bound":
        return Problem(
            "free-refused",
            f"nothing listens on {target.address.text}; {name} has bound {place} without "
            "listening, and free stops listeners only",
            f"see who: portman who {one.port}",
        )
    flag = " --udp" if one.protocol == "udp" else ""
    return Problem(
        "free-refused",
        f"nothing listens on exactly {target.address.text}; {name} listens on {place}",
        f"see its plan: portman free {place}{flag} --dry-run\nstop it: portman free {place}{flag}",
    )


def _joinable(one: Holder) -> Problem:
    """Say that nothing has to go: it inherited a hold of portman's, usually."""
    return Problem(
        "port-joinable",
        f"nothing listens on {one.first.place}; {who(one, home())} keeps it bound without "
        "listening, and a server can start there all the same",
        "" if one.pid is None else _by_pid(one.pid, "it ends with that program"),
    )


def _unconfirmed(target: Target, *, answered: bool) -> Problem:
    asked = target.service or target.address.text
    if answered:
        return Problem("free-unconfirmed", "nothing was stopped")
    return Problem(
        "free-unconfirmed",
        f"nothing was stopped: free {asked} was not confirmed",
        f"see the plan: portman free {asked} --dry-run\nconfirm it: portman free {asked} --yes",
    )


def _act(
    target: Target,
    snapshot: PortSnapshot,
    plan: StopPlan,
    data: dict[str, object],
    options: FreeOptions,
) -> Report:
    result = carry_out(plan, snapshot, target, options)
    _note_freed(target, snapshot, result)
    proof = prove(target, stopped=True, kept=any(one.kept for one in plan.steps))
    data = {
        **data,
        "done": [one._asdict() for one in result.steps],
        "state": proof.state,
        "left": _full_views(proof.left),
    }
    if proof.fine:
        return Report("free", data, warnings=proof.notes)
    return Report("free", data, result.problems or (what_is_left(proof, target, result.pids),))


def _note_freed(target: Target, snapshot: PortSnapshot, result: StopResult) -> None:
    """Log whom `free` stopped. No ledger is made for it, and without one nothing is kept."""
    whom = ", ".join(who(one, home()) for one in snapshot.targets)
    if not any(one.outcome in ("stopped", "killed") for one in result.steps):
        return
    with suppress(PortmanError):
        ledger, now = open_ledger(), int(time.time())
        if not os.path.exists(ledger.path):
            return
        first = next(pair for pair in target.pairs if pair[1] == snapshot.targets[0].port)
        held = ledger.lease_on(LOCAL_SCOPE, *first)
        lease = held.lease if held else Lease(target.service or "", first[1])
        owner = (held.record.path, held.record.instance) if held else (target.checkout or "", "")
        with ledger.writing() as writer:
            writer.note(LogChange("freed", *owner, LOCAL_SCOPE, lease, why=f"stopped {whom}"), now)


def require_options(timeout: float, *, force: bool, manager: str) -> None:
    """Raise PortmanError "usage" for an impossible time to wait, or a NAME without --force."""
    if manager and not force:
        raise PortmanError(
            "usage",
            f"{manager!r}: a second argument goes with --force",
            hint=f"write it as in portman free 3000 --force {manager}",
        )
    if not 0 < timeout <= 600:
        raise PortmanError(
            "usage",
            f"--timeout takes seconds from 0.1 to 600, not {timeout:g}",
            hint="write it as in portman free 3000 --timeout 10",
        )


# Two steps for those who cannot be asked on a terminal: a plan, then consent to exactly that plan.


class PendingPlan(NamedTuple):
    """What was shown: for what, and the processes and sockets it is bound to."""

    start: str
    asked: str
    instance: str
    options: FreeOptions
    identity: str
    at: float


class PendingPlans:
    """Plans that wait for consent. Each token works once, for its own plan, for a minute."""

    def __init__(self) -> None:
        self._waiting: dict[str, PendingPlan] = {}

    def plan(
        self, start: str, asked: str, *, instance: str = "", options: FreeOptions = PLAIN
    ) -> tuple[Report, str]:
        """Return the plan, and the token that agrees to it; "" where nothing would be stopped."""
        seen: list[str] = []
        dry = options._replace(dry_run=True)
        report = free(start, asked, instance=instance, options=dry, agree=seen.append)
        if report.errors or not seen:
            return report, ""
        while len(self._waiting) >= MOST_PLANS:
            self._waiting.pop(next(iter(self._waiting)))
        import secrets

        token = secrets.token_urlsafe(18)
        self._waiting[token] = PendingPlan(
            start, asked, instance, options, seen[0], time.monotonic()
        )
        return report, token

    def stop(self, token: str, expected: tuple[str, str, str] | None = None) -> Report:
        """Carry out the plan of a token, which is spent, if it still is what was shown.

        `expected` is the start, address and instance that the plan must be for. Raises
        PortmanError "free-unconfirmed".
        """
        plan = self._waiting.get(token)
        if plan is not None and expected not in (None, plan[:3]):
            raise PortmanError(
                "free-unconfirmed",
                f"this token agrees to another plan, for {plan.asked} of {plan.start}; nothing was "
                "stopped",
                hint="ask for a plan of this one first",
            )
        self._waiting.pop(token, None)
        if plan is None or time.monotonic() - plan.at > PLAN_FOR:
            raise PortmanError(
                "free-unconfirmed",
                "this plan is too old or was used; nothing was stopped",
                hint="look at a new plan",
            )

        def agree(found: str) -> None:
            if found != plan.identity:
                raise PortmanError(
                    "free-unconfirmed",
                    f"{plan.asked}: who has it is not who the plan was for; nothing was stopped",
                    hint="look at a new plan",
                )

        return free(
            plan.start, plan.asked, instance=plan.instance, options=plan.options, agree=agree
        )
