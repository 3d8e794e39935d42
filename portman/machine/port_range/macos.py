"""Which ports this macOS hands out by itself (xnu in_pcb.c; parsers run on recorded output)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portman.machine.port_range import PortRange

#: IPPORT_HIFIRSTAUTO and IPPORT_HILASTAUTO, xnu's defaults for all four settings.
DEFAULT_AUTOMATIC = (49152, 65535)

_SETTINGS = ("first", "last", "hifirst", "hilast")


def automatic_range() -> tuple[int, int]:
    """Return the span of all ports the kernel gives out by itself; starts `sysctl` once.

    `first`/`last` serve ordinary sockets and `hifirst`/`hilast` those that ask for the high
    range: both are avoided.
    """
    from portman.base.run_tool import output

    names = [f"net.inet.ip.portrange.{setting}" for setting in _SETTINGS]
    return parse_settings(output(["/usr/sbin/sysctl", "-n", *names]))


def excluded_ranges(protocol: str) -> list[PortRange]:  # noqa: ARG001
    """Return ranges nobody may bind: none that macOS would tell of."""
    return []


def reserved_ports() -> list[tuple[int, int]]:
    """Return ranges that an administrator set aside: macOS has no such setting."""
    return []


def unprivileged_port_start() -> int:
    """Return the lowest port a user may bind on any address (lower ones: on 0.0.0.0 only, M4)."""
    return 1024


def is_wsl() -> bool:
    """Return False: WSL is a Linux."""
    return False


def parse_settings(text: str) -> tuple[int, int]:
    """Return the lowest and highest of the numbers `sysctl -n` printed, or xnu's default.

    A range may be written downwards (first > last): the kernel then searches the other way.
    """
    numbers = [int(word) for word in text.split() if word.isdigit() and int(word) <= 65535]
    return (min(numbers), max(numbers)) if len(numbers) >= 2 else DEFAULT_AUTOMATIC
