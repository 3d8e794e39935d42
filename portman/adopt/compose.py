"""Compose files: literal host ports, container names and addresses become variables.

The nodes of ruamel.yaml give the place of each scalar. Of a scalar only the digits, or the end of
the name, are touched, so quotes, comments and order stay.
"""

from __future__ import annotations

import re

from portman.adopt.project import Edit, FileText, Left
from portman.base.record import NamedTuple
from portman.compose.isolation import SUFFIX
from portman.init.findings import ADDRESS

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    Node = Any  # ruamel.yaml's nodes carry no types of use


_SHORT = re.compile(
    r"(?:(?P<ip>[\d.]+|\[[0-9a-fA-F:]+\]):)?(?P<host>\d+):"
    r"(?P<target>\d+|\$\w+|\$\{\w+(?::?-\d+)?\})(?:/\w+)?$"
)
#: `${FORWARD:-127.0.0.1:8000}:8000`: a variable that holds address and port.
_PLACED = re.compile(
    r"\$\{\w+:?-(?:[\d.]+|\[[0-9a-fA-F:]+\]):(?P<host>\d+)\}:(?:\$\{\w+:?-)?(?P<target>\d+)\}?(?:/\w+)?$"
)
_RANGE = re.compile(r"(?:[\d.]+:)?\d+-\d+:\d")
#: Variables that images read, so that a container would take them for its own port.
_IMAGES = frozenset(("PORT", "PGPORT", "MYSQL_TCP_PORT", "RABBITMQ_NODE_PORT", "SERVER_PORT"))


class HostPort(NamedTuple):
    """A container of the manifest: the Compose service, its port in it, the variable for it."""

    name: str
    compose: str
    target: int
    usual: int | None
    variable: str


class ComposeEdits(NamedTuple):
    """What becomes of one file; `suffixed` if a container's name follows the checkout."""

    edits: list[Edit]
    left: list[Left]
    suffixed: bool = False


def adopt_compose(
    source: FileText, containers: Iterable[HostPort], urls: Mapping[int, str], used: str = ""
) -> ComposeEdits:
    """Return the edits of one Compose file.

    `urls` are port -> variable of every port of the manifest, for addresses; `used` is the text of
    the project's scripts, where a container's name may be spelled.
    """
    result = ComposeEdits([], [])
    root = _root(source)
    services = _table(root).get("services") if root is not None else None
    if services is None or services.id != "mapping":
        return result
    wanted = list(containers)
    seen: dict[int, str] = {}
    suffixed = False
    for name, service in _table(services).items():
        if service.id != "mapping":
            continue
        table = _table(service)
        ports = table.get("ports")
        for node in ports.value if ports is not None and ports.id == "sequence" else ():
            if id(node) in seen:
                line = node.start_mark.line + 1
                said = f"{seen[id(node)]} and {name} share this line by an anchor"
                result.left.append(Left(source.path, line, said))
                continue
            seen[id(node)] = name
            _port(source, name, node, wanted, result)
        suffixed |= _name(source, name, table.get("container_name"), used, result)
        own = {one.target for one in wanted if one.compose == name}
        _urls(source, table.get("environment"), urls, own, result)
    return result._replace(suffixed=suffixed)


def _root(source: FileText) -> Node:
    import warnings

    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            every = [one for one in yaml.compose_all(source.text) if one is not None]
    except Exception:  # noqa: BLE001 - whatever a parser says of a file that is not YAML
        return None
    return every[0] if len(every) == 1 and every[0].id == "mapping" else None


def _table(node: Node) -> dict[str, Node]:
    """Return the mapping's own keys; what `<<` merges into it has a place of its own."""
    return {key.value: value for key, value in node.value if key.id == "scalar"}


def _port(
    source: FileText,
    service: str,
    node: Node,
    wanted: list[HostPort],
    result: ComposeEdits,
) -> None:
    found = _written(node)
    if found is None:
        if node.id == "scalar" and "$" not in node.value and _RANGE.match(node.value):
            said = f"{service} publishes the range {node.value}; write its variables by hand"
            result.left.append(Left(source.path, node.start_mark.line + 1, said))
        return
    scalar, host, target, inside = found
    same = [x for x in wanted if target in (x.target, 0) and x.usual in (None, int(host))]
    one = next((x for x in same if x.compose == service), None)
    extended = [x for x in same if x.usual is not None]
    if one is None and len(extended) == 1:  # a service of another file extends this one
        one = extended[0]
    begin = _place(source, scalar, host, inside)
    if one is None:
        said = f"{service} publishes {host}, which ports.toml does not have"
    elif is_foreign(source.text, one.variable):
        said = f"{service} would read {one.variable} itself; give {one.name} another env"
    elif begin is None:
        said = f"{service} publishes {host} in a form that is not edited"
    else:
        new = f"${{{one.variable}:-{host}}}"
        reason = f"{service} is published on {one.variable}, and on {host} without it"
        end = begin + len(host)
        first, last = scalar.start_mark.index, scalar.end_mark.index
        if source.text[first] not in "\"'" and (_flow(source, scalar) or "$" in scalar.value):
            new = f'"{source.text[first:begin]}{new}{source.text[end:last]}"'
            begin, end = first, last
        result.edits.append(source.edit(begin, end, new, "compose-port", reason, one.name))
        return
    line, name = scalar.start_mark.line + 1, one.name if one else ""
    result.left.append(Left(source.path, line, said, name))


def _written(node: Node) -> tuple[Node, str, int, int] | None:
    """Return (scalar, host port, target, place in the value) of an entry with a literal host port.

    A target that is a variable is 0: whose it is, is said by service and host port.
    """
    if node.id == "scalar":
        match = _SHORT.fullmatch(node.value) or _PLACED.fullmatch(node.value)
        if match is None:
            return None
        target = match["target"]
        return node, match["host"], int(target) if target.isdigit() else 0, match.start("host")
    fields = _table(node) if node.id == "mapping" else {}
    scalar, inner = fields.get("published"), fields.get("target")
    if scalar is None or inner is None or not (scalar.value + inner.value).isdigit():
        return None
    return scalar, scalar.value, int(inner.value), 0


def is_foreign(text: str, variable: str) -> bool:
    published = re.search(rf"\$\{{?{variable}\b[^}}\n]*\}}?:\d", text)
    return (variable in _IMAGES and not published) or is_read(text, variable)


def is_read(text: str, variable: str) -> bool:
    """Return whether a Compose file uses a variable for something else than a port it publishes."""
    for match in re.finditer(rf"\$(?:{variable}\b|\{{{variable}\b[^}}]*\}})", text):
        before = text[: match.start()].rstrip("\"' ")
        if re.search(rf"\$(?:{variable}|\{{{variable}\b[^}}\n]*\}}):$", before):
            continue  # ${VITE_PORT}:${VITE_PORT}: one number inside and outside
        published = re.match(rf":(?:\d|\$\{{?{variable}\b)", text[match.end() :])
        if not published and not before.endswith(("published:", ":")):
            return True
        if before.endswith(":") and not re.search(r"(?:\w|published):$", before):
            return True
    passed = rf"^\s*-\s*{variable}\s*$|^\s*{variable}:\s*$"
    return re.search(passed, text, re.MULTILINE) is not None


def _flow(source: FileText, scalar: Node) -> bool:
    """Return whether the scalar stands in `[...]` or `{...}`, where a bare `{` opens a mapping."""
    line = source.text.rfind("\n", 0, scalar.start_mark.index) + 1
    before = source.text[line : scalar.start_mark.index]
    return before.count("[") > before.count("]") or before.count("{") > before.count("}")


def _place(source: FileText, scalar: Node, text: str, inside: int) -> int | None:
    """Return where a part of a scalar's value stands in the file; None if that is not certain."""
    begin, end = scalar.start_mark.index, scalar.end_mark.index
    written = source.text[begin:end]
    opening = 1 if written[:1] in ("'", '"') else 0
    if written[opening : opening + len(scalar.value)] != scalar.value:
        return None
    place = begin + opening + inside
    return place if source.text[place : place + len(text)] == text else None


def _name(source: FileText, service: str, node: Node, used: str, result: ComposeEdits) -> bool:
    """Let the container's name end in a variable; refused where something else spells it."""
    if node is None or node.id != "scalar" or not re.fullmatch(r"[\w.-]+", node.value):
        return node is not None and node.id == "scalar" and SUFFIX in node.value
    line = node.start_mark.line + 1
    name = node.value
    told = re.search(rf"(?:exec|cp|logs|attach|inspect)\b[^\n]*\s{re.escape(name)}\b", used)
    hosts = rf"(?:@|//){re.escape(name)}(?::\d|[/\"'\s])"
    if told or (name != service and re.search(hosts, source.text + used)):
        by = "a script" if told else "an address"
        said = f"{by} spells the name {name} of {service}, so it stays the same in every checkout"
        result.left.append(Left(source.path, line, said))
        return False
    place = _place(source, node, name, 0)
    if place is None:
        return False
    reason = f"{service}'s container has a name of its own in each checkout"
    end = place + len(name)
    result.edits.append(
        source.edit(end, end, f"${{{SUFFIX}:-}}", "container-name", reason)
    )  # fmt: skip
    return True


#: Words of a variable whose address programs outside open, so that it is never the container's own.
_SEEN = re.compile(r"URL|URI|ORIGIN|CORS|PUBLIC|CALLBACK|REDIRECT|DOMAIN|ALLOWED|ADVERTISED")


#: An origin is written without these, so no variable is put there: it would be another one.
_WITHOUT = {"http": 80, "https": 443}


def _urls(
    source: FileText, node: Node, urls: Mapping[int, str], own: set[int], result: ComposeEdits
) -> None:
    """Let literal local addresses in `environment` follow the service whose port they name."""
    for key, value in _scalars(node):
        for match in ADDRESS.finditer(value.value):
            port = int(match[2] or _WITHOUT.get(match[1] or "", 0))
            variable = urls.get(port)
            if variable and not match[2]:
                if _SEEN.search(key) and not value.value.startswith(":", match.end()):
                    said = f"{match[0]} is port {port}; every checkout's own is "
                    said += f"{match[0]}:${{{variable}}}"
                    result.left.append(Left(source.path, value.start_mark.line + 1, said))
                continue
            if variable is None or (port in own and not _SEEN.search(key)):
                continue
            place = _place(source, value, match[2], match.start(2))
            if place is None:
                said = f"an address with the port {port}, in a form that is not edited"
                result.left.append(Left(source.path, value.start_mark.line + 1, said))
                continue
            new, reason = f"${{{variable}:-{port}}}", f"the address follows {variable}"
            edit = source.edit(place, place + len(match[2]), new, "client-url", reason)
            result.edits.append(edit)


def _scalars(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield key and node of each value of `environment`; of a list, the node of the whole item."""
    if node is not None and node.id == "mapping":
        yield from ((key.value, value) for key, value in node.value if value.id == "scalar")
    elif node is not None and node.id == "sequence":
        for one in node.value:
            if one.id == "scalar":
                yield one.value.partition("=")[0], one
