"""Does a connection on loopback arrive? Tried with listeners of our own, for half a second."""

from __future__ import annotations

import errno
import os
import selectors
import socket
import struct
import time
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Seconds: loopback answers in microseconds, the first repeated SYN comes after one second.
PATIENCE = 0.5

#: Seconds more for what came in time on a machine too busy to look at it.
_GRACE = 1.0

#: "passed"; "dropped" (no answer in time); "refused" (answered with a refusal); "diverted"
#: (somebody else answered); "busy" (the port has a holder, so nothing was tried); "absent" (this
#: machine has no such address).
Outcome = Literal["passed", "dropped", "refused", "diverted", "busy", "absent"]
Family = Literal["ipv4", "ipv6"]
ADDRESSES: dict[Family, str] = {"ipv4": "127.0.0.1", "ipv6": "::1"}


class Trial(NamedTuple):
    """What became of one connection to our own listener. `client_port` is 0 if none was made."""

    family: Family
    port: int
    outcome: Outcome
    detail: str = ""
    client_port: int = 0


class _Attempt:
    """One listener and one client on their way to each other."""

    def __init__(self, family: Family, port: int) -> None:
        self.family, self.port = family, port
        self.listener: socket.socket | None = None
        self.client: socket.socket | None = None
        self.accepted: socket.socket | None = None
        self.client_port = 0
        self.trial: Trial | None = None

    def end(self, outcome: Outcome, detail: str = "") -> None:
        self.trial = Trial(self.family, self.port, outcome, detail, self.client_port)

    def close(self) -> None:
        """Close so that nothing lingers: a reset connection leaves no TIME_WAIT on the port."""
        for one in (self.client, self.accepted, self.listener):
            if one is not None:
                reset = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
                one.close()


def try_ports(ports: Iterable[int], patience: float = PATIENCE) -> list[Trial]:
    """Open a listener on each port at 127.0.0.1 and ::1 and connect to it, all at once.

    For the length of the trial (microseconds, if all is well, else `patience` seconds) the ports
    are taken: a service that starts at that very moment would meet us there.
    """
    attempts = [_Attempt(family, port) for port in ports for family in ADDRESSES]
    try:
        for attempt in attempts:
            _begin(attempt)
        _wait([one for one in attempts if one.trial is None], time.monotonic() + patience)
    finally:
        for attempt in attempts:
            attempt.close()
    return [attempt.trial for attempt in attempts if attempt.trial is not None]


def _begin(attempt: _Attempt) -> None:
    kind = socket.AF_INET if attempt.family == "ipv4" else socket.AF_INET6
    address = ADDRESSES[attempt.family]
    try:
        attempt.listener = socket.socket(kind, socket.SOCK_STREAM)
        attempt.listener.bind((address, attempt.port))
        attempt.listener.listen(8)
    except OSError as error:
        taken = error.errno in (errno.EADDRINUSE, errno.EACCES)
        attempt.end("busy" if taken else "absent", error.strerror or "")
        return
    attempt.listener.settimeout(0)
    attempt.client = socket.socket(kind, socket.SOCK_STREAM)
    attempt.client.settimeout(0)
    code = attempt.client.connect_ex((address, attempt.port))
    attempt.client_port = attempt.client.getsockname()[1]
    if code not in (0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", 0)):
        attempt.end("refused", os.strerror(code))


def _wait(attempts: list[_Attempt], until: float) -> None:
    with selectors.DefaultSelector() as selector:
        for attempt in attempts:
            assert attempt.listener is not None
            assert attempt.client is not None
            selector.register(attempt.listener, selectors.EVENT_READ, attempt)
            selector.register(attempt.client, selectors.EVENT_WRITE, attempt)
        while any(one.trial is None for one in attempts):
            ready = selector.select(max(0.0, until - time.monotonic()))
            for key, _ in ready:
                _step(key.data, selector)
            late = time.monotonic() - until
            if late >= _GRACE or (late >= 0 and not ready):
                break  # time is up, and what came in time has been looked at
    for attempt in attempts:
        if attempt.trial is None:
            attempt.end(*_end_of(attempt))


def _step(attempt: _Attempt, selector: selectors.BaseSelector) -> None:
    assert attempt.client is not None
    if attempt.trial is None and _is_accepted(attempt):
        attempt.end("passed")
    error = attempt.client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if error and attempt.trial is None:
        attempt.end("refused", os.strerror(error))
    if attempt.trial is not None:
        _forget(selector, attempt.client, attempt.listener)
    elif _is_connected(attempt.client):
        _forget(selector, attempt.client)  # what is left to see is whom it reached


def _forget(selector: selectors.BaseSelector, *ends: socket.socket | None) -> None:
    for one in ends:
        if one is not None and one in selector.get_map():
            selector.unregister(one)


def _is_accepted(attempt: _Attempt) -> bool:
    """Accept what has come; return whether it is our own client (anybody may have connected)."""
    assert attempt.listener is not None
    try:
        accepted, peer = attempt.listener.accept()
    except (BlockingIOError, OSError):
        return False
    if peer[1] != attempt.client_port:
        accepted.close()
        return False
    attempt.accepted = accepted
    return True


def _end_of(attempt: _Attempt) -> tuple[Outcome, str]:
    assert attempt.client is not None
    if _is_connected(attempt.client):
        return "diverted", "the connection was answered, but not by our listener"
    return "dropped", "no answer"


def _is_connected(client: socket.socket) -> bool:
    try:
        client.getpeername()
    except OSError:
        return False
    return True
