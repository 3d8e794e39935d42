"""`portman list`: every lease of this machine, by checkout, with what is on it now."""

from __future__ import annotations

import os
import time

from portman.allocation.leases import Decision, is_primary, read_leases
from portman.allocation.leasing import machine_pool, numbers_to_avoid
from portman.allocation.plan import UNUSED_DAYS, is_stale, last_used
from portman.allocation.pool import inside, size
from portman.allocation.vanished import has_ended, is_absent, sight
from portman.allocation.workspace import open_workspace
from portman.base.errors import PortmanError, Report
from portman.base.record import NamedTuple
from portman.base.values import LOCAL_SCOPE, Manifest, Service
from portman.checkout.git import branch
from portman.checkout.ownership import Tenant, folder_here
from portman.containers.endpoint import find_endpoint
from portman.holders.at_work import misplaced_anywhere, problems
from portman.holders.json_view import header, holder_view, service_view
from portman.holders.verdicts import Finding, find_verdicts, judge_pair, proven, worst
from portman.ledger.open import open_ledger, shared
from portman.machine.sockets import probe
from portman.manifest.file import services_once
from portman.state import state_folder
from portman.state.receipts import file_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from portman.base.holder import Holder
    from portman.base.values import CheckoutRecord, OwnedLease
    from portman.ledger.protocol import Ledger
    from portman.machine.sockets.model import Probe
    from portman.manifest.file import Manifests

Pair = tuple[str, int]


class Choice(NamedTuple):
    """Which checkouts to show: those of a project, only stale ones, and what stale means."""

    project: str | None = None
    stale: bool = False
    days: int = UNUSED_DAYS


ALL = Choice()


def list_leases(choice: Choice = ALL, start: str = ".") -> Report:
    """Return the checkouts of the ledger, their leases with a verdict, and the pool left.

    The checkout above `start` comes first, then those with something on their ports; services
    come in the order of their ports.toml.

    One probe for each leased port of this machine; the kernel's tables and the processes are
    read once, and only if a port is busy. `used_at` is the newest of: the last change to the
    checkout's leases; the receipt of an answer that changed nothing (when it was written, or
    read again, which file systems note to within a day, and not at all with noatime); now, if
    one of its services is running.
    """
    ledger = open_ledger()
    now = time.time()
    grouped: dict[CheckoutRecord, list[OwnedLease]] = {}
    everything = ledger.holdings()
    for holding in everything:
        if choice.project in (None, holding.record.project):
            grouped.setdefault(holding.record, []).append(holding)
    held = [one for group in grouped.values() for one in group if one.scope == LOCAL_SCOPE]
    manifests: Manifests = {}
    findings = _findings(held, manifests)
    owners = ledger.owners()
    views = [_checkout(group, findings, manifests, now, choice) for group in grouped.values()]
    wrong = misplaced_anywhere(held, _running(findings), manifests)
    for record, view in zip(grouped, views, strict=True):
        mine = owners.get(record, ())
        view["misplaced"] = [one.view() for one in wrong.get((record.path, record.instance), ())]
        view.update(ephemeral=bool(mine), gone=view["gone"] or has_ended(record, mine))
    shown = [one for one in views if one["stale"] or not choice.stale]
    here = folder_here(start)
    shown.sort(key=lambda one: (one["checkout"] != here, not _is_live(one)))
    return Report(
        "list",
        {
            "ledger": ledger.path,
            "project": choice.project,
            "only_stale": choice.stale,
            "unused_days": choice.days,
            "checkouts": shown,
            "leftovers": [] if choice.project else _leftovers(ledger),
            "pool": _pool(everything),
        },
        warnings=problems(one for group in wrong.values() for one in group),
    )


def team_leases(project: str | None) -> Report:
    """Return what all members of the ledger server have leased; usage where there is none."""
    if not open_ledger().shares:
        raise PortmanError(
            "usage",
            "list --team asks the server that several machines share, and PORTMAN_LEDGER is unset",
            hint="see the leases of this machine: portman list",
        )
    opened = shared()
    try:
        team, most = opened.team(project)
        return Report("list", {"team": team, "project": project, "most": most})
    finally:
        opened.close()


def here(start: str, instance: str = "") -> Report:
    """Return the services of the checkout that `start` is in, for one line of a prompt.

    Nothing is leased or written; no checkout is no error: a prompt is shown everywhere.
    """
    try:
        workspace = open_workspace(start, instance)
    except PortmanError as error:
        if error.code != "manifest-missing":
            raise
        return Report("list", {"line": True, "services": []})
    leases = read_leases(workspace)
    asked = [one for one in workspace.manifest.services if one.name in leases]
    decisions = [Decision(one, leases[one.name], "lease") for one in asked]
    findings = find_verdicts(workspace, [one.lease for one in decisions])
    views = [service_view(one, findings[one.service.name]) for one in decisions]
    data = header(workspace, primary=is_primary(workspace))
    return Report("list", {**data, "line": True, "services": views}, evidence=proven(findings))


def _is_live(view: dict[str, Any]) -> bool:
    return any(one["verdict"] not in ("idle", None) for one in view["services"])


def _leftovers(ledger: Ledger) -> list[dict[str, object]]:
    """Return what deleted checkouts have left on the engine, with the commands to remove it."""
    engine = find_endpoint()
    if engine.absent:
        return []
    from portman.containers.claims import find_leftovers

    found = find_leftovers(engine, ledger.engine_names(ledger.space(engine.scope)), is_absent)
    return [{**one._asdict(), "commands": list(one.commands)} for one in found]


def _running(findings: dict[OwnedLease, Finding]) -> set[tuple[str, str, str]]:
    return {
        (one.record.path, one.record.instance, one.lease.service)
        for one, finding in findings.items()
        if finding.verdict == "running"
    }


def _findings(held: list[OwnedLease], manifests: Manifests) -> dict[OwnedLease, Finding]:
    """Return the gravest of what is on each lease's ports, judged as its own checkout would."""
    owned: dict[Pair, OwnedLease] = {pair: one for one in held for pair in one.lease.keys()}
    seen = {pair: probe(pair[1], pair[0]) for pair in owned}
    busy = [pair for pair, state in seen.items() if state == "busy"]
    holders: dict[Pair, list[Holder]] = {}
    if busy:
        from portman.holders.find import holders_by_pair

        holders = holders_by_pair(busy)

    def asking(pair: Pair) -> tuple[Tenant, Service]:
        record, name = owned[pair].record, owned[pair].lease.service
        tenant = Tenant(record.path, record.instance, services_once(record.path, manifests))
        return tenant, tenant.service(name) or Service(name)

    def finding(pair: Pair, state: Probe) -> Finding:
        if state != "busy":
            return Finding(state, *pair)
        tenant, service = asking(pair)
        return judge_pair(pair, holders[pair], tenant, service)

    return {one: worst(finding(pair, seen[pair]) for pair in one.lease.keys()) for one in held}


def _checkout(
    held: list[OwnedLease],
    findings: dict[OwnedLease, Finding],
    manifests: Manifests,
    now: float,
    choice: Choice,
) -> dict[str, Any]:
    record = held[0].record
    seen = sight(record)
    gone = seen == "gone"
    if seen == "here" and len(held) > 1:
        known = services_once(record.path, manifests)
        place = {one.name: at for at, one in enumerate(known)}
        held = sorted(held, key=lambda one: place.get(one.lease.service, len(place)))
    services = [_service(one, findings.get(one)) for one in held]
    running = any(one["verdict"] in ("running", "reserved") for one in services)
    moments = [
        record.used_at,
        *(one.lease.given_at for one in held),
        *_receipt_times(record.path, record.instance),
    ]
    used = last_used(moments, running=running, now=now)
    return {
        "project": record.project,
        "checkout": record.path,
        "instance": record.instance,
        "primary": record.primary,
        "branch": branch(record.path) if seen == "here" else None,
        "user": record.user,
        "gone": gone,
        "unseen": seen in ("unseen", "other"),
        "running": running,
        "used_at": used,
        "stale": is_stale(used, gone=gone, running=running, now=now, days=choice.days),
        "services": services,
    }


def _service(one: OwnedLease, finding: Finding | None) -> dict[str, object]:
    holder = finding.holder if finding else None
    return {
        "name": one.lease.service,
        "port": one.lease.port,
        "ports": list(one.lease.ports),
        "protocols": list(one.lease.protocols),
        "scope": one.scope,
        "given_at": one.lease.given_at,
        "verdict": finding.verdict if finding and finding.seen else None,
        "since": int(holder.started_at) if holder and holder.started_at else None,
        "holder": holder_view(holder) if holder else None,
    }


def _receipt_times(path: str, instance: str) -> tuple[float, ...]:
    """Return when the checkout's receipt was written and last read, as the file system says."""
    try:
        seen = os.stat(file_of(state_folder(), path, instance))
    except OSError:
        return ()
    return seen.st_mtime, seen.st_atime


def _pool(everything: Iterable[OwnedLease]) -> list[dict[str, object]]:
    manifest = Manifest()
    avoid = numbers_to_avoid(manifest)
    leased = {port for one in everything if one.scope == LOCAL_SCOPE for port in one.lease.ports}
    return [
        {
            "range": f"{band[0]}-{band[1]}",
            "size": size(band),
            "leased": sum(inside(port, band) for port in leased),
            "left": size(band) - sum(inside(port, band) for port in leased | avoid),
        }
        for band in machine_pool(manifest).bands
    ]
