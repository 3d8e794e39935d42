"""`portman check`: everything `up` would say, and nothing written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.allocation.files import stale_files
from portman.allocation.leasing import is_primary, read_leases
from portman.allocation.plan import Decision
from portman.allocation.workspace import open_workspace
from portman.base.errors import Problem, Report
from portman.holders.json_view import header, service_view
from portman.holders.messages import blocked
from portman.holders.verdicts import BLOCKING, find_verdicts

if TYPE_CHECKING:
    from portman.base.values import Service


def check(start: str, *, instance: str = "", names: tuple[str, ...] = ()) -> Report:
    """Judge the leases there are; say which are missing and which outputs are stale."""
    workspace = open_workspace(start, instance)
    workspace.require(*names)
    leases = read_leases(workspace)
    asked = [one for one in workspace.manifest.services if not names or one.name in names]
    decisions = [Decision(one, leases[one.name], "lease") for one in asked if one.name in leases]
    findings = find_verdicts(workspace, [one.lease for one in decisions])
    missing = [_missing(one) for one in asked if one.name not in leases]
    whole = all(service.name in leases for service in workspace.manifest.services)
    primary = is_primary(workspace)
    written = stale_files(workspace, leases, primary=primary) if whole else None
    stuck = [
        blocked(workspace, one, findings[one.service.name])
        for one in decisions
        if findings[one.service.name].verdict in BLOCKING
    ]
    return Report(
        "check",
        {
            **header(workspace, primary=primary),
            "services": [service_view(one, findings[one.service.name]) for one in decisions],
            "outputs": list(written.views) if written else [],
        },
        errors=(*missing, *stuck, *(written.errors if written else ())),
        warnings=written.warnings if written else (),
        evidence=written.evidence if written else (),
    )


def _missing(service: Service) -> Problem:
    return Problem(
        "lease-missing",
        f"{service.name} has no port yet",
        "portman up",
        service=service.name,
    )
