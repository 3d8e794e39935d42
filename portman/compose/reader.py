"""Which Compose files a checkout has, those that Compose finds or those that are chosen.

And what Compose needs of portman (`ComposePlan`): nothing much where there are none, which is
known here; the rest is compose/project.
"""

from __future__ import annotations

import os

from portman.base.errors import PortmanError
from portman.base.record import NamedTuple
from portman.base.small_file import head

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portman.allocation.workspace import Workspace
    from portman.base.errors import Problem
    from portman.base.values import Output
    from portman.compose.calls import ComposeCall
    from portman.compose.model import Publishing

#: The first line of an override of ours.
MARK = "# portman's Compose override: made from ports.toml, removed by `portman down`."


#: compose-go `cli.DefaultFileNames` and `cli.DefaultOverrideFileNames`, in Compose's order.
FILES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDES = tuple(
    f"{stem}.override.{ending}"
    for stem in ("compose", "docker-compose")
    for ending in ("yml", "yaml")
)
_VARIABLES = (
    *("COMPOSE_FILE", "COMPOSE_PATH_SEPARATOR", "COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES"),
    *("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG"),
    *("COMPOSE_ENV_FILES", "COMPOSE_DISABLE_ENV_FILE"),
)
#: What of the environment decides what Compose takes, as a receipt's evidence.
EVIDENCE = tuple(f"${name}" for name in _VARIABLES)
#: Folders in which projects keep the one Compose file that they have.
_BELOW = ("docker", "deploy", "infra", "compose", "dev", "ops", ".docker")
OWN_OVERRIDE, OTHER_OVERRIDE = "compose.override.yaml", "compose.portman.yaml"


#: Files at the top, and in folders directly below it, that hold commands.
_COMMANDS = frozenset(
    (
        *("makefile", "gnumakefile", "justfile", ".justfile", "package.json", "composer.json"),
        *("taskfile.yml", "taskfile.yaml", "pyproject.toml", "mise.toml", ".mise.toml", "tox.ini"),
        *("procfile", "procfile.dev", "devcontainer.json", ".devcontainer.json", "rakefile"),
        ".envrc",
    )
)
#: Files that tell a person what to type.
GUIDES = ("readme", "contributing", "development", "hacking")
_ENDINGS = (".sh", ".bash", ".zsh", ".fish", ".ps1", ".mk", ".just")
#: Folders in which every small file may be a script.
_SCRIPTS = frozenset(("scripts", "script", "bin", "tools", "dev", "hack", "ops", "make", "docker"))
_SKIPPED = frozenset(("node_modules", "vendor", "dist", "build", "target", "venv", "__pycache__"))
_MOST_FILES, _MOST_FOLDERS, _LARGEST = 200, 60, 256 << 10


class ComposeFiles(NamedTuple):
    """The Compose files of a checkout, and the project's folder, relative to it ("" is itself).

    `plain`: Compose finds them unasked. `below`: where there are none, one in a usual folder.
    `texts` are files with the project's commands that speak of Compose.
    """

    files: tuple[str, ...]
    folder: str
    plain: bool
    looked_at: tuple[str, ...]
    below: str = ""
    texts: tuple[tuple[str, str], ...] = ()

    def override(self, instance: str = "") -> str:
        """Return the place of an override: where Compose loads it unasked, if it does so here."""
        unasked = self.plain and len(self.files) == 1 and not instance
        return within(self.folder, OWN_OVERRIDE if unasked else OTHER_OVERRIDE)


class ComposePlan(NamedTuple):
    """What Compose needs for one set of leases.

    `override` is (path, text), None if none is needed; `stale` are other overrides of ours, to be
    removed; `variables` go into the outputs at `env_files`, which Compose reads, and `outputs` are
    those of them that the manifest does not have. `names` are what the engine knows this checkout
    by, to be recorded for `scope` before anything is written unless `recorded`. With `refused`
    nothing is written for Compose. `remote`: Compose would fetch a part of the project, so that it
    is not asked. `publishing`: our own reading of what every service would publish with the leases
    (True), or does publish without them. `projects` are more .env files that Compose reads, each
    with the name of the project that `calls`, the own commands, start there.
    """

    override: tuple[str, str] | None = None
    stale: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    env_files: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()
    services: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()
    scope: str = ""
    names: tuple[tuple[str, str], ...] = ()
    recorded: bool = True
    refused: tuple[Problem, ...] = ()
    remote: bool = False
    publishing: Callable[[bool], dict[str, Publishing]] | None = None
    projects: tuple[tuple[str, str], ...] = ()
    calls: tuple[ComposeCall, ...] = ()


def no_project(workspace: Workspace, found: ComposeFiles) -> ComposePlan:
    evidence = (*EVIDENCE, *found.looked_at) if workspace.containers else found.looked_at[:4]
    return ComposePlan(stale=own_overrides(workspace, found.folder), evidence=evidence)


def find_files(workspace: Workspace) -> ComposeFiles:
    """Find the Compose files as Compose would, or as `[compose] file` says.

    An override of ours is never among them.
    """
    manifest, root = workspace.manifest, workspace.checkout.path
    candidates = tuple(os.path.join(root, name) for name in (*FILES, *OVERRIDES))
    chosen = manifest.compose_files or _from_variable(workspace)
    if not chosen:
        files = default_files(root, "")
        usual = [] if files else [x for x in _BELOW if os.path.isdir(os.path.join(root, x))]
        below = next(filter(None, (_main(root, one) for one in usual)), "")
        more = (os.path.join(root, below),) if below else ()
        return ComposeFiles(files, "", True, (*candidates, *more), below)  # noqa: FBT003
    override = manifest.compose_override and workspace.checkout.own_path(manifest.compose_override)
    found = choose_files(root, chosen, override)
    return found._replace(looked_at=(*found.looked_at, *candidates))


def choose_files(root: str, chosen: tuple[str, ...], override: str | None) -> ComposeFiles:
    """Return the chosen files without the override, and whether Compose would find just them."""
    files = tuple(name for name in chosen if name != override and not is_own(root, name))
    folder = os.path.dirname(files[0]) if files else ""
    default = len(files) == 1 and os.path.basename(files[0]) in FILES
    rivals = default_files(root, folder) if default else ()
    plain = default and rivals[:1] == files and len(rivals) == 1
    looked = tuple(os.path.join(root, name) for name in (*files, *rivals))
    return ComposeFiles(files, folder, plain, looked)


def own_overrides(workspace: Workspace, folder: str) -> tuple[str, ...]:
    checkout, chosen = workspace.checkout, workspace.manifest.compose_override
    names = (OTHER_OVERRIDE,) if checkout.instance else (OTHER_OVERRIDE, OWN_OVERRIDE)
    paths = [*(within(folder, name) for name in names), *([chosen] if chosen else [])]
    if checkout.instance:
        paths = [checkout.own_path(path) for path in paths]
    return tuple(path for path in dict.fromkeys(paths) if is_own(checkout.path, path))


def inside(folder: str, path: str) -> str:
    """Return a path relative to the checkout, as ports.toml spells it; "" for the checkout."""
    found = os.path.normpath(os.path.join(folder, path)).replace(os.sep, "/")
    return "" if found == "." else found


def within(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def default_files(root: str, folder: str) -> tuple[str, ...]:
    place = os.path.join(root, folder)
    main = [name for name in FILES if os.path.isfile(os.path.join(place, name))][:1]
    if not main:
        return ()
    overrides = [name for name in OVERRIDES if os.path.isfile(os.path.join(place, name))]
    foreign = [name for name in overrides if not is_own(place, name)][:1]
    return tuple(within(folder, name) for name in (*main, *foreign))


def _main(root: str, folder: str) -> str:
    """Return the file that Compose takes in a folder below; "" for none."""
    names = (f"{folder}/{one}" for one in FILES)
    return next((one for one in names if os.path.isfile(os.path.join(root, one))), "")


def is_ours(data: bytes) -> bool:
    return data.startswith(MARK.encode())


def is_own(root: str, path: str) -> bool:
    place = os.path.join(root, path)
    return os.path.lexists(place) and is_ours(head(place, 200) or b"")


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
    from portman.compose.interpolation import read_env_text

    try:
        file = workspace.file(path)
        data, block = file.data or b"", file.block
    except PortmanError:
        return {}
    rest = data if block is None else data[: block.start] + data[block.end :]
    return read_env_text(rest.decode("utf-8", "replace"), os.environ.get)


def command_texts(root: str) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    """Return the files of commands that speak of Compose, and those of which a change may."""
    texts: list[tuple[str, str]] = []
    evidence: list[str] = []
    for path in _command_files(root):
        whole = os.path.join(root, path)
        data = head(whole, _LARGEST + 1) or b""
        speaks = len(data) <= _LARGEST and b"\0" not in data and b"compose" in data.lower()
        if speaks:
            texts.append((path, data.decode("utf-8", "replace")))
        if speaks or os.path.basename(path).lower() in _COMMANDS:
            evidence.append(whole)
    return texts, tuple(evidence)


def _command_files(root: str) -> Iterator[str]:
    seen, folders = 0, [""]
    while folders and seen < _MOST_FILES:
        folder = folders.pop(0)
        try:
            with os.scandir(os.path.join(root, folder)) as entries:
                found = sorted(entries, key=lambda one: one.name)
        except OSError:
            continue
        for entry in found:
            name = entry.name.lower()
            if entry.is_dir(follow_symlinks=False):
                dotted = name.startswith(".") and name != ".devcontainer"
                path = within(folder, entry.name)
                deep = path.count("/") > 1 or len(folders) >= _MOST_FOLDERS
                if not (deep or dotted or name in _SKIPPED):
                    folders.append(path)
            elif (
                name in _COMMANDS
                or name.endswith(_ENDINGS)
                or name.startswith(GUIDES)
                or (folder in _SCRIPTS and "." not in name)
            ):
                seen += 1
                yield within(folder, entry.name)
