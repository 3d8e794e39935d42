"""`portman hold`: keep ports for their services for as long as this process runs.

For a Makefile or a script that starts several programs. The holding sockets stay while the
services come and go, so restarts are covered. A service with `activation = true` gets more: its
listening socket is opened here and handed to every `portman run --service NAME` that asks, so a
client is never refused while the service restarts.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from portman.base.errors import PortmanError, Problem, Report
from portman.commands.up import raise_up
from portman.launch.facts import Refused
from portman.launch.hold_server import place_of
from portman.launch.prepare import facts_of, filled, services_in
from portman.launch.start import descriptors_left
from portman.ports.workspace import open_workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from portman.launch.facts import RunEnvironment, ServicePorts
    from portman.launch.hold_server import Answer

Key = tuple[str, int]


class HeldPorts:
    """What one `portman hold` has in its hands."""

    def __init__(self, facts: RunEnvironment, wanted: list[ServicePorts]) -> None:
        self.facts, self.wanted = facts, wanted
        self.held: dict[Key, tuple[int, ...]] = {}
        self.listening: dict[str, list[int]] = {}
        self._given_up: set[str] = set()
        self._most = descriptors_left()

    def take(self, *, join: frozenset[str] = frozenset()) -> None:
        """Hold whatever of the wanted ports can be held now and is not yet."""
        from portman.launch.hold import take

        for spot in self.wanted:
            if spot.name in self._given_up or spot.name in self.listening:
                continue
            if spot.activation and self._listen(spot):
                continue
            for key in spot.keys():
                # A UDP service cannot bind while anything holds its port (E12).
                if key[0] != "tcp" or key in self.held:
                    continue
                if len(self.held) >= self._most:
                    return  # told as not held
                descriptors = take(key[1], key[0], join=spot.name in join)
                if descriptors:
                    self.held[key] = descriptors

    def answer(self, verb: str, service: str) -> Answer:
        """Answer a `portman run` of this checkout: "listen" or "release" a service."""
        if verb == "listen":
            descriptors = self.listening.get(service, [])
            return ("ok", descriptors) if descriptors else ("no", [])
        if verb == "release":
            return ("ok" if self.release(service) else "no"), []
        return "no", []

    def release(self, service: str) -> bool:
        """Let go of a service's ports for good; return whether any was held."""
        spot = self.facts.spot(service)
        self._given_up.add(service)
        gone = [self.held.pop(key) for key in (spot.keys() if spot else []) if key in self.held]
        for descriptors in gone:
            for descriptor in descriptors:
                os.close(descriptor)
        return bool(gone)

    def is_held(self, spot: ServicePorts) -> bool:
        """Return whether every TCP port of the service is in our hands."""
        keys = [key for key in spot.keys() if key[0] == "tcp"]
        return spot.name in self.listening or (bool(keys) and all(key in self.held for key in keys))

    def _listen(self, spot: ServicePorts) -> bool:
        from portman.launch import activation

        found: list[int] = []
        try:
            for protocol, port in spot.keys():
                found.append(activation.listen(spot.host, port, protocol))
        except OSError:
            for descriptor in found:
                os.close(descriptor)
            return False
        self.listening[spot.name] = found
        return True


class Ready(NamedTuple):
    """A hold that stands, and what to say about it."""

    holding: HeldPorts
    report: Report


def prepare(start: str, names: tuple[str, ...], *, instance: str = "") -> Ready:
    """Lease, write, check, and hold the named services (default: all).

    Raises Refused if `up` found trouble, PortmanError for all else.
    """
    from portman.launch.hold import OUTLASTS_START

    workspace = open_workspace(start, instance)
    workspace.require(*names)
    if not OUTLASTS_START:
        raise PortmanError(
            "not-held",
            "on this system no service can bind a port that is held, so hold cannot help",
            hint="portman run -- CMD holds the ports until the command starts",
        )
    report = raise_up(workspace)._replace(command="hold")
    if report.errors:
        raise Refused(report)
    facts = facts_of(workspace)
    wanted = [one for one in facts.spots if not names or one.name in names]
    verdicts = {one["name"]: one["verdict"] for one in services_in(report)}
    holding = HeldPorts(facts, wanted)
    joined = [name for name, verdict in verdicts.items() if verdict in ("reserved", "lingering")]
    holding.take(join=frozenset(map(str, joined)))
    data = {
        **{key: report.data[key] for key in ("project", "checkout", "instance", "primary")},
        "pid": os.getpid(),
        "services": [_view(holding, one) for one in wanted],
    }
    warnings = (*report.warnings, *(_not_held(holding, one, verdicts) for one in wanted))
    told = tuple(one for one in warnings if one is not None)
    return Ready(holding, Report("hold", data, (), told))


def stay(holding: HeldPorts, command: list[str], ready: Callable[[], None]) -> int:
    """Hold until a signal ends it, or until the command ends; return the exit code.

    With a command: its exit code. Without: 0 after SIGTERM, 130 after Ctrl-C. `ready` is called
    when everything stands.
    """
    if sys.platform != "linux":
        raise NotImplementedError  # `prepare` has refused it
    from portman.launch import hold_server as hold_loop
    from portman.launch.hold_server import HoldServer
    from portman.state import private_subfolder

    facts = holding.facts
    folder, key = place_of(facts.path, facts.instance)
    try:
        private_subfolder(*os.path.split(folder))
    except OSError as error:
        raise PortmanError(
            "ledger-unusable",
            f"{folder} cannot be used: {error.strerror}",
            hint="portman where shows the state folder; PORTMAN_HOME names another",
            file=folder,
        ) from error
    server = None
    # Where the state folder takes no socket (some network file systems), the ports are held
    # all the same; only `run` cannot ask for anything.
    with contextlib.suppress(OSError):
        server = HoldServer(folder, key, facts.path, facts.instance)
    try:
        if not command:
            return hold_loop.stay(holding, server, facts.path, ready)
        argv, env = filled(facts, None, command)
        ready()
        return hold_loop.stay_for(holding, server, argv, env)
    finally:
        if server is not None:
            server.close()


def _view(holding: HeldPorts, spot: ServicePorts) -> dict[str, object]:
    return {
        "name": spot.name,
        "port": spot.ports[0],
        "ports": list(spot.ports),
        "protocols": list(spot.protocols),
        "held": holding.is_held(spot),
        "listening": spot.name in holding.listening,
    }


def _not_held(
    holding: HeldPorts, spot: ServicePorts, verdicts: dict[object, object]
) -> Problem | None:
    if "udp" in spot.protocols and spot.name not in holding.listening:
        return Problem(
            "not-held",
            f"{spot.name}: UDP port {spot.ports[0]} is leased but not held: "
            "a service could not bind it",
            f"portman run --service {spot.name} -- CMD holds it until the command starts",
            service=spot.name,
        )
    if holding.is_held(spot) or verdicts.get(spot.name) == "running":
        return None
    return Problem(
        "not-held",
        f"{spot.name}: port {spot.ports[0]} cannot be held at this moment; it will be when it can",
        f"see who has it: portman who {spot.ports[0]}",
        service=spot.name,
    )
