"""Which ports this Linux hands out or keeps back by itself (ip-sysctl.rst; per net namespace)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portman.machine.port_range import PortRange

#: The kernel's own defaults, for a /proc that does not show these files.
DEFAULT_AUTOMATIC = (32768, 60999)
DEFAULT_UNPRIVILEGED = 1024

_SYSCTL = "/proc/sys/net/ipv4/"


def automatic_range() -> tuple[int, int]:
    """Return the first and last port the kernel gives out by itself (`ip_local_port_range`)."""
    return parse_range(_read(_SYSCTL + "ip_local_port_range"))


def excluded_ranges(protocol: str) -> list[PortRange]:  # noqa: ARG001
    """Return ranges nobody may bind: none on Linux."""
    return []


def reserved_ports() -> list[tuple[int, int]]:
    """Return the ranges the kernel does not give out by itself (`ip_local_reserved_ports`).

    An administrator set them aside, for something: an explicit bind works all the same (E8).
    """
    return parse_reserved(_read(_SYSCTL + "ip_local_reserved_ports"))


def unprivileged_port_start() -> int:
    """Return the lowest port a user without privileges may bind."""
    text = _read(_SYSCTL + "ip_unprivileged_port_start").strip()
    return int(text) if text.isdigit() else DEFAULT_UNPRIVILEGED


def is_wsl() -> bool:
    """Return whether this is the Linux inside Windows, which shares ports with its host."""
    return "microsoft" in _read("/proc/sys/kernel/osrelease").lower()


def parse_range(text: str) -> tuple[int, int]:
    """Return the two numbers of `ip_local_port_range`, or the kernel's default."""
    fields = text.split()
    if len(fields) != 2 or not all(field.isdigit() for field in fields):
        return DEFAULT_AUTOMATIC
    return int(fields[0]), int(fields[1])


def parse_reserved(text: str) -> list[tuple[int, int]]:
    """Return the ranges of a list like `8080,9148-9150`; what is no range is passed over."""
    ranges = []
    for item in text.strip().split(","):
        first, _, last = item.strip().partition("-")
        if first.isdigit() and (last or first).isdigit():
            ranges.append((int(first), int(last or first)))
    return ranges


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
