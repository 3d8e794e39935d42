"""One look at the kernel's socket tables, from the best source this kernel has; Linux only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.machine.sockets import netlink, procnet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.base.values import Transport
    from portman.machine.sockets.model import Family, SocketRow

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
        return procnet.read(family, protocol, ports)


def _read_peers(family: Family, protocol: Transport, port: int) -> list[SocketRow]:
    try:
        return netlink.dump(family, protocol, ports={port}, peer=True)
    except OSError:
        return [row for row in procnet.read(family, protocol) if row.peer_port == port]
