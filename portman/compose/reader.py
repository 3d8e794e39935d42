"""The Compose files of a checkout: which ones there are, and what each says.

A file is read with ruamel.yaml: the tree of nodes, not values made of it. Nodes keep every scalar
as it is written (`49100:22` is text, not a number to base 60), every tag (`!override`) and every
line; and an alias stays one shared node, so that a file which would unfold into billions of
values (a "YAML bomb") is read in the time its bytes take.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from portman.base.errors import PortmanError
from portman.compose.interpolation import read_env_text
from portman.compose.model import (
    Bind,
    ComposeDocument,
    Extends,
    Include,
    NamedResource,
    PortEntry,
    ServiceText,
    Traits,
)
from portman.compose.override import is_ours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.allocation.workspace import Workspace
    from portman.compose.model import Mode

#: Bytes. Real files have a few thousand; the parser reads about a megabyte in two seconds.
LARGEST = 1 << 20
MOST_ENTRIES = 2000
_MERGE = "tag:yaml.org,2002:merge"
_INT = "tag:yaml.org,2002:int"
_NULL = "tag:yaml.org,2002:null"
_MODES: Mapping[str, Mode] = {"!override": "override", "!reset": "reset"}

Node = Any  # ruamel.yaml's nodes carry no types of use


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
    reader = _ProjectReader(path)
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


class _ProjectReader:
    """The nodes of one file turned into a Document."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.tables: dict[int, dict[str, Node]] = {}

    def document(self, root: Node) -> ComposeDocument:
        if root.id != "mapping":
            return ComposeDocument({}, faults=("is not a table of services",))
        top = self.table(root)
        faults: list[str] = []
        services: dict[str, ServiceText] = {}
        node = top.get("services")
        if node is not None and node.id == "mapping":
            for name, service in self.table(node).items():
                services[name] = self.service(service)
        return ComposeDocument(
            services,
            self.includes(top.get("include"), faults),
            self.word(top.get("name")),
            tuple(faults),
            (*self.resources(top, "volume"), *self.resources(top, "network")),
        )

    def table(self, node: Node) -> dict[str, Node]:
        """Return a mapping by key, with what `<<` merges into it; each node once."""
        known = self.tables.get(id(node))
        if known is not None:
            return known
        result: dict[str, Node] = {}
        self.tables[id(node)] = result  # a mapping that contains itself ends here
        merged: list[Node] = []
        for key, value in node.value:
            if key.tag == _MERGE or (key.id == "scalar" and key.value == "<<"):
                merged += value.value if value.id == "sequence" else [value]
            elif key.id == "scalar":
                result[key.value] = value
        for one in merged:
            if one.id == "mapping":
                for name, value in self.table(one).items():
                    result.setdefault(name, value)
        return result

    def service(self, node: Node) -> ServiceText:
        mode = self.mode(node)
        if node.id != "mapping":
            return ServiceText(mode=mode)
        table = self.table(node)
        faults: list[str] = []
        ports = table.get("ports")
        network = table.get("network_mode")
        return ServiceText(
            self.entries(ports, faults),
            "merge" if ports is None else self.mode(ports),
            mode,
            self.extends(table.get("extends"), faults),
            self.word(network),
            node.start_mark.line + 1,
            tuple(faults),
            self.traits(table),
        )

    def traits(self, table: Mapping[str, Node]) -> Traits:
        """Read what two checkouts' services would have in common."""
        deploy = self.mapped(table.get("deploy"))
        return Traits(
            self.word(table.get("container_name")),
            self.word(table.get("image")),
            "build" in table,
            self.word(table.get("scale")) or self.word(deploy.get("replicas")),
            self.networks(table.get("networks")),
            self.binds(table.get("volumes")),
            tuple(self.beside(one) for one in self.env_files(table.get("env_file"))),
            self.environment(table.get("environment")),
        )

    def mapped(self, node: Node) -> Mapping[str, Node]:
        return self.table(node) if node is not None and node.id == "mapping" else {}

    def beside(self, path: str) -> str:
        """Return a path of the file from the root, as Compose takes it from the file's folder."""
        if path.startswith("$"):
            return path
        folder = os.path.dirname(self.path)
        return os.path.normpath(os.path.join(folder, os.path.expanduser(path)))

    def networks(self, node: Node) -> tuple[tuple[str, str], ...]:
        if node is not None and node.id == "sequence":
            return tuple((name, "") for name in self.words(node))
        return tuple(
            (name, self.word(own.get("ipv4_address")) or self.word(own.get("ipv6_address")))
            for name, own in ((key, self.mapped(one)) for key, one in self.mapped(node).items())
        )

    def binds(self, node: Node) -> tuple[Bind, ...]:
        """Read the host's folders among `volumes`: short syntax, or `type: bind`."""
        found = []
        for item in node.value if node is not None and node.id == "sequence" else ():
            table = self.mapped(item)
            if item.id == "scalar":
                source, colon, rest = _split_volume(item.value)
                target, _, options = rest.partition(":")
                if colon and source.startswith((".", "/", "~", "$")):
                    read_only = "ro" in options.split(",")
                    found.append(Bind(self.beside(source), target, read_only))
            elif self.word(table.get("type")) == "bind":
                source, target = self.word(table.get("source")), self.word(table.get("target"))
                read_only = self.word(table.get("read_only")) == "true"
                found.append(Bind(self.beside(source), target, read_only))
        return tuple(found)

    def env_files(self, node: Node) -> tuple[str, ...]:
        """Read `env_file`: a path, or a list of paths and of tables with a path."""
        if node is None or node.id != "sequence":
            return self.words(node)
        paths = (self.word(self.mapped(one).get("path")) or self.word(one) for one in node.value)
        return tuple(path for path in paths if path)

    def environment(self, node: Node) -> tuple[tuple[str, str | None], ...]:
        if node is not None and node.id == "mapping":
            return tuple(
                (name, None if value.tag == _NULL else value.value)
                for name, value in self.table(node).items()
                if value.id == "scalar"
            )
        rows = (one.partition("=") for one in self.words(node))
        return tuple((name, value if equals else None) for name, equals, value in rows)

    def resources(
        self, top: Mapping[str, Node], kind: Literal["volume", "network"]
    ) -> list[NamedResource]:
        """Read the top-level volumes or networks, with what names them for the whole engine."""
        found = []
        for key, node in self.mapped(top.get(f"{kind}s")).items():
            table = self.mapped(node)
            external = table.get("external")
            name = self.word(table.get("name")) or self.word(self.mapped(external).get("name"))
            outside = self.word(external) == "true" or bool(self.mapped(external))
            config = self.mapped(table.get("ipam")).get("config")
            rows = config.value if config is not None and config.id == "sequence" else ()
            subnets = [self.word(self.mapped(one).get("subnet")) for one in rows]
            subnet = next(filter(None, subnets), "")
            found.append(NamedResource(kind, key, name, outside, subnet))
        return found

    def entries(self, node: Node, faults: list[str]) -> tuple[PortEntry, ...]:
        if node is None or node.tag in (_NULL, "!reset"):
            return ()
        where = f"{self.path}:{node.start_mark.line + 1}"
        if node.id != "sequence" or len(node.value) > MOST_ENTRIES:
            faults.append(f"{where}: `ports` is not a list of at most {MOST_ENTRIES:,} ports")
            return ()
        found = []
        for item in node.value:
            line = item.start_mark.line + 1
            if item.id == "scalar" and item.tag != _NULL:
                found.append(PortEntry(item.value, file=self.path, line=line))
            elif item.id == "mapping":
                fields = tuple(
                    (key, value.value, value.tag == _INT)
                    for key, value in self.table(item).items()
                    if value.id == "scalar" and value.tag != _NULL
                )
                found.append(PortEntry("", fields, self.path, line))
            else:
                faults.append(f"{self.path}:{line}: this item of `ports` is not a port")
        return tuple(found)

    def extends(self, node: Node, faults: list[str]) -> Extends | None:
        if node is None or node.tag == _NULL:
            return None
        if node.id == "scalar":
            return Extends(node.value)
        if node.id == "mapping":
            table = self.table(node)
            return Extends(self.word(table.get("service")), self.word(table.get("file")))
        faults.append(f"{self.path}:{node.start_mark.line + 1}: `extends` cannot be understood")
        return None

    def includes(self, node: Node, faults: list[str]) -> tuple[Include, ...]:
        """Read `include`: paths, or tables of them."""
        if node is None or node.id != "sequence":
            return ()
        found = []
        for item in node.value:
            if item.id == "scalar":
                found.append(Include((item.value,)))
            elif item.id == "mapping":
                table = self.table(item)
                files = self.words(table.get("path"))
                if files:
                    folder = self.word(table.get("project_directory"))
                    found.append(Include(files, folder, self.words(table.get("env_file"))))
                    continue
                faults.append(f"line {item.start_mark.line + 1}: `include` without a path")
        return tuple(found)

    def words(self, node: Node) -> tuple[str, ...]:
        """Return a text or a list of texts."""
        if node is None or node.id == "mapping":
            return ()
        if node.id == "scalar":
            return (node.value,)
        return tuple(item.value for item in node.value if item.id == "scalar")

    @staticmethod
    def word(node: Node) -> str:
        """Return the text of a scalar, "" for anything else."""
        return node.value if node is not None and node.id == "scalar" else ""

    @staticmethod
    def mode(node: Node) -> Mode:
        """Return how a node is laid over what other files say."""
        return _MODES.get(str(node.tag), "merge")


def _split_volume(text: str) -> tuple[str, str, str]:
    """Split SOURCE:TARGET at the first colon that is in no variable: ${DATA:-./data}:/data."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "{") - (sign == "}")
        if sign == ":" and not depth:
            return text[:place], ":", text[place + 1 :]
    return text, "", ""


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
