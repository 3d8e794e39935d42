"""What `portman free` would stop: who listens on exactly what was asked for, and how to end it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from portman.base.address import reach_of
from portman.base.holder import plain
from portman.base.run_tool import output
from portman.base.text import home_short
from portman.containers.model import forwarder
from portman.diagnose.free.plan import Candidate, StopPlan, Unit, make_stop_plan
from portman.holders.messages import home
from portman.machine.processes import ProcessHandle, ancestors, cgroups

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from portman.allocation.target import Target
    from portman.base.holder import Holder, Relative, Socket


class PortSnapshot(NamedTuple):
    """One look at a port: who listens on exactly what was asked for, and who else is on it.

    `inodes` are the sockets that must go, `handles` the processes that have them.
    """

    targets: tuple[Holder, ...]
    others: tuple[Holder, ...]
    inodes: frozenset[int]
    handles: dict[int, ProcessHandle]

    def close(self) -> None:
        for handle in self.handles.values():
            handle.close()


def take_snapshot(holders: Iterable[Holder], target: Target) -> PortSnapshot:
    """Find the listeners on exactly the address and port asked for; open a handle to each process.

    The handle is opened first and the socket looked up again through it, so that no number can
    have come to mean another process in between.
    """
    targets, others = split(holders, target)
    inodes = frozenset(socket.inode for one in targets for socket in one.sockets if socket.inode)
    return PortSnapshot(targets, others, inodes, _open_handles(targets))


def split(
    holders: Iterable[Holder], target: Target
) -> tuple[tuple[Holder, ...], tuple[Holder, ...]]:
    """Return the holders of what was asked for, with these sockets alone, and the others."""
    targets: list[Holder] = []
    others: list[Holder] = []
    for one in holders:
        wanted = tuple(socket for socket in one.sockets if is_target(socket, target, one))
        if wanted:
            targets.append(one if wanted == one.sockets else one.on(wanted))
        else:
            others.append(one)
    return tuple(targets), tuple(others)


def is_target(socket: Socket, target: Target, one: Holder) -> bool:
    """Return whether a socket is exactly what was asked to be freed."""
    wanted = socket.state == "listen" or (socket.state == "bound" and is_hold(one))
    return wanted and _at_host(socket, target.address.host)


def _at_host(socket: Socket, host: str) -> bool:
    """Compare addresses exactly; a name of loopback stands for both of its addresses."""
    if not host:
        return True
    if reach_of(host) == "loopback" and not host[0].isdigit() and ":" not in host:
        return socket.address in ("127.0.0.1", "::1")
    return plain(socket.address) == plain(host)


def is_hold(one: Holder) -> bool:
    """Return whether this is portman itself, holding a port for a program yet to come.

    `portman hold` gives itself that name (launch/hold_server.py); `portman run` has it in its
    command until it becomes the program.
    """
    if one.name == "portman hold":
        return True
    if one.state != "bound":
        return False  # a server, whatever words its command has
    words = one.command.split()
    names = [os.path.basename(word) for word in words[:4]]
    ours = "portman" in names or ("-m" in words and "portman" in words)
    return ours and ("hold" in words or "run" in words)


def _open_handles(targets: Iterable[Holder]) -> dict[int, ProcessHandle]:
    handles: dict[int, ProcessHandle] = {}
    for one in targets:
        inodes = frozenset(socket.inode for socket in one.sockets if socket.inode)
        own = () if one.pid is None else (one.pid,)
        for pid in (*own, *(other.pid for other in one.sharing)):
            try:
                handle = ProcessHandle(pid)
            except ProcessLookupError:
                continue
            if not inodes or handle.has(inodes):
                handles[pid] = handle
            else:
                handle.close()
    return handles


def plan_for(snapshot: PortSnapshot, target: Target) -> StopPlan:
    """Return the very plan that is carried out."""
    if not snapshot.targets:
        return StopPlan()
    me = os.getpid()
    return make_stop_plan(
        _candidates(snapshot),
        port=target.ports[0],
        me=me,
        my_parents=[one.pid for one in ancestors(me)],
    )


def _candidates(snapshot: PortSnapshot) -> list[Candidate]:
    """Return every process with one of the sockets, those that merely share it too."""
    found: dict[int | None, Candidate] = {}
    for one in snapshot.targets:
        first = _candidate(one, snapshot.handles)
        found.setdefault(first.pid, first)
        for other in one.sharing:
            if other.pid in snapshot.handles and other.pid not in found:
                found[other.pid] = _sharer(first, other, snapshot.handles)
    return list(found.values())


def _candidate(one: Holder, handles: dict[int, ProcessHandle]) -> Candidate:
    handle = handles.get(one.pid or 0)
    place = one.container.folder if one.container else one.cwd
    return Candidate(
        pid=one.pid,
        name=one.name,
        command=one.command,
        user=one.user or (None if one.uid is None else f"uid {one.uid}"),
        unit_name=one.unit,
        unseen=one.unseen,
        parents=tuple(parent.pid for parent in one.parents),
        start_mark=one.start_mark,
        hold=is_hold(one),
        listens=one.state == "listen",
        container=one.container,
        unit=find_unit(one, handles) if one.pid else None,
        forwarder=forwarder(one.name, one.argv),
        folder=home_short(place, home()) if place else None,
        may_signal=handle is None or handle.may_signal(),
    )


def _sharer(first: Candidate, other: Relative, handles: dict[int, ProcessHandle]) -> Candidate:
    return first._replace(
        pid=other.pid,
        name=other.name,
        command=other.command,
        user=other.user,
        unit_name=None,
        folder=None,
        parents=other.parents,
        start_mark=other.start_mark,
        may_signal=handles[other.pid].may_signal(),
        forwarder=forwarder(other.name, other.argv),
        unit=None,
    )


# systemd units, as `systemctl` shows them: what runs a process, and what listens for it.


def service_of(cgroup: str | None) -> tuple[str, bool] | None:
    """Return (service, whether it is of the user's own manager) from a cgroup path.

    None for sessions, scopes and containers, and for the user's manager itself.
    """
    parts = [part for part in (cgroup or "").split("/") if part.endswith((".service", ".scope"))]
    if not parts or parts[-1].endswith(".scope") or parts[-1].startswith("user@"):
        return None
    return parts[-1], any(part.startswith("user@") for part in parts[:-1])


def find_unit(one: Holder, holders: Collection[int]) -> Unit | None:
    """Return the service that a process belongs to, with what decides whether to stop it.

    None where there is no systemd to ask, or it does not know the unit. `holders` are all
    processes that have the socket.
    """
    found = service_of(one.cgroup)
    if found is None:
        return None
    name, user = found
    shown = show(name, user=user)
    if shown.get("LoadState") != "loaded":
        return None
    pid = shown.get("MainPID", "")
    main = int(pid) if pid.isdigit() else 0
    return Unit(
        name,
        user,
        leads=main in holders or (main > 0 and _is_wrapper(main, one)),
        contains_us=cgroups.of_process(os.getpid()) == one.cgroup,
        sockets=tuple(
            each for each in shown.get("TriggeredBy", "").split() if each.endswith(".socket")
        ),
    )


def show(name: str, *, user: bool) -> dict[str, str]:
    """Return what `systemctl show` says of a unit; {} where there is no systemd."""
    scope = ["--user"] if user else []
    keys = "--property=LoadState,MainPID,TriggeredBy"
    text = output(["systemctl", *scope, "show", keys, "--", name])
    return {
        key: value
        for key, mark, value in (line.partition("=") for line in text.splitlines())
        if mark
    }


def _is_wrapper(main: int, one: Holder) -> bool:
    """Distinguish a unit's wrapper (`sh -c "exec server"`) from a shell with a user's commands."""
    if not one.parents or one.parents[0].pid != main or sys.platform == "win32":
        return False
    try:
        return os.getsid(main) == os.getsid(one.pid or 0)
    except OSError:
        return False
