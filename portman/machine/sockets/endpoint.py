"""One socket on a port, in the words that who, explain and free share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from portman.base.address import at

if TYPE_CHECKING:
    from portman.base.values import Transport

#: "listen": there to be talked to (a TCP listener, an unconnected UDP socket). "bound": has the
#: port and does not listen. "connection": one side of a live connection. "remains": what a closed
#: connection leaves behind (TIME_WAIT); no process has it.
Role = Literal["listen", "bound", "connection", "remains"]

WILDCARDS = frozenset({"0.0.0.0", "::", "*"})  # noqa: S104 - spellings, nothing is bound


class Endpoint(NamedTuple):
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


def serves(listener: Endpoint, connection: Endpoint) -> bool:
    """Return whether `connection` came in through `listener`."""
    same = (listener.protocol, listener.port, listener.namespace) == (
        connection.protocol,
        connection.port,
        connection.namespace,
    )
    return same and connection.role == "connection" and listener.answers(plain(connection.address))


def are_ends(one: Endpoint, other: Endpoint) -> bool:
    """Return whether the two are the ends of one connection on this machine."""
    return (
        bool(one.peer_port)
        and one.protocol == other.protocol
        and (plain(one.address), one.port) == (plain(other.peer_address), other.peer_port)
        and (plain(other.address), other.port) == (plain(one.peer_address), one.peer_port)
    )
