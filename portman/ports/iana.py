"""What IANA's registry says about a port number."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple


class Registration(NamedTuple):
    """A registered name of a port, e.g. 5432 "postgresql"."""

    port: int
    protocols: tuple[str, ...]
    name: str
    description: str


def registrations(port: int) -> tuple[Registration, ...]:
    """Return every name registered for `port`, the one in use first (often none)."""
    from portman.ports.iana_table import TABLE

    found, mark = [], f"\n{port} "
    start = TABLE.find(mark)
    while start >= 0:
        line = TABLE[start + 1 : TABLE.index("\n", start + 1)]
        _, protocols, name, *rest = line.split(" ", 3)
        found.append(Registration(port, tuple(protocols.split("/")), name, "".join(rest)))
        start = TABLE.find(mark, start + 1)
    return tuple(found)


def port_named(name: str) -> int | None:
    """Return the lowest port registered under `name` (as getservbyname(3) knows it), or None."""
    import re

    from portman.ports.iana_table import TABLE

    found = re.search(rf"^(\d+) \S+ {re.escape(name)}(?: |$)", TABLE, re.MULTILINE | re.IGNORECASE)
    return int(found[1]) if found else None


@cache
def registered_ports() -> frozenset[int]:
    """Return all ports that have a registered name for TCP or UDP."""
    from portman.ports.iana_table import TABLE

    return frozenset(int(line.split(" ", 1)[0]) for line in TABLE.strip().split("\n"))
