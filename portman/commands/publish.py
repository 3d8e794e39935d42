"""`portman publish`: the arguments for `docker run` of a container that Compose does not start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.allocation.leasing import allocate
from portman.allocation.workspace import open_workspace
from portman.base.errors import PortmanError, Report
from portman.holders.json_view import header

if TYPE_CHECKING:
    from portman.allocation.workspace import Workspace
    from portman.base.values import Service


def publish(start: str, name: str, *, instance: str = "") -> Report:
    """Return the arguments for one container: its own entry, or all that share its `service`.

    Leases what is missing first, as `port` does. Raises PortmanError "service-unknown",
    "target-missing" for a service that is not a container, and as `allocate` does.
    """
    from portman.checkout.ownership import checkout_token
    from portman.containers.model import arguments

    workspace = open_workspace(start, instance)
    wanted = _entries(workspace, name)
    allocated = allocate(workspace)
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
