"""A run of ports that the system keeps for itself."""

from __future__ import annotations

from typing import NamedTuple


class PortRange(NamedTuple):
    """Ports `first` to `last`, both included.

    `administered` ranges were reserved by hand (Windows marks them with `*`): nobody is given
    them automatically, but an explicit bind works.
    """

    first: int
    last: int
    administered: bool = False
