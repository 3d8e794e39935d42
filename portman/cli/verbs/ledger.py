"""`list`, `gc`, `where`, `repair`."""

from __future__ import annotations

from typing import Annotated

import typer

from portman.cli.command import command
from portman.cli.emit import OutputOptions, perform


def register(app: typer.Typer) -> None:
    """Add this file's commands to the app."""
    command(app, "list", without=("directory", "instance"))(list_leases)
    command(app, without=("directory", "instance"))(gc)
    command(app)(where)
    command(app, without=("directory", "instance"))(repair)


def list_leases(
    how: OutputOptions,
    *,
    project: Annotated[
        str | None,
        typer.Option("--project", metavar="NAME", help="Only this project's checkouts."),
    ] = None,
    stale: Annotated[
        bool, typer.Option("--stale", help="Only checkouts that are gone or long unused.")
    ] = False,
    days: Annotated[
        int,
        typer.Option("--days", metavar="N", min=0, help="With --stale: unused for N days."),
    ] = 30,
) -> int:
    """List every checkout on this machine: ports, what runs there, since when, last used.

    Example: portman list --stale
    """
    from portman.commands.list import Choice
    from portman.commands.list import list_leases as work

    return perform("list", how, lambda: work(Choice(project, stale, days)))


def gc(
    how: OutputOptions,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Only say what.")] = False,
) -> int:
    """Give back the ports of checkouts whose folder is gone.

    Example: portman gc --dry-run
    """
    from portman.commands.gc import gc as work

    return perform("gc", how, lambda: work(dry_run=dry_run))


def where(how: OutputOptions) -> int:
    """Tell which ledger, manifest, checkout and pool are in use here.

    Example: portman where --json
    """
    from portman.commands.where import where as work

    return perform("where", how, lambda: work(how.start, instance=how.instance))


def repair(how: OutputOptions) -> int:
    """Move a damaged ledger aside and save what can still be read.

    Example: portman repair
    """
    from portman.ledger.repair import repair_report as work

    return perform("repair", how, work)
