"""Frozen values that cross module edges, in the words of the manual."""

from __future__ import annotations

from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    Transport = Literal["tcp", "udp"]
    Kind = Literal["service", "container"]
    OnConflict = Literal["fail", "reassign"]
    Verdict = Literal[
        "idle", "running", "taken", "reserved", "lingering", "claimed", "excluded", "privileged"
    ]


#: The port space of this machine. A remote engine has a space of its own.
LOCAL_SCOPE = "local"

#: Addresses that every server of this machine, or every client, may mean: such a service is
#: probed on all of them. Any other `host` is probed alone.
COMMON_HOSTS = frozenset({"127.0.0.1", "localhost", "0.0.0.0", "::"})  # noqa: S104

#: The formats that variables are written in; outputs/formats.py has the function of each.
FORMATS = ("dotenv", "json", "make", "shell", "fish", "powershell", "github")
#: The formats of routes by host name, for a proxy (names/layout.py).
PROXIES = ("caddy", "traefik", "nginx", "portless")
#: The format of an output that is made from a template of the project's own.
TEMPLATE = "template"


class EnvFile(NamedTuple):
    """`env_file` of a service: a dotenv file with its own variables and some of the project's.

    `path` is relative to the checkout here. `only` None: all of `[env]`.
    """

    path: str
    only: tuple[str, ...] | None = None
    rename: tuple[tuple[str, str], ...] = ()
    quote: Literal["none", "single"] = "none"


class Service(NamedTuple):
    """One `[services.*]` or `[containers.*]` entry, defaults filled in.

    `size` is the key `count` of the manifest (a NamedTuple has a method of that name).
    `host_given`: the manifest names the host, so that no other file's address counts.
    `env` are the variables for the whole project; `own` are those for this service's own env file
    and its own `run` alone, () where the two are the same (manifest/scopes.py).
    """

    name: str
    kind: Kind = "service"
    usual: int | None = None
    fixed: bool = False
    protocols: tuple[Transport, ...] = ("tcp",)
    size: int = 1
    env: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    on_conflict: OnConflict = "fail"
    target: int | None = None
    compose: str | None = None
    activation: bool = False
    hold: bool = True
    dir: str = ""
    host_given: bool = False
    own: tuple[str, ...] = ()
    env_file: EnvFile | None = None

    def variables(self) -> tuple[tuple[str, int], ...]:
        """Return every variable name with the position (0-based) of the port it carries."""
        return tuple(
            (name if position == 0 else f"{name}_{position + 1}", position)
            for position in range(self.size)
            for name in self.env
        )

    def url_at(self, port: int) -> str:
        return url(self.host, port, self.target or self.usual, self.protocols)

    def own_variables(self) -> tuple[tuple[str, int], ...]:
        """Return `variables` as this service's own env file and its own `run` have them."""
        return self._replace(env=self.own or self.env).variables()


class Output(NamedTuple):
    """One `[[output]]`: a file that programs read. `path` is relative, with `/`.

    `template` is the file it is made from (relative too); its format is then TEMPLATE.
    `rename` are pairs (name in this file, variable of the project); `services` are those whose
    own variables the file has (`env_file`).
    """

    path: str
    format: str = "dotenv"
    only: tuple[str, ...] | None = None
    quote: Literal["none", "single"] = "none"
    template: str | None = None
    rename: tuple[tuple[str, str], ...] = ()
    services: tuple[str, ...] = ()


class Link(NamedTuple):
    """One `[links]` entry: another project's checkout, whose leases `[env]` may name.

    `path` is as the manifest has it: relative to this checkout, absolute, or from `~`.
    """

    name: str
    path: str
    instance: str = ""


class NameRules(NamedTuple):
    """`[names]`: how host names of services are made, and where the proxy for them listens.

    `port` None: the lease of this machine's own proxy. `first` is the label of the first
    checkout, "" for none. `only` None: services that may speak HTTP.
    """

    domain: str = "localhost"
    https: bool = False
    port: int | None = None
    first: str = ""
    only: tuple[str, ...] | None = None


class Manifest(NamedTuple):
    """A valid ports.toml (with ports.local.toml merged over it)."""

    name: str | None = None
    services: tuple[Service, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    outputs: tuple[Output, ...] = (Output(".env"),)
    pool: tuple[int, int] | None = None
    compose_files: tuple[str, ...] = ()
    compose_override: str | None = None
    links: tuple[Link, ...] = ()
    compose_share: tuple[str, ...] = ()
    compose_isolate: bool = True
    names: NameRules = NameRules()

    def service(self, name: str) -> Service | None:
        return next((service for service in self.services if service.name == name), None)


class Checkout(NamedTuple):
    """Who asks: the real path of the manifest's folder, and an optional instance.

    `primary` is None where only the ledger can tell (a worktree of a bare repository:
    the first checkout that asks is the primary one).
    """

    path: str
    instance: str = ""
    project: str = ""
    primary: bool | None = True
    repository: str | None = None

    def own_path(self, path: str) -> str:
        """Return the path that an output has for this instance.

        `.env` -> `.env.ci`, `web/.env.local` -> `web/.env.local.ci`, `a.json` -> `a.ci.json`.
        """
        if not self.instance:
            return path
        folder, slash, name = path.rpartition("/")
        stem, dot, ending = name.rpartition(".")
        if not stem or stem.startswith("."):
            return f"{path}.{self.instance}"
        return f"{folder}{slash}{stem}.{self.instance}{dot}{ending}"


class Lease(NamedTuple):
    """`size` consecutive ports from `port` on, in every protocol of `protocols`."""

    service: str
    port: int
    size: int = 1
    protocols: tuple[Transport, ...] = ("tcp",)
    given_at: int = 0

    @property
    def ports(self) -> tuple[int, ...]:
        return tuple(range(self.port, self.port + self.size))

    def keys(self) -> tuple[tuple[Transport, int], ...]:
        if self.size == 1 == len(self.protocols):
            return ((self.protocols[0], self.port),)
        ports = range(self.port, self.port + self.size)
        return tuple((protocol, port) for protocol in self.protocols for port in ports)


class CheckoutRecord(NamedTuple):
    """A checkout as the ledger knows it.

    `place` is evidence of its folder (machine/mounts), "" in records of an old ledger.
    """

    path: str
    instance: str = ""
    project: str = ""
    primary: bool = True
    repository: str | None = None
    user: str = ""
    made_at: int = 0
    used_at: int = 0
    place: str = ""


class OwnedLease(NamedTuple):
    """A lease together with the checkout that has it, and its port space."""

    record: CheckoutRecord
    lease: Lease
    scope: str = LOCAL_SCOPE


class ContainerFacts(NamedTuple):
    """What is worth knowing about the container behind a port. No environment values, ever."""

    name: str
    id: str = ""
    image: str = ""
    state: str = ""
    project: str | None = None
    folder: str | None = None
    compose_service: str | None = None
    checkout: str | None = None
    service: str | None = None
    #: The tool that made it and what that calls it: ("Supabase project", "shop").
    tool: tuple[str, str] | None = None
    #: When it was made, in whole seconds by the engine's clock; 0 if the engine did not say.
    created: int = 0
    #: Where its engine listens, if the docker command does not ask that one here.
    engine: str = ""

    @property
    def docker(self) -> tuple[str, ...]:
        return ("docker", "-H", self.engine) if self.engine else ("docker",)


class Claim(NamedTuple):
    """A fixed host port binding of a container, running or stopped."""

    protocol: Transport
    port: int
    address: str
    container: ContainerFacts


#: Hosts that a client on this machine reaches as `localhost`. 127.0.0.2 is not among them.
_LOCAL_HOSTS = frozenset(("127.0.0.1", "::1", "localhost", "0.0.0.0", "::"))  # noqa: S104


#: Ports by which programs that speak no HTTP are known -> the scheme of their URLs, "tcp" where
#: none is in use. What data/programs.tsv has is the same there, as a test compares.
SCHEMES = {
    22: "ssh", 443: "https", 8443: "https", 1025: "smtp", 1433: "sqlserver",
    1883: "mqtt", 2181: "tcp", 3306: "mysql", 3307: "mysql", 4222: "nats",
    5432: "postgresql", 5433: "postgresql", 5671: "amqps",
    5672: "amqp", 6379: "redis", 6380: "redis", 7233: "grpc", 9042: "tcp", 9092: "tcp",
    11211: "tcp", 26257: "postgresql", 27017: "mongodb", 50051: "grpc", 61616: "tcp",
}  # fmt: skip


def url(host: str, port: int, known: int | None = None, protocols: Sequence[str] = ("tcp",)) -> str:
    """Return the URL by which a program of this machine reaches a service bound to `host`.

    Its scheme is that of the `known` port: the one inside a container, or the usual one; of a
    service without TCP it is udp.
    """
    name = "localhost" if host in _LOCAL_HOSTS else f"[{host}]" if ":" in host else host
    scheme = SCHEMES.get(known or 0, "http") if "tcp" in protocols else "udp"
    return f"{scheme}://{name}:{port}"
