"""From facts to sentences: what an address is, what is there, what may go wrong here."""

from __future__ import annotations

import pytest

from portman.allocation.pool import Pool
from portman.base.address import parse_address
from portman.base.holder import Expected, Folder, Holder, Socket
from portman.base.values import CheckoutRecord, Claim, ContainerFacts, Lease, OwnedLease
from portman.diagnose.explain.causes import explain
from portman.diagnose.explain.facts import ExplainFacts, Statement
from portman.diagnose.firewall import RuleMatch
from portman.ledger.protocol import EndedLease
from portman.machine.port_range import customary, registrations

NODE = Holder(pid=812, name="node", command="node server.js", user="me", uid=1000)
CURL = Holder(pid=900, name="curl", command="curl", user="me", uid=1000)
POOL = Pool(((61000, 65535),))


def listening(address: str, port: int = 3000, **more: object) -> Socket:
    """Return a TCP listener."""
    return Socket("tcp", address, port, "listen", "listen", **more)  # type: ignore[arg-type]


def connection(
    address: str, port: int, peer: str, peer_port: int, state: str = "established"
) -> Socket:
    """Return one side of a connection."""
    return Socket("tcp", address, port, "client", state, peer, peer_port)


def facts(asked: str, *holders: Holder, **more: object) -> ExplainFacts:
    """Return facts of an ordinary Linux."""
    address = parse_address(asked)
    port = address.port
    known = registrations(port) if port else ()
    base = ExplainFacts(address, port, registrations=known, pool=POOL, own=True, holders=holders)
    base = base._replace(customary=customary(port) if port else "")
    return base._replace(**more)  # type: ignore[arg-type]


def found(told: ExplainFacts, topic: str = "trouble") -> dict[str, Statement]:
    """Return the findings of one topic by code."""
    return {one.code: one for one in explain(told) if one.topic == topic}


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("3000", []),
        ("127.0.0.1:3000", ["loopback", "loopback-inside"]),
        ("[::1]:3000", ["loopback", "loopback-inside"]),
        ("0.0.0.0:80", ["wildcard"]),
        ("[::]:80", ["wildcard"]),
        ("192.168.1.5:80", ["private", "own-address"]),
        ("[fe80::1%eth0]:80", ["link-local", "own-address"]),
        ("8.8.8.8:53", ["public", "own-address"]),
        ("[::ffff:127.0.0.1]:80", ["mapped", "loopback", "loopback-inside"]),
        ("100.100.1.1:80", ["shared", "own-address"]),
        ("127.0.0.53:53", ["loopback", "loopback-inside"]),
        ("localhost:80", ["loopback", "loopback-inside"]),
        ("db.example:80", ["name"]),
        ("224.0.0.251:5353", ["multicast"]),
    ],
)
def test_what_the_host_means(asked: str, codes: list[str]) -> None:
    """Each kind of address is told, with who can reach it."""
    assert list(found(facts(asked), "address")) == codes


def test_a_name_means_what_the_hosts_file_says() -> None:
    """No name server is asked; where the file says nothing, that is said."""
    named = found(facts("db.example:80", addresses=("10.0.0.7",)), "address")["name"]
    assert named.text == "db.example means 10.0.0.7 in the hosts file."
    unknown = found(facts("db.example:80"), "address")["name"]
    assert "asks no name server" in unknown.text
    assert unknown.next == "getent ahosts db.example"
    told = found(facts("localhost:80", addresses=("::1", "127.0.0.1")), "address")["loopback"]
    assert "Here it means ::1 first, then 127.0.0.1." in told.text
    assert "like all of 127.0.0.0/8" in found(facts("127.0.0.53:53"), "address")["loopback"].text


def test_an_address_of_another_machine_is_told() -> None:
    """And where nobody could tell whose it is, nothing is said."""
    assert "foreign-address" in found(facts("8.8.8.8:53", own=False), "address")
    assert list(found(facts("8.8.8.8:53", own=None), "address")) == ["public"]


def test_what_is_elsewhere_is_not_looked_for_here() -> None:
    """Only this machine's connections to it are told, or that there are none."""
    alone = facts("8.8.8.8:53", own=False)
    assert list(found(alone, "now")) == ["no-connection"]
    far = CURL.on((connection("10.0.0.2", 50001, "8.8.8.8", 53),))
    told = found(alone._replace(peers=(far,)), "now")
    assert list(told) == ["far-side"]
    assert "curl" in told["far-side"].text


def test_what_no_table_shows_is_told() -> None:
    """A probe says busy, and nobody is there to be named."""
    hidden = found(facts("3000", probes=(("127.0.0.1", "busy"),)), "now")["unseen"]
    assert hidden.level == "warn"


def test_a_port_that_is_held_but_not_listened_on() -> None:
    """That is how a hold looks."""
    held = NODE.on((Socket("tcp", "127.0.0.1", 3000, "bound", "bound"),))
    told = found(facts("3000", held), "now")["bound"]
    assert "without listening" in told.text


def test_many_connections_are_counted() -> None:
    """Five are listed, the rest is a number."""
    ends = tuple(connection("10.0.0.2", 3000, "10.0.0.9", 40000 + at) for at in range(8))
    told = explain(facts("3000", CURL.on(ends)))
    near = [one.text for one in told if one.code == "near-side"]
    assert len(near) == 6
    assert near[-1] == "... and 3 more such connections."


def test_a_number_below_1024_may_be_allowed() -> None:
    """On Linux with the kernel's own setting; elsewhere only another port is proposed."""
    linux = found(facts("80", system="linux", unprivileged=1024, privileged_user=False))
    assert "sysctl" in linux["no-permission"].next
    other = found(facts("80", system="freebsd", unprivileged=1024, privileged_user=False))
    assert "sysctl" not in other["no-permission"].next


@pytest.mark.parametrize(
    ("port", "codes"),
    [
        (80, ["system-port", "registered", "not-automatic", "privileged"]),
        (5432, ["user-port", "registered", "not-automatic"]),
        (5173, ["user-port", "unregistered", "customary", "not-automatic"]),
        (6667, ["user-port", "registered", "not-automatic", "browser-refused"]),
        (40000, ["user-port", "registered", "automatic"]),
        (40001, ["user-port", "unregistered", "automatic"]),
        (50000, ["dynamic-port", "automatic"]),
        (61234, ["dynamic-port", "not-automatic", "in-pool"]),
        (62893, ["dynamic-port", "not-automatic", "in-pool"]),
        (5000, ["user-port", "registered", "customary", "not-automatic", "airplay"]),
        (0, ["port-zero"]),
    ],
)
def test_what_the_number_means(port: int, codes: list[str]) -> None:
    """Range, registration, custom, automatic range, browsers, AirPlay, pool."""
    assert list(found(facts(str(port)), "number")) == codes


def test_no_port_and_a_port_that_the_system_keeps_back() -> None:
    """An address alone names no port; Windows excludes ranges."""
    assert list(found(facts("10.0.0.1", port=None), "number")) == ["no-port"]
    assert "excluded" in found(facts("8080", excluded=((8000, 8100),)), "number")


def test_port_80_is_http() -> None:
    """The name that people use, not the one that a conversion of the registry kept."""
    assert "as http (" in found(facts("80"), "number")["registered"].text


def test_the_automatic_range_is_that_of_this_machine() -> None:
    """A number set aside is told apart; the rules of other systems are said where they differ."""
    inside = facts("62893", automatic=(49152, 65535), system="darwin")
    assert "macOS gives such numbers" in found(inside, "number")["automatic"].text
    assert "On macOS and Windows" in found(facts("62893"), "number")["not-automatic"].text
    kept = facts("40001", reserved=((40000, 40010),))
    assert "reserved-port" in found(kept, "number")
    assert "may-be-taken" not in found(kept)


def test_a_listener_is_named_with_its_use() -> None:
    """Process, address, connections that came in through it; clients of this machine by name."""
    server = NODE.on(
        (
            listening("127.0.0.1"),
            connection("127.0.0.1", 3000, "127.0.0.1", 50000),
        )
    )
    client = CURL.on((connection("127.0.0.1", 50000, "127.0.0.1", 3000),))
    now = found(facts("3000", server, peers=(client,)), "now")
    assert "node (pid 812) listens on 127.0.0.1:3000 (tcp), 1 connection now" in (
        now["listener"].text
    )
    assert now["clients"].text == "Connected to it from this machine: curl (pid 900)."
    assert "far-side" not in now


def test_both_sides_of_a_connection() -> None:
    """Asked for a client's number: who has it, where it leads, and who is at the other end."""
    near = CURL.on((connection("127.0.0.1", 50000, "127.0.0.1", 3000),))
    far = NODE.on((connection("127.0.0.1", 3000, "127.0.0.1", 50000),))
    told = facts("127.0.0.1:50000", near, peers=(far,), occupancy="client")
    text = found(told, "now")["near-side"].text
    assert (
        "curl (pid 900, user me) has it as the local end of a connection to 127.0.0.1:3000" in text
    )
    assert "at the other end is node (pid 812, user me)" in text
    assert "far-side" not in found(told, "now")
    assert set(found(told)) == {"client-port"}


def test_the_other_side_of_a_connection_that_leads_away() -> None:
    """Another machine's address: which programs of this one are connected to it."""
    client = CURL.on((connection("10.0.0.2", 50000, "10.0.0.5", 5432),))
    told = facts("10.0.0.5:5432", own=False, peers=(client,))
    assert "is connected to it from 10.0.0.2:50000" in found(told, "now")["far-side"].text
    assert list(found(told)) == ["remote"]
    assert "no-connection" in found(told._replace(peers=()), "now")


def test_leases_former_leases_and_claims() -> None:
    """What the ledger and the engine say of a port on which nobody is."""
    lease = OwnedLease(
        CheckoutRecord("/home/me/shop", project="shop"), Lease("web", 61234, given_at=40)
    )
    idle = facts("61234", leases=(lease,), now=100.0, home="/home/me")
    assert found(idle, "now")["lease"].text == (
        "It is leased to web of ~/shop, given 60 seconds ago, which is not running."
    )
    assert found(idle)["refused"].next == "start web in ~/shop\nportman -C /home/me/shop check"
    former = EndedLease("/home/me/old", "", "web", 61234, 1, 40)
    was = facts("61234", formers=(former,), now=100.0, home="/home/me")
    assert "until 60 seconds ago" in found(was, "now")["former-lease"].text
    claim = Claim("tcp", 5432, "0.0.0.0", ContainerFacts("db", image="postgres", state="exited"))
    stopped = facts("5432", claims=(claim,))
    assert "and takes it when it starts again" in found(stopped, "now")["claim"].text
    assert "claimed" in found(stopped)


def test_nothing_there_and_nothing_shown() -> None:
    """A port that is busy without a socket to see is not called free."""
    assert list(found(facts("3000"), "now")) == ["nothing"]
    assert "unseen" in found(facts("3000", probes=(("tcp", "busy"),)), "now")


V4, V6 = listening("127.0.0.1"), listening("::1")
BOTH = ("::1", "127.0.0.1")


@pytest.mark.parametrize(
    ("asked", "sockets", "localhost", "codes"),
    [
        ("3000", (V4,), ("127.0.0.1",), []),
        ("3000", (V4,), BOTH, ["ipv4-only"]),
        ("localhost:3000", (V4,), BOTH, ["ipv4-only"]),
        ("127.0.0.1:3000", (V4,), BOTH, []),
        ("3000", (V4, V6), BOTH, []),
        ("3000", (V6,), BOTH, ["ipv6-only"]),
        ("3000", (V6,), ("127.0.0.1",), ["refused-here", "ipv6-only"]),
        ("3000", (V6,), ("127.0.0.1", "::1"), ["ipv6-only"]),
        ("127.0.0.1:3000", (V6,), BOTH, ["refused-here"]),
        ("[::1]:3000", (V4,), BOTH, ["refused-here"]),
        ("3000", (listening("0.0.0.0"),), BOTH, ["ipv4-only", "exposed"]),
        ("3000", (listening("::", v6only=False),), BOTH, ["exposed"]),
        ("3000", (listening("::", v6only=True),), BOTH, ["ipv6-only", "exposed"]),
        ("192.168.1.5:3000", (V4,), BOTH, ["refused-here"]),
        ("0.0.0.0:3000", (V4,), BOTH, []),
    ],
)
def test_addresses_and_families(
    asked: str, sockets: tuple[Socket, ...], localhost: tuple[str, ...], codes: list[str]
) -> None:
    """What is refused, and to whom, follows from what is listened on and what localhost means."""
    host = parse_address(asked).host
    told = facts(
        asked,
        NODE.on(sockets),
        localhost=localhost,
        addresses=localhost if host == "localhost" else (),
    )
    assert list(found(told)) == codes


def test_two_programs_on_one_number() -> None:
    """Different owners of IPv4 and IPv6 are rivals; a server's own processes are not."""
    told = facts("3000", NODE.on((V4,)), CURL.on((V6,)), localhost=BOTH)
    assert (
        "127.0.0.1:3000: node (pid 812); [::1]:3000: curl (pid 900)" in found(told)["rivals"].text
    )
    twins = facts("3000", NODE.on((V4,)), CURL.on((V4,)))
    assert "rivals" not in found(twins)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, "refused"),
        ({"answer": "silent"}, "filtered"),
        ({"answer": "answered"}, "redirected"),
        ({"occupancy": "blocked"}, "time-wait"),
        ({"occupancy": "lingering"}, "lingering"),
    ],
)
def test_nobody_listens(more: dict[str, object], code: str) -> None:
    """Refused, dropped, redirected, or kept by remains: each with a step to take."""
    told = found(facts("3000", **more))
    assert code in told
    assert told[code].next
    assert ("refused" in told) == (more.get("answer") is None)


def test_a_rule_of_the_firewall_is_named() -> None:
    """With the command that lists it; where a server listens, it is a suspicion."""
    text = "`tcp dport 3000 drop` (nft ip table t chain in) names the port"
    rule = RuleMatch(text, "sudo nft list chain ip t in")
    tried = found(facts("3000", rules=(rule,), answer="silent"))["filtered"]
    assert tried.text == f"A connection to 127.0.0.1:3000 is dropped: {text}."
    assert (tried.next, tried.level) == ("sudo nft list chain ip t in", "bad")
    searched = found(facts("3000", NODE.on((V4,)), rules=(rule,)))["filtered"]
    assert searched.text == f"Connections to 127.0.0.1:3000 may be stopped: {text}."
    assert searched.level == "warn"
    led = found(facts("3000", rules=(rule,), answer="answered"))
    assert list(led) == ["redirected"]


def test_a_plain_binder_is_recognised_by_its_message() -> None:
    """Only for a leased port without a server: held for a service, or idle after it failed."""
    record = CheckoutRecord("/home/me/shop")
    lease = OwnedLease(record, Lease("web", 61234))
    advice = found(facts("61234", leases=(lease,), occupancy="idle"))["plain-bind"]
    assert advice.next.startswith("write hold = false under web in ports.toml")
    hold = NODE.on((Socket("tcp", "::", 61234, "bound", "bound"),))
    assert "plain-bind" in found(facts("61234", hold, leases=(lease,), occupancy="holder"))
    assert "plain-bind" not in found(facts("61234", occupancy="idle"))
    assert "plain-bind" not in found(facts("61234", leases=(lease,), occupancy="lingering"))


def test_privileged_ports() -> None:
    """Only for those who may not, and by this machine's own limit."""
    assert "no-permission" in found(facts("80"))
    assert "no-permission" not in found(facts("80", privileged_user=True))
    assert "no-permission" not in found(facts("80", unprivileged=80))
    assert "ip_unprivileged_port_start=80" in found(facts("80"))["no-permission"].next


def test_stuck_and_leaking_servers() -> None:
    """A full accept queue, attempts that hang, and connections that are never closed."""
    full = NODE.on((listening("127.0.0.1", waiting=129, backlog=128),))
    assert "129 wait" in found(facts("3000", full))["queue-full"].text
    trying = CURL.on((connection("10.0.0.2", 50000, "10.0.0.5", 80, "syn-sent"),))
    assert "hanging" in found(facts("10.0.0.5:80", own=False, peers=(trying,)))
    leaks = [connection("127.0.0.1", 3000, "127.0.0.1", port, "close-wait") for port in range(20)]
    assert "half-closed" in found(facts("3000", NODE.on((V4, *leaks))))


def test_a_stranger_on_a_leased_port() -> None:
    """It comes first, and offers both ways out; the first one ends no process."""
    other = NODE.on((V4,))._replace(
        expected=Expected("shop", "/home/me/shop", "", "web", ours=False)
    )
    told = found(facts("3000", other))
    assert next(iter(told)) == "stranger"
    assert told["stranger"].next == (
        "portman -C /home/me/shop up --reassign web\nportman free 127.0.0.1:3000"
    )


def test_a_server_that_does_not_use_its_own_port() -> None:
    """It works in a checkout that has other ports: which, and how to give it one."""
    other = NODE.on((V4,))._replace(
        folder=Folder("/home/me/shop/web", checkout="/home/me/shop"),
        instead=(("web", 61102), ("api", 61968)),
    )
    told = found(facts("3000", other, home="/home/me"))["own-port-unused"]
    assert "belongs to ~/shop, which has other ports: web 61102, api 61968" in told.text
    assert told.next.startswith(
        "start it with: portman -C /home/me/shop run --service NAME -- COMMAND"
    )
    sibling = Expected("shop", "/home/me/other", "", "api", ours=False)
    told = found(facts("3000", other._replace(expected=sibling)))["own-port-unused"]
    assert "run --service api -- COMMAND" in told.next


def test_a_suspended_server() -> None:
    """It listens, and answers nobody."""
    told = found(facts("3000", NODE.on((V4,))._replace(stopped=True)))
    assert told["suspended"].next == "type fg in its terminal\nkill -CONT 812"


def test_a_forwarder_is_never_the_last_word() -> None:
    """Without an engine's answer it is said to pass things on; with one, it is not named at all."""
    proxy = NODE.on((V4,))._replace(name="docker-proxy")
    assert "it only forwards connections" in found(facts("3000", proxy), "now")["listener"].text
    known = proxy._replace(container=ContainerFacts("shop-db-1", image="postgres:16"))
    text = found(facts("3000", known), "now")["listener"].text
    assert text.startswith("container shop-db-1")
    assert "docker-proxy" not in text


def test_every_trouble_has_a_next_step() -> None:
    """And no text carries a control character from outside."""
    nasty = NODE.on((V4, V6))._replace(name="no\x1b[31mde")
    for one in explain(facts("3000", nasty, localhost=BOTH)):
        assert "\x1b" not in one.text + one.next
        assert one.topic != "trouble" or one.next
