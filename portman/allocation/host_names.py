"""Host names of checkouts, from their manifests and the ledger, and the port of their proxy.

The port at which the proxy of this machine listens is a lease like any other: of a checkout in the
state folder, so that `list` shows it and nothing else gets it.
"""

from __future__ import annotations

import os

from portman.allocation.leases import read_leases
from portman.allocation.links import keep_checkout
from portman.base.errors import PortmanError, Problem
from portman.base.system_commands import word
from portman.base.values import LOCAL_SCOPE
from portman.manifest.file import read_manifest
from portman.names.layout import (
    Route,
    is_served,
    middles,
    references,
    render_proxy,
    service_names,
    stem,
)
from portman.outputs.formats import with_mark
from portman.state import state_folder

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portman.allocation.workspace import Workspace
    from portman.base.values import CheckoutRecord, Manifest, NameRules

#: The manifest of the proxy's own ports.
_MANIFEST = """\
# Written by portman: the ports at which the proxy of `portman names --serve` listens.
name = "names"
output = []

[services]
http = "auto"
https = "auto"
"""


def names_of(workspace: Workspace) -> dict[str, str]:
    """Return what `{web.name}` and `{web.origin}` stand for in a checkout, by those words.

    Raises PortmanError where the proxy's port cannot be leased.
    """
    rules = workspace.manifest.names
    return references(own_names(workspace), rules, proxy_port(workspace, rules))


def proxy_text(workspace: Workspace, kind: str, ports: Mapping[str, Sequence[int]]) -> str:
    return with_mark(render_proxy(kind, routes_of(workspace, ports)))


def routes_of(workspace: Workspace, ports: Mapping[str, Sequence[int]]) -> list[Route]:
    rules = workspace.manifest.names
    return _routes(workspace.manifest, own_names(workspace), ports, proxy_port(workspace, rules))


def all_routes(workspace: Workspace) -> tuple[list[Route], list[Problem]]:
    """Return the routes of every checkout on this machine, and what was left out, with why.

    `workspace` is any: its ledger is asked.
    """
    leased: dict[CheckoutRecord, dict[str, Sequence[int]]] = {}
    for one in workspace.ledger.holdings():
        ports = leased.setdefault(one.record, {})
        ports |= {one.lease.service: one.lease.ports} if one.scope == LOCAL_SCOPE else {}
    found = middles(leased)
    routes: list[Route] = []
    problems: list[Problem] = []
    own = names_folder()
    for record, ports in leased.items():
        path = os.path.join(record.path, "ports.toml")
        if record.path == own or not os.path.exists(path):
            continue
        try:
            manifest = read_manifest(path)
        except PortmanError as error:
            said = f"{record.path} has no routes, its manifest is unreadable: {error.message}"
            hint = f"portman -C {word(record.path)} validate"
            problems.append(Problem("names-left-out", said, hint, file=path))
            continue
        project = manifest.name or record.project  # as the checkout itself has it
        ending = stem(manifest.names, project, found[record.path, record.instance])
        names = service_names(manifest, ending)
        routes += _routes(manifest, names, ports, proxy_port(workspace, manifest.names))
    return routes, problems


def manifests_of(workspace: Workspace) -> tuple[str, ...]:
    """Return the manifests that `all_routes` reads, also where one may yet appear."""
    folders = {one.path for one in workspace.ledger.checkouts()}
    names = ("ports.toml", "ports.local.toml")
    return tuple(os.path.join(folder, name) for folder in sorted(folders) for name in names)


def proxy_port(workspace: Workspace, rules: NameRules) -> int:
    """Return where the proxy listens: as the manifest says, else the lease of this machine.

    Raises PortmanError as leasing does.
    """
    if rules.port is not None:
        return rules.port
    proxy = workspace.beside(names_folder())
    leases = read_leases(proxy)
    wanted = "https" if rules.https else "http"
    if wanted not in leases:
        leases = proxy.allocate().leases
    return leases[wanted].port


def names_folder() -> str:
    """Return the proxy's folder, which has a manifest; it is made at its first use."""
    return keep_checkout(os.path.join(state_folder(), "names"), _MANIFEST)


def own_names(workspace: Workspace) -> dict[tuple[str, int], str]:
    workspace.used_names = True
    seat = (workspace.checkout.path, workspace.checkout.instance)
    found = middles(workspace.ledger.checkouts())
    ending = stem(workspace.manifest.names, workspace.checkout.project, found.get(seat, ""))
    return service_names(workspace.manifest, ending)


def _routes(
    manifest: Manifest,
    names: Mapping[tuple[str, int], str],
    ports: Mapping[str, Sequence[int]],
    listen: int,
) -> list[Route]:
    return [
        Route(names[one.name, at], listen, one.host, port, manifest.names.https)
        for one in manifest.services
        if is_served(one, manifest.names)
        for at, port in enumerate(ports.get(one.name, ()))
        if (one.name, at) in names
    ]
