"""Every holder is seen, and remains are distinguished from holders (decision 0004)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Inside = Callable[..., Any]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the rules of Linux")

ADDRESSES = {
    "0.0.0.0": ("0.0.0.0", None),
    "127.0.0.1": ("127.0.0.1", None),
    "127.0.0.2": ("127.0.0.2", None),
    ":: dual": ("::", False),
    ":: v6only": ("::", True),
    "::1": ("::1", None),
    "v4-mapped": ("::ffff:127.0.0.1", False),
}
OPTIONS = ("plain", "reuseaddr", "reuseport")


def hold_and_look(
    address: str, v6only: bool | None, option: str, protocol: str, listen: bool
) -> Any:
    """Hold a port in one way and return what probe, classify and find_holders say of it."""
    import os
    import socket

    from portman.holders.find import find_holders
    from portman.machine.sockets import classify, probe

    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
    holder = socket.socket(family, kind)
    if v6only is not None:
        holder.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(v6only))
    name = {"reuseaddr": socket.SO_REUSEADDR, "reuseport": socket.SO_REUSEPORT}.get(option)
    if name is not None:
        holder.setsockopt(socket.SOL_SOCKET, name, 1)
    holder.bind((address, 23456))
    if listen:
        holder.listen(1)
    held = {
        "probe": probe(23456, protocol),
        "classify": classify(23456, protocol),
        "other": probe(23456, "tcp" if protocol == "udp" else "udp"),
        "found": [
            (one.pid == os.getpid(), one.state, one.address)
            for one in find_holders([(protocol, 23456)])
        ],
    }
    holder.close()
    return {**held, "after": probe(23456, protocol), "gone": classify(23456, protocol)}


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("kind", ADDRESSES)
@pytest.mark.parametrize(("protocol", "listen"), [("tcp", True), ("tcp", False), ("udp", False)])
def test_every_holder_is_seen_and_named(
    in_namespace: Inside, kind: str, option: str, protocol: str, listen: bool
) -> None:
    """One probe sees a holder on any address; the tables name it; the other protocol is free.

    An IPv4-mapped address is the IPv4 address that it carries.
    """
    address, v6only = ADDRESSES[kind]
    said = in_namespace(hold_and_look, address, v6only, option, protocol, listen)
    state = "listen" if listen or protocol == "udp" else "bound"
    assert said == {
        "probe": "busy",
        "classify": "holder",
        "other": "idle",
        "found": [[True, state, address.removeprefix("::ffff:")]],
        "after": "idle",
        "gone": "idle",
    }


def leave_behind(case: str) -> Any:
    """Bring port 23456 into one of the states of decision 0004 and return the answer."""
    import os
    import socket
    import time

    from portman.holders.find import find_holders
    from portman.machine.sockets import classify, probe

    server = socket.socket()
    if "reuse" in case:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    here, there = (23457, 23456) if case.startswith("client") else (23456, 40001)
    server.bind(("127.0.0.1", here))
    server.listen(1)
    client = socket.socket()
    client.bind(("127.0.0.1", there))
    client.connect(("127.0.0.1", here))
    accepted, _ = server.accept()
    if "closed" in case:
        first, second = (client, accepted) if case.startswith("client") else (accepted, client)
        first.close()
        second.close()
    if "listening" not in case:
        server.close()
    kept = None
    if "hold" in case:
        kept = socket.socket(socket.AF_INET6)
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("::", 23456))
    time.sleep(0.05)
    return {
        "probe": probe(23456, "tcp"),
        "classify": classify(23456, "tcp"),
        "found": [
            (one.state, one.pid == os.getpid(), one.pid is None, one.uid is None)
            for one in find_holders([("tcp", 23456)])
        ],
    }


REMAINS = ["time-wait", False, True, True]


@pytest.mark.parametrize(
    ("case", "occupancy", "found"),
    [
        ("server reuse closed", "lingering", [REMAINS]),
        ("server closed", "blocked", [REMAINS]),
        ("server reuse, connection lives", "lingering", [["client", True, False, False]]),
        ("client lives", "client", [["client", True, False, False]]),
        ("client closed", "blocked", [REMAINS]),
        ("server reuse closed, then a hold", "holder", [["bound", True, False, False], REMAINS]),
        ("server reuse closed, still listening", "holder", [["listen", True, False, False]]),
    ],
)
def test_remains_are_told_from_holders(
    in_namespace: Inside, case: str, occupancy: str, found: list[list[Any]]
) -> None:
    """TIME_WAIT of either side is no holder; a hold over it is one; a client is named."""
    assert in_namespace(leave_behind, case) == {
        "probe": "busy",
        "classify": occupancy,
        "found": found,
    }


def without_ipv6() -> Any:
    """Switch IPv6 off and probe a free port and one held on 127.0.0.1."""
    import socket

    from portman.machine.sockets import linux as sockets_linux

    with open("/proc/sys/net/ipv6/conf/all/disable_ipv6", "w") as switch:
        switch.write("1")
    holder = socket.create_server(("127.0.0.1", 23456))
    seen = [sockets_linux.probe(port, "tcp") for port in (23455, 23456)]
    holder.close()
    return seen


def test_probe_without_ipv6(in_namespace: Inside) -> None:
    """With IPv6 switched off the probe still sees a free port and a holder (decision 0009)."""
    assert in_namespace(without_ipv6) == ["idle", "busy"]


def probe_unprivileged() -> Any:
    """Probe port 81 and a high one as a user without privileges."""
    import os

    from portman.machine.port_range import unprivileged_port_start
    from portman.machine.sockets import probe

    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    high = [probe(23456, "tcp"), probe(23456, "udp")]
    return [probe(81, "tcp"), unprivileged_port_start(), high]


@pytest.mark.root
def test_privileged_port_is_no_busy_port(in_namespace: Inside) -> None:
    """EACCES is told as "privileged"."""
    assert in_namespace(probe_unprivileged) == [
        "privileged",
        1024,
        ["idle", "idle"],
    ]


def probe_without_descriptors() -> Any:
    """Probe with no file descriptor left."""
    import resource

    from portman.base.errors import PortmanError
    from portman.machine import sockets
    from portman.machine.sockets import model as probing

    assert probing
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    try:
        return sockets.probe(23456, "tcp")
    except PortmanError as error:
        return [error.code, error.exit_code, error.message, error.hint]


def test_probe_that_cannot_be_made_is_an_error(in_namespace: Inside) -> None:
    """No descriptor left is told as such, never as busy or free."""
    code, exit_code, message, hint = in_namespace(probe_without_descriptors)
    assert (code, exit_code) == ("probe-failed", 5)
    assert "tcp port 23456" in message
    assert "ulimit" in hint


def other_source() -> Any:
    """Return the rows of a few sockets from netlink and from /proc/net, for comparison."""
    import socket

    from portman.machine.sockets import netlink
    from portman.machine.sockets import tables as procnet

    kept = [
        socket.create_server(("127.0.0.1", 23456)),
        socket.create_server(("::1", 23457), family=socket.AF_INET6),
        socket.create_connection(("127.0.0.1", 23456)),
    ]
    datagrams = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    datagrams.bind(("::1", 23458))
    pairs = [(family, protocol) for family in ("ipv4", "ipv6") for protocol in ("tcp", "udp")]
    known = [netlink.dump(*pair) for pair in pairs]
    read = [procnet.read_procnet(*pair) for pair in pairs]
    assert kept
    unknown = {"cgroup": None, "v6only": None, "waiting": 0, "backlog": 0}  # to /proc/net
    plain = [sorted(row._replace(**unknown) for row in rows) for rows in known]
    return [plain, [sorted(rows) for rows in read]]


def test_both_sources_of_the_socket_tables_agree(in_namespace: Inside) -> None:
    """What /proc/net shows is what netlink shows, less what it does not know."""
    known, read = in_namespace(other_source)
    assert sum(map(len, known)) == 5
    assert known == read


def many_listeners() -> Any:
    """Ask for scattered ports among 300 listeners, few (exact filter) and many (span filter)."""
    import socket

    from portman.machine.sockets import netlink

    kept = [socket.create_server(("127.0.0.1", 20000 + 3 * step)) for step in range(300)]
    assert kept
    few = {20000, 20003, 20004, 20899, 20897, 65535, 1}
    many = {20000 + 6 * step for step in range(150)}
    return [
        sorted(row.port for row in netlink.dump("ipv4", "tcp", ports=ports))
        for ports in (few, many, set(), {1})
    ] + [len(netlink.dump("ipv4", "tcp")), len(netlink.dump("ipv4", "tcp", states=["bound"]))]


def test_kernel_filter_finds_exactly_the_ports_asked_for(in_namespace: Inside) -> None:
    """The bytecode accepts each asked port and no neighbour, however many are asked for."""
    few, many, none, absent, everything, bound = in_namespace(many_listeners)
    assert few == [20000, 20003, 20897]
    assert many == [20000 + 6 * step for step in range(150)]
    assert (none, absent, everything, bound) == ([], [], 300, 0)


def change_the_range() -> Any:
    """Return the automatic range before and after it changes in this namespace."""
    from portman.machine import port_range as pool_facts

    before = pool_facts.automatic_range()
    with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as setting:
        setting.write("20000 50000")
    with open("/proc/sys/net/ipv4/ip_local_reserved_ports", "w") as setting:
        setting.write("21000,22000-22010")
    after = pool_facts.automatic_range()
    return [before, after, pool_facts.reserved_ports(), pool_facts.excluded_ranges("tcp")]


def test_ranges_are_read_from_the_running_kernel(in_namespace: Inside) -> None:
    """A range changed under us is seen at once; it belongs to the network namespace."""
    before, after, reserved, excluded = in_namespace(change_the_range)
    assert before == [32768, 60999]
    assert after == [20000, 50000]
    assert reserved == [[21000, 21000], [22000, 22010]]
    assert excluded == []
