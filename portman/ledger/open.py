"""The ledger for commands that are useful without one: who, explain, free."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portman.base.errors import PortmanError, Problem
from portman.base.values import LOCAL_SCOPE
from portman.ports.workspace import open_ledger

if TYPE_CHECKING:
    from portman.ledger.protocol import Ledger


def readable_ledger() -> tuple[Ledger, tuple[Problem, ...]]:
    """Return the ledger, or an empty one with a warning where it cannot be read.

    `sudo portman who 3000` may meet a state folder of another user, and a damaged ledger is no
    reason not to say who is in the way.
    """
    try:
        ledger = open_ledger()
        ledger.lease_on(LOCAL_SCOPE, "tcp", 1)
    except PortmanError as error:
        if not error.code.startswith("ledger-"):
            raise
        from portman.ledger.memory import MemoryLedger

        return MemoryLedger(), (_unread(error),)
    return ledger, _under_sudo()


def _under_sudo() -> tuple[Problem, ...]:
    """Say that root's ledger is not that of whoever typed sudo."""
    person = os.environ.get("SUDO_USER", "root")
    if person == "root" or os.environ.get("PORTMAN_HOME") or not _is_root():
        return ()
    return (
        Problem(
            "ledger-unread",
            f"nothing is said of the leases of {person}: under sudo this is root's own ledger",
            "without sudo the leases are told",
        ),
    )


def _is_root() -> bool:
    return getattr(os, "geteuid", lambda: 1)() == 0


def _unread(error: PortmanError) -> Problem:
    return Problem(
        "ledger-unread", f"nothing is said of leases: the ledger is unusable. {error}", error.hint
    )
