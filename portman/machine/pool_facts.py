"""Which ports the system hands out or keeps back by itself. This platform's answers, chosen once.

`automatic_range()`, `excluded_ranges(protocol)`, `reserved_ports()`,
`unprivileged_port_start()` and `is_wsl()`.
"""

from __future__ import annotations

import sys

if sys.platform == "linux":
    from portman.machine.pool_facts_linux import (
        automatic_range,
        excluded_ranges,
        is_wsl,
        reserved_ports,
        unprivileged_port_start,
    )
elif sys.platform == "win32":
    from portman.machine.pool_facts_windows import (
        automatic_range,
        excluded_ranges,
        is_wsl,
        reserved_ports,
        unprivileged_port_start,
    )
else:
    from portman.machine.pool_facts_macos import (
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
