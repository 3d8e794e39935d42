"""`portman gc` and `where`: what vanished checkouts leave, and which places are in use."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from portman._version import __version__
from portman.allocation.leasing import has_ended, is_gone, machine_pool
from portman.allocation.workspace import open_workspace
from portman.base.errors import PortmanError, Report
from portman.base.values import Manifest
from portman.ledger.open import open_ledger
from portman.machine import port_range
from portman.state import locate

if TYPE_CHECKING:
    from portman.base.errors import Problem
    from portman.base.values import OwnedLease


def gc(*, dry_run: bool = False) -> Report:
    """End the leases of every checkout whose folder is gone, or whose processes ended.

    Their numbers are remembered: a checkout made again at the same path gets them back.
    """
    ledger = open_ledger()
    owners = ledger.owners()

    def over(key: tuple[str, str]) -> bool:
        return is_gone(key[0]) or has_ended(owners.get(key, ()))

    gone: dict[tuple[str, str], list[OwnedLease]] = {}
    for holding in ledger.holdings():
        key = (holding.record.path, holding.record.instance)
        if key in gone or over(key):
            gone.setdefault(key, []).append(holding)
    if gone and not dry_run:
        with ledger.writing() as writer:
            owners = writer.owners()
            for path, instance in gone:
                if over((path, instance)):
                    writer.give_back(path, instance, None, int(time.time()))
    return Report(
        "gc",
        {
            "ledger": ledger.path,
            "dry_run": dry_run,
            "checkouts": [_view(path, instance, held) for (path, instance), held in gone.items()],
        },
    )


def _view(path: str, instance: str, held: list[OwnedLease]) -> dict[str, object]:
    return {
        "checkout": path,
        "instance": instance,
        "project": held[0].record.project,
        "ports": sorted(port for one in held for port in one.lease.ports),
    }


def where(start: str, *, instance: str = "") -> Report:
    warnings: tuple[Problem, ...] = ()
    manifest, checkout, path = Manifest(), None, None
    try:
        workspace = open_workspace(start, instance)
        manifest, checkout, path = workspace.manifest, workspace.checkout, workspace.manifest_path
    except PortmanError as error:
        if not error.code.startswith("manifest-"):
            raise
        warnings = error.problems
    folder, source = locate()
    return Report(
        "where",
        {
            "version": __version__,
            "python": sys.executable,
            "state": folder,
            "state_from": source,
            "ledger": open_ledger().path,
            "manifest": path,
            "checkout": checkout.path if checkout else None,
            "instance": instance,
            "project": checkout.project if checkout else None,
            "primary": checkout.primary if checkout else None,
            "repository": checkout.repository if checkout else None,
            "pool": [f"{low}-{high}" for low, high in machine_pool(manifest).bands],
            "automatic_range": "{}-{}".format(*port_range.automatic_range()),
        },
        warnings=warnings,
    )
