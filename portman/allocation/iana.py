"""The names that IANA has registered for port numbers (data/iana-ports.txt)."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from portman.base.small_file import data_file


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


def port_named(name: str) -> int | None:
    """Return the lowest port registered under `name` (as getservbyname(3) knows it), or None."""
    import re

    pattern = rf"^(\d+) \S+ {re.escape(name)}(?: |$)"
    found = re.search(pattern, _registry(), re.MULTILINE | re.IGNORECASE)
    return int(found[1]) if found else None


@cache
def registered_ports() -> frozenset[int]:
    lines = _registry().splitlines()
    return frozenset(int(line.split(" ", 1)[0]) for line in lines if line[0] != "#")
