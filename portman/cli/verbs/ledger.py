"""`list`, `gc`, `where`, `repair`."""

from __future__ import annotations

from typing import Annotated

import typer

from portman.cli.command import command
from portman.cli.perform import Manner, perform


def register(app: typer.Typer) -> None:
    """Add this file's commands to the app."""
    command(app, "list", without=("directory", "instance"))(list_leases)
    command(app, without=("directory", "instance"))(gc)
    command(app)(where)
    command(app, without=("directory", "instance"))(repair)


def list_leases(how: Manner) -> int:
    """List every checkout on this machine with its ports.

    Example: portman list
    """
    from portman.operations.listing import list_leases as work

    return perform("list", how, work)


def gc(
    how: Manner,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Only say what.")] = False,
) -> int:
    """Give back the ports of checkouts whose folder is gone.

    Example: portman gc --dry-run
    """
    from portman.operations.gc import gc as work

    return perform("gc", how, lambda: work(dry_run=dry_run))


def where(how: Manner) -> int:
    """Tell which ledger, manifest, checkout and pool are in use here.

    Example: portman where --json
    """
    from portman.operations.where import where as work

    return perform("where", how, lambda: work(how.start, instance=how.instance))


def repair(how: Manner) -> int:
    """Move a damaged ledger aside and save what can still be read.

    Example: portman repair
    """
    from portman.operations.repair import repair as work

    return perform("repair", how, work)
