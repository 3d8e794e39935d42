"""Which ports the system hands out or keeps back by itself. This platform's answers, chosen once.

`automatic_range()`, `excluded_ranges(protocol)`, `reserved_ports()`,
`unprivileged_port_start()` and `is_wsl()`.
"""

from __future__ import annotations

import sys

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
