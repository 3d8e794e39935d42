"""The kernel's socket tables over NETLINK_SOCK_DIAG (sock_diag(7)); Linux only.

A dump of one port among 10,000 sockets takes under a millisecond, as the kernel filters; reading
/proc/net/tcp and looking through it takes 35 (decision 0009). It also shows what /proc/net does
not: sockets that are only bound (decision 0009) and the cgroup of other users' sockets (decision
0009).
"""

from __future__ import annotations

import _socket
import struct

from portman.base.holder import Socket, plain
from portman.machine.sockets.model import NUMBERS, holder_state, state_name

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from typing import Final

    from portman.base.values import Transport
    from portman.machine.sockets.model import Family, KernelState

AF_NETLINK: Final = 16
NETLINK_SOCK_DIAG: Final = 4
SOCK_DIAG_BY_FAMILY: Final = 20
NLM_F_REQUEST: Final = 0x1
NLM_F_DUMP: Final = 0x300
NLM_F_DUMP_INTR: Final = 0x10
NLMSG_ERROR: Final = 2
NLMSG_DONE: Final = 3
INET_DIAG_REQ_BYTECODE: Final = 1
INET_DIAG_SKV6ONLY: Final = 11
INET_DIAG_CGROUP_ID: Final = 21
BC_JUMP, BC_PORT_AT_LEAST, BC_PORT_AT_MOST, BC_PEER_AT_LEAST, BC_PEER_AT_MOST = 1, 2, 3, 4, 5

FAMILIES: dict[Family, int] = {"ipv4": 2, "ipv6": 10}
PROTOCOLS: dict[Transport, int] = {"tcp": 6, "udp": 17}

#: The kernel checks a filter in time quadratic in its length: beyond this many ranges those that
#: lie nearest to each other are asked for as one, and what is between them is dropped here.
MOST_EXACT: Final = 64
#: A dump that the kernel marks as inconsistent (a table changed size meanwhile) is asked for again.
TRIES: Final = 4

_HEADER = struct.Struct("=IHHII")
_MESSAGE = struct.Struct("=BBBB2s2s16s16sI8xIIIII")
_PORTS = struct.Struct("!HH")
_PORT = struct.Struct("!H")
_LOCAL_PORT, _PEER_PORT = 4, 6
_ATTRIBUTE = struct.Struct("=HH")
_REPLY: Final = 1 << 17


def dump(
    family: Family,
    protocol: Transport,
    states: Iterable[KernelState] | None = None,
    ports: Collection[int] | None = None,
    *,
    peer: bool = False,
) -> list[Socket]:
    """Return the sockets of this network namespace, with local port in `ports` if given.

    With `peer` it is the port at the other end of a connection that must be in `ports`.

    Raises OSError where the kernel does not offer this (no AF_NETLINK in a sandbox, or ENOENT
    where the module for this protocol is missing): then read /proc/net.
    """
    wanted = None if ports is None else frozenset(ports)
    if wanted is not None and not wanted:
        return []
    bits = 0xFFFFFFFF if states is None else sum(1 << NUMBERS[state] for state in set(states))
    code = b"" if wanted is None else port_filter(wanted, peer=peer)
    question = _question(FAMILIES[family], PROTOCOLS[protocol], bits, code)
    place = _PEER_PORT if peer else _LOCAL_PORT
    rows: list[Socket] = []
    for _ in range(TRIES):
        rows = []
        if _ask(question, rows, family, protocol, wanted, place):
            break
    return rows


def _question(family: int, protocol: int, states: int, code: bytes) -> bytes:
    body = struct.pack("=BBBxI", family, protocol, 0, states)
    body += bytes(4 + 16 + 16 + 4) + struct.pack("=II", 0xFFFFFFFF, 0xFFFFFFFF)
    if code:
        body += _ATTRIBUTE.pack(4 + len(code), INET_DIAG_REQ_BYTECODE) + code
    flags = NLM_F_REQUEST | NLM_F_DUMP
    return _HEADER.pack(_HEADER.size + len(body), SOCK_DIAG_BY_FAMILY, flags, 1, 0) + body


def port_filter(ports: Collection[int], *, peer: bool = False) -> bytes:
    """Return the inet_diag bytecode that accepts a local (or peer's) port in `ports` (not empty).

    Per range: `at least LOW` else the next range, `at most HIGH` else the next range, jump to the
    end. Landing exactly on the end accepts; four bytes past it refuses (net/ipv4/inet_diag.c).
    """
    least, most = BC_PORT_AT_LEAST, BC_PORT_AT_MOST
    if peer:
        least, most = BC_PEER_AT_LEAST, BC_PEER_AT_MOST
    ranges = _ranges(sorted(ports))
    if len(ranges) > MOST_EXACT:
        ranges = _joined(ranges, MOST_EXACT)
    block = 5 * 4
    total = block * len(ranges)
    code = b""
    for index, (low, high) in enumerate(ranges):
        left = total - index * block
        beyond = block if left > block else left + 4
        code += _operation(least, 8, beyond) + _operation(0, 0, low)
        code += _operation(most, 8, beyond - 8) + _operation(0, 0, high)
        code += _operation(BC_JUMP, 4, left - 16)
    return code


def _operation(code: int, yes: int, no: int) -> bytes:
    return struct.pack("=BBH", code, yes, no)


def _ranges(ports: list[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for port in ports:
        if ranges and port <= ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], port)
        else:
            ranges.append((port, port))
    return ranges


def _joined(ranges: list[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """Return at most `most` ranges that cover the same ports, parted at the widest gaps."""
    gaps = sorted(
        range(1, len(ranges)), key=lambda at: ranges[at][0] - ranges[at - 1][1], reverse=True
    )
    starts = [0, *sorted(gaps[: most - 1])]
    ends = [*(start - 1 for start in starts[1:]), len(ranges) - 1]
    return [(ranges[low][0], ranges[high][1]) for low, high in zip(starts, ends, strict=True)]


def _ask(  # noqa: PLR0913, PLR0917 - what was asked, and where the answer goes
    question: bytes,
    rows: list[Socket],
    family: Family,
    protocol: Transport,
    wanted: frozenset[int] | None,
    place: int,
) -> bool:
    """Fill `rows` with the answer; return whether the kernel calls it consistent."""
    whole = True
    link = _socket.socket(AF_NETLINK, _socket.SOCK_RAW, NETLINK_SOCK_DIAG)
    try:
        link.send(question)
        while True:
            buffer = link.recv(_REPLY)
            for kind, flags, start, end in _messages(buffer):
                whole = whole and not flags & NLM_F_DUMP_INTR
                if kind == NLMSG_DONE:
                    return whole
                if kind == NLMSG_ERROR:
                    raise _refusal(buffer, start)
                if end - start < _MESSAGE.size:
                    raise _malformed()
                if wanted is None or _PORT.unpack_from(buffer, start + place)[0] in wanted:
                    rows.append(_row(buffer[start:end], family, protocol))
    finally:
        link.close()


def _messages(buffer: bytes) -> Iterator[tuple[int, int, int, int]]:
    offset = 0
    while offset + _HEADER.size <= len(buffer):
        length, kind, flags, _, _ = _HEADER.unpack_from(buffer, offset)
        if not _HEADER.size <= length <= len(buffer) - offset:
            raise _malformed()
        yield kind, flags, offset + _HEADER.size, offset + length
        offset += (length + 3) & ~3


def _malformed() -> OSError:
    """Return an OSError, so that /proc/net is read instead."""
    import errno

    return OSError(errno.EBADMSG, "the kernel's answer is cut off")


def _refusal(buffer: bytes, start: int) -> OSError:
    import os

    if len(buffer) < start + 4:
        return _malformed()
    number = -struct.unpack_from("=i", buffer, start)[0]
    return OSError(number, os.strerror(number))


def _row(message: bytes, family: Family, protocol: Transport) -> Socket:
    """Return one struct inet_diag_msg (linux/inet_diag.h) with its attributes as a socket."""
    fields = _MESSAGE.unpack_from(message)
    port, peer_port = _PORTS.unpack_from(message, 4)
    cgroup, v6only = _attributes(message, _MESSAGE.size)
    kernel_state = state_name(protocol, fields[1])
    state = holder_state(protocol, kernel_state, fields[13])
    return Socket(
        protocol,
        _address(family, fields[6]),
        port,
        state,
        kernel_state,
        peer_address=_address(family, fields[7]) if peer_port else "",
        peer_port=peer_port,
        uid=None if state == "time-wait" else fields[12],
        inode=fields[13],
        cgroup=cgroup,
        v6only=v6only,
        waiting=fields[10] if kernel_state == "listen" else 0,
        backlog=fields[11] if kernel_state == "listen" else 0,
    )


def _attributes(message: bytes, offset: int) -> tuple[int | None, bool | None]:
    cgroup: int | None = None
    v6only: bool | None = None
    while offset + 4 <= len(message):
        length, kind = _ATTRIBUTE.unpack_from(message, offset)
        if not 4 <= length <= len(message) - offset:
            break
        if kind == INET_DIAG_CGROUP_ID and length >= 12:
            (cgroup,) = struct.unpack_from("=Q", message, offset + 4)
        elif kind == INET_DIAG_SKV6ONLY and length > 4:
            v6only = bool(message[offset + 4])
        offset += (length + 3) & ~3
    return cgroup, v6only


def _address(family: Family, raw: bytes) -> str:
    if family == "ipv4":
        return _socket.inet_ntop(_socket.AF_INET, raw[:4])
    return plain(_socket.inet_ntop(_socket.AF_INET6, raw))
