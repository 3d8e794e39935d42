"""What a probe of a port can say, in words all platforms share."""

from __future__ import annotations

import errno
from typing import Literal

from portman.base.errors import PortmanError

#: "privileged": this user may not bind it. "excluded": the system keeps it for itself.
Probe = Literal["free", "busy", "privileged", "excluded"]

#: What makes a port busy, asked once more and more closely:
#: "holder"     a socket that listens or is only bound (a server, a hold); or something that keeps
#:              the port and that the system does not show
#: "client"     the local end of a live connection; nothing can bind here until it ends
#: "leftover"   remains of closed connections (TIME_WAIT), or accepted ones whose listener is gone;
#:              a server that sets SO_REUSEADDR, as nearly all do, starts now
#: "lingering"  remains in TIME_WAIT that keep every server away, for up to 60 seconds (E2)
#: "free"       nothing any more
Occupancy = Literal["holder", "client", "leftover", "lingering", "free"]

_HINTS = {
    errno.EMFILE: "This process has no file descriptors left: raise `ulimit -n` and try again.",
    errno.ENFILE: "This machine has no file descriptors left: end some programs and try again.",
    errno.ENOBUFS: "The network stack has no memory left: end some programs and try again.",
    errno.ENOMEM: "The network stack has no memory left: end some programs and try again.",
    errno.EPERM: "A sandbox or security policy forbids sockets here: run portman outside it.",
}


def no_answer(port: int, protocol: str, error: OSError) -> PortmanError:
    """Return the error for a probe to which the system gave no usable answer."""
    return PortmanError(
        "probe-failed",
        f"cannot tell whether {protocol} port {port} is free: {error.strerror or error}",
        hint=_HINTS.get(error.errno or 0, "Run `portman doctor` to see what this system allows."),
    )
