"""Watch a service's command once, to see how it binds the port that is held for it. Linux only.

Some servers set no SO_REUSEADDR and cannot bind under a hold. They are noticed by what they do: an
end with an exit code other than 0, before the port was ever listened on. Then the port is let go
and the command started once more. Where an outer command holds the port as well (make started us,
and `portman run -- make dev` started make), starting again is of no use: we say so, and the next
outer `run` does not hold that port. What was seen is remembered (launch/manners.py), so that the
next `run` of the same command need not watch, and becomes it at once.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from portman.launch.manners import FITS, HINDERED, PLAIN
from portman.launch.start import let_go

if TYPE_CHECKING:
    from collections.abc import Callable

    from portman.base.errors import Problem
    from portman.base.holder import Holder
    from portman.launch.facts import Key, PreparedCommand

assert sys.platform == "linux"  # for the type checker, on other platforms

#: A server that ends by itself within this many seconds without ever having listened is started
#: once more without the hold. Slow starters (JVMs) take half of it.
_PATIENCE = 60.0


def start_watched(launch: PreparedCommand, tcp: list[Key], tell: Callable[[Problem], None]) -> int:
    """Run the command as a child, see how it binds, and start it again if the hold was in its way.

    What is seen is remembered, so that the next `run` becomes the command at once.
    """
    from portman.launch.watched import end_like, watch

    looking = _Look(launch, tcp, FITS)
    ending = watch(launch.argv, launch.env, looking)
    if not ending.failed or looking.seen or ending.seconds > _PATIENCE:
        return end_like(ending.status)
    let_go(launch)
    code = os.WEXITSTATUS(ending.status)
    outer = _outer_hold(tcp)
    if outer is not None:
        _keep(launch, HINDERED)
        tell(_hindered(launch, code, outer))
        return end_like(ending.status)
    tell(_again(launch, code))
    return end_like(watch(launch.argv, launch.env, _Look(launch, tcp, PLAIN)).status)


def _outer_hold(tcp: list[Key]) -> Holder | None:
    """Return who still keeps one of the ports bound without listening, after we let go."""
    from portman.holders.find import find_holders

    return next((one for one in find_holders(tcp) if one.state == "bound"), None)


def _keep(launch: PreparedCommand, manner: str) -> None:
    """Remember what was seen of the service's command."""
    from portman.launch.manners import remember
    from portman.state import state_folder

    if launch.spot is not None:
        path, name = launch.facts.path, launch.spot.name
        remember(state_folder(), path, name, launch.asked, manner)


class _Look:
    """Tells whether one of the ports is listened on, and remembers it the first time."""

    def __init__(self, launch: PreparedCommand, keys: list[Key], manner: str) -> None:
        self._launch, self._keys, self._manner = launch, keys, manner
        self.seen = False

    def __call__(self) -> bool:
        from portman.machine.sockets.listing import read_table

        self.seen = any(one.state == "listen" for one in read_table(self._keys))
        if self.seen:
            _keep(self._launch, self._manner)
        return self.seen


def _again(launch: PreparedCommand, code: int) -> Problem:
    told = f"{_ended(launch, code)}; starting it once more, without the port held"
    return _problem(launch, "started-again", told, "")


def _hindered(launch: PreparedCommand, code: int, outer: Holder) -> Problem:
    from portman.holders.messages import who

    hint = (
        "if it said that the address is in use: start all of it again, the port will not be held; "
        "or start the outer command with portman hold"
    )
    told = f"{_ended(launch, code)}, which {who(outer)} holds for it"
    return _problem(launch, "held-outside", told, hint)


def _ended(launch: PreparedCommand, code: int) -> str:
    from portman.base.text import printable

    assert launch.spot is not None
    program = printable(os.path.basename(launch.argv[0]))
    port = launch.spot.ports[0]
    return f"{launch.spot.name}: {program} ended with {code} before it listened on {port}"


def _problem(launch: PreparedCommand, code: str, told: str, hint: str) -> Problem:
    from portman.base.errors import Problem

    assert launch.spot is not None
    return Problem(code, told, hint, service=launch.spot.name)
