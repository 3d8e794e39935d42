"""Reports as a person reads them: one function per command, report -> lines for stdout."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portman.base.errors import Report
    from portman.cli.render import Style

#: command -> (module, function). Modules load when their command is shown.
SHOWN = {
    "up": ("ports", "up"),
    "check": ("ports", "check"),
    "env": ("answers", "env"),
    "port": ("answers", "port"),
    "url": ("answers", "url"),
    "publish": ("containers", "publish"),
    "run": ("programs", "run"),
    "hold": ("programs", "hold"),
    "wait": ("programs", "wait"),
    "open": ("programs", "open_"),
    "down": ("ports", "down"),
    "list": ("ledger", "leases"),
    "who": ("who", "who"),
    "explain": ("explain", "explain"),
    "free": ("free", "free"),
    "gc": ("ledger", "gc"),
    "where": ("ledger", "where"),
    "repair": ("ledger", "repair"),
    "init": ("manifest", "init"),
    "add": ("manifest", "add"),
    "remove": ("manifest", "remove"),
    "doctor": ("doctor", "doctor"),
    "schema": ("manifest", "schema"),
    "validate": ("integrate", "validate"),
    "integrate": ("integrate", "integrate"),
}


def lines_of(report: Report, style: Style) -> list[str]:
    """Return what stdout says about a report (nothing, if the command could not start)."""
    if not report.data:
        return []
    module, function = SHOWN[report.command]
    lines: list[str] = getattr(import_module(f"portman.cli.show.{module}"), function)(
        report.data, style
    )
    return lines
