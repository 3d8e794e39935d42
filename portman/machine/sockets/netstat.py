"""The sockets of all users as macOS' `netstat -anv` prints them, with their processes. Pure.

Columns have come and gone with releases, and a process' name may hold spaces. So the heading says
what follows the state: numbers, then `pid`, or since macOS 14 `process:pid`. A table whose
heading is another is not read at all.
"""

from __future__ import annotations

import re

from portman.base.holder import Socket, plain
from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portman.base.holder import HolderState
    from portman.base.values import Transport

#: "tcp46" is one socket for both families.
_PROTOCOLS: dict[str, Transport] = {
    **dict.fromkeys(("tcp4", "tcp6", "tcp46"), "tcp"),
    **dict.fromkeys(("udp4", "udp6", "udp46"), "udp"),
}


class _Columns(NamedTuple):
    """How many numbers follow the state, and whether the process comes after them with its name."""

    numbers: int
    named: bool


def parse_netstat(text: str) -> list[Socket] | None:
    """Return the Internet sockets; None for a table with another heading than those known."""
    columns = next(
        (_columns(line) for line in text.splitlines() if line.startswith("Proto ")), None
    )
    return None if columns is None else list(_rows(text, columns))


def _columns(heading: str) -> _Columns | None:
    after = heading.partition("(state)")[2].split()
    if "process:pid" in after:
        return _Columns(after.index("process:pid"), named=True)
    return _Columns(after.index("pid"), named=False) if "pid" in after else None


def _rows(text: str, columns: _Columns) -> Iterator[Socket]:
    skipped = r"(?:\d+\s+)" + f"{{{columns.numbers}}}"
    rest = re.compile(skipped + (r".*?:(\d+)(?:\s|$)" if columns.named else r"(\d+)(?:\s|$)"))
    for line in text.splitlines():
        kind, *fields = line.split(None, 5)
        protocol = _PROTOCOLS.get(kind)
        if protocol is None or len(fields) < 5:
            continue
        local, foreign, after = fields[2], fields[3], fields[4]
        state = re.match(r"[A-Z][A-Z_0-9]*\s+", after)
        found = rest.match(after[state.end() if state else 0 :])
        address, _, port = local.rpartition(".")
        if not port.isdigit():
            continue
        peer, _, peer_port = foreign.rpartition(".")
        kernel_state = state[0].strip().lower().replace("_", "-") if state else ""
        connected = peer_port.isdigit()
        holder_state = state_of(protocol, kernel_state, connected=connected)
        pid = int(found[1]) if found else 0
        yield Socket(
            protocol,
            _address(address, kind),
            int(port),
            holder_state,
            kernel_state,
            peer_address=_address(peer, kind) if connected else "",
            peer_port=int(peer_port) if connected else 0,
            v6only=None if kind.endswith("4") else kind.endswith("6") and not kind.endswith("46"),
            pids=(pid,) if pid and holder_state != "time-wait" else (),
        )


def _address(address: str, kind: str) -> str:
    if address == "*":
        return "0.0.0.0" if kind in ("tcp4", "udp4") else "::"  # noqa: S104
    return plain(address)


def state_of(protocol: str, kernel_state: str, *, connected: bool) -> HolderState:
    """Return what a socket does, by the system's own word for its state."""
    if kernel_state == "time-wait":
        return "time-wait"
    if connected:
        return "client"
    return "listen" if protocol == "udp" or kernel_state == "listen" else "bound"
