"""The probes of macOS and Windows against those systems' rules, replayed by a fake network.

The fakes state the rules of decision 0004 as read in xnu's source and Microsoft's
documentation; they prove that our probe sees every holder if those rules are right.
"""

from __future__ import annotations

import errno
import socket
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple

import pytest

from portman.base.errors import PortmanError
from portman.base.holder import Socket
from portman.machine import port_range
from portman.machine.port_range import PortRange
from portman.machine.sockets import listing_portable
from portman.machine.sockets import macos as sockets_macos
from portman.machine.sockets import windows as sockets_windows

if TYPE_CHECKING:
    from collections.abc import Callable

FOUR, SIX = int(socket.AF_INET), int(socket.AF_INET6)
WILDCARDS = {"0.0.0.0", "::"}


class Bound(NamedTuple):
    """A socket that somebody else has."""

    family: int
    address: str
    port: int = 3000
    kind: int = 1
    v6only: bool = False
    mine: bool = True
    exclusive: bool = False


class FakeSocket:
    """A socket whose bind follows the rules of `network`."""

    def __init__(self, network: FakeNetwork, family: int, kind: int) -> None:
        if family in network.missing:
            raise OSError(errno.EAFNOSUPPORT, "no such family")
        if network.opened == network.most:
            raise OSError(errno.EMFILE, "too many open files")
        network.opened += 1
        self.network, self.family, self.kind = network, family, kind
        self.options: dict[int, int] = {}

    def setsockopt(self, level: int, option: int, value: int) -> None:
        """Remember an option."""
        self.options[option] = value

    def bind(self, place: tuple[str, int]) -> None:
        """Bind, if the rules of the network allow it; IPv6 must not speak for IPv4 as well."""
        assert self.family == FOUR or self.options[FakeNetwork.IPV6_V6ONLY] == 1
        self.network.rule(self, *place)

    def listen(self, backlog: int) -> None:
        """Listen; no rule is asked."""

    def close(self) -> None:
        """Give the descriptor back."""
        self.network.opened -= 1


class FakeNetwork(SimpleNamespace):
    """Stands in for the module _socket: its constants, and sockets that know who is there."""

    AF_INET, AF_INET6, SOCK_STREAM, SOCK_DGRAM = FOUR, SIX, 1, 2
    SOL_SOCKET, SO_REUSEADDR, IPPROTO_IPV6, IPV6_V6ONLY = 0xFFFF, 4, 41, 27

    def __init__(
        self, rule: Callable[[FakeSocket, str, int], None], *there: Bound, most: int = 8
    ) -> None:
        super().__init__(there=there, missing=set(), most=most, opened=0)
        self.rule = rule

    def socket(self, family: int, kind: int) -> FakeSocket:
        """Open a socket."""
        return FakeSocket(self, family, kind)


def xnu(new: FakeSocket, address: str, port: int) -> None:
    """Refuse what xnu's in_pcbbind and in6_pcbbind refuse (M1, M2, M3, M4)."""
    if port < 1024 and address not in WILDCARDS:
        raise OSError(errno.EACCES, "permission denied")
    reuse = bool(new.options.get(FakeNetwork.SO_REUSEADDR))
    for other in new.network.there:
        if (other.port, other.kind) != (port, new.kind):
            continue
        dual = other.family == SIX and not other.v6only and other.address == "::"
        same_family = other.family == new.family or (new.family == FOUR and dual)
        exact = other.address == address and other.family == new.family
        wild = other.address in WILDCARDS or address in WILDCARDS
        if exact or (same_family and ((wild and not reuse) or (wild and not other.mine))):
            raise OSError(errno.EADDRINUSE, "address in use")


def winsock(new: FakeSocket, address: str, port: int) -> None:
    """Refuse what Windows refuses (W1-W3): an exclusive bind conflicts with everyone."""
    if 50000 <= port < 50060:
        raise OSError(errno.EACCES, "forbidden")
    exclusive = bool(new.options.get(-5))
    for other in new.network.there:
        if (other.port, other.kind) != (port, new.kind):
            continue
        dual = other.family == SIX and not other.v6only and other.address == "::"
        overlap = other.family == new.family or (new.family == FOUR and dual)
        exact = other.address == address and other.family == new.family
        if overlap and other.exclusive:
            raise OSError(errno.EACCES, "forbidden")
        if exact or (overlap and exclusive):
            raise OSError(10048, "address in use")


HOLDERS = [
    Bound(FOUR, "0.0.0.0"),
    Bound(FOUR, "127.0.0.1"),
    Bound(FOUR, "192.168.1.5"),
    Bound(SIX, "::"),
    Bound(SIX, "::", v6only=True),
    Bound(SIX, "::1"),
    Bound(FOUR, "127.0.0.1", mine=False),
    Bound(FOUR, "127.0.0.1", exclusive=True),
]


@pytest.mark.parametrize("holder", HOLDERS, ids=str)
@pytest.mark.parametrize(("module", "rule"), [(sockets_macos, xnu), (sockets_windows, winsock)])
def test_every_holder_is_seen(
    monkeypatch: pytest.MonkeyPatch, module: object, rule: Callable[..., None], holder: Bound
) -> None:
    """The pair of probes sees each holder; its neighbours and the other protocol are free."""
    network = FakeNetwork(rule, holder, most=1)
    monkeypatch.setattr(module, "_socket", network)
    monkeypatch.setattr(port_range, "_excluded", {"tcp": [], "udp": []})
    assert module.probe(3000, "tcp") == "busy"  # type: ignore[attr-defined]
    assert module.probe(3000, "udp") == "idle"  # type: ignore[attr-defined]
    assert module.probe(3001, "tcp") == "idle"  # type: ignore[attr-defined]
    assert network.opened == 0


@pytest.fixture(name="mac")
def _mac(monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakeNetwork]:
    def make(*there: Bound, seen: tuple[Socket, ...] = (), most: int = 8) -> FakeNetwork:
        network = FakeNetwork(xnu, *there, most=most)
        monkeypatch.setattr(sockets_macos, "_socket", network)
        monkeypatch.setattr(listing_portable, "read_table", lambda pairs: list(seen))
        return network

    return make


def test_mac_low_port(mac: Callable[..., FakeNetwork]) -> None:
    """Port 80 is free on the wildcard address and refused where our servers bind: privileged."""
    mac()
    assert sockets_macos.probe(80, "tcp") == "privileged"


def test_mac_without_ipv6(mac: Callable[..., FakeNetwork]) -> None:
    """A missing family is no answer and no obstacle."""
    network = mac(Bound(FOUR, "127.0.0.1"))
    network.missing.add(SIX)
    assert sockets_macos.probe(3000, "tcp") == "busy"
    assert sockets_macos.probe(3001, "tcp") == "idle"


@pytest.mark.parametrize("module", [sockets_macos, sockets_windows])
def test_no_descriptor_left(monkeypatch: pytest.MonkeyPatch, module: object) -> None:
    """An answer the system cannot give is an error, not "busy"."""
    monkeypatch.setattr(module, "_socket", FakeNetwork(xnu, most=0))
    with pytest.raises(PortmanError) as caught:
        module.probe(3000, "tcp")  # type: ignore[attr-defined]
    assert caught.value.code == "probe-failed"


@pytest.mark.parametrize(
    ("there", "seen", "occupancy"),
    [
        ((Bound(FOUR, "127.0.0.1"),), (Socket("tcp", "127.0.0.1", 3000, "listen"),), "holder"),
        ((Bound(FOUR, "127.0.0.1"),), (Socket("tcp", "127.0.0.1", 3000, "client"),), "client"),
        ((Bound(FOUR, "127.0.0.1", mine=False),), (), "holder"),
        ((Bound(FOUR, "127.0.0.9"),), (), "lingering"),
        ((), (), "idle"),
    ],
)
def test_mac_classify(
    mac: Callable[..., FakeNetwork],
    there: tuple[Bound, ...],
    seen: tuple[Socket, ...],
    occupancy: str,
) -> None:
    """Who is seen decides; else only what gives way to SO_REUSEADDR is a leftover."""
    mac(*there, seen=seen)
    assert sockets_macos.classify(3000, "tcp") == occupancy


@pytest.mark.parametrize(
    ("there", "states", "occupancy"),
    [
        ((Bound(FOUR, "127.0.0.1"),), ("listen", "time-wait"), "holder"),
        ((Bound(FOUR, "127.0.0.1"),), ("client",), "client"),
        ((Bound(FOUR, "127.0.0.1"),), ("time-wait",), "lingering"),
        ((Bound(FOUR, "127.0.0.1"),), (), "holder"),
        ((), (), "idle"),
    ],
)
def test_windows_classify(
    monkeypatch: pytest.MonkeyPatch,
    there: tuple[Bound, ...],
    states: tuple[str, ...],
    occupancy: str,
) -> None:
    """The system's table decides; no bind with SO_REUSEADDR is ever tried."""
    monkeypatch.setattr(sockets_windows, "_socket", FakeNetwork(winsock, *there))
    seen = [Socket("tcp", "127.0.0.1", 3000, state) for state in states]  # type: ignore[arg-type]
    monkeypatch.setattr(listing_portable, "read_table", lambda pairs: seen)
    assert sockets_windows.classify(3000, "tcp") == occupancy


def test_windows_excluded_range(monkeypatch: pytest.MonkeyPatch) -> None:
    """WSAEACCES inside a range that Windows keeps is "excluded", elsewhere "busy"."""
    monkeypatch.setattr(sockets_windows, "_socket", FakeNetwork(winsock))
    spans = [PortRange(50000, 50029), PortRange(50030, 50049, administered=True)]
    monkeypatch.setattr(port_range, "_excluded", {"tcp": spans})
    answers = [sockets_windows.probe(port, "tcp") for port in (50000, 50049, 50055)]
    assert answers == ["excluded", "excluded", "busy"]
