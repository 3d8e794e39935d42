"""`portman env`, `port`, `url`: what a prompt, a Makefile or direnv asks.

They lease what is missing first, as `up` would, but write no output and look for no holder.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portman.base.errors import Report
from portman.commands.up import unknown_service
from portman.containers.endpoint import scope_evidence
from portman.holders.json_view import header, url_of
from portman.outputs.write import link_evidence, needs_of, variables
from portman.ports.leasing import allocate
from portman.ports.workspace import open_workspace

if TYPE_CHECKING:
    from portman.compose.project import ComposePlan
    from portman.ports.workspace import Workspace


def env(start: str, *, instance: str = "", form: str = "dotenv") -> Report:
    """Return every variable of the manifest, and its text in the format asked for.

    Raises PortmanError as `settle` does, and if a value has no place in the format.
    """
    from portman.outputs.formats import render

    workspace = open_workspace(start, instance)
    settled = allocate(workspace)
    leases = {one.service.name: one.lease for one in settled.decisions}
    compose = needs_of(workspace, leases, primary=settled.primary)
    values = [*variables(workspace, leases), *_for_compose(workspace, compose)]
    return Report(
        "env",
        {
            **header(workspace, primary=settled.primary),
            "format": form,
            "env": dict(values),
            "text": render(form, values),
        },
        warnings=settled.warnings,
        evidence=(
            *link_evidence(workspace),
            *compose.evidence,
            *scope_evidence(workspace.manifest),
        ),
    )


def _for_compose(workspace: Workspace, compose: ComposePlan) -> list[tuple[str, str]]:
    """Return what Compose needs, less the list of files while the override is not written yet."""
    own = {name for name, _ in workspace.manifest.env}
    missing = compose.override is not None and not os.path.exists(
        os.path.join(workspace.checkout.path, compose.override[0])
    )
    return [
        one
        for one in compose.variables
        if one[0] not in own and not (missing and one[0] != "COMPOSE_PROJECT_NAME")
    ]


def port(start: str, name: str, *, instance: str = "") -> Report:
    """Return the port (the ports, for a `count`) of one service."""
    return _one("port", start, name, instance)


def url(start: str, name: str, *, instance: str = "") -> Report:
    """Return the URL of one service."""
    return _one("url", start, name, instance)


def _one(command: str, start: str, name: str, instance: str) -> Report:
    workspace = open_workspace(start, instance)
    if workspace.manifest.service(name) is None:
        raise unknown_service(workspace, name)
    settled = allocate(workspace)
    found = next(one for one in settled.decisions if one.service.name == name)
    return Report(
        command,
        {
            **header(workspace, primary=settled.primary),
            "name": name,
            "port": found.lease.port,
            "ports": list(found.lease.ports),
            "url": url_of(found.service, found.lease),
        },
        warnings=settled.warnings,
        evidence=scope_evidence(workspace.manifest),
    )
