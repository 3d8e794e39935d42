"""When a checkout's ports were last used, and whether it has been left alone for long. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY = 86_400
#: Days without use after which `list --stale` names a checkout.
UNUSED_DAYS = 30


def last_used(moments: Iterable[float], *, running: bool, now: float) -> int:
    """Return the newest of the moments that show use, in Unix seconds; now if it is running.

    A moment in the future (a clock that was wrong) counts as now.
    """
    return int(now) if running else int(min(max(moments, default=0), now))


def is_stale(used: int, *, gone: bool, running: bool, now: float, days: int = UNUSED_DAYS) -> bool:
    """Return whether the folder is gone, or nothing runs and nothing was used for `days`."""
    return gone or (not running and now - used >= days * DAY)
