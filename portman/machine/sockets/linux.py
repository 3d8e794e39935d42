"""Is a port free, by the rules of Linux (decisions 0004 and 0009).

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
    from portman.machine.sockets.model import Occupancy, Probe

_NO_IPV6 = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT})
#: Bytes of a list of listeners, some 500 of them: the kernel takes a millisecond for it.
_MOST_ROWS = 1 << 16


def probe(port: int, protocol: str, host: str = "") -> "Probe":
    """Return whether `port` can be bound on every address (or on `host`), and if not, why.

    One bind on [::] dual-stack without SO_REUSEADDR conflicts with every holder: any address, any
    family, listening or only bound (decision 0004). Without IPv6 the same holds for 0.0.0.0. "busy"
    is said after two binds have failed: the first may have met another portman's probe. Raises
    PortmanError `probe-failed` where the system gives no answer (no descriptors left, say).
    """
    answer = _probe(port, protocol, host)
    if answer == "busy":
        os.sched_yield()
        answer = _probe(port, protocol, host)
    return answer


def _probe(port: int, protocol: str, host: str = "") -> "Probe":
    try:
        if host:
            family = _socket.AF_INET6 if ":" in host else _socket.AF_INET
            _bind_in(family, host, port, protocol, reuse=False)
        else:
            _bind(port, protocol, reuse=False)
    except OSError as error:
        if host and error.errno in _NO_IPV6:  # no address of this machine at this moment
            return _probe(port, protocol)
        if error.errno == errno.EADDRINUSE:
            return "busy"
        if error.errno in (errno.EMFILE, errno.ENFILE):
            # No descriptor may be left, with which to load another file.
            from portman.machine.sockets.model import no_answer

            raise no_answer(port, protocol, error) from error
        from portman.machine.sockets.denied import without_bind

        return without_bind(port, protocol, host, error)
    return "idle"


def classify(port: int, protocol: str) -> "Occupancy":
    """Return what makes `port` busy; see `portman.machine.sockets.model.Occupancy`.

    Two sources, because neither suffices: the kernel's tables name what is there, and a bind +
    listen with SO_REUSEADDR shows whether a server could start all the same (decision 0004). That
    bind alone would take a held socket (bound with SO_REUSEADDR, not listening) for remains
    (decision 0007). Before Linux 6.8 the tables do not show such a socket: "joinable" then;
    one on a port that also has connections in TIME_WAIT is called lingering.
    """
    from portman.machine.sockets.tables import read_table, why_unknown

    states = {one.state for one in read_table([(protocol, port)])}
    if "listen" in states or "bound" in states:
        return "holder"
    if protocol != "udp" and states and _server_could_start(port):
        return "lingering"
    if states:
        return "client" if "client" in states else "blocked"
    if probe(port, protocol) == "idle":
        return "idle"
    if why_unknown():
        return "unknown"
    return "joinable" if joinable(port, protocol) else "holder"


def joinable(port: int, protocol: str) -> bool:
    """Return whether a server that sets SO_REUSEADDR can bind beside what is only bound there."""
    try:
        _bind(port, protocol, reuse=True, listen=False)
    except OSError:
        return False
    return protocol != "udp"


def listeners(protocol: int = 6) -> str:
    """Return a text that changes when any TCP listener of this machine comes or goes.

    17 instead of 6 stands for the sockets of UDP without a peer.

    "" if unsure, or if there are too many for a cheap look (state/at_work has another). The
    kernel's own rows, folded; a queue that fills changes it too. Answers the same question as
    netlink.dump, without looking at a row: a receipt asks it.
    """
    order = sys.byteorder
    data = b""
    try:
        link = _socket.socket(16, _socket.SOCK_RAW, 4)  # AF_NETLINK, NETLINK_SOCK_DIAG
    except OSError:
        return ""
    try:
        link.settimeout(0.5)
        for family in (2, 10):
            states = 1 << 10 if protocol == 6 else 1 << 7  # TCP_LISTEN, TCP_CLOSE
            body = bytes((family, protocol, 0, 0)) + states.to_bytes(4, order) + bytes(48)
            head = (16 + len(body)).to_bytes(4, order) + (20).to_bytes(2, order)
            link.send(head + (0x301).to_bytes(2, order) + (1).to_bytes(4, order) + bytes(4) + body)
            # Each row repeats our own number, which is another in every process.
            repeated = (1).to_bytes(4, order) + link.getsockname()[0].to_bytes(4, order)
            while True:
                part = link.recv(1 << 17)
                kinds = part[4:6], part[-16:-14] if part[-20:-16] == b"\x14\0\0\0" else b""
                if (2).to_bytes(2, order) in kinds:
                    return ""
                data += part.replace(repeated, b"")
                if len(data) > _MOST_ROWS:
                    return ""
                if (3).to_bytes(2, order) in kinds:
                    break
    except OSError:
        return ""
    finally:
        link.close()
    return f"{len(data):x}-{int.from_bytes(data, 'big') % ((1 << 127) - 1):x}"


def _server_could_start(port: int) -> bool:
    try:
        _bind(port, "tcp", reuse=True)
    except OSError:
        return False
    return True


def _bind(port: int, protocol: str, *, reuse: bool, listen: bool = True) -> None:
    try:
        _bind_in(_socket.AF_INET6, "::", port, protocol, reuse=reuse, listen=listen)
    except OSError as error:
        if error.errno not in _NO_IPV6:
            raise
        _bind_in(_socket.AF_INET, "0.0.0.0", port, protocol, reuse=reuse, listen=listen)  # noqa: S104


def _bind_in(  # noqa: PLR0913 - one for each fact of a bind
    family: int, address: str, port: int, protocol: str, *, reuse: bool, listen: bool = True
) -> None:
    kind = _socket.SOCK_DGRAM if protocol == "udp" else _socket.SOCK_STREAM
    probing = _socket.socket(family, kind)
    try:
        if family == _socket.AF_INET6:
            probing.setsockopt(_socket.IPPROTO_IPV6, _socket.IPV6_V6ONLY, 0)
        if reuse:
            probing.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        probing.bind((address, port))
        if reuse and listen:
            probing.listen(1)
    finally:
        probing.close()
