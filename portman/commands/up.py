"""`portman up`: leases for every service, files for every program, a verdict on every port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.errors import PortmanError, Report
from portman.holders.json_view import header, service_view
from portman.holders.messages import blocked, missed_usual, moved
from portman.holders.verdicts import BLOCKING, find_verdicts
from portman.outputs.write import LeasesChangedError, Written, evidence, write_outputs
from portman.ports.leasing import allocate, read_leases
from portman.ports.workspace import open_workspace, owned

if TYPE_CHECKING:
    from portman.base.values import Lease
    from portman.holders.verdicts import Finding
    from portman.ports.leasing import Allocation
    from portman.ports.workspace import Workspace

#: How often to begin anew when another process of this checkout came in between.
AGAIN = 5


def up(
    start: str, *, instance: str = "", names: tuple[str, ...] = (), reassign: bool = False
) -> Report:
    """Lease, write, check. `names` limits what is moved by `reassign` and what is judged.

    Raises PortmanError for everything that leaves nothing to report.
    """
    return raise_up(open_workspace(start, instance), names=names, reassign=reassign)


def raise_up(
    workspace: Workspace, *, names: tuple[str, ...] = (), reassign: bool = False
) -> Report:
    """Do what `up` does in a workspace that is open; an ephemeral one writes no file."""
    if workspace.checkout.instance and not workspace.owner:
        workspace = owned(workspace)
    check_names(workspace, names)
    for again in range(AGAIN):
        try:
            settled, findings, written = _attempt(workspace, names, reassign=reassign and not again)
            break
        except LeasesChangedError:
            continue
    else:
        raise PortmanError(
            "ledger-busy",
            f"other processes keep changing the leases of {workspace.checkout.path}",
            hint="once they are done: portman up",
        )
    judged = [one for one in settled.decisions if not names or one.service.name in names]
    return Report(
        "up",
        {
            **header(workspace, primary=settled.primary),
            "services": [service_view(one, findings[one.service.name]) for one in judged],
            "outputs": list(written.views),
        },
        errors=(
            *(
                blocked(workspace, one, findings[one.service.name])
                for one in judged
                if findings[one.service.name].verdict in BLOCKING
            ),
            *written.errors,
        ),
        warnings=(
            *settled.warnings,
            *missed_usual(workspace, settled.decisions),
            *moved(settled.decisions),
            *written.warnings,
        ),
        evidence=(*evidence(workspace), *written.evidence),
    )


def _attempt(
    workspace: Workspace, names: tuple[str, ...], *, reassign: bool
) -> tuple[Allocation, dict[str, Finding], Written]:
    """Lease, judge and write once; LeasesChangedError if somebody came in between."""
    leases = read_leases(workspace)
    moving = _to_move(workspace, leases, names, reassign=reassign)
    settled = allocate(workspace, moving=moving, leases=leases)
    now_leased = {one.service.name: one.lease for one in settled.decisions}
    findings = find_verdicts(workspace, now_leased.values())
    if workspace.owner:
        return settled, findings, Written()
    return settled, findings, write_outputs(workspace, now_leased, primary=settled.primary)


def check_names(workspace: Workspace, names: tuple[str, ...]) -> None:
    """Raise PortmanError "service-unknown" unless the manifest has all of `names`."""
    for name in names:
        if workspace.manifest.service(name) is None:
            raise unknown_service(workspace, name)


def unknown_service(workspace: Workspace, name: str) -> PortmanError:
    """Return the error for a name that is no service, with the nearest one there is."""
    from portman.base.text import nearest

    known = [service.name for service in workspace.manifest.services]
    near = nearest(name, known)
    hint = f"did you mean {near}?" if near else f"it has: {', '.join(known) or 'none'}"
    return PortmanError(
        "service-unknown", f"{workspace.manifest_path} has no service {name!r}", hint=hint
    )


def _to_move(
    workspace: Workspace, leases: dict[str, Lease], names: tuple[str, ...], *, reassign: bool
) -> set[str]:
    """Return the services to move: those asked for, or in conflict and allowed to move."""
    willing = {
        service.name
        for service in workspace.manifest.services
        if service.name in leases
        and not service.fixed
        and (reassign or service.on_conflict == "reassign")
    }
    if not willing:
        return set()
    findings = find_verdicts(workspace, [leases[name] for name in willing])
    if reassign and names:
        return _asked(names, willing, findings)
    stuck = {name for name in willing if findings[name].verdict in BLOCKING}
    return stuck | (_homesick(workspace, leases, willing, findings) if reassign else set())


def _asked(names: tuple[str, ...], willing: set[str], findings: dict[str, Finding]) -> set[str]:
    """Return `names` if each can move: not fixed, not running."""
    for name in names:
        if name in findings and findings[name].verdict in ("running", "reserved"):
            raise _still_running(name, findings[name])
    return set(names) & willing


def _still_running(name: str, finding: Finding) -> PortmanError:
    return PortmanError(
        "service-running",
        f"{name} is running on {finding.port}, so it is not moved",
        hint=f"portman free {name} && portman up --reassign {name}",
        service=name,
    )


def _homesick(
    workspace: Workspace, leases: dict[str, Lease], willing: set[str], findings: dict[str, Finding]
) -> set[str]:
    """Return idle services away from a usual port that is free to take now."""
    from portman.base.values import LOCAL_SCOPE
    from portman.holders.verdicts import look_for
    from portman.ports.leasing import is_primary

    if not is_primary(workspace):
        return set()
    home = set()
    for name in willing:
        service = workspace.manifest.service(name)
        if service is None or service.usual in (None, leases[name].port):
            continue
        if findings[name].verdict not in ("idle", "lingering"):
            continue
        ports = range(service.usual or 0, (service.usual or 0) + service.size)
        keys = [(protocol, port) for protocol in service.protocols for port in ports]
        if all(
            workspace.ledger.lease_on(LOCAL_SCOPE, *key) is None
            and look_for(workspace, *key) is None
            for key in keys
        ):
            home.add(name)
    return home
