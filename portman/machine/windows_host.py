"""What Windows listens on, as the Linux inside it (WSL) can ask.

In network mode nat a bind in Linux succeeds beside a program of Windows on the same port, and the
browsers of Windows reach that program (microsoft/WSL#7150); in mirrored mode the bind fails and no
table of Linux names the holder. netstat.exe knows both.
"""

from __future__ import annotations

from functools import cache

from portman.base.record import NamedTuple
from portman.base.run_tool import ask
from portman.machine import port_range

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Seconds; netstat.exe usually needs a tenth of one.
_PATIENCE = 2.0


class HostListeners(NamedTuple):
    """TCP ports on which programs of Windows listen, with the pid there; or why it is unknown."""

    pids: dict[int, int]
    unknown: str = ""

    def on(self, ports: Iterable[int]) -> dict[int, int]:
        return {port: self.pids[port] for port in ports if port in self.pids}


@cache
def host_listeners() -> HostListeners:
    """Ask Windows, once in a command; nothing outside WSL.

    A port on which Linux listens too shows in Windows as its relay (wslrelay.exe): the caller
    looks at this machine's own sockets first.
    """
    if not port_range.is_wsl():
        return HostListeners({})
    answer = ask(["netstat.exe", "-ano", "-p", "tcp"], _PATIENCE)
    if not answer.found:
        return HostListeners({}, "netstat.exe is not in PATH (interop with Windows is off)")
    found = parse_listeners(answer.out)
    return HostListeners(found, "" if found else "netstat.exe gave no answer")


def parse_listeners(text: str) -> dict[int, int]:
    """Return port -> pid of the listeners, in any language: they have no peer (port 0)."""
    found: dict[int, int] = {}
    for line in text.splitlines():
        fields = line.split()
        if len(fields) < 5 or fields[0].upper() != "TCP" or not fields[-1].isdigit():
            continue
        port = fields[1].rpartition(":")[2]
        if port.isdigit() and fields[2] in ("0.0.0.0:0", "[::]:0", "*:*"):
            found.setdefault(int(port), int(fields[-1]))
    return found
