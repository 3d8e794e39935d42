"""Which addresses are this machine's own, and what `localhost` means here."""

from __future__ import annotations

import socket


def is_local(address: str, zone: str = "") -> bool:
    """Return whether `address` (a literal) belongs to an interface of this machine.

    Asked by binding a UDP socket to it, port 0, which sends nothing. Where the kernel is told to
    allow any address (`ip_nonlocal_bind`) it says yes to all.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    place = f"{address}%{zone}" if zone else address
    try:
        flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        target = socket.getaddrinfo(place, 0, family, socket.SOCK_DGRAM, 0, flags)[0][4]
        with socket.socket(family, socket.SOCK_DGRAM) as trying:
            trying.bind(target)
    except OSError:
        return False
    return True


def localhost() -> tuple[str, ...]:
    """Return what `localhost` resolves to here, in the order in which programs try it.

    The resolver answers from /etc/hosts or by RFC 6761; no name server is asked.
    """
    return resolve_locally("localhost")


def resolve_locally(name: str) -> tuple[str, ...]:
    """Return the addresses of a name that stands for this machine; () if there are none."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))


def hosts_file(path: str = "/etc/hosts") -> dict[str, tuple[str, ...]]:
    """Return what hosts(5) says: name in lower case -> addresses, in the order of the file."""
    try:
        with open(path, encoding="utf-8", errors="replace") as lines:
            return parse_hosts(lines.read())
    except OSError:
        return {}


def parse_hosts(text: str) -> dict[str, tuple[str, ...]]:
    """Return the names in the text of a hosts file, with their addresses."""
    names: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        address, *given = [*line.partition("#")[0].split(), ""][:-1] or [""]
        for name in given:
            names[name.lower()] = (*names.get(name.lower(), ()), address)
    return names
