"""The terminal under the live screen on Windows 10 and later; never run here.

Virtual terminal sequences are switched on for the console; keys come from msvcrt, which cannot be
waited for together with a time limit, so it is asked every 50 ms.
"""

from __future__ import annotations

import os
import sys
import time

if sys.platform == "win32":
    import ctypes
    import msvcrt

assert sys.platform == "win32"  # for the type checker, elsewhere

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Self

_STDOUT, _VIRTUAL = -11, 0x0004
_ARROWS = {
    "H": "up", "P": "down", "I": "pageup", "Q": "pagedown", "G": "home", "O": "end",
}  # fmt: skip
_NAMES = {"\r": "enter", "\x08": "backspace", "\x1b": "escape", "\x15": "erase"}


class EndedBySignal(BaseException):
    """Never raised here; its name is the same on every platform."""

    number = 0


class Terminal:
    """The console as a screen, between `with` and its end."""

    def __init__(self) -> None:
        self._drawn: list[str] = []
        self._size = self.size()
        self._mode = ctypes.c_ulong()

    def __enter__(self) -> Self:
        kernel = ctypes.windll.kernel32
        handle = kernel.GetStdHandle(_STDOUT)
        kernel.GetConsoleMode(handle, ctypes.byref(self._mode))
        kernel.SetConsoleMode(handle, self._mode.value | _VIRTUAL)
        self._write("\x1b[?1049h\x1b[?25l")
        return self

    def __exit__(self, *_: object) -> None:
        self._write("\x1b[?25h\x1b[?1049l")
        kernel = ctypes.windll.kernel32
        kernel.SetConsoleMode(kernel.GetStdHandle(_STDOUT), self._mode.value)

    def size(self) -> tuple[int, int]:
        """Return (columns, lines); 80 x 24 where the console does not say."""
        try:
            found = os.get_terminal_size()
        except OSError:
            return 80, 24
        return found.columns, found.lines

    def draw(self, lines: list[str]) -> None:
        if lines != self._drawn:
            self._drawn = list(lines)
            self._write("\x1b[H" + "\x1b[K\r\n".join(lines) + "\x1b[K\x1b[J")

    def send(self, sequence: str) -> None:
        self._write(sequence)

    def wait(self, seconds: float) -> list[str]:
        """Return the keys that came, after at most `seconds`; "resize" if the size changed."""
        until = time.monotonic() + seconds
        while True:
            if self.size() != self._size:
                self._size, self._drawn = self.size(), []
                return ["resize"]
            if msvcrt.kbhit():
                return [_key()]
            if time.monotonic() >= until:
                return []
            time.sleep(0.05)

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


def _key() -> str:
    letter = msvcrt.getwch()
    if letter in ("\x00", "\xe0"):
        return _ARROWS.get(msvcrt.getwch(), "")
    if letter == "\x03":
        raise KeyboardInterrupt
    return _NAMES.get(letter, letter)
