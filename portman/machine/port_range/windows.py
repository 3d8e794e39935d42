"""Which ports this Windows hands out or keeps back by itself; never run here.

Asked through `netsh`, whose words are translated and whose numbers are not: so numbers are read.
"""

from __future__ import annotations

from portman.machine.port_range import PortRange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

#: RFC 6335's dynamic range, the default since Vista. Some software resets it to start at 1024.
DEFAULT_AUTOMATIC = (49152, 65535)

_excluded: dict[str, list[PortRange]] = {}


def automatic_range() -> tuple[int, int]:
    """Return the span of all ports Windows gives out by itself, TCP and UDP; starts `netsh`."""
    ranges = [parse_dynamic(_netsh("dynamicport", protocol)) for protocol in ("tcp", "udp")]
    return min(first for first, _ in ranges), max(last for _, last in ranges)


def excluded_ranges(protocol: str) -> list[PortRange]:
    """Return the ranges that Hyper-V, WinNAT or an administrator keep; asks `netsh` once.

    They move when Windows starts anew, never while a command runs: so the answer is kept.
    """
    if protocol not in _excluded:
        kind: Literal["udp", "tcp"] = "udp" if protocol == "udp" else "tcp"
        found = {
            span
            for family in ("ipv4", "ipv6")
            for span in parse_excluded(_netsh("excludedportrange", kind, family))
        }
        _excluded[protocol] = sorted(found)
    return _excluded[protocol]


def reserved_ports() -> list[tuple[int, int]]:
    """Return ranges that an administrator set aside: here they are among the excluded ones."""
    return []


def unprivileged_port_start() -> int:
    """Return the lowest port a user may bind: any."""
    return 1


def is_wsl() -> bool:
    """Return False: WSL is a Linux."""
    return False


def parse_dynamic(text: str) -> tuple[int, int]:
    """Return first and last port from `netsh int ipv4 show dynamicport`, or the default.

    Below the ruler stand the first port and how many there are, in this order in every language.
    """
    numbers = [number for line in _below_ruler(text) for number in _numbers(line)]
    if len(numbers) != 2 or not 1 <= numbers[0] <= 65535 or numbers[1] < 1:
        return DEFAULT_AUTOMATIC
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
