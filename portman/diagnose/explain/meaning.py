"""What a host address and a port number mean, by standard, by custom, and on this machine."""

from __future__ import annotations

from functools import partial

from portman.allocation.pool import (
    AIRPLAY,
    BROWSER_REFUSED,
    BROWSER_REFUSED_SYSTEM,
    DYNAMIC,
    SYSTEM,
    inside,
)
from portman.base.address import reach_of
from portman.diagnose.explain.facts import ExplainFacts, Statement

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portman.allocation.pool import Band
    from portman.base.address import Reach

_say = partial(Statement, "number")
_say_address = partial(Statement, "address")


def number_findings(facts: ExplainFacts) -> list[Statement]:
    port = facts.port
    if port is None:
        return [
            _say(
                "no-port",
                "The address names no port. A port is a number from 1 to 65535 that selects one "
                "program of a machine.",
            )
        ]
    if port == 0:
        return [
            _say(
                "port-zero",
                "Port 0 is not a port: a program that binds it gets a port that the system "
                "chooses.",
            )
        ]
    found = [_range(port), *_registered(facts, port), *_custom(facts)]
    return [*found, *_automatic(facts, port), *_special(facts, port), *_pool(facts, port)]


def refused_by_browsers(port: int) -> bool:
    """Whether browsers refuse the port (WHATWG Fetch, "bad ports")."""
    return port in BROWSER_REFUSED or port in BROWSER_REFUSED_SYSTEM


def _range(port: int) -> Statement:
    if inside(port, SYSTEM):
        return _say(
            "system-port",
            f"{port} is a well-known port (0-1023), for basic services of the internet.",
        )
    if inside(port, DYNAMIC):
        return _say(
            "dynamic-port",
            f"{port} is a dynamic port (49152-65535): it cannot be registered, and any program may "
            "use it.",
        )
    return _say(
        "user-port",
        f"{port} is a user port (1024-49151): it can be registered, and any program may use it.",
    )


def _registered(facts: ExplainFacts, port: int) -> Iterator[Statement]:
    if inside(port, DYNAMIC):
        return
    if not facts.registrations:
        yield _say("unregistered", "IANA has no service registered for it.")
        return
    first, *others = facts.registrations
    about = f" ({first.description})" if first.description else ""
    also = f"; also {', '.join(other.name for other in others)}" if others else ""
    yield _say(
        "registered",
        f"IANA's registry and Debian's list of services know it as {first.name}{about}{also}. "
        "Any other program may run there too.",
    )


def _custom(facts: ExplainFacts) -> Iterator[Statement]:
    registered = " ".join(f"{one.name} {one.description}" for one in facts.registrations[:1])
    if facts.customary and facts.customary.lower() not in registered.lower():
        yield _say("customary", f"In development it is the usual port of {facts.customary}.")


def _automatic(facts: ExplainFacts, port: int) -> Iterator[Statement]:
    first, last = facts.automatic
    band = f"{first}-{last}"
    kernel = _kernel(facts.system)
    if not inside(port, facts.automatic):
        text = (
            f"It lies outside this machine's automatic range ({band}), from which {kernel} takes "
            "numbers for outgoing connections: a program that uses it chose it."
        )
        if inside(port, DYNAMIC) and facts.system == "linux":
            text += (
                " On macOS and Windows, with the automatic range 49152-65535, outgoing connections "
                "use it."
            )
        yield _say("not-automatic", text)
        return
    if any(inside(port, band) for band in facts.reserved):
        yield _say(
            "reserved-port",
            f"It lies inside this machine's automatic range ({band}), but "
            "ip_local_reserved_ports keeps outgoing connections off it.",
        )
        return
    yield _say(
        "automatic",
        f"It lies inside this machine's automatic range ({band}): {kernel} gives such numbers "
        "to outgoing connections for as long as they last. In a log it is usually the local "
        "end of a connection, without meaning afterwards.",
    )


def _kernel(system: str) -> str:
    return {"darwin": "macOS", "win32": "Windows"}.get(system, "the kernel")


def _special(facts: ExplainFacts, port: int) -> Iterator[Statement]:
    if port < facts.unprivileged and facts.system != "win32":
        yield _say("privileged", f"Only root may listen on ports below {facts.unprivileged} here.")
    if refused_by_browsers(port):
        yield _say(
            "browser-refused",
            "Browsers refuse to open it (ERR_UNSAFE_PORT; the Fetch standard has the list).",
            level="warn",
        )
    if port in AIRPLAY:
        mac = facts.system == "darwin"
        text = "macOS uses it for AirPlay Receiver" + ("." if mac else ": avoid it in a team.")
        yield _say("airplay", text, level="warn" if mac else "plain")
    if any(inside(port, band) for band in facts.excluded):
        yield _say("excluded", "The system excludes it: no program can bind it.", level="warn")


def _pool(facts: ExplainFacts, port: int) -> Iterator[Statement]:
    for band in facts.pool.bands[:1]:
        if inside(port, band):
            yield _say(
                "in-pool",
                f"It lies in portman's pool ({_band(band)}), from which checkouts get ports.",
            )
            return


def _band(band: Band) -> str:
    return f"{band[0]}-{band[1]}"


_PLAIN: dict[Reach, str] = {
    "private": "is a private address (RFC 1918, RFC 4193): machines of the same network can reach "
    "it, the internet cannot",
    "link-local": "is a link-local address: only machines on the same cable or wireless network "
    "can reach it, and IPv6 needs the interface too (%eth0)",
    "shared": "is a shared address (RFC 6598): networks of providers use it, and VPNs such as "
    "Tailscale; machines of that network can reach it",
    "multicast": "is a multicast group, not one machine: packets to it reach all members",
    "reserved": "is reserved for documentation or special use: no machine should answer there",
    "public": "is a public address: every machine on the internet can reach it, unless a firewall "
    "or router refuses",
}


def address_findings(facts: ExplainFacts) -> list[Statement]:
    """Explain the host; nothing where the address names only a port."""
    host = facts.address.host
    if not host:
        return []
    reach = reach_of(host)
    found = []
    if facts.address.mapped:
        found.append(
            _say_address(
                "mapped",
                f"{facts.address.mapped} is the IPv4 address {host}, written as an IPv6 address: "
                "programs with one socket for both families show IPv4 connections so.",
            )
        )
    if reach == "loopback":
        found += _loopback(facts, host)
    elif reach == "wildcard":
        found.append(_wildcard(host))
    elif reach == "name":
        found.append(_name(facts, host))
    else:
        found.append(_say_address(reach, f"{host} {_PLAIN[reach]}."))
    return [*found, *_whose(facts, host, reach)]


def _loopback(facts: ExplainFacts, host: str) -> Iterator[Statement]:
    spelled = {"127.0.0.1": "the IPv4 loopback address", "::1": "the IPv6 loopback address"}
    if ":" not in host and not host[0].isdigit():
        order = " first, then ".join(facts.addresses) or "nothing"
        meaning = f"{host} is this machine's name for itself. Here it means {order}."
    elif host in spelled:
        meaning = f"{host} is {spelled[host]}: packets to it stay on this machine."
    else:
        meaning = (
            f"{host} is loopback, like all of 127.0.0.0/8: packets to it stay on this machine."
        )
    yield _say_address("loopback", f"{meaning} No other machine can reach it.")
    yield _say_address(
        "loopback-inside",
        "Inside a container or virtual machine the same address is that container or virtual "
        "machine.",
    )


def _wildcard(host: str) -> Statement:
    both = "every IPv6 address, and normally every IPv4 address too," if host == "::" else ""
    every = both or "every IPv4 address"
    return _say_address(
        "wildcard",
        f"{host} means {every} of this machine. A server that listens on it accepts connections to "
        "any of them; a client connects to one of them instead.",
    )


def _name(facts: ExplainFacts, host: str) -> Statement:
    if facts.addresses:
        return _say_address("name", f"{host} means {', '.join(facts.addresses)} in the hosts file.")
    return _say_address(
        "name",
        f"{host} is the name of a machine. Portman asks no name server.",
        f"getent ahosts {host}",
    )


def _whose(facts: ExplainFacts, host: str, reach: Reach) -> Iterator[Statement]:
    if reach in ("loopback", "wildcard", "name", "multicast") or facts.own is None:
        return
    if facts.own:
        yield _say_address("own-address", f"{host} belongs to this machine.")
        return
    yield _say_address(
        "foreign-address",
        f"{host} is not an address of this machine: only that machine knows its listeners. "
        "Connections of this machine's programs to it are listed below.",
    )
