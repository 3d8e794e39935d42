"""The loop of the live screen: look, draw, wait for a key or the next look; free and open."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

from portman.base.errors import INTERRUPTED, PortmanError
from portman.base.values import LOCAL_SCOPE
from portman.cli.prompt import WORDS as PROMPT
from portman.cli.render import short_path
from portman.cli.screen.frame import View, frame, press, select_existing, selected
from portman.commands.watch import diff

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portman.base.errors import Report
    from portman.cli.render import Style
    from portman.cli.screen.frame import Mode
    from portman.commands.watch import Event, Key, Row, WatchSnapshot

if sys.platform == "win32":
    from portman.cli.screen.terminal_windows import EndedBySignal, Terminal
else:
    from portman.cli.screen.terminal import EndedBySignal, Terminal


#: Seconds a change stays marked.
MARKED_FOR = 5.0


class Live:
    """What is on the screen now."""

    def __init__(self, look: Callable[[], WatchSnapshot], style: Style, interval: float) -> None:
        self.look, self.style, self.interval = look, style, interval
        self.snapshot = look()
        self.view = select_existing(View(), self.snapshot.rows)
        self.marks: dict[Key, tuple[Event, float]] = {}
        self.agreed: tuple[str, ...] = ()

    def run(self) -> int:
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
        self.view = select_existing(self.view, self.snapshot.rows)

    def _press(self, terminal: Terminal, key: str) -> bool:
        """Do what a key asks for; return False to end."""
        if key == "resize":
            return True
        if key == "interrupt":
            raise KeyboardInterrupt
        self.view, action = press(self.view, key, self.snapshot.rows)
        if action not in ("none", "quit"):
            self._act(terminal, action)
        return action != "quit"

    def _act(self, terminal: Terminal, action: str) -> None:
        row = selected(self.view, self.snapshot.rows)
        if row is None:
            return
        if action == "open":
            self._say(open_url(row.url))
        elif action == "copy":
            self._say(copied(row.url))
            terminal.send(clipboard(row.url))
        elif action in ("plan", "move"):
            text, self.agreed = plan(row) if action == "plan" else plan_move(row)
            self._say(text, "ask" if self.agreed else "list")
        else:
            self._say(f"{row.service}: {self.agreed[0]} ...")
            self._draw(terminal)
            moves = self.agreed == MOVE
            self._say(move(row) if moves else act(row, self.agreed))
            self._refresh()

    def _say(self, text: str, mode: Mode = "list") -> None:
        self.view = self.view._replace(message=text, mode=mode)


def clipboard(text: str) -> str:
    """Return the sequence by which a terminal puts text on the clipboard (OSC 52)."""
    from base64 import b64encode

    return f"\x1b]52;c;{b64encode(text.encode()).decode()}\x07" if text else ""


def copied(url: str) -> str:
    return f"copied {url}" if url else "this service has no TCP port, so there is no URL to copy"


# Move the service of a row to another port, as `portman up --reassign` does.

MOVE = ("move",)


def plan_move(row: Row) -> tuple[str, Steps]:
    """Return what to ask, and MOVE; or why nothing can be moved, and ()."""
    if row.gone:
        return f"{short_path(row.checkout)} is gone: portman gc", ()
    return f"reassign {row.service}? y/n: it {PROMPT['move']} (now {row.port})", MOVE


def move(row: Row) -> str:
    from portman.commands.up import up

    try:
        report = up(row.checkout, instance=row.instance, names=(row.service,), reassign=True)
    except PortmanError as error:
        return _with_hint(error.message, error.hint)
    views: Any = report.data["services"]
    now = next(one for one in views if one["name"] == row.service)
    if now["port"] == row.port:
        return f"{row.service} keeps {row.port}: it is fixed, or it runs there"
    return f"{row.service} has {now['port']} now, was {row.port}; restart what uses it"


# Free the port of a row: what would be done, and doing it. `portman free` decides both.

Steps = tuple[str, ...]


def plan(row: Row) -> tuple[str, Steps]:
    """Return what to ask, and the steps that a yes would carry out; () if there is nothing to do.

    Without steps the text is the reason.
    """
    if row.scope != LOCAL_SCOPE:
        return f"{row.port} is a port of {row.scope}, not of this machine", ()
    try:
        report = _free(row, dry_run=True)
    except PortmanError as error:
        return _with_hint(error.message, error.hint), ()
    if report.errors:
        return _with_hint(report.errors[0].message, report.errors[0].hint), ()
    steps = steps_of(report)
    if not steps:
        return f"{row.port} is free already", ()
    return f"free {row.port}? y/n: {', then '.join(steps)}", steps


def act(row: Row, agreed: Steps) -> str:
    """Carry out what was agreed on; return the result in words.

    If the plan has changed meanwhile, nothing is done.
    """
    try:
        report = _free(row, agreed=agreed)
    except PortmanError as error:
        return _with_hint(error.message, error.hint)
    if report.errors:
        changed = report.errors[0].code == "free-unconfirmed"
        if changed:
            return f"another program has {row.port} now: nothing was stopped"
        return _with_hint(report.errors[0].message, report.errors[0].hint)
    return f"{row.port} is free now"


def steps_of(report: Report) -> Steps:
    data: dict[str, Any] = report.data
    return tuple(step["text"] for step in data.get("plan", {}).get("steps", ()))


def _free(row: Row, *, agreed: Steps = (), dry_run: bool = False) -> Report:
    from portman.commands.free import free
    from portman.diagnose.free.plan import FreeOptions

    options = FreeOptions(dry_run=dry_run, udp="tcp" not in row.protocols)
    return free(
        row.checkout if not row.gone else "/",
        str(row.port),
        options=options,
        confirm=lambda report: steps_of(report) == agreed,
    )


def _with_hint(message: str, hint: str) -> str:
    return f"{message} ({hint})" if hint else message


# Open a URL in the user's browser without letting it write over our screen.


def open_url(url: str) -> str:
    """Start the browser; return the message: opened, or why not."""
    if not url:
        return "this service has no TCP port, so there is no URL to open"
    command = _command()
    if not command:
        return f"no browser can be started from here: {url}"
    try:
        subprocess.Popen(
            [*command, url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        return f"{command[0]} could not be started ({error.strerror}): {url}"
    return f"opened {url}"


def _command() -> list[str]:
    """Return $BROWSER, else what this desktop opens things with; [] without a desktop."""
    chosen = os.environ.get("BROWSER", "").split(os.pathsep)[0].split()
    if chosen:
        return chosen
    if sys.platform == "darwin":
        return ["open"]
    if sys.platform == "win32":
        return ["rundll32", "url.dll,FileProtocolHandler"]
    for tool in ("wslview", "xdg-open"):
        desktop = tool == "wslview" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
        if desktop and shutil.which(tool):
            return [tool]
    return []
