"""The pool and the leases against what the kernel hands out by itself."""

from __future__ import annotations

import glob
import os
import sys
from typing import TYPE_CHECKING

from portman.diagnose.doctor.context import CheckResult, named, place
from portman.ports.pool import inside, size, without

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.diagnose.doctor.context import DoctorContext
    from portman.ports.pool import Band, Pool

#: Fewer free ports than this are told.
LITTLE = 100


def pool(around: DoctorContext) -> list[CheckResult]:
    """Compare the pool with the automatic range and with what is leased."""
    leased = {port for one in around.holdings for port in one.lease.ports}
    return judge_pool(around.pool, around.automatic, around.reserved, leased)


def judge_pool(
    chosen: Pool, automatic: Band, reserved: list[Band], leased: Iterable[int]
) -> list[CheckResult]:
    """Say whether the kernel may take ports of the pool, and how many are left."""
    first = chosen.bands[0]
    stolen = exposed(first, automatic, reserved)
    used = sum(1 for port in leased if inside(port, first))
    left = size(first) - used
    told = f"{_span(first)}, {left:,} of {size(first):,} ports left"
    if stolen:
        lost = sum(size(part) for part in stolen)
        why = f"{lost:,} of them the kernel also gives to outgoing connections"
        return [CheckResult("pool", "warn", f"{told}; {why}", reserve(stolen, reserved))]
    if left < min(LITTLE, size(first) // 10 + 1):
        fix = "portman gc gives back what vanished checkouts had; portman list shows the rest"
        return [CheckResult("pool", "warn", f"almost used up: {told}", fix)]
    apart = f"outside the automatic range {_span(automatic)}"
    if without(first, automatic) != (first,):
        apart = f"reserved within the automatic range {_span(automatic)}"
    return [CheckResult("pool", "ok", f"{told}; {apart}")]


def leases(around: DoctorContext) -> list[CheckResult]:
    """Find leases that the kernel may give away, or that the system has excluded since."""
    from portman.machine import port_range as pool_facts

    unsafe, excluded = [], []
    spans = {protocol: pool_facts.excluded_ranges(protocol) for protocol in ("tcp", "udp")}
    for one in around.holdings:
        ports = one.lease.ports
        if any(_automatic(port, around.automatic, around.reserved) for port in ports):
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
        where = f"{place(one)} has {one.lease.port}, which the system excludes since"
        fix = f"in its folder: portman up --reassign {one.lease.service}"
        found.append(CheckResult("leases", "fail", where, fix))
    if unsafe:
        names = named([f"{one.lease.port} ({place(one)})" for one in unsafe])
        why = f"inside the automatic range {_span(around.automatic)}: {names}; an outgoing "
        fix = reserve([(p, p) for one in unsafe for p in one.lease.ports], around.reserved)
        found.append(CheckResult("leases", "warn", f"{why}connection may take them first", fix))
    if not found:
        found.append(CheckResult("leases", "ok", _counted(len(around.holdings))))
    return found


def _counted(number: int) -> str:
    if not number:
        return "none yet"
    some = "1 lease" if number == 1 else f"{number:,} leases"
    return f"{some}, none of them inside the automatic range"


def exposed(band: Band, automatic: Band, reserved: list[Band]) -> list[Band]:
    """Return the parts of `band` that the kernel hands out by itself."""
    low, high = max(band[0], automatic[0]), min(band[1], automatic[1])
    parts: list[Band] = [(low, high)] if low <= high else []
    for kept in reserved:
        parts = [piece for part in parts for piece in without(part, kept)]
    return parts


def reserve(wanted: list[Band], reserved: list[Band]) -> str:
    """Return the command that keeps the kernel off these ports, with what is reserved already.

    Setting ip_local_reserved_ports replaces the whole list (ip-sysctl.rst), so the old entries
    stand in it too. macOS has no such setting.
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
        f"to keep it after a restart:\necho net.ipv4.ip_local_reserved_ports={spans} | "
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


def _automatic(port: int, automatic: Band, reserved: list[Band]) -> bool:
    return bool(exposed((port, port), automatic, reserved))


def _span(band: Band) -> str:
    return f"{band[0]}-{band[1]}" if band[0] != band[1] else str(band[0])


# WSL: which of its network modes is on, and what follows for ports. Never run here.
#
# Source: learn.microsoft.com/windows/wsl/networking and .../wsl-config.

MODES = {
    "nat": "Windows forwards its localhost to listeners in here; other machines need "
    "`netsh interface portproxy`",
    "mirrored": "ports are shared with Windows: what is taken there is taken here, and the "
    "Hyper-V firewall decides what comes in from other machines",
    "virtioproxy": "Windows forwards its localhost to listeners in here",
    "bridged": "this is a machine of its own on the network; Windows does not forward localhost",
    "none": "there is no network, and Windows reaches nothing in here",
}


def wsl(_around: DoctorContext) -> list[CheckResult]:
    """Name the mode; nothing is said outside WSL."""
    from portman.base.run_tool import ask
    from portman.machine import port_range as pool_facts

    if not pool_facts.is_wsl():
        return []
    told = ask(["wslinfo", "--networking-mode"], 1.5)
    settings = _settings()
    mode = told.out.strip().lower() if told.fine else configured_mode(settings)
    return [judge(mode, forwarding=forwards(settings))]


def judge(mode: str, *, forwarding: bool) -> CheckResult:
    """Say what a mode means; `forwarding` is localhostForwarding of .wslconfig."""
    if mode not in MODES:
        reason = f"WSL's network mode {mode or ''} could not be told".replace("  ", " ")
        return CheckResult("wsl", "skipped", reason, "wslinfo --networking-mode")
    if mode == "nat" and not forwarding:
        reason = "network mode nat with localhostForwarding=false: Windows reaches nothing in here"
        fix = "in %UserProfile%\\.wslconfig: [wsl2] localhostForwarding=true, then: wsl --shutdown"
        return CheckResult("wsl", "warn", reason, fix)
    if mode == "none":
        fix = "in %UserProfile%\\.wslconfig: [wsl2] networkingMode=mirrored, then: wsl --shutdown"
        return CheckResult("wsl", "warn", f"network mode none: {MODES[mode]}", fix)
    return CheckResult("wsl", "ok", f"network mode {mode}: {MODES[mode]}")


def configured_mode(settings: str) -> str:
    """Return networkingMode of [wsl2] in a .wslconfig, "nat" where it says nothing."""
    return _value(settings, "networkingmode") or "nat"


def forwards(settings: str) -> bool:
    """Return localhostForwarding of [wsl2], true where it says nothing."""
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
    for path in sorted(glob.glob("/mnt/?/Users/*/.wslconfig")):
        try:
            if os.path.getsize(path) < 1 << 16:
                with open(path, encoding="utf-8-sig", errors="replace") as file:
                    return file.read()
        except OSError:
            continue
    return ""
