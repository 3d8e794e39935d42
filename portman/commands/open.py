"""`portman open NAME`: the service in the browser; the URL in words where there is none."""

from __future__ import annotations

from portman.base.errors import Problem
from portman.base.report import Report
from portman.commands.up import check_names
from portman.holders.json_view import header, url_of
from portman.holders.messages import blocked
from portman.holders.verdicts import find_verdicts
from portman.holders.verdicts_core import BLOCKING
from portman.ports.leasing import settle
from portman.ports.workspace import open_scene


def open_service(start: str, name: str, *, instance: str = "") -> Report:
    """Open the URL of a service, unless a stranger would answer; say so if nothing listens."""
    from portman.commands.browser import open_url

    scene = open_scene(start, instance)
    check_names(scene, (name,))
    settled = settle(scene)
    one = next(one for one in settled.decisions if one.service.name == name)
    finding = find_verdicts(scene, [one.lease])[name]
    url = url_of(one.service, one.lease)
    data = {**header(scene, primary=settled.primary), "name": name, "url": url, "opened": False}
    if finding.verdict in BLOCKING:
        return Report("open", data, (blocked(scene, one, finding),), settled.warnings)
    warnings = settled.warnings
    if finding.verdict != "running":
        idle = Problem(
            "not-up",
            f"{name}: nothing listens on {one.lease.port} yet",
            f"start it: portman run --service {name} -- CMD",
            service=name,
        )
        warnings = (*warnings, idle)
    data["opened"] = open_url(url)
    return Report("open", data, (), warnings)
