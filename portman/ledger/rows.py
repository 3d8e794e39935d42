"""Between rows of the ledger and the values of core.model."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portman.base.values import Holding, Lease, Tenant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.base.values import Transport

#: A text as SQLite keeps it: a BLOB where the name of a file is not UTF-8.
Stored = str | bytes
LeaseRow = tuple[int, str, Stored, str, int, int]


class DamagedRowError(Exception):
    """A row that portman cannot have written: SQLite returns what it finds on the disk."""


def stored(text: str) -> Stored:
    """Return the text as SQLite can keep it (surrogate escapes become the bytes they stand for)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return os.fsencode(text)
    return text


def text(value: Stored) -> str:
    """Return what `stored` was given. Raises DamagedRowError for anything but text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return os.fsdecode(value)
    raise DamagedRowError(f"a row has {value!r} where a text should be")


def tenant(row: tuple[Stored, Stored, Stored, int, Stored | None, Stored, int, int]) -> Tenant:
    """Return the checkout of a row whose columns are named in the first line."""
    path, instance, project, primary, repository, user, made_at, used_at = row
    return Tenant(
        text(path),
        text(instance),
        text(project),
        bool(primary),
        None if repository is None else text(repository),
        text(user),
        made_at,
        used_at,
    )


def by_bytes(item: Tenant) -> tuple[bytes, bytes]:
    """Order checkouts by the bytes of path and instance, which any two machines agree on."""
    return (os.fsencode(item.path), os.fsencode(item.instance))


def leases(rows: Iterable[LeaseRow]) -> dict[tuple[int, str, str], Lease]:
    """Gather rows (checkout, scope, service, protocol, port, given_at) into leases.

    The rows of one protocol come in ascending order of ports. Keys: (checkout, scope, service).
    """
    found: dict[tuple[int, str, Stored], dict[str, list[int]]] = {}
    given: dict[tuple[int, str, Stored], int] = {}
    for checkout, scope, service, protocol, port, given_at in rows:
        key = (checkout, scope, service)
        if key not in found:
            found[key] = {}
            given[key] = given_at
        found[key].setdefault(protocol, []).append(port)
    return {
        (key[0], key[1], text(key[2])): _lease(text(key[2]), ports, given[key])
        for key, ports in found.items()
    }


def holdings(tenants: dict[int, Tenant], rows: Iterable[LeaseRow]) -> tuple[Holding, ...]:
    """Return every lease with its checkout, ordered by path, instance, port and scope.

    Raises DamagedRowError for a lease whose checkout is unknown.
    """
    of: dict[int, list[Holding]] = {}
    for (checkout, scope, _), lease in leases(rows).items():
        if checkout not in tenants:
            raise DamagedRowError(f"the lease of port {lease.port} has no checkout")
        of.setdefault(checkout, []).append(Holding(tenants[checkout], lease, scope))
    ordered = sorted(of.values(), key=lambda held: by_bytes(held[0].tenant))
    return tuple(holding for held in ordered for holding in sorted(held, key=_by_port))


def _by_port(holding: Holding) -> tuple[int, str, tuple[str, ...]]:
    return (holding.lease.port, holding.scope, holding.lease.protocols)


def _lease(service: str, ports: dict[str, list[int]], given_at: int) -> Lease:
    """All protocols of a lease have the same consecutive ports; "tcp" comes before "udp"."""
    first, *others = ports.values()
    if not _consecutive(first) or any(other != first for other in others):
        raise DamagedRowError(f"the lease of {service} is not whole (ports {first[:9]})")
    protocols: tuple[Transport, ...] = ("tcp",) if "tcp" in ports else ()
    if "udp" in ports:
        protocols += ("udp",)
    return Lease(service, first[0], len(first), protocols, given_at)


def _consecutive(ports: list[int]) -> bool:
    try:
        return ports[-1] - ports[0] == len(ports) - 1
    except TypeError:
        return False
