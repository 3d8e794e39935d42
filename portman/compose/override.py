"""Which ports of which Compose services have to be replaced, and the file that does it. Pure."""

from __future__ import annotations

from portman.base.record import NamedTuple
from portman.compose.interpolation import (
    Published,
    UnclearError,
    interpolate,
    names_in,
    published,
)
from portman.compose.model import PortEntry, Publishing
from portman.compose.reader import MARK

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    from portman.base.values import Lease, Service
    from portman.compose.interpolation import Lookup
    from portman.compose.model import Merged

#: The first line of every override of ours; files without it are not portman's.
_NOTE = "# Do not edit, do not commit: every checkout has its own."
_SHIFT = 7
#: Lists that take the place of those in the files; Compose would append them.
_REPLACED = ("ports", "config", "external_links", "volumes_from", "tags")


class Reset(NamedTuple):
    """A value that takes away what the files say: `!reset null`."""


RESET = Reset()


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
    """The new `ports` of one Compose service; None if its file publishes what we want already.

    `follows`: variables that are the port inside too, wherever it is published. `frozen`:
    variables that are only the port inside, which stays the one that the file has.
    """

    ports: tuple[object, ...] | None = None
    fault: str = ""
    follows: frozenset[str] = frozenset()
    frozen: frozenset[str] = frozenset()


class Lookups(NamedTuple):
    """How variables are looked up: with the leased ports, with others in their place, without."""

    leased: Lookup
    shifted: Lookup
    plain: Lookup


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
    wishes = tuple(requests)
    try:
        rows = [_Row(entry, lookups(entry.env)) for entry in merged.ports]
        copies = _copies(merged.traits.replicas, lookups(()).leased)
        if copies > 1:
            return _for_copies(copies, wishes, rows)
        bindings = _bindings(wishes)
        asked = [one for one in bindings if not _served(one, rows)]
        kept = _rest(asked, rows)
    except UnclearError as unclear:
        return Decided(fault=str(unclear))
    moving = [row for row in rows if any(row.inside_moves(one) for one in bindings)]
    frozen = frozenset(name for row in moving if row.replaced for name in row.variables)
    follows = frozenset(name for row in moving if not row.replaced for name in row.variables)
    if not asked:
        return Decided(None, "", follows, frozen)
    return Decided((*kept, *_new(asked, rows)), "", follows, frozen)


def _rest(asked: list[PublishedPort], rows: list[_Row]) -> list[object]:
    for one in asked:
        _replace(one, rows)
    return [left for row in rows for left in row.rest()]


def _copies(text: str, lookup: Lookup) -> int:
    count = interpolate(text, lookup)
    return int(count) if count.isascii() and count.isdigit() and len(count) < 6 else 1


def _for_copies(copies: int, requests: tuple[PortRequest, ...], rows: list[_Row]) -> Decided:
    """Publish a service that runs several times: one range, of which each copy takes a number."""
    short = next((one for one in requests if one.lease.size < copies), None)
    if short is not None:
        said = f"it runs {copies} times and needs as many ports; count is {short.lease.size}"
        return Decided(fault=said)
    asked, new = [], []
    for request in requests:
        target = request.service.target or 0
        ports = request.lease.ports
        for protocol in request.lease.protocols:
            asked.append(PublishedPort(request, target, protocol, ports[0], None))
            host = _host(request.service.host)
            host = f"[{host}]" if ":" in host else host
            ending = "" if protocol == "tcp" else f"/{protocol}"
            new.append(f"{host}:{ports[0]}-{ports[-1]}:{target}{ending}")
    kept = _rest(asked, rows)
    return Decided((*kept, *new))


def publishing(
    services: Mapping[str, Merged],
    decided: Mapping[str, Decided],
    lookups: Callable[[tuple[str, ...]], Lookups],
    *,
    leased: bool,
) -> dict[str, Publishing]:
    """Return the host ports of every service, with the leases or without.

    What is unclear has none, and a range from which an engine picks.
    """
    found = {}
    for name, merged in services.items():
        if merged.network_mode.startswith(("host", "none", "container:", "service:")):
            continue
        ports = decided[name].ports if leased and name in decided else None
        entries = merged.ports if ports is None else tuple(map(_entry, ports))
        rows: list[Published] = []
        for entry in entries:
            known = lookups(entry.env)
            try:
                rows += published(entry, known.leased if leased else known.plain)
            except UnclearError:
                continue
        found[name] = Publishing(
            tuple((x.target, x.protocol, x.port, x.port, x.address) for x in rows if x.port),
            frozenset(merged.traits.profiles),
        )
    return found


def _entry(port: object) -> PortEntry:
    if isinstance(port, dict):
        return PortEntry(fields=tuple((key, str(value), False) for key, value in port.items()))
    return PortEntry(str(port))


def unleased(
    services: Mapping[str, Merged],
    decided: Mapping[str, Decided],
    lookups: Callable[[tuple[str, ...]], Lookups],
    leased: Container[int],
) -> dict[tuple[int, str], str]:
    """Return the host ports and protocols, with their service, that are the same in every checkout.

    Those that a variable moves here are left out. A service that starts unasked comes before one
    that a profile starts, which is named with it.
    """

    def nothing(_: str) -> None:
        return None

    usual = publishing(services, {}, lambda _: Lookups(nothing, nothing, nothing), leased=False)
    here = publishing(services, decided, lookups, leased=True)
    found: dict[tuple[int, str], str] = {}
    for name, one in sorted(here.items(), key=lambda each: bool(each[1].profiles)):
        profile = next(iter(sorted(one.profiles)), "")
        said = f"{name} in profile {profile}" if profile else name
        for row in one.rows:
            if row[2] not in leased and row in usual[name].rows:
                found.setdefault((row[2], row[1]), said)
    return found


def inside_ports(merged: Merged, lookup: Lookup) -> frozenset[str]:
    try:
        rows = [one for entry in merged.ports for one in published(entry, lookup)]
    except UnclearError:
        return frozenset()
    return frozenset(str(one.target) for one in rows)


def render(
    services: Mapping[str, Mapping[str, object]],
    resources: Mapping[str, Mapping[str, object]] | None = None,
    name: str = "",
) -> str:
    """Return the override; `ports` replace those of the files, everything else is merged."""
    lines = [MARK, _NOTE]
    if name:
        lines.append(f"name: {_scalar(name)}")
    lines += ["services:", *_tables(services, 1)] if services else []
    for kind, tables in (resources or {}).items():
        lines += [f"{kind}:", *_tables(tables, 1)]
    return "\n".join(lines) + "\n"


def _tables(table: Mapping[str, object], depth: int) -> list[str]:
    indent = "  " * depth
    lines = []
    for key, value in table.items():
        plain = depth == 2 and key.replace("_", "").isalpha()
        head = f"{indent}{key if plain else _scalar(key)}:"
        if isinstance(value, dict) and value:
            lines += [head, *_tables(value, depth + 1)]
        elif isinstance(value, (list, tuple)) and not isinstance(value, Reset):
            lines.append(f"{head} !override" if key in _REPLACED else head)
            lines += [f"{indent}  - {_scalar(one)}" for one in value]
        else:
            lines.append(f"{head} {_scalar(value)}")
    return lines


def _scalar(value: object) -> str:
    import json

    if isinstance(value, Reset):
        return "!reset null"
    return json.dumps(value, ensure_ascii=False)


class _Row:
    """One entry of the file with its bindings, and which of them are to be replaced.

    `before` is what it says without our variables, None where it says nothing then.
    """

    def __init__(self, entry: PortEntry, lookups: Lookups) -> None:
        self.entry = entry
        self.now = published(entry, lookups.leased)
        self.later = published(entry, lookups.shifted)
        self.before: tuple[Published, ...] | None
        try:
            self.before = published(entry, lookups.plain)
        except UnclearError:
            self.before = None
        if self.before is None or len(self.before) != len(self.now):
            self.before = self.now
        self.variables = frozenset(name for text in entry.texts for name in names_in(text))
        self.replaced: set[int] = set()

    def places(self, wanted: PublishedPort) -> list[int]:
        return [
            place
            for place, one in enumerate(self.before or ())
            if one.protocol == wanted.protocol
            and (one.target == wanted.target or self._follows(place, wanted))
        ]

    def _follows(self, place: int, wanted: PublishedPort) -> bool:
        return (
            len(self.now) == len(self.later)
            and self.now[place].target == wanted.port
            and self.later[place].target == shifted(wanted.port)
        )

    def inside_moves(self, wanted: PublishedPort) -> bool:
        return any(self._follows(place, wanted) for place in self.places(wanted))

    def serves(self, place: int, wanted: PublishedPort) -> bool:
        """Return whether the leased port is published, and another would be if it were leased.

        An address that the file has may not be lost on the way.
        """
        if len(self.now) != len(self.later) or not self.before:
            return False
        now, later, before = self.now[place], self.later[place], self.before[place]
        kept = now.address == before.address or not before.address
        return kept and now.port == wanted.port and later.port == shifted(wanted.port)

    def rest(self) -> list[object]:
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
    return any(row.serves(place, wanted) for row in rows for place in row.places(wanted))


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
    """Return our own bindings, one for each address that the file names.

    What a replaced long entry says besides its ports is kept.
    """
    entries: list[object] = []
    for one in asked:
        service = one.request.service
        found = [
            (row, (row.before or row.now)[place])
            for row in rows
            for place in row.places(one)
            if place in row.replaced
        ]
        fields: dict[str, str] = {}
        long = next((row for row, _ in found if row.entry.fields), None)
        if long is not None:
            fields = {key: value for key, value, _ in long.entry.fields}
        addresses = [_host(service.host)]
        if not service.host_given:
            addresses = [was.address or addresses[0] for _, was in found] or addresses
        target = found[0][1].target if found else one.target
        for address in dict.fromkeys(addresses):
            mine = Published(target, one.protocol, one.port, address)
            entries.append(_long(mine, fields) if fields else _short(mine))
    return entries


def _host(host: str) -> str:
    return "127.0.0.1" if host == "localhost" else host


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
