"""What one look shows of one port."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from portman.base.values import Holder


class Observation(NamedTuple):
    """Who serves or holds a port. `since` is when that process started, in Unix seconds.

    `connections` counts those a server accepted; None where the platform does not tell.
    `kernel` is the word of `portman.machine.sockets.probing.Occupancy` where no server is seen.
    """

    holders: tuple[Holder, ...] = ()
    since: float | None = None
    connections: int | None = 0
    kernel: str = "free"


FREE = Observation()
