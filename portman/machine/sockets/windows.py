"""Is a port free, by the rules of Windows. Written from its documentation, never run here.

Sockets with no option let a wildcard and a specific address coexist in both directions, and
SO_REUSEADDR may take a live listener's port (W1): only SO_EXCLUSIVEADDRUSE refuses then (W2).
Ranges that Hyper-V and WinNAT keep refuse a bind though nothing listens (W3).
"""

from __future__ import annotations

import _socket
import errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portman.machine.sockets.model import Occupancy, Probe

#: Written out, as the module `errno` of other systems does not have them.
_IN_USE = frozenset({errno.EADDRINUSE, 10048})
_REFUSED = frozenset({errno.EACCES, 10013})
_NO_FAMILY = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, 10047, 10049})
_EXCLUSIVE = -5  # SO_EXCLUSIVEADDRUSE, defined as ~SO_REUSEADDR
_WILDCARDS = ((_socket.AF_INET, "0.0.0.0"), (_socket.AF_INET6, "::"))  # noqa: S104


def probe(port: int, protocol: str, host: str = "") -> Probe:  # noqa: ARG001 - always on every address
    """Return whether `port` can be bound exclusively on every address, and if not, why.

    Raises PortmanError `probe-failed` where the system gives no answer.
    """
    for family, address in _WILDCARDS:
        try:
            _bind(family, address, port, protocol)
        except OSError as error:
            if error.errno in _IN_USE:
                return "busy"
            if error.errno in _REFUSED:
                return "excluded" if _is_excluded(port, protocol) else "busy"
            if error.errno not in _NO_FAMILY:
                from portman.machine.sockets.model import no_answer

                raise no_answer(port, protocol, error) from error
    return "idle"


def classify(port: int, protocol: str) -> Occupancy:
    """Return what makes `port` busy; see `portman.machine.sockets.model.Occupancy`.

    The system's own table decides, as no bind may be tried with SO_REUSEADDR here. An ordinary
    server can start over TIME_WAIT (only exclusive binds wait for it), hence "lingering".
    """
    from portman.machine.sockets.listing_portable import read_table, why_unknown

    states = {one.state for one in read_table([(protocol, port)])}
    if "listen" in states or "bound" in states:
        return "holder"
    if "client" in states:
        return "client"
    if "time-wait" in states:
        return "lingering"
    if probe(port, protocol) == "idle":
        return "idle"
    return "unknown" if why_unknown() else "holder"


def _is_excluded(port: int, protocol: str) -> bool:
    from portman.machine.port_range import windows_excluded

    return any(span.first <= port <= span.last for span in windows_excluded(protocol))


def _bind(family: int, address: str, port: int, protocol: str) -> None:
    kind = _socket.SOCK_DGRAM if protocol == "udp" else _socket.SOCK_STREAM
    probing = _socket.socket(family, kind)
    try:
        if family == _socket.AF_INET6:
            probing.setsockopt(_socket.IPPROTO_IPV6, _socket.IPV6_V6ONLY, 1)
        probing.setsockopt(_socket.SOL_SOCKET, _EXCLUSIVE, 1)
        probing.bind((address, port))
    finally:
        probing.close()
