"""Every socket on a port through psutil: Windows, and macOS as root. Else macOS asks lsof.

Without root macOS shows only this user's sockets, and lsof's rows do not carry the other end.
"""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

from portman.base.values import Holder
from portman.machine.processes import facts
from portman.machine.sockets.model import Observation, Socket, weightiest_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portman.base.values import Transport
    from portman.machine.sockets.model import Role

_ROLES: dict[str, Role] = {
    "listen": "listen",
    "bound": "bound",
    "client": "connection",
    "time-wait": "remains",
}


def find_endpoints(
    pairs: Iterable[tuple[str, int]],
    *,
    everywhere: bool = False,  # noqa: ARG001 - only Linux has network namespaces
) -> tuple[Socket, ...]:
    """Return the sockets that have one of the (protocol, port) pairs as their own."""

    asked = set(pairs)
    table = _table()
    if table is None:
        return tuple(_from_holder(one) for one in find_holders(asked))
    return tuple(one for one in table if (one.protocol, one.port) in asked)


def find_peers(pairs: Iterable[tuple[str, int]]) -> tuple[Socket, ...]:
    """Return the sockets connected to one of the (protocol, port) pairs, wherever that is."""
    asked = set(pairs)
    return tuple(one for one in _table() or () if (one.protocol, one.peer_port) in asked)


def _table() -> list[Socket] | None:
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
        state = str(row.status).lower().replace("_", "-")
        found.append(
            Socket(
                protocol=protocol,
                address=row.laddr.ip,
                port=row.laddr.port,
                role=role(protocol, state, connected=bool(row.raddr)),
                state=state,
                peer_address=row.raddr.ip if row.raddr else "",
                peer_port=row.raddr.port if row.raddr else 0,
                pids=(row.pid,) if row.pid else (),
            )
        )
    return found


def role(protocol: str, state: str, *, connected: bool) -> Role:
    """Return what a socket in psutil's `state` (lower case, with hyphens) does."""
    if state == "time-wait":
        return "remains"
    if connected:
        return "connection"
    return "listen" if protocol == "udp" or state == "listen" else "bound"


def _from_holder(holder: Holder) -> Socket:
    return Socket(
        protocol=holder.protocol,
        address=holder.address,
        port=holder.port,
        role=_ROLES[holder.state],
        state=holder.state,
        uid=holder.uid,
        pids=() if holder.pid is None else (holder.pid,),
    )


# Who has these ports now, on macOS (lsof) and Windows (psutil). The parsers are tested on Linux.
#
# On macOS the table of all sockets is for root only; lsof shows this user's own without it. Another
# user's holder is then not found at all, though the probe sees it.

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
    from portman.base.run_tool import output

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


# Observing ports elsewhere: every look asks the system's own tool anew; never run here.
#
# Connections of a port that somebody listens on are not told apart there, so none are counted.

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from portman.base.values import Holder

    Name = Callable[[list[Holder]], list[Holder]]

Pair = tuple[str, int]


class Observer:
    """Remembers when each process started."""

    def __init__(self, name: Name = list) -> None:
        self._name = name
        self._since: dict[int, float | None] = {}
        self.walks = 0

    def observe(self, pairs: Iterable[Pair]) -> dict[Pair, Observation]:
        """Return what is on each (protocol, port) now; a pair with nothing on it is left out."""
        found: dict[Pair, list[Holder]] = {}
        for holder in self._name(find_holders(pairs)):
            found.setdefault((holder.protocol, holder.port), []).append(holder)
        return {pair: self._told(holders) for pair, holders in found.items()}

    def _told(self, holders: list[Holder]) -> Observation:
        serving = tuple(one for one in holders if one.state in ("listen", "bound"))
        if not serving:
            live = any(one.state == "client" for one in holders)
            return Observation(kernel="client" if live else "lingering")
        return Observation(serving, self._started(serving[0].pid), None, "holder")

    def _started(self, pid: int | None) -> float | None:
        if pid is None:
            return None
        if pid not in self._since:
            told = facts(pid)
            self._since[pid] = told.started_at if told else None
        return self._since[pid]
