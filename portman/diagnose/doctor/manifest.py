"""The check `manifest` of doctor."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from portman.allocation.pool import AIRPLAY, BROWSER_REFUSED, BROWSER_REFUSED_SYSTEM
from portman.diagnose.doctor.context import CheckResult, named
from portman.diagnose.doctor.pool import exposed, reserve

if TYPE_CHECKING:
    from portman.allocation.pool import Band
    from portman.base.values import Service
    from portman.diagnose.doctor.context import DoctorContext


def manifest(around: DoctorContext) -> list[CheckResult]:
    """Check that the manifest is readable and its usual ports are good on this machine."""
    if around.workspace is None:
        return [_unread(around)]
    from portman.machine import port_range as pool_facts

    services = around.workspace.manifest.services
    found = [
        *_in_automatic(services, around.automatic, around.reserved),
        *_below(services, pool_facts.unprivileged_port_start()),
        *_refused(services),
        *(_airplay(services) if sys.platform == "darwin" else ()),
    ]
    count = "1 service" if len(services) == 1 else f"{len(services)} services"
    message = f"{around.workspace.manifest_path}, {count}"
    return found or [CheckResult("manifest", "ok", message)]


def _unread(around: DoctorContext) -> CheckResult:
    error = around.manifest_error
    if error is None or error.code == "manifest-missing":
        message = error.problems[0].message if error else "no ports.toml here"
        return CheckResult("manifest", "skipped", message, error.hint if error else "portman init")
    problem = error.problems[0]
    more = f" (and {len(error.problems) - 1} more)" if len(error.problems) > 1 else ""
    line = f":{problem.line}" if problem.line else ""
    where = (
        f"{problem.file}{line}: " if problem.file and problem.file not in problem.message else ""
    )
    return CheckResult(
        "manifest", "fail", f"{where}{problem.message}{more}", problem.hint or "portman check"
    )


def _ports(service: Service) -> range:
    return range(service.usual or 0, (service.usual or 0) + service.size if service.usual else 0)


def _in_automatic(
    services: tuple[Service, ...], automatic: Band, reserved: list[Band]
) -> list[CheckResult]:
    taken = [
        (one, port)
        for one in services
        for port in _ports(one)
        if exposed((port, port), automatic, reserved)
    ]
    if not taken:
        return []
    names = named([f"{one.name} {port}" for one, port in taken])
    span = f"{automatic[0]}-{automatic[1]}"
    reason = (
        f"usual ports inside the automatic range {span}, where the kernel may be first: {names}"
    )
    fix = reserve([(port, port) for _, port in taken], reserved)
    return [
        CheckResult(
            "manifest", "warn", reason, f"choose a number outside it, or reserve it:\n{fix}"
        )
    ]


def _below(services: tuple[Service, ...], start: int) -> list[CheckResult]:
    import os

    low = [f"{one.name} {one.usual}" for one in services if one.usual and one.usual < start]
    if not low or not hasattr(os, "geteuid") or os.geteuid() == 0:
        return []
    lowest = min(one.usual for one in services if one.usual)
    reason = f"below {start}, which this user may not bind: {named(low)}"
    return [
        CheckResult(
            "manifest", "warn", reason, f"sudo sysctl net.ipv4.ip_unprivileged_port_start={lowest}"
        )
    ]


def _refused(services: tuple[Service, ...]) -> list[CheckResult]:
    refused = BROWSER_REFUSED | BROWSER_REFUSED_SYSTEM
    names = [f"{one.name} {port}" for one in services for port in _ports(one) if port in refused]
    if not names:
        return []
    reason = f"browsers refuse to open these ports (Fetch standard, bad ports): {named(names)}"
    return [CheckResult("manifest", "warn", reason, "choose other numbers in ports.toml")]


def _airplay(services: tuple[Service, ...]) -> list[CheckResult]:
    names = [f"{one.name} {port}" for one in services for port in _ports(one) if port in AIRPLAY]
    if not names:
        return []
    reason = f"macOS itself listens there for AirPlay: {named(names)}"
    fix = "System Settings > General > AirDrop & Handoff > AirPlay Receiver: off"
    return [CheckResult("manifest", "warn", reason, fix)]
