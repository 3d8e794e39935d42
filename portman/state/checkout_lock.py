"""One writer of a checkout's files at a time, on this machine, for this state folder."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from portman.base.errors import PortmanError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Seconds to wait for another portman that writes the same files. They take milliseconds.
PATIENCE = 30.0


@contextlib.contextmanager
def checkout_lock(state: str, path: str, key: str) -> Iterator[None]:
    """Hold the lock of the checkout at `path` while the body runs.

    The kernel drops it if the process is killed. `key` is a file name for the checkout: two
    whose keys collide only wait for each other. Raises PortmanError
    "ledger-busy" after PATIENCE seconds (its holder may be stopped), "ledger-foreign" or
    "ledger-unusable" if the state folder is another's or cannot be written.
    """
    from portman.ledger import errors as sqlite_errors
    from portman.state.locks import Turn
    from portman.state.room import room

    folder, terms = room(state, "locks")
    name = os.path.join(folder, key)
    turn = Turn(name, terms)
    with sqlite_errors.told(name, doing="written"):
        if not turn.take(PATIENCE):
            raise _busy(name, path)
    try:
        yield
    finally:
        turn.give()


def _busy(name: str, path: str) -> PortmanError:
    """Name who has the lock, where that can be seen."""
    from portman.state import lockholder

    holder = lockholder.find(name)
    who = "Another portman" if holder is None else f"Process {holder.pid} ({holder.command})"
    state = " and is stopped" if holder is not None and holder.stopped else ""
    hint = f"see who has it open: fuser -v {name}; then try again"
    if holder is not None:
        go_on = f"let it go on: kill -CONT {holder.pid}, or " if holder.stopped else ""
        hint = f"{go_on}end it: kill {holder.pid}"
    return PortmanError(
        "ledger-busy",
        f"{who} has been writing the files of {path} for {PATIENCE:g} s{state}",
        hint=hint,
        file=path,
    )
