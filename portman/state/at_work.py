"""Which processes work in a checkout, and where they listen. Linux only.

Processes whose working folder lies in it, or that `portman run` started for it, and what these
started: one link of /proc each (two of those that work elsewhere), then the descriptors of those
few and one table of listeners.
"""

from __future__ import annotations

import os
import sys

from portman.machine.mounts import identity
from portman.state import launches, receipts

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from portman.base.holder import Socket


def listening(path: str, ports: Collection[int] = ()) -> str:
    """Return a text that changes when a program at work in a checkout begins or ends to listen.

    Or when whatever listens on one of `ports` changes. It costs a look at every process, so a
    receipt asks it only where the list of all listeners is another, or is long.
    """
    if sys.platform != "linux":
        return ""
    found = listeners_of(processes_in({path}), ports)
    rows = sorted((one.inode, one.address, one.port, one.waiting, one.pids) for one in found)
    return f"{receipts.fold(repr(rows).encode()):x}" if rows else ""


def processes_in(paths: set[str]) -> dict[int, str]:
    """Return the processes that work in one of these folders, or that `run` started for it."""
    noted = launches.noted()
    found: dict[int, str] = {}
    # The usual case is one checkout: no call for each process of the machine.
    only = next(iter(paths)) if len(paths) == 1 else ""
    below = only + os.sep
    around: dict[str, str] = {}  # most processes of a machine work in few folders
    places: dict[tuple[int, int], str] = {}
    ours = ""
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                cwd = os.readlink(f"/proc/{entry}/cwd")
            except OSError:
                cwd = ""
            if only:
                path = only if cwd == only or cwd.startswith(below) else ""
            else:
                if cwd not in around:
                    around[cwd] = checkout_around(cwd, paths)
                path = around[cwd]
            if not path and len(cwd) > 1:
                try:
                    ours = ours or os.readlink("/proc/self/ns/mnt")
                    elsewhere = os.readlink(f"/proc/{entry}/ns/mnt") != ours
                except OSError:
                    elsewhere = False
                if elsewhere:
                    places = places or {identity(one): one for one in paths}
                    path = _of_folder(f"/proc/{entry}/cwd", places)
            if int(entry) in noted:
                from portman.machine.processes import token_of

                fields = launches.read(int(entry), token_of(int(entry)))
                path = fields[0] if fields and fields[0] in paths else path
                if path:
                    found.update(dict.fromkeys(_children(entry), path))
            if path:
                found[int(entry)] = path
    return found


def _of_folder(link: str, places: Mapping[tuple[int, int], str]) -> str:
    """Return the checkout that a process with another view of the machine (a container) works in.

    Its path says nothing. A folder of this view may hang (a dead server), so it is not asked so.
    """
    passed = {(0, 0)}
    while (here := identity(link)) not in passed and here not in places:
        passed.add(here)
        link += "/.."
    return places.get(here, "")


def _children(pid: str) -> list[int]:
    """Return what a process started, and what that started: it may work anywhere (supervisord)."""
    found = [int(pid)]
    for one in found:
        for thread in _listed(f"/proc/{one}/task"):
            try:
                with open(f"/proc/{one}/task/{thread}/children", encoding="ascii") as file:
                    found += map(int, file.read().split())
            except OSError:
                continue
    return found[1:]


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def checkout_around(folder: str, paths: set[str]) -> str:
    while folder not in paths:
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above
    return folder


def listeners_of(
    pids: Iterable[int], ports: Collection[int] = (), *, udp: bool = False
) -> list[Socket]:
    """Return the listeners of these processes, each with the first of them that has it.

    And without a process, what else listens on one of `ports`.
    """
    owners: dict[int, int] = {}
    for pid in pids:
        for descriptor in _listed(f"/proc/{pid}/fd"):
            try:
                target = os.readlink(f"/proc/{pid}/fd/{descriptor}")
            except OSError:
                continue
            if target.startswith("socket:["):
                owners.setdefault(int(target[8:-1]), pid)
    if not owners and not ports:
        return []
    from portman.machine.sockets.listing import read_listeners

    return [
        one._replace(pids=(owners[one.inode],)) if one.inode in owners else one
        for one in read_listeners((), udp=udp)
        if one.inode in owners or one.port in ports
    ]
