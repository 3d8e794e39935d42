"""WSL: which of its network modes is on, and what follows for ports. Never run here.

Source: learn.microsoft.com/windows/wsl/networking and .../wsl-config.
"""

from __future__ import annotations

import glob
import os
from typing import TYPE_CHECKING

from portman.diagnose.doctor.finding import Finding

if TYPE_CHECKING:
    from portman.diagnose.doctor.context import Surroundings

MODES = {
    "nat": "Windows forwards its localhost to listeners in here; other machines need "
    "`netsh interface portproxy`",
    "mirrored": "ports are shared with Windows: what is taken there is taken here, and the "
    "Hyper-V firewall decides what comes in from other machines",
    "virtioproxy": "Windows forwards its localhost to listeners in here",
    "bridged": "this is a machine of its own on the network; Windows does not forward localhost",
    "none": "there is no network, and Windows reaches nothing in here",
}


def wsl(_around: Surroundings) -> list[Finding]:
    """Name the mode; nothing is said outside WSL."""
    from portman.base.system_tool import ask
    from portman.machine import port_range as pool_facts

    if not pool_facts.is_wsl():
        return []
    told = ask(["wslinfo", "--networking-mode"], 1.5)
    settings = _settings()
    mode = told.out.strip().lower() if told.fine else configured_mode(settings)
    return [judge(mode, forwarding=forwards(settings))]


def judge(mode: str, *, forwarding: bool) -> Finding:
    """Say what a mode means; `forwarding` is localhostForwarding of .wslconfig."""
    if mode not in MODES:
        reason = f"WSL's network mode {mode or ''} could not be told".replace("  ", " ")
        return Finding("wsl", "skipped", reason, "wslinfo --networking-mode")
    if mode == "nat" and not forwarding:
        reason = "network mode nat with localhostForwarding=false: Windows reaches nothing in here"
        fix = "in %UserProfile%\\.wslconfig: [wsl2] localhostForwarding=true, then: wsl --shutdown"
        return Finding("wsl", "warn", reason, fix)
    if mode == "none":
        fix = "in %UserProfile%\\.wslconfig: [wsl2] networkingMode=mirrored, then: wsl --shutdown"
        return Finding("wsl", "warn", f"network mode none: {MODES[mode]}", fix)
    return Finding("wsl", "ok", f"network mode {mode}: {MODES[mode]}")


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
