"""Every socket on a port through psutil: Windows, and macOS as root. Else macOS asks lsof.

Without root macOS shows only this user's sockets, and lsof's rows do not carry the other end.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from portman.machine.sockets.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.base.values import Holder, Transport
    from portman.machine.sockets.endpoint import Role

_ROLES: dict[str, Role] = {
    "listen": "listen",
    "bound": "bound",
    "client": "connection",
    "time-wait": "remains",
}


def find_endpoints(
    pairs: Iterable[tuple[str, int]],
    *,
    everywhere: bool = False,  # noqa: ARG001 - only Linux has network namespaces
) -> tuple[Endpoint, ...]:
    """Return the sockets that have one of the (protocol, port) pairs as their own."""
    from portman.machine.sockets.holders import find_holders

    asked = set(pairs)
    table = _table()
    if table is None:
        return tuple(_from_holder(one) for one in find_holders(asked))
    return tuple(one for one in table if (one.protocol, one.port) in asked)


def find_peers(pairs: Iterable[tuple[str, int]]) -> tuple[Endpoint, ...]:
    """Return the sockets connected to one of the (protocol, port) pairs, wherever that is."""
    asked = set(pairs)
    return tuple(one for one in _table() or () if (one.protocol, one.peer_port) in asked)


def _table() -> list[Endpoint] | None:
    """Return every socket of the machine; None where psutil may not see them."""
    import psutil

    try:
        rows = psutil.net_connections(kind="inet")
    except (psutil.Error, OSError):
        return None
    found = []
    for row in rows:
        if not row.laddr:
            continue
        protocol: Transport = "udp" if row.type == socket.SOCK_DGRAM else "tcp"
        state = str(row.status).lower().replace("_", "-")
        found.append(
            Endpoint(
                protocol=protocol,
                address=row.laddr.ip,
                port=row.laddr.port,
                role=role(protocol, state, connected=bool(row.raddr)),
                state=state,
                peer_address=row.raddr.ip if row.raddr else "",
                peer_port=row.raddr.port if row.raddr else 0,
                pids=(row.pid,) if row.pid else (),
            )
        )
    return found


def role(protocol: str, state: str, *, connected: bool) -> Role:
    """Return what a socket in psutil's `state` (lower case, with hyphens) does."""
    if state == "time-wait":
        return "remains"
    if connected:
        return "connection"
    return "listen" if protocol == "udp" or state == "listen" else "bound"


def _from_holder(holder: Holder) -> Endpoint:
    return Endpoint(
        protocol=holder.protocol,
        address=holder.address,
        port=holder.port,
        role=_ROLES[holder.state],
        state=holder.state,
        uid=holder.uid,
        pids=() if holder.pid is None else (holder.pid,),
    )
