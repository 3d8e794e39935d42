"""`portman log`: what became of every port of this machine, when, why, and who asked."""

from __future__ import annotations

import re
import time
from datetime import datetime

from portman.base.errors import PortmanError, Report
from portman.holders.json_view import entry_view
from portman.ledger.open import open_ledger
from portman.ledger.protocol import LogQuery

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Rows shown where no number is given.
NEWEST = 50
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def log(
    *, since: str | None = None, service: str = "", port: int = 0, newest: int = NEWEST
) -> Report:
    """Return the rows asked for, the oldest first. Raises PortmanError: usage, ledger-*."""
    ledger = open_ledger()
    query = LogQuery(0, moment(since, time.time()), service, port)
    found = ledger.log(query._replace(newest=newest + 1 if newest else 0))
    shown = found[-newest:] if newest else found
    return Report(
        "log",
        {
            "ledger": ledger.path,
            "entries": [entry_view(one) for one in shown],
            "more": len(found) > len(shown),
        },
    )


class Follower:
    """Returns the rows that are new since it last looked; reads only where the ledger changed."""

    def __init__(self, query: LogQuery) -> None:
        self._ledger, self._query = open_ledger(), query
        self._stamp: tuple[int, ...] = ()
        rows = self._ledger.log(LogQuery(newest=1))
        self._query = query._replace(after=rows[-1].number if rows else 0)

    def look(self) -> Iterator[dict[str, object]]:
        stamp = self._ledger.stamp()
        if stamp and stamp == self._stamp:
            return
        for one in self._ledger.log(self._query):
            self._query = self._query._replace(after=one.number)
            yield entry_view(one)
        self._stamp = stamp


def moment(since: str | None, now: float) -> int:
    """Return the Unix seconds that "90s", "10m", "3h", "2d", "1w" or a date mean; 0 for None.

    Raises PortmanError "usage".
    """
    if since is None:
        return 0
    found = re.fullmatch(r"([0-9]{1,6})([smhdw])", since)
    if found:
        return max(int(now) - int(found[1]) * _SECONDS[found[2]], 0)
    try:
        return int(datetime.fromisoformat(since).timestamp())
    except (ValueError, OverflowError, OSError):
        raise PortmanError(
            "usage",
            f"--since {since!r} is neither a length of time nor a date",
            hint="portman log --since 2h\nportman log --since 2026-11-26",
        ) from None
