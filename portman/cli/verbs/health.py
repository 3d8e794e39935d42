"""`doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.cli.command import command
from portman.cli.perform import Manner, perform

if TYPE_CHECKING:
    import typer


def register(app: typer.Typer) -> None:
    """Add this file's commands to the app."""
    command(app)(doctor)


def doctor(how: Manner) -> int:
    """Check everything that commonly stands between a service and its port.

    Pool, ledger, servers left behind, exposure, localhost, firewall, containers, proxies, PATH.
    Each line says how it stands and which command mends it; -q leaves out what is in order.
    Exit 1 if a check fails. Works outside a project too.

    Example: portman doctor
    """
    from portman.operations.doctor import doctor as work

    return perform(
        "doctor", how, lambda: work(how.start, instance=how.instance, only_trouble=how.quiet)
    )
