"""Which port is meant: a number, an address, or the name of a service."""

from __future__ import annotations

from portman.base.address import Address, at, parse_address
from portman.base.errors import PortmanError
from portman.base.record import NamedTuple
from portman.base.values import COMMON_HOSTS, LOCAL_SCOPE

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.allocation.workspace import Workspace
    from portman.base.values import Lease, OwnedLease, Transport
    from portman.ledger.protocol import Ledger


class Target(NamedTuple):
    """What a command was asked about.

    `service` and `checkout` are set where a service of the manifest was named; then `ports` has
    all of its ports. `host` is the service's own address, "" for the usual ones.
    """

    address: Address
    ports: tuple[int, ...]
    protocols: tuple[Transport, ...]
    service: str | None = None
    checkout: str | None = None
    host: str = ""

    @property
    def pairs(self) -> list[tuple[str, int]]:
        return [(protocol, port) for protocol in self.protocols for port in self.ports]


def find_target(
    start: str, text: str, *, instance: str = "", registry: bool = True, pid: int | None = None
) -> Target:
    """Return what `text` means here, or the one port on which process `pid` listens.

    A name is a service of the manifest above `start`; else, with `registry`, a name that IANA
    registered ("postgresql"). Raises PortmanError: usage, service-unknown, lease-missing, and as
    `open_workspace` does where only a manifest could tell.
    """
    if pid is not None or not text:
        return _of_process(text, pid)
    address = parse_address(text)
    if address.name:
        return _named(start, address, instance, registry=registry)
    protocols: tuple[Transport, ...] = (address.protocol,) if address.protocol else ("tcp", "udp")
    ports = () if address.port is None else (address.port,)
    return Target(address, ports, protocols)


def _of_process(text: str, pid: int | None) -> Target:
    from portman.machine.sockets.listing import list_listeners

    if pid is None or text:
        said = "give an address or --pid, not both" if text else "which port? none was given"
        raise PortmanError("usage", said, hint="see every listener of yours: portman who")
    found = [one for one in list_listeners(()) if pid in one.pids]
    ports = sorted({one.port for one in found})
    if not ports:
        raise PortmanError("port-idle", f"process {pid} listens on no TCP port that is shown here")
    if len(ports) > 1:
        named = ", ".join(map(str, ports))
        hint = f"see them: portman who --pid {pid}"
        raise PortmanError(
            "usage", f"process {pid} listens on {named}: name one of them", hint=hint
        )
    hosts = {one.address for one in found}
    text = at(hosts.pop(), ports[0]) if len(hosts) == 1 else str(ports[0])
    return Target(parse_address(text), tuple(ports), ("tcp",))


def require_port(target: Target) -> None:
    """Refuse an address without a port, and port 0. Raises PortmanError "usage"."""
    if not target.ports:
        raise PortmanError(
            "usage",
            f"{target.address.text} has no port",
            hint=f"portman who {at(target.address.host or 'localhost', 3000)}",
        )
    if 0 in target.ports:
        raise PortmanError(
            "usage",
            "no program can have port 0: it means any port that the system chooses",
            hint="portman explain 0",
        )


def exact_target(target: Target, *, udp: bool) -> Target:
    """Return the target with one protocol: TCP unless asked otherwise.

    Raises PortmanError "usage" for addresses that no listener here can have.
    """
    require_port(target)
    if udp:
        return target._replace(protocols=("udp",))
    if len(target.protocols) == 2 and target.service is None:
        return target._replace(protocols=("tcp",))
    return target


def leases_on(ledger: Ledger, target: Target) -> list[OwnedLease]:
    found = [ledger.lease_on(LOCAL_SCOPE, *pair) for pair in target.pairs]
    return list(dict.fromkeys(one for one in found if one is not None))


def _named(start: str, address: Address, instance: str, *, registry: bool) -> Target:
    from portman.allocation.workspace import open_workspace

    try:
        workspace = open_workspace(start, instance)
    except PortmanError as error:
        registered = _registered(address) if registry else None
        if registered is None or error.code != "manifest-missing":
            raise _no_manifest(address.name, error) from error
        return registered
    service = workspace.manifest.service(address.name)
    if service is None:
        registered = _registered(address) if registry else None
        if registered is None:
            raise workspace.unknown(address.name)
        return registered
    lease = _lease(workspace, address.name)
    return Target(
        address._replace(port=lease.port),
        lease.ports,
        lease.protocols,
        service=address.name,
        checkout=workspace.checkout.path,
        host="" if service.host in COMMON_HOSTS else service.host,
    )


def _lease(workspace: Workspace, name: str) -> Lease:
    from portman.allocation.leases import read_leases

    lease = read_leases(workspace).get(name)
    if lease is None:
        raise PortmanError(
            "lease-missing", f"{name} has no port yet", hint="portman up", service=name
        )
    return lease


def _registered(address: Address) -> Target | None:
    from portman.machine.port_range import port_named

    port = port_named(address.name)
    if port is None:
        return None
    return Target(address._replace(port=port), (port,), ("tcp", "udp"))


def _no_manifest(name: str, error: PortmanError) -> PortmanError:
    if error.code != "manifest-missing":
        return error
    return PortmanError(
        "service-unknown",
        f"{name!r} is not a port, and there is no ports.toml here that may have that service",
        hint="give a port or an address (3000, 127.0.0.1:3000), or start in a checkout: -C DIR",
    )
