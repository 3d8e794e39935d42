"""The terminal of the live screen, its keys, and its restoration. POSIX; see terminal_windows.

The alternate screen, the hidden cursor and the unbuffered keys are undone on every exit that a
process can handle: return, exception, SIGTERM, SIGHUP, SIGINT, and Ctrl-Z until it continues.
"""

from __future__ import annotations

import os
import select
import signal
import sys

from portman.base.context import suppress

if sys.platform != "win32":
    import termios
    import tty

assert sys.platform != "win32"  # for the type checker, on Windows

TYPE_CHECKING = False

if TYPE_CHECKING:
    from types import FrameType
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

    def __exit__(self, *_: object) -> None:
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
        if lines == self._drawn:
            return
        self._drawn = list(lines)
        self._write(HOME + (CLEAR_LINE + "\r\n").join(lines) + CLEAR_LINE + CLEAR_BELOW)

    def send(self, sequence: str) -> None:
        self._write(sequence)

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
        """Ctrl-Z: restore the terminal, stop, and take it again when the shell continues us."""
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
    """Handle a signal: its byte in the wake-up pipe ends the waiting."""


def _end(number: int, _frame: FrameType | None) -> None:
    raise EndedBySignal(number)


# From the bytes a terminal sends to the names of keys. Pure.

_ESCAPES = {
    b"[A": "up", b"[B": "down", b"[C": "right", b"[D": "left", b"[H": "home", b"[F": "end",
    b"OA": "up", b"OB": "down", b"OC": "right", b"OD": "left", b"OH": "home", b"OF": "end",
    b"[1~": "home", b"[4~": "end", b"[5~": "pageup", b"[6~": "pagedown", b"[7~": "home",
    b"[8~": "end",
}  # fmt: skip
_CONTROLS = {
    0x0D: "enter", 0x0A: "enter", 0x7F: "backspace", 0x08: "backspace", 0x15: "erase",
    0x0E: "down", 0x10: "up", 0x02: "pageup", 0x06: "pagedown", 0x03: "interrupt",
    0x04: "q",
}  # fmt: skip


def decode(data: bytes) -> tuple[list[str], bytes]:
    """Return the keys in `data` and the bytes of a key that is not whole yet.

    Letters come as themselves, in UTF-8; a key without a name here is ignored. An escape
    that nothing follows is the key "escape": terminals send the sequence of a key at once.
    """
    keys: list[str] = []
    at = 0
    while at < len(data):
        if data[at] == 0x1B:
            name, length = _escape(data[at + 1 :])
            if name:
                keys.append(name)
            at += 1 + length
        elif data[at] < 0x20 or data[at] == 0x7F:
            if data[at] in _CONTROLS:
                keys.append(_CONTROLS[data[at]])
            at += 1
        else:
            length = _length(data[at])
            letter = data[at : at + length]
            if len(letter) < length:
                return keys, letter
            keys += _letter(letter)
            at += length
    return keys, b""


def _escape(rest: bytes) -> tuple[str, int]:
    """Return the key after an ESC byte, and how many bytes more it has."""
    for sequence, name in _ESCAPES.items():
        if rest.startswith(sequence):
            return name, len(sequence)
    if rest[:1] not in (b"[", b"O"):
        return "escape", 0
    length = 1
    while length < len(rest) and not 0x40 <= rest[length] <= 0x7E:
        length += 1
    return "", min(length + 1, len(rest))


def _length(first: int) -> int:
    return 1 if first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4


def _letter(raw: bytes) -> list[str]:
    text = raw.decode("utf-8", "ignore")
    return [text] if text and text.isprintable() else []
