"""Every socket on a port, any state, and the processes behind it: the kernel's tables, then /proc.

Both rows of a connection within this machine are told: `find_endpoints` gives the sockets whose
own port it is, `find_peers` those at the other end (E14).
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from portman.base.values import Holder
from portman.machine.processes import cgroups
from portman.machine.processes import linux as processes_linux
from portman.machine.sockets import owners as socket_owners
from portman.machine.sockets import tables as socket_table
from portman.machine.sockets.model import EMBRYONIC, FREE, Observation, Socket, weightiest_first

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.machine.sockets.model import Role, SocketRow

assert sys.platform == "linux"  # for the type checker, on other platforms


def find_endpoints(
    pairs: Iterable[tuple[str, int]], *, everywhere: bool = False
) -> tuple[Socket, ...]:
    """Return the sockets that have one of the (protocol, port) pairs as their own.

    `everywhere` looks into the other network namespaces too, as far as /proc shows them.
    """
    asked = list(pairs)
    found = [("", row) for row in socket_table.look(asked)]
    if everywhere:
        from portman.machine.sockets.namespaces import look_elsewhere

        found += look_elsewhere(asked)
    return _owned(found)


def find_peers(pairs: Iterable[tuple[str, int]]) -> tuple[Socket, ...]:
    """Return the sockets connected to one of the (protocol, port) pairs, wherever that is."""
    return _owned([("", row) for row in socket_table.peers(pairs)])


def _owned(found: list[tuple[str, SocketRow]]) -> tuple[Socket, ...]:
    told = [(space, row) for space, row in found if row.state not in EMBRYONIC]
    pids = socket_owners.owners(((row.inode, row.uid) for _, row in told), thorough=True)
    return tuple(_endpoint(row, tuple(pids.get(row.inode, ())), space) for space, row in told)


def _endpoint(row: SocketRow, pids: tuple[int, ...], namespace: str) -> Socket:
    return Socket(
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


# Who has these ports now: the kernel's socket tables, then one walk of /proc for the names.

assert sys.platform == "linux"  # for the type checker, on other platforms


def find_holders(pairs: Iterable[tuple[str, int]]) -> list[Holder]:
    """Return everybody who has one of the (protocol, port) pairs, the weightiest first.

    States: "listen" (also an unconnected UDP socket, which a server and a hold both have),
    "bound", "client" (the local end of a connection, where nothing listens on the port), and
    "time-wait" (what a closed connection left; no process). Connections that a listener accepted
    are not told apart from it. Another user's process is named by uid, user and unit, without
    pid, unless root asks. Sockets of other network namespaces are not seen, nor are those of a
    port that is merely translated (NAT).
    """
    asked = list(pairs)
    rows = _weighty(socket_table.look(asked)) if asked else []
    pids = socket_owners.owners((row.inode, row.uid) for row in rows)
    hidden = {row.cgroup for row in rows if row.cgroup and not pids.get(row.inode)}
    paths = cgroups.paths_by_id(hidden)
    known: dict[int, Holder] = {}
    found: list[Holder] = []
    for row in rows:
        owner = next(iter(pids.get(row.inode, ())), None)
        person = _unseen(row, paths) if owner is None else known.setdefault(owner, _seen(owner))
        found.append(_placed(person, row))
    return weightiest_first(found)


def state(row: SocketRow) -> str:
    """Return the word of `Holder.state` for a socket."""
    if row.receives:
        return "listen"
    if row.state == "bound":
        return "bound"
    return "time-wait" if row.remains else "client"


def _weighty(rows: Iterable[SocketRow]) -> list[SocketRow]:
    """Drop connections of ports that are listened on, to look for no process that is not named."""
    told = [row for row in rows if row.state not in EMBRYONIC]
    served = {(row.protocol, row.port) for row in told if state(row) == "listen"}
    return [
        row
        for row in told
        if state(row) in {"listen", "bound"} or (row.protocol, row.port) not in served
    ]


def _seen(pid: int) -> Holder:
    told = processes_linux.facts(pid)
    return Holder(pid=pid) if told is None else told.holder()


def _unseen(row: SocketRow, paths: dict[int, str]) -> Holder:
    if row.remains:
        return Holder()  # the kernel gives uid 0 for what no process has: not news
    unit = cgroups.unit(paths.get(row.cgroup or 0))
    return Holder(uid=row.uid, user=processes_linux.user_name(row.uid), unit=unit)


def _placed(holder: Holder, row: SocketRow) -> Holder:
    return holder._replace(
        protocol=row.protocol, address=row.address, port=row.port, state=state(row)
    )


# Observing ports on Linux: one dump of the socket tables, names only for sockets not seen before.
#
# Finding the process behind a socket walks all of /proc (17 to 100 ms, experiment E5), so it is done
# once for each socket: a socket's inode is its identity for as long as it is open.

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from portman.base.values import Holder
    from portman.machine.sockets.model import SocketRow

    Name = Callable[[list[Holder]], list[Holder]]


assert sys.platform == "linux"  # for the type checker, on other platforms

Pair = tuple[str, int]


class _Known(NamedTuple):
    holder: Holder
    since: float | None


class Observer:
    """Remembers who has each socket. `walks` counts the looks through /proc.

    `name` adds what is not in /proc to holders just found: the container behind a forwarder.
    """

    def __init__(self, name: Name = list) -> None:
        self._name = name
        self._known: dict[int, _Known] = {}
        self.walks = 0

    def observe(self, pairs: Iterable[Pair]) -> dict[Pair, Observation]:
        """Return what is on each (protocol, port) now; a pair with nothing on it is left out."""
        rows: dict[Pair, list[SocketRow]] = {}
        for row in socket_table.look(pairs):
            if row.state not in EMBRYONIC:
                rows.setdefault((row.protocol, row.port), []).append(row)
        self._learn([row for seen in rows.values() for row in seen if _serves(row)])
        return {pair: self._told(seen) for pair, seen in rows.items()}

    def _told(self, rows: list[SocketRow]) -> Observation:
        serving = [row for row in rows if _serves(row)]
        if not serving:
            return _without_server(rows)
        known = [self._known[row.inode] for row in serving if row.inode in self._known]
        since = next((one.since for one in known if one.since is not None), None)
        live = sum(not _serves(row) and not row.remains for row in rows)
        return Observation(tuple(one.holder for one in known), since, live, "holder")

    def _learn(self, serving: list[SocketRow]) -> None:
        """Name the sockets that are new, or whose process has ended; forget those that closed."""
        inodes = {row.inode for row in serving}
        self._known = {
            inode: one
            for inode, one in self._known.items()
            if inode in inodes and _lives(one.holder.pid)
        }
        fresh = [row for row in serving if row.inode not in self._known]
        if not fresh:
            return
        self.walks += 1
        named = {
            (one.protocol, one.port, one.address): one
            for one in reversed(
                self._name(find_holders({(row.protocol, row.port) for row in fresh}))
            )
        }
        for row in fresh:
            holder = named.get((row.protocol, row.port, row.address))
            if holder is not None:
                self._known[row.inode] = _Known(holder, _since(holder.pid))


def _serves(row: SocketRow) -> bool:
    return row.receives or row.state == "bound"


def _without_server(rows: list[SocketRow]) -> Observation:
    if any(not row.remains for row in rows):
        return Observation(kernel="client")
    return Observation(kernel="lingering") if rows else FREE


def _lives(pid: int | None) -> bool:
    return pid is None or os.path.exists(f"/proc/{pid}")


def _since(pid: int | None) -> float | None:
    facts = processes_linux.facts(pid) if pid is not None else None
    return None if facts is None else facts.started_at
