"""Who has these ports now: the kernel's socket tables, then one walk of /proc for the names."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from portman.base.values import Holder
from portman.machine.processes import cgroups
from portman.machine.processes import linux as processes_linux
from portman.machine.sockets import owners as socket_owners
from portman.machine.sockets import tables as socket_table
from portman.machine.sockets.holder_order import weightiest_first
from portman.machine.sockets.model import EMBRYONIC

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.machine.sockets.model import SocketRow

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
