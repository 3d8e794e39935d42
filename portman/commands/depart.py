"""What only `portman down` does: what is left running, and a checkout without its ports.toml."""

from __future__ import annotations

import os
import time

from portman.allocation.leases import Decision
from portman.base.errors import PortmanError, Problem, Report
from portman.base.text import printable
from portman.base.values import Service
from portman.checkout.ownership import lies_in, real_path
from portman.holders.json_view import service_view
from portman.holders.verdicts import find_verdicts, is_in_use
from portman.ledger.open import open_ledger
from portman.outputs.managed_file import remove_output
from portman.outputs.whole_file import noted_outputs
from portman.state import state_folder
from portman.state.receipts import forget

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.allocation.workspace import Workspace
    from portman.base.values import OwnedLease
    from portman.containers.model import Container


def down_without_manifest(
    start: str, instance: str, names: tuple[str, ...], missing: PortmanError
) -> Report:
    """Give back the leases of the checkout at or above `start`, and take our text out of its files.

    The folder may be gone. Raises `missing` with another hint if no checkout there has a lease.
    """
    try:
        here = real_path(start)
    except OSError:  # the working folder is gone, and has no name any more
        raise missing from None
    ledger = open_ledger()
    held = [one for one in ledger.holdings() if one.record.instance == instance]
    above = {one.record.path for one in held if lies_in(here, one.record.path)}
    if not above:
        message = missing.message
        raise PortmanError(missing.code, message, hint="see who has leases: portman list")
    root = max(above, key=len)
    mine = [one for one in held if one.record.path == root]
    chosen = [one for one in mine if not names or one.lease.service in names]
    unknown = [name for name in names if all(one.lease.service != name for one in mine)]
    if unknown:
        known = ", ".join(one.lease.service for one in mine)
        raise PortmanError(
            "service-unknown",
            f"{root} has no lease of {unknown[0]!r}",
            hint=f"it has: {known}",
            service=unknown[0],
        )
    outputs, errors = ([], []) if len(chosen) < len(mine) else _clean(root, instance)
    forget(state_folder(), root, instance)
    with ledger.writing() as writer:
        ended = [one.lease.service for one in chosen] if len(chosen) < len(mine) else None
        writer.give_back(root, instance, ended, int(time.time()))
    data: dict[str, object] = {
        "project": mine[0].record.project,
        "checkout": root,
        "instance": instance,
        "primary": mine[0].record.primary,
        "services": [_view(one) for one in chosen],
        "outputs": outputs,
    }
    return Report("down", data, tuple(errors), other_instances(root, instance))


def other_instances(path: str, instance: str) -> tuple[Problem, ...]:
    """Name the instances of a checkout that keep their ports when this one goes."""
    kept: dict[str, int] = {}
    for one in open_ledger().holdings(path=path):
        if one.record.instance != instance:
            kept[one.record.instance] = kept.get(one.record.instance, 0) + 1
    return tuple(
        Problem(
            "instance-kept",
            (f"instance {name}" if name else "the checkout itself")
            + f" keeps {count} port{'' if count == 1 else 's'}",
            "give them back too: portman down" + (f" --instance {name}" if name else ""),
        )
        for name, count in sorted(kept.items())
    )


def _clean(root: str, instance: str) -> tuple[list[dict[str, object]], list[Problem]]:
    views: list[dict[str, object]] = []
    errors: list[Problem] = []
    for output in noted_outputs(root, instance) if os.path.isdir(root) else ():
        try:
            action = remove_output(root, output)
        except PortmanError as error:
            errors += error.problems
            action = "failed"
        views.append({"path": output.path, "format": output.format, "action": action})
    return views, errors


def _view(one: OwnedLease) -> dict[str, object]:
    lease = one.lease
    service = Service(lease.service, protocols=lease.protocols, size=lease.size)
    return service_view(Decision(service, lease, "lease"), None)


def left_containers(workspace: Workspace) -> tuple[Container, ...]:
    composed = workspace.containers or workspace.compose_files.files
    if not composed or workspace.engine.absent:
        return ()
    from portman.containers.claims import left_here

    return left_here(workspace)


def named(containers: tuple[Container, ...]) -> tuple[Problem, ...]:
    """Name a checkout's containers by Compose project, with the command that ends each project.

    `docker compose down` alone would not: it reads the project's name from what `down` removes.
    """
    if not containers:
        return ()
    from portman.containers.model import container_stop

    grouped: dict[str, list[str]] = {}
    for one in containers:
        grouped.setdefault(container_stop(one.facts), []).append(printable(one.facts.name))
    problems = []
    for command, names in grouped.items():
        shown = ", ".join(sorted(names)[:5]) + (f" and {len(names) - 5} more" if names[5:] else "")
        said = f"container {shown} is" if len(names) == 1 else f"containers {shown} are"
        said += " still there, and portman stops none"
        problems.append(
            Problem("containers-left", said, f"see them: docker ps -a\nend them: {command}")
        )
    return tuple(problems)


def left_running(
    workspace: Workspace, decisions: list[Decision], containers: set[str]
) -> tuple[Problem, ...]:
    findings = find_verdicts(workspace, [one.lease for one in decisions])
    problems = []
    for one in decisions:
        finding = findings[one.service.name]
        if not is_in_use(workspace, finding):
            continue
        container = finding.holder.container if finding.holder else None
        if container is not None and container.id in containers:
            continue  # named with its project
        problems.append(
            Problem(
                "still-running",
                f"{one.service.name} is still running on {finding.port}, now without a lease",
                f"see it: portman who {finding.port}",
                service=one.service.name,
            )
        )
    return tuple(problems)
