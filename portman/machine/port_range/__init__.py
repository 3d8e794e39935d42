"""Which ports the system hands out or keeps back by itself. This platform's answers, chosen once.

`automatic_range()`, `excluded_ranges(protocol)`, `reserved_ports()`,
`unprivileged_port_start()` and `is_wsl()`.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

if sys.platform == "linux":
    from portman.machine.port_range.linux import (
        automatic_range,
        excluded_ranges,
        is_wsl,
        reserved_ports,
        unprivileged_port_start,
    )
elif sys.platform == "win32":
    from portman.machine.port_range.windows import (
        automatic_range,
        excluded_ranges,
        is_wsl,
        reserved_ports,
        unprivileged_port_start,
    )
else:
    from portman.machine.port_range.macos import (
        automatic_range,
        excluded_ranges,
        is_wsl,
        reserved_ports,
        unprivileged_port_start,
    )

__all__ = [
    "automatic_range",
    "excluded_ranges",
    "is_wsl",
    "reserved_ports",
    "unprivileged_port_start",
]

# A run of ports that the system keeps for itself.


class PortRange(NamedTuple):
    """Ports `first` to `last`, both included.

    `administered` ranges were reserved by hand (Windows marks them with `*`): nobody is given
    them automatically, but an explicit bind works.
    """

    first: int
    last: int
    administered: bool = False
