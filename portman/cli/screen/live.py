"""The loop of the live screen: look, draw, wait for a key or for the next look."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from portman.base.errors import INTERRUPTED
from portman.cli.screen.frame import frame
from portman.cli.screen.view import View, press, selected, settle
from portman.commands.watching import diff

if sys.platform == "win32":
    from portman.cli.screen.terminal_windows import EndedBySignal, Terminal
else:
    from portman.cli.screen.terminal import EndedBySignal, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from portman.cli.style import Style
    from portman.commands.watching import Event, Key, Snapshot

#: Seconds a change stays marked.
MARKED_FOR = 5.0


class Live:
    """What is on the screen now."""

    def __init__(self, look: Callable[[], Snapshot], style: Style, interval: float) -> None:
        self.look, self.style, self.interval = look, style, interval
        self.snapshot = look()
        self.view = settle(View(), self.snapshot.rows)
        self.marks: dict[Key, tuple[Event, float]] = {}
        self.agreed: tuple[str, ...] = ()

    def run(self) -> int:
        """Show the screen until somebody ends it; return the exit code."""
        try:
            with Terminal() as terminal:
                self._loop(terminal)
        except KeyboardInterrupt:
            return INTERRUPTED
        except EOFError:
            return 0
        except EndedBySignal as ended:
            return 128 + ended.number
        return 0

    def _loop(self, terminal: Terminal) -> None:
        next_look = time.monotonic() + self.interval
        while True:
            self._draw(terminal)
            for key in terminal.wait(next_look - time.monotonic()):
                if not self._press(terminal, key):
                    return
            if time.monotonic() >= next_look:
                self._refresh()
                next_look = time.monotonic() + self.interval

    def _draw(self, terminal: Terminal) -> None:
        width, height = terminal.size()
        self.view = self.view._replace(page=max(height - 4, 1))
        marks = {key: event for key, (event, _) in self.marks.items()}
        style = self.style._replace(width=width)
        terminal.draw(frame(self.snapshot, self.view, marks, style, max(height, 3)))

    def _refresh(self) -> None:
        """Take a new snapshot and mark what changed. Raises PortmanError: ledger-*."""
        before, self.snapshot = self.snapshot, self.look()
        now = time.monotonic()
        self.marks = {key: one for key, one in self.marks.items() if one[1] > now}
        for change in diff(before, self.snapshot):
            if change.event == "removed":
                row = change.row
                message = f"{row.service} of {row.project} gave its port {row.port} back"
                self.view = self.view._replace(message=message)
            elif change.event != "connections":
                self.marks[change.row.key] = (change.event, now + MARKED_FOR)
        self.view = settle(self.view, self.snapshot.rows)

    def _press(self, terminal: Terminal, key: str) -> bool:
        """Do what a key asks for; return False to end."""
        if key == "resize":
            return True
        if key == "interrupt":
            raise KeyboardInterrupt
        self.view, wish = press(self.view, key, self.snapshot.rows)
        if wish in ("open", "plan", "free"):
            self._act(terminal, wish)
        return wish != "quit"

    def _act(self, terminal: Terminal, wish: str) -> None:
        row = selected(self.view, self.snapshot.rows)
        if row is None:
            return
        if wish == "open":
            from portman.cli.screen.browser import open_url

            self.view = self.view._replace(message=open_url(row.url))
            return
        from portman.cli.screen import freeing

        if wish == "plan":
            text, self.agreed = freeing.question(row)
            self.view = self.view._replace(message=text, mode="ask" if self.agreed else "list")
            return
        self.view = self.view._replace(message=f"freeing {row.port} ...")
        self._draw(terminal)
        self.view = self.view._replace(message=freeing.act(row, self.agreed))
        self._refresh()
