"""Facts of one process, from /proc (proc_pid(5)). Every one may vanish while it is read."""

from __future__ import annotations

import os
import select
import sys
import time

from portman.base.record import NamedTuple
from portman.machine.processes import cgroups
from portman.machine.processes.model import ProcessFacts, readable, visible

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

assert sys.platform == "linux"  # for the type checker, on other platforms

#: Bytes; an environment is at most a quarter of the stack limit, usually 2 MiB.
_MOST_ENVIRONMENT = 1 << 22
_MOST_ARGUMENTS = 1 << 21
_CHECKOUT, _SERVICE = b"PORTMAN_CHECKOUT", b"PORTMAN_SERVICE"
_MOST_ANCESTORS = 64
_LONGEST_NAME = 64
#: Programs that open sockets for others and keep a copy: another owner is the one that serves.
_PASSERS = frozenset(("portman", "portman hold", "systemd", "systemfd", "catflap", "einhorn"))
_PASSERS |= {"circusd", "supervisord"}


def facts(pid: int) -> ProcessFacts | None:
    stat = _stat(pid)
    if stat is None:
        return None
    folder = _folder(pid, stat)
    argv = _arguments(folder)
    cwd, deleted = working_folder(pid, folder)
    uid = _owner(pid)
    name = _whole_name(stat.name, argv)
    cgroup = cgroups.of_process(pid)
    claims = _claims(folder)
    return ProcessFacts(
        pid=pid,
        parent=stat.parent,
        name=visible(name),
        argv=argv,
        command=readable(argv) if argv else f"[{visible(name)}]",
        cwd=cwd,
        cwd_deleted=deleted,
        folders=_folders_up(f"{folder}/cwd"),
        uid=uid,
        user=user_name(uid),
        cgroup=cgroup,
        unit=cgroups.unit(cgroup),
        claims_checkout=claims.get(_CHECKOUT),
        claims_service=claims.get(_SERVICE),
        leaders=(stat.group, stat.session),
        started_at=_unix_time(stat.ticks),
        start_mark=stat.ticks,
        zombie=stat.state in "ZX" and stat.threads < 2,
        stopped=stat.state == "T",
    )


def ancestors(pid: int) -> list[ProcessFacts]:
    chain: list[ProcessFacts] = []
    stat = _stat(pid)
    parent = 0 if stat is None else stat.parent
    seen = {pid}
    while parent and parent not in seen and len(chain) < _MOST_ANCESTORS:
        seen.add(parent)
        found = facts(parent)
        if found is None:
            break
        chain.append(found)
        parent = found.parent
    return chain


def parents(pid: int) -> list[int]:
    found: list[int] = []
    stat = _stat(pid)
    while stat is not None and stat.parent and len(found) < _MOST_ANCESTORS:
        found.append(stat.parent)
        stat = _stat(stat.parent)
    return found


def start_mark(pid: int) -> int:
    stat = _stat(pid)
    return 0 if stat is None else stat.ticks


def user_name(uid: int | None) -> str | None:
    import pwd

    if uid is None:
        return None
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return None


def working_folder(pid: int, folder: str = "") -> tuple[str | None, bool]:
    """Return the working folder of a process, and whether that folder is gone.

    The kernel gives the path as the process sees it. A process in a container sees other files
    under the same names: its folder counts only if it is the very folder of that name here.
    """
    link = f"{folder or f'/proc/{pid}'}/cwd"
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


def _folders_up(link: str) -> tuple[tuple[int, int], ...]:
    """Return (device, inode) of a working folder and of each folder above it, nearest first.

    The kernel follows `..` from a folder that was deleted, and through the mounts that the
    process itself sees: neither can be told from the path.
    """
    found: list[tuple[int, int]] = []
    try:
        while len(found) < _MOST_ANCESTORS:
            seen = os.stat(link)
            if found and found[-1] == (seen.st_dev, seen.st_ino):
                break
            found.append((seen.st_dev, seen.st_ino))
            link += "/.."
    except OSError:
        pass
    return tuple(found)


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


class _Stat(NamedTuple):
    """The fields of /proc/PID/stat that are of use; `ticks` is the start since the boot."""

    name: str
    state: str
    parent: int
    group: int
    session: int
    threads: int
    ticks: int


def _stat(pid: int) -> _Stat | None:
    """Return None for a process that is gone. The name may hold anything: `) (`."""
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
    numbers = (int(fields[at]) for at in (1, 2, 3, 17, 19))
    return _Stat(name, fields[0].decode("utf-8", "replace"), *numbers)


def _folder(pid: int, stat: _Stat) -> str:
    """Return where /proc shows a process: at a living thread, if its first thread has ended."""
    if stat.state in "ZX" and stat.threads > 1:
        for thread in _listed(f"/proc/{pid}/task"):
            if thread != str(pid) and _listed(f"/proc/{pid}/task/{thread}/fd"):
                return f"/proc/{pid}/task/{thread}"
    return f"/proc/{pid}"


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _whole_name(name: str, argv: tuple[str, ...]) -> str:
    """Complete a name that the kernel cut at 15 bytes, where the arguments have the rest.

    A title that a program wrote over all of its arguments and its environment is no name.
    """
    if len(os.fsencode(name)) < 15:
        return name
    names = (os.path.basename(one) for one in argv[:2])
    whole = next((one for one in names if one.startswith(name)), name)
    return whole if len(whole) <= _LONGEST_NAME else name


def _arguments(folder: str) -> tuple[str, ...]:
    raw = _bytes(f"{folder}/cmdline", _MOST_ARGUMENTS)
    return tuple(os.fsdecode(part) for part in raw.removesuffix(b"\0").split(b"\0")) if raw else ()


def _claims(folder: str) -> dict[bytes, str]:
    """Return the two variables of portman's; a program may have written over its environment."""
    found: dict[bytes, str] = {}
    for entry in _bytes(f"{folder}/environ", _MOST_ENVIRONMENT).split(b"\0"):
        name, _, value = entry.partition(b"=")
        if name in (_CHECKOUT, _SERVICE) and value:
            found.setdefault(name, os.fsdecode(value))
    return found


def _bytes(path: str, most: int) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(most)
    except OSError:
        return b""


def _owner(pid: int) -> int | None:
    """Return the user of a process. Of one that hides its memory /proc belongs to root."""
    try:
        uid = os.stat(f"/proc/{pid}").st_uid
    except OSError:
        return None
    return _status_uid(pid, uid) if uid == 0 else uid


def _status_uid(pid: int, otherwise: int) -> int:
    for line in _bytes(f"/proc/{pid}/status", 4096).split(b"\n"):
        if line.startswith(b"Uid:"):
            return int(line.split()[2])
    return otherwise


def _unix_time(ticks: int) -> float:
    booted = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return booted + ticks / os.sysconf("SC_CLK_TCK")


def open_sockets(pid: int, names: dict[str, int]) -> dict[int, int]:
    """Return which of these sockets ("socket:[INODE]": INODE) the process shows it has open.

    Each with the number under which it has it.
    """
    folder = f"/proc/{pid}/fd"
    seen: dict[int, int] = {}
    try:
        descriptors = os.listdir(folder)
        if not descriptors:
            stat = _stat(pid)
            folder = f"{_folder(pid, stat)}/fd" if stat else folder
            descriptors = os.listdir(folder)
    except OSError:
        return seen
    for descriptor in descriptors:
        try:
            inode = names.get(os.readlink(f"{folder}/{descriptor}"))
        except OSError:
            continue
        if inode is not None:
            seen[inode] = int(descriptor)
            if len(seen) == len(names):
                break
    return seen


def hidden_processes(uid: int) -> list[int]:
    """Return the processes of a user that do not show which files they have open.

    Those with capabilities, say, even to their own user.
    """
    found = []
    for entry in _listed("/proc"):
        if entry.isdigit():
            try:
                os.listdir(f"/proc/{entry}/fd")
            except PermissionError:
                if _owner(int(entry)) == uid:
                    found.append(int(entry))
            except OSError:
                continue
    return found


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
        if stat is not None and stat.state == "T":
            self._signalled(signal.SIGCONT)
        return sent

    def kill(self) -> bool:
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
    ranks: dict[int, tuple[bool, int, int]] = {}  # each process is read once, not for each socket

    def rank(pid: int) -> tuple[bool, int, int]:
        if pid not in ranks:
            stat = _stat(pid)
            ranks[pid] = (
                stat is not None and stat.name in _PASSERS,
                stat.ticks if stat else 0,
                pid,
            )
        return ranks[pid]

    _search(near, found)
    if thorough or any(all(rank(pid)[0] for pid in pids) for pids in found.values()):
        _search(far, found)
    return {inode: sorted(pids, key=rank) for inode, pids in found.items()}


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
