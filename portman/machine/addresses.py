"""The addresses of this machine, and what names mean on it."""

from __future__ import annotations

import _socket as socket  # `socket` loads enum, as much as Python's own start
import os

from portman.base.system_commands import typed


def is_local(address: str, zone: str = "") -> bool:
    """Whether `address` (a literal) belongs to an interface of this machine.

    Found by binding a UDP socket to it, port 0, which sends nothing. Where `ip_nonlocal_bind`
    allows every address, the answer is always yes.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    place = f"{address}%{zone}" if zone else address
    try:
        flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        target = socket.getaddrinfo(place, 0, family, socket.SOCK_DGRAM, 0, flags)[0][4]
        trying = socket.socket(family, socket.SOCK_DGRAM)
        try:
            trying.bind(target)
        finally:
            trying.close()
    except OSError:
        return False
    return True


def resolve(name: str) -> tuple[str, ...]:
    """Return the addresses of a name in the order in which programs try them (getaddrinfo(3)).

    For `localhost` the resolver answers from /etc/hosts or by RFC 6761, without a name server.
    """
    try:
        found = socket.getaddrinfo(name, None, 0, socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))


def hosts_file(path: str = "") -> dict[str, tuple[str, ...]]:
    """Read hosts(5): name in lower case -> addresses, in the order of the file."""
    try:
        with open(
            path or os.path.expandvars(typed("hosts")), encoding="utf-8", errors="replace"
        ) as lines:
            return parse_hosts(lines.read())
    except OSError:
        return {}


def parse_hosts(text: str) -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        address, *given = [*line.partition("#")[0].split(), ""][:-1] or [""]
        for name in given:
            names[name.lower()] = (*names.get(name.lower(), ()), address)
    return names
