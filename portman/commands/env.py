"""`portman env`, `port`, `url`, `open`, `publish`: what a program or a person asks of a service.

They lease what is missing first, as `up` would, but write no output. `open` alone looks for the
holder: another program's page would look like this service's.
"""

from __future__ import annotations

import os
import sys

from portman.allocation.files import program_variables
from portman.allocation.workspace import open_workspace
from portman.base.errors import PortmanError, Problem, Report
from portman.checkout.ownership import service_in
from portman.holders.json_view import header
from portman.holders.verdicts import BLOCKING, find_verdicts
from portman.outputs.formats import render

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.allocation.workspace import Workspace
    from portman.base.values import Service


def env(start: str, *, instance: str = "", form: str = "dotenv", service: str = "") -> Report:
    """Return every variable of the manifest, and its text in the format asked for.

    With `service` also what `run --service` sets for it; in the `dir` of a service also the
    variables that are its own. Raises PortmanError as `allocate` does, and if a value has no
    place in the format.
    """
    workspace = open_workspace(start, instance)
    if service:
        workspace.require(service)
    return env_in(workspace, form, service=service, folder=start)


def env_in(workspace: Workspace, form: str, *, service: str = "", folder: str = "") -> Report:
    """Do what `env` does in a workspace that is open; `folder`: where it was asked."""
    allocated = workspace.allocate()
    content = program_variables(workspace, allocated.leases, primary=allocated.primary)
    values, compose = content.values, content.compose
    dirs = [(one.name, one.dir) for one in workspace.manifest.services if one.dir]
    name = service or (service_in(folder, workspace.checkout.path, dirs) if folder else "")
    found = next((one for one in allocated.decisions if one.service.name == name), None)
    if found is not None:
        set_for = {"PORT": str(found.lease.port), "HOST": found.service.host} if service else {}
        ports = found.lease.ports
        own = {one: str(ports[at]) for one, at in found.service.own_variables()}
        values = list({**set_for, **dict(values), **own}.items())
    asked: dict[str, object] = {"service": name or None} if service or dirs else {}
    return Report(
        "env",
        {
            **header(workspace, primary=allocated.primary),
            **asked,
            "format": form,
            "env": dict(values),
            "text": render(form, values),
        },
        warnings=allocated.warnings,
        evidence=(
            *workspace.link_evidence,
            *compose.evidence,
            *workspace.engine_evidence,
        ),
    )


def port(start: str, name: str, *, instance: str = "") -> Report:
    return _one("port", start, name, instance)


def url(start: str, name: str, *, instance: str = "") -> Report:
    return _one("url", start, name, instance)


def _one(command: str, start: str, name: str, instance: str) -> Report:
    workspace = open_workspace(start, instance)
    workspace.require(name)
    allocated = workspace.allocate()
    found = next(one for one in allocated.decisions if one.service.name == name)
    return Report(
        command,
        {
            **header(workspace, primary=allocated.primary),
            "name": name,
            "port": found.lease.port,
            "ports": list(found.lease.ports),
            "url": found.service.url_at(found.lease.port),
        },
        warnings=allocated.warnings,
        evidence=workspace.engine_evidence,
    )


def open_service(start: str, name: str, *, instance: str = "") -> Report:
    """Open the URL of a service, unless another program would answer; warn if nothing listens."""
    from portman.holders.messages import blocked, owner_unknown, start_command

    workspace = open_workspace(start, instance)
    workspace.require(name)
    allocated = workspace.allocate()
    one = next(one for one in allocated.decisions if one.service.name == name)
    finding = find_verdicts(workspace, [one.lease])[name]
    address = one.service.url_at(one.lease.port)
    data = {
        **header(workspace, primary=allocated.primary),
        "name": name,
        "url": address,
        "opened": False,
    }
    if finding.verdict in BLOCKING:
        return Report("open", data, (blocked(workspace, one, finding),), allocated.warnings)
    warnings = allocated.warnings
    warnings = (*warnings, *owner_unknown([finding]))
    if not address.startswith("http"):
        said = f"{name} speaks no HTTP, so no browser opens {address}"
        problem = Problem("url-unopened", said, f"portman url {name}", service=name)
        return Report("open", data, (problem,), warnings)
    if finding.verdict != "running" and not finding.unknown:
        idle = Problem(
            "not-up",
            f"{name}: nothing listens on {one.lease.port} yet",
            f"start it: {start_command(one.service)}",
            service=name,
        )
        warnings = (*warnings, idle)
    data["opened"] = open_url(address)
    return Report("open", data, (), warnings)


def open_url(url: str) -> bool:
    """Open a URL in the user's browser; return whether one was started.

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


def publish(start: str, name: str, *, instance: str = "") -> Report:
    """Return the arguments for one container: its own entry, or all that share its `service`.

    Leases what is missing first, as `port` does. Raises PortmanError "service-unknown",
    "target-missing" for a service that is not a container, and as `allocate` does.
    """
    from portman.checkout.ownership import checkout_token
    from portman.containers.model import arguments

    workspace = open_workspace(start, instance)
    wanted = _entries(workspace, name)
    allocated = workspace.allocate()
    pairs = [(one.service, one.lease) for one in allocated.decisions if one.service in wanted]
    token = checkout_token(workspace.checkout.path, workspace.checkout.instance)
    return Report(
        "publish",
        {
            **header(workspace, primary=allocated.primary),
            "name": name,
            "arguments": arguments(pairs, token),
            "ports": [port for _, lease in pairs for port in lease.ports],
        },
        warnings=allocated.warnings,
    )


def _entries(workspace: Workspace, name: str) -> list[Service]:
    services = workspace.manifest.services
    found = [one for one in services if one.name == name] or [
        one for one in workspace.containers if one.compose == name
    ]
    if not found:
        workspace.require(name)
    if found[0].kind != "container":
        raise PortmanError(
            "target-missing",
            f"{name} is a service of this machine, so there is no port inside a container",
            hint=f"write it as [containers.{name}] with target = {found[0].usual or 8080}",
            service=name,
        )
    return found
