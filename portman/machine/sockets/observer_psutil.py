"""Observing ports elsewhere: every look asks the system's own tool anew; never run here.

Connections of a port that somebody listens on are not told apart there, so none are counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.machine.processes import facts
from portman.machine.sockets.holders import find_holders
from portman.machine.sockets.observation import Observation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from portman.base.values import Holder

    Name = Callable[[list[Holder]], list[Holder]]

Pair = tuple[str, int]


class Observer:
    """Remembers when each process started."""

    def __init__(self, name: Name = list) -> None:
        self._name = name
        self._since: dict[int, float | None] = {}
        self.walks = 0

    def observe(self, pairs: Iterable[Pair]) -> dict[Pair, Observation]:
        """Return what is on each (protocol, port) now; a pair with nothing on it is left out."""
        found: dict[Pair, list[Holder]] = {}
        for holder in self._name(find_holders(pairs)):
            found.setdefault((holder.protocol, holder.port), []).append(holder)
        return {pair: self._told(holders) for pair, holders in found.items()}

    def _told(self, holders: list[Holder]) -> Observation:
        serving = tuple(one for one in holders if one.state in ("listen", "bound"))
        if not serving:
            live = any(one.state == "client" for one in holders)
            return Observation(kernel="client" if live else "leftover")
        return Observation(serving, self._started(serving[0].pid), None, "holder")

    def _started(self, pid: int | None) -> float | None:
        if pid is None:
            return None
        if pid not in self._since:
            told = facts(pid)
            self._since[pid] = told.started_at if told else None
        return self._since[pid]
