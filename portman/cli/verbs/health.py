"""`doctor`, `watch`."""

from __future__ import annotations

from typing import Annotated

import typer

from portman.cli.command import command
from portman.cli.emit import OutputOptions, perform


def register(app: typer.Typer) -> None:
    """Add this file's commands to the app."""
    command(app)(doctor)
    command(app, without=("directory", "instance", "quiet"))(watch)


def doctor(how: OutputOptions) -> int:
    """Check everything that commonly stands between a service and its port.

    Pool, ledger, servers left behind, exposure, localhost, firewall, containers, proxies, PATH.
    Each line says how it stands and which command mends it; -q leaves out what is in order.
    Exit 1 if a check fails. Works outside a project too.

    Example: portman doctor
    """
    from portman.commands.doctor import doctor as work

    return perform(
        "doctor", how, lambda: work(how.start, instance=how.instance, only_trouble=how.quiet)
    )


def watch(
    how: OutputOptions,
    *,
    once: Annotated[bool, typer.Option("--once", help="Print one frame and end.")] = False,
    interval: Annotated[
        float,
        typer.Option("--interval", metavar="SECONDS", min=0.1, max=3600, help="Between looks."),
    ] = 0.5,
) -> int:
    """Watch every checkout's services: state, port, process, since when, connections.

    On a terminal a live screen (? shows its keys); into a pipe or file one line for each
    change; with --json a snapshot and then one object for each change.

    Example: portman watch
    """
    from portman.cli.screen.watch import watch as work

    return work(how, once=once, interval=interval)
