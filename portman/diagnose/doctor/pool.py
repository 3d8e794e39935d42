"""Pool, leases and usual ports compared with what the system keeps; WSL's network modes.

Why the pool avoids that range: docs/decisions/0005-the-pool.md.
"""

from __future__ import annotations

import glob
import os
import sys
from functools import partial

from portman.allocation.pool import (
    AIRPLAY,
    BROWSER_REFUSED,
    BROWSER_REFUSED_SYSTEM,
    inside,
    size,
    without,
)
from portman.base.run_tool import ask
from portman.base.small_file import read
from portman.base.system_commands import typed, word
from portman.base.text import counted
from portman.diagnose.doctor.context import CheckResult, named, place
from portman.machine import port_range
from portman.machine.port_range import host_listeners

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portman.allocation.pool import Band, Pool
    from portman.base.values import Service
    from portman.diagnose.doctor.context import DoctorContext

#: A warning is due when fewer ports than this are left.
LITTLE = 100


def pool(around: DoctorContext) -> list[CheckResult]:
    leased = {port for one in around.holdings for port in one.lease.ports}
    return judge_pool(around.pool, around.automatic, around.reserved, leased)


def judge_pool(
    chosen: Pool, automatic: Band, reserved: list[Band], leased: Iterable[int]
) -> list[CheckResult]:
    """Check that the kernel takes no port of the pool and that enough are left."""
    first = chosen.bands[0]
    stolen = exposed(first, automatic, reserved)
    used = sum(1 for port in leased if inside(port, first))
    left = size(first) - used
    share = f"{_span(first)}, {left:,} of {size(first):,} ports left"
    if stolen:
        lost = sum(size(part) for part in stolen)
        why = f"{lost:,} of them the kernel also gives to outgoing connections"
        return [CheckResult("pool", "warn", f"{share}; {why}", reserve(stolen, reserved))]
    if left < min(LITTLE, size(first) // 10 + 1):
        fix = "portman gc\nportman list"
        return [CheckResult("pool", "warn", f"almost used up: {share}", fix)]
    apart = f"outside the automatic range {_span(automatic)}"
    if without(first, automatic) != (first,):
        apart = f"reserved within the automatic range {_span(automatic)}"
    return [CheckResult("pool", "ok", f"{share}; {apart}")]


def leases(around: DoctorContext) -> list[CheckResult]:
    """Find leases that the kernel may give away, or that the system has excluded meanwhile."""
    unsafe, excluded = [], []
    spans = {protocol: port_range.excluded_ranges(protocol) for protocol in ("tcp", "udp")}
    for one in around.holdings:
        ports = one.lease.ports
        if any(exposed((port, port), around.automatic, around.reserved) for port in ports):
            unsafe.append(one)
        if any(
            span.first <= port <= span.last and not span.administered
            for protocol in one.lease.protocols
            for span in spans[protocol]
            for port in ports
        ):
            excluded.append(one)
    found = []
    for one in excluded:
        where = f"{place(one)} has {one.lease.port}, which the system now excludes"
        fix = f"portman -C {word(one.record.path)} up --reassign {one.lease.service}"
        found.append(CheckResult("leases", "fail", where, fix))
    if unsafe:
        names = named([f"{one.lease.port} ({place(one)})" for one in unsafe])
        why = f"inside the automatic range {_span(around.automatic)}: {names}; an outgoing "
        fix = reserve([(p, p) for one in unsafe for p in one.lease.ports], around.reserved)
        found.append(CheckResult("leases", "warn", f"{why}connection may take them first", fix))
    if not found:
        number = len(around.holdings)
        text = f"{counted(number, 'lease')}, all outside the automatic range" if number else "none"
        found.append(CheckResult("leases", "ok", text))
    return found


def exposed(band: Band, automatic: Band, reserved: list[Band]) -> list[Band]:
    low, high = max(band[0], automatic[0]), min(band[1], automatic[1])
    parts: list[Band] = [(low, high)] if low <= high else []
    for kept in reserved:
        parts = [piece for part in parts for piece in without(part, kept)]
    return parts


def reserve(wanted: list[Band], reserved: list[Band]) -> str:
    """Return the command that makes the kernel leave these ports out.

    Setting ip_local_reserved_ports replaces the whole list (ip-sysctl.rst), so the command
    repeats the old entries. macOS has no such setting.
    """
    if sys.platform == "darwin":
        return 'choose a lower range in ports.toml: [pool] range = "20000-29999"'
    if sys.platform == "win32":
        low, high = wanted[0]
        return (
            "as administrator: netsh int ipv4 add excludedportrange protocol=tcp "
            f"startport={low} numberofports={size((low, high))}"
        )
    spans = ",".join(_span(one) for one in merged([*reserved, *wanted]))
    return (
        f"sudo sysctl -w net.ipv4.ip_local_reserved_ports={spans}\n"
        f"to keep it after a reboot:\necho net.ipv4.ip_local_reserved_ports={spans} | "
        "sudo tee /etc/sysctl.d/60-portman.conf"
    )


def merged(bands: list[Band]) -> list[Band]:
    """Return the same ports as few ranges, lowest first."""
    joined: list[Band] = []
    for low, high in sorted(bands):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _span(band: Band) -> str:
    return f"{band[0]}-{band[1]}" if band[0] != band[1] else str(band[0])


# WSL's network modes (learn.microsoft.com/windows/wsl/networking, .../wsl-config). Never run here.

MODES = {
    "nat": "Windows forwards its localhost to WSL's listeners; other machines need "
    "`netsh interface portproxy`",
    "mirrored": "Windows and WSL share their ports, and the Hyper-V firewall filters what other "
    "machines send",
    "virtioproxy": "Windows forwards its localhost to WSL's listeners",
    "bridged": "WSL is a separate machine on the network; Windows does not forward localhost",
    "none": "WSL has no network, and Windows reaches no listener of it",
}


def wsl(around: DoctorContext) -> list[CheckResult]:
    """Name the mode, and what Windows has on leased ports; no line outside WSL."""
    if not port_range.is_wsl():
        return []
    answer = ask(["wslinfo", "--networking-mode"], 1.5)
    settings = _settings()
    mode = answer.out.strip().lower() if answer.fine else configured_mode(settings)
    return [judge(mode, forwarding=forwards(settings)), *_of_windows(around)]


def _of_windows(around: DoctorContext) -> list[CheckResult]:
    """Find leased ports on which a program of Windows listens, and none of this machine."""
    seen = host_listeners()
    if seen.unknown:
        reason = f"unknown which ports Windows listens on: {seen.unknown}"
        fix = "allow programs of Windows: enabled=true under [interop] in /etc/wsl.conf"
        return [CheckResult("wsl", "skipped", reason, fix)]
    found = []
    for one in around.holdings:
        there = seen.on(one.lease.ports) if "tcp" in one.lease.protocols else {}
        if not there or around.listeners_on(one):
            continue
        named = ", ".join(f"{port} (pid {pid} of Windows)" for port, pid in there.items())
        reason = f"{place(one)}: a program of Windows listens on {named}; its browsers reach that"
        fix = f"see it: tasklist.exe /v /fi 'PID eq {next(iter(there.values()))}'"
        found.append(CheckResult("wsl", "warn", reason, fix))
    return found


def judge(mode: str, *, forwarding: bool) -> CheckResult:
    """Judge a mode; `forwarding` is localhostForwarding of .wslconfig."""
    if mode not in MODES:
        reason = f"unknown network mode of WSL: {mode or 'no answer'}"
        return CheckResult("wsl", "skipped", reason, "wslinfo --networking-mode")
    if mode == "nat" and not forwarding:
        reason = "network mode nat, localhostForwarding=false: Windows reaches no listener of WSL"
        fix = (
            "set localhostForwarding=true under [wsl2] in %UserProfile%\\.wslconfig\nwsl --shutdown"
        )
        return CheckResult("wsl", "warn", reason, fix)
    if mode == "none":
        fix = (
            "set networkingMode=mirrored under [wsl2] in %UserProfile%\\.wslconfig\nwsl --shutdown"
        )
        return CheckResult("wsl", "warn", f"network mode none: {MODES[mode]}", fix)
    return CheckResult("wsl", "ok", f"network mode {mode}: {MODES[mode]}")


def configured_mode(settings: str) -> str:
    return _value(settings, "networkingmode") or "nat"


def forwards(settings: str) -> bool:
    return _value(settings, "localhostforwarding") != "false"


def _value(settings: str, key: str) -> str:
    section = ""
    for line in settings.splitlines():
        text = line.split("#")[0].strip()
        if text.startswith("["):
            section = text.strip("[]").lower()
        name, equals, value = text.partition("=")
        if equals and section == "wsl2" and name.strip().lower() == key:
            return value.strip().strip('"').lower()
    return ""


def _settings() -> str:
    found = (read(path, 1 << 16) for path in sorted(glob.glob("/mnt/?/Users/*/.wslconfig")))
    return next((text.removeprefix("\ufeff") for text in found if text is not None), "")


_warn = partial(CheckResult, "manifest", "warn")


def manifest(around: DoctorContext) -> list[CheckResult]:
    """Check that the manifest is readable and its usual ports are good on this machine."""
    if around.workspace is None:
        return [_unread(around)]
    services = around.workspace.manifest.services
    found = [
        *_in_automatic(services, around.automatic, around.reserved),
        *_below(services, port_range.unprivileged_port_start()),
        *_refused(services),
        *(_airplay(services) if sys.platform == "darwin" else ()),
    ]
    count = "1 service" if len(services) == 1 else f"{len(services)} services"
    message = f"{around.workspace.manifest_path}, {count}"
    return found or [CheckResult("manifest", "ok", message)]


def _unread(around: DoctorContext) -> CheckResult:
    error = around.manifest_error
    if error is None or error.code == "manifest-missing":
        message = error.message if error else "no ports.toml here"
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
) -> Iterator[CheckResult]:
    taken = [
        (one, port)
        for one in services
        for port in _ports(one)
        if exposed((port, port), automatic, reserved)
    ]
    if not taken:
        return
    names = named([f"{one.name} {port}" for one, port in taken])
    span = f"{automatic[0]}-{automatic[1]}"
    reason = (
        f"usual ports inside the automatic range {span}, where the kernel may be first: {names}"
    )
    fix = reserve([(port, port) for _, port in taken], reserved)
    yield _warn(reason, f"choose a number outside it, or reserve it:\n{fix}")


def _below(services: tuple[Service, ...], start: int) -> Iterator[CheckResult]:
    low = [f"{one.name} {one.usual}" for one in services if one.usual and one.usual < start]
    if not low or not hasattr(os, "geteuid") or os.geteuid() == 0:
        return
    lowest = min(one.usual for one in services if one.usual)
    reason = f"below {start}, which this user may not bind: {named(low)}"
    yield _warn(reason, typed("low port", lowest))


def _refused(services: tuple[Service, ...]) -> Iterator[CheckResult]:
    refused = BROWSER_REFUSED | BROWSER_REFUSED_SYSTEM
    names = [f"{one.name} {port}" for one in services for port in _ports(one) if port in refused]
    if not names:
        return
    reason = f"browsers refuse to open these ports (Fetch standard, bad ports): {named(names)}"
    yield _warn(reason, "choose other numbers in ports.toml")


def _airplay(services: tuple[Service, ...]) -> Iterator[CheckResult]:
    names = [f"{one.name} {port}" for one in services for port in _ports(one) if port in AIRPLAY]
    if not names:
        return
    reason = f"macOS itself listens there for AirPlay: {named(names)}"
    fix = "System Settings > General > AirDrop & Handoff > AirPlay Receiver: off"
    yield _warn(reason, fix)
