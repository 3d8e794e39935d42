"""A look at a port with the aim to free it: who listens on exactly what was asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from portman.diagnose.free.plan import Candidate
from portman.ledger.open import readable_ledger

if TYPE_CHECKING:
    from portman.holders.find import Occupant
    from portman.holders.target import Target
    from portman.machine.processes.signals import ProcessHandle
    from portman.machine.sockets.model import Socket


class Look(NamedTuple):
    """One look at a port: who listens on exactly what was asked for, and who else is on it."""

    targets: tuple[Occupant, ...]
    others: tuple[Occupant, ...]
    grips: dict[int, ProcessHandle]

    @property
    def inodes(self) -> frozenset[int]:
        """Return the numbers of the sockets that have to go."""
        return frozenset(
            socket.inode for one in self.targets for socket in one.endpoints if socket.inode
        )

    def close(self) -> None:
        """Let go of every process."""
        for grip in self.grips.values():
            grip.close()


def exact_target(target: Target, *, udp: bool) -> Target:
    """Return the target with one protocol: TCP unless asked otherwise.

    Raises PortmanError "usage" for addresses that cannot be anybody's listener here.
    """
    from portman.commands.who import require_port

    require_port(target)
    if udp:
        return target._replace(protocols=("udp",))
    if len(target.protocols) == 2 and target.service is None:
        return target._replace(protocols=("tcp",))
    return target


def look_at(target: Target) -> Look:
    """Find the listeners on exactly the address and port asked for; take a grip on each process.

    A grip is taken first and the socket looked up again through it, so that no number can have
    come to mean another process in between.
    """
    from portman.holders.find import find_occupants

    everybody = find_occupants(target.pairs, readable_ledger()[0])
    targets: list[Occupant] = []
    others: list[Occupant] = []
    for one in everybody:
        wanted = tuple(socket for socket in one.endpoints if is_target(socket, target, one))
        if wanted:
            targets.append(one._replace(endpoints=wanted))
        else:
            others.append(one)
    return Look(tuple(targets), tuple(others), _grips(targets))


def is_target(socket: Socket, target: Target, one: Occupant) -> bool:
    """Return whether a socket is exactly what was asked to be freed."""
    if socket.role == "bound":
        return is_hold(one) and _at_host(socket, target.address.host)
    return socket.role == "listen" and _at_host(socket, target.address.host)


def _at_host(socket: Socket, host: str) -> bool:
    """Compare addresses exactly; a name of loopback stands for both of its addresses."""
    from portman.base.address import reach_of
    from portman.machine.sockets.model import plain

    if not host:
        return True
    if reach_of(host) == "loopback" and not host[0].isdigit() and ":" not in host:
        return socket.address in ("127.0.0.1", "::1")
    return plain(socket.address) == host


def is_hold(one: Occupant) -> bool:
    """Return whether this is portman itself, holding a port for a program yet to come.

    `portman hold` gives itself that name (launch/hold_server.py); `portman run` has it in its
    command until it becomes the program.
    """
    if one.name == "portman hold":
        return True
    words = one.command.split()
    names = [os.path.basename(word) for word in words[:4]]
    ours = "portman" in names or ("-m" in words and "portman" in words)
    return ours and ("hold" in words or "run" in words)


def _grips(targets: list[Occupant]) -> dict[int, ProcessHandle]:
    from portman.machine.processes.signals import ProcessHandle

    grips: dict[int, ProcessHandle] = {}
    for one in targets:
        inodes = frozenset(socket.inode for socket in one.endpoints)
        for pid in _pids(one):
            try:
                grip = ProcessHandle(pid)
            except ProcessLookupError:
                continue
            if not inodes - {0} or grip.has(inodes):
                grips[pid] = grip
            else:
                grip.close()
    return grips


def _pids(one: Occupant) -> list[int]:
    own = [one.pid] if one.pid is not None else []
    return own + [other.pid for other in one.sharing]


def candidates(look: Look) -> list[Candidate]:
    """Return every process with one of the sockets, those that merely share it too."""
    found: dict[int | None, Candidate] = {}
    holders = frozenset(look.grips)
    for one in look.targets:
        first = _candidate(one, look, holders)
        found.setdefault(first.pid, first)
        for other in one.sharing:
            if other.pid in look.grips and other.pid not in found:
                found[other.pid] = _sharer(one, other.pid, look)
    return list(found.values())


def _candidate(one: Occupant, look: Look, holders: frozenset[int]) -> Candidate:
    from portman.base.text import home_short
    from portman.diagnose.free.stop import find_unit
    from portman.holders.messages import home

    grip = look.grips.get(one.pid or 0)
    return Candidate(
        pid=one.pid,
        name=one.name,
        command=one.command,
        user=one.user or (None if one.uid is None else f"uid {one.uid}"),
        unit_name=one.unit,
        folder=home_short(one.folder.path, home()) if one.folder else None,
        parents=tuple(parent.pid for parent in one.parents),
        start_mark=one.start_mark,
        places=tuple(socket.place for socket in one.endpoints),
        may_signal=grip is None or grip.may_signal(),
        hold=is_hold(one),
        listens=one.role == "listen",
        forwarder=one.forwarder,
        container=one.container,
        unit=find_unit(one.cgroup, one.pid, holders) if one.pid else None,
    )


def _sharer(one: Occupant, pid: int, look: Look) -> Candidate:
    from portman.containers.model import forwarder
    from portman.machine import processes

    told = processes.facts(pid)
    other = next(each for each in one.sharing if each.pid == pid)
    return Candidate(
        pid=pid,
        name=other.name,
        command=other.command,
        user=other.user,
        parents=other.parents,
        start_mark=other.start_mark,
        places=tuple(socket.place for socket in one.endpoints),
        may_signal=look.grips[pid].may_signal(),
        hold=is_hold(one),
        listens=one.role == "listen",
        forwarder=forwarder(other.name, told.argv if told else ()),
        container=one.container,
        unit=None,
    )
