"""The terminal under the live screen, and how it is left as it was. POSIX; see terminal_windows.

The alternate screen, a hidden cursor and unbuffered keys are undone on every way out that a
process has a say in: return, exception, SIGTERM, SIGHUP, SIGINT, and Ctrl-Z until it goes on.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from portman.cli.screen.keys import decode

if sys.platform != "win32":
    import termios
    import tty

assert sys.platform != "win32"  # for the type checker, on Windows

if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import Self

ENTER = "\x1b[?1049h\x1b[?25l"
LEAVE = "\x1b[?25h\x1b[?1049l"
CLEAR_LINE, CLEAR_BELOW, HOME = "\x1b[K", "\x1b[J", "\x1b[H"
_ENDING = (signal.SIGTERM, signal.SIGHUP)


class EndedBySignal(BaseException):
    """SIGTERM or SIGHUP came; raised so that every `finally` runs."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Terminal:
    """Stdin and stdout as a screen, between `with` and its end."""

    def __init__(self) -> None:
        self._in, self._out = sys.stdin.fileno(), sys.stdout.fileno()
        self._keys = os.isatty(self._in)
        self._settings: list[object] = []
        self._pending = b""
        self._drawn: list[str] = []
        self._wake = self._waker = -1
        self._handlers: dict[int, object] = {}
        self._old_wakeup = -1

    def __enter__(self) -> Self:
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._waker, False)
        os.set_blocking(self._wake, False)
        try:
            self._take_signals()
            self._enter()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        signal.set_wakeup_fd(self._old_wakeup)
        os.close(self._wake)
        os.close(self._waker)

    def size(self) -> tuple[int, int]:
        """Return (columns, lines); 80 x 24 where the terminal does not say."""
        try:
            found = os.get_terminal_size(self._out)
        except OSError:
            return 80, 24
        return found.columns or 80, found.lines or 24

    def draw(self, lines: list[str]) -> None:
        """Show the lines from the top of the screen; nothing is written if they are shown."""
        if lines == self._drawn:
            return
        self._drawn = list(lines)
        self._write(HOME + (CLEAR_LINE + "\r\n").join(lines) + CLEAR_LINE + CLEAR_BELOW)

    def wait(self, seconds: float) -> list[str]:
        """Return the keys that came, after at most `seconds`; "resize" if the size changed.

        Raises EOFError if the terminal has gone.
        """
        watched = [self._wake, *([self._in] if self._keys else [])]
        ready, _, _ = select.select(watched, [], [], max(0.0, seconds))
        keys: list[str] = []
        if self._wake in ready and os.read(self._wake, 512):
            self._drawn = []
            keys.append("resize")
        if self._in in ready:
            data = os.read(self._in, 1024)
            if not data:
                raise EOFError
            found, self._pending = decode(self._pending + data)
            keys += found
        return keys

    def _enter(self) -> None:
        if self._keys:
            self._settings = termios.tcgetattr(self._in)
            tty.setcbreak(self._in, termios.TCSANOW)
        self._drawn = []
        self._write(ENTER)

    def _leave(self) -> None:
        with suppress(OSError):  # the terminal may have gone
            self._write(LEAVE)
        if self._settings:
            with suppress(termios.error):
                termios.tcsetattr(self._in, termios.TCSADRAIN, self._settings)  # type: ignore[arg-type]
            self._settings = []

    def _take_signals(self) -> None:
        self._old_wakeup = signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        wanted: dict[int, object] = {signal.SIGWINCH: _nothing, signal.SIGTSTP: self._suspend}
        wanted.update(dict.fromkeys(_ENDING, _end))
        for number, handler in wanted.items():
            self._handlers[number] = signal.signal(number, handler)  # type: ignore[arg-type]

    def _suspend(self, number: int, _frame: FrameType | None) -> None:
        """Ctrl-Z: give the terminal back, stop, and take it again when told to go on."""
        self._leave()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, self._suspend)
        self._enter()

    def _write(self, text: str) -> None:
        data = text.encode(sys.stdout.encoding or "utf-8", "replace")
        while data:
            data = data[os.write(self._out, data) :]


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Take note of a signal: its byte in the wake-up pipe ends the waiting."""


def _end(number: int, _frame: FrameType | None) -> None:
    raise EndedBySignal(number)
