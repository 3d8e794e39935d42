"""Start a prepared command: become it, or watch it once until it is known how it binds."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from portman.base.errors import Problem
    from portman.launch.facts import Launch


def start(launch: Launch, tell: Callable[[Problem], None]) -> int:
    """Start the command; return its exit code where this process does not become the command.

    `tell` is called with what the user should know in between. Raises PortmanError
    "command-missing" (127) or "command-refused" (126).
    """
    from portman.launch.hold import OUTLASTS_START

    if sys.platform == "win32":
        from portman.launch.launch_windows import run_child

        launch.release(list(launch.held))
        return run_child(launch.argv, launch.env)
    tcp = [key for key in launch.own_keys() if key[0] == "tcp" and key in launch.held]
    if sys.platform == "linux" and tcp and launch.manner in ("", "hindered"):
        from portman.launch.trial import start_watched

        return start_watched(launch, tcp, tell)
    if launch.manner == "plain":
        let_go(launch)
    _become(launch, outlasts=OUTLASTS_START)
    return 0


def _become(launch: Launch, *, outlasts: bool) -> None:
    """Put every descriptor where the command expects it, and become the command."""
    from portman.launch.launch import become, pass_on, room

    lasting = [key for key in launch.held if key[0] == "tcp" and outlasts][: room()]
    launch.release([key for key in launch.held if key not in set(lasting)])
    keep = [descriptor for key in lasting for descriptor in launch.held[key]]
    if launch.listening:
        from portman.launch.activation import place

        keep = place([descriptor for _, descriptor in launch.listening], keep)
        launch.env["LISTEN_FDS"] = str(len(launch.listening))
        launch.env["LISTEN_PID"] = str(os.getpid())
        launch.env["LISTEN_FDNAMES"] = ":".join(name for name, _ in launch.listening)
    pass_on(keep)
    become(launch.argv, launch.env)


def let_go(launch: Launch) -> None:
    """Release the service's own ports, here and in a `portman hold` of this checkout."""
    from portman.launch.hold_requests import ask_to_release

    launch.release(launch.own_keys())
    facts = launch.facts
    if launch.spot is not None:
        ask_to_release(facts.path, facts.instance, launch.spot.name)
