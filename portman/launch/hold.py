"""Keep a port for a service until it binds. The functions of this platform, chosen once.

`take(port, protocol, join=False)` returns the descriptors that hold the port, () if somebody has
it. OUTLASTS_START tells whether a TCP service can bind while the hold stays; where it cannot,
a hold has to be let go just before the service starts, and the gap that is left is said out loud.
"""

from __future__ import annotations

import sys

if sys.platform == "linux":
    from portman.launch.hold_linux import OUTLASTS_START, take
else:
    from portman.launch.hold_elsewhere import OUTLASTS_START, take

__all__ = ["OUTLASTS_START", "take"]
