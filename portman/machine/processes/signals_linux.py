"""A grip on one process through a pidfd (pidfd_open(2)): its number cannot come to mean another.

While the process has not been waited for, its number is not given out again; and a signal sent
through the pidfd reaches that process or nobody.
"""

from __future__ import annotations

import os
import select
import signal
import sys

from portman.machine.processes import linux as processes_linux
from portman.machine.sockets import owners as socket_owners

assert sys.platform == "linux"  # for the type checker, on other platforms


class ProcessHandle:
    """A process held on to from look-up to signal. Close it when done."""

    def __init__(self, pid: int) -> None:
        """Take hold of the process. Raises ProcessLookupError if there is none.

        Before Linux 5.3 there are no pidfds: then only the start time tells the process apart.
        """
        self.pid = pid
        self._fd: int | None
        try:
            self._fd = os.pidfd_open(pid)
        except ProcessLookupError:
            raise
        except OSError:
            self._fd = None
        self._mark = processes_linux.start_mark(pid)
        if not self._mark or not self.alive():
            self.close()
            raise ProcessLookupError(pid)

    @property
    def start_mark(self) -> int:
        """Return when it started, in clock ticks since the machine did."""
        return self._mark

    def alive(self) -> bool:
        """Return whether the very process still runs (a zombie does not)."""
        if self._fd is not None:
            return not select.select([self._fd], [], [], 0)[0]
        told = processes_linux.facts(self.pid)
        return told is not None and told.start_mark == self._mark and not told.zombie

    def has(self, inodes: frozenset[int]) -> bool:
        """Return whether it has one of these sockets open, and is still the same process."""
        if processes_linux.start_mark(self.pid) != self._mark:
            return False
        return socket_owners.has_socket(self.pid, inodes) and self.alive()

    def may_signal(self) -> bool:
        """Return whether the kernel would let this user signal it."""
        try:
            self._send(0)
        except PermissionError:
            return False
        except OSError:
            return True
        return True

    def terminate(self) -> bool:
        """Send SIGTERM; return whether there was somebody to get it.

        A suspended process (Ctrl-Z) could not act on it, so it is continued as well.
        """
        sent = self._signalled(signal.SIGTERM)
        told = processes_linux.facts(self.pid) if sent else None
        if told is not None and told.stopped:
            self._signalled(signal.SIGCONT)
        return sent

    def kill(self) -> bool:
        """Send SIGKILL; return whether there was somebody to get it."""
        return self._signalled(signal.SIGKILL)

    def close(self) -> None:
        """Let go."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _signalled(self, number: int) -> bool:
        if not self.alive() or processes_linux.start_mark(self.pid) != self._mark:
            return False
        try:
            self._send(number)
        except ProcessLookupError:
            return False
        return True

    def _send(self, number: int) -> None:
        if self._fd is not None:
            signal.pidfd_send_signal(self._fd, number)
        else:
            os.kill(self.pid, number)
