"""What the page may change when it was started with --actions: three commands, each on one service.

Stopping takes two steps: a plan, and the consent to exactly that plan, by a token that works once.
"""

from __future__ import annotations

from portman.base.errors import PortmanError
from portman.commands.up import down, up

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from portman.base.errors import Report
    from portman.commands.free import PendingPlans
    from portman.dashboard.model import CellView, ColumnView, PageView


def act(name: str, fields: dict[str, str], page: PageView, plans: PendingPlans) -> dict[str, Any]:
    if name == "consent":
        report = plans.stop(fields.get("token", ""))
        return _done(f"portman free {report.data['asked']} --yes", report)
    column, cell = _find(page, fields.get("key", ""))
    if name == "reassign":
        report = up(column.path, instance=column.instance, names=(cell.service,), reassign=True)
        return _done(cell.commands.get(name, ""), report)
    if name == "release":
        report = down(column.path, instance=column.instance, names=(cell.service,))
        return _done(cell.commands.get(name, ""), report)
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
    report, token = plans.plan(column.path, str(cell.port))
    command = f"portman free {cell.port}"
    if not token:
        return _done(command, report)
    data: dict[str, Any] = report.data
    steps = [step["text"] for step in data["plan"]["steps"]]
    return {"command": command, "steps": steps, "token": token, "problems": [], "ok": True}


def _done(command: str, report: Report) -> dict[str, Any]:
    problems = [one.message for one in (*report.errors, *report.warnings)]
    return {
        "command": command,
        "steps": [],
        "token": "",
        "problems": problems,
        "ok": not report.errors,
    }
