"""Every socket on a port and the processes behind it. This platform's functions, chosen once."""

from __future__ import annotations

import sys

if sys.platform == "linux":
    from portman.machine.sockets.listing_linux import find_endpoints, find_peers
else:
    from portman.machine.sockets.listing_portable import find_endpoints, find_peers

__all__ = ["find_endpoints", "find_peers"]

# Who has a port now. This platform's `find_holders(pairs)`, chosen once.

if sys.platform == "linux":
    from portman.machine.sockets.listing_linux import find_holders
else:
    from portman.machine.sockets.listing_portable import find_holders

__all__ = ["find_holders"]

# Look at the same ports again and again, cheaply. This platform's `Observer`, chosen once.

if sys.platform == "linux":
    from portman.machine.sockets.listing_linux import Observer
else:
    from portman.machine.sockets.listing_portable import Observer

__all__ = ["Observer"]
