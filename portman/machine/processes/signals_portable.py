"""A grip on one process by number and start time, where there are no pidfds: macOS, Windows.

Between the comparison and the signal the process could end and its number be given out again;
psutil compares once more right before it signals, which leaves microseconds.
"""

from __future__ import annotations


class ProcessHandle:
    """A process held on to from look-up to signal."""

    def __init__(self, pid: int) -> None:
        """Take hold of the process. Raises ProcessLookupError if there is none."""
        import psutil

        try:
            self._process = psutil.Process(pid)
        except (psutil.NoSuchProcess, ValueError, OverflowError) as error:
            raise ProcessLookupError(pid) from error
        self.pid = pid

    @property
    def start_mark(self) -> int:
        """Return when it started, as machine/processes/portable.py counts."""
        from portman.machine.processes import start_mark

        return start_mark(self.pid)

    def alive(self) -> bool:
        """Return whether the very process still runs (a zombie does not)."""
        import psutil

        try:
            return self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    def has(self, inodes: frozenset[int]) -> bool:  # noqa: ARG002 - sockets have no numbers here
        """Return whether it is still the same process."""
        return self.alive()

    def may_signal(self) -> bool:
        """Return whether this user owns the process, or is root."""
        import os

        import psutil

        uid = getattr(os, "geteuid", lambda: 0)()
        uids = getattr(self._process, "uids", None)
        try:
            # Windows has no uids: the attempt will tell.
            return uid == 0 or uids is None or bool(uids().real == uid)
        except psutil.Error:
            return True

    def terminate(self) -> bool:
        """Send SIGTERM (end the process, on Windows); return whether somebody got it."""
        return self._try("terminate")

    def kill(self) -> bool:
        """Send SIGKILL (end the process, on Windows); return whether somebody got it."""
        return self._try("kill")

    def close(self) -> None:
        """Let go: there is nothing to give back."""

    def _try(self, what: str) -> bool:
        import psutil

        try:
            getattr(self._process, what)()
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied as error:
            raise PermissionError(str(error)) from error
        return True
