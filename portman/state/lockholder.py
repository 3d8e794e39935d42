"""Which process holds a lock on the ledger: asked only when one has waited in vain."""

from __future__ import annotations

import os
from typing import NamedTuple


class LockHolder(NamedTuple):
    """A process that holds a write lock; `stopped` as by Ctrl-Z or SIGSTOP."""

    pid: int
    command: str
    stopped: bool


def find(path: str) -> LockHolder | None:
    """Return a process that has the ledger at `path` locked, as /proc/locks (Linux) tells.

    Locks of processes outside our PID namespace, or that ended meanwhile, are not named.
    """
    inodes = set(_inodes(path))
    for pid, inode in _write_locks():
        if pid not in (0, os.getpid()) and inode in inodes:
            return LockHolder(pid, _command(pid), stopped=_stopped(pid))
    return None


def _inodes(path: str) -> list[str]:
    """Return "major:minor:inode" of our queue, the ledger and SQLite's index, as the table has."""
    found = []
    for name in (os.path.splitext(path)[0] + ".lock", path, path + "-shm"):
        try:
            state = os.stat(name)
        except OSError:
            continue
        device = f"{os.major(state.st_dev):02x}:{os.minor(state.st_dev):02x}"
        found.append(f"{device}:{state.st_ino}")
    return found


def _write_locks() -> list[tuple[int, str]]:
    """Return (pid, file) of the write locks that are held; waiting ones carry a "->"."""
    lines = [line.split() for line in _read("/proc/locks").splitlines()]
    return [(int(line[4]), line[5]) for line in lines if len(line) == 8 and line[3] == "WRITE"]


def _command(pid: int) -> str:
    words = _read(f"/proc/{pid}/cmdline").split("\0")
    return " ".join(word for word in words if word)[:80].replace("\n", " ") or "unknown"


def _stopped(pid: int) -> bool:
    return _read(f"/proc/{pid}/stat").rpartition(")")[2].split()[:1] in (["T"], ["t"])


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
