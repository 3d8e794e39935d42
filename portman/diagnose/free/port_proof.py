"""Is the port free now, and if not, what is left: the proof that ends `portman free`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal, NamedTuple

from portman.base.errors import Problem
from portman.base.text import who

if TYPE_CHECKING:
    from collections.abc import Collection

    from portman.holders.occupant import Occupant
    from portman.holders.target import Target

#: Seconds in which whoever restarts a server would have done so.
_RESTART = 0.5

#: "leftover": remains of connections that let nearly every server start. "lingering": remains
#: that let none start, for up to 60 s. "client": the near end of a live connection. "taken":
#: somebody listens. "held": somebody else has it without listening.
State = Literal["free", "leftover", "lingering", "client", "held", "taken"]


class Proof(NamedTuple):
    """What the port is now, and who is on it."""

    state: State
    left: tuple[Occupant, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def fine(self) -> bool:
        """Return whether a server can start there."""
        return self.state in ("free", "leftover")

    def problem(self, target: Target, planned: Collection[int] = ()) -> Problem:
        """Return the error that says what is left."""
        place = target.service or target.address.text
        if self.state == "lingering":
            return Problem(
                "free-failed",
                f"nobody listens on {place}, but remains of closed connections (TIME_WAIT) keep "
                "every server away",
                "wait up to 60 seconds; nothing can be done about them",
            )
        one = self.left[0] if self.left else None
        if one is None:
            return Problem(
                "free-failed",
                f"{place} is still taken, by something that is not shown",
                f"sudo portman who {target.ports[0]}",
            )
        return _still(self.state, one, place, planned)


def prove(target: Target, *, settled: bool = False) -> Proof:
    """Look at the port. With `settled`, give a supervisor the time to start its server again."""
    from portman.diagnose.free.targets import is_target
    from portman.holders.find import find_occupants
    from portman.ledger.open import readable_ledger

    if settled:
        time.sleep(_RESTART)
    everybody = find_occupants(target.pairs, readable_ledger()[0])
    again = tuple(
        one for one in everybody if any(is_target(socket, target, one) for socket in one.endpoints)
    )
    if again:
        return Proof("taken", again)
    if target.address.host:
        return _at_host(everybody)
    return _whole(target, everybody)


def _at_host(everybody: tuple[Occupant, ...]) -> Proof:
    """Nobody listens on the address any more; others may, elsewhere on the same number."""
    notes = tuple(
        Problem(
            "port-elsewhere",
            f"{one.first.place} is still used by {who(one.holder())}",
            f"portman who {one.first.port}",
        )
        for one in everybody
        if one.role in ("listen", "bound")
    )
    return Proof("free", everybody, notes)


def _whole(target: Target, everybody: tuple[Occupant, ...]) -> Proof:
    from portman.machine import sockets

    busy = [pair for pair in target.pairs if sockets.probe(pair[1], pair[0]) == "busy"]
    found = {sockets.classify(port, protocol) for protocol, port in busy}
    left = tuple(one for one in everybody if one.role != "remains")
    worst: State = "free"
    for occupancy, state in _STATES:
        if occupancy in found:
            worst = state
            break
    if worst == "leftover":
        return Proof(worst, left, (_leftover(target),))
    return Proof(worst, left)


_STATES: tuple[tuple[str, State], ...] = (
    ("holder", "held"),
    ("client", "client"),
    ("lingering", "lingering"),
    ("leftover", "leftover"),
)


def _leftover(target: Target) -> Problem:
    place = target.service or target.address.text
    return Problem(
        "port-leftover",
        f"connections that have just ended linger on {place} for up to 60 seconds (TIME_WAIT); "
        "only a server that does not set SO_REUSEADDR has to wait for them",
    )


def _still(state: State, one: Occupant, place: str, planned: Collection[int]) -> Problem:
    from portman.holders.messages import home

    told = who(one.holder(), home())
    if state == "client":
        return Problem(
            "free-failed",
            f"nobody listens on {place}, but {told} has it as its own end of a connection to "
            f"{one.first.peer}",
            f"wait until that ends, or: portman who {place}",
        )
    if state == "held":
        return Problem("free-failed", f"{place} is held by {told}", f"portman who {place}")
    if one.pid is not None and one.pid in planned:
        return Problem("free-failed", f"{told} still has {place}", f"portman free {place} --force")
    parent = one.parents[0] if one.parents else None
    by = f", started by {parent.name} (pid {parent.pid})" if parent else ""
    unit = f", unit {one.unit}" if one.unit else ""
    return Problem(
        "free-failed",
        f"{place} was taken again at once by {told}{by}{unit}: something starts it anew",
        f"stop what starts it, then: portman free {place}",
    )
