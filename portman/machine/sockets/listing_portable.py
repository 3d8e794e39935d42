"""The sockets on a port outside Linux: one look at the system's table a command, kept for it.

Windows: psutil reads the kernel's table, with a process for each socket. macOS lets psutil read it
for root alone. There lsof lists the sockets of this user's processes, and netstat those of all
users, with their processes; it is asked only where lsof leaves a question. What cannot be asked, or
gives no answer in time, makes the answer unknown (`why_unknown`), never "nothing is there". The
parsers are tested on Linux with recorded output.

Below: the sockets of all users as macOS' `netstat -anv` prints them, with their processes.
Columns have come and gone with releases, and a process' name may hold spaces. So the heading says
what follows the state: numbers, then `pid`, or since macOS 14 `process:pid`. A table whose
heading is another is not read at all.
"""

from __future__ import annotations

import re
import socket
import sys
from time import monotonic

from portman.base.holder import Socket, plain
from portman.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from portman.base.holder import HolderState
    from portman.base.values import Transport


#: Seconds for one helper; both answer in a fraction of one. A file system that hangs stops lsof.
PATIENCE = 2.0
#: -b and -w: ask no file system that may hang, and do not report that.
_LSOF = ("lsof", "-nP", "-b", "-w", "-FpcuftPnT", "-i")
_NETSTAT = ("netstat", "-anv")
#: Seconds for which a table is the machine's state, also for a port that it does not show; and for
#: which a helper that failed is not asked again.
_LASTS, _LASTS_WITHOUT, _FAILURE_LASTS = 2.0, 0.5, 30.0


class _Table:
    """What one helper said, and when. `fault` is why it said nothing."""

    def __init__(self, sockets: list[Socket] | None, fault: str = "") -> None:
        self.sockets, self.fault, self.at = sockets or [], fault, monotonic()

    def holds(self, asked: set[tuple[str, int]]) -> bool:
        age = monotonic() - self.at
        if self.fault:
            return age < _FAILURE_LASTS
        return age < (_LASTS if asked <= {one.pair for one in self.sockets} else _LASTS_WITHOUT)


_kept: dict[str, _Table] = {}


def forget() -> None:
    """Look anew at the next question: something was stopped, or time has passed."""
    for name in [name for name, table in _kept.items() if not table.fault]:
        del _kept[name]


def why_unknown() -> str:
    """Return why the owner of a busy port that `read_table` does not show is unknown, or ""."""
    faults = [one.fault for one in _kept.values()]
    if not faults or not all(faults):
        return ""
    return ", and ".join(faults)


def read_table(
    pairs: Iterable[tuple[str, int]],
    *,
    everywhere: bool = False,  # noqa: ARG001 - only Linux has network namespaces
) -> list[Socket]:
    """Return the sockets that have one of the pairs as their own; each has its process already."""
    asked = set(pairs)
    if not asked:
        return []
    return [one for one in _look(asked) if one.pair in asked]


def read_peers(pairs: Iterable[tuple[str, int]]) -> list[Socket]:
    asked = set(pairs)
    return [one for one in _look(asked) if (one.protocol, one.peer_port) in asked]


def read_listeners(pairs: Iterable[tuple[str, int]], *, udp: bool = False) -> list[Socket]:
    """Return every listener of the machine that is shown; `pairs` are those of interest."""
    found = [one for one in _look(set(pairs)) if one.state == "listen"]
    return [one for one in found if udp or one.protocol == "tcp"]


def _look(asked: set[tuple[str, int]]) -> list[Socket]:
    """Return the rows of as few helpers as answer the question."""
    if sys.platform != "darwin" or _is_root():
        whole = _table("psutil", asked)
        if not whole.fault or sys.platform == "win32":
            return whole.sockets
    own = _table("lsof", asked)
    listening = {one.pair for one in own.sockets if one.state == "listen"}
    if asked <= listening:
        return own.sockets
    mine = {(*one.pair, one.pids) for one in own.sockets}
    others = _table("netstat", asked).sockets
    return own.sockets + [one for one in others if (*one.pair, one.pids) not in mine]


def _table(name: str, asked: set[tuple[str, int]]) -> _Table:
    known = _kept.get(name)
    if known is None or not known.holds(asked):
        known = _kept[name] = _READERS[name]()
    return known


def _is_root() -> bool:
    import os

    return hasattr(os, "geteuid") and os.geteuid() == 0


def _read_psutil() -> _Table:
    """Return every socket of the machine."""
    import psutil

    try:
        rows = psutil.net_connections(kind="inet")
    except (psutil.Error, OSError) as error:
        return _Table(None, f"the system does not show its sockets ({type(error).__name__})")
    return _Table([one for row in rows for one in _psutil_socket(row)])


def _psutil_socket(row: Any) -> Iterator[Socket]:
    if not row.laddr:
        return
    protocol: Transport = "udp" if row.type == socket.SOCK_DGRAM else "tcp"
    kernel_state = str(row.status).lower().replace("_", "-")
    state = state_of(protocol, kernel_state, connected=bool(row.raddr))
    yield Socket(
        protocol,
        plain(row.laddr.ip),
        row.laddr.port,
        state,
        kernel_state,
        peer_address=plain(row.raddr.ip) if row.raddr else "",
        peer_port=row.raddr.port if row.raddr else 0,
        pids=(row.pid,) if row.pid and state != "time-wait" else (),
    )


def _read_lsof() -> _Table:
    said, fault = _ask(_LSOF)
    return _Table(list(parse_lsof(said)), fault)


def _read_netstat() -> _Table:
    said, fault = _ask(_NETSTAT)
    found = None if fault else parse_netstat(said)
    if found is None:
        fault = fault or "netstat prints a table of another kind than known"
    return _Table(found, fault)


_READERS = {"psutil": _read_psutil, "lsof": _read_lsof, "netstat": _read_netstat}


def _ask(command: tuple[str, ...]) -> tuple[str, str]:
    """Return what a helper prints, and why it printed nothing.

    Its exit code is no news: lsof fails when it finds nothing.
    """
    from portman.base.run_tool import ask

    answer = ask(list(command), PATIENCE)
    if not answer.found:
        return "", f"{command[0]} is not installed"
    if answer.code is None:
        return "", f"{command[0]} gave no answer ({answer.err})"
    said = answer.err.strip().partition("\n")[0]
    if answer.code and not answer.out and said:
        return "", f"{command[0]} refused ({said})"
    return answer.out, ""


def parse_lsof(text: str) -> Iterator[Socket]:
    """Yield the sockets in the output of `lsof -nP -FpcuftPnT`: one field a line, by its letter.

    A line `p` opens a process, a line `f` one of its files; the remote end of a connection
    follows `->`. Lines end with a line feed alone: a process may have any other in its name.
    """
    process: dict[str, str] = {}
    fields: dict[str, str] = {}
    for line in [*text.split("\n"), "p"]:
        letter, value = line[:1], line[1:].rstrip("\r")
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
    local, connected, remote = fields.get("n", "").partition("->")
    peer, _, peer_port = remote.rpartition(":")
    address, _, port = local.rpartition(":")
    protocol = fields.get("P", "").lower()
    if protocol not in {"tcp", "udp"} or not port.isdigit() or int(port) > 65535:
        return
    kernel_state = fields.get("TST", "").lower().replace("_", "-")
    uid, pid = process.get("u", ""), process.get("p", "")
    yield Socket(
        "udp" if protocol == "udp" else "tcp",
        _lsof_address(address, fields.get("t", "")),
        int(port),
        state_of(protocol, kernel_state, connected=bool(connected)),
        kernel_state,
        peer_address=_lsof_address(peer, fields.get("t", "")) if peer else "",
        peer_port=int(peer_port) if peer_port.isdigit() else 0,
        uid=int(uid) if uid.isdigit() else None,
        pids=(int(pid),) if pid.isdigit() else (),
    )


def _lsof_address(address: str, kind: str) -> str:
    if address == "*":
        return "::" if kind == "IPv6" else "0.0.0.0"  # noqa: S104
    return plain(address.removeprefix("[").removesuffix("]"))


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
    columns = next((_columns(line) for line in text.split("\n") if line.startswith("Proto ")), None)
    return None if columns is None else list(_rows(text, columns))


def _columns(heading: str) -> _Columns | None:
    after = heading.partition("(state)")[2].split()
    if "process:pid" in after:
        return _Columns(after.index("process:pid"), named=True)
    return _Columns(after.index("pid"), named=False) if "pid" in after else None


def _rows(text: str, columns: _Columns) -> Iterator[Socket]:
    skipped = r"(?:\d+\s+)" + f"{{{columns.numbers}}}"
    rest = re.compile(skipped + (r".*:(\d+)(?:\s|$)" if columns.named else r"(\d+)(?:\s|$)"))
    for line in text.split("\n"):
        kind, *fields = line.split(None, 5) or ("",)
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
