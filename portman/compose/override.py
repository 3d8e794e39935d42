"""Which ports of which Compose services have to be replaced, and the file that does it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portman.compose.interpolation import Published, UnclearError, published

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from portman.base.values import Lease, Service
    from portman.compose.interpolation import Lookup
    from portman.compose.model import Merged, PortEntry

#: The first line of every override of ours; files without it are not portman's.
MARK = "# portman's Compose override: made from ports.toml, removed by `portman down`."
_NOTE = "# Do not edit, do not commit: every checkout has its own."
_SHIFT = 7


class PortRequest(NamedTuple):
    """A `[containers.*]` entry with the ports it was given."""

    service: Service
    lease: Lease


class PublishedPort(NamedTuple):
    """What one request asks of one port inside the container."""

    request: PortRequest
    target: int
    protocol: str
    port: int
    usual: int | None


class Decided(NamedTuple):
    """The new `ports` of one Compose service; None if its file publishes what we want already."""

    ports: tuple[object, ...] | None = None
    fault: str = ""


class Lookups(NamedTuple):
    """How variables are looked up: with the leased ports, and with others in their place."""

    leased: Lookup
    shifted: Lookup


def shifted(port: int) -> int:
    """Return another port in place of this one: what follows the variable changes with it."""
    return port - _SHIFT if port > _SHIFT else port + _SHIFT


def decide(
    merged: Merged, requests: Iterable[PortRequest], lookups: Callable[[tuple[str, ...]], Lookups]
) -> Decided:
    """Decide the ports of one Compose service.

    An entry that already publishes a request's port by its variable stays, as does every binding
    that no request is about. Several bindings of one port inside: the one on the usual host port is
    the one that is meant, else all of them are. `lookups` is asked with the `env` of an entry.
    """
    if merged.faults:
        return Decided(fault=merged.faults[0])
    if merged.network_mode.startswith(("host", "none", "container:", "service:")):
        return Decided(fault=f"has network_mode {merged.network_mode}, so it publishes no ports")
    try:
        rows = [_Row(entry, lookups(entry.env)) for entry in merged.ports]
        asked = [one for one in _bindings(requests) if not _served(one, rows)]
        if not asked:
            return Decided()
        for one in asked:
            _replace(one, rows)
        kept: list[object] = []
        for row in rows:
            kept += row.rest()
    except UnclearError as unclear:
        return Decided(fault=str(unclear))
    return Decided((*kept, *_new(asked, rows)))


def render(ports: Mapping[str, tuple[object, ...]], name: str = "") -> str:
    """Return the override: `ports: !override` for each service, and the project's name if given."""
    import json

    lines = [MARK, _NOTE]
    if name:
        lines.append(f"name: {json.dumps(name)}")
    lines.append("services:")
    for service, entries in ports.items():
        lines += [f"  {json.dumps(service)}:", "    ports: !override"]
        lines += [f"      - {json.dumps(entry, ensure_ascii=False)}" for entry in entries]
    return "\n".join(lines) + "\n"


def is_ours(data: bytes) -> bool:
    return data.startswith(MARK.encode())


class _Row:
    """One entry of the file with its bindings, and which of them are to be replaced."""

    def __init__(self, entry: PortEntry, lookups: Lookups) -> None:
        self.entry = entry
        self.now = published(entry, lookups.leased)
        self.later = published(entry, lookups.shifted)
        self.replaced: set[int] = set()

    def places(self, wanted: PublishedPort) -> list[int]:
        """Return which of its bindings are of the same port inside the container."""
        return [
            place
            for place, one in enumerate(self.now)
            if (one.target, one.protocol) == (wanted.target, wanted.protocol)
        ]

    def rest(self) -> list[object]:
        """Return what is left of the entry, as the file has it if that is all of it."""
        left = [one for place, one in enumerate(self.now) if place not in self.replaced]
        if not self.replaced:
            return [written(self.entry, self.now)]
        if left and any("$" in text for text in self.entry.texts):
            raise UnclearError(f"only a part of {self.entry.text!r} is portman's, and it varies")
        fields = {key: value for key, value, _ in self.entry.fields}
        return [_long(one, fields) if fields else _short(one) for one in left]


def written(entry: PortEntry, now: tuple[Published, ...]) -> object:
    """Return an entry as its file has it.

    A file that was included has variables of its own, which another file does not see: then
    their values are written out.
    """
    varies = any("$" in text for text in entry.texts)
    if entry.env and varies and len(now) == 1:
        fields = {key: value for key, value, _ in entry.fields}
        return _long(now[0], fields) if fields else _short(now[0])
    if entry.env and varies:
        raise UnclearError(f"{entry.text!r} is in an included file, and varies")
    if not entry.fields:
        return entry.text
    return {key: int(value) if number else value for key, value, number in entry.fields}


def _bindings(requests: Iterable[PortRequest]) -> list[PublishedPort]:
    return [
        PublishedPort(
            request,
            (request.service.target or 0) + place,
            protocol,
            request.lease.port + place,
            None if request.service.usual is None else request.service.usual + place,
        )
        for request in requests
        for protocol in request.lease.protocols
        for place in range(request.lease.size)
    ]


def _served(wanted: PublishedPort, rows: list[_Row]) -> bool:
    """Return whether the file publishes the leased port, and would publish another if leased."""
    return any(
        row.now[place].port == wanted.port and row.later[place].port == shifted(wanted.port)
        for row in rows
        if len(row.now) == len(row.later)
        for place in row.places(wanted)
    )


def _replace(wanted: PublishedPort, rows: list[_Row]) -> None:
    found = [(row, place) for row in rows for place in row.places(wanted)]
    usual = [
        (row, place)
        for row, place in found
        if wanted.usual is not None and row.now[place].port == wanted.usual
    ]
    for row, place in usual or found:
        row.replaced.add(place)


def _new(asked: list[PublishedPort], rows: list[_Row]) -> list[object]:
    """Return our own bindings; what a replaced long entry says besides its ports is kept."""
    entries: list[object] = []
    for one in asked:
        address = (
            "127.0.0.1" if one.request.service.host == "localhost" else one.request.service.host
        )
        mine = Published(one.target, one.protocol, one.port, address)
        fields: dict[str, str] = {}
        for row in rows:
            if row.entry.fields and row.replaced.intersection(row.places(one)):
                fields = {key: value for key, value, _ in row.entry.fields}
                break
        entries.append(_long(mine, fields) if fields else _short(mine))
    return entries


def _short(one: Published) -> str:
    address = f"[{one.address}]" if ":" in one.address else one.address
    head = "" if one.port is None and not address else f"{one.port or ''}:"
    host = f"{address}:{head}" if address else head
    return f"{host}{one.target}" + ("" if one.protocol == "tcp" else f"/{one.protocol}")


def _long(one: Published, fields: Mapping[str, str]) -> dict[str, object]:
    kept = {
        key: value
        for key, value in fields.items()
        if key not in ("target", "published", "host_ip", "protocol")
    }
    entry: dict[str, object] = {"target": one.target, "protocol": one.protocol}
    if one.port is not None:
        entry["published"] = str(one.port)
    if one.address:
        entry["host_ip"] = one.address
    return {**kept, **entry}
