"""The socket tables of other network namespaces, read through a process that lives in each.

/proc/PID/net shows the tables of PID's namespace, to any user unless /proc is mounted with
hidepid (E6). Only bound TCP sockets and cgroups are not in those files (machine/sockets/tables.py).
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from portman.machine.sockets import tables as procnet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.base.values import Transport
    from portman.machine.sockets.model import Family, SocketRow

assert sys.platform == "linux"  # for the type checker, on other platforms

#: Where `ip netns` and Docker keep names of namespaces.
_NAMED = ("/run/netns", "/run/docker/netns")


class Namespace(NamedTuple):
    """A network namespace: its inode, the oldest process in it, and what to call it."""

    inode: int
    pid: int
    label: str


def others() -> list[Namespace]:
    """Return the network namespaces of all visible processes, without this one."""
    mine = _inode("/proc/self/ns/net")
    found: dict[int, int] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            inode = _inode(f"/proc/{entry}/ns/net")
            if inode and inode != mine:
                found[inode] = min(int(entry), found.get(inode, 1 << 30))
    names = _names() if found else {}
    return [
        Namespace(inode, pid, names.get(inode) or f"network namespace of pid {pid}")
        for inode, pid in sorted(found.items(), key=lambda item: item[1])
    ]


def look_elsewhere(pairs: Iterable[tuple[str, int]]) -> list[tuple[str, SocketRow]]:
    """Return (label of the namespace, socket) for these (protocol, port) in other namespaces."""
    wanted: dict[Transport, set[int]] = {}
    for protocol, port in pairs:
        wanted.setdefault("udp" if protocol == "udp" else "tcp", set()).add(port)
    families: tuple[Family, Family] = ("ipv4", "ipv6")
    return [
        (space.label, row)
        for space in others()
        for protocol, ports in wanted.items()
        for family in families
        for row in procnet.read_procnet(family, protocol, ports, folder=f"/proc/{space.pid}/net")
    ]


def _names() -> dict[int, str]:
    names: dict[int, str] = {}
    for folder in _NAMED:
        try:
            entries = os.listdir(folder)
        except OSError:
            continue
        for entry in entries:
            inode = _inode(os.path.join(folder, entry))
            if inode:
                names[inode] = f"network namespace {entry}"
    return names


def _inode(path: str) -> int:
    """Return the number of a namespace; 0 where it may not be seen."""
    try:
        return os.stat(path).st_ino
    except OSError:
        return 0
