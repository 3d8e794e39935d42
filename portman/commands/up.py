"""`portman up`, `check` and `down`: the leases, files and verdicts of one checkout.

`up` goes in this order, each once: manifest and checkout (`open_workspace`), leases, a snapshot
of the ports that may move, plan and commit (`allocate`), verdicts, outputs, report.
"""

from __future__ import annotations

import os
import time

from portman.allocation.files import (
    LeasesChangedError,
    Written,
    remove_files,
    stale_files,
    write_files,
)
from portman.allocation.leases import Decision, dropped, is_primary, read_leases
from portman.allocation.workspace import (
    Workspace,
    keep_instance,
    open_workspace,
    own_if_ephemeral,
)
from portman.base.errors import PortmanError, Problem, Report
from portman.base.values import LOCAL_SCOPE, Service
from portman.holders.at_work import misplaced_in, problems, watched
from portman.holders.json_view import header, service_view
from portman.holders.verdicts import BLOCKING, find_verdicts, is_in_use, look_for, proven
from portman.state import state_folder
from portman.state.receipts import forget, keep_said, said_before

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from portman.allocation.leases import Allocation
    from portman.base.values import Lease
    from portman.holders.messages import Said
    from portman.holders.verdicts import Finding

    MovesBack = Callable[[Workspace, tuple[str, ...]], dict[str, int]]


#: How often to start over when another process of this checkout changed its leases meanwhile.
AGAIN = 5


def up(
    start: str,
    *,
    instance: str = "",
    names: tuple[str, ...] = (),
    reassign: bool = False,
    was: MovesBack | None = None,
) -> Report:
    """Lease, write, check. `names` limits what is moved by `reassign` and what is judged.

    `was` (commands/take_back) tells the ports to which services go back. Raises
    PortmanError for everything that leaves nothing to report.
    """
    workspace = open_workspace(start, instance)
    if instance:
        keep_instance(workspace)
    return raise_up(workspace, names=names, reassign=reassign, was=was)


def raise_up(
    workspace: Workspace,
    *,
    names: tuple[str, ...] = (),
    reassign: bool = False,
    was: MovesBack | None = None,
) -> Report:
    """Do what `up` does in a workspace that is open; an ephemeral one writes no file."""
    if workspace.checkout.instance:
        own_if_ephemeral(workspace)
    if names:
        workspace.require(*names)
    for again in range(AGAIN):
        try:
            back = was(workspace, names) if was and not again else {}
            return _attempt(workspace, names, reassign=reassign and not again, back=back)
        except LeasesChangedError:
            workspace.forget_files()
    raise PortmanError(
        "ledger-busy",
        f"other processes keep changing the leases of {workspace.checkout.path}",
        hint="once they are done: portman up",
    )


def _attempt(
    workspace: Workspace, names: tuple[str, ...], *, reassign: bool, back: Mapping[str, int]
) -> Report:
    """Lease, judge and write once; LeasesChangedError if the leases changed before the write."""
    leases = read_leases(workspace)
    movable = {
        one.name
        for one in workspace.manifest.services
        if one.name in leases and not one.fixed and (reassign or one.on_conflict == "reassign")
    }
    moving = _to_move(workspace, leases, movable, names, reassign=reassign) if movable else set()
    allocation = workspace.allocate(moving=moving | set(back), leases=leases, back=back)
    held = read_leases(workspace) if allocation.wrote else leases
    left = dropped(workspace.manifest.services, held)
    leases = allocation.leases
    findings = find_verdicts(workspace, leases.values())
    written = Written()
    if not workspace.owner:
        written = write_files(workspace, leases, primary=allocation.primary)
        if not written.errors:
            written = _with_calls(workspace, written)
    report = _report(workspace, names, allocation, findings, written)
    if home := _free_again(workspace, allocation, findings):
        report.data["free_again"] = home
    if left:
        report.data["dropped"] = [
            {"name": one.service, "ports": list(one.ports), "protocols": list(one.protocols)}
            for one in left
        ]
    return report


def _with_calls(workspace: Workspace, written: Written) -> Written:
    """Add which of the project's own commands pass portman by: after a change, or if it is news.

    Without [containers] too: `-p NAME` in a Makefile makes all checkouts one project.
    """
    root, instance = workspace.checkout.path, workspace.checkout.instance
    said = said_before(state_folder(), root, instance)
    if not written.calls and not said:
        return written
    from portman.compose.calls import ComposeUse, bypassing

    overrides = [str(one["path"]) for one in written.views if one["format"] == "compose"]
    env_files = [str(one["path"]) for one in written.views if one["format"] == "dotenv"]
    use = ComposeUse(
        workspace.compose_files.files,
        next((one for one in overrides if os.path.exists(os.path.join(root, one))), ""),
        tuple(one for one in env_files if os.path.basename(one).startswith(".env")),
    )
    notes = bypassing(written.calls, use)
    text = "\n".join(one.message for one in notes)
    news = text != said
    if news:
        keep_said(state_folder(), root, instance, text)
    if not news and not any(one["action"] == "written" for one in written.views):
        notes = []
    return written._replace(warnings=(*written.warnings, *notes))


def _report(
    workspace: Workspace,
    names: tuple[str, ...],
    allocation: Allocation,
    findings: dict[str, Finding],
    written: Written,
) -> Report:
    judged = [
        (one, findings[one.service.name])
        for one in allocation.decisions
        if not names or one.service.name in names
    ]
    stuck, notes = _said(workspace, judged)
    elsewhere = misplaced_in(workspace, allocation.leases, findings)
    return Report(
        "up",
        {
            **header(workspace, primary=allocation.primary),
            "services": [service_view(*one) for one in judged],
            "outputs": list(written.views),
            "misplaced": [one.view() for one in elsewhere],
        },
        errors=(*stuck, *written.errors),
        warnings=(
            *allocation.warnings,
            *_moves(workspace, allocation.decisions),
            *notes,
            *problems(elsewhere),
            *written.warnings,
        ),
        evidence=(*written.evidence, *proven(findings), *watched(workspace, allocation.leases)),
    )


def _said(workspace: Workspace, judged: list[tuple[Decision, Finding]]) -> Said:
    """Return errors and warnings about the verdicts; most say nothing, and load no message."""
    if all(finding.silent for _, finding in judged):
        return (), ()
    from portman.holders.messages import said_of

    return said_of(workspace, judged)


def _moves(workspace: Workspace, decisions: tuple[Decision, ...]) -> tuple[Problem, ...]:
    if all(one.was is None and one.missed is None for one in decisions):
        return ()
    from portman.holders.messages import missed_usual, moved

    return (*missed_usual(workspace, decisions), *moved(decisions))


def _to_move(
    workspace: Workspace,
    leases: dict[str, Lease],
    movable: set[str],
    names: tuple[str, ...],
    *,
    reassign: bool,
) -> set[str]:
    findings = find_verdicts(workspace, [leases[name] for name in movable])
    if reassign and names:
        for name in names:
            if name in findings and is_in_use(workspace, findings[name]):
                raise _still_running(name, findings[name])
            if name in findings and findings[name].unknown:
                raise _may_run(name, findings[name])
        return set(names) & movable
    stuck = {name for name in movable if findings[name].verdict in BLOCKING}
    if not reassign or not is_primary(workspace):
        return stuck
    known = (name for name in movable if not findings[name].unknown)
    idle = {name for name in known if findings[name].verdict in ("idle", "lingering")}
    return stuck | {name for name in idle if _can_go_home(workspace, name, leases[name])}


def _still_running(name: str, finding: Finding) -> PortmanError:
    state = "is running on" if finding.verdict == "running" else "is kept by its own program on"
    return PortmanError(
        "service-running",
        f"{name} {state} {finding.port}, so it is not moved",
        hint=f"stop it, then: portman up --reassign {name}",
        service=name,
    )


def _may_run(name: str, finding: Finding) -> PortmanError:
    return PortmanError(
        "service-running",
        f"{name} may be running on {finding.port}, so it is not moved: who has the port is "
        f"unknown ({finding.unknown})",
        hint=f"see who: portman who {finding.port}\n"
        f"stop it, or give the port back: portman down {name}",
        service=name,
    )


def _free_again(
    workspace: Workspace, allocation: Allocation, findings: dict[str, Finding]
) -> list[dict[str, object]]:
    """Return the idle services whose usual port, which they do not have, is free now."""
    if not allocation.primary or allocation.wrote:  # a choice asked the engine too: it knows better
        return []
    return [
        {"name": service.name, "port": service.usual}
        for service, lease, *_ in allocation.decisions
        if service.usual not in (None, lease.port)
        and findings[service.name].verdict in ("idle", "lingering")
        and _can_go_home(workspace, service.name, lease)
    ]


#: Notes that stay true from run to run; each is printed in full once.
LASTING = frozenset(
    {
        *("output-shadowed", "env-shadowed", "engine-unseen", "port-claimed", "compose-unclear"),
        *(
            "compose-isolated",
            "compose-shared",
            "compose-bypassed",
            "compose-shadowed",
            "compose-fixed",
        ),
        *("output-not-ignored", "usual-taken"),
    }
)


def shortened(report: Report) -> Report:
    """Return the report of `up` with the lasting notes that a person has seen in one line.

    What was seen is kept in a small file of the state folder, written only if it changes.
    """
    lasting = [one for one in report.warnings if one.code in LASTING]
    if "checkout" not in report.data:
        return report
    key = (state_folder(), str(report.data["checkout"]), str(report.data["instance"]))
    before = said_before(*key, kind="notes")
    now = "\n".join(sorted(one.message for one in lasting))
    if now != before and (now or before):
        keep_said(*key, now, kind="notes")
    known = set(before.split("\n"))
    seen = [one for one in lasting if one.message in known]
    if not seen:
        return report
    codes = ", ".join(dict.fromkeys(one.code for one in seen))
    count = f"{len(seen)} note{'' if len(seen) == 1 else 's'} as before"
    line = Problem(seen[0].code, f"{count} ({codes}); `portman check` prints them in full")
    fresh = tuple(one for one in report.warnings if one not in seen)
    return report._replace(warnings=(*fresh, line))


def _can_go_home(workspace: Workspace, name: str, lease: Lease) -> bool:
    service = workspace.manifest.service(name)
    if service is None or service.usual is None or service.usual == lease.port:
        return False
    ports = range(service.usual, service.usual + service.size)
    return not workspace.ledger.is_shared(LOCAL_SCOPE) and all(
        workspace.ledger.lease_on(LOCAL_SCOPE, protocol, port) is None
        and look_for(workspace, protocol, port) is None
        for protocol in service.protocols
        for port in ports
    )


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
    judged = [(one, findings[one.service.name]) for one in decisions]
    stuck, notes = _said(workspace, judged)
    elsewhere = misplaced_in(workspace, leases, findings)
    return Report(
        "check",
        {
            **header(workspace, primary=primary),
            "services": [service_view(*one) for one in judged],
            "outputs": list(written.views) if written else [],
            "misplaced": [one.view() for one in elsewhere],
        },
        errors=(*missing, *stuck, *(written.errors if written else ())),
        warnings=(
            *notes,
            *problems(elsewhere),
            *(written.warnings if written else ()),
        ),
        evidence=(
            *(written.evidence if written else ()),
            *proven(findings),
            *watched(workspace, leases),
        ),
    )


def _missing(service: Service) -> Problem:
    return Problem(
        "lease-missing",
        f"{service.name} has no port yet",
        "portman up",
        service=service.name,
    )


def down(start: str, *, instance: str = "", names: tuple[str, ...] = ()) -> Report:
    """Remove what `up` wrote, then end every lease; having none is not an error.

    Files first: were we stopped in between, the next `down` or `up` still knows the leases.
    With `names` only these leases end, and then the files are written without them.
    """
    from portman.commands.depart import (
        down_without_manifest,
        left_containers,
        left_running,
        named,
        other_instances,
    )

    try:
        workspace = open_workspace(start, instance)
    except PortmanError as error:
        if error.code != "manifest-missing":
            raise
        return down_without_manifest(start, instance, names, error)
    leases, checkout = read_leases(workspace), workspace.checkout
    workspace.require(*(name for name in names if name not in leases))
    primary = is_primary(workspace)
    ending = {name: one for name, one in leases.items() if not names or name in names}
    rest = {name: one for name, one in leases.items() if name not in ending}
    decisions = _given_back(workspace, ending)
    containers = () if rest else left_containers(workspace)
    running = left_running(workspace, decisions, {one.facts.id for one in containers})
    with workspace.locked():
        # Should this run be killed before the leases end, the next `up` looks at everything.
        forget(state_folder(), checkout.path, checkout.instance)
        written = Written() if rest else remove_files(workspace)
        if ending:
            chosen = list(ending) if rest else None
            with workspace.ledger.writing() as writer:
                writer.give_back(checkout.path, checkout.instance, chosen, int(time.time()))
    if rest and any(workspace.manifest.service(name) for name in ending):
        written = write_files(workspace, rest, primary=primary)
    return Report(
        "down",
        {
            **header(workspace, primary=primary),
            "services": [service_view(one, None) for one in decisions],
            "outputs": list(written.views),
        },
        errors=written.errors,
        warnings=(
            *named(containers),
            *running,
            *(() if rest else other_instances(checkout.path, checkout.instance)),
        ),
    )


def _given_back(workspace: Workspace, ending: dict[str, Lease]) -> list[Decision]:
    """Return the leases that end, those of services that ports.toml no longer has last."""
    services = workspace.manifest.services
    known = [Decision(one, ending[one.name], "lease") for one in services if one.name in ending]
    return known + [
        Decision(Service(one.service, protocols=one.protocols, size=one.size), one, "lease")
        for one in dropped(services, ending)
    ]
