"""Every socket on a port and the processes behind it. This platform's functions, chosen once."""

from __future__ import annotations

import sys

if sys.platform == "linux":
    from portman.machine.sockets.listing_linux import find_endpoints, find_peers
else:
    from portman.machine.sockets.listing_portable import find_endpoints, find_peers

__all__ = ["find_endpoints", "find_peers"]
