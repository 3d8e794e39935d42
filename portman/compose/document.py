"""One Compose file, from ruamel.yaml's tree of nodes: services, ports, and what names them.

Nodes, not values made of them: they keep every scalar as it is written (`49100:22` is text, not a
number to base 60), every tag (`!override`) and every line; and an alias stays one shared node, so
that a file which would unfold into billions of values (a "YAML bomb") is read in the time its
bytes take.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache

from portman.base.small_file import head
from portman.compose.model import (
    Bind,
    ComposeDocument,
    ComposeProject,
    Extends,
    Include,
    NamedResource,
    Paths,
    PortEntry,
    ServiceText,
    Traits,
    UrlText,
    read_project,
)

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, Literal

    from portman.compose.model import Mode
    from portman.compose.reader import ComposeFiles

    Node = Any  # ruamel.yaml's nodes carry no types of use

NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"
_INT = "tag:yaml.org,2002:int"
MOST_ENTRIES = 2000
_MODES: Mapping[str, Mode] = {"!override": "override", "!reset": "reset"}
#: Keys whose value a later file can take away (`!reset`) or replace (`!override`).
_CLEARED = {
    "container_name": "container_name",
    "image": "image",
    "build": "build",
    "networks": "networks",
    "volumes": "binds",
    "env_file": "env_files",
    "environment": "environment",
    "external_links": "external_links",
    "volumes_from": "volumes_from",
    "profiles": "profiles",
    "network_mode": "network_mode",
    "pid": "pid",
    "ipc": "ipc",
}
_LOCAL_URL = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal):\d{2,5}\b")
_BRIDGE = "com.docker.network.bridge.name"


class NodeReader:
    """The nodes of one file, and what they say of names that an engine has once."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.tables: dict[int, dict[str, Node]] = {}

    def table(self, node: Node) -> dict[str, Node]:
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

    def mapped(self, node: Node) -> Mapping[str, Node]:
        return self.table(node) if node is not None and node.id == "mapping" else {}

    @staticmethod
    def word(node: Node) -> str:
        plain = node is not None and node.id == "scalar" and node.tag not in (NULL, "!reset")
        return node.value if plain else ""

    def words(self, node: Node) -> tuple[str, ...]:
        if node is None or node.id == "mapping":
            return ()
        if node.id == "scalar":
            return (self.word(node),) if self.word(node) else ()
        return tuple(item.value for item in node.value if item.id == "scalar")

    def traits(self, table: Mapping[str, Node]) -> Traits:
        deploy = self.mapped(table.get("deploy"))
        environment = self.environment(table.get("environment"))
        labels = self.environment(table.get("labels"))
        extra = table.get("extra_hosts")
        hosts = (*self.words(extra), *(self.word(one) for one in self.mapped(extra).values()))
        told = (
            word for key in ("dns", "command", "entrypoint") for word in self.words(table.get(key))
        )
        return Traits(
            self.word(table.get("container_name")),
            self.word(table.get("image")),
            "build" in table and table["build"].tag not in (NULL, "!reset"),
            self.word(table.get("scale")) or self.word(deploy.get("replicas")),
            self.networks(table.get("networks")),
            self.binds(table.get("volumes")),
            tuple(self.beside(one) for one in self.env_files(table.get("env_file"))),
            environment,
            self.words(table.get("external_links")),
            self.words(table.get("volumes_from")),
            self.word(table.get("pid")),
            self.word(table.get("ipc")),
            _proxy(environment, labels),
            tuple(self.urls(table)),
            self.words(table.get("profiles")),
            self.words(self.mapped(table.get("build")).get("tags")),
            (*hosts, *told),
            tuple(self.lines(table)),
            frozenset(
                field
                for key, field in _CLEARED.items()
                if key in table and table[key].tag in ("!reset", "!override")
            ),
        )

    def lines(self, table: Mapping[str, Node]) -> Iterator[tuple[str, ...]]:
        check = self.mapped(table.get("healthcheck")).get("test")
        rows = {"command": table.get("command"), "entrypoint": table.get("entrypoint")}
        for key, node in {**rows, "healthcheck": check}.items():
            if node is not None and (words := self.words(node)):
                yield (key, node.id, *words)

    def beside(self, path: str) -> str:
        if path.startswith("$"):
            return path
        folder = os.path.dirname(self.path)
        return os.path.normpath(os.path.join(folder, os.path.expanduser(path)))

    def networks(self, node: Node) -> tuple[tuple[str, ...], ...]:
        if node is not None and node.id == "sequence":
            return tuple((name,) for name in self.words(node))
        rows = ((name, self.mapped(one)) for name, one in self.mapped(node).items())
        keys = ("ipv4_address", "ipv6_address")
        return tuple(
            (name, *filter(None, (self.word(own.get(key)) for key in keys))) for name, own in rows
        )

    def binds(self, node: Node) -> tuple[Bind, ...]:
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
        if node is None or node.id != "sequence":
            return self.words(node)
        paths = (self.word(self.mapped(one).get("path")) or self.word(one) for one in node.value)
        return tuple(path for path in paths if path)

    def environment(self, node: Node) -> tuple[tuple[str, str | None], ...]:
        if node is not None and node.id == "mapping":
            return tuple(
                (name, None if value.tag == NULL else value.value)
                for name, value in self.table(node).items()
                if value.id == "scalar"
            )
        rows = (one.partition("=") for one in self.words(node))
        return tuple((name, value if equals else None) for name, equals, value in rows)

    def urls(self, table: Mapping[str, Node]) -> Iterator[UrlText]:
        """Find addresses of this machine in what a container or a build is told."""
        build = self.mapped(table.get("build"))
        told = (table.get("environment"), build.get("args"))
        for node in told:
            for name, value in self.mapped(node).items():
                yield from self.url(name, value, self.word(value))
            for item in node.value if node is not None and node.id == "sequence" else ():
                name, _, text = self.word(item).partition("=")
                yield from self.url(name, item, text)
        for key in ("command", "entrypoint"):
            node = table.get(key)
            for item in node.value if node is not None and node.id == "sequence" else (node,):
                yield from self.url(key, item, self.word(item))

    def url(self, name: str, node: Node, text: str) -> Iterator[UrlText]:
        if _LOCAL_URL.search(text):
            yield UrlText(name, text, self.path, node.start_mark.line + 1)

    def resources(
        self, top: Mapping[str, Node], kind: Literal["volume", "network"]
    ) -> list[NamedResource]:
        """Read the top-level volumes or networks, with what an engine or a host has once."""
        found = []
        for key, node in self.mapped(top.get(f"{kind}s")).items():
            table = self.mapped(node)
            external = table.get("external")
            name = self.word(table.get("name")) or self.word(self.mapped(external).get("name"))
            outside = self.word(external) == "true" or bool(self.mapped(external))
            config = self.mapped(table.get("ipam")).get("config")
            rows = config.value if config is not None and config.id == "sequence" else ()
            subnets = (self.word(self.mapped(one).get("subnet")) for one in rows)
            options = self.mapped(table.get("driver_opts"))
            device = self.word(options.get("device"))
            if device and self.word(options.get("type")) in ("tmpfs", "ramfs"):
                device = ""
            bound = "bind" in self.word(options.get("o")).split(",")
            found.append(
                NamedResource(
                    kind,
                    key,
                    name,
                    outside,
                    tuple(filter(None, subnets)),
                    self.beside(device) if bound and device else device,
                    self.word(options.get(_BRIDGE)),
                    self.word(options.get("parent")),
                )
            )
        return found


class DocumentReader(NodeReader):
    """The nodes of one file turned into a Document."""

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

    def entries(self, node: Node, faults: list[str]) -> tuple[PortEntry, ...]:
        if node is None or node.tag in (NULL, "!reset"):
            return ()
        where = f"{self.path}:{node.start_mark.line + 1}"
        if node.id != "sequence" or len(node.value) > MOST_ENTRIES:
            faults.append(f"{where}: `ports` is not a list of at most {MOST_ENTRIES:,} ports")
            return ()
        found = []
        for item in node.value:
            line = item.start_mark.line + 1
            if item.id == "scalar" and item.tag != NULL:
                found.append(PortEntry(item.value, file=self.path, line=line))
            elif item.id == "mapping":
                fields = tuple(
                    (key, value.value, value.tag == _INT)
                    for key, value in self.table(item).items()
                    if value.id == "scalar" and value.tag != NULL
                )
                found.append(PortEntry("", fields, self.path, line))
            else:
                faults.append(f"{self.path}:{line}: this item of `ports` is not a port")
        return tuple(found)

    def extends(self, node: Node, faults: list[str]) -> Extends | None:
        if node is None or node.tag == NULL:
            return None
        if node.id == "scalar":
            return Extends(node.value)
        if node.id == "mapping":
            table = self.table(node)
            return Extends(self.word(table.get("service")), self.word(table.get("file")))
        faults.append(f"{self.path}:{node.start_mark.line + 1}: `extends` cannot be understood")
        return None

    def includes(self, node: Node, faults: list[str]) -> tuple[Include, ...]:
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

    @staticmethod
    def mode(node: Node) -> Mode:
        return _MODES.get(str(node.tag), "merge")


def _proxy(
    environment: tuple[tuple[str, str | None], ...], labels: tuple[tuple[str, str | None], ...]
) -> str:
    """Return the reverse proxy that finds a service by its labels or variables; "" without one."""
    told = {name for name, _ in environment}
    said = dict(labels)
    if said.get("traefik.enable", "true") != "false" and any(
        name.startswith(("traefik.http.routers.", "traefik.tcp.routers.")) for name in said
    ):
        return "Traefik"
    if any(name == "caddy" or name.startswith("caddy_") for name in said):
        return "Caddy"
    return "nginx-proxy" if "VIRTUAL_HOST" in told else ""


def _split_volume(text: str) -> tuple[str, str, str]:
    """Split SOURCE:TARGET at the first colon that is in no variable: ${DATA:-./data}:/data."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "{") - (sign == "}")
        if sign == ":" and not depth:
            return text[:place], ":", text[place + 1 :]
    return text, "", ""


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
    return _parsed(path, data)


@lru_cache(64)  # several projects of a checkout have files in common; 280 lines take 0.1 s
def _parsed(path: str, data: bytes) -> ComposeDocument:
    import warnings

    from ruamel.yaml import YAML
    from ruamel.yaml.error import ReusedAnchorWarning, YAMLError

    yaml = YAML(typ="safe", pure=True)
    try:
        with warnings.catch_warnings():  # an anchor may be used again, in YAML 1.2
            warnings.simplefilter("ignore", ReusedAnchorWarning)
            every = list(yaml.compose_all(data.decode(_encoding(data))))
    except YAMLError as error:
        return ComposeDocument({}, faults=(_where(error),))
    except Exception:  # noqa: BLE001 - whatever a parser says of a file that is not YAML
        return ComposeDocument({}, faults=("cannot be read as YAML",))
    nodes = [node for node in every if node is not None]
    reader = DocumentReader(path)
    found = [reader.document(node) for node in nodes]
    return found[0] if len(found) == 1 else _joined(found)


def _encoding(data: bytes) -> str:
    """Return what Compose reads too: UTF-8, or UTF-16 with its mark."""
    return "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _joined(found: list[ComposeDocument]) -> ComposeDocument:
    """Join the documents of one file, which Compose lays over each other as it does files."""
    return ComposeDocument(
        {name: service for one in found for name, service in one.services.items()},
        tuple(include for one in found for include in one.includes),
        next((one.name for one in reversed(found) if one.name), ""),
        tuple(fault for one in found for fault in one.faults),
        tuple(resource for one in found for resource in one.resources),
        tuple(found),
    )


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "it cannot be read"
    return f"is not valid YAML: {what}" + (f" (line {mark.line + 1})" if mark else "")


def read_files(root: str, found: ComposeFiles) -> ComposeProject:
    def join(folder: str, name: str) -> str:
        return os.path.normpath(os.path.join(folder, name))

    files = tuple(os.path.join(root, one) for one in found.files)
    return read_project(files, Paths(join, os.path.dirname, load))
