"""What an engine's API says of its containers: who they are, and which host ports they have. Pure.

Works on the JSON of `GET /containers/json` ("rows") and `GET /containers/ID/json`, as Docker and
Podman's compatible socket give them. Neither's environment is ever looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portman.base.values import Claim, ContainerFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portman.base.values import Holder, Transport

#: Compose puts these on what it makes (compose-spec, and docker/compose `pkg/api/labels.go`).
PROJECT, SERVICE = "com.docker.compose.project", "com.docker.compose.service"
FOLDER = "com.docker.compose.project.working_dir"
#: `portman publish` puts this one on: `core.ownership.checkout_token`.
CHECKOUT, NAME = "portman.checkout", "portman.service"

#: Programs that hold a published port on behalf of a container (research: allocation, section 4).
#: What they are called says nothing about whose port it is; the engine does.
FORWARDERS = frozenset(
    (
        *("docker-proxy", "dockerd", "containerd", "conmon", "conmonrs", "podman", "netavark"),
        *("rootlesskit", "rootlessport", "rootlessport-c", "pasta", "pasta.avx2", "slirp4netns"),
        *("com.docker.backend", "com.docker.vpnkit", "vpnkit", "vpnkit-bridge", "gvproxy"),
        *("OrbStack Helper", "OrbStack", "limactl", "colima", "wslrelay.exe"),
        *("com.docker.backend.exe", "com.docker.proxy.exe", "vpnkit.exe", "docker-proxy.exe"),
    )
)
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
        """Return one claim for each binding."""
        return tuple(
            Claim(one.protocol, one.port, one.address, self.facts) for one in self.bindings
        )


def facts_of(row: Mapping[str, object]) -> ContainerFacts:
    """Return who a row of the list is."""
    labels = _mapping(row.get("Labels"))
    names = row.get("Names")
    first = names[0] if isinstance(names, list) and names else ""
    return ContainerFacts(
        name=_text(first).lstrip("/") or _text(row.get("Id"))[:12],
        id=_text(row.get("Id")),
        image=_text(row.get("Image")),
        state=_text(row.get("State")),
        project=_text(labels.get(PROJECT)) or None,
        folder=_text(labels.get(FOLDER)) or None,
        compose_service=_text(labels.get(SERVICE)) or None,
        checkout=_decoded(labels.get(CHECKOUT)),
        service=_text(labels.get(NAME)) or None,
    )


def needs_inspection(row: Mapping[str, object]) -> bool:
    """Return whether the list leaves open which ports this container is bound to.

    It shows the ports of what runs. Of what does not run only `HostConfig.PortBindings` tells
    (E10), and nothing where the network mode rules publishing out. Podman lists them all the same.
    """
    if _text(row.get("State")) in ("running", "paused", "restarting", "removing"):
        return False
    mode = _text(_mapping(row.get("HostConfig")).get("NetworkMode"))
    return not mode.startswith(_UNPUBLISHED) and not listed_bindings(row)


def listed_bindings(row: Mapping[str, object]) -> tuple[Binding, ...]:
    """Return the host ports in the `Ports` of a row."""
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
    this port, the one of the same address first. Any other process is a container's only if its
    control group says so (`--network host`).
    """
    wanted = container_id(holder.unit or "")
    offers = tuple(containers)
    if wanted:
        inner = next((one.facts for one in offers if one.facts.id == wanted), None)
        if inner is not None:
            return inner
    if not is_forwarder(holder):
        return None
    fits = [
        (binding.address != holder.address, one.facts)
        for one in offers
        for binding in one.bindings
        if (binding.protocol, binding.port) == (holder.protocol, holder.port)
    ]
    return min(fits, key=lambda one: one[0])[1] if fits else None


def is_forwarder(holder: Holder) -> bool:
    """Return whether an engine has to be asked whose socket this is."""
    return holder.pid is None or holder.name in FORWARDERS


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
    from portman.containers.run_arguments import read_label

    return read_label(_text(label)) or None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
