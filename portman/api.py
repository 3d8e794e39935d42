"""The Python API: what the commands do, as values. Prints nothing; errors are PortmanError.

Every function takes `start` (a folder in the checkout; default: the working folder) and
`instance` (a second set of ports in it). Names, verdicts and codes are those of `--json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from portman.base.errors import PortmanError, Problem, ProblemsError
from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Self

    from portman.base.errors import Report
    from portman.base.values import Kind, Transport, Verdict
    from portman.commands.hold import HeldPorts

__all__ = [
    "Check",
    "Hold",
    "Port",
    "PortmanError",
    "Problem",
    "Services",
    "UnknownServiceError",
    "Up",
    "check",
    "env",
    "hold",
    "ports",
    "up",
]


class Port(NamedTuple):
    """What one service has. `port` is the first of `ports` (a service may have several).

    `verdict` is what the port was when it was looked at; None where nobody looked (`ports`).
    `holder` says who has it then, in the shape of the JSON envelope.
    """

    name: str
    port: int
    ports: tuple[int, ...]
    url: str
    host: str
    kind: Kind = "service"
    protocols: tuple[Transport, ...] = ("tcp",)
    variables: tuple[str, ...] = ()
    usual: int | None = None
    verdict: Verdict | None = None
    was: int | None = None
    holder: Mapping[str, object] | None = None

    def __int__(self) -> int:
        return self.port


class UnknownServiceError(PortmanError, KeyError):
    """A name that no service has: code "service-unknown"; the known names are its hint."""

    __str__ = PortmanError.__str__  # KeyError's would put the sentence in quotes

    def __init__(self, name: object, known: Iterable[str]) -> None:
        names = ", ".join(known)
        there_are = f"the services here are: {names}" if names else "there are no services here"
        super().__init__("service-unknown", f"no service {name!r}", hint=there_are)


class Services(Mapping[str, Port]):
    """Ports by the names of their services, in the manifest's order; cannot be changed.

    `services[name]` raises UnknownServiceError, which is a KeyError and a PortmanError.
    """

    def __init__(self, ports: Iterable[Port] = ()) -> None:
        self._ports = {one.name: one for one in ports}

    def __getitem__(self, name: str) -> Port:
        if name not in self._ports:
            raise UnknownServiceError(name, self._ports)
        return self._ports[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ports)

    def __len__(self) -> int:
        return len(self._ports)

    def __repr__(self) -> str:
        shown = ", ".join(f"{one.name}={one.port}" for one in self._ports.values())
        return f"{type(self).__name__}({shown})"


class Up(NamedTuple):
    """What `portman up` did: services by name, all variables, and what became of the files."""

    project: str
    checkout: str
    instance: str
    primary: bool
    services: Services
    env: Mapping[str, str]
    outputs: Mapping[str, str]
    warnings: tuple[Problem, ...] = ()


class Check(NamedTuple):
    """What `portman check` found. True if nothing is wrong, so that `if portman.check():` works."""

    services: Services
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether no port is in conflict and every output is up to date."""
        return not self.problems

    def __bool__(self) -> bool:
        return self.ok


def up(start: str = ".", instance: str = "", *, reassign: bool = False) -> Up:
    """Lease a port for every service, write the outputs, look at every port.

    Leases and outputs are made also when it raises because a port is taken, as by the command.
    Raises PortmanError with every problem in `problems`: port-taken, output-*, manifest-* ...
    """
    from portman.allocation.workspace import open_workspace
    from portman.commands.env import env_in
    from portman.commands.up import raise_up
    from portman.ledger.open import LedgersClosed

    with LedgersClosed():
        workspace = open_workspace(start, instance)
        report = raise_up(workspace, reassign=reassign)
        if report.errors:
            raise ProblemsError(report.errors)
        variables = _variables(env_in(workspace, "json"))
    data = report.data
    return Up(
        project=str(data["project"]),
        checkout=str(data["checkout"]),
        instance=str(data["instance"]),
        primary=bool(data["primary"]),
        services=_services(report),
        env=variables,
        outputs=MappingProxyType(
            {str(one["path"]): str(one["action"]) for one in _list(report, "outputs")}
        ),
        warnings=report.warnings,
    )


def ports(start: str = ".", instance: str = "") -> Services:
    """Return every service's port by name; what has none yet is leased. No file is written.

    It does not look who has the ports, so it takes a few milliseconds. Raises PortmanError.
    """
    from portman.allocation.workspace import open_workspace
    from portman.holders.json_view import service_view
    from portman.ledger.open import LedgersClosed

    with LedgersClosed():
        settled = open_workspace(start, instance).allocate()
    views = [service_view(one, None) for one in settled.decisions]
    return Services(map(_port, views))


def env(start: str = ".", instance: str = "") -> Mapping[str, str]:
    """Return every variable of the manifest with its value; leases what is missing.

    Raises PortmanError.
    """
    from portman.commands.env import env as work
    from portman.ledger.open import LedgersClosed

    with LedgersClosed():
        return _variables(work(start, instance=instance, form="json"))


def check(start: str = ".", instance: str = "") -> Check:
    """Judge every port and output, writing nothing; problems are values, not errors.

    Raises PortmanError only where nothing can be judged (no manifest, no usable ledger).
    """
    from portman.commands.up import check as work
    from portman.ledger.open import LedgersClosed

    with LedgersClosed():
        report = work(start, instance=instance)
    return Check(_services(report), report.errors, report.warnings)


def hold(*names: str, start: str = ".", instance: str = "") -> Hold:
    """Return a context in which the named services' ports (default: all) are held.

    The kernel gives them to no program, and a plain bind fails; a server that sets SO_REUSEADDR,
    as nearly all do, binds and listens as if the port were idle.
    """
    return Hold(names, start, instance)


class Hold(Services):
    """`with portman.hold("web") as held: start(held["web"].port)`. Also opened by hand.

    Entering does `up`'s work first. Raises PortmanError: port-taken, not-held (systems on which
    no server can bind a held port: everything but Linux), and all that `up` raises.
    """

    def __init__(self, names: tuple[str, ...], start: str = ".", instance: str = "") -> None:
        self._asked = (names, start, instance)
        self._holding: HeldPorts | None = None
        super().__init__()

    def __enter__(self) -> Self:
        from portman.commands.hold import prepare
        from portman.launch.facts import Refused
        from portman.ledger.open import LedgersClosed

        names, start, instance = self._asked
        try:
            with LedgersClosed():
                ready = prepare(start, names, instance=instance)
        except Refused as refused:
            raise ProblemsError(refused.report.errors) from None
        self._holding = ready.holding
        unjudged = {"verdict": None, "was": None, "holder": None}  # what `up` saw is past now
        self._ports = {one["name"]: _port({**one, **unjudged}) for one in ready.services}
        return self

    def __exit__(self, *_: object) -> None:
        for name in self._ports:
            self.release(name)
        self._holding = None

    def release(self, name: str) -> bool:
        """Let go of one service's ports before the end; return whether any was held."""
        return self._holding is not None and self._holding.release(name)


def _services(report: Report) -> Services:
    return Services(map(_port, _list(report, "services")))


def _variables(report: Report) -> Mapping[str, str]:
    found: dict[str, str] = report.data["env"]  # type: ignore[assignment]
    return MappingProxyType(found)


def _port(view: Mapping[str, Any]) -> Port:
    return Port(
        name=view["name"],
        port=view["port"],
        ports=tuple(view["ports"]),
        url=view["url"],
        host=view["host"],
        kind=view["kind"],
        protocols=tuple(view["protocols"]),
        variables=tuple(view["env"]),
        usual=view["usual"],
        verdict=view["verdict"],
        was=view["was"],
        holder=view["holder"],
    )


def _list(report: Report, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = report.data.get(key, [])  # type: ignore[assignment]
    return found
