"""The sockets on a port and the processes behind them: the kernel's tables, then /proc."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from portman.machine.processes import linux as processes
from portman.machine.sockets import tables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from portman.base.holder import Socket

assert sys.platform == "linux"  # for the type checker, on other platforms

#: Programs that open sockets for others and keep a copy: another owner is the one that serves.
_PASSERS = frozenset({"systemd", "systemfd", "catflap", "portman", "portman hold"})
#: Processes of one socket whose facts are of interest; a server may fork thousands.
_MOST_SHARERS = 64


def read_table(pairs: Iterable[tuple[str, int]], *, everywhere: bool = False) -> list[Socket]:
    asked = list(pairs)
    return tables.look(asked) + (tables.look_elsewhere(asked) if everywhere else [])


def read_peers(pairs: Iterable[tuple[str, int]]) -> list[Socket]:
    """Return the sockets that have one of the pairs at their other end.

    Both rows of a connection within this machine are in the table (decision 0009).
    """
    return tables.peers(pairs)


def read_listeners(pairs: Iterable[tuple[str, int]]) -> list[Socket]:  # noqa: ARG001
    return [one for one in tables.everything("tcp") if one.state == "listen"]


def with_owners(found: Iterable[Socket], *, thorough: bool = False) -> list[Socket]:
    """Return the sockets with their processes: one walk of /proc (17 to 100 ms, decision 0009)."""
    each = list(found)
    pids = owners(((one.inode, one.uid) for one in each), thorough=thorough)
    return [one._replace(pids=tuple(pids.get(one.inode, ())[:_MOST_SHARERS])) for one in each]


def owners(
    sockets: Iterable[tuple[int, int | None]], *, thorough: bool = False
) -> dict[int, list[int]]:
    """Return the processes of each (inode, uid) that can be seen, the likeliest server first.

    A socket belongs to whom made it, so processes of these users are looked through first, and
    all others only if an inode is still without a process, or has only such as open sockets for
    others; or if `thorough`, to find every process that shares them. Without root only this
    user's own processes show theirs. Several processes may share a socket (a server and what it
    forked): the oldest that still has it comes first, those known to open sockets for others
    (systemd) last.
    """
    uids = {inode: uid for inode, uid in sockets if inode}
    found: dict[int, list[int]] = {inode: [] for inode in uids}
    if not found:
        return found
    near, far = _processes({uid for uid in uids.values() if uid is not None})
    _search(near, found)
    if thorough or not all(_has_server(pids) for pids in found.values()):
        _search(far, found)
    return {inode: sorted(pids, key=_rank) for inode, pids in found.items()}


def _has_server(pids: list[int]) -> bool:
    return any(_name(pid) not in _PASSERS for pid in pids)


def _rank(pid: int) -> tuple[bool, int, int]:
    return _name(pid) in _PASSERS, processes.start_mark(pid), pid


def _name(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            return file.read().rstrip("\n")
    except OSError:
        return ""


def _processes(uids: Collection[int]) -> tuple[list[int], list[int]]:
    near: list[int] = []
    far: list[int] = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                uid = os.stat(f"/proc/{entry}").st_uid
            except OSError:
                continue
            (near if uid in uids else far).append(int(entry))
    return near, far


def _search(pids: Iterable[int], found: dict[int, list[int]]) -> None:
    names = {f"socket:[{inode}]": inode for inode in found}
    for pid in pids:
        for inode in processes.open_sockets(pid, names):
            found[inode].append(pid)
