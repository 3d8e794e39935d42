"""`portman hold`: keep ports for their services for as long as this process, or a command, runs.

For a Makefile or a script that starts several programs. The holding sockets stay while the
services come and go, so restarts are covered. A service with `activation = true` gets more: its
listening socket is opened here and handed to every `portman run --service NAME` that asks, so a
client is never refused while the service restarts.
"""

from __future__ import annotations

import os
import sys

from portman.allocation.workspace import open_workspace
from portman.base.errors import PortmanError, Problem, Report
from portman.base.record import NamedTuple
from portman.commands.run import services_in, verdicts_in
from portman.commands.up import raise_up
from portman.launch.facts import Refused, filled, read_environment
from portman.launch.hold import OUTLASTS_START, close, listen, most_held, take

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portman.launch.facts import RunEnvironment, ServicePorts
    from portman.launch.hold import Key


class HeldPorts:
    """What one `portman hold` holds."""

    def __init__(self, environment: RunEnvironment, wanted: list[ServicePorts]) -> None:
        self.environment, self.wanted = environment, wanted
        self.held: dict[Key, tuple[int, ...]] = {}
        self.listening: dict[str, list[int]] = {}
        self._most = most_held()

    def take(self, *, join: frozenset[str] = frozenset()) -> None:
        """Hold whatever of the wanted ports can be held now and is not yet."""
        for service in self.wanted:
            if service.name in self.listening or self._listen(service) or not service.hold:
                continue
            for key in _tcp_keys(service):
                if key in self.held:
                    continue
                if len(self.held) >= self._most:
                    return  # `prepare` warns that the rest is not held
                descriptors = take(key[1], key[0], join=service.name in join)
                if descriptors:
                    self.held[key] = descriptors

    def sockets_of(self, service: str) -> list[int]:
        return self.listening.get(service, [])

    def release(self, name: str) -> bool:
        service = self.environment.service(name)
        held = [self.held.pop(key, ()) for key in (service.keys() if service else [])]
        for descriptors in held:
            close(descriptors)
        return any(held)

    def is_held(self, service: ServicePorts) -> bool:
        keys = _tcp_keys(service)
        return service.name in self.listening or (
            bool(keys) and all(key in self.held for key in keys)
        )

    def _listen(self, service: ServicePorts) -> bool:
        found = listen(service.host, service.keys()) if service.activation else []
        if found:
            self.listening[service.name] = found
        return bool(found)


def _tcp_keys(service: ServicePorts) -> list[Key]:
    # A UDP service cannot bind while anything holds its port (decision 0007).
    return [key for key in service.keys() if key[0] == "tcp"]


#: Said where no service can bind a port that is held (launch/hold.py).
_UNTIL_START = Problem(
    "not-held",
    "the ports were held until the command starts, not while it runs: on this system no service "
    "can bind a port that is held",
)


class Ready(NamedTuple):
    """A hold that has begun, what to report about it, and what `up` reported of each service."""

    holding: HeldPorts
    report: Report
    services: list[dict[str, Any]]


def prepare(
    start: str, names: tuple[str, ...], *, instance: str = "", runs_command: bool = False
) -> Ready:
    """Lease, write, check, and hold the named services (default: all).

    Where a hold cannot outlast the start of a service, a command still runs, with the ports held
    until then; without one there is nothing to do. Raises Refused if `up` found a conflict,
    PortmanError for all else.
    """
    workspace = open_workspace(start, instance)
    workspace.require(*names)
    if not OUTLASTS_START and not runs_command:
        raise PortmanError(
            "hold-unavailable",
            "on this system no service can bind a port that is held, so hold cannot help",
            hint="portman run -- CMD holds the ports until the command starts",
        )
    report = raise_up(workspace)._replace(command="hold")
    if report.errors:
        raise Refused(report)
    services = [one for one in services_in(report) if not names or one["name"] in names]
    environment = read_environment(workspace)
    wanted = [one for one in environment.services if not names or one.name in names]
    verdicts = verdicts_in(report)
    holding = HeldPorts(environment, wanted)
    joined = (name for name, verdict in verdicts.items() if verdict in ("reserved", "lingering"))
    holding.take(join=frozenset(joined))
    data = {
        **{key: report.data[key] for key in ("project", "checkout", "instance", "primary")},
        "pid": os.getpid(),
        "services": [_view(holding, one, verdicts.get(one.name)) for one in wanted],
    }
    not_held = (_not_held(holding, one, verdicts.get(one.name)) for one in wanted)
    warnings = (*report.warnings, *(one for one in not_held if one is not None))
    if not OUTLASTS_START:
        warnings = (*report.warnings, _UNTIL_START)
    return Ready(holding, Report("hold", data, (), warnings), services)


def stay(holding: HeldPorts, command: list[str], ready: Callable[[], None]) -> int:
    """Hold until a signal ends it; with a command, become it and hold until it ends.

    Returns 0 after SIGTERM, 130 after Ctrl-C. `ready` is called when everything is held.
    """
    if not OUTLASTS_START:
        return _start_released(holding, command, ready)
    from portman.launch.hold_server import open_server, stay, stay_beside

    environment = holding.environment
    path = environment.path
    server = open_server(path, environment.instance)
    try:
        if not command:
            return stay(holding, server, path, ready)
        argv, env = filled(environment, None, command)
        ready()
        stay_beside(holding, server, path, argv, env)
    finally:
        if server is not None:
            server.close()


def _start_released(holding: HeldPorts, command: list[str], ready: Callable[[], None]) -> int:
    """Start the command with the ports let go: it could not bind them otherwise."""
    from portman.launch.start import become, run_child

    argv, env = filled(holding.environment, None, command)
    ready()
    for service in holding.wanted:
        holding.release(service.name)
    if sys.platform == "win32":
        return run_child(argv, env)
    become(argv, env)
    return 0


def _view(holding: HeldPorts, service: ServicePorts, verdict: str | None) -> dict[str, object]:
    return {
        "name": service.name,
        "port": service.ports[0],
        "ports": list(service.ports),
        "protocols": list(service.protocols),
        "held": holding.is_held(service),
        "listening": service.name in holding.listening,
        "running": verdict == "running",
    }


def _not_held(holding: HeldPorts, service: ServicePorts, verdict: str | None) -> Problem | None:
    name, port = service.name, service.ports[0]
    if name in holding.listening or not service.hold:
        return None
    if "udp" in service.protocols:
        return Problem(
            "not-held",
            f"{name}: UDP port {port} is leased but not held: a service could not bind it",
            f"portman run --service {name} -- CMD holds it until the command starts",
            service=name,
        )
    if holding.is_held(service) or verdict == "running":
        return None
    return Problem(
        "not-held",
        f"{name}: port {port} cannot be held at this moment; it will be when it can",
        f"see who has it: portman who {port}",
        service=name,
    )
