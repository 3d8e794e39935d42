"""One look at the kernel's socket tables, from the best source this kernel has; Linux only."""

from __future__ import annotations

import _socket
import sys
from typing import TYPE_CHECKING

from portman.machine.sockets import netlink
from portman.machine.sockets.model import SocketRow, state_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from portman.base.values import Transport
    from portman.machine.sockets.model import Family

# The socket tables as text in /proc/net, where NETLINK_SOCK_DIAG is missing; Linux only.
#
# It shows no socket that is only bound, no cgroup, and not whether an IPv6 socket is v6-only (E6).


def read_procnet(
    family: Family,
    protocol: Transport,
    ports: Collection[int] | None = None,
    *,
    folder: str = "/proc/net",
) -> list[SocketRow]:
    """Return the sockets in `folder`/tcp, tcp6, udp or udp6; none where there is no such file."""
    path = f"{folder}/{protocol}{'6' if family == 'ipv6' else ''}"
    try:
        with open(path, encoding="utf-8", errors="replace") as lines:
            return list(parse(lines, family, protocol, ports))
    except OSError:
        return []


def parse(
    lines: Iterable[str],
    family: Family,
    protocol: Transport,
    ports: Collection[int] | None = None,
) -> Iterator[SocketRow]:
    """Yield the rows of one table (proc_pid_net(5)); lines it cannot read are passed over."""
    for line in lines:
        fields = line.split()
        if len(fields) < 10 or not fields[0].endswith(":"):
            continue
        try:
            port = int(fields[1].partition(":")[2], 16)
            if ports is not None and port not in ports:
                continue
            found = _row(fields, port, family, protocol)
        except ValueError:
            continue
        yield found


def _row(fields: list[str], port: int, family: Family, protocol: Transport) -> SocketRow:
    """Return one line as a row. Raises ValueError for what is no number or address."""
    remote, _, peer_port = fields[2].partition(":")
    peer = int(peer_port, 16)
    return SocketRow(
        family=family,
        protocol=protocol,
        state=state_name(protocol, int(fields[3], 16)),
        address=address(fields[1].partition(":")[0]),
        port=port,
        peer_address=address(remote) if peer else "",
        peer_port=peer,
        uid=int(fields[7]),
        inode=int(fields[9]),
    )


def address(digits: str, byte_order: str = sys.byteorder) -> str:
    """Return the address behind 8 or 32 hex digits: 32-bit words in the machine's own order."""
    raw = bytes.fromhex(digits)
    if byte_order == "little":
        raw = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    family = _socket.AF_INET if len(raw) == 4 else _socket.AF_INET6
    return _socket.inet_ntop(family, raw)


_FAMILIES: tuple[Family, Family] = ("ipv4", "ipv6")


def look(pairs: Iterable[tuple[str, int]]) -> list[SocketRow]:
    """Return every socket, in any state, whose (protocol, local port) is one of `pairs`."""
    wanted: dict[Transport, set[int]] = {"tcp": set(), "udp": set()}
    for protocol, port in pairs:
        wanted["udp" if protocol == "udp" else "tcp"].add(port)
    return [
        row
        for protocol, ports in wanted.items()
        if ports
        for family in _FAMILIES
        for row in read(family, protocol, ports)
    ]


def peers(pairs: Iterable[tuple[str, int]]) -> list[SocketRow]:
    """Return every socket whose connection has one of these (protocol, port) at its other end."""
    return [
        row
        for protocol, port in pairs
        for family in _FAMILIES
        for row in _read_peers(family, "udp" if protocol == "udp" else "tcp", port)
    ]


def everything() -> list[SocketRow]:
    """Return every TCP and UDP socket of this network namespace."""
    protocols: tuple[Transport, Transport] = ("tcp", "udp")
    return [row for protocol in protocols for family in _FAMILIES for row in read(family, protocol)]


def read(family: Family, protocol: Transport, ports: set[int] | None = None) -> list[SocketRow]:
    """Return one table: over netlink, or from /proc/net where the kernel refuses that."""
    try:
        return netlink.dump(family, protocol, ports=ports)
    except OSError:
        return read_procnet(family, protocol, ports)


def _read_peers(family: Family, protocol: Transport, port: int) -> list[SocketRow]:
    try:
        return netlink.dump(family, protocol, ports={port}, peer=True)
    except OSError:
        return [row for row in read_procnet(family, protocol) if row.peer_port == port]
