"""Who has a port now. This platform's `find_holders(pairs)`, chosen once."""

from __future__ import annotations

import sys

if sys.platform == "linux":
    from portman.machine.sockets.holders_linux import find_holders
else:
    from portman.machine.sockets.holders_psutil import find_holders

__all__ = ["find_holders"]
