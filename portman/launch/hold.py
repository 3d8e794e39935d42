"""Keep a port for a service until it binds.

Linux: a bound socket that does not listen (decision 0007). With SO_REUSEADDR on it, a
server that sets the option too, as nearly all do, binds and listens as if the port were idle.
Plain binds fail, and neither bind(0) nor connect() is given the port. Clients are refused at once,
since nothing listens. The option is set after the bind, which is thus a plain one and fails if
anything has the port: finding it idle and holding it are one step, with no gap. (A later bind looks
at the option as it is then: `inet_csk_bind_conflict` reads `sk_reuse`.)

A UDP socket with SO_REUSEADDR would let a stranger take the datagrams (decision 0007), so a UDP
hold is a plain one and is let go before the service starts. No hold keeps away a stranger that sets
SO_REUSEADDR and asks for this very number; only passing a listening socket does.

macOS and Windows: a service cannot bind a port that anything holds (by the documentation of both
systems; not run), so every hold is let go just before the service starts.
"""

from __future__ import annotations

import _socket
import errno
import sys

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable

    Key = tuple[str, int]

#: Whether a TCP service can bind while the hold stays; then the hold also covers its restarts.
OUTLASTS_START = sys.platform == "linux"
#: Connections that may wait while no server is up; the kernel caps it (net.core.somaxconn).
BACKLOG = 4096
#: Where inherited holds are put: out of the way of shells, which use 3 to 9 and 255.
HIGH = 100
_FAMILIES = (_socket.AF_INET, _socket.AF_INET6)
_EVERYWHERE = ((_socket.AF_INET6, "::"), (_socket.AF_INET, "0.0.0.0"))  # noqa: S104
_NO_IPV6 = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT})
#: Taken, or denied to this process: by its rights, or by a sandbox (machine/sockets/denied.py).
_TAKEN = frozenset({errno.EADDRINUSE, errno.EACCES, errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP})


def take(port: int, protocol: str, *, join: bool = False) -> tuple[int, ...]:
    """Hold a port on every address; return the descriptors that do, () if it is taken.

    `join` (Linux) is for a port that is known to be held for this same checkout, or to have only
    remains of closed connections on it: then sharing it with another hold is meant. Raises
    OSError where the system has no descriptors left.
    """
    held: tuple[int, ...] = ()
    for family, address in _EVERYWHERE:
        try:
            held += (_bind(family, address, port, protocol, join=join),)
        except OSError as error:
            if error.errno in _NO_IPV6:
                continue
            close(held)
            if error.errno in _TAKEN:
                return ()
            raise
        if sys.platform == "linux":
            break  # one socket serves both families
    return held


def _bind(family: int, address: str, port: int, protocol: str, *, join: bool) -> int:
    datagrams = protocol == "udp"
    reusable = sys.platform == "linux" and not datagrams
    holding = _socket.socket(family, _socket.SOCK_DGRAM if datagrams else _socket.SOCK_STREAM)
    try:
        if family == _socket.AF_INET6:
            both = 0 if sys.platform == "linux" else 1
            holding.setsockopt(_socket.IPPROTO_IPV6, _socket.IPV6_V6ONLY, both)
        if sys.platform == "win32":
            # Without it two sockets of one user may share a port (winsock, SO_EXCLUSIVEADDRUSE).
            holding.setsockopt(_socket.SOL_SOCKET, _socket.SO_EXCLUSIVEADDRUSE, 1)
        if join and reusable:
            holding.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        holding.bind((address, port))
        if reusable:
            holding.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        return holding.detach()
    except OSError:
        holding.close()
        raise


def listen(host: str, keys: Iterable[Key]) -> list[int]:
    """Open a socket that listens (UDP: is bound) for each port on `host`; [] if one is taken."""
    found: list[int] = []
    try:
        for protocol, port in keys:
            found.append(_listen(host, port, protocol))
    except OSError:
        close(found)
        return []
    return found


def _listen(host: str, port: int, protocol: str) -> int:
    address = "127.0.0.1" if host == "localhost" else host
    family = _socket.AF_INET6 if ":" in address else _socket.AF_INET
    datagrams = protocol == "udp"
    listening = _socket.socket(family, _socket.SOCK_DGRAM if datagrams else _socket.SOCK_STREAM)
    try:
        if sys.platform != "win32" and not datagrams:
            listening.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        listening.bind((address, port))
        if not datagrams:
            listening.listen(BACKLOG)
        return listening.detach()
    except OSError:
        listening.close()
        raise


def let_go_inherited() -> None:
    """Close the holds that a `run` around this one passed on: this command is another's.

    They lie on high numbers (launch/start.py), are bound and neither listen nor are connected.
    The command around keeps its own copies. What is not portman's has no such sockets there.
    """
    if sys.platform != "linux":
        return
    import os

    try:
        numbers = [int(name) for name in os.listdir("/proc/self/fd") if int(name) >= HIGH]
    except OSError:
        return
    for number in numbers:
        if _is_hold(number):
            os.close(number)


def _is_hold(descriptor: int) -> bool:  # noqa: PLR0911 - each line rules one kind out
    import os

    try:
        holding = _socket.socket(fileno=os.dup(descriptor))
    except OSError:
        return False
    try:
        if holding.type != _socket.SOCK_STREAM or holding.family not in _FAMILIES:
            return False
        wants = ((_socket.SO_REUSEADDR, 1), (_socket.SO_ACCEPTCONN, 0))
        if any(
            bool(holding.getsockopt(_socket.SOL_SOCKET, key)) != bool(is_) for key, is_ in wants
        ):
            return False
        address = holding.getsockname()
        if not address[1] or address[0] not in ("::", "0.0.0.0"):  # noqa: S104 (compared only)
            return False
        try:
            holding.getpeername()
        except OSError:
            return True
        else:
            return False
    except OSError:
        return False
    finally:
        holding.close()


def close(descriptors: Iterable[int]) -> None:
    """Close the descriptors of sockets, which on Windows are no file descriptors."""
    for descriptor in descriptors:
        _socket.close(descriptor)


def most_inherited() -> int:
    """Return how many holds a command may inherit: a quarter of its descriptors, at most 256."""
    return min(256, _most_descriptors() // 4)


def most_held() -> int:
    """Return how many descriptors `portman hold` may use: all that it may have but 64."""
    return max(0, _most_descriptors() - 64)


def _most_descriptors() -> int:
    if sys.platform == "win32":
        return 1024
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1 << 20 if soft == resource.RLIM_INFINITY else soft
