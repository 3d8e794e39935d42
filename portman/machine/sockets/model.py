"""One line of the kernel's socket tables, from whichever source it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from portman.base.values import Transport

Family = Literal["ipv4", "ipv6"]
State = Literal[
    "established",
    "syn-sent",
    "syn-received",
    "fin-wait-1",
    "fin-wait-2",
    "time-wait",
    "closed",
    "close-wait",
    "last-ack",
    "listen",
    "closing",
    "new-syn-received",
    "bound",
]

#: The kernel's numbers (include/net/tcp_states.h). 13, BOUND_INACTIVE, is told since Linux 6.8:
#: older kernels have no way to show a TCP socket that is bound and not listening.
STATES: dict[int, State] = {
    1: "established",
    2: "syn-sent",
    3: "syn-received",
    4: "fin-wait-1",
    5: "fin-wait-2",
    6: "time-wait",
    7: "closed",
    8: "close-wait",
    9: "last-ack",
    10: "listen",
    11: "closing",
    12: "new-syn-received",
    13: "bound",
}
NUMBERS: dict[State, int] = {state: number for number, state in STATES.items()}


def state_name(protocol: Transport, number: int) -> State:
    """Return the word for the kernel's number of a state.

    The kernel gives a socket out as BOUND_INACTIVE and calls it closed (inet_diag.c): a TCP
    socket without a connection is in the tables only because it is bound.
    """
    if protocol == "tcp" and number == 7:
        return "bound"
    return STATES.get(number, "closed")


#: Connections that a listener has not handed out yet; they say nothing the listener does not.
EMBRYONIC: frozenset[State] = frozenset({"syn-received", "new-syn-received"})


class SocketRow(NamedTuple):
    """A socket as the kernel lists it. `inode` is 0 where no process has it any more.

    An unconnected UDP socket has the state "closed", as the kernel says it. `cgroup` is the
    cgroup's id (its inode in the cgroup file system); None where the source does not tell.
    `v6only` is None for IPv4 and where the source does not tell; `interface` is 0 for "any".
    Of a TCP listener, `waiting` connections are complete and not accepted yet, and `backlog` is
    how many may wait (0 where the source does not tell).
    """

    family: Family
    protocol: Transport
    state: State
    address: str
    port: int
    peer_address: str = ""
    peer_port: int = 0
    uid: int = 0
    inode: int = 0
    cgroup: int | None = None
    v6only: bool | None = None
    interface: int = 0
    waiting: int = 0
    backlog: int = 0

    @property
    def receives(self) -> bool:
        """Whether it is there to be talked to: a TCP listener, or an unconnected UDP socket."""
        return self.state == "listen" or (self.protocol == "udp" and self.state == "closed")

    @property
    def remains(self) -> bool:
        """Whether it is what a closed connection leaves behind: no process has it any more."""
        return self.inode == 0 and self.state not in EMBRYONIC
