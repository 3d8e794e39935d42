"""Facts of one process, from /proc (proc_pid(5)). Every one may vanish while it is read."""

from __future__ import annotations

import os
import sys
import time

from portman.machine.processes import cgroups
from portman.machine.processes.model import ProcessFacts, readable, visible

assert sys.platform == "linux"  # for the type checker, on other platforms

#: Bytes; an environment is at most a quarter of the stack limit, usually 2 MiB.
_MOST_ENVIRONMENT = 1 << 22
_MOST_ARGUMENTS = 1 << 21
_CLAIM = b"PORTMAN_CHECKOUT="
_MOST_ANCESTORS = 64


def facts(pid: int) -> ProcessFacts | None:
    """Return what is known of a process, or None if there is none of that number."""
    stat = _stat(pid)
    if stat is None:
        return None
    name, state, parent, ticks = stat
    argv = _arguments(pid)
    cwd, deleted = working_folder(pid)
    uid = _owner(pid)
    name = _whole_name(name, argv)
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
        unit=cgroups.unit(cgroups.of_process(pid)),
        claims_checkout=_claim(pid),
        started_at=_unix_time(ticks),
        start_mark=ticks,
        zombie=state in "ZX",
        stopped=state == "T",
    )


def ancestors(pid: int) -> list[ProcessFacts]:
    """Return the parent of a process, its parent, and so on to the first process there is."""
    chain: list[ProcessFacts] = []
    stat = _stat(pid)
    seen = {pid}
    while stat is not None and stat[2] and stat[2] not in seen and len(chain) < _MOST_ANCESTORS:
        parent = stat[2]
        seen.add(parent)
        told = facts(parent)
        if told is None:
            break
        chain.append(told)
        stat = _stat(parent)
    return chain


def start_mark(pid: int) -> int:
    """Return when a process started, in clock ticks since the machine did; 0 if it is gone."""
    stat = _stat(pid)
    return 0 if stat is None else stat[3]


def user_name(uid: int | None) -> str | None:
    """Return the login name of a user id, or None where it has none."""
    import pwd

    if uid is None:
        return None
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return None


def working_folder(pid: int) -> tuple[str | None, bool]:
    """Return the working folder of a process, and whether that folder is gone.

    The kernel says a path as the process sees it. A process in a container sees other files under
    the same names: its folder is told only if it is the very folder of that name here.
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
    """Mend a name that the kernel cut at 15 bytes, where the arguments tell the rest."""
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
    """Return when something began that began `ticks` after the machine, in Unix seconds."""
    booted = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return booted + ticks / os.sysconf("SC_CLK_TCK")
