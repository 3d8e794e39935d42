"""A real terminal of a program under test: what it shows, and keys to press."""

from __future__ import annotations

import os
import pty
import select
import signal
import struct
import sys
import time
from typing import TYPE_CHECKING

if sys.platform != "win32":
    import fcntl
    import termios

if TYPE_CHECKING:
    from pathlib import Path


class PtyProgram:
    """`argv` on a pty of its own, its leader and in its foreground, as from a shell."""

    def __init__(
        self, argv: list[str], folder: Path, env: dict[str, str], size: tuple[int, int] = (80, 24)
    ) -> None:
        self.shown = b""
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(argv[0], argv, env)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def until(self, text: str, seconds: float = 30.0) -> str:
        """Read until `text` is shown, or the program ends; return all that was shown since."""
        wanted, start, ended = text.encode(), len(self.shown), time.monotonic() + seconds
        while wanted not in self.shown[start:] and time.monotonic() < ended:
            if not self._read(ended - time.monotonic()):
                break
        return self.shown[start:].decode()

    def press(self, keys: str) -> None:
        time.sleep(0.1)  # what comes before the question is dropped
        os.write(self._terminal, keys.encode())

    def end(self, seconds: float = 30.0) -> int:
        """Wait for the program's own end; kill it after that. Return its exit code."""
        ended = time.monotonic() + seconds
        while self._read(ended - time.monotonic()):
            pass
        if time.monotonic() >= ended:
            os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        os.close(self._terminal)
        return os.waitstatus_to_exitcode(status)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._terminal], [], [], max(seconds, 0))
        try:
            data = os.read(self._terminal, 65536) if ready else b""
        except OSError:  # Linux: the last program on the terminal has ended
            data = b""
        self.shown += data
        return bool(data)
