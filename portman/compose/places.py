"""Which Compose files a checkout has: those Compose finds, or those it is told to take."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from portman.ports.workspace import Workspace

#: compose-go `cli.DefaultFileNames` and `cli.DefaultOverrideFileNames`, in Compose's order.
FILES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDES = tuple(
    f"{stem}.override.{ending}"
    for stem in ("compose", "docker-compose")
    for ending in ("yml", "yaml")
)
OWN_OVERRIDE, OTHER_OVERRIDE = "compose.override.yaml", "compose.portman.yaml"


class ComposeFiles(NamedTuple):
    """The Compose files of a checkout, relative to it. `plain`: Compose finds them by itself."""

    files: tuple[str, ...] = ()
    plain: bool = False
    looked_at: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """Return the project's folder relative to the checkout, "" for the checkout itself."""
        return os.path.dirname(self.files[0]) if self.files else ""


def find_files(workspace: Workspace) -> ComposeFiles:
    """Find the Compose files as Compose would, or as `[compose] file` says.

    An override of ours is never among them.
    """
    manifest, root = workspace.manifest, workspace.checkout.path
    override = (
        path_of(workspace, "", manifest.compose_override) if manifest.compose_override else ""
    )
    candidates = tuple(os.path.join(root, name) for name in (*FILES, *OVERRIDES))
    chosen = manifest.compose_files or _from_variable(workspace)
    if chosen:
        files = tuple(name for name in chosen if name != override and not is_own(root, name))
        default = len(files) == 1 and os.path.basename(files[0]) in FILES
        rivals = default_files(root, os.path.dirname(files[0])) if default else ()
        plain = default and rivals[:1] == files and len(rivals) == 1
        looked = tuple(os.path.join(root, name) for name in (*files, *rivals))
        return ComposeFiles(files, plain, (*looked, *candidates))
    return ComposeFiles(default_files(root, ""), plain=True, looked_at=candidates)


def own_overrides(workspace: Workspace, folder: str) -> tuple[str, ...]:
    """Return every place in which an override of ours lies now."""
    manifest, instance = workspace.manifest, workspace.checkout.instance
    names = [f"{folder}/{one}" if folder else one for one in (OTHER_OVERRIDE,)]
    if not instance:
        names.append(f"{folder}/{OWN_OVERRIDE}" if folder else OWN_OVERRIDE)
    if manifest.compose_override:
        names.append(manifest.compose_override)
    places = dict.fromkeys(path_of(workspace, "", name) for name in names)
    return tuple(one for one in places if is_own(workspace.checkout.path, one))


def default_files(root: str, folder: str) -> tuple[str, ...]:
    """Return the file Compose takes in a folder, and the user's own override if there is one."""
    join = (lambda name: f"{folder}/{name}") if folder else (lambda name: name)
    main = next((join(one) for one in FILES if os.path.isfile(os.path.join(root, join(one)))), None)
    if main is None:
        return ()
    override = next(
        (
            join(one)
            for one in OVERRIDES
            if os.path.isfile(os.path.join(root, join(one))) and not is_own(root, join(one))
        ),
        None,
    )
    return (main, override) if override else (main,)


def is_own(root: str, path: str) -> bool:
    """Return whether a file is an override that portman wrote."""
    from portman.compose.override import is_ours
    from portman.compose.reader import head

    return is_ours(head(os.path.join(root, path), 200) or b"")


def path_of(workspace: Workspace, folder: str, name: str) -> str:
    """Return a path relative to the checkout, with the suffix of this instance."""
    from portman.outputs.write import instance_path

    return instance_path(f"{folder}/{name}" if folder else name, workspace.checkout.instance)


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
    from portman.base.errors import PortmanError
    from portman.compose.interpolation import read_env_text
    from portman.outputs.block import find_block
    from portman.outputs.managed_file import read_output

    try:
        data = read_output(workspace.checkout.path, path)[0] or b""
        block = find_block(data)
    except PortmanError:
        return {}
    rest = data if block is None else data[: block.start] + data[block.end :]
    return read_env_text(rest.decode("utf-8", "replace"))


def env_places(workspace: Workspace, found: ComposeFiles) -> tuple[str, ...]:
    """Return the .env files that may say something about the project."""
    return (".env", path_of(workspace, "", ".env"), path_of(workspace, found.folder, ".env"))
