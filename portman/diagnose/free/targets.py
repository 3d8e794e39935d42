"""What `portman free` would stop: who listens on exactly what was asked for, and how to end it."""

from __future__ import annotations

import os
import sys

from portman.base.address import reach_of
from portman.base.forwarders import forwarder_of, keeper_of
from portman.base.holder import plain
from portman.base.record import NamedTuple
from portman.base.run_tool import output
from portman.base.text import home_short, printable
from portman.base.values import LOCAL_SCOPE
from portman.diagnose.free.plan import Candidate, StopPlan, StopRequest, Unit, make_stop_plan
from portman.holders.messages import home
from portman.machine.processes import ProcessHandle, ancestors, cgroups, children, facts
from portman.machine.sockets.listing import list_listeners

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from portman.allocation.target import Target
    from portman.base.holder import Holder, Relative, Socket
    from portman.ledger.protocol import Ledger


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


def identity(snapshot: PortSnapshot) -> str:
    """Return what a plan is bound to: each process with its start, each container, each socket."""
    return repr(
        sorted(
            (
                [(one.pid, one.start_mark), *((o.pid, o.start_mark) for o in one.sharing)],
                (one.container.id, one.container.state) if one.container else (),
                sorted((s.protocol, s.address, s.port, s.state, s.inode) for s in one.sockets),
            )
            for one in snapshot.targets
        )
    )


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
    if target.host:
        return wanted and socket.conflicts(target.host)
    return wanted and _at_host(socket, target.address.host)


def _at_host(socket: Socket, host: str) -> bool:
    """Compare addresses exactly; a name of loopback stands for both of its addresses."""
    if not host:
        return True
    if reach_of(host) == "loopback" and not host[0].isdigit() and ":" not in host:
        return plain(socket.address) in ("127.0.0.1", "::1")
    return plain(socket.address) == plain(host)


def is_hold(one: Holder) -> bool:
    """Return whether this is portman itself, holding a port for a program yet to come.

    `portman hold` gives itself that name (launch/hold_server.py); what `portman run` is before it
    becomes the program has bound the port without listening.
    """
    if one.name == "portman hold":
        return True
    if one.state == "listen":
        return False
    argv = one.argv or tuple(one.command.split())
    words = [os.path.basename(word) for word in argv[:4]]
    for at, word in enumerate(words[:-1]):
        if word == "portman" and (at < 2 or words[at - 1] == "-m"):
            return bool({"run", "hold"}.intersection(argv[at + 1 :]))
    return False


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


def plan_for(snapshot: PortSnapshot, target: Target, manager: str = "") -> StopPlan:
    """Return the very plan that is carried out."""
    if not snapshot.targets:
        return StopPlan()
    me, root = os.getpid(), hasattr(os, "geteuid") and os.geteuid() == 0
    parents = frozenset(one.pid for one in ancestors(me))
    place = target.service or target.address.text
    asked = StopRequest(target.ports[0], place, me, parents, root, manager)
    return make_stop_plan(_with_other_ports(_candidates(snapshot), target), asked)


def _with_other_ports(candidates: list[Candidate], target: Target) -> list[Candidate]:
    """Add what else each process listens on, and whether it is another checkout's lease."""
    pids = {one.pid for one in candidates if one.pid is not None and one.container is None}
    if not pids:
        return candidates
    from portman.ledger.open import readable_ledger

    ledger, asked = readable_ledger()[0], set(target.pairs)
    owners = {_lease_owner(ledger, pair) for pair in asked} - {""}
    found: dict[int, list[tuple[str, bool]]] = {}
    for socket in list_listeners(asked):
        mine = pids.intersection(socket.pids)
        if socket.pair in asked or not mine or socket.state != "listen":
            continue
        holding = ledger.lease_on(LOCAL_SCOPE, *socket.pair)
        owner = holding.record.path if holding else ""
        named = f" ({holding.lease.service} of {home_short(owner, home())})" if holding else ""
        for pid in mine:
            foreign = bool(owner) and owner not in owners
            found.setdefault(pid, []).append((socket.place + named, foreign))
    return [
        one._replace(
            also=tuple(dict.fromkeys(printable(text) for text, _ in found.get(one.pid or 0, ()))),
            foreign=any(foreign for _, foreign in found.get(one.pid or 0, ())),
        )
        for one in candidates
    ]


def _lease_owner(ledger: Ledger, pair: tuple[str, int]) -> str:
    holding = ledger.lease_on(LOCAL_SCOPE, *pair)
    return holding.record.path if holding else ""


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
        place=one.first.place,
        container=one.container,
        unit=find_unit(one, handles) if one.pid else None,
        folder=home_short(place, home()) if place else None,
        forwarder=forwarder_of(one),
        may_signal=handle is None or handle.may_signal(),
        below=_started_by(one.pid) if one.pid and one.container is None else (),
        keeper="".join([*filter(None, map(keeper_of, one.parents)), ""][:1]),
        job=job_of(one.pid) if one.pid and sys.platform == "darwin" else "",
    )


def _started_by(pid: int) -> tuple[str, ...]:
    """Return the processes that a process has started, and those that they have, in words."""
    found: list[str] = []
    left = children(pid)
    while left and len(found) < 100:
        one = facts(left.pop(0))
        if one is not None and not one.zombie:
            found.append(f"{one.name} (pid {one.pid})")
            left += children(one.pid)
    return tuple(found)


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
        forwarder=forwarder_of(other),
        unit=None,
    )


# launchd's jobs, as `launchctl list` shows them.


def job_of(pid: int) -> str | None:
    """Return `DOMAIN/LABEL` of the job that a process is, "" for none; None if that is unknown.

    As root only the jobs of the system are listed.
    """
    text = output(["launchctl", "list"])
    uid = getattr(os, "geteuid", lambda: 0)()
    label = parse_jobs(text).get(pid, "") if text else None
    if not label:
        return label if uid else None
    return f"gui/{uid}/{label}" if uid else f"system/{label}"


def parse_jobs(text: str) -> dict[int, str]:
    """Return the labels of the jobs that run, by pid, without those of apps: Quit ends these."""
    rows = (line.split("\t") for line in text.splitlines())
    return {
        int(row[0]): row[2]
        for row in rows
        if len(row) == 3 and row[0].isdigit() and not row[2].startswith("application.")
    }


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
