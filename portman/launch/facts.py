"""What `run` and `hold` work with: the asked options, a checkout's services, a prepared command.

Plain classes, since the known `run` is on the hot path and a NamedTuple would import typing.
"""

from __future__ import annotations

import os

from portman.checkout.ownership import checkout_token, service_in
from portman.launch.hold import close

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portman.allocation.workspace import Workspace
    from portman.base.errors import Problem, Report
    from portman.launch.hold import Key

_MAGIC = "run 8"
#: They hand their variables to containers, in which another program reads PORT.
_ENGINES = ("docker", "docker-compose", "podman", "podman-compose", "nerdctl")
#: LISTEN_* are meant for portman itself (sd_listen_fds(3)).
_NOT_INHERITED = ("PORTMAN_SERVICE", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES")
#: What `run` in another checkout, inside which this one was started, has set for Compose.
_OF_A_CHECKOUT = (
    *_NOT_INHERITED,
    *("COMPOSE_FILE", "COMPOSE_PATH_SEPARATOR", "COMPOSE_PROJECT_NAME", "CONTAINER_SUFFIX"),
)


class RunOptions:
    """What the user asked `portman run` for."""

    __slots__ = ("argv", "ephemeral", "flags", "hold", "instance", "service", "start")

    def __init__(  # noqa: PLR0913 - one for each option
        self,
        argv: list[str],
        *,
        start: str = ".",
        service: str = "",
        instance: str = "",
        ephemeral: bool = False,
        hold: bool = True,
        flags: bool = True,
    ) -> None:
        self.argv, self.start, self.service = argv, start, service
        self.instance, self.ephemeral, self.hold, self.flags = instance, ephemeral, hold, flags


class ServicePorts:
    """One service or container and its ports; `own` are its variables for itself alone.

    `known` is the port that decides the scheme of its URL.
    """

    __slots__ = (
        *("activation", "container", "dir", "hold", "host", "known", "name", "own", "ports"),
        *("protocols", "usual"),
    )

    def __init__(  # noqa: PLR0913 - one for each field
        self,
        name: str,
        host: str,
        ports: Iterable[int],
        protocols: Iterable[str],
        *,
        activation: bool = False,
        container: bool = False,
        hold: bool = True,
        dir: str = "",  # noqa: A002 - the key's name
        own: Iterable[str] = (),
        usual: int | None = None,
        known: int | None = None,
    ) -> None:
        self.name, self.host, self.dir, self.own = name, host, dir, tuple(own)
        self.ports, self.protocols = tuple(ports), tuple(protocols)
        self.activation, self.hold, self.usual = activation, hold, usual
        self.known, self.container = known or usual, container

    def keys(self) -> list[Key]:
        return [(protocol, port) for protocol in self.protocols for port in self.ports]

    def variables(self) -> dict[str, str]:
        return {
            f"{name}_{at}" if at > 1 else name: str(port)
            for at, port in enumerate(self.ports, 1)
            for name in self.own
        }


class RunEnvironment:
    """The variables of a checkout in order, its services, its Compose project's name and slug."""

    __slots__ = ("instance", "path", "project", "services", "slug", "variables")

    def __init__(
        self,
        path: str,
        instance: str,
        variables: Iterable[tuple[str, str]],
        services: Iterable[ServicePorts],
        names: tuple[str, str] = ("", ""),
    ) -> None:
        self.path, self.instance, (self.slug, self.project) = path, instance, names
        self.variables, self.services = list(variables), list(services)

    def service(self, name: str) -> ServicePorts | None:
        return next((one for one in self.services if one.name == name), None)

    def sole(self) -> ServicePorts | None:
        programs = [one for one in self.services if not one.container]
        return programs[0] if len(programs) == 1 else None

    def host_names(self) -> dict[str, str]:
        """Return what `{web.name}` and `{web.origin}` stand for; few commands ask."""
        from portman.allocation.links import names_of
        from portman.allocation.workspace import open_workspace

        return names_of(open_workspace(self.path, self.instance))

    def service_in(self, folder: str) -> ServicePorts | None:
        """Return the service in whose `dir` a folder lies."""
        dirs = ((one.name, one.dir) for one in self.services)
        return self.service(service_in(folder, self.path, dirs))


class PreparedCommand:
    """A command that is ready to start, and the descriptors it starts with.

    `listening` are sockets that are passed on as systemd passes them, in the order of the ports.
    `until_start` are those of `held` that the command itself must not have (`hold = false`).
    """

    __slots__ = (
        *("argv", "env", "environment", "held", "listening", "service", "until_start", "warnings"),
    )

    def __init__(
        self, argv: list[str], environment: RunEnvironment, service: ServicePorts | None
    ) -> None:
        self.argv, self.environment, self.service = argv, environment, service
        self.env: dict[str, str] = {}
        self.held: dict[Key, tuple[int, ...]] = {}
        self.until_start: set[Key] = set()
        self.listening: list[int] = []
        self.warnings: tuple[Problem, ...] = ()

    def fill(self) -> None:
        self.argv, self.env = filled(self.environment, self.service, self.argv)
        sole = self.environment.sole() if self.service is None else None
        if sole is not None and self.argv[0].rpartition("/")[2] not in _ENGINES:
            known = dict(self.environment.variables)
            self.env |= {"PORT": str(sole.ports[0]), "HOST": sole.host} | known | sole.variables()

    def release(self, keys: Iterable[Key] | None = None) -> None:
        for key in list(self.held) if keys is None else keys:
            close(self.held.pop(key, ()))


class Refused(Exception):  # noqa: N818 - no error of ours: what `up` found in the way
    """`up` found something in the way; the report says what."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


def read_environment(workspace: Workspace) -> RunEnvironment:
    from portman.allocation.files import program_variables
    from portman.allocation.leases import is_primary, read_leases

    leases = read_leases(workspace)
    services = [
        ServicePorts(
            one.name,
            one.host,
            leases[one.name].ports,
            leases[one.name].protocols,
            activation=one.activation,
            container=one.kind == "container",
            hold=one.hold,
            dir=one.dir,
            own=one.own,
            usual=one.usual,
            known=one.target,
        )
        for one in workspace.manifest.services
        if one.name in leases
    ]
    checkout = workspace.checkout
    values = program_variables(workspace, leases, primary=is_primary(workspace)).values
    project = workspace.compose_project if workspace.containers else ""
    names = (workspace.slug, project)
    return RunEnvironment(checkout.path, checkout.instance, values, services, names)


def encode(environment: RunEnvironment) -> str | None:
    """Return one text for a receipt; None where a value does not fit into a line."""
    lines = [_MAGIC, environment.path, environment.instance, environment.slug, environment.project]
    lines += [f"{name}={value}" for name, value in environment.variables]
    lines.append("")
    for one in environment.services:
        ports, protocols = " ".join(map(str, one.ports)), " ".join(one.protocols)
        flags = f"{one.activation:d}{one.hold:d}{one.container:d}"
        more = (" ".join(one.own), one.dir, str(one.usual or ""), str(one.known or ""))
        lines.append("\t".join((one.name, one.host, ports, protocols, flags, *more)))
    text = "\n".join(lines)
    clean = text.count("\n") == len(lines) - 1 and "\r" not in text and "\0" not in text
    return text if clean else None


def decode(text: str) -> RunEnvironment | None:
    """Return what `encode` was given; None for a text of another shape."""
    magic, *lines = text.split("\n")
    if magic != _MAGIC or len(lines) < 5 or "" not in lines[4:]:
        return None
    path, instance, slug, project = lines[:4]
    end = lines.index("", 4)
    variables = []
    for line in lines[4:end]:
        name, _, value = line.partition("=")
        variables.append((name, value))
    services = []
    for line in lines[end + 1 :]:
        name, host, ports, protocols, flags, own, folder, usual, known = line.split("\t")
        numbers, words = map(int, ports.split()), protocols.split()
        activation, hold, container = (one == "1" for one in flags)
        services.append(
            ServicePorts(
                *(name, host, numbers, words),
                activation=activation,
                container=container,
                hold=hold,
                dir=folder,
                own=own.split(),
                usual=int(usual) if usual else None,
                known=int(known) if known else None,
            )
        )
    return RunEnvironment(path, instance, variables, services, (slug, project))


def filled(
    environment: RunEnvironment, service: ServicePorts | None, argv: Sequence[str]
) -> tuple[list[str], dict[str, str]]:
    """Return the arguments with their references filled in, and the whole environment.

    Raises PortmanError "usage" for a reference that leads nowhere.
    """
    words = list(argv)
    if any("{" in word or "}" in word for word in words):
        from portman.launch.arguments import fill

        words = fill(words, environment)
    added = added_variables(environment, service)
    gone = not_inherited(added["PORTMAN_CHECKOUT"])
    inherited = {name: value for name, value in os.environ.items() if name not in gone}
    return words, {**inherited, **added}


def not_inherited(own: str) -> tuple[str, ...]:
    """Return the names that a command does not get from here; `own` is its checkout's token."""
    outer = os.environ.get("PORTMAN_CHECKOUT", "")
    return _NOT_INHERITED if outer in ("", own) else _OF_A_CHECKOUT


def added_variables(environment: RunEnvironment, service: ServicePorts | None) -> dict[str, str]:
    """Return what a command finds in its environment besides what it inherits.

    The command of one service also finds PORT, HOST and PORTMAN_SERVICE. A variable that the
    manifest itself calls PORT or HOST keeps the manifest's value, the service's own before the
    project's.
    """
    added = {"PORTMAN_CHECKOUT": checkout_token(environment.path, environment.instance)}
    if service is None:
        return {**added, **dict(environment.variables)}
    added.update(PORT=str(service.ports[0]), HOST=service.host, PORTMAN_SERVICE=service.name)
    return {**added, **dict(environment.variables), **service.variables()}
