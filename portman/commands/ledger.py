"""`portman gc` and `where`: what vanished checkouts leave, and which places are in use."""

from __future__ import annotations

import sys
import time

from portman._version import __version__
from portman.allocation.leasing import machine_pool
from portman.allocation.vanished import end, find_ended, sight
from portman.allocation.workspace import open_workspace
from portman.base.errors import PortmanError, Report
from portman.base.values import Manifest
from portman.ledger.open import open_ledger, shared
from portman.machine import port_range
from portman.outputs.kept_files import sweep
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
    held: dict[CheckoutRecord, list[OwnedLease]] = {}
    for holding in ledger.holdings():
        held.setdefault(holding.record, []).append(holding)
    ended = find_ended(ledger, held, unseen=unseen)
    over = [one.record for one in ended]
    hidden = [one for one in held.keys() - set(over) if sight(one) in ("unseen", "other")]
    if not dry_run:
        done = end(ledger, ended, int(time.time()))
        manifests.sweep(state_folder())
        sweep((one.path, one.instance) for one in held.keys() - set(done))
    return Report(
        "gc",
        {
            "ledger": ledger.path,
            "dry_run": dry_run,
            "checkouts": [_view(record, held[record]) for record in over],
            "unseen": [_view(record, held[record]) for record in hidden],
        },
    )


def _view(record: CheckoutRecord, held: list[OwnedLease]) -> dict[str, object]:
    return {
        "checkout": record.path,
        "instance": record.instance,
        "project": record.project,
        "ports": sorted(port for one in held for port in one.lease.ports),
    }


def _server() -> dict[str, object]:
    if not open_ledger().shares:
        return {}
    opened = shared()
    try:
        state = f"answers: {opened.state().described()}"
    except PortmanError as error:
        state = error.message
    finally:
        opened.close()
    space = opened.settings.space or None
    return {"ledger_server": opened.server_name(), "server_state": state, "space": space}


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
            **_server(),
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
