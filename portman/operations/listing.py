"""`portman list`: every lease of this machine, by checkout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.operations.leasing import is_gone
from portman.operations.report import Report
from portman.operations.scene import open_ledger

if TYPE_CHECKING:
    from portman.core.model import Holding, Tenant


def list_leases() -> Report:
    """Return all checkouts the ledger knows, with their leases."""
    ledger = open_ledger()
    grouped: dict[tuple[str, str], list[Holding]] = {}
    for holding in ledger.holdings():
        grouped.setdefault((holding.tenant.path, holding.tenant.instance), []).append(holding)
    return Report(
        "list",
        {
            "ledger": ledger.path,
            "checkouts": [_checkout(held[0].tenant, held) for held in grouped.values()],
        },
    )


def _checkout(tenant: Tenant, held: list[Holding]) -> dict[str, object]:
    return {
        "project": tenant.project,
        "checkout": tenant.path,
        "instance": tenant.instance,
        "primary": tenant.primary,
        "user": tenant.user,
        "gone": is_gone(tenant.path),
        "services": [
            {
                "name": one.lease.service,
                "port": one.lease.port,
                "ports": list(one.lease.ports),
                "protocols": list(one.lease.protocols),
                "scope": one.scope,
                "given_at": one.lease.given_at,
            }
            for one in held
        ],
    }
