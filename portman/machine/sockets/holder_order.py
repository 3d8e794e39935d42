"""Which of several holders of a port is the one to name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.base.values import Holder

_STATES = ("listen", "bound", "client", "time-wait")


def weightiest_first(holders: Iterable[Holder]) -> list[Holder]:
    """Return each holder once, port by port; who listens first, who has a pid before who has not.

    Connections and remains of a port that somebody listens on are dropped: they came through
    the listener.
    """
    each = list(dict.fromkeys(holders))
    served = {(holder.protocol, holder.port) for holder in each if holder.state == "listen"}
    telling = [
        holder
        for holder in each
        if holder.state in {"listen", "bound"} or (holder.protocol, holder.port) not in served
    ]
    return sorted(telling, key=lambda holder: (holder.protocol, holder.port, *_weight(holder)))


def _weight(holder: Holder) -> tuple[int, bool, int, str]:
    return (
        _STATES.index(holder.state),
        holder.pid is None,
        holder.pid or 0,
        holder.address,
    )
