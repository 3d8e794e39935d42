"""What an engine's API says of its containers: who they are, and which host ports they have. Pure.

Works on the JSON of `GET /containers/json` ("rows") and `GET /containers/ID/json`, as Docker and
Podman's compatible socket give them. Neither's environment is ever looked at.
"""

from __future__ import annotations

from portman.base.forwarders import asks_engine
from portman.base.holder import WILDCARDS, plain
from portman.base.record import NamedTuple
from portman.base.system_commands import word
from portman.base.values import Claim, ContainerFacts

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Literal

    from portman.base.holder import Holder
    from portman.base.values import Lease, Service, Transport

#: Compose puts these on what it makes (compose-spec, and docker/compose `pkg/api/labels.go`).
PROJECT, SERVICE = "com.docker.compose.project", "com.docker.compose.service"
FOLDER = "com.docker.compose.project.working_dir"
#: Labels that name the folder a container was started for: Compose, Dev Containers, DDEV, Lando.
#: Labels by which tools know their own containers, and what the label's value is the name of.
TOOLS = (
    ("com.supabase.cli.project", "Supabase project"),
    ("io.x-k8s.kind.cluster", "kind cluster"),
    ("k3d.cluster", "k3d cluster"),
    ("com.ddev.site-name", "ddev site"),
    ("devcontainer.local_folder", "dev container of"),
    ("org.testcontainers.sessionId", "Testcontainers session"),
    ("org.testcontainers.session-id", "Testcontainers session"),
)
FOLDERS = (FOLDER, "devcontainer.local_folder", "com.ddev.approot", "io.lando.root")
#: `portman publish` puts this one on: `checkout.ownership.checkout_token`.
CHECKOUT, NAME = "portman.checkout", "portman.service"

#: Network modes in which a container has no published port of its own.
_UNPUBLISHED = ("host", "none", "container:")
_ID_DIGITS = frozenset("0123456789abcdef")


class Binding(NamedTuple):
    """A host port of a container. `address` "" means every address."""

    protocol: Transport
    port: int
    address: str = ""


class Container(NamedTuple):
    """A container of an engine with the host ports it has, or will have once started."""

    facts: ContainerFacts
    bindings: tuple[Binding, ...]

    def claims(self) -> tuple[Claim, ...]:
        return tuple(
            Claim(one.protocol, one.port, one.address, self.facts) for one in self.bindings
        )


class Resource(NamedTuple):
    """A network or volume that Compose made: its name, and the project it is of."""

    kind: Literal["network", "volume"]
    name: str
    project: str


def resource_of(kind: Literal["network", "volume"], row: Mapping[str, object]) -> Resource:
    return Resource(kind, _text(row.get("Name")), _text(_mapping(row.get("Labels")).get(PROJECT)))


class Leftover(NamedTuple):
    """What a checkout that was deleted has left on an engine, of one Compose project or of none.

    `folder` is where the checkout was, "" if only the name of a volume or network is known.
    """

    project: str
    folder: str
    containers: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()

    @property
    def commands(self) -> tuple[str, ...]:
        """What removes all but the volumes, then what removes those and the data in them."""
        names = {
            kind: " ".join(word(one, "NAME") for one in found)
            for kind, found in (
                ("rm -f", self.containers if not self.project else ()),
                ("network rm", self.networks if not self.containers else ()),
                ("volume rm", self.volumes),
            )
        }
        commands = [f"docker {kind} {words}" for kind, words in names.items() if words]
        if self.project and self.containers:
            commands.insert(0, f"docker compose -p {word(self.project, 'NAME')} down")
        return tuple(commands)


def container_stop(container: ContainerFacts) -> str:
    kind, name = container.tool or ("", "")
    if kind == "Supabase project":
        return f"supabase stop --project-id {word(name, 'NAME')}"
    if kind == "ddev site":
        return f"ddev stop {word(name, 'NAME')}"
    docker = " ".join(word(one) for one in container.docker)
    if container.project:
        return f"{docker} compose -p {word(container.project, 'NAME')} down"
    return f"{docker} stop {word(container.name, 'NAME')}"


def leftovers(
    containers: Iterable[Container],
    resources: Iterable[Resource],
    owners: Mapping[tuple[str, str], str],
    is_gone: Callable[[str], bool],
) -> tuple[Leftover, ...]:
    """Return what deleted checkouts have left, by the labels that Compose and portman put on it.

    `owners` are the names on this engine that the ledger knows: (kind, name) -> checkout's path.
    A project of which one container's folder is there is alive, whatever else bears its name:
    of such a one only the container itself is left, and no project.
    """
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    folders: dict[str, str] = {}
    alive: set[str] = set()
    for one in containers:
        facts = one.facts
        token = (facts.checkout or "").partition("#")[0]
        folder = token or facts.folder or owners.get(("container", facts.name), "")
        if not folder:
            continue
        project = facts.project or ""
        if not is_gone(folder):
            alive.add(project)
            continue
        folders.setdefault(project, folder)
        found.setdefault((project, folder), {}).setdefault("container", []).append(facts.name)
    for project, folder in [key for key in found if key[0] and key[0] in alive]:
        rest = found.pop((project, folder))["container"]
        found.setdefault(("", folder), {}).setdefault("container", []).extend(rest)
    for (kind, name), path in owners.items():
        if kind == "project" and is_gone(path):
            folders.setdefault(name, path)
        elif kind == "project":
            alive.add(name)
    for other in resources:
        owner = owners.get((other.kind, other.name), "")
        folder = folders.get(other.project, "") if other.project else ""
        if owner:
            folder = owner if is_gone(owner) else ""
        elif other.project in alive:
            folder = ""
        if folder:
            place = found.setdefault((other.project, folder), {})
            place.setdefault(other.kind, []).append(other.name)
    return tuple(
        Leftover(
            project,
            folder,
            *(tuple(sorted(kinds.get(one, ()))) for one in ("container", "network", "volume")),
        )
        for (project, folder), kinds in sorted(found.items())
    )


def facts_of(row: Mapping[str, object]) -> ContainerFacts:
    labels = _mapping(row.get("Labels"))
    names = row.get("Names")
    first = names[0] if isinstance(names, list) and names else ""
    return ContainerFacts(
        name=_text(first).lstrip("/") or _text(row.get("Id"))[:12],
        id=_text(row.get("Id")),
        image=_text(row.get("Image")),
        state=_text(row.get("State")),
        project=_text(labels.get(PROJECT)) or None,
        folder=next((text for name in FOLDERS if (text := _text(labels.get(name)))), None),
        compose_service=_text(labels.get(SERVICE)) or None,
        checkout=_decoded(labels.get(CHECKOUT)),
        service=_text(labels.get(NAME)) or None,
        tool=next(((kind, said) for key, kind in TOOLS if (said := _text(labels.get(key)))), None),
        created=made if isinstance(made := row.get("Created"), int) else 0,
    )


def needs_inspection(row: Mapping[str, object]) -> bool:
    """Return whether the list leaves open which ports this container is bound to.

    It shows the ports of what runs. Of what does not run only `HostConfig.PortBindings` tells
    (docs/decisions/0010), and nothing where the network mode rules publishing out. Podman lists
    them all the same. `restarting` waits between two starts of a crash loop and has no socket.
    """
    if _text(row.get("State")) in ("running", "paused", "removing"):
        return False
    mode = _text(_mapping(row.get("HostConfig")).get("NetworkMode"))
    return not mode.startswith(_UNPUBLISHED) and not listed_bindings(row)


def listed_bindings(row: Mapping[str, object]) -> tuple[Binding, ...]:
    ports = row.get("Ports")
    found = []
    for entry in ports if isinstance(ports, list) else ():
        port = _mapping(entry)
        found += _binding(port.get("Type"), port.get("PublicPort"), port.get("IP"))
    return tuple(dict.fromkeys(found))


def fixed_bindings(inspected: Mapping[str, object]) -> tuple[Binding, ...]:
    """Return the host ports that `HostConfig.PortBindings` fixes.

    Left out: no number (the engine picks one at each start), and a range to pick from
    (`-p 8000-8010:80`), in which the engine steps around whatever is taken.
    """
    bindings = _mapping(_mapping(inspected.get("HostConfig")).get("PortBindings"))
    found = []
    for inner, outer in bindings.items():
        protocol = inner.partition("/")[2] or "tcp"
        for entry in outer if isinstance(outer, list) else ():
            host = _mapping(entry)
            found += _binding(protocol, host.get("HostPort"), host.get("HostIp"))
    return tuple(dict.fromkeys(found))


def claims_by_key(containers: Iterable[Container]) -> dict[tuple[str, int], Claim]:
    """Return the claims by (protocol, port), as the planner wants them.

    The address does not matter there: a port is given for all addresses.
    """
    found: dict[tuple[str, int], Claim] = {}
    for container in containers:
        for claim in container.claims():
            found.setdefault((claim.protocol, claim.port), claim)
    return found


def behind(holder: Holder, containers: Iterable[Container]) -> ContainerFacts | None:
    """Return the container that a holder's socket belongs to, or None.

    Asked for a forwarder, or for a process this user may not see: the container that publishes
    this port on an address that the socket can stand for. Any other process is a container's only
    if its control group says so (`--network host`).
    """
    wanted = container_id(holder.unit or "")
    offers = tuple(containers)
    if wanted:
        inner = next((one.facts for one in offers if one.facts.id == wanted), None)
        if inner is not None:
            return inner
    if not asks_engine(holder):
        return None
    fits = [
        (binding.address != holder.address, one.facts)
        for one in offers
        for binding in one.bindings
        if (binding.protocol, binding.port) == (holder.protocol, holder.port)
        and stands_for(holder.address, binding.address)
    ]
    return min(fits, key=lambda one: one[0])[1] if fits else None


def stands_for(address: str, published: str) -> bool:
    """Return whether a socket at `address` can be what has `published` for a container.

    What is published on every address may be forwarded from one of them (WSL, Lima); what is
    published on one address is there and nowhere else.
    """
    return published in ("", *WILDCARDS) or plain(published) == plain(address)


def container_id(unit: str) -> str:
    """Return the 64 hexadecimal digits in a control group's name, "" if there are none.

    `docker-ID.scope`, `/docker/ID`, `libpod-ID.scope`, `/libpod_parent/libpod-ID`.
    """
    for part in reversed(unit.replace(".", "/").replace("-", "/").split("/")):
        if len(part) == 64 and _ID_DIGITS.issuperset(part):
            return part
    return ""


def _binding(protocol: object, port: object, address: object) -> list[Binding]:
    number = int(port) if isinstance(port, int) or _is_number(port) else 0  # type: ignore[call-overload]
    kind = _text(protocol)
    if not 0 < number < 65536 or kind not in ("tcp", "udp"):
        return []
    where = _text(address)
    return [Binding("udp" if kind == "udp" else "tcp", number, where)]


def _is_number(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _decoded(label: object) -> str | None:

    return read_label(_text(label)) or None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


# The arguments that give a container started by `docker run` its leased ports. They are for
# `docker run $(portman publish cache)`: a shell splits such words at white space and
# expands `*`, `?` and `[` in them, and takes no quotes off. So nothing here is quoted, and a path
# in a label is percent-coded where it has such characters (`read_label` decodes it).

_SPLIT = frozenset("%*?[]\\'\"`$&;|<>(){}~!#")


def arguments(pairs: Iterable[tuple[Service, Lease]], token: str) -> list[str]:
    """Return `-p HOST:PORT:TARGET` for every lease, and the labels that make it this checkout's.

    `token` is `checkout.ownership.checkout_token` of the checkout. Ports in a row become a range.
    """
    words: list[str] = []
    names: list[str] = []
    for service, lease in pairs:
        names.append(service.name)
        for protocol in lease.protocols:
            ending = "" if protocol == "tcp" else f"/{protocol}"
            inner = _range(service.target or 0, lease.size)
            outer = _range(lease.port, lease.size)
            words += ["-p", f"{_address(service.host)}:{outer}:{inner}{ending}"]
    return [*words, "--label", f"{CHECKOUT}={label(token)}", "--label", f"{NAME}={names[0]}"]


def label(text: str) -> str:
    """Return a text as one word of a shell, percent-coded where it has to be."""
    return "".join(
        "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))
        if char in _SPLIT or char.isspace() or not char.isprintable()
        else char
        for char in text
    )


def read_label(text: str) -> str:
    if "%" not in text:
        return text
    from urllib.parse import unquote

    return unquote(text, errors="surrogateescape")


def _range(first: int, size: int) -> str:
    return str(first) if size == 1 else f"{first}-{first + size - 1}"


def _address(host: str) -> str:
    address = "127.0.0.1" if host == "localhost" else host
    return f"[{address}]" if ":" in address else address
