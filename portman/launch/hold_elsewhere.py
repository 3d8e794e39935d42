"""A hold on macOS and Windows: plain sockets, let go just before the service starts.

There a service cannot bind a port that anything holds (research: source and documentation of
both systems; not run), so a hold covers the time until `run` starts the command, and no longer.
Ports of the pool lie outside the system's automatic range: what is left is a program that asks
for this very number in those milliseconds.
"""

from __future__ import annotations

import _socket
import sys

#: The hold must be let go before the service can bind.
OUTLASTS_START = False
_BOTH = ((_socket.AF_INET, "0.0.0.0"), (_socket.AF_INET6, "::"))  # noqa: S104


def take(port: int, protocol: str, *, join: bool = False) -> tuple[int, ...]:
    """Hold a port on every address of both families; () if it is taken in one of them.

    `join` has no meaning here: a held port cannot be shared.
    """
    del join
    held: list[int] = []
    for family, address in _BOTH:
        try:
            held.append(_hold(family, address, port, protocol))
        except OSError:
            if family == _socket.AF_INET6 and not _has_ipv6():
                continue
            for descriptor in held:
                _socket.close(descriptor)
            return ()
    return tuple(held)


def _hold(family: int, address: str, port: int, protocol: str) -> int:
    datagrams = protocol == "udp"
    holding = _socket.socket(family, _socket.SOCK_DGRAM if datagrams else _socket.SOCK_STREAM)
    try:
        if family == _socket.AF_INET6:
            holding.setsockopt(_socket.IPPROTO_IPV6, _socket.IPV6_V6ONLY, 1)
        if sys.platform == "win32":
            # Without it two sockets of one user may share a port (winsock, SO_EXCLUSIVEADDRUSE).
            holding.setsockopt(_socket.SOL_SOCKET, _socket.SO_EXCLUSIVEADDRUSE, 1)
        holding.bind((address, port))
        return holding.detach()
    except OSError:
        holding.close()
        raise


def _has_ipv6() -> bool:
    try:
        probing = _socket.socket(_socket.AF_INET6, _socket.SOCK_STREAM)
    except OSError:
        return False
    try:
        probing.bind(("::1", 0))
    except OSError:
        return False
    finally:
        probing.close()
    return True
