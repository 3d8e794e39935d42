"""Listening sockets that are passed on: `LISTEN_FDS` as systemd does it (sd_listen_fds(3))."""

from __future__ import annotations

import _socket
import os
import sys

#: The first descriptor of those passed (SD_LISTEN_FDS_START).
FIRST = 3
#: Connections that may wait while no server is up; the kernel caps it (net.core.somaxconn).
BACKLOG = 4096
_LOCAL = "127.0.0.1"


def listen(host: str, port: int, protocol: str) -> int:
    """Return the descriptor of a socket that listens (UDP: is bound) on one port of `host`.

    Raises OSError (EADDRINUSE) if somebody has the port.
    """
    address = _LOCAL if host == "localhost" else host
    family = _socket.AF_INET6 if ":" in address else _socket.AF_INET
    datagrams = protocol == "udp"
    socket = _socket.socket(family, _socket.SOCK_DGRAM if datagrams else _socket.SOCK_STREAM)
    try:
        if os.name != "nt" and not datagrams:
            socket.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        socket.bind((address, port))
        if not datagrams:
            socket.listen(BACKLOG)
        return socket.detach()
    except OSError:
        socket.close()
        raise


def place(descriptors: list[int], keep: list[int]) -> list[int]:
    """Put sockets on 3, 4, 5 ..., to be inherited; move `keep` out of their way first.

    Returns where those of `keep` are now. Whatever else was open there is replaced, as the
    protocol asks for these very numbers: call it just before exec.
    """
    low = FIRST + len(descriptors)
    moved = [_above(one, low) for one in descriptors]
    kept = [_above(one, low) for one in keep]
    for at, descriptor in enumerate(moved, FIRST):
        os.dup2(descriptor, at, inheritable=True)
        os.close(descriptor)
    return kept


def _above(descriptor: int, low: int) -> int:
    if sys.platform == "win32":
        raise NotImplementedError
    import fcntl

    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, low)
    os.close(descriptor)
    return moved
