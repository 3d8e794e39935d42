"""`portman where`: which files and ranges are in use here, and why those."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from portman._version import __version__
from portman.allocation.leasing import machine_pool
from portman.allocation.workspace import open_workspace
from portman.base.errors import PortmanError, Report
from portman.ledger.open import open_ledger

if TYPE_CHECKING:
    from portman.base.errors import Problem


def where(start: str, *, instance: str = "") -> Report:
    """Report the ledger, the manifest, the checkout and the pool; works without a manifest too."""
    from portman.base.values import Manifest
    from portman.machine import port_range as pool_facts
    from portman.state import locate

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
            "automatic_range": "{}-{}".format(*pool_facts.automatic_range()),
        },
        warnings=warnings,
    )
