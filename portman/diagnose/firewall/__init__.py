"""What filters packets on this machine. This platform's functions, chosen once.

`frontends()` tells which firewalls are switched on, `read_filters()` the rules that can be seen.
"""

from __future__ import annotations

import sys

if sys.platform == "linux":
    from portman.diagnose.firewall.linux import frontends, read_filters
elif sys.platform == "win32":
    from portman.diagnose.firewall.windows import frontends, read_filters
else:
    from portman.diagnose.firewall.macos import frontends, read_filters

__all__ = ["frontends", "read_filters"]
