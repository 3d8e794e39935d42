"""Signal a process that is certainly the one looked at. This platform's `Grip`, chosen once."""

from __future__ import annotations

import sys

if sys.platform == "linux":
    from portman.machine.processes.signals_linux import ProcessHandle
else:
    from portman.machine.processes.signals_portable import ProcessHandle

__all__ = ["ProcessHandle"]
