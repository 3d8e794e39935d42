"""Locks in the state folder: one writer of the ledger, and one of a checkout's files, at a time.

SQLite's own locks keep the ledger right; `ledger.lock` keeps the waiting fair. Writers that wait
inside SQLite sleep and look again, up to 100 ms apart, so an unlucky one can starve. Here the
kernel queues them on an flock and wakes one as soon as the other is done. The kernel drops the
lock with the process, so a kill leaves nothing stuck.

The size of `ledger.lock` in bytes is the ledger's generation (the file is sparse and stays empty
on disk). Odd: a write is under way, or was cut off. Even: at rest. Each write raises it, so one
stat proves whether anything was written since (portman.state.stamp).
"""

from __future__ import annotations

import errno
import os
import sys
import time

from portman.base.context import contextmanager, suppress
from portman.base.errors import PortmanError
from portman.base.record import NamedTuple
from portman.base.small_file import shown
from portman.base.system_commands import typed
from portman.ledger.permissions import (
    check_file,
    from_system,
    set_file_mode,
    shared_subfolder,
)

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portman.ledger.permissions import FolderMode

#: A file system that cannot lock (some network and FUSE mounts): SQLite's locks must do.
_CANNOT_LOCK = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)


class WriteLock:
    """The right to write, held between `acquire` and `release`."""

    def __init__(self, path: str, folder: FolderMode) -> None:
        self._path = path
        self._folder = folder
        self._descriptor = -1
        self._queued = True

    def acquire(self, timeout: float) -> bool:
        """Wait for the lock; return whether it was acquired.

        Gives up after `timeout` seconds without any write: a queue that moves is worth waiting
        in, however long it is (200 first `up`s on a machine that is busy already).

        Raises OSError if the lock file cannot be made, PortmanError "ledger-foreign" or
        "ledger-unusable" if something else lies in its place.
        """
        deadline = time.monotonic() + timeout
        while True:
            descriptor = self._open()
            if not self._wait(descriptor, max(deadline - time.monotonic(), 0)):
                return False
            if _is_still(descriptor, self._path):
                self._descriptor = descriptor
                return True
            os.close(descriptor)

    def begin_write(self) -> None:
        """Make the generation odd: from here on no stamp is valid."""
        size = os.fstat(self._descriptor).st_size
        os.ftruncate(self._descriptor, size + 2 if size % 2 else size + 1)

    def end_write(self) -> None:
        """Make the generation even: the write is done, or undone.

        Where the file system cannot lock, or fails now, it stays odd, which is always safe.
        """
        with suppress(OSError):
            size = os.fstat(self._descriptor).st_size
            if self._queued and size % 2:
                os.ftruncate(self._descriptor, size + 1)

    def release(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            # Closing unlocks as well, unless a forked child has the descriptor too.
            with suppress(OSError):
                _unlock(descriptor)
            os.close(descriptor)

    def _open(self) -> int:
        found = check_file(self._path, self._folder)
        flags = os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
        if found is not None:
            return os.open(os.path.realpath(self._path), flags)
        try:
            descriptor = os.open(self._path, flags | os.O_CREAT | os.O_EXCL, self._folder.file_mode)
        except FileExistsError:
            return os.open(self._path, flags)
        set_file_mode(descriptor, self._folder)
        return descriptor

    def _wait(self, descriptor: int, timeout: float) -> bool:
        """Return whether the lock was acquired; close the descriptor if not."""
        try:
            return _lock(descriptor, timeout)
        except OSError as error:
            if error.errno not in _CANNOT_LOCK:
                os.close(descriptor)
                raise
            self._queued = False
            return True


def _is_still(descriptor: int, path: str) -> bool:
    """Whether the locked file is the one that others would lock now (it may be gone)."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    #: Bytes far beyond the generation, so that the lock does not hinder its change.
    _LOCKED_BYTE = 1 << 40

    def _lock(descriptor: int, timeout: float) -> bool:
        deadline = time.monotonic() + timeout
        while True:
            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            except OSError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    return False
                time.sleep(0.01)
            else:
                return True

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

    def remove_unheld(path: str) -> None:
        with suppress(OSError):
            os.unlink(path)

else:
    import fcntl

    def _lock(descriptor: int, timeout: float) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _Wait(descriptor).up_to(timeout)
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)

    def remove_unheld(path: str) -> None:
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(path)
            finally:
                os.close(descriptor)

    class _Wait:
        """A blocking flock with a timeout: a thread waits, so that no signal is needed."""

        def __init__(self, descriptor: int) -> None:
            import _thread

            self._descriptor = descriptor
            self._abandoned = False
            self._failure: OSError | None = None
            self._deciding = _thread.allocate_lock()
            self._arrived = _thread.allocate_lock()
            self._arrived.acquire()
            _thread.start_new_thread(self._queue, ())

        def up_to(self, timeout: float) -> bool:
            """Return whether the lock came in time; if not, the thread closes the file.

            The time restarts while the generation moves, that is, while other writers proceed.
            """
            came = False
            try:
                moved = True
                while moved and not came:
                    before = os.fstat(self._descriptor).st_size
                    came = self._arrived.acquire(timeout=timeout)
                    moved = os.fstat(self._descriptor).st_size != before
            finally:
                if not came:
                    came = self._abandon()
            if self._failure is not None:
                raise self._failure
            return came

        def _queue(self) -> None:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            except OSError as error:
                self._failure = error
            with self._deciding:
                if self._abandoned:
                    os.close(self._descriptor)
                else:
                    self._arrived.release()

        def _abandon(self) -> bool:
            """Leave the queue; return True if the lock came at this very moment."""
            with self._deciding:
                if self._arrived.acquire(blocking=False):
                    return True
                self._abandoned = True
                return False

# Which process holds a lock: asked only after a timeout.


class LockHolder(NamedTuple):
    """A process that holds a write lock; `stopped` as by Ctrl-Z or SIGSTOP."""

    pid: int
    command: str
    stopped: bool


def find_lock_holder(path: str) -> LockHolder | None:
    """Return a process that has the file at `path`, or its ledger.lock, locked (/proc/locks).

    Locks of processes outside our PID namespace, or that ended meanwhile, are not named.
    """
    inodes = set(_inodes(path))
    for pid, inode in _write_locks():
        if pid not in (0, os.getpid()) and inode in inodes:
            return LockHolder(pid, _command(pid), stopped=_stopped(pid))
    return None


def _inodes(path: str) -> list[str]:
    """Return "major:minor:inode" of our queue, the ledger and SQLite's index, as the table has."""
    if sys.platform == "win32":
        return []
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
    lines = [line.split() for line in shown("/proc/locks").splitlines()]
    return [(int(line[4]), line[5]) for line in lines if len(line) == 8 and line[3] == "WRITE"]


def _command(pid: int) -> str:
    words = shown(f"/proc/{pid}/cmdline").split("\0")
    return " ".join(word for word in words if word)[:80].replace("\n", " ") or "unknown"


def _stopped(pid: int) -> bool:
    return shown(f"/proc/{pid}/stat").rpartition(")")[2].split()[:1] in (["T"], ["t"])


# One writer of a checkout's files at a time, on this machine, for this state folder.

#: Seconds to wait for another portman that writes the same files. They take milliseconds.
PATIENCE = 30.0


@contextmanager
def checkout_lock(state: str, path: str, key: str) -> Iterator[None]:
    """Hold the lock of the checkout at `path` while the body runs.

    The kernel drops it if the process is killed. `key` is a file name for the checkout: two
    whose keys collide only wait for each other. Raises PortmanError
    "ledger-busy" after PATIENCE seconds (its holder may be stopped), "ledger-foreign" or
    "ledger-unusable" if the state folder is another's or cannot be written.
    """
    folder, mode = shared_subfolder(state, "locks")
    name = os.path.join(folder, key)
    lock = WriteLock(name, mode)
    try:
        acquired = lock.acquire(PATIENCE)
    except OSError as error:
        raise from_system(error, name, "written") from error
    if not acquired:
        raise _busy(name, path)
    try:
        yield
    finally:
        lock.release()


def _busy(name: str, path: str) -> PortmanError:
    holder = find_lock_holder(name)
    who = "Another portman" if holder is None else f"Process {holder.pid} ({holder.command})"
    state = " and is stopped" if holder is not None and holder.stopped else ""
    hint = "See which process has it open: " + typed("openers", name)
    if holder is not None:
        act = (
            "Resume it: " + typed("resume", holder.pid) if holder.stopped else "Wait, and try again"
        )
        hint = f"{act}\nor end it: " + typed("end", holder.pid)
    return PortmanError(
        "ledger-busy",
        f"{who} has been writing the files of {path} for {PATIENCE:g} s{state}",
        hint=hint,
        file=path,
    )
