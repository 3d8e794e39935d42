"""`portman gc` and `where`: what vanished checkouts leave, and which places are in use."""

from __future__ import annotations

import sys
import time

from portman._version import __version__
from portman.allocation.leasing import has_ended, machine_pool, sight
from portman.allocation.workspace import open_workspace
from portman.base.errors import PortmanError, Report
from portman.base.values import Manifest
from portman.ledger.open import open_ledger
from portman.machine import port_range
from portman.state import locate, manifests, state_folder

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.base.errors import Problem
    from portman.base.values import CheckoutRecord, OwnedLease


def gc(*, dry_run: bool = False, unseen: bool = False) -> Report:
    """End the leases of every checkout whose folder was deleted, or whose processes ended.

    A folder that cannot be seen from here (machine/mounts) keeps its leases, unless `unseen`.
    Their numbers are remembered: a checkout made again at the same path gets them back.
    """
    ledger = open_ledger()
    owners = ledger.owners()
    ends = ("gone", "unseen") if unseen else ("gone",)

    def is_over(record: CheckoutRecord) -> bool:
        ended = has_ended(record, owners.get(record, ()))
        return ended or sight(record) in ends

    held: dict[CheckoutRecord, list[OwnedLease]] = {}
    for holding in ledger.holdings():
        held.setdefault(holding.record, []).append(holding)
    over = [record for record in held if is_over(record)]
    hidden = [one for one in held if one not in over and sight(one) in ("unseen", "other")]
    if over and not dry_run:
        with ledger.writing() as writer:
            owners = writer.owners()
            for one in writer.records():
                if one in over and is_over(one):
                    writer.give_back(
                        one.path,
                        one.instance,
                        None,
                        int(time.time()),
                        one.place,
                        why=_why_over(one),
                    )
    if not dry_run:
        manifests.sweep(state_folder())
    return Report(
        "gc",
        {
            "ledger": ledger.path,
            "dry_run": dry_run,
            "checkouts": [_view(record, held[record]) for record in over],
            "unseen": [_view(record, held[record]) for record in hidden],
        },
    )


def _why_over(record: CheckoutRecord) -> str:
    return {
        "gone": "its folder was deleted",
        "here": "its programs have ended",
    }.get(sight(record), "its folder cannot be seen from here")


def _view(record: CheckoutRecord, held: list[OwnedLease]) -> dict[str, object]:
    return {
        "checkout": record.path,
        "instance": record.instance,
        "project": record.project,
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
