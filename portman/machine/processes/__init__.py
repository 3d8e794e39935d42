"""Facts of one process. This platform's `facts(pid)`, `ancestors(pid)`, `start_mark(pid)`."""

from __future__ import annotations

import sys

if sys.platform == "linux":
    from portman.machine.processes.linux import ancestors, facts, start_mark
else:
    from portman.machine.processes.portable import ancestors, facts, start_mark

__all__ = ["ancestors", "facts", "start_mark"]
