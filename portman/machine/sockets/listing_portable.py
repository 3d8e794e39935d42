"""The sockets on a port through psutil, or lsof: macOS, Windows and other systems without /proc.

Without root macOS shows only this user's sockets, and only to lsof, whose rows are for asked
ports alone: another user's holder is then not found at all, though the probe sees it. The
parsers are tested on Linux.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from portman.base.holder import Socket, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portman.base.holder import HolderState
    from portman.base.values import Transport

_LSOF_FIELDS = "-FpcuftPnT"


def read_table(
    pairs: Iterable[tuple[str, int]],
    *,
    everywhere: bool = False,  # noqa: ARG001 - only Linux has network namespaces
) -> list[Socket]:
    """Return the sockets that have one of the pairs as their own; each has its process already."""
    asked = set(pairs)
    if not asked:
        return []
    table = _from_psutil()
    found = _from_lsof(asked) if table is None else table
    return [one for one in found if one.pair in asked]


def read_peers(pairs: Iterable[tuple[str, int]]) -> list[Socket]:
    """Return the sockets that have one of the pairs at their other end; () from lsof."""
    asked = set(pairs)
    return [one for one in _from_psutil() or () if (one.protocol, one.peer_port) in asked]


def read_listeners(pairs: Iterable[tuple[str, int]]) -> list[Socket]:
    return [one for one in read_table(pairs) if one.state == "listen"]


def _from_psutil() -> list[Socket] | None:
    """Return every socket of the machine; None where psutil may not see them."""
    import psutil

    try:
        rows = psutil.net_connections(kind="inet")
    except (psutil.Error, OSError):
        return None
    found = []
    for row in rows:
        if not row.laddr:
            continue
        protocol: Transport = "udp" if row.type == socket.SOCK_DGRAM else "tcp"
        kernel_state = str(row.status).lower().replace("_", "-")
        state = state_of(protocol, kernel_state, connected=bool(row.raddr))
        found.append(
            Socket(
                protocol,
                plain(row.laddr.ip),
                row.laddr.port,
                state,
                kernel_state,
                peer_address=plain(row.raddr.ip) if row.raddr else "",
                peer_port=row.raddr.port if row.raddr else 0,
                pids=(row.pid,) if row.pid and state != "time-wait" else (),
            )
        )
    return found


def state_of(protocol: str, kernel_state: str, *, connected: bool) -> HolderState:
    if kernel_state == "time-wait":
        return "time-wait"
    if connected:
        return "client"
    return "listen" if protocol == "udp" or kernel_state == "listen" else "bound"


def _from_lsof(asked: Iterable[tuple[str, int]]) -> list[Socket]:
    from portman.base.run_tool import output

    numbers: dict[str, list[str]] = {}
    for protocol, port in sorted(asked):
        numbers.setdefault(protocol.upper(), []).append(str(port))
    chosen = [f"-i{protocol}:{','.join(ports)}" for protocol, ports in numbers.items()]
    return list(parse_lsof(output(["lsof", "-nP", _LSOF_FIELDS, *chosen])))


def parse_lsof(text: str) -> Iterator[Socket]:
    """Yield the sockets in the output of `lsof -nP -FpcuftPnT`: one field a line, by its letter.

    A line `p` opens a process, a line `f` one of its files; the remote end of a connection
    follows `->`.
    """
    process: dict[str, str] = {}
    fields: dict[str, str] = {}
    for line in [*text.splitlines(), "p"]:
        letter, value = line[:1], line[1:]
        if letter in "pf":
            yield from _lsof_socket(process, fields)
            fields = {}
            process = {"p": value} if letter == "p" else process
        elif letter == "T":
            key, _, state = value.partition("=")
            fields[f"T{key}"] = state
        elif letter in "cu":
            process[letter] = value
        else:
            fields[letter] = value


def _lsof_socket(process: dict[str, str], fields: dict[str, str]) -> Iterator[Socket]:
    local, connected, _ = fields.get("n", "").partition("->")
    address, _, port = local.rpartition(":")
    protocol = fields.get("P", "").lower()
    if protocol not in {"tcp", "udp"} or not port.isdigit():
        return
    kernel_state = fields.get("TST", "").lower().replace("_", "-")
    uid = process.get("u", "")
    yield Socket(
        "udp" if protocol == "udp" else "tcp",
        _lsof_address(address, fields.get("t", "")),
        int(port),
        state_of(protocol, kernel_state, connected=bool(connected)),
        kernel_state,
        uid=int(uid) if uid.isdigit() else None,
        pids=(int(process["p"]),),
    )


def _lsof_address(address: str, kind: str) -> str:
    if address == "*":
        return "::" if kind == "IPv6" else "0.0.0.0"  # noqa: S104
    return plain(address.removeprefix("[").removesuffix("]"))
