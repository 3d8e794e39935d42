"""What `run` is asked for, and what it has ready: plain classes, as the hot path wants them."""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.base.errors import Problem, Report

Key = tuple[str, int]


class RunOptions:
    """What the user asked for."""

    __slots__ = ("argv", "ephemeral", "hold", "instance", "service", "start")

    def __init__(  # noqa: PLR0913 - one for each option; a NamedTuple would import typing
        self,
        argv: list[str],
        *,
        start: str = ".",
        service: str = "",
        instance: str = "",
        ephemeral: bool = False,
        hold: bool = True,
    ) -> None:
        self.argv, self.start, self.service = argv, start, service
        self.instance, self.ephemeral, self.hold = instance, ephemeral, hold


class PreparedCommand:
    """A command that is ready to start, and the descriptors it starts with."""

    __slots__ = (
        "argv",
        "asked",
        "env",
        "facts",
        "held",
        "leftover",
        "listening",
        "manner",
        "spot",
        "warnings",
    )

    def __init__(self, facts: RunEnvironment, spot: ServicePorts | None, asked: list[str]) -> None:
        self.facts, self.spot, self.asked = facts, spot, asked
        self.argv: list[str] = asked
        self.env: dict[str, str] = {}
        self.held: dict[Key, tuple[int, ...]] = {}
        self.listening: list[tuple[str, int]] = []
        self.manner = ""
        self.leftover = False
        self.warnings: tuple[Problem, ...] = ()

    def own_keys(self) -> list[Key]:
        """Return the ports of the service that the command is."""
        return [] if self.spot is None else self.spot.keys()

    def release(self, keys: list[Key]) -> None:
        """Let go of some of the held ports."""
        for key in keys:
            for descriptor in self.held.pop(key, ()):
                close(descriptor)


class Refused(Exception):  # noqa: N818 - no error of ours: what `up` found in the way
    """`up` found something in the way; the report says what."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


def close(descriptor: int) -> None:
    """Close the descriptor of a socket, which on Windows is no file descriptor."""
    import _socket

    _socket.close(descriptor)


# What `run` needs to know of a checkout: its variables, and where each service is. Pure.
#
# On the hot path: plain classes, as NamedTuple would import typing.

_MAGIC = "run 1"


class ServicePorts:
    """One service and its ports."""

    __slots__ = ("activation", "host", "name", "ports", "protocols")

    def __init__(
        self,
        name: str,
        host: str,
        ports: Iterable[int],
        protocols: Iterable[str],
        *,
        activation: bool = False,
    ) -> None:
        self.name, self.host = name, host
        self.ports, self.protocols = tuple(ports), tuple(protocols)
        self.activation = activation

    def keys(self) -> list[tuple[str, int]]:
        """Return every (protocol, port) pair."""
        return [(protocol, port) for protocol in self.protocols for port in self.ports]


class RunEnvironment:
    """The variables of a checkout in order, and its services."""

    __slots__ = ("instance", "path", "spots", "variables")

    def __init__(
        self,
        path: str,
        instance: str,
        variables: Iterable[tuple[str, str]],
        spots: Iterable[ServicePorts],
    ) -> None:
        self.path, self.instance = path, instance
        self.variables, self.spots = list(variables), list(spots)

    def spot(self, name: str) -> ServicePorts | None:
        """Return the service called `name`, if there is one."""
        return next((one for one in self.spots if one.name == name), None)


def encode(facts: RunEnvironment) -> str | None:
    """Return the facts as one text for a receipt, None where a value does not fit into a line."""
    lines = [_MAGIC, facts.path, facts.instance]
    lines += [f"{name}={value}" for name, value in facts.variables]
    lines.append("")
    for one in facts.spots:
        ports, protocols = " ".join(map(str, one.ports)), " ".join(one.protocols)
        lines.append("\t".join((one.name, one.host, ports, protocols, str(int(one.activation)))))
    text = "\n".join(lines)
    clean = text.count("\n") == len(lines) - 1 and "\r" not in text and "\0" not in text
    return text if clean else None


def decode(text: str) -> RunEnvironment | None:
    """Return what `encode` was given; None for anything else."""
    magic, *lines = text.split("\n")
    if magic != _MAGIC or len(lines) < 3 or "" not in lines[2:]:
        return None
    path, instance = lines[:2]
    end = lines.index("", 2)
    variables = []
    for line in lines[2:end]:
        name, _, value = line.partition("=")
        variables.append((name, value))
    spots = []
    for line in lines[end + 1 :]:
        name, host, ports, protocols, activation = line.split("\t")
        numbers = [int(port) for port in ports.split()]
        spots.append(
            ServicePorts(name, host, numbers, protocols.split(), activation=activation == "1")
        )
    return RunEnvironment(path, instance, variables, spots)


def environment(facts: RunEnvironment, service: ServicePorts | None, token: str) -> dict[str, str]:
    """Return what a command has to find in its environment, besides what it inherits.

    For the command of one service also PORT, HOST and PORTMAN_SERVICE. A variable that the
    manifest itself calls PORT or HOST stays as the manifest has it.
    """
    added = {"PORTMAN_CHECKOUT": token}
    if service is not None:
        added.update(PORT=str(service.ports[0]), HOST=service.host, PORTMAN_SERVICE=service.name)
    return {**added, **dict(facts.variables)}
