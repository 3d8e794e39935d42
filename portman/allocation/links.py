"""What values are made of from elsewhere: other projects' ports, and host names of checkouts.

Both are read from manifests and the ledger; nothing is allocated for another project from here.

The port at which the proxy of this machine listens is a lease like any other: of a checkout in the
state folder, so that `list` shows it and nothing else gets it.
"""

from __future__ import annotations

import os

from portman.allocation.leases import read_leases
from portman.base.errors import PortmanError, Problem, ProblemsError
from portman.base.small_file import read, write_own
from portman.base.system_commands import word
from portman.base.text import nearest
from portman.base.values import LOCAL_SCOPE
from portman.checkout.git import primary_folder
from portman.ledger.permissions import from_system
from portman.manifest.expand import Neighbour, links_used
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
from portman.state import LOCK_FILE, private_subfolder, state_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from portman.allocation.workspace import Workspace
    from portman.base.values import CheckoutRecord, Link, Manifest, NameRules
    from portman.manifest.expand import Reference


#: A link to a checkout on another host begins so.
REMOTE = "ssh://"


def neighbours(workspace: Workspace) -> dict[str, Neighbour]:
    """Return the projects that `[env]` takes ports from, by the name of the link.

    Raises ProblemsError with everything missing: "link-missing" for a project or service that
    is not there, "link-unleased" for a lease, and what is wrong with another's manifest.
    """
    found: dict[str, Neighbour] = {}
    problems: list[Problem] = []
    used = links_used(workspace.manifest)
    for link in workspace.manifest.links:
        if link.name not in used:
            continue
        try:
            found[link.name] = _neighbour(workspace, link, used[link.name])
        except PortmanError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(tuple(problems))
    return found


def evidence(workspace: Workspace) -> tuple[str, ...]:
    """Return the manifests behind the links, also where one may yet appear, and the ledger's lock.

    A receipt outlives what others write to the ledger as long as the own leases stay; here other
    checkouts' leases count as well, and the lock file's size changes with every write.
    """
    manifests = (
        os.path.join(folder, name)
        for link in workspace.manifest.links
        for folder in places(workspace, link)
        for name in ("ports.toml", "ports.local.toml")
    )
    return (*manifests, *_ways(workspace), os.path.join(state_folder(), LOCK_FILE))


def _ways(workspace: Workspace) -> list[str]:
    """Return the links as written, with each folder on the way: it may turn into a link."""
    found = []
    for link in workspace.manifest.links:
        path = _written(link)
        for root in _roots(workspace):
            way, start = os.path.join(root, path), len(root) if not os.path.isabs(path) else 1
            ends = [at for at in range(start + 1, len(way)) if way[at] == os.sep]
            found += [way[:at] for at in (*ends, len(way))]
    return found


def _roots(workspace: Workspace) -> list[str]:
    home = primary_folder(workspace.checkout.path)
    return [workspace.checkout.path, *([home] if home else [])]


def places(workspace: Workspace, link: Link) -> list[str]:
    """Return where the other checkout may lie, best first.

    Seen from this checkout; and from the primary one, as a worktree may be made anywhere while
    the projects beside the repository stay where they are.
    """
    path = _written(link)
    found = (os.path.realpath(os.path.join(root, path)) for root in _roots(workspace))
    return list(dict.fromkeys(found))


def _written(link: Link) -> str:
    """Return a link's path; `ssh://HOST/PATH` is where `portman forward` keeps its leases."""
    if not link.path.startswith(REMOTE):
        return os.path.expanduser(link.path)
    host, _, path = link.path.removeprefix(REMOTE).partition("/")
    return forward_folder(host, f"/{path}".rstrip("/"), link.instance)


def keep_checkout(folder: str, text: str) -> str:
    """Make a folder in the state folder a checkout with this ports.toml; return its real path.

    Raises PortmanError "ledger-unusable" where the state folder cannot be written.
    """
    path, state = os.path.join(folder, "ports.toml"), state_folder()
    try:
        if os.path.dirname(folder) != state:
            private_subfolder(state, os.path.basename(os.path.dirname(folder)))
        private_subfolder(*os.path.split(folder))
        if read(path, 1 << 20) != text:
            write_own(path, text.encode())
    except OSError as error:
        raise from_system(error, path, "written", "The file ") from error
    return os.path.realpath(folder)


def forward_folder(host: str, path: str, instance: str = "") -> str:
    """Return the folder whose leases stand for those of a checkout on another host."""
    from hashlib import sha256

    name = host.rpartition("@")[2]
    plain = "".join(one if one.isalnum() or one in "-." else "-" for one in name)[:40]
    digest = sha256(os.fsencode("\0".join((name, path, instance)))).hexdigest()[:12]
    return os.path.join(state_folder(), "forward", f"{plain.strip('.')}-{digest}")


def _neighbour(workspace: Workspace, link: Link, asked: Iterable[Reference]) -> Neighbour:
    folder = _folder(workspace, link)
    manifest = read_manifest(os.path.join(folder, "ports.toml"))
    services = {service.name: service for service in manifest.services}
    instance = "" if link.path.startswith(REMOTE) else link.instance  # the folder is its own there
    leases = workspace.ledger.leases(folder, instance, LOCAL_SCOPE)
    ports = {name: lease.ports for name, lease in leases.items()}
    problems: dict[str, Problem] = {}
    for one in asked:
        if one.name not in services:
            problems[one.name] = _no_service(link, folder, one.name, services)
        elif one.part == "host":
            continue
        elif one.name not in ports:
            problems[one.name] = _no_lease(link, folder, one.name)
        elif one.position >= len(ports[one.name]):
            problems[one.name] = _too_few(link, folder, one, len(ports[one.name]))
    if problems:
        raise ProblemsError(tuple(problems.values()))
    return Neighbour(services, ports)


def _folder(workspace: Workspace, link: Link) -> str:
    tried = places(workspace, link)
    for folder in tried:
        if os.path.lexists(os.path.join(folder, "ports.toml")):
            return folder
    raise PortmanError(
        "link-missing",
        f"links.{link.name} is {link.path}, but there is no ports.toml in {' or in '.join(tried)}",
        hint=f"portman forward {word(link.path.removeprefix(REMOTE).partition('/')[0], 'HOST')}"
        if link.path.startswith(REMOTE)
        else f"check the project out there, or say where yours is, in ports.local.toml: "
        f'[links] {link.name} = "PATH"',
        file=workspace.manifest_path,
    )


def _no_service(link: Link, folder: str, name: str, known: Iterable[str]) -> Problem:
    names = list(known)
    near = nearest(name, names)
    return Problem(
        "link-missing",
        f"{link.name}.{name}: {folder}/ports.toml has no service {name!r}",
        f"did you mean {link.name}.{near}?" if near else f"it has: {', '.join(names[:12])}",
        service=f"{link.name}.{name}",
    )


def _no_lease(link: Link, folder: str, name: str) -> Problem:
    instance = f" --instance {link.instance}" if link.instance else ""
    return Problem(
        "link-unleased",
        f"{link.name}.{name} has no port yet in {folder}",
        f"portman -C {_typed(folder)}{instance} up",
        service=f"{link.name}.{name}",
    )


def _too_few(link: Link, folder: str, asked: Reference, count: int) -> Problem:
    return Problem(
        "link-missing",
        f"{link.name}.{asked.text}: {asked.name} of {folder} has {count} ports, counted from 1",
        f"count = {asked.position + 1} in {folder}/ports.toml gives it more",
        service=f"{link.name}.{asked.name}",
    )


def _typed(folder: str) -> str:
    try:
        near = os.path.relpath(folder)
    except (OSError, ValueError):  # no working folder any more; another drive on Windows
        return word(folder)
    return word(min(near, folder, key=len))


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
