"""Observing ports on Linux: one dump of the socket tables, names only for sockets not seen before.

Finding the process behind a socket walks all of /proc (17 to 100 ms, experiment E5), so it is done
once for each socket: a socket's inode is its identity for as long as it is open.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from portman.machine.processes import linux as processes_linux
from portman.machine.sockets import tables as socket_table
from portman.machine.sockets.holders import find_holders
from portman.machine.sockets.model import EMBRYONIC
from portman.machine.sockets.observation import FREE, Observation

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
    return Observation(kernel="leftover") if rows else FREE


def _lives(pid: int | None) -> bool:
    return pid is None or os.path.exists(f"/proc/{pid}")


def _since(pid: int | None) -> float | None:
    facts = processes_linux.facts(pid) if pid is not None else None
    return None if facts is None else facts.started_at
