"""Who is on each port, look after look: for screens that follow them."""

from __future__ import annotations

import os
import sys

from portman.base.holder import SERVING, weightiest_first
from portman.base.record import NamedTuple
from portman.containers.claims import name_containers
from portman.holders.find import name_sockets
from portman.machine.sockets.listing import look_at, with_owners

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.base.holder import Holder, Socket

Pair = tuple[str, int]


class PortUse(NamedTuple):
    """What is on a port in one frame.

    `connections` counts those a server accepted; None where the platform does not show them.
    `kernel` is the word of machine/sockets/model.py:Occupancy, which counts where no server is.
    """

    holders: tuple[Holder, ...] = ()
    connections: int | None = 0
    kernel: str = "holder"


class HolderCache:
    """Who serves each port, frame after frame: one look at the socket table for each.

    Finding the process of a socket walks all of /proc (17 to 100 ms, decision 0009), so it is done
    once for each socket: its inode is its identity while it is open. `walks` counts how often.
    """

    def __init__(self) -> None:
        self._known: dict[object, Holder] = {}
        self._sockets: list[Socket] = []
        self._uses: dict[Pair, PortUse] = {}
        self.walks = 0

    def forget(self) -> None:
        self._known.clear()

    def look(self, pairs: list[Pair]) -> dict[Pair, PortUse]:
        """Return what is on each (protocol, port) now; an idle pair is left out.

        It is the very answer of the last look while nothing has changed.
        """
        sockets = look_at(pairs)
        learnt = self._learn([one for one in sockets if _serves(one)])
        if learnt or sockets != self._sockets:
            table: dict[Pair, list[Socket]] = {}
            for socket in sockets:
                table.setdefault(socket.pair, []).append(socket)
            self._uses = {pair: self._use(found) for pair, found in table.items()}
        self._sockets = sockets
        return self._uses

    def _use(self, sockets: list[Socket]) -> PortUse:
        serving = [one for one in sockets if _serves(one)]
        live = sum(one.state == "client" for one in sockets)
        if not serving:
            return PortUse(kernel="client" if live else "lingering")
        holders = weightiest_first([self._known[_identity(one)] for one in serving])
        return PortUse(tuple(holders), live if sys.platform == "linux" else None)

    def _learn(self, serving: list[Socket]) -> bool:
        """Name the sockets that are new, or whose process has ended; forget those that closed.

        Return whether any was named.
        """
        open_now = {_identity(one) for one in serving}
        self._known = {
            key: one for key, one in self._known.items() if key in open_now and _lives(one.pid)
        }
        fresh = [one for one in serving if _identity(one) not in self._known]
        if not fresh:
            return False
        self.walks += 1
        for holder in name_containers(name_sockets(with_owners(fresh))):
            # The accept queue changes from frame to frame.
            first = holder.first._replace(waiting=0, backlog=0)
            self._known[_identity(holder.first)] = holder._replace(sockets=(first,))
        return True


def _serves(socket: Socket) -> bool:
    return socket.state in SERVING


def _identity(socket: Socket) -> object:
    return socket.inode or (*socket[:4], socket.pids)


def _lives(pid: int | None) -> bool:
    return pid is None or sys.platform != "linux" or os.path.exists(f"/proc/{pid}")
