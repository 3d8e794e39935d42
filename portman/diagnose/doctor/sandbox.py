"""What the sandbox of an agent app allows here: binding ports, reading tables, writing leases."""

from __future__ import annotations

import os

from portman.base.errors import PortmanError
from portman.base.text import home_short
from portman.diagnose.doctor.context import CheckResult
from portman.holders.messages import home
from portman.ledger.caller import agent_of
from portman.ledger.permissions import allowing
from portman.machine import sockets
from portman.state import LOCK_FILE, state_folder

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.diagnose.doctor.context import DoctorContext

#: A number below what kernels hand out: a sandbox that allows some ports allows more than this.
_TRIED = 20_011


def sandbox(_around: DoctorContext) -> list[CheckResult]:
    """Try each right; nothing is left behind."""
    agent = agent_of(os.environ)[0]
    inside = f" in the sandbox of {agent}" if agent else ""
    folder = state_folder()
    found = [*_binding(inside), *_writing(folder, inside)]
    place = home_short(folder, home())
    allowed = f"ports can be bound, and {place} can be written"
    return found or [CheckResult("sandbox", "ok", allowed + (f" (by {agent})" if agent else ""))]


def _binding(inside: str) -> list[CheckResult]:
    try:
        sockets.probe(_TRIED, "tcp")
    except PortmanError:
        reason = f"neither a bind nor the kernel's tables can be used{inside}: no verdicts here"
        return [CheckResult("sandbox", "warn", reason, "run portman outside the sandbox")]
    if not sockets.bind_denied():
        return []
    reason = (
        f"binding ports is denied{inside}: verdicts are from the kernel's tables, `run` holds none"
    )
    fix = (
        "Claude Code, in .claude/settings.json: "
        '"sandbox": {"network": {"allowLocalBinding": true}}\n'
        "Codex, in ~/.codex/config.toml: [sandbox_workspace_write] network_access = true"
    )
    return [CheckResult("sandbox", "warn", reason, fix)]


def _writing(folder: str, inside: str) -> list[CheckResult]:
    """Open what a lease would open. `access` alone does not see landlock."""
    step = folder
    while not os.path.isdir(step) and step != os.path.dirname(step):
        step = os.path.dirname(step)
    lock = os.path.join(folder, LOCK_FILE)
    unnamed = getattr(os, "O_TMPFILE", 0)
    try:
        if os.path.exists(lock):
            os.close(os.open(lock, os.O_RDWR))
        elif unnamed:
            os.close(os.open(step, unnamed | os.O_RDWR, 0o600))
        elif not os.access(step, os.W_OK):
            raise PermissionError
    except OSError:
        reason = f"{folder} cannot be written{inside}: leases answer, and new ones are refused"
        return [CheckResult("sandbox", "warn", reason, allowing(folder))]
    return []
