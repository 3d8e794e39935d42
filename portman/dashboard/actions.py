"""What the page may change when it was started with --actions: three commands, each on one service.

Stopping takes two steps: a plan, and the consent to exactly that plan, by a token that works once.
"""

from __future__ import annotations

import json
import secrets
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from portman.base.errors import PortmanError
from portman.commands.free import free
from portman.commands.up import down, up
from portman.dashboard.model import quoted
from portman.diagnose.free.plan import FreeOptions

if TYPE_CHECKING:
    from portman.base.errors import Report
    from portman.dashboard.model import CellView, ColumnView, PageView

#: Seconds for which a plan can be agreed to, and how many may wait.
PLAN_FOR, MOST_PLANS = 60.0, 20


class PendingPlan(NamedTuple):
    """What was shown: for which address, what would end, and when it was looked at."""

    asked: str
    checkout: str
    print: str
    at: float


class PendingPlans:
    """PendingPlans that wait for consent. Each token works once, for its own plan, for a minute."""

    def __init__(self) -> None:
        self._waiting: dict[str, PendingPlan] = {}

    def keep(self, plan: PendingPlan) -> str:
        while len(self._waiting) >= MOST_PLANS:
            self._waiting.pop(next(iter(self._waiting)))
        token = secrets.token_urlsafe(18)
        self._waiting[token] = plan
        return token

    def take(self, token: str) -> PendingPlan:
        """Return the plan of a token, which is spent. Raises PortmanError "free-unconfirmed"."""
        plan = self._waiting.pop(token, None)
        if plan is None or time.monotonic() - plan.at > PLAN_FOR:
            raise PortmanError(
                "free-unconfirmed", "this plan is too old or was used; look at a new one"
            )
        return plan


def act(name: str, fields: dict[str, str], page: PageView, plans: PendingPlans) -> dict[str, Any]:
    """Do what a form asks for; return what to show. Raises PortmanError as the commands do."""
    if name == "consent":
        return _stop(plans.take(fields.get("token", "")))
    column, cell = _find(page, fields.get("key", ""))
    if name == "reassign":
        report = up(column.path, instance=column.instance, names=(cell.service,), reassign=True)
        return _done(f"portman -C {quoted(column.path)} up --reassign {cell.service}", report)
    if name == "release":
        report = down(column.path, instance=column.instance, names=(cell.service,))
        return _done(f"portman -C {quoted(column.path)} down {cell.service}", report)
    if name == "free":
        return _plan(column, cell, plans)
    raise PortmanError("usage", "the page has no such action")


def _find(page: PageView, key: str) -> tuple[ColumnView, CellView]:
    for project in page.projects:
        for row in project.rows:
            for column, cell in zip(project.columns, row.cells, strict=True):
                if cell is not None and cell.key == key:
                    return column, cell
    raise PortmanError("service-unknown", "this service is not on the page any more; load it again")


def _plan(column: ColumnView, cell: CellView, plans: PendingPlans) -> dict[str, Any]:
    asked = str(cell.port)
    report = free(column.path, asked, options=FreeOptions(dry_run=True))
    data: dict[str, Any] = report.data
    command = f"portman free {asked}"
    steps = [step["text"] for step in data["plan"]["steps"]] if not report.errors else []
    if not steps:
        return _done(command, report)
    token = plans.keep(PendingPlan(asked, column.path, _print(report.data), time.monotonic()))
    return {"command": command, "steps": steps, "token": token, "problems": [], "ok": True}


def _stop(plan: PendingPlan) -> dict[str, Any]:
    """Carry out a plan if it is still the one that was shown."""
    changed = False

    def same(report: Report) -> bool:
        nonlocal changed
        changed = _print(report.data) != plan.print
        return not changed

    report = free(plan.checkout, plan.asked, confirm=same)
    if changed:
        raise PortmanError(
            "free-unconfirmed", f"port {plan.asked}: who has it has changed; look at a new plan"
        )
    return _done(f"portman free {plan.asked} --yes", report)


def _print(data: dict[str, Any]) -> str:
    """Return the plan as text: sockets, processes and containers that would end."""
    return json.dumps([data["targets"], data["plan"]["steps"]], sort_keys=True, default=str)


def _done(command: str, report: Report) -> dict[str, Any]:
    problems = [one.message for one in (*report.errors, *report.warnings)]
    return {
        "command": command,
        "steps": [],
        "token": "",
        "problems": problems,
        "ok": not report.errors,
    }
