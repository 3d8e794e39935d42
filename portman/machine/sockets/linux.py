"""Is a port free, by the rules of Linux (experiments E1, E2, E14).

A probe is a `bind` that is undone at once: about 10 microseconds. For that moment the port is
taken, so a program that binds it in the very same microseconds can fail; and the answer is true
for the moment it was given, nothing can make it last (hold the port for that).
"""

import _socket
import errno
import os
import sys

assert sys.platform == "linux"  # for the type checker, on other platforms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.machine.sockets.model import Occupancy, Probe

_NO_IPV6 = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT})


def probe(port: int, protocol: str) -> "Probe":
    """Return whether `port` can be bound on every address, and if not, why.

    One bind on [::] dual-stack without SO_REUSEADDR conflicts with every holder: any address, any
    family, listening or only bound (E1). Without IPv6 the same holds for 0.0.0.0. "busy" is said
    after two binds have failed: the first may have met another portman's probe. Raises
    PortmanError `probe-failed` where the system gives no answer (no descriptors left, say).
    """
    answer = _probe(port, protocol)
    if answer == "busy":
        os.sched_yield()
        answer = _probe(port, protocol)
    return answer


def probe_many(pairs: "Iterable[tuple[str, int]]") -> "dict[tuple[str, int], Probe]":
    """Probe every (protocol, port); one descriptor at a time, so any number will do."""
    return {(protocol, port): probe(port, protocol) for protocol, port in pairs}


def _probe(port: int, protocol: str) -> "Probe":
    try:
        _bind(port, protocol, reuse=False)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return "busy"
        if error.errno == errno.EACCES:
            return "privileged"
        raise _no_answer(port, protocol, error) from error
    return "idle"


def classify(port: int, protocol: str) -> "Occupancy":
    """Return what makes `port` busy; see `portman.machine.sockets.model.Occupancy`.

    Two sources, as neither suffices: the kernel's tables name what is there, and a bind + listen
    with SO_REUSEADDR tells whether a server could start all the same (E2). That bind alone would
    take a held socket (bound with SO_REUSEADDR, not listening) for remains (E8). Before Linux
    6.8 the tables do not show such a socket; there, one on a port that also has connections in
    TIME_WAIT is called lingering.
    """
    from portman.machine.sockets import tables as socket_table
    from portman.machine.sockets.model import EMBRYONIC

    rows = socket_table.look([(protocol, port)])
    if any(row.receives or row.state == "bound" for row in rows):
        return "holder"
    rows = [row for row in rows if row.state not in EMBRYONIC]
    if protocol != "udp" and rows and _server_could_start(port):
        return "lingering"
    if any(not row.remains for row in rows):
        return "client"
    if rows:
        return "blocked"
    return "idle" if probe(port, protocol) == "idle" else "holder"


def is_lingering(port: int, protocol: str) -> bool:
    """Return whether only remains of closed connections keep a plain bind from `port`."""
    return classify(port, protocol) in {"lingering", "blocked"}


def _server_could_start(port: int) -> bool:
    try:
        _bind(port, "tcp", reuse=True)
    except OSError:
        return False
    return True


def _bind(port: int, protocol: str, *, reuse: bool) -> None:
    try:
        _bind_in(_socket.AF_INET6, "::", port, protocol, reuse=reuse)
    except OSError as error:
        if error.errno not in _NO_IPV6:
            raise
        _bind_in(_socket.AF_INET, "0.0.0.0", port, protocol, reuse=reuse)  # noqa: S104


def _bind_in(family: int, address: str, port: int, protocol: str, *, reuse: bool) -> None:
    kind = _socket.SOCK_DGRAM if protocol == "udp" else _socket.SOCK_STREAM
    probing = _socket.socket(family, kind)
    try:
        if family == _socket.AF_INET6:
            probing.setsockopt(_socket.IPPROTO_IPV6, _socket.IPV6_V6ONLY, 0)
        if reuse:
            probing.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        probing.bind((address, port))
        if reuse:
            probing.listen(1)
    finally:
        probing.close()


def _no_answer(port: int, protocol: str, error: OSError) -> Exception:
    from portman.machine.sockets.model import no_answer

    return no_answer(port, protocol, error)
