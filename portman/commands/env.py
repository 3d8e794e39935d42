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
from portman.ports.leasing import settle
from portman.ports.workspace import open_scene

if TYPE_CHECKING:
    from portman.compose.project import Needs
    from portman.ports.workspace import Scene


def env(start: str, *, instance: str = "", form: str = "dotenv") -> Report:
    """Return every variable of the manifest, and its text in the format asked for.

    Raises PortmanError as `settle` does, and if a value has no place in the format.
    """
    from portman.outputs.formats import render

    scene = open_scene(start, instance)
    settled = settle(scene)
    leases = {one.service.name: one.lease for one in settled.decisions}
    compose = needs_of(scene, leases, primary=settled.primary)
    values = [*variables(scene, leases), *_for_compose(scene, compose)]
    return Report(
        "env",
        {
            **header(scene, primary=settled.primary),
            "format": form,
            "env": dict(values),
            "text": render(form, values),
        },
        warnings=settled.warnings,
        evidence=(*link_evidence(scene), *compose.evidence, *scope_evidence(scene.manifest)),
    )


def _for_compose(scene: Scene, compose: Needs) -> list[tuple[str, str]]:
    """Return what Compose needs, less the list of files while the override is not written yet."""
    own = {name for name, _ in scene.manifest.env}
    missing = compose.override is not None and not os.path.exists(
        os.path.join(scene.checkout.path, compose.override[0])
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
    scene = open_scene(start, instance)
    if scene.manifest.service(name) is None:
        raise unknown_service(scene, name)
    settled = settle(scene)
    found = next(one for one in settled.decisions if one.service.name == name)
    return Report(
        command,
        {
            **header(scene, primary=settled.primary),
            "name": name,
            "port": found.lease.port,
            "ports": list(found.lease.ports),
            "url": url_of(found.service, found.lease),
        },
        warnings=settled.warnings,
        evidence=scope_evidence(scene.manifest),
    )
