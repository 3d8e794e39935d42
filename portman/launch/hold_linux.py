"""A hold on Linux: a bound socket that does not listen (experiments E8, E9, E13).

With SO_REUSEADDR on the holding socket, a server that sets the option too, as nearly all do,
binds and listens as if nothing were there. Everybody else is kept away: plain binds fail, and
neither bind(0) nor connect() is given the port. Nothing listens, so no client hangs.

The option is set after the bind. The bind itself is thus a plain one, which fails if anybody at
all has the port: finding it free and holding it are one step, with no gap between them.
(A later bind looks at the option as it is then: `inet_csk_bind_conflict` reads `sk_reuse`.)

A UDP socket with SO_REUSEADDR would let a stranger steal the datagrams (E12), so a UDP hold is
a plain one and must be let go before the service starts.

What no hold can do: keep away a stranger that sets SO_REUSEADDR and asks for this very port.
"""

from __future__ import annotations

import _socket
import errno
import sys

assert sys.platform == "linux"  # for the type checker, on other platforms

#: A TCP service binds while the hold stays; so the hold also covers its restarts.
OUTLASTS_START = True
_NO_IPV6 = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT})
_TAKEN = frozenset({errno.EADDRINUSE, errno.EACCES})


def take(port: int, protocol: str, *, join: bool = False) -> tuple[int, ...]:
    """Hold a port on every address; return the descriptor in a tuple, () if it is taken.

    `join` is for a port that is known to be held for this same checkout, or to have only remains
    of closed connections on it: then sharing it with another hold is meant. Raises OSError where
    the system has no descriptors left.
    """
    try:
        return (_hold(_socket.AF_INET6, "::", port, protocol, join=join),)
    except OSError as error:
        if error.errno in _TAKEN:
            return ()
        if error.errno not in _NO_IPV6:
            raise
    try:
        return (_hold(_socket.AF_INET, "0.0.0.0", port, protocol, join=join),)  # noqa: S104
    except OSError as error:
        if error.errno in _TAKEN:
            return ()
        raise


def _hold(family: int, address: str, port: int, protocol: str, *, join: bool) -> int:
    datagrams = protocol == "udp"
    holding = _socket.socket(family, _socket.SOCK_DGRAM if datagrams else _socket.SOCK_STREAM)
    try:
        if family == _socket.AF_INET6:
            holding.setsockopt(_socket.IPPROTO_IPV6, _socket.IPV6_V6ONLY, 0)
        if join and not datagrams:
            holding.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        holding.bind((address, port))
        if not datagrams:
            holding.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        return holding.detach()
    except OSError:
        holding.close()
        raise
