"""`portman repair`: a damaged ledger goes aside, what can be read goes into a fresh one."""

from __future__ import annotations

import time

from portman.base.report import Report


def repair() -> Report:
    """Repair the ledger of this user; a whole one is left alone.

    Raises PortmanError ledger-unusable or ledger-foreign if the state folder cannot be used.
    """
    from portman.ledger import repair as ledger_repair
    from portman.state.folder import state_folder

    done = ledger_repair.repair(state_folder(), now=int(time.time()))
    return Report("repair", done._asdict())
