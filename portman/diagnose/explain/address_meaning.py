"""What the host of an address means, and who can reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.address import reach_of
from portman.diagnose.explain.facts import Facts, Finding

if TYPE_CHECKING:
    from portman.base.address import Reach

_PLAIN: dict[Reach, str] = {
    "private": "is a private address (RFC 1918, RFC 4193): machines of the same network can reach "
    "it, the internet cannot",
    "link-local": "is a link-local address: only machines on the same cable or wireless network "
    "can reach it, and for IPv6 one has to say through which interface (%eth0)",
    "shared": "is a shared address (RFC 6598): networks of providers use it, and VPNs such as "
    "Tailscale; machines of that network can reach it",
    "multicast": "is a multicast group, not one machine: what is sent there reaches all members",
    "reserved": "is set aside for documentation or special use: nobody should answer there",
    "public": "is a public address: every machine on the internet can send to it, and gets through "
    "unless a firewall or router refuses",
}


def address_findings(facts: Facts) -> list[Finding]:
    """Return what there is to say about the host; nothing where only a port was named."""
    host = facts.address.host
    if not host:
        return []
    reach = reach_of(host)
    found = []
    if facts.address.mapped:
        found.append(
            _say(
                "mapped",
                f"{facts.address.mapped} is the IPv4 address {host}, written as an IPv6 one: so "
                "programs with one socket for both kinds show IPv4 connections.",
            )
        )
    if reach == "loopback":
        found += _loopback(facts, host)
    elif reach == "wildcard":
        found.append(_wildcard(host))
    elif reach == "name":
        found.append(_name(facts, host))
    else:
        found.append(_say(reach, f"{host} {_PLAIN[reach]}."))
    return [*found, *_whose(facts, host, reach)]


def _loopback(facts: Facts, host: str) -> list[Finding]:
    spelled = {"127.0.0.1": "the IPv4 loopback address", "::1": "the IPv6 loopback address"}
    if ":" not in host and not host[0].isdigit():
        order = " first, then ".join(facts.addresses) or "nothing"
        meaning = f"{host} is the name of this machine for itself. Here it means {order}."
    elif host in spelled:
        meaning = f"{host} is {spelled[host]}: this machine talking to itself."
    else:
        meaning = f"{host} is loopback, as all of 127.0.0.0/8: this machine talking to itself."
    return [
        _say("loopback", f"{meaning} No other machine can reach it."),
        _say(
            "loopback-inside",
            "Inside a container or virtual machine the same address is that container or machine, "
            "not this one.",
        ),
    ]


def _wildcard(host: str) -> Finding:
    both = "every IPv6 address, and normally every IPv4 address too," if host == "::" else ""
    every = both or "every IPv4 address"
    return _say(
        "wildcard",
        f"{host} stands for {every} of this machine. A server that listens on it takes connections "
        "from whoever can reach any of them; it is no address to connect to.",
    )


def _name(facts: Facts, host: str) -> Finding:
    if facts.addresses:
        return _say("name", f"{host} means {', '.join(facts.addresses)}, says the hosts file.")
    return _say(
        "name",
        f"{host} is the name of a machine. Portman asks no name server what it means.",
        f"getent ahosts {host}",
    )


def _whose(facts: Facts, host: str, reach: Reach) -> list[Finding]:
    if reach in ("loopback", "wildcard", "name", "multicast") or facts.own is None:
        return []
    if facts.own:
        return [_say("own-address", f"{host} belongs to this machine.")]
    return [
        _say(
            "foreign-address",
            f"{host} is no address of this machine: what is there can be seen only from there. "
            "What this machine's own programs have to do with it is told below.",
        )
    ]


def _say(code: str, text: str, following: str = "") -> Finding:
    return Finding("address", code, text, following)
