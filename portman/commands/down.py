"""`portman down`: give back the checkout's leases and take our text out of its files."""

from __future__ import annotations

import time

from portman.allocation.files import remove_files
from portman.allocation.leasing import is_primary, read_leases
from portman.allocation.plan import Decision
from portman.allocation.workspace import Workspace, open_workspace
from portman.base.errors import Problem, Report
from portman.holders.json_view import header, service_view
from portman.holders.verdicts import find_verdicts
from portman.state import state_folder
from portman.state.receipts import forget


def down(start: str, *, instance: str = "") -> Report:
    """Remove what `up` wrote, then end every lease; having none is not an error.

    Files first: were we stopped in between, the next `down` or `up` still knows the leases.
    """
    workspace = open_workspace(start, instance)
    checkout = workspace.checkout
    leases = read_leases(workspace)
    primary = is_primary(workspace)
    decisions = [
        Decision(one, leases[one.name], "lease")
        for one in workspace.manifest.services
        if one.name in leases
    ]
    running = _still_running(workspace, decisions)
    with workspace.locked():
        _forget_receipt(workspace)
        written = remove_files(workspace)
        if leases:
            with workspace.ledger.writing() as writer:
                writer.give_back(checkout.path, checkout.instance, None, int(time.time()))
    return Report(
        "down",
        {
            **header(workspace, primary=primary),
            "services": [service_view(one, None) for one in decisions],
            "outputs": list(written.views),
        },
        errors=written.errors,
        warnings=running,
    )


def _forget_receipt(workspace: Workspace) -> None:
    """Let the next `up` look at everything, should this run be killed before the leases end."""
    forget(state_folder(), workspace.checkout.path, workspace.checkout.instance)


def _still_running(workspace: Workspace, decisions: list[Decision]) -> tuple[Problem, ...]:
    findings = find_verdicts(workspace, [one.lease for one in decisions])
    problems = []
    for one in decisions:
        finding = findings[one.service.name]
        if finding.verdict not in ("running", "reserved"):
            continue
        problems.append(
            Problem(
                "still-running",
                f"{one.service.name} is still running on {finding.port}, now without a lease",
                f"stop it: portman free {finding.port}",
                service=one.service.name,
            )
        )
    return tuple(problems)
