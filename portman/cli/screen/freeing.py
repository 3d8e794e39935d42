"""Free the port of a row: what would be done, and doing it. `portman free` decides both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portman.base.errors import PortmanError
from portman.base.values import LOCAL_SCOPE

if TYPE_CHECKING:
    from portman.base.report import Report
    from portman.commands.watching import Row

Steps = tuple[str, ...]


def question(row: Row) -> tuple[str, Steps]:
    """Return what to ask, and the steps that a yes would carry out; () if there is nothing to do.

    Without steps the text is the reason.
    """
    if row.scope != LOCAL_SCOPE:
        return f"{row.port} is a port of {row.scope}, not of this machine", ()
    try:
        report = _free(row, dry_run=True)
    except PortmanError as error:
        return _told(error.problems[0].message, error.hint), ()
    if report.errors:
        return _told(report.errors[0].message, report.errors[0].hint), ()
    steps = steps_of(report)
    if not steps:
        return f"{row.port} is free already", ()
    return f"free {row.port}? y/n: {', then '.join(steps)}", steps


def act(row: Row, agreed: Steps) -> str:
    """Carry out what was agreed on; return what became of it.

    Should the plan have become another one meanwhile, nothing is done.
    """
    try:
        report = _free(row, agreed=agreed)
    except PortmanError as error:
        return _told(error.problems[0].message, error.hint)
    if report.errors:
        changed = report.errors[0].code == "free-unconfirmed"
        if changed:
            return f"somebody else has {row.port} by now: nothing was stopped"
        return _told(report.errors[0].message, report.errors[0].hint)
    return f"{row.port} is free now"


def steps_of(report: Report) -> Steps:
    """Return the steps of a plan in words."""
    data: dict[str, Any] = report.data
    return tuple(step["text"] for step in data.get("plan", {}).get("steps", ()))


def _free(row: Row, *, agreed: Steps = (), dry_run: bool = False) -> Report:
    from portman.commands.free import Wish, free

    wish = Wish(dry_run=dry_run, udp="tcp" not in row.protocols)
    return free(
        row.checkout if not row.gone else "/",
        str(row.port),
        wish=wish,
        confirm=lambda report: steps_of(report) == agreed,
    )


def _told(message: str, hint: str) -> str:
    return f"{message} ({hint})" if hint else message
