"""Who is on a port, with everything known of them: sockets, process, container, folder, lease."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from portman.base.values import LOCAL_SCOPE, Holder
from portman.containers.model import forwarder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.base.values import ContainerFacts
    from portman.containers.model import Forwarder
    from portman.ledger.protocol import Ledger
    from portman.machine.sockets.model import Role, Socket

# A program (or an owner that cannot be seen) with its sockets on the port in question.

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

    endpoints: tuple[Socket, ...]
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
    def first(self) -> Socket:
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


def find_occupants(
    pairs: Iterable[tuple[str, int]], ledger: Ledger, *, everywhere: bool = False
) -> tuple[Occupant, ...]:
    """Return everybody with a socket on one of the (protocol, port) pairs, the weightiest first.

    `everywhere` looks into other network namespaces too. What other users' processes are is told
    as far as the kernel does: uid, and systemd unit or cgroup.
    """
    from portman.machine.sockets.listing import find_endpoints

    return occupants_of(find_endpoints(pairs, everywhere=everywhere), ledger)


def occupants_of(endpoints: Iterable[Socket], ledger: Ledger) -> tuple[Occupant, ...]:
    """Return the owners of these sockets, each once."""
    from portman.containers.claims import with_containers

    grouped: dict[tuple[object, ...], list[Socket]] = {}
    for one in endpoints:
        grouped.setdefault(_owner_key(one), []).append(one)
    known: dict[int, Relative | None] = {}
    found = [_occupant(tuple(sockets), known) for sockets in grouped.values()]
    placed = [_placed(one, ledger) for one in with_containers(_named(found))]
    return tuple(sorted(placed, key=weight))


def _owner_key(one: Socket) -> tuple[object, ...]:
    if one.role == "remains":
        return ("remains", one.namespace)
    if one.pids:
        return ("pid", one.pids[0], one.namespace)
    return ("unseen", one.uid, one.cgroup, one.namespace)


def _occupant(endpoints: tuple[Socket, ...], known: dict[int, Relative | None]) -> Occupant:
    from portman.machine import processes

    first = endpoints[0]
    if not first.pids:
        return Occupant(endpoints, uid=first.uid, user=_user(first.uid))
    pid = first.pids[0]
    told = processes.facts(pid)
    if told is None:
        return Occupant(endpoints, pid=pid, uid=first.uid, user=_user(first.uid))
    others = {other for one in endpoints for other in one.pids[:64] if other != pid}
    return Occupant(
        endpoints,
        pid=pid,
        name=told.name,
        command=told.command,
        user=told.user,
        uid=told.uid,
        unit=told.unit,
        cgroup=_cgroup(pid),
        started_at=told.started_at,
        start_mark=told.start_mark,
        stopped=told.stopped,
        parents=tuple(
            Relative(one.pid, one.name, one.command, one.user, one.uid, one.start_mark)
            for one in processes.ancestors(pid)
        ),
        sharing=tuple(one for other in sorted(others) if (one := _relative(other, known))),
        claims_checkout=told.claims_checkout,
        forwarder=forwarder(told.name, told.argv),
        folder=folder_of(told.cwd, gone=told.cwd_deleted) if told.cwd else None,
    )


def _relative(pid: int, known: dict[int, Relative | None]) -> Relative | None:
    from portman.machine import processes

    if pid not in known:
        told = processes.facts(pid)
        known[pid] = told and Relative(
            pid,
            told.name,
            told.command,
            told.user,
            told.uid,
            told.start_mark,
            tuple(one.pid for one in processes.ancestors(pid)),
        )
    return known[pid]


def folder_of(path: str, *, gone: bool = False) -> Folder:
    """Return what a working folder belongs to: git worktree, branch, checkout."""
    from portman.checkout import git as git_checkout
    from portman.checkout.ownership import manifest_folder

    top = None if gone else git_checkout.worktree(path)
    identity = git_checkout.identify(top) if top else None
    return Folder(
        path,
        gone=gone,
        worktree=top,
        repository=identity.repository if identity else None,
        branch=git_checkout.branch(top) if top else None,
        linked=bool(identity and identity.primary is False),
        checkout=manifest_folder(path),
    )


def _named(found: list[Occupant]) -> list[Occupant]:
    """Give those without a visible process the unit that their sockets' cgroup stands for (E7)."""
    hidden = {
        one.first.cgroup
        for one in found
        if one.pid is None and one.first.cgroup and one.first.uid is not None
    }
    if not hidden or sys.platform != "linux":
        return found
    from portman.machine.processes import cgroups

    paths = cgroups.paths_by_id([number for number in hidden if number])
    return [
        one._replace(cgroup=path, unit=cgroups.unit(path))
        if one.pid is None and (path := paths.get(one.first.cgroup or 0))
        else one
        for one in found
    ]


def _placed(one: Occupant, ledger: Ledger) -> Occupant:
    """Say whom the ledger expects on this port, and whether this is them."""
    from portman.checkout.ownership import is_ours

    if one.role not in ("listen", "bound") or one.first.namespace:
        return one
    one = one._replace(instead=_instead(one, ledger))
    holding = ledger.lease_on(LOCAL_SCOPE, one.first.protocol, one.first.port)
    if holding is None:
        return one
    record = holding.record
    ours = is_ours(one.holder(), record.path, record.instance)
    return one._replace(
        expected=Expected(record.project, record.path, record.instance, holding.lease.service, ours)
    )


def _instead(one: Occupant, ledger: Ledger) -> tuple[tuple[str, int], ...]:
    """Return the leases of the checkout that a program works in, if its port is not among them."""
    if one.folder is None or one.folder.checkout is None:
        return ()
    leases = ledger.leases(one.folder.checkout, "", LOCAL_SCOPE).values()
    if any(one.first.port in lease.ports for lease in leases):
        return ()
    return tuple((lease.service, lease.port) for lease in leases)


def _user(uid: int | None) -> str | None:
    if sys.platform == "linux":
        from portman.machine.processes.linux import user_name

        return user_name(uid)
    return None


def _cgroup(pid: int) -> str | None:
    if sys.platform != "linux":
        return None
    from portman.machine.processes import cgroups

    return cgroups.of_process(pid)
