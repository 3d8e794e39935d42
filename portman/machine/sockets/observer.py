"""Look at the same ports again and again, cheaply. This platform's `Observer`, chosen once."""

from __future__ import annotations

import sys

if sys.platform == "linux":
    from portman.machine.sockets.observer_linux import Observer
else:
    from portman.machine.sockets.observer_psutil import Observer

__all__ = ["Observer"]
