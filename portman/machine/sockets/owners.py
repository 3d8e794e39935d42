"""Which processes have a socket open, by walking /proc once; Linux only."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from portman.machine.processes import linux as processes_linux

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

assert sys.platform == "linux"  # for the type checker, on other platforms

#: Programs that open sockets for others and keep a copy: another owner is the one that serves.
_PASSERS = frozenset({"systemd", "systemfd", "catflap", "portman", "portman hold"})


def owners(sockets: Iterable[tuple[int, int]], *, thorough: bool = False) -> dict[int, list[int]]:
    """Return the processes of each (inode, uid) that can be seen, the likeliest server first.

    A socket belongs to whom made it, so processes of these users are looked through first, and
    all others only if an inode is still without a process, or has only such as open sockets for
    others; or if `thorough`, to find every process that shares them. Without root only this
    user's own processes tell. Several processes may share a socket (a server and what it forked):
    the oldest that still has it comes first, those known to open sockets for others (systemd) last.
    """
    uids: dict[int, int] = {inode: uid for inode, uid in sockets if inode}
    found: dict[int, list[int]] = {inode: [] for inode in uids}
    if not found:
        return found
    near, far = _processes(set(uids.values()))
    _search(near, found)
    if thorough or not all(_serves(pids) for pids in found.values()):
        _search(far, found)
    return {inode: sorted(pids, key=_rank) for inode, pids in found.items()}


def _serves(pids: list[int]) -> bool:
    return any(_name(pid) not in _PASSERS for pid in pids)


def has_socket(pid: int, inodes: Iterable[int]) -> bool:
    """Return whether the process has one of these sockets open, as far as this user may see."""
    return bool(_open_sockets(pid, {f"socket:[{inode}]": inode for inode in inodes}))


def _rank(pid: int) -> tuple[bool, int, int]:
    return _name(pid) in _PASSERS, processes_linux.start_mark(pid), pid


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
        for inode in _open_sockets(pid, names):
            found[inode].append(pid)


def _open_sockets(pid: int, names: dict[str, int]) -> set[int]:
    folder = f"/proc/{pid}/fd"
    seen: set[int] = set()
    try:
        descriptors = os.listdir(folder)
    except OSError:
        return seen
    for descriptor in descriptors:
        try:
            inode = names.get(os.readlink(f"{folder}/{descriptor}"))
        except OSError:
            continue
        if inode is not None:
            seen.add(inode)
            if len(seen) == len(names):
                break
    return seen
