"""Whose turn it is to write: one queue for all processes, and a generation number.

SQLite's own locks keep the ledger right; this file keeps the waiting fair. Writers that wait
inside SQLite sleep and look again, up to 100 ms apart, so an unlucky one can starve. Here the
kernel queues them on an flock of `ledger.lock` and wakes one as soon as the other is done. The
kernel drops the lock with the process, so a kill leaves nothing stuck.

The size of `ledger.lock` in bytes is the ledger's generation (the file is sparse and stays
empty on disk). Odd: a write is under way, or was cut off. Even: at rest. Each write raises
it, so one stat tells whether anything was written since (place.stamp).
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from typing import TYPE_CHECKING

from portman.state import permissions as guard

if TYPE_CHECKING:
    from portman.state.permissions import Terms

#: A file system that cannot lock (some network and FUSE mounts): SQLite's locks must do.
_CANNOT_LOCK = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)


class Turn:
    """The right to write, held between `take` and `give`."""

    def __init__(self, path: str, terms: Terms) -> None:
        self._path = path
        self._terms = terms
        self._descriptor = -1
        self._queued = True

    def take(self, timeout: float) -> bool:
        """Wait for the turn; return whether it came.

        Gives up after `timeout` seconds in which nobody wrote: a queue that moves is worth
        waiting in, however long it is (200 first `up`s on a machine that is busy already).

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

    def begin(self) -> None:
        """Make the generation odd: from here on nobody may vouch for the ledger."""
        size = os.fstat(self._descriptor).st_size
        os.ftruncate(self._descriptor, size + 2 if size % 2 else size + 1)

    def settle(self) -> None:
        """Make the generation even: the write is done, or undone.

        Where the file system cannot lock, or fails now, it stays odd, which is always safe.
        """
        with contextlib.suppress(OSError):
            size = os.fstat(self._descriptor).st_size
            if self._queued and size % 2:
                os.ftruncate(self._descriptor, size + 1)

    def give(self) -> None:
        """Let the next writer in."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            # Closing unlocks as well, unless a forked child has the descriptor too.
            with contextlib.suppress(OSError):
                _unlock(descriptor)
            os.close(descriptor)

    def _open(self) -> int:
        found = guard.check_file(self._path, self._terms)
        flags = os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
        if found is not None:
            return os.open(os.path.realpath(self._path), flags)
        try:
            descriptor = os.open(self._path, flags | os.O_CREAT | os.O_EXCL, self._terms.mode)
        except FileExistsError:
            return os.open(self._path, flags)
        guard.apply(self._terms, descriptor)
        return descriptor

    def _wait(self, descriptor: int, timeout: float) -> bool:
        """Return whether the lock was got; close the descriptor if not."""
        try:
            return _lock(descriptor, timeout)
        except OSError as error:
            if error.errno not in _CANNOT_LOCK:
                os.close(descriptor)
                raise
            self._queued = False
            return True


def _is_still(descriptor: int, path: str) -> bool:
    """Tell whether the locked file is the one that others would lock now (it may be gone)."""
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

            Time begins anew while the generation moves, that is, while others get their turn.
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
