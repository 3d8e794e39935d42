"""A program (or an owner that cannot be seen) with its sockets on the port in question."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portman.base.values import Holder

if TYPE_CHECKING:
    from portman.base.values import ContainerFacts
    from portman.containers.forwarders import Forwarder
    from portman.machine.sockets.endpoint import Endpoint, Role

_WEIGHT: dict[str, int] = {"listen": 0, "bound": 1, "connection": 2, "remains": 3}
_HOLDER_STATES: dict[str, str] = {
    "listen": "listen",
    "bound": "bound",
    "connection": "client",
    "remains": "time-wait",
}


class Relative(NamedTuple):
    """A parent, or another process that has the same socket. `tty` tells a terminal's program."""

    pid: int
    name: str = ""
    command: str = ""
    user: str | None = None
    uid: int | None = None
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
    """Who the ledger says should be on the port, and whether this occupant is that."""

    project: str
    checkout: str
    instance: str
    service: str
    ours: bool


class Occupant(NamedTuple):
    """Everything known of one of those on a port; what is hidden is None or empty.

    `parents` go from the nearest to the first process. `sharing` are the other processes with
    the same sockets (workers of a server), without `pid` itself. `instead` are the leases of the
    checkout it works in, if this port is none of them: it does not use its own port.
    """

    endpoints: tuple[Endpoint, ...]
    pid: int | None = None
    name: str = ""
    command: str = ""
    user: str | None = None
    uid: int | None = None
    unit: str | None = None
    cgroup: str | None = None
    started_at: float | None = None
    start_mark: int = 0
    stopped: bool = False
    parents: tuple[Relative, ...] = ()
    sharing: tuple[Relative, ...] = ()
    claims_checkout: str | None = None
    forwarder: Forwarder | None = None
    container: ContainerFacts | None = None
    folder: Folder | None = None
    expected: Expected | None = None
    instead: tuple[tuple[str, int], ...] = ()

    @property
    def role(self) -> Role:
        """Return the weightiest thing it does on the port."""
        return min((one.role for one in self.endpoints), key=_WEIGHT.__getitem__)

    @property
    def first(self) -> Endpoint:
        """Return the weightiest socket."""
        return min(self.endpoints, key=lambda one: (_WEIGHT[one.role], one.address))

    def holder(self) -> Holder:
        """Return the same as the value that verdicts and messages use."""
        return Holder(
            pid=self.pid,
            name=self.name,
            command=self.command,
            cwd=self.folder.path if self.folder else None,
            user=self.user,
            uid=self.uid,
            unit=self.unit,
            protocol=self.first.protocol,
            address=self.first.address,
            port=self.first.port,
            state=_HOLDER_STATES[self.role],
            claims_checkout=self.claims_checkout,
            container=self.container,
            checkout=self.folder.checkout if self.folder else None,
        )


def weight(one: Occupant) -> tuple[int, bool, str, int]:
    """Order occupants: listeners first, then those that are only bound, connections, remains."""
    return (_WEIGHT[one.role], one.pid is None, one.first.protocol, one.pid or 0)
