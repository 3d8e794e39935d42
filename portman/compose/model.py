"""A Compose project, as far as ports need it: its files, their services, merged as Compose does.

Pure: files are read by a function that is handed in. Rules of merging: compose-spec 13-merge
(lists of ports append, `!override` replaces, `!reset` clears), 05-services (`extends`),
14-include. Nothing is evaluated here; texts stay as the file has them.
"""

from __future__ import annotations

from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Literal

    Mode = Literal["merge", "override", "reset"]

#: How many files a project may lead to through `include` and `extends`, and how deep.
MOST_FILES, DEEPEST = 100, 20


class PortEntry(NamedTuple):
    """One item of `ports`: short syntax in `text`, or long syntax in `fields`.

    A field is (key, text of the value, whether it was a number). `env` are the folders whose
    .env file an `include` brings in for this file, besides the project's own.
    """

    text: str = ""
    fields: tuple[tuple[str, str, bool], ...] = ()
    file: str = ""
    line: int = 0
    env: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.text, *(value for _, value, _ in self.fields))


class Extends(NamedTuple):
    """`extends`: a service of this file, or of another."""

    service: str
    file: str = ""


class Bind(NamedTuple):
    """A folder or file of the host in a container; `source` is absolute, or has variables."""

    source: str
    target: str
    read_only: bool = False


class UrlText(NamedTuple):
    """A text with an address such as `localhost:9000`; `name` is its variable or key."""

    name: str
    text: str
    file: str = ""
    line: int = 0


class Traits(NamedTuple):
    """What a service says besides its ports that another checkout's service would say too.

    `networks` are a name and its fixed addresses; `environment` (name, text), text None where
    the value is passed through. `proxy` is the reverse proxy that finds it by its labels. `tags`
    are more names of the image that is built, `hosts` the texts of `dns`, `extra_hosts`,
    `command` and `entrypoint`; `lines` are these and the health check: key, "scalar" or
    "sequence", texts.
    `cleared` are fields that take away what earlier files say. All texts are as the file has them.
    """

    container_name: str = ""
    image: str = ""
    build: bool = False
    replicas: str = ""
    networks: tuple[tuple[str, ...], ...] = ()
    binds: tuple[Bind, ...] = ()
    env_files: tuple[str, ...] = ()
    environment: tuple[tuple[str, str | None], ...] = ()
    external_links: tuple[str, ...] = ()
    volumes_from: tuple[str, ...] = ()
    pid: str = ""
    ipc: str = ""
    proxy: str = ""
    urls: tuple[UrlText, ...] = ()
    profiles: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()
    cleared: frozenset[str] = frozenset()

    def over(self, under: Traits) -> Traits:
        found: dict[str, Any] = {}
        for name, empty in zip(self._fields[:-1], Traits(), strict=False):
            mine: Any = getattr(self, name)
            theirs: Any = empty if name in self.cleared else getattr(under, name)
            if name == "networks":
                found[name] = _networks((*theirs, *mine))
            elif name in _KEYED:
                found[name] = tuple({one[_KEYED[name]]: one for one in (*theirs, *mine)}.values())
            elif isinstance(mine, tuple):
                found[name] = tuple(dict.fromkeys((*theirs, *mine)))
            else:
                found[name] = mine or theirs
        return Traits(**found)


#: Fields of which a later item replaces an earlier one that has the same key, and where that is.
_KEYED = {"binds": 1, "environment": 0, "lines": 0}


def _networks(rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Return one row for each network: its addresses stay where a later file adds other things."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row[0]] = tuple(dict.fromkeys((*found.get(row[0], ()), *row)))
    return tuple(found.values())


class NamedResource(NamedTuple):
    """A volume or network of the project: its key, its own `name`, whether others made it.

    `subnets`: addresses that another network cannot have too; so is the name of its `bridge`, and
    often the host's interface that is its `parent`. `device`: the folder behind a volume. `env` as
    in PortEntry.
    """

    kind: Literal["volume", "network"]
    key: str
    name: str = ""
    external: bool = False
    subnets: tuple[str, ...] = ()
    device: str = ""
    bridge: str = ""
    parent: str = ""
    env: tuple[str, ...] = ()


class ServiceText(NamedTuple):
    """What one file says of one service. `faults` are things in it that cannot be understood."""

    ports: tuple[PortEntry, ...] = ()
    ports_mode: Mode = "merge"
    mode: Mode = "merge"
    extends: Extends | None = None
    network_mode: str = ""
    line: int = 0
    faults: tuple[str, ...] = ()
    traits: Traits = Traits()


class Include(NamedTuple):
    """One item of `include`: files that are read as a project of their own."""

    files: tuple[str, ...]
    folder: str = ""
    env_files: tuple[str, ...] = ()


class ComposeDocument(NamedTuple):
    """One Compose file. `layers` are its YAML documents, each laid over those before it.

    A file with one document has none; what `services` has of several is the last of each name.
    """

    services: Mapping[str, ServiceText]
    includes: tuple[Include, ...] = ()
    name: str = ""
    faults: tuple[str, ...] = ()
    resources: tuple[NamedResource, ...] = ()
    layers: tuple[ComposeDocument, ...] = ()


class Merged(NamedTuple):
    """One service of the whole project; `env` as in PortEntry."""

    ports: tuple[PortEntry, ...] = ()
    network_mode: str = ""
    faults: tuple[str, ...] = ()
    traits: Traits = Traits()
    env: tuple[str, ...] = ()


class ComposeProject(NamedTuple):
    """All services, the `name:` of the files, what was read, and what could not be."""

    services: Mapping[str, Merged]
    name: str = ""
    files: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    resources: tuple[NamedResource, ...] = ()
    remote: bool = False


class Publishing(NamedTuple):
    """What one service publishes: (target, protocol, first, last, address)."""

    rows: tuple[tuple[int, str, int, int, str], ...]
    profiles: frozenset[str]


class Isolation(NamedTuple):
    """Additions to the override, the names this checkout has, and what is to be said of it.

    `own` and `shared` are (kind:key for ports.toml, words). `suffix` is what CONTAINER_SUFFIX says,
    "" where no container's name has it or none has to move.
    """

    services: Mapping[str, dict[str, object]] = {}
    resources: Mapping[str, dict[str, dict[str, object]]] = {}
    names: tuple[tuple[str, str], ...] = ()
    own: tuple[tuple[str, str], ...] = ()
    shared: tuple[tuple[str, str], ...] = ()
    suffix: str = ""


class Paths(NamedTuple):
    """How paths are joined and taken apart, and how a file is read (None: it cannot be)."""

    join: Callable[[str, str], str]
    folder: Callable[[str], str]
    load: Callable[[str], ComposeDocument | None]


def read_project(files: tuple[str, ...], paths: Paths) -> ComposeProject:
    reader = _Reader(paths)
    services = reader.files(files, (), 0)
    return ComposeProject(
        services,
        reader.name,
        tuple(reader.seen),
        tuple(reader.faults),
        tuple(reader.resources.values()),
        reader.remote or any(is_remote(one) for one in files),
    )


def is_remote(path: str) -> bool:
    """Return whether Compose might fetch what a path of `include` or `extends` names.

    As docker/compose `pkg/remote` decides: `oci://`, and what git takes as a URL with or without a
    scheme (`github.com/...`, `git@host:...`). A variable may become one of them.
    """
    head = path.partition("/")[0]
    return "://" in path or "$" in path or head == "github.com" or ("@" in head and ":" in head)


class _Reader:
    """One reading of a project: files met so far, faults met so far."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.seen: dict[str, ComposeDocument | None] = {}
        self.faults: list[str] = []
        self.remote = False
        self.name = ""
        self.resources: dict[tuple[str, str], NamedResource] = {}

    def document(self, path: str) -> ComposeDocument | None:
        if path not in self.seen:
            if len(self.seen) >= MOST_FILES:
                self.faults.append(f"{path}: not read, the project has over {MOST_FILES} files")
                return None
            found = self.seen[path] = self.paths.load(path)
            self.faults += (
                [f"{path}: cannot be read"]
                if found is None
                else [f"{path}: {fault}" for fault in found.faults]
            )
        return self.seen[path]

    def files(self, files: tuple[str, ...], env: tuple[str, ...], depth: int) -> dict[str, Merged]:
        services: dict[str, Merged] = {}
        for path in files:
            document = self.document(path)
            if document is None:
                continue
            if not depth and document.name:
                self.name = document.name
            for include in document.includes:
                for name, merged in self.included(include, path, env, depth).items():
                    services.setdefault(name, merged)
            for resource in document.resources:
                self.add(resource._replace(env=env))
            for layer in document.layers or (document,):
                for name, text in layer.services.items():
                    own = self.extended(text, path, layer, env, depth)
                    services[name] = _over(services.get(name), own, text)
        return services

    def add(self, resource: NamedResource) -> None:
        key = (resource.kind, resource.key)
        before = self.resources.get(key, resource)
        kept = {name: old for name, old in before._asdict().items() if not getattr(resource, name)}
        kept["env"] = (
            before.env or resource.env
        )  # what an include's files say is read with its .env
        self.resources[key] = resource._replace(**kept)

    def included(
        self, include: Include, path: str, env: tuple[str, ...], depth: int
    ) -> dict[str, Merged]:
        here = self.paths.folder(path)
        bad = next((one for one in include.files if is_remote(one)), None)
        self.remote |= bad is not None
        if bad is not None or depth >= DEEPEST:
            self.faults.append(f"{path}: include of {bad or include.files!r} cannot be followed")
            return {}
        files = tuple(self.paths.join(here, one) for one in include.files)
        folder = (
            self.paths.join(here, include.folder) if include.folder else self.paths.folder(files[0])
        )
        own = include.env_files or (self.paths.join(folder, ".env"),)
        inner = tuple(self.paths.join(here, one) for one in own)
        return self.files(files, (*env, *inner), depth + 1)

    def extended(
        self, text: ServiceText, path: str, here: ComposeDocument, env: tuple[str, ...], depth: int
    ) -> Merged:
        """Return a service over what it extends: of its own YAML document, or of a whole file."""
        own = Merged(
            tuple(entry._replace(env=env) for entry in text.ports),
            text.network_mode,
            text.faults,
            text.traits,
            env,
        )
        if text.extends is None:
            return own
        other = path
        layers: tuple[ComposeDocument, ...] = (here,)
        if text.extends.file:
            if is_remote(text.extends.file):
                self.remote = True
                fault = f"extends a file that cannot be followed: {text.extends.file}"
                return own._replace(faults=(*own.faults, fault))
            other = self.paths.join(self.paths.folder(path), text.extends.file)
            document = self.document(other)
            layers = (document.layers or (document,)) if document else ()
        under: Merged | None = None
        for layer in layers if depth < DEEPEST else ():
            base = layer.services.get(text.extends.service)
            if base is not None:
                under = _over(under, self.extended(base, other, layer, env, depth + 1), base)
        if under is None:
            fault = f"extends {text.extends.service}, which cannot be found in {other}"
            return own._replace(faults=(*own.faults, fault))
        return _over(under, own, text)


def _over(under: Merged | None, own: Merged, text: ServiceText) -> Merged:
    if under is None or text.mode == "override":
        under = Merged()
    if text.mode == "reset":
        return Merged()
    ports = own.ports
    if text.ports_mode == "reset":
        ports = ()
    elif text.ports_mode == "merge":
        ports = _appended(under.ports, own.ports)
    mode = "" if "network_mode" in own.traits.cleared else under.network_mode
    return Merged(
        ports,
        own.network_mode or mode,
        tuple(dict.fromkeys((*under.faults, *own.faults))),
        own.traits.over(under.traits),
        under.env or own.env,
    )


def _appended(first: tuple[PortEntry, ...], more: tuple[PortEntry, ...]) -> tuple[PortEntry, ...]:
    known = {(one.text, one.fields) for one in first}
    return (*first, *(one for one in more if (one.text, one.fields) not in known))


# The project name that separates two checkouts' containers, networks and volumes.

#: Docker allows more; names of containers, networks and volumes are made of this one.
LONGEST = 50


def normal_name(text: str) -> str:
    """Return `text` as Compose makes a project name of a folder's name.

    Lower case; nothing but letters, digits, `-` and `_`; a letter or digit first (compose-go,
    `loader.NormalizeProjectName`).
    """
    plain = "".join(c for c in text.lower() if c.isascii() and (c.isalnum() or c in "-_"))
    return plain.lstrip("-_")


def own_name(base: str, path: str, instance: str, digest: str) -> str:
    """Return the name for a checkout that is not the primary one, the same at every run.

    `base` is the primary checkout's project name, `digest` a fingerprint of path and instance:
    it distinguishes two folders of one name.
    """
    trunk = normal_name(base) or "project"
    folder = normal_name(path.replace("\\", "/").rstrip("/").rpartition("/")[2])
    branch = folder.removeprefix(trunk).lstrip("-_")
    parts = [trunk, branch, normal_name(instance)]
    name = "-".join(part for part in parts if part)[:LONGEST].rstrip("-_")
    return f"{name}-{digest}"
