"""`portman wait`: until each service listens, and the listener belongs to this checkout.

A connection would prove nothing: another program may answer it. So the holder of a busy port is
judged as `up` and `check` do it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from portman.allocation.leasing import allocate
from portman.allocation.workspace import open_workspace
from portman.base.errors import Problem, Report
from portman.holders.json_view import header, holder_view, url_of
from portman.holders.messages import blocked, home, who
from portman.holders.verdicts import Finding, judge_busy
from portman.machine.sockets import probe

if TYPE_CHECKING:
    from portman.allocation.plan import Decision
    from portman.allocation.workspace import Workspace

#: Seconds between two looks: at first, and at most.
_FIRST, _LAST = 0.03, 0.25


def wait(
    start: str, names: tuple[str, ...], *, instance: str = "", timeout: float = 30.0
) -> Report:
    """Wait until the named services (default: all) are up, at most `timeout` seconds.

    Up means: every port of the service, in every protocol, is listened on by this checkout.
    """
    workspace = open_workspace(start, instance)
    workspace.require(*names)
    allocation = allocate(workspace)
    wanted = [one for one in allocation.decisions if not names or one.service.name in names]
    began = time.monotonic()
    pause, missing = _FIRST, look(workspace, wanted)
    while missing and time.monotonic() - began < timeout:
        left = timeout - (time.monotonic() - began)
        time.sleep(max(min(pause, left), 0.001))
        pause = min(pause * 1.5, _LAST)
        still = [one for one in wanted if one.service.name in missing]
        missing = look(workspace, still)
    seconds = time.monotonic() - began
    return Report(
        "wait",
        {
            **header(workspace, primary=allocation.primary),
            "seconds": round(seconds, 3),
            "services": [_view(one, missing.get(one.service.name)) for one in wanted],
        },
        tuple(
            _reason(workspace, one, missing[one.service.name], timeout)
            for one in wanted
            if one.service.name in missing
        ),
        allocation.warnings,
    )


def look(workspace: Workspace, wanted: list[Decision]) -> dict[str, Finding]:
    """Return, for each service that is not up, what was found on the first port that is not."""
    pairs = {one.service.name: list(one.lease.keys()) for one in wanted}
    states = {pair: probe(pair[1], pair[0]) for keys in pairs.values() for pair in keys}
    busy: list[tuple[str, int]] = [pair for pair, state in states.items() if state == "busy"]
    judged = judge_busy(workspace, busy) if busy else {}
    missing = {}
    for name, keys in pairs.items():
        found = [judged.get(pair) or Finding("idle", *pair) for pair in keys]
        idle = [one for one in found if one.verdict != "running"]
        if idle:
            missing[name] = next((one for one in idle if one.verdict == "taken"), idle[0])
    return missing


def _view(decision: Decision, missing: Finding | None) -> dict[str, object]:
    service, lease = decision.service, decision.lease
    holder = missing.holder if missing else None
    return {
        "name": service.name,
        "port": lease.port,
        "ports": list(lease.ports),
        "protocols": list(lease.protocols),
        "url": url_of(service, lease),
        "up": missing is None,
        "verdict": missing.verdict if missing else "running",
        "holder": holder_view(holder) if holder else None,
    }


def _reason(workspace: Workspace, decision: Decision, finding: Finding, timeout: float) -> Problem:
    name = decision.service.name
    port = f"{finding.port}{'/udp' if finding.protocol == 'udp' else ''}"
    if finding.verdict == "taken":
        return blocked(workspace, decision, finding)
    text = f"{name}: nothing listens on {port} after {timeout:g} s"
    if finding.verdict == "reserved" and finding.holder is not None:
        text += f"; {who(finding.holder, home())} holds the port for it"
    return Problem(
        "not-listening",
        text,
        f"start it: portman run --service {name} -- CMD, or look at its log",
        service=name,
    )
