"""The sockets on a port with the processes that have them: the one list all commands share.

`list_sockets` is a look at the system's socket table, then at the owners of what was found.
`read_table` and `with_owners` are its two halves, for who looks often and knows most owners.
"""

from __future__ import annotations

import sys

from portman.base.holder import Socket
from portman.machine.sockets import probe

if sys.platform == "linux":
    from portman.machine.processes.linux import socket_owners
    from portman.machine.sockets.tables import (
        forget,
        read_listeners,
        read_peers,
        read_table,
        why_unknown,
    )
else:
    from portman.machine.sockets.listing_portable import (
        forget,
        read_listeners,
        read_peers,
        read_table,
        why_unknown,
    )

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "forget",
    "list_listeners",
    "list_peers",
    "list_sockets",
    "look_at",
    "read_listeners",
    "read_table",
    "why_unknown",
    "with_owners",
]

#: The state of a socket that must be there, since its port is busy, where no table could be read.
UNKNOWN = "unknown"

#: Processes of one socket whose facts are of interest; a server may fork thousands.
_MOST_SHARERS = 64


def list_sockets(
    pairs: Iterable[tuple[str, int]], *, thorough: bool = False, everywhere: bool = False
) -> list[Socket]:
    """Return the sockets whose own port is one of the (protocol, port) pairs, with their pids.

    Usually connections that came in through a listener are left out, and the search ends with
    the likeliest server of each socket. `thorough` lists all of them, with every process that
    shares one. `everywhere` looks into other network namespaces too, as far as /proc shows them.
    Ports that are merely translated (NAT) have no socket.
    """
    found = look_at(pairs, everywhere=everywhere)
    return with_owners(found if thorough else without_served(found), thorough=thorough)


def look_at(pairs: Iterable[tuple[str, int]], *, everywhere: bool = False) -> list[Socket]:
    """Return the sockets on the pairs, owners not looked for yet on Linux.

    A busy port of which the system would not say what is on it has a socket of state UNKNOWN.
    """
    asked = list(pairs)
    found = read_table(asked, everywhere=everywhere)
    if not why_unknown():
        return found
    seen = {one.pair for one in found}
    return found + [
        Socket("udp" if protocol == "udp" else "tcp", "", port, "listen", UNKNOWN)
        for protocol, port in asked
        if (protocol, port) not in seen and probe(port, protocol) == "busy"
    ]


def list_peers(pairs: Iterable[tuple[str, int]]) -> list[Socket]:
    return with_owners(read_peers(pairs), thorough=True)


def list_listeners(pairs: Iterable[tuple[str, int]]) -> list[Socket]:
    """Return every TCP listener where the system lists them at once, else those on the pairs."""
    return with_owners(read_listeners(pairs))


def with_owners(found: Iterable[Socket], *, thorough: bool = False) -> list[Socket]:
    """Return the sockets with their processes; outside Linux the table names them already.

    On Linux that is one walk of /proc: 17 to 100 ms (decision 0009).
    """
    each = list(found)
    if sys.platform == "linux":
        pids = socket_owners(((one.inode, one.uid) for one in each), thorough=thorough)
        each = [one._replace(pids=tuple(pids.get(one.inode, ())[:_MOST_SHARERS])) for one in each]
    return each


def without_served(found: Iterable[Socket]) -> list[Socket]:
    """Leave out connections and remains of ports with a listener: it has accepted them."""
    each = list(found)
    served = {one.pair for one in each if one.state == "listen"}
    return [one for one in each if one.state in ("listen", "bound") or one.pair not in served]
