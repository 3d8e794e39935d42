"""Is a port free? The functions of this platform, chosen once.

`probe(port, protocol)`, `probe_many(pairs)`, `classify(port, protocol)` and
`is_lingering(port, protocol)`; the words they answer with are in `portman.machine.sockets.model`.
"""

import sys

if sys.platform == "linux":
    from portman.machine.sockets.linux import classify, is_lingering, probe, probe_many
elif sys.platform == "win32":
    from portman.machine.sockets.windows import classify, is_lingering, probe, probe_many
else:
    from portman.machine.sockets.macos import classify, is_lingering, probe, probe_many

__all__ = ["classify", "is_lingering", "probe", "probe_many"]
