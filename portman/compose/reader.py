"""The Compose files of a checkout: which ones there are, and what each says.

A file is read with ruamel.yaml: the tree of nodes, not values made of it. Nodes keep every scalar
as it is written (`49100:22` is text, not a number to base 60), every tag (`!override`) and every
line; and an alias stays one shared node, so that a file which would unfold into billions of
values (a "YAML bomb") is read in the time its bytes take.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from portman.base.errors import PortmanError
from portman.compose.interpolation import read_env_text
from portman.compose.model import ComposeDocument, ComposeProject, Paths, read_project
from portman.compose.override import is_ours

if TYPE_CHECKING:
    from portman.allocation.workspace import Workspace
    from portman.compose.model import ServiceText

#: Bytes. Real files have a few thousand; the parser reads about a megabyte in two seconds.
LARGEST = 1 << 20


def load(path: str) -> ComposeDocument | None:
    """Return what a file says of services and their ports; None if there is no such file.

    What cannot be understood is in the `faults` of the document or the service.
    """
    data = head(path, LARGEST + 1)
    if data is None:
        return None
    if len(data) > LARGEST:
        return ComposeDocument({}, faults=(f"has over {LARGEST:,} bytes, and is not read",))
    import warnings

    from ruamel.yaml import YAML
    from ruamel.yaml.error import ReusedAnchorWarning, YAMLError

    from portman.compose.document import DocumentReader

    yaml = YAML(typ="safe", pure=True)
    try:
        with warnings.catch_warnings():  # an anchor may be used again, in YAML 1.2
            warnings.simplefilter("ignore", ReusedAnchorWarning)
            every = list(yaml.compose_all(data.decode("utf-8-sig")))
    except YAMLError as error:
        return ComposeDocument({}, faults=(_where(error),))
    except Exception:  # noqa: BLE001 - whatever a parser says of a file that is not YAML
        return ComposeDocument({}, faults=("cannot be read as YAML",))
    nodes = [node for node in every if node is not None]
    reader = DocumentReader(path)
    found = [reader.document(node) for node in nodes]
    return found[0] if len(found) == 1 else _joined(found)


def _joined(found: list[ComposeDocument]) -> ComposeDocument:
    """Join the documents of one file; each is laid over those before it."""
    if not found:
        return ComposeDocument({})
    services: dict[str, ServiceText] = {}
    faults = [fault for one in found for fault in one.faults]
    for one in found:
        for name, service in one.services.items():
            if name in services:
                faults.append(f"sets {name} in several documents of one file")
            services[name] = service
    includes = tuple(include for one in found for include in one.includes)
    name = next((one.name for one in reversed(found) if one.name), "")
    resources = tuple(resource for one in found for resource in one.resources)
    return ComposeDocument(services, includes, name, tuple(faults), resources)


def head(path: str, most: int) -> bytes | None:
    """Return the first bytes of a regular file; None for anything else, which is not waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError):
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        with os.fdopen(os.dup(descriptor), "rb") as stream:
            return stream.read(most)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "it cannot be read"
    return f"is not valid YAML: {what}" + (f" (line {mark.line + 1})" if mark else "")


# Which files a project has: those Compose finds, or those that are chosen.

#: compose-go `cli.DefaultFileNames` and `cli.DefaultOverrideFileNames`, in Compose's order.
FILES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDES = tuple(
    f"{stem}.override.{ending}"
    for stem in ("compose", "docker-compose")
    for ending in ("yml", "yaml")
)
OWN_OVERRIDE, OTHER_OVERRIDE = "compose.override.yaml", "compose.portman.yaml"


class ComposeFiles(NamedTuple):
    """The Compose files of a checkout, and the project's folder, relative to it ("" is itself).

    `plain`: Compose finds them unasked.
    """

    files: tuple[str, ...]
    folder: str
    plain: bool
    looked_at: tuple[str, ...]


def find_files(workspace: Workspace) -> ComposeFiles:
    """Find the Compose files as Compose would, or as `[compose] file` says.

    An override of ours is never among them.
    """
    manifest, root = workspace.manifest, workspace.checkout.path
    override = manifest.compose_override and workspace.checkout.own_path(manifest.compose_override)
    candidates = tuple(os.path.join(root, name) for name in (*FILES, *OVERRIDES))
    chosen = manifest.compose_files or _from_variable(workspace)
    if chosen:
        files = tuple(name for name in chosen if name != override and not is_own(root, name))
        folder = os.path.dirname(files[0]) if files else ""
        default = len(files) == 1 and os.path.basename(files[0]) in FILES
        rivals = default_files(root, folder) if default else ()
        plain = default and rivals[:1] == files and len(rivals) == 1
        looked = tuple(os.path.join(root, name) for name in (*files, *rivals))
        return ComposeFiles(files, folder, plain, (*looked, *candidates))
    return ComposeFiles(default_files(root, ""), "", True, candidates)  # noqa: FBT003 - a value of a tuple


def own_overrides(workspace: Workspace, folder: str) -> tuple[str, ...]:
    """Return every place in which an override of ours lies now."""
    checkout, chosen = workspace.checkout, workspace.manifest.compose_override
    names = (OTHER_OVERRIDE,) if checkout.instance else (OTHER_OVERRIDE, OWN_OVERRIDE)
    paths = [*(within(folder, name) for name in names), *([chosen] if chosen else [])]
    if checkout.instance:
        paths = [checkout.own_path(path) for path in paths]
    return tuple(path for path in dict.fromkeys(paths) if is_own(checkout.path, path))


def within(folder: str, name: str) -> str:
    """Return the path of a name in a folder of the checkout, "" being the checkout itself."""
    return f"{folder}/{name}" if folder else name


def default_files(root: str, folder: str) -> tuple[str, ...]:
    """Return the file Compose takes in a folder, and the user's own override if there is one."""
    place = os.path.join(root, folder)
    main = [name for name in FILES if os.path.isfile(os.path.join(place, name))][:1]
    if not main:
        return ()
    overrides = [name for name in OVERRIDES if os.path.isfile(os.path.join(place, name))]
    foreign = [name for name in overrides if not is_own(place, name)][:1]
    return tuple(within(folder, name) for name in (*main, *foreign))


def is_own(root: str, path: str) -> bool:
    return is_ours(head(os.path.join(root, path), 200) or b"")


def _from_variable(workspace: Workspace) -> tuple[str, ...]:
    """Return the files that COMPOSE_FILE names, in the shell or in .env outside our block."""
    outside = env_outside(workspace, ".env")
    value = os.environ.get("COMPOSE_FILE") or outside.get("COMPOSE_FILE", "")
    separator = (
        os.environ.get("COMPOSE_PATH_SEPARATOR")
        or outside.get("COMPOSE_PATH_SEPARATOR")
        or os.pathsep
    )
    root = workspace.checkout.path
    files = []
    for one in value.split(separator):
        if one and one != "-":
            path = os.path.normpath(os.path.join(root, one))
            inside = path.startswith(root.rstrip(os.sep) + os.sep)
            files.append(os.path.relpath(path, root).replace(os.sep, "/") if inside else path)
    return tuple(files)


def env_outside(workspace: Workspace, path: str) -> dict[str, str]:
    """Return what a .env of the checkout sets outside our own block, {} without one."""
    try:
        file = workspace.file(path)
        data, block = file.data or b"", file.block
    except PortmanError:
        return {}
    rest = data if block is None else data[: block.start] + data[block.end :]
    return read_env_text(rest.decode("utf-8", "replace"))


def read_files(root: str, found: ComposeFiles) -> ComposeProject:
    """Return the project that the files of a checkout are."""

    def join(folder: str, name: str) -> str:
        return os.path.normpath(os.path.join(folder, name))

    files = tuple(os.path.join(root, one) for one in found.files)
    return read_project(files, Paths(join, os.path.dirname, load))
