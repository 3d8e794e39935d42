"""The life of a `portman hold`: answer, take what comes free, end when told to. Linux."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from portman.launch.hold_server import Answer, HoldServer

assert sys.platform == "linux"  # for the type checker, on other platforms

#: Between two looks at ports that could not be held yet, in seconds.
_RETRY = 1.0
#: As `ps -o comm` and /proc/PID/comm show it (at most 15 bytes).
NAME = "portman hold"
_SET_NAME = 15  # PR_SET_NAME of prctl(2)
_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Keeper(Protocol):
    """Who holds the ports."""

    def take(self) -> None:
        """Hold what can be held now."""

    def answer(self, verb: str, service: str) -> Answer:
        """Answer a request of `portman run`."""


def stay(keeper: Keeper, server: HoldServer | None, folder: str, ready: Callable[[], None]) -> int:
    """Hold until a signal ends it: return 0 after SIGTERM or a hang-up, 130 after Ctrl-C.

    `ready` is called once signals can no longer be missed.
    """
    wake, write = os.pipe()
    os.set_blocking(write, False)
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    signal.set_wakeup_fd(write)
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup, or `&` in a script
            signal.signal(number, note)
    _be_findable(folder)
    ready()
    while not came:
        watched = [wake] if server is None else [wake, server.fileno()]
        readable, _, _ = select.select(watched, [], [], _RETRY)
        if server is not None and server.fileno() in readable:
            server.serve(keeper.answer)
        keeper.take()
    return 130 if signal.SIGINT in came else 0


def stay_for(
    keeper: Keeper, server: HoldServer | None, argv: list[str], env: dict[str, str]
) -> int:
    """Hold while a command runs; end as it ends. Raises PortmanError if it cannot start."""
    from portman.launch.watched import end_like, watch

    due = time.monotonic() + _RETRY

    def tick() -> bool:
        nonlocal due
        if server is not None:
            server.serve(keeper.answer)
        if time.monotonic() >= due:
            keeper.take()
            due = time.monotonic() + _RETRY
        return False

    ending = watch(argv, env, tick)
    if server is not None:
        server.close()  # `end_like` may end this process by a signal
    return end_like(ending.status)


def _be_findable(folder: str) -> None:
    """Let `ps` and `portman who` tell what this is, and whose: a name, and the working folder."""
    import ctypes

    with contextlib.suppress(OSError):
        os.chdir(folder)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SET_NAME, NAME.encode(), 0, 0, 0)
