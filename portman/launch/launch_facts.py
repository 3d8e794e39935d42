"""What `run` needs to know of a checkout: its variables, and where each service is. Pure.

On the hot path: plain classes, as NamedTuple would import typing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_MAGIC = "run 1"


class Spot:
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


class LaunchFacts:
    """The variables of a checkout in order, and its services."""

    __slots__ = ("instance", "path", "spots", "variables")

    def __init__(
        self,
        path: str,
        instance: str,
        variables: Iterable[tuple[str, str]],
        spots: Iterable[Spot],
    ) -> None:
        self.path, self.instance = path, instance
        self.variables, self.spots = list(variables), list(spots)

    def spot(self, name: str) -> Spot | None:
        """Return the service called `name`, if there is one."""
        return next((one for one in self.spots if one.name == name), None)


def encode(facts: LaunchFacts) -> str | None:
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


def decode(text: str) -> LaunchFacts | None:
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
        spots.append(Spot(name, host, numbers, protocols.split(), activation=activation == "1"))
    return LaunchFacts(path, instance, variables, spots)


def environment(facts: LaunchFacts, service: Spot | None, token: str) -> dict[str, str]:
    """Return what a command has to find in its environment, besides what it inherits.

    For the command of one service also PORT, HOST and PORTMAN_SERVICE. A variable that the
    manifest itself calls PORT or HOST stays as the manifest has it.
    """
    added = {"PORTMAN_CHECKOUT": token}
    if service is not None:
        added.update(PORT=str(service.ports[0]), HOST=service.host, PORTMAN_SERVICE=service.name)
    return {**added, **dict(facts.variables)}
