"""`portman gc`: give back what vanished checkouts had."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from portman.operations.leasing import is_gone
from portman.operations.report import Report
from portman.operations.scene import open_ledger

if TYPE_CHECKING:
    from portman.core.model import Holding


def gc(*, dry_run: bool = False) -> Report:
    """End the leases of every checkout whose folder is gone.

    Their numbers are remembered: a checkout made again at the same path gets them back.
    """
    ledger = open_ledger()
    gone: dict[tuple[str, str], list[Holding]] = {}
    for holding in ledger.holdings():
        key = (holding.tenant.path, holding.tenant.instance)
        if key in gone or is_gone(holding.tenant.path):
            gone.setdefault(key, []).append(holding)
    if gone and not dry_run:
        with ledger.writing() as writer:
            for path, instance in gone:
                if is_gone(path):
                    writer.give_back(path, instance, None, int(time.time()))
    return Report(
        "gc",
        {
            "ledger": ledger.path,
            "dry_run": dry_run,
            "checkouts": [_view(path, instance, held) for (path, instance), held in gone.items()],
        },
    )


def _view(path: str, instance: str, held: list[Holding]) -> dict[str, object]:
    return {
        "checkout": path,
        "instance": instance,
        "project": held[0].tenant.project,
        "ports": sorted(port for one in held for port in one.lease.ports),
    }
