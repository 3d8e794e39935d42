"""Is a port free, by the rules of macOS and the BSDs. Read in xnu's source, never run here.

What differs from Linux (decision 0004): a dual-stack [::] passes beside an IPv4 listener, so
both families are asked; SO_REUSEADDR on the *new* socket compares exact addresses only, so a
probe must not set it; ports below 1024 are free for all on the wildcard address and refused on
127.0.0.1. Port 55555 is refused with no visible owner.
"""

from __future__ import annotations

import _socket
import errno
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portman.machine.sockets.model import Occupancy, Probe

_NO_FAMILY = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT})
_WILDCARDS = ((_socket.AF_INET, "0.0.0.0"), (_socket.AF_INET6, "::"))  # noqa: S104
_LOOPBACKS = ((_socket.AF_INET, "127.0.0.1"), (_socket.AF_INET6, "::1"))


def probe(port: int, protocol: str, host: str = "") -> Probe:  # noqa: ARG001 - always on every address
    """Return whether `port` can be bound on every address, and if not, why.

    "privileged" is said of a port below 1024 that cannot be bound on 127.0.0.1, where servers of
    a development machine belong, though the wildcard address would be allowed (M4). Raises
    PortmanError `probe-failed` where the system gives no answer.
    """
    answer = _probe(port, protocol)
    if answer == "busy":
        os.sched_yield() if hasattr(os, "sched_yield") else None
        answer = _probe(port, protocol)
    return answer


def classify(port: int, protocol: str) -> Occupancy:
    """Return what makes `port` busy; see `portman.machine.sockets.model.Occupancy`.

    The holders this user can see come first. Another user's socket refuses even SO_REUSEADDR
    (M3); so what remains and lets such a bind pass on the wildcard and loopback addresses of
    both families, is lingering. "blocked" is never said: TIME_WAIT gives way to SO_REUSEADDR.
    Nothing here listens: the system's firewall asks its user about a program that does.
    """
    from portman.machine.sockets.listing_portable import read_table, why_unknown

    states = {one.state for one in read_table([(protocol, port)])}
    if "listen" in states or "bound" in states:
        return "holder"
    if "client" in states:
        return "client"
    if probe(port, protocol) == "idle":
        return "idle"
    if why_unknown():
        return "unknown"
    return "lingering" if protocol != "udp" and _server_could_start(port) else "holder"


def _probe(port: int, protocol: str) -> Probe:
    addresses = _WILDCARDS if port >= 1024 else (*_WILDCARDS, _LOOPBACKS[0])
    for family, address in addresses:
        try:
            _bind(family, address, port, protocol, reuse=False)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return "busy"
            if error.errno not in _NO_FAMILY:
                from portman.machine.sockets.denied import without_bind

                return without_bind(port, protocol, "", error)
    return "idle"


def _server_could_start(port: int) -> bool:
    for family, address in (*_WILDCARDS, *_LOOPBACKS):
        try:
            _bind(family, address, port, "tcp", reuse=True)
        except OSError as error:
            if error.errno not in _NO_FAMILY:
                return False
    return True


def _bind(family: int, address: str, port: int, protocol: str, *, reuse: bool) -> None:
    kind = _socket.SOCK_DGRAM if protocol == "udp" else _socket.SOCK_STREAM
    probing = _socket.socket(family, kind)
    try:
        if family == _socket.AF_INET6:
            probing.setsockopt(_socket.IPPROTO_IPV6, _socket.IPV6_V6ONLY, 1)
        if reuse:
            probing.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        probing.bind((address, port))
    finally:
        probing.close()
