"""The addresses of this machine, what names mean on it, and whether one answers."""

from __future__ import annotations

import _socket as socket  # `socket` loads enum, as much as Python's own start
import os

from portman.base.system_commands import typed

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Literal

    #: What a connection came to where nothing is seen to listen. "": it could not be tried.
    Answer = Literal["", "refused", "silent", "answered"]

#: Seconds for a connection to a port on which nothing listens: the kernel refuses at once.
CONNECT_PATIENCE = 0.4


def is_local(address: str, zone: str = "") -> bool:
    """Whether `address` (a literal) belongs to an interface of this machine.

    Found by binding a UDP socket to it, port 0, which sends nothing. Where `ip_nonlocal_bind`
    allows every address, the answer is always yes.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    place = f"{address}%{zone}" if zone else address
    try:
        flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        target = socket.getaddrinfo(place.encode(), 0, family, socket.SOCK_DGRAM, 0, flags)[0][4]
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
        # Bytes: of text Python makes IDNA first, and loads its tables for plain names too.
        asked = name.encode() if name.isascii() else name
        found = socket.getaddrinfo(asked, None, 0, socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))


def try_connection(address: str, port: int) -> Answer:
    """Connect to a loopback address on which nothing listens.

    Only for such ports: a server would get a connection without data. Returns "" where the
    attempt is impossible (no IPv6, a sandbox).
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        trying = socket.socket(family, socket.SOCK_STREAM)
        try:
            trying.settimeout(CONNECT_PATIENCE)
            trying.connect((address, port))
            # The kernel may choose this port as the local one: TCP then connects to itself.
            same = trying.getsockname()[:2] == trying.getpeername()[:2]
            return "refused" if same else "answered"
        finally:
            trying.close()
    except ConnectionRefusedError:
        return "refused"
    except TimeoutError:
        return "silent"
    except OSError:
        return ""


def hosts_file(path: str = "") -> dict[str, tuple[str, ...]]:
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
