"""One line of the kernel's socket tables, from whichever source it was read."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Literal, NamedTuple

from portman.base.address import at
from portman.base.errors import PortmanError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.base.values import Holder, Transport

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


# What a probe of a port can say, in words all platforms share.

#: "privileged": this user may not bind it. "excluded": the system keeps it for itself.
Probe = Literal["idle", "busy", "privileged", "excluded"]

#: What makes a port busy, asked once more and more closely:
#: "holder"     a socket that listens or is only bound (a server, a hold); or something that keeps
#:              the port and that the system does not show
#: "client"     the local end of a live connection; nothing can bind here until it ends
#: "lingering"   remains of closed connections (TIME_WAIT), or accepted ones whose listener is gone;
#:              a server that sets SO_REUSEADDR, as nearly all do, starts now
#: "blocked"  remains in TIME_WAIT that keep every server away, for up to 60 seconds (E2)
#: "idle"       nothing any more
Occupancy = Literal["holder", "client", "lingering", "blocked", "idle"]

_HINTS = {
    errno.EMFILE: "This process has no file descriptors left: raise `ulimit -n` and try again.",
    errno.ENFILE: "This machine has no file descriptors left: end some programs and try again.",
    errno.ENOBUFS: "The network stack has no memory left: end some programs and try again.",
    errno.ENOMEM: "The network stack has no memory left: end some programs and try again.",
    errno.EPERM: "A sandbox or security policy forbids sockets here: run portman outside it.",
}


def no_answer(port: int, protocol: str, error: OSError) -> PortmanError:
    """Return the error for a probe to which the system gave no usable answer."""
    return PortmanError(
        "probe-failed",
        f"cannot tell whether {protocol} port {port} is free: {error.strerror or error}",
        hint=_HINTS.get(error.errno or 0, "Run `portman doctor` to see what this system allows."),
    )


# One socket on a port, in the words that who, explain and free share.

#: "listen": there to be talked to (a TCP listener, an unconnected UDP socket). "bound": has the
#: port and does not listen. "connection": one side of a live connection. "remains": what a closed
#: connection leaves behind (TIME_WAIT); no process has it.
Role = Literal["listen", "bound", "connection", "remains"]

WILDCARDS = frozenset({"0.0.0.0", "::", "*"})  # noqa: S104 - spellings, nothing is bound


class Socket(NamedTuple):
    """A socket as the system lists it, with the processes that have it open.

    `state` is the kernel's word (socket_row.State). `inode` is 0 where the system has no such
    number. `cgroup` is the kernel's id. `v6only` is None for IPv4 and where it is not told.
    `pids` has the likeliest server first; it is empty for what this user may not see.
    `namespace` is "" for this network namespace. `waiting` of at most `backlog` connections have
    not been accepted by a listener yet.
    """

    protocol: Transport
    address: str
    port: int
    role: Role
    state: str = ""
    peer_address: str = ""
    peer_port: int = 0
    uid: int | None = None
    inode: int = 0
    cgroup: int | None = None
    v6only: bool | None = None
    waiting: int = 0
    backlog: int = 0
    pids: tuple[int, ...] = ()
    namespace: str = ""

    @property
    def family(self) -> str:
        """Return "ipv6" or "ipv4"."""
        return "ipv6" if ":" in self.address else "ipv4"

    @property
    def place(self) -> str:
        """Return address and port as one writes them."""
        return at(self.address, self.port)

    @property
    def peer(self) -> str:
        """Return the other end as one writes it, "" where there is none."""
        return at(self.peer_address, self.peer_port) if self.peer_port else ""

    def answers(self, address: str) -> bool:
        """Return whether a connection to `address` (a literal) would end up at this listener.

        A dual-stack `::` answers IPv4 too; where v6only is not told, it is taken for dual-stack.
        """
        if plain(self.address) == plain(address):
            return True
        if self.address not in WILDCARDS:
            return False
        if self.address == "::":
            return ":" in address or not self.v6only
        return ":" not in address


def plain(address: str) -> str:
    """Return an IPv4-mapped address as the IPv4 address it stands for, others unchanged."""
    return address[7:] if address.startswith("::ffff:") and "." in address else address


def serves(listener: Socket, connection: Socket) -> bool:
    """Return whether `connection` came in through `listener`."""
    same = (listener.protocol, listener.port, listener.namespace) == (
        connection.protocol,
        connection.port,
        connection.namespace,
    )
    return same and connection.role == "connection" and listener.answers(plain(connection.address))


def are_ends(one: Socket, other: Socket) -> bool:
    """Return whether the two are the ends of one connection on this machine."""
    return (
        bool(one.peer_port)
        and one.protocol == other.protocol
        and (plain(one.address), one.port) == (plain(other.peer_address), other.peer_port)
        and (plain(other.address), other.port) == (plain(one.peer_address), one.peer_port)
    )


# What one look shows of one port.


class Observation(NamedTuple):
    """Who serves or holds a port. `since` is when that process started, in Unix seconds.

    `connections` counts those a server accepted; None where the platform does not tell.
    `kernel` is the word of `portman.machine.sockets.model.Occupancy` where no server is seen.
    """

    holders: tuple[Holder, ...] = ()
    since: float | None = None
    connections: int | None = 0
    kernel: str = "idle"


FREE = Observation()

# Which of several holders of a port is the one to name.

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
