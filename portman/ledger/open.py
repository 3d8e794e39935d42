"""Opening the ledger of this user: its callers have a `Ledger` and do not know which one."""

from __future__ import annotations

import os
import sys
from _thread import get_ident

from portman.base.context import contextmanager
from portman.base.errors import PortmanError, Problem
from portman.base.values import LOCAL_SCOPE
from portman.ledger.sqlite import SqliteLedger
from portman.state import OLDER, SERVER_FILE, locate, state_folder

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portman.ledger.protocol import Ledger
    from portman.ledger.shared.ledger import SharedLedger

#: By thread: the ledgers to close at the end of a call that a longer program made.
_to_close: dict[int, list[Ledger]] = {}
#: By thread: the ledger of the command that runs.
_of_command: dict[int, Ledger] = {}


def open_ledger() -> Ledger:
    """Open the ledger of this user, which need not exist yet.

    Raises PortmanError "ledger-unusable" if the user has no home folder.
    """
    if _of_command and get_ident() in _of_command:
        return _of_command[get_ident()]
    if sys.platform in ("darwin", "win32"):
        _settle()
    ledger = _opened(state_folder())
    if _to_close:
        _to_close.get(get_ident(), []).append(ledger)
    return ledger


def command_ledger(folder: str) -> Ledger:
    """Open the ledger in `folder` for all of a command: `open_ledger` returns the same one."""
    if sys.platform in ("darwin", "win32"):
        folder = _settle() or folder
    ledger = _of_command[get_ident()] = _opened(folder)
    return ledger


def _opened(folder: str) -> Ledger:
    """Open the ledger of this machine, or of the server that the environment or a file names.

    An empty PORTMAN_LEDGER is none, whatever `portman ledger remember` kept.
    """
    kept = os.path.lexists(os.path.join(folder, SERVER_FILE))
    return shared(folder) if os.environ.get("PORTMAN_LEDGER", kept) else SqliteLedger(folder)


def shared(folder: str | None = None) -> SharedLedger:
    """Open the ledger of which the server of PORTMAN_LEDGER decides a part.

    Raises PortmanError "ledger-unusable" where that is unset or wrong.
    """
    from portman.ledger.shared.ledger import SharedLedger  # most machines have no server

    return SharedLedger(folder)


def _settle() -> str:
    """Move the ledger from an older place to today's; return the new folder, "" if none moved."""
    folder, source = locate()
    if source != OLDER:
        return ""
    from portman.ledger.places import move  # once in the life of a ledger

    return move(folder)


def end_command() -> None:
    _of_command.pop(get_ident(), None)


class LedgersClosed:
    """`with LedgersClosed():` closes every ledger that this thread opens inside.

    A command's process ends and closes its own; the Python API and the pytest plugin live on.
    """

    def __enter__(self) -> None:
        self._thread = get_ident()
        self._outer = _to_close.get(self._thread)
        self._mine: list[Ledger] = []
        _to_close[self._thread] = self._mine

    def __exit__(self, *_: object) -> None:
        for ledger in self._mine:
            ledger.close()
        if self._outer is None:
            del _to_close[self._thread]
        else:
            _to_close[self._thread] = self._outer


class _EmptyLedger(SqliteLedger):
    """Every question finds nothing, as before the first lease."""

    @contextmanager
    def _reading(self) -> Iterator[None]:
        yield None


def readable_ledger() -> tuple[Ledger, tuple[Problem, ...]]:
    """Return the ledger, or an empty one with a warning where it cannot be read.

    For commands that are useful without one: who, explain, free. `sudo portman who 3000` may
    meet the state folder of another user, and with a damaged ledger the holder is still known.
    """
    try:
        ledger = open_ledger()
        ledger.lease_on(LOCAL_SCOPE, "tcp", 1)
    except PortmanError as error:
        if not error.code.startswith("ledger-"):
            raise
        message = f"leases are not shown: the ledger is unusable. {error.message}"
        return _EmptyLedger(os.devnull), (Problem("ledger-unread", message, error.hint),)
    return ledger, _under_sudo()


def _under_sudo() -> tuple[Problem, ...]:
    """Under sudo the state folder is root's, not that of the user who typed the command."""
    person = os.environ.get("SUDO_USER", "root")
    is_root = getattr(os, "geteuid", lambda: 1)() == 0
    if person == "root" or os.environ.get("PORTMAN_HOME") or not is_root:
        return ()
    message = f"the leases of {person} are not shown: under sudo portman reads root's own ledger"
    return (
        Problem("ledger-unread", message, f"run it without sudo to see the leases of {person}"),
    )
