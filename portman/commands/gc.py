"""`portman gc`: give back what vanished checkouts had."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from portman.allocation.leasing import has_ended, is_gone
from portman.base.errors import Report
from portman.ledger.open import open_ledger

if TYPE_CHECKING:
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
