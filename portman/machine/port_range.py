"""Which ports this system hands out or keeps back automatically, and which IANA has registered.

Linux: ip-sysctl.rst; each network namespace has its own. macOS: xnu in_pcb.c; the parsers run on
recorded output. Windows: `netsh`, whose words are translated and whose numbers are not, so only
numbers are read; never run here.

At the end: what Windows listens on, as the Linux inside it (WSL) can ask. In network mode nat a
bind in Linux succeeds beside a program of Windows on the same port, and the browsers of Windows
reach that program (microsoft/WSL#7150); in mirrored mode the bind fails and no table of Linux names
the holder. netstat.exe knows both.
"""

from __future__ import annotations

import sys
from functools import cache

from portman.base.record import NamedTuple
from portman.base.run_tool import ask
from portman.base.small_file import data_file, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


#: The kernel's own defaults, for a /proc that does not show these files.
LINUX_AUTOMATIC = (32768, 60999)
LINUX_UNPRIVILEGED = 1024
#: IPPORT_HIFIRSTAUTO and IPPORT_HILASTAUTO, xnu's defaults for all four settings; and RFC 6335's
#: dynamic range, the default of Windows since Vista (some software resets it to start at 1024).
DYNAMIC = (49152, 65535)

_SYSCTL = "/proc/sys/net/ipv4/"
_MACOS_SETTINGS = ("first", "last", "hifirst", "hilast")


class PortRange(NamedTuple):
    """Ports `first` to `last`, both included.

    `administered` ranges were reserved by hand (Windows marks them with `*`): they are never
    given out automatically, but an explicit bind works.
    """

    first: int
    last: int
    administered: bool = False


def automatic_range() -> tuple[int, int]:
    """Return the first and last port that the system gives out automatically, TCP and UDP.

    Linux: `ip_local_port_range`. macOS: the span of all four settings, as `first`/`last` serve
    ordinary sockets and `hifirst`/`hilast` those that ask for the high range; one `sysctl`.
    """
    if sys.platform == "linux":
        return parse_range(shown(_SYSCTL + "ip_local_port_range"))
    if sys.platform == "win32":
        ranges = [parse_dynamic(_netsh("dynamicport", protocol)) for protocol in ("tcp", "udp")]
        return min(first for first, _ in ranges), max(last for _, last in ranges)
    from portman.base.run_tool import output

    names = [f"net.inet.ip.portrange.{setting}" for setting in _MACOS_SETTINGS]
    return parse_settings(output(["/usr/sbin/sysctl", "-n", *names]))


def excluded_ranges(protocol: str) -> list[PortRange]:
    """Return the ranges that no program may bind: Windows has them, no other system shows any."""
    return windows_excluded(protocol) if sys.platform == "win32" else []


def reserved_ports() -> list[tuple[int, int]]:
    """Return the ranges that Linux does not give out automatically (`ip_local_reserved_ports`).

    An administrator set them aside: an explicit bind works all the same (decision 0005). macOS has
    no such setting; on Windows they are among the excluded ranges.
    """
    if sys.platform == "linux":
        return parse_reserved(shown(_SYSCTL + "ip_local_reserved_ports"))
    return []


def unprivileged_port_start() -> int:
    """Return the lowest port a user without privileges may bind.

    On macOS lower ones can be bound on 0.0.0.0 only (M4); on Windows there is no such limit.
    """
    if sys.platform == "linux":
        text = shown(_SYSCTL + "ip_unprivileged_port_start").strip()
        return int(text) if text.isdigit() else LINUX_UNPRIVILEGED
    return 1 if sys.platform == "win32" else 1024


def is_wsl() -> bool:
    """Return whether this is the Linux inside Windows, which shares ports with its host."""
    if sys.platform != "linux":
        return False
    return "microsoft" in shown("/proc/sys/kernel/osrelease").lower()


# Linux


def parse_range(text: str) -> tuple[int, int]:
    fields = text.split()
    if len(fields) != 2 or not all(field.isdigit() for field in fields):
        return LINUX_AUTOMATIC
    return int(fields[0]), int(fields[1])


def parse_reserved(text: str) -> list[tuple[int, int]]:
    """Return the ranges of a list like `8080,9148-9150`; malformed items are skipped."""
    ranges = []
    for item in text.strip().split(","):
        first, _, last = item.strip().partition("-")
        if first.isdigit() and (last or first).isdigit():
            ranges.append((int(first), int(last or first)))
    return ranges


# macOS


def parse_settings(text: str) -> tuple[int, int]:
    """Return the lowest and highest of the numbers `sysctl -n` printed, or xnu's default.

    A range may be written downwards (first > last): the kernel then searches the other way.
    """
    numbers = [int(word) for word in text.split() if word.isdigit() and int(word) <= 65535]
    return (min(numbers), max(numbers)) if len(numbers) >= 2 else DYNAMIC


# Windows

_excluded: dict[str, list[PortRange]] = {}


def windows_excluded(protocol: str) -> list[PortRange]:
    """Return the ranges that Hyper-V, WinNAT or an administrator keep; asks `netsh` once.

    They move when Windows restarts, never while a command runs: so the answer is kept.
    """
    if protocol not in _excluded:
        kind = "udp" if protocol == "udp" else "tcp"
        found = {
            span
            for family in ("ipv4", "ipv6")
            for span in parse_excluded(_netsh("excludedportrange", kind, family))
        }
        _excluded[protocol] = sorted(found)
    return _excluded[protocol]


def parse_dynamic(text: str) -> tuple[int, int]:
    """Return first and last port from `netsh int ipv4 show dynamicport`, or the default.

    Below the ruler are the first port and the number of ports, in this order in every language.
    """
    numbers = [number for line in _below_ruler(text) for number in _numbers(line)]
    if len(numbers) != 2 or not 1 <= numbers[0] <= 65535 or numbers[1] < 1:
        return DYNAMIC
    return numbers[0], min(numbers[0] + numbers[1] - 1, 65535)


def parse_excluded(text: str) -> list[PortRange]:
    """Return the rows of `netsh int ipv4 show excludedportrange`: two numbers, maybe a `*`."""
    ranges = []
    for line in _below_ruler(text):
        numbers = _numbers(line)
        if len(numbers) == 2 and line.lstrip()[:1].isdigit() and numbers[0] <= numbers[1] <= 65535:
            ranges.append(PortRange(numbers[0], numbers[1], line.rstrip().endswith("*")))
    return ranges


def _netsh(what: str, protocol: str, family: str = "ipv4") -> str:
    from portman.base.run_tool import output

    asked = f"protocol={protocol}" if what == "excludedportrange" else protocol
    return output(["netsh", "interface", family, "show", what, asked])


def _below_ruler(text: str) -> list[str]:
    lines = text.splitlines()
    rulers = [at for at, line in enumerate(lines) if line.strip().startswith("---")]
    return lines[rulers[0] + 1 :] if rulers else []


def _numbers(line: str) -> list[int]:
    words = line.replace(":", " ").replace("*", " ").split()
    return [int(word) for word in words if word.isascii() and word.isdigit()]


# The names that IANA has registered for port numbers (data/iana-ports.txt).


class Registration(NamedTuple):
    """A registered name of a port, e.g. 5432 "postgresql"."""

    port: int
    protocols: tuple[str, ...]
    name: str
    description: str


@cache
def _registry() -> str:
    """Return the lines of the data file, each after a line break; the first are comments."""
    return data_file("iana-ports.txt")


def registrations(port: int) -> tuple[Registration, ...]:
    """Return every name registered for `port`, the one in use first (often none)."""
    table, found, mark = _registry(), [], f"\n{port} "
    start = table.find(mark)
    while start >= 0:
        line = table[start + 1 : table.index("\n", start + 1)]
        _, protocols, name, *rest = line.split(" ", 3)
        found.append(Registration(port, tuple(protocols.split("/")), name, "".join(rest)))
        start = table.find(mark, start + 1)
    return tuple(found)


def customary(port: int) -> str:
    """Return what usually runs on `port` in development, "" if nothing does."""
    rows = (line.partition(" ") for line in data_file("customary-ports.txt").splitlines())
    return next((programs for number, _, programs in rows if number == str(port)), "")


def port_named(name: str) -> int | None:
    """Return the lowest port registered under `name` (as getservbyname(3) knows it), or None."""
    import re

    pattern = rf"^(\d+) \S+ {re.escape(name)}(?: |$)"
    found = re.search(pattern, _registry(), re.MULTILINE | re.IGNORECASE)
    return int(found[1]) if found else None


@cache
def registered_ports(low: int = 0, high: int = 65535) -> frozenset[int]:
    table = _registry()
    lines = table[_line_of(table, low) : _line_of(table, high + 1)].splitlines()
    return frozenset(int(line.partition(" ")[0]) for line in lines)


def _line_of(table: str, port: int) -> int:
    """Return where the lines of a port and of all above it begin."""
    low, high = table.index("\n", table.rfind("\n#") + 1) + 1, len(table)
    while low < high:
        line = table.rfind("\n", 0, (low + high) // 2) + 1
        end = table.index("\n", line) + 1
        if int(table[line : table.index(" ", line)]) < port:
            low = end
        else:
            high = line
    return low


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
    if not is_wsl():
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
