"""Every socket on a port, any state, and the processes behind it: the kernel's tables, then /proc.

Both rows of a connection within this machine are told: `find_endpoints` gives the sockets whose
own port it is, `find_peers` those at the other end (E14).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from portman.machine.sockets import owners as socket_owners
from portman.machine.sockets import tables as socket_table
from portman.machine.sockets.endpoint import Endpoint
from portman.machine.sockets.model import EMBRYONIC

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.machine.sockets.endpoint import Role
    from portman.machine.sockets.model import SocketRow

assert sys.platform == "linux"  # for the type checker, on other platforms


def find_endpoints(
    pairs: Iterable[tuple[str, int]], *, everywhere: bool = False
) -> tuple[Endpoint, ...]:
    """Return the sockets that have one of the (protocol, port) pairs as their own.

    `everywhere` looks into the other network namespaces too, as far as /proc shows them.
    """
    asked = list(pairs)
    found = [("", row) for row in socket_table.look(asked)]
    if everywhere:
        from portman.machine.sockets.namespaces import look_elsewhere

        found += look_elsewhere(asked)
    return _owned(found)


def find_peers(pairs: Iterable[tuple[str, int]]) -> tuple[Endpoint, ...]:
    """Return the sockets connected to one of the (protocol, port) pairs, wherever that is."""
    return _owned([("", row) for row in socket_table.peers(pairs)])


def _owned(found: list[tuple[str, SocketRow]]) -> tuple[Endpoint, ...]:
    told = [(space, row) for space, row in found if row.state not in EMBRYONIC]
    pids = socket_owners.owners(((row.inode, row.uid) for _, row in told), thorough=True)
    return tuple(_endpoint(row, tuple(pids.get(row.inode, ())), space) for space, row in told)


def _endpoint(row: SocketRow, pids: tuple[int, ...], namespace: str) -> Endpoint:
    return Endpoint(
        protocol=row.protocol,
        address=row.address,
        port=row.port,
        role=_role(row),
        state=row.state,
        peer_address=row.peer_address,
        peer_port=row.peer_port,
        uid=None if row.remains else row.uid,
        inode=row.inode,
        cgroup=row.cgroup,
        v6only=row.v6only,
        waiting=row.waiting,
        backlog=row.backlog,
        pids=pids,
        namespace=namespace,
    )


def _role(row: SocketRow) -> Role:
    if row.receives:
        return "listen"
    if row.state == "bound":
        return "bound"
    return "remains" if row.remains else "connection"
