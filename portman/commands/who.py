"""`portman who`: the chain from a socket to its meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.address import at, reach_of
from portman.base.errors import PortmanError, Problem, Report
from portman.base.values import LOCAL_SCOPE
from portman.holders.json_view import (
    claim_view,
    connections_of,
    former_view,
    holding_view,
    occupant_view,
)
from portman.ledger.open import readable_ledger

if TYPE_CHECKING:
    from portman.base.values import OwnedLease
    from portman.holders.find import Occupant
    from portman.holders.target import Target
    from portman.ledger.protocol import Ledger
    from portman.machine.sockets.model import Socket


def who(
    start: str, asked: str, *, instance: str = "", udp: bool = False, everywhere: bool = False
) -> Report:
    """Return everybody on a port, or on the ports of a service.

    Listeners and sockets that are only bound come first; where there is neither, the local ends
    of connections. The report has the error "port-idle" (exit 1) if nobody is there.
    """
    from portman.containers.claims import claims_on
    from portman.holders.find import find_occupants
    from portman.holders.target import find_target

    target = find_target(start, asked, instance=instance)
    if udp:
        target = target._replace(protocols=("udp",))
    require_port(target)
    ledger, unread = readable_ledger()
    everybody = find_occupants(target.pairs, ledger, everywhere=everywhere)
    there = [one for one in (_at_host(one, target.address.host) for one in everybody) if one]
    shown = _weightiest([one for one in there if one.role != "remains"])
    remains = sum(len(one.endpoints) for one in there if one.role == "remains")
    leases = leases_on(ledger, target)
    claims = () if shown else claims_on(target.pairs)
    data: dict[str, object] = {
        "asked": target.address.text,
        "host": target.address.host,
        "ports": list(target.ports),
        "protocols": list(target.protocols),
        "service": target.service,
        "checkout": target.checkout,
        "occupants": [occupant_view(one, connections_of(one, everybody)) for one in shown],
        "remains": remains,
        "leases": [holding_view(one) for one in leases],
        "former": [
            former_view(one)
            for port in target.ports
            for one in ledger.formers_of(LOCAL_SCOPE, port)
        ],
        "claims": [claim_view(one) for one in claims],
    }
    errors = () if shown else (_nobody(target, remains, leases),)
    return Report("who", data, errors, (*unread, *_warnings(shown)))


def require_port(target: Target) -> None:
    """Refuse an address without a port, and port 0, which nobody can have.

    Raises PortmanError "usage".
    """
    if not target.ports:
        raise PortmanError(
            "usage",
            f"{target.address.text} names no port",
            hint=f"portman who {at(target.address.host or 'localhost', 3000)}",
        )
    if 0 in target.ports:
        raise PortmanError(
            "usage",
            "nobody can have port 0: it stands for any port the system chooses",
            hint="portman explain 0",
        )


def leases_on(ledger: Ledger, target: Target) -> list[OwnedLease]:
    """Return the leases of the ports asked about, each once."""
    found = [ledger.lease_on(LOCAL_SCOPE, *pair) for pair in target.pairs]
    return list(dict.fromkeys(one for one in found if one is not None))


def answers_host(endpoint: Socket, host: str) -> bool:
    """Return whether a socket has to do with connections to `host` ("" stands for all)."""
    if not host or endpoint.address == host:
        return True
    reach = reach_of(host)
    if reach == "wildcard":
        return False
    if reach == "loopback" and not host[0].isdigit() and ":" not in host:
        return any(endpoint.answers(one) for one in ("127.0.0.1", "::1"))
    if reach == "name":
        from portman.diagnose.addresses import hosts_file

        return any(endpoint.answers(one) for one in hosts_file().get(host, ()))
    from portman.diagnose.addresses import is_local

    return endpoint.answers(host) and is_local(host)


def _at_host(one: Occupant, host: str) -> Occupant | None:
    sockets = tuple(socket for socket in one.endpoints if answers_host(socket, host))
    return one._replace(endpoints=sockets) if sockets else None


def _weightiest(there: list[Occupant]) -> list[Occupant]:
    """Leave out connections where somebody listens or is bound: they came through it."""
    settled = {
        (one.first.protocol, one.first.port, one.first.namespace)
        for one in there
        if one.role in ("listen", "bound")
    }
    return [
        one
        for one in there
        if one.role in ("listen", "bound")
        or (one.first.protocol, one.first.port, one.first.namespace) not in settled
    ]


def _nobody(target: Target, remains: int, leases: list[OwnedLease]) -> Problem:
    from portman.base.text import home_short
    from portman.holders.messages import home

    names = ", ".join(str(port) for port in target.ports)
    place = f"{target.service} ({names})" if target.service else target.address.text
    told = f"nobody is on {place}"
    if remains:
        told += f"; {remains} closed connections linger there for up to a minute (TIME_WAIT)"
    hint = f"portman explain {target.address.text} tells what this number is"
    if leases and not target.service:
        lease = leases[0]
        place = home_short(lease.record.path, home())
        told += f"; it is leased to {lease.lease.service} of {place}, which is not running"
    return Problem("port-idle", told, hint)


def _warnings(shown: list[Occupant]) -> tuple[Problem, ...]:
    """Say what root could see where a process is hidden."""
    hidden = [one for one in shown if one.pid is None]
    if not hidden:
        return ()
    port = hidden[0].first.port
    return (
        Problem(
            "process-hidden",
            f"the process on {port} belongs to another user, so its name and folder are hidden",
            f"sudo portman who {port}",
        ),
    )
