"""The usual causes of trouble with a port, and the whole explanation.

A cause is reported only if the facts of this machine show it; each has a next step.
"""

from __future__ import annotations

from functools import partial

from portman.base.address import at, reach_of
from portman.base.system_commands import word
from portman.base.text import printable
from portman.diagnose.explain.current_use import answer_findings, presence_findings
from portman.diagnose.explain.facts import ExplainFacts, Statement
from portman.diagnose.explain.meaning import address_findings, number_findings, refused_by_browsers
from portman.diagnose.explain.problems import exposure, server_troubles, short_name, start_troubles
from portman.holders.messages import who

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portman.base.holder import Holder, Socket
    from portman.diagnose.explain.facts import Level

_say = partial(Statement, "trouble")


def trouble_findings(facts: ExplainFacts) -> list[Statement]:
    if facts.port in (None, 0):
        return []
    if facts.elsewhere:
        return [*_hanging(facts), *_remote(facts)]
    return [
        *server_troubles(facts),
        *_silent(facts),
        *_hanging(facts),
        *_refused(facts),
        *_families(facts),
        *_rivals(facts),
        *start_troubles(facts),
        *_browsers(facts),
        *exposure(facts),
    ]


def _refused(facts: ExplainFacts) -> Iterator[Statement]:
    """Find connections that are refused: nothing listens, or not on this address."""
    if facts.address.protocol == "udp" or facts.answer in ("silent", "answered"):
        return
    if not facts.listeners:
        if any(socket.state == "client" for socket in facts.sockets):
            return  # a client's local port needs no server
        yield _say("refused", _refused_text(facts), _start(facts), "warn")
        return
    targets = facts.targets
    reached = [
        target for target in targets if any(socket.answers(target) for _, socket in facts.listeners)
    ]
    if reached or not targets:
        return
    one, socket = facts.listeners[0]
    yield _say(
        "refused-here",
        f"A connection to {targets[0]} is refused: {short_name(one)} listens on "
        f"{socket.address} only.",
        f"use {at(_usable(socket.address), socket.port)}\nor let the server listen on {targets[0]}",
        "bad",
    )


def _refused_text(facts: ExplainFacts) -> str:
    bound = any(socket.state == "bound" for socket in facts.sockets)
    why = "a program holds the port, but nothing listens" if bound else "nothing listens"
    return f"A TCP connection is refused immediately (ECONNREFUSED): {why} on {facts.port}."


def _start(facts: ExplainFacts) -> str:
    if not facts.leases:
        return f"start the server\nportman who {facts.port}"
    lease = facts.leases[0]
    path = lease.record.path
    start = f"start {printable(lease.lease.service)} in {facts.short(path)}"
    return f"{start}\nportman -C {word(path)} check"


def _families(facts: ExplainFacts) -> Iterator[Statement]:
    """Compare the addresses of `localhost` with those on which a program listens."""
    if not facts.listeners or not _about_localhost(facts):
        return
    answered = {
        target: any(socket.answers(target) for _, socket in facts.listeners)
        for target in ("127.0.0.1", "::1")
    }
    first = facts.localhost[0] if facts.localhost else "127.0.0.1"
    port, one = facts.port or 0, facts.listeners[0][0]
    if answered["127.0.0.1"] and not answered["::1"] and first == "::1":
        yield _say(
            "ipv4-only",
            f"localhost is ::1 first here, and {short_name(one)} listens on IPv4 only: "
            "programs that try only the first address are refused (Node 17 to 19, some HTTP "
            "libraries), others lose time.",
            f"use http://127.0.0.1:{port}\nor let the server listen on localhost or ::",
            "warn",
        )
        return
    if answered["::1"] and not answered["127.0.0.1"]:
        level: Level = "bad" if "::1" not in facts.localhost else "warn"
        yield _say(
            "ipv6-only",
            f"{short_name(one)} listens on IPv6 only: clients of 127.0.0.1 are refused "
            "(health checks of containers, proxies, programs without IPv6).",
            f"use http://[::1]:{port}\nor let the server listen on 127.0.0.1",
            level,
        )


def _about_localhost(facts: ExplainFacts) -> bool:
    host = facts.address.host
    return not host or (reach_of(host) == "loopback" and not host[0].isdigit() and ":" not in host)


def _rivals(facts: ExplainFacts) -> Iterator[Statement]:
    """Find two programs on the number: the address decides which one answers."""
    owners: dict[tuple[object, ...], tuple[Holder, list[Socket]]] = {}
    for one, socket in facts.listeners:
        # Sockets of one server in several processes (SO_REUSEPORT) have one address.
        key = _identity(one)
        owners.setdefault(key, (one, []))[1].append(socket)
    places = [{socket.address for socket in sockets} for _, sockets in owners.values()]
    if len(owners) < 2 or all(place == places[0] for place in places):
        return
    listeners = "; ".join(
        f"{', '.join(socket.place for socket in sockets)}: {short_name(one)}"
        for one, sockets in owners.values()
    )
    yield _say(
        "rivals",
        f"Different programs answer on {facts.port}, depending on the address: {listeners}.",
        f"portman who {facts.port}",
        "warn",
    )


def _identity(one: Holder) -> tuple[object, ...]:
    if one.container:
        return ("container", one.container.id or one.container.name)
    return ("pid", one.pid) if one.pid else ("unseen", one.uid, one.unit)


def _silent(facts: ExplainFacts) -> Iterator[Statement]:
    """Report what the firewall does to a loopback connection: tried, or searched in its rules."""
    rule = facts.rules[0] if facts.rules else None
    place = at(facts.targets[0], facts.port or 0) if facts.targets else ""
    if rule and facts.listeners:
        text = f"Connections to {place} may be stopped: {rule.text}."
        yield _say("filtered", printable(text), rule.listing, "warn")
        return
    if facts.answer == "silent":
        text = f"A connection to {place} gets no answer: a firewall rule drops it."
        if rule:
            text = f"A connection to {place} is dropped: {rule.text}."
        yield _say("filtered", printable(text), rule.listing if rule else "portman doctor", "bad")
        return
    if facts.answer == "answered":
        text = (
            "Something answers, although no program of this machine listens: the kernel redirects "
            "the connection (rules of a container engine, Kubernetes or a VPN)."
        )
        if rule:
            text = f"A connection to {place} is redirected: {rule.text}."
        command = rule.listing if rule else f"sudo nft list ruleset | grep -w {facts.port}"
        yield _say("redirected", printable(text), command, "bad" if rule else "warn")


def _hanging(facts: ExplainFacts) -> Iterator[Statement]:
    trying = [
        (one, socket)
        for one in facts.peers
        for socket in one.sockets
        if socket.kernel_state == "syn-sent"
    ]
    if not trying:
        return
    one, socket = trying[0]
    yield _say(
        "hanging",
        f"{who(one, facts.home)} waits for an answer from {socket.peer}: the connection is "
        "neither accepted nor refused. A firewall drops it, or the other machine does not "
        "answer.",
        "portman doctor",
        "bad",
    )


def _browsers(facts: ExplainFacts) -> Iterator[Statement]:
    port = facts.port or 0
    if not refused_by_browsers(port):
        return
    if not facts.leases and port < 1024:
        return
    names = [printable(one.lease.service) for one in facts.leases]
    yield _say(
        "browser-refused",
        "Browsers refuse to open a web server on it (ERR_UNSAFE_PORT).",
        f"portman up --reassign {names[0]}" if names else "choose another port",
        "warn",
    )


def _remote(facts: ExplainFacts) -> Iterator[Statement]:
    place = at(facts.address.host, facts.port or 0)
    yield _say(
        "remote",
        "Only that machine knows whether a program listens there.",
        f"nc -vz {word(facts.address.host, 'HOST')} {facts.port}\n"
        f"on that machine: portman explain {place}",
    )


def _usable(address: str) -> str:
    if reach_of(address) == "wildcard":
        return "::1" if ":" in address else "127.0.0.1"
    return address


def explain(facts: ExplainFacts) -> tuple[Statement, ...]:
    """Answer whose it is; then explain address, number, current use and causes of trouble."""
    return (
        *answer_findings(facts),
        *address_findings(facts),
        *number_findings(facts),
        *presence_findings(facts),
        *trouble_findings(facts),
    )
