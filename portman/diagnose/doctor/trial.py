"""What a connection to loopback comes to, where nobody listens: it must be refused at once."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portman.diagnose.explain.facts import Answer

#: Seconds. The kernel refuses a loopback connection in microseconds; longer means it was dropped.
PATIENCE = 0.4


def try_connection(address: str, port: int) -> Answer:
    """Connect to a loopback address on which nobody listens; return what came of it.

    Only for such ports: a server would see a connection that says nothing. "" where the attempt
    itself was impossible (no IPv6, a sandbox).
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trying:
            trying.settimeout(PATIENCE)
            trying.connect((address, port))
            # The kernel may pick the very port as our own, and TCP then connects to itself.
            same = trying.getsockname()[:2] == trying.getpeername()[:2]
            return "refused" if same else "answered"
    except ConnectionRefusedError:
        return "refused"
    except TimeoutError:
        return "silent"
    except OSError:
        return ""
