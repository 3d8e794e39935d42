"""The two ways Compose writes a published port, taken apart into single bindings. Pure.

Short: `[HOST:]CONTAINER[/PROTOCOL]`, HOST being `[IP:](port | range)`; long: a table
(compose-spec 05-services, `ports`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portman.compose.interpolation import UnclearError, interpolate

if TYPE_CHECKING:
    from portman.compose.interpolation import Lookup
    from portman.compose.model import Entry


class Published(NamedTuple):
    """One port of a container. `port` None: the engine picks one, from a range or of all."""

    target: int
    protocol: str = "tcp"
    port: int | None = None
    address: str = ""


def published(entry: Entry, lookup: Lookup) -> tuple[Published, ...]:
    """Return the single bindings of an entry, variables replaced.

    Raises UnclearError for what is no port, and for what Compose would refuse.
    """
    if entry.fields:
        return _long({key: interpolate(value, lookup) for key, value, _ in entry.fields})
    return _short(interpolate(entry.text, lookup))


def _short(text: str) -> tuple[Published, ...]:
    rest, slash, protocol = text.strip().partition("/")
    protocol = protocol.lower() if slash else "tcp"
    address = ""
    if rest.startswith("["):
        address, bracket, rest = rest[1:].partition("]:")
        if not bracket:
            raise UnclearError(f"{text!r} is no port")
    else:
        head, colon, tail = rest.rpartition(":")
        before, second, host = head.rpartition(":")
        if second:
            address, rest = before, f"{host}{colon}{tail}"
        if ":" in address:
            raise UnclearError(f"{text!r} is no port: an IPv6 address stands in [ ]")
    host, colon, target = rest.rpartition(":")
    return _bindings(text, address, host if colon else "", target, protocol)


def _long(fields: dict[str, str]) -> tuple[Published, ...]:
    told = ", ".join(f"{key}: {value}" for key, value in fields.items())
    return _bindings(
        f"{{{told}}}",
        fields.get("host_ip", ""),
        fields.get("published", ""),
        fields.get("target", ""),
        fields.get("protocol", "") or "tcp",
    )


def _bindings(
    text: str, address: str, host: str, target: str, protocol: str
) -> tuple[Published, ...]:
    inner = _range(target, text)
    if address and not _is_address(address):
        raise UnclearError(f"{text!r} has no IP address where one belongs")
    if not host or host == "0":
        return tuple(Published(number, protocol, None, address) for number in inner)
    outer = _range(host, text)
    if len(outer) == len(inner):
        pairs = zip(inner, outer, strict=True)
        return tuple(Published(number, protocol, port, address) for number, port in pairs)
    if len(inner) == 1:  # any of the range, as the engine likes
        return (Published(inner[0], protocol, None, address),)
    raise UnclearError(f"{text!r} has ranges of different lengths")


def _is_address(text: str) -> bool:
    from ipaddress import ip_address

    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _range(text: str, whole: str) -> range:
    low, dash, high = text.partition("-")
    ends = (low, high if dash else low)
    if all(end.isascii() and end.isdigit() and len(end) < 6 for end in ends):
        first, last = int(ends[0]), int(ends[1])
        if 0 < first <= last < 65536:
            return range(first, last + 1)
    raise UnclearError(f"{whole!r} is no port")
