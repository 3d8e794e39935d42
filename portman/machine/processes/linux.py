"""Facts of one process, from /proc (proc_pid(5)). Every one may vanish while it is read."""

from __future__ import annotations

import os
import select
import sys
import time
from typing import TYPE_CHECKING

from portman.machine.processes import cgroups
from portman.machine.processes.model import ProcessFacts, readable, visible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

assert sys.platform == "linux"  # for the type checker, on other platforms

#: Bytes; an environment is at most a quarter of the stack limit, usually 2 MiB.
_MOST_ENVIRONMENT = 1 << 22
_MOST_ARGUMENTS = 1 << 21
_CLAIM = b"PORTMAN_CHECKOUT="
_MOST_ANCESTORS = 64
#: Programs that open sockets for others and keep a copy: another owner is the one that serves.
_PASSERS = frozenset({"systemd", "systemfd", "catflap", "portman", "portman hold"})


def facts(pid: int) -> ProcessFacts | None:
    stat = _stat(pid)
    if stat is None:
        return None
    name, state, parent, ticks = stat
    argv = _arguments(pid)
    cwd, deleted = working_folder(pid)
    uid = _owner(pid)
    name = _whole_name(name, argv)
    cgroup = cgroups.of_process(pid)
    return ProcessFacts(
        pid=pid,
        parent=parent,
        name=visible(name),
        argv=argv,
        command=readable(argv) if argv else f"[{visible(name)}]",
        cwd=cwd,
        cwd_deleted=deleted,
        uid=uid,
        user=user_name(uid),
        cgroup=cgroup,
        unit=cgroups.unit(cgroup),
        claims_checkout=_claim(pid),
        started_at=_unix_time(ticks),
        start_mark=ticks,
        zombie=state in "ZX",
        stopped=state == "T",
    )


def ancestors(pid: int) -> list[ProcessFacts]:
    chain: list[ProcessFacts] = []
    stat = _stat(pid)
    parent = 0 if stat is None else stat[2]
    seen = {pid}
    while parent and parent not in seen and len(chain) < _MOST_ANCESTORS:
        seen.add(parent)
        found = facts(parent)
        if found is None:
            break
        chain.append(found)
        parent = found.parent
    return chain


def start_mark(pid: int) -> int:
    """Return when a process started, in clock ticks since the boot; 0 if it is gone."""
    stat = _stat(pid)
    return 0 if stat is None else stat[3]


def user_name(uid: int | None) -> str | None:
    import pwd

    if uid is None:
        return None
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return None


def working_folder(pid: int) -> tuple[str | None, bool]:
    """Return the working folder of a process, and whether that folder is gone.

    The kernel gives the path as the process sees it. A process in a container sees other files
    under the same names: its folder counts only if it is the very folder of that name here.
    """
    link = f"/proc/{pid}/cwd"
    try:
        path = os.readlink(link)
    except OSError:
        return None, False
    if not os.path.isabs(path):
        return None, False  # "(unreachable)/...": outside what this process can see
    if _same_folder(link, path):
        return path, False
    if not _same_root(pid):
        return None, False
    return (path.removesuffix(" (deleted)"), True) if path.endswith(" (deleted)") else (path, False)


def _same_folder(one: str, other: str) -> bool:
    try:
        return os.path.samestat(os.stat(one), os.stat(other))
    except OSError:
        return False


def _same_root(pid: int) -> bool:
    try:
        same_mounts = os.readlink(f"/proc/{pid}/ns/mnt") == os.readlink("/proc/self/ns/mnt")
        return same_mounts and _same_folder(f"/proc/{pid}/root", "/")
    except OSError:
        return False


def _stat(pid: int) -> tuple[str, str, int, int] | None:
    """Return name, state letter, parent and start in ticks. The name may hold anything: `) (`."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            text = file.read()
    except OSError:
        return None
    opening, closing = text.find(b"("), text.rfind(b")")
    fields = text[closing + 2 :].split()
    if opening < 0 or len(fields) < 20:
        return None
    name = os.fsdecode(text[opening + 1 : closing])
    return name, fields[0].decode("utf-8", "replace"), int(fields[1]), int(fields[19])


def _whole_name(name: str, argv: tuple[str, ...]) -> str:
    """Complete a name that the kernel cut at 15 bytes, where the arguments have the rest."""
    if len(os.fsencode(name)) < 15:
        return name
    for argument in argv[:2]:
        candidate = os.path.basename(argument)
        if candidate.startswith(name):
            return candidate
    return name


def _arguments(pid: int) -> tuple[str, ...]:
    raw = _bytes(f"/proc/{pid}/cmdline", _MOST_ARGUMENTS)
    return tuple(os.fsdecode(part) for part in raw.removesuffix(b"\0").split(b"\0")) if raw else ()


def _claim(pid: int) -> str | None:
    for entry in _bytes(f"/proc/{pid}/environ", _MOST_ENVIRONMENT).split(b"\0"):
        if entry.startswith(_CLAIM):
            return os.fsdecode(entry[len(_CLAIM) :]) or None
    return None


def _bytes(path: str, most: int) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(most)
    except OSError:
        return b""


def _owner(pid: int) -> int | None:
    try:
        return os.stat(f"/proc/{pid}").st_uid
    except OSError:
        return None


def _unix_time(ticks: int) -> float:
    booted = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return booted + ticks / os.sysconf("SC_CLK_TCK")


def open_sockets(pid: int, names: dict[str, int]) -> set[int]:
    """Return which of these sockets ("socket:[INODE]": INODE) the process shows it has open."""
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


class ProcessHandle:
    """A process from look-up to signal, through a pidfd (pidfd_open(2)). Close it when done.

    Until its parent has waited for the process, its number is not given out again; and a signal
    sent through the pidfd reaches that process or none.
    """

    def __init__(self, pid: int) -> None:
        """Open a handle. Raises ProcessLookupError if there is no such process.

        Before Linux 5.3 there are no pidfds: then only the start time identifies the process.
        """
        self.pid = pid
        self._fd: int | None
        try:
            self._fd = os.pidfd_open(pid)
        except ProcessLookupError:
            raise
        except OSError:
            self._fd = None
        self.start_mark = start_mark(pid)
        if not self.start_mark or not self.alive():
            self.close()
            raise ProcessLookupError(pid)

    def alive(self) -> bool:
        """Return whether the very process still runs (a zombie does not)."""
        if self._fd is not None:
            return not select.select([self._fd], [], [], 0)[0]
        found = facts(self.pid)
        return found is not None and found.start_mark == self.start_mark and not found.zombie

    def has(self, inodes: frozenset[int]) -> bool:
        """Return whether it has one of these sockets open, and is still the same process."""
        if start_mark(self.pid) != self.start_mark:
            return False
        names = {f"socket:[{inode}]": inode for inode in inodes}
        return bool(open_sockets(self.pid, names)) and self.alive()

    def may_signal(self) -> bool:
        try:
            self._send(0)
        except PermissionError:
            return False
        except OSError:
            return True
        return True

    def terminate(self) -> bool:
        """Send SIGTERM; return whether the process was there to get it.

        A suspended process (Ctrl-Z) could not act on it, so it is continued as well.
        """
        import signal  # only `free` needs it, and it costs a millisecond

        sent = self._signalled(signal.SIGTERM)
        stat = _stat(self.pid) if sent else None
        if stat is not None and stat[1] == "T":
            self._signalled(signal.SIGCONT)
        return sent

    def kill(self) -> bool:
        """Send SIGKILL; return whether the process was there to get it."""
        import signal

        return self._signalled(signal.SIGKILL)

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _signalled(self, number: int) -> bool:
        if not self.alive() or start_mark(self.pid) != self.start_mark:
            return False
        try:
            self._send(number)
        except ProcessLookupError:
            return False
        return True

    def _send(self, number: int) -> None:
        import signal

        if self._fd is not None:
            signal.pidfd_send_signal(self._fd, number)
        else:
            os.kill(self.pid, number)


def socket_owners(
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
    return _name(pid) in _PASSERS, start_mark(pid), pid


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
        for inode in open_sockets(pid, names):
            found[inode].append(pid)
