"""`portman run` and `hold` with a command in a terminal: Ctrl-C, Ctrl-Z and fg, as typed."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.processes import PYTHON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.processes import Runner

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux")

ASKING = """\
import signal, sys
count = 0
def stop(*_):
    global count
    count += 1
    print("INT", count, flush=True)
signal.signal(signal.SIGINT, stop)
print("ready", flush=True)
for row in sys.stdin:
    print("read", row.strip(), "ints", count, flush=True)
    if row.strip() in ("end", "quit"):
        sys.exit(4 if row.strip() == "end" else 0)
"""
WAYS = pytest.mark.parametrize(
    "command", ["run", "run --service web", "hold"], ids=["run", "service", "hold"]
)


class Terminal:
    """A bash in a tmux of its own."""

    def __init__(self, runner: Runner) -> None:
        self._name = f"portman-test-{os.getpid()}-{time.monotonic_ns()}"
        env = runner.environment(PS1="$ ", HISTFILE="/dev/null")
        self._tmux("new-session", "-d", "-x", "150", "-y", "50", "bash --norc", env=env)
        words = shlex.join([*runner.prefix, sys.executable, "-m", "portman"])
        folder = shlex.quote(str(runner.folder))
        self.type(f"cd {folder}; pm() {{ {words} \"$@\"; }}; PS1='$ '; clear")

    def _tmux(self, *words: str, env: dict[str, str] | None = None) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._name, "-f", "/dev/null", *words],
            capture_output=True,
            text=True,
            env=env,
            timeout=20,
        )
        return done.stdout

    def type(self, text: str) -> None:
        """Type a line."""
        self._tmux("send-keys", "-l", text)
        self.press("Enter")

    def press(self, key: str) -> None:
        """Press one key, as tmux names it."""
        self._tmux("send-keys", key)

    def see(self, text: str) -> str:
        """Wait until the screen shows a text; return the screen."""
        screen = ""
        for _ in range(300):
            screen = self._tmux("capture-pane", "-p")
            if text in screen:
                return screen
            time.sleep(0.05)
        raise AssertionError(f"never saw {text!r} in:\n{screen}")

    def close(self) -> None:
        """End it all."""
        self._tmux("kill-server")


@pytest.fixture(name="terminal")
def _terminal(runner: Callable[..., Runner]) -> Iterator[Terminal]:
    shop = runner("[services]\nweb = 3000\n")
    (shop.folder / "asking.py").write_text(ASKING)
    terminal = Terminal(shop)
    yield terminal
    terminal.close()


@WAYS
def test_ctrl_c_reaches_the_command_once(terminal: Terminal, command: str) -> None:
    """It decides what that means, reads on from the terminal, and ends with its own code."""
    terminal.type(f"pm {command} -- {PYTHON} asking.py; echo code $?")
    terminal.see("ready")
    terminal.press("C-c")
    terminal.see("INT 1")
    terminal.type("hello")
    terminal.see("read hello ints 1")
    terminal.type("end")
    terminal.see("code 4")


@WAYS
def test_ctrl_c_ends_a_command_that_does_not_mind(terminal: Terminal, command: str) -> None:
    """The shell sees death by SIGINT, as from the command itself; nothing is left running."""
    terminal.type(f"pm {command} -- sh -c 'echo \"g\"o; exec sleep 61.25'; echo code $?")
    terminal.see("go")
    terminal.press("C-c")
    # A shell that sees a child die of SIGINT stops its own list of commands, too.
    terminal.type("echo next; pgrep -f 'sleep 61.2[5]' || echo none left")
    screen = terminal.see("none left\n")
    assert "code 0" not in screen
    assert "Traceback" not in screen


@WAYS
def test_ctrl_z_stops_and_fg_continues(terminal: Terminal, command: str) -> None:
    """The shell has its prompt back; afterwards the command reads from the terminal again."""
    terminal.type(f"pm {command} -- {PYTHON} asking.py; echo code $?")
    terminal.see("ready")
    terminal.press("C-z")
    terminal.see("Stopped")
    terminal.type("jobs; echo prompt is back")
    terminal.see("prompt is back")
    terminal.type("fg")
    time.sleep(0.5)
    terminal.type("again")
    terminal.see("read again ints 0")
    terminal.press("C-c")
    terminal.see("INT 1")
    terminal.type("end")
    time.sleep(0.5)
    terminal.type("echo end $?")
    terminal.see("end 4")


@WAYS
def test_in_the_background_it_is_stopped_when_it_reads(terminal: Terminal, command: str) -> None:
    """As any job is; `fg` lets it read."""
    terminal.type(f"pm {command} -- {PYTHON} asking.py &")
    terminal.see("ready")
    time.sleep(0.5)
    terminal.type("")
    terminal.see("Stopped")
    terminal.type("fg")
    time.sleep(0.5)
    terminal.type("late")
    terminal.see("read late")
    terminal.type("quit")
    time.sleep(0.5)
    terminal.type("echo ended $?")
    terminal.see("ended 0")
