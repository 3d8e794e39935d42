"""Is a port free: the functions of this platform, chosen once. What is on it: listing.py.

`probe(port, protocol)` tries the port, `classify(port, protocol)` looks closer at a busy one;
the words of their answers are in model.py.
"""

import sys

if sys.platform == "linux":
    from portman.machine.sockets.linux import classify, joinable, listeners, probe
else:
    if sys.platform == "win32":
        from portman.machine.sockets.windows import classify, probe
    else:
        from portman.machine.sockets.macos import classify, probe

    def joinable(port: int, protocol: str) -> bool:  # noqa: ARG001 - see launch/hold.py
        """Return whether a server can bind beside what is only bound: on these systems never."""
        return False

    def listeners(protocol: int = 6) -> str:  # noqa: ARG001
        """Return "": no cheap look shows every listener of these systems."""
        return ""


def bind_denied() -> bool:
    """Return whether a sandbox kept this process from trying a port (denied.py)."""
    found = sys.modules.get("portman.machine.sockets.denied")
    return bool(found and found.untried)


__all__ = ["bind_denied", "classify", "joinable", "listeners", "probe"]
