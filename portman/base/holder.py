"""Who has a port: sockets as the system lists them, and the holder they belong to. Pure."""

from __future__ import annotations

from portman.base.address import at, reach_of
from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from portman.base.values import ContainerFacts, Transport

    #: What a socket does on its port. "listen": accepts connections or datagrams (a TCP listener,
    #: an unconnected UDP socket). "bound": has the port without listening. "client": one end of a
    #: live connection. "time-wait": what a closed connection leaves; no process has it.
    HolderState = Literal["listen", "bound", "client", "time-wait"]


#: The weightiest first: of several sockets on a port, the first kind is the one to name.
STATES: tuple[HolderState, ...] = ("listen", "bound", "client", "time-wait")
SERVING: frozenset[HolderState] = frozenset({"listen", "bound"})
WILDCARDS = frozenset({"0.0.0.0", "::", "*"})  # noqa: S104 - spellings, nothing is bound


class Socket(NamedTuple):
    """A socket as the system lists it, with the processes that have it open.

    `kernel_state` is the system's own word ("established"); of an unconnected UDP socket Linux
    says "closed". `inode` is 0 where the system has no such number or no process has the socket.
    `cgroup` is the kernel's id. `v6only` is None for IPv4 and where the source does not show it.
    `waiting` of at most `backlog` connections have not been accepted by a listener yet. `pids`
    has the likeliest server first; it is empty for what this user may not see, and before the
    owners were looked for. `namespace` is "" for this network namespace.
    """

    protocol: Transport
    address: str
    port: int
    state: HolderState
    kernel_state: str = ""
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
    def reach(self) -> str:
        return reach_of(self.address)

    @property
    def pair(self) -> tuple[str, int]:
        return (self.protocol, self.port)

    @property
    def family(self) -> str:
        return "ipv6" if ":" in self.address else "ipv4"

    @property
    def place(self) -> str:
        return at(self.address, self.port)

    @property
    def peer(self) -> str:
        return at(self.peer_address, self.peer_port) if self.peer_port else ""

    def conflicts(self, address: str) -> bool:
        """Whether it keeps another socket from this address (a literal) and its port."""
        return self.address in WILDCARDS or plain(self.address) == plain(address)

    def answers_host(self, host: str) -> bool:
        """Whether clients of a service with this `host` of the manifest reach this listener.

        For `localhost` one of its two addresses is enough; a service on every address is also
        there for clients of this machine.
        """
        own = {"localhost": ("127.0.0.1", "::1"), "0.0.0.0": ("127.0.0.1",), "::": ("::1",)}  # noqa: S104
        return any(self.answers(one) for one in (host, *own.get(host, ())) if one != "localhost")

    def answers(self, address: str) -> bool:
        """Whether a connection to `address` (a literal) would end up at this listener.

        A dual-stack `::` answers IPv4 too; where v6only is unknown, it counts as dual-stack.
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
    same = (*listener.pair, listener.namespace) == (*connection.pair, connection.namespace)
    return same and connection.state == "client" and listener.answers(plain(connection.address))


def are_ends(one: Socket, other: Socket) -> bool:
    """Return whether the two are the ends of one connection on this machine."""
    return (
        bool(one.peer_port)
        and one.protocol == other.protocol
        and (plain(one.address), one.port) == (plain(other.peer_address), other.peer_port)
        and (plain(other.address), other.port) == (plain(one.peer_address), one.peer_port)
    )


class Relative(NamedTuple):
    """A parent of a holder, or another process that has the same socket."""

    pid: int
    name: str = ""
    command: str = ""
    user: str | None = None
    argv: tuple[str, ...] = ()
    start_mark: int = 0
    parents: tuple[int, ...] = ()


class Folder(NamedTuple):
    """Where a program works. `worktree` is the top folder of the git worktree around it.

    `linked` is true for a linked worktree; `checkout` the nearest folder with a ports.toml.
    """

    path: str
    gone: bool = False
    worktree: str | None = None
    repository: str | None = None
    branch: str | None = None
    linked: bool = False
    checkout: str | None = None


class Expected(NamedTuple):
    """Who the ledger says should be on the port, and whether this holder is that."""

    project: str
    checkout: str
    instance: str
    service: str
    ours: bool


class RunRecord(NamedTuple):
    """What `portman run` noted before it became a program: for which checkout and service.

    `folder` is the checkout's folder then, as `device:inode`; `start` the working folder, if that
    lay outside it. `inherited`: it was a parent that `run` became, the process `pid`.
    """

    path: str
    instance: str = ""
    service: str = ""
    folder: str = ""
    start: str = ""
    inherited: bool = False
    pid: int = 0


class Holder(NamedTuple):
    """Who has a port now, as far as this user can see; what is hidden or was not asked is empty.

    `pid` is None for a socket whose process the kernel does not show us; `uid` and `unit`
    (systemd unit or cgroup) may be known all the same. `protocol`, `address`, `port` and `state`
    are those of the weightiest of its `sockets`. `start_mark` only distinguishes processes of one
    pid. A `stopped` process was suspended (Ctrl-Z). holders/find.py says which look fills what:
    `parents` (nearest first) and `sharing` (others with the same sockets, without `pid`) come
    with the full look, `folder`, `expected` and `instead` (the leases of the checkout it works
    in, if this port is none of them) with its context. `run` is what started it, or one of its
    parents. `unseen` says why no process is shown for a socket that this user may look into.
    """

    pid: int | None = None
    name: str = ""
    command: str = ""
    cwd: str | None = None
    user: str | None = None
    uid: int | None = None
    unit: str | None = None
    protocol: Transport = "tcp"
    address: str = ""
    port: int = 0
    state: HolderState = "listen"
    claims_checkout: str | None = None
    claims_service: str | None = None
    container: ContainerFacts | None = None
    checkout: str | None = None
    service: str | None = None
    sockets: tuple[Socket, ...] = ()
    argv: tuple[str, ...] = ()
    cgroup: str | None = None
    cwd_deleted: bool = False
    folders: tuple[tuple[int, int], ...] = ()
    run: RunRecord | None = None
    unseen: str = ""
    started_at: float | None = None
    start_mark: int = 0
    stopped: bool = False
    parents: tuple[Relative, ...] = ()
    sharing: tuple[Relative, ...] = ()
    folder: Folder | None = None
    expected: Expected | None = None
    instead: tuple[tuple[str, int], ...] = ()

    @property
    def first(self) -> Socket:
        return min(self.sockets, key=lambda one: (STATES.index(one.state), one.address))

    @property
    def serving(self) -> bool:
        """Whether it keeps others from the port: it listens, or has the port bound."""
        return self.state in SERVING

    def on(self, sockets: tuple[Socket, ...]) -> Holder:
        first = self._replace(sockets=sockets).first
        return self._replace(
            sockets=sockets,
            protocol=first.protocol,
            address=first.address,
            port=first.port,
            state=first.state,
        )


def weightiest_first(holders: list[Holder]) -> list[Holder]:
    """Return each holder once, port by port, the one to name first.

    Connections and remains of a port that something listens on are dropped: they came through
    the listener.
    """
    each = list(dict.fromkeys(holders))
    served = {(one.protocol, one.port) for one in each if one.state == "listen"}
    return sorted(
        (one for one in each if one.serving or (one.protocol, one.port) not in served),
        key=lambda one: (
            *(one.protocol, one.port, STATES.index(one.state)),
            *(one.pid is None, one.pid or 0, one.address),
        ),
    )


def connections_of(one: Holder, everybody: Iterable[Holder]) -> int:
    """Return how many live connections came in through the listeners of `one`."""
    listeners = [socket for socket in one.sockets if socket.state == "listen"]
    sockets = [socket for other in everybody for socket in other.sockets]
    return sum(any(serves(listener, each) for listener in listeners) for each in sockets)
