"""The words of the kernel's socket tables and of the probes, shared by all platforms."""

from __future__ import annotations

import errno

from portman.base.errors import PortmanError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Literal

    from portman.base.holder import HolderState
    from portman.base.values import Transport

    Family = Literal["ipv4", "ipv6"]
    KernelState = Literal[
        "established",
        "syn-sent",
        "syn-received",
        "fin-wait-1",
        "fin-wait-2",
        "time-wait",
        "closed",
        "close-wait",
        "last-ack",
        "listen",
        "closing",
        "new-syn-received",
        "bound",
    ]
    #: "privileged": this user may not bind it. "excluded": the system keeps it for itself.
    Probe = Literal["idle", "busy", "privileged", "excluded"]
    #: What makes a port busy, on a closer look:
    #: "holder"     a socket that listens or is only bound (a server, a hold); or something that
    #:              keeps the port and that the system does not show
    #: "client"     the local end of a live connection; nothing can bind here until it ends
    #: "lingering"  remains of closed connections (TIME_WAIT), or accepted ones whose listener is
    #:              gone; a server that sets SO_REUSEADDR, as nearly all do, starts now
    #: "blocked"    remains in TIME_WAIT that keep every server away, for up to 60 seconds
    #:              (decision 0004)
    #: "idle"       nothing any more
    #: "joinable"   a bound socket that is not shown, beside which a server can bind (before
    #:              Linux 6.8)
    #: "unknown"    something that no table could be read to name (listing.why_unknown)
    Occupancy = Literal["holder", "joinable", "client", "lingering", "blocked", "idle", "unknown"]


#: The kernel's numbers (include/net/tcp_states.h). 13, BOUND_INACTIVE, is shown since Linux 6.8:
#: older kernels have no way to show a TCP socket that is bound and not listening.
KERNEL_STATES: dict[int, KernelState] = {
    1: "established",
    2: "syn-sent",
    3: "syn-received",
    4: "fin-wait-1",
    5: "fin-wait-2",
    6: "time-wait",
    7: "closed",
    8: "close-wait",
    9: "last-ack",
    10: "listen",
    11: "closing",
    12: "new-syn-received",
    13: "bound",
}
NUMBERS: dict[KernelState, int] = {state: number for number, state in KERNEL_STATES.items()}


def state_name(protocol: Transport, number: int) -> KernelState:
    """Return the word for the kernel's number of a state.

    The kernel gives a socket out as BOUND_INACTIVE and calls it closed (inet_diag.c): a TCP
    socket without a connection is in the tables only because it is bound.
    """
    if protocol == "tcp" and number == 7:
        return "bound"
    return KERNEL_STATES.get(number, "closed")


def holder_state(protocol: Transport, kernel_state: KernelState, inode: int) -> HolderState:
    """Return what a socket of the kernel's tables does; no inode means no process has it."""
    if kernel_state == "listen" or (protocol == "udp" and kernel_state == "closed"):
        return "listen"
    if kernel_state == "bound":
        return "bound"
    return "time-wait" if inode == 0 and kernel_state not in EMBRYONIC else "client"


#: Connections that a listener has not handed out yet: they add nothing to what it says.
EMBRYONIC: frozenset[KernelState] = frozenset({"syn-received", "new-syn-received"})

# What a probe of a port can say, in words all platforms share.


_HINTS = {
    errno.EMFILE: "This process has no file descriptors left: raise `ulimit -n` and try again.",
    errno.ENFILE: "This machine has no file descriptors left: end some programs and try again.",
    errno.ENOBUFS: "The network stack has no memory left: end some programs and try again.",
    errno.ENOMEM: "The network stack has no memory left: end some programs and try again.",
    errno.EPERM: "A sandbox or security policy forbids sockets here: run portman outside it.",
}


def no_answer(port: int, protocol: str, error: OSError) -> PortmanError:
    return PortmanError(
        "probe-failed",
        f"cannot tell whether {protocol} port {port} is free: {error.strerror or error}",
        hint=_HINTS.get(error.errno or 0, "See what this system allows: portman doctor"),
    )
