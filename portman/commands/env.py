"""`portman env`, `port`, `url`: what a prompt, a Makefile or direnv asks.

They lease what is missing first, as `up` would, but write no output and look for no holder.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portman.allocation.files import link_evidence
from portman.allocation.leasing import allocate
from portman.allocation.workspace import open_workspace
from portman.base.errors import Report
from portman.compose.project import plan_compose
from portman.holders.json_view import header, url_of
from portman.outputs.formats import render

if TYPE_CHECKING:
    from portman.allocation.workspace import Workspace
    from portman.compose.model import ComposePlan


def env(start: str, *, instance: str = "", form: str = "dotenv") -> Report:
    """Return every variable of the manifest, and its text in the format asked for.

    Raises PortmanError as `allocate` does, and if a value has no place in the format.
    """
    return env_in(open_workspace(start, instance), form)


def env_in(workspace: Workspace, form: str) -> Report:
    """Do what `env` does in a workspace that is open."""
    allocated = allocate(workspace)
    values = workspace.variables(allocated.leases)
    compose = plan_compose(workspace, allocated.leases, values, primary=allocated.primary)
    values = [*values, *_for_compose(workspace, compose)]
    return Report(
        "env",
        {
            **header(workspace, primary=allocated.primary),
            "format": form,
            "env": dict(values),
            "text": render(form, values),
        },
        warnings=allocated.warnings,
        evidence=(
            *link_evidence(workspace),
            *compose.evidence,
            *workspace.engine_evidence,
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
    return _one("port", start, name, instance)


def url(start: str, name: str, *, instance: str = "") -> Report:
    return _one("url", start, name, instance)


def _one(command: str, start: str, name: str, instance: str) -> Report:
    workspace = open_workspace(start, instance)
    workspace.require(name)
    allocated = allocate(workspace)
    found = next(one for one in allocated.decisions if one.service.name == name)
    return Report(
        command,
        {
            **header(workspace, primary=allocated.primary),
            "name": name,
            "port": found.lease.port,
            "ports": list(found.lease.ports),
            "url": url_of(found.service, found.lease),
        },
        warnings=allocated.warnings,
        evidence=workspace.engine_evidence,
    )
