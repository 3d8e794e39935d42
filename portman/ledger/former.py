"""A lease that ended, as long as the ledger remembers it."""

from typing import NamedTuple


class Former(NamedTuple):
    """What a port was: `size` ports from `port` on, until `ended_at` (Unix seconds)."""

    path: str
    instance: str
    service: str
    port: int
    size: int = 1
    ended_at: int = 0
