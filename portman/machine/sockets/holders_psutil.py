"""Who has these ports now, on macOS (lsof) and Windows (psutil). The parsers are tested on Linux.

On macOS the table of all sockets is for root only; lsof shows this user's own without it. Another
user's holder is then not found at all, though the probe sees it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from portman.base.values import Holder
from portman.machine.sockets.holder_order import weightiest_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portman.base.values import Transport

_LSOF_FIELDS = "-FpcuftPnT"


def find_holders(pairs: Iterable[tuple[str, int]]) -> list[Holder]:
    """Return everybody who has one of the (protocol, port) pairs, the weightiest first.

    States as on Linux: "listen", "bound", "client", "time-wait"; the last on Windows only.
    """
    asked = set(pairs)
    if not asked:
        return []
    placed = _from_psutil() if sys.platform == "win32" else _from_lsof(asked)
    known: dict[int, Holder] = {}
    return weightiest_first(
        _named(holder, known) for holder in placed if (holder.protocol, holder.port) in asked
    )


def _named(holder: Holder, known: dict[int, Holder]) -> Holder:
    from portman.machine.processes.portable import facts

    if holder.pid is None:
        return holder
    if holder.pid not in known:
        told = facts(holder.pid)
        known[holder.pid] = holder if told is None else told.holder()
    return known[holder.pid]._replace(
        protocol=holder.protocol, address=holder.address, port=holder.port, state=holder.state
    )


def _from_lsof(asked: Iterable[tuple[str, int]]) -> list[Holder]:
    from portman.base.system_tool import output

    numbers: dict[str, list[str]] = {}
    for protocol, port in sorted(asked):
        numbers.setdefault(protocol.upper(), []).append(str(port))
    chosen = [f"-i{protocol}:{','.join(ports)}" for protocol, ports in numbers.items()]
    return list(parse_lsof(output(["lsof", "-nP", _LSOF_FIELDS, *chosen])))


def parse_lsof(text: str) -> Iterator[Holder]:
    """Yield the sockets in the output of `lsof -nP -FpcuftPnT`: one field a line, by its letter.

    A line `p` opens a process, a line `f` one of its files; the remote end of a connection
    follows `->`.
    """
    process: dict[str, str] = {}
    socket: dict[str, str] = {}
    for line in [*text.splitlines(), "p"]:
        letter, value = line[:1], line[1:]
        if letter in "pf":
            yield from _lsof_socket(process, socket)
            socket = {}
            process = {"p": value} if letter == "p" else process
        elif letter == "T":
            key, _, state = value.partition("=")
            socket[f"T{key}"] = state
        elif letter in "cu":
            process[letter] = value
        else:
            socket[letter] = value


def _lsof_socket(process: dict[str, str], socket: dict[str, str]) -> Iterator[Holder]:
    local, connected, _ = socket.get("n", "").partition("->")
    address, _, port = local.rpartition(":")
    protocol = socket.get("P", "").lower()
    if protocol not in {"tcp", "udp"} or not port.isdigit():
        return
    state = socket.get("TST", "")
    uid = process.get("u", "")
    yield Holder(
        pid=int(process["p"]),
        name=process.get("c", ""),
        uid=int(uid) if uid.isdigit() else None,
        protocol="udp" if protocol == "udp" else "tcp",
        address=_lsof_address(address, socket.get("t", "")),
        port=int(port),
        state=_state(protocol, state, connected=bool(connected)),
    )


def _lsof_address(address: str, kind: str) -> str:
    if address == "*":
        return "::" if kind == "IPv6" else "0.0.0.0"  # noqa: S104
    return address.removeprefix("[").removesuffix("]")


def _state(protocol: str, state: str, *, connected: bool) -> str:
    if state in {"TIME_WAIT", "TIME-WAIT"}:
        return "time-wait"
    if connected:
        return "client"
    return "listen" if protocol == "udp" or state == "LISTEN" else "bound"


def _from_psutil() -> list[Holder]:
    import socket

    import psutil

    found = []
    for connection in psutil.net_connections(kind="inet"):
        if not connection.laddr:
            continue
        protocol: Transport = "udp" if connection.type == socket.SOCK_DGRAM else "tcp"
        state = _state(protocol, str(connection.status), connected=bool(connection.raddr))
        found.append(
            Holder(
                pid=None if state == "time-wait" else connection.pid or None,
                protocol=protocol,
                address=connection.laddr.ip,
                port=connection.laddr.port,
                state=state,
            )
        )
    return found
