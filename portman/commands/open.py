"""`portman open NAME`: the service in the browser; the URL in words where there is none."""

from __future__ import annotations

import os
import sys

from portman.allocation.leasing import allocate
from portman.allocation.workspace import open_workspace
from portman.base.errors import Problem, Report
from portman.holders.json_view import header, url_of
from portman.holders.messages import blocked
from portman.holders.verdicts import BLOCKING, find_verdicts


def open_service(start: str, name: str, *, instance: str = "") -> Report:
    """Open the URL of a service, unless a stranger would answer; say so if nothing listens."""
    workspace = open_workspace(start, instance)
    workspace.require(name)
    settled = allocate(workspace)
    one = next(one for one in settled.decisions if one.service.name == name)
    finding = find_verdicts(workspace, [one.lease])[name]
    url = url_of(one.service, one.lease)
    data = {**header(workspace, primary=settled.primary), "name": name, "url": url, "opened": False}
    if finding.verdict in BLOCKING:
        return Report("open", data, (blocked(workspace, one, finding),), settled.warnings)
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


# Open a URL in the browser of whoever sits here: $BROWSER, else what the desktop prefers.


def open_url(url: str) -> bool:
    """Return whether a browser was started.

    $BROWSER is honoured first (as Python's webbrowser reads it: commands separated by the path
    separator, `%s` for the URL). Without a display there is no browser to start, even if one is
    installed; text browsers are left alone, as they would take over the terminal unasked.
    """
    import webbrowser

    if not os.environ.get("BROWSER") and not _has_desktop():
        return False
    try:
        return webbrowser.open(url)
    except (webbrowser.Error, OSError):
        return False


def _has_desktop() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    # WSL hands links to Windows through wslview or the interop layer.
    return bool(os.environ.get("WSL_DISTRO_NAME"))
