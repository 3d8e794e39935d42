"""Which socket speaks for a holder, and which sockets a listener stands for."""

from __future__ import annotations

import pytest

from portman.base.holder import Holder, Socket, are_ends, serves
from portman.machine.sockets.listing import without_served

LISTENER = Socket("tcp", "::", 3000, "listen", "listen", v6only=False)
BOUND = Socket("tcp", "127.0.0.1", 3001, "bound", "bound")
ACCEPTED = Socket("tcp", "::ffff:127.0.0.1", 3000, "client", "established", "127.0.0.1", 52000)
CLIENT = Socket("tcp", "127.0.0.1", 52000, "client", "established", "127.0.0.1", 3000)
REMAINS = Socket("tcp", "127.0.0.1", 3000, "time-wait", "time-wait", "127.0.0.1", 52001)


@pytest.mark.parametrize(
    ("sockets", "first", "serving"),
    [
        ((ACCEPTED, LISTENER), LISTENER, True),
        ((CLIENT, BOUND), BOUND, True),
        ((REMAINS, CLIENT), CLIENT, False),
        ((REMAINS,), REMAINS, False),
        (
            (LISTENER, LISTENER._replace(address="127.0.0.1")),
            LISTENER._replace(address="127.0.0.1"),
            True,
        ),
    ],
)  # fmt: skip
def test_the_weightiest_socket_speaks(
    sockets: tuple[Socket, ...], first: Socket, serving: bool
) -> None:
    """Listeners before bound sockets before connections before remains; then by address."""
    one = Holder(pid=812).on(sockets)
    assert one.first == first
    assert (one.protocol, one.address, one.port, one.state) == first[:4]
    assert (one.sockets, one.serving) == (sockets, serving)


def test_what_a_listener_accepted_is_left_out() -> None:
    """Only on its own port, protocol and all: other ports keep their connections."""
    other = ACCEPTED._replace(protocol="udp")
    assert without_served([ACCEPTED, LISTENER, REMAINS, CLIENT, other]) == [LISTENER, CLIENT, other]
    assert without_served([ACCEPTED, REMAINS]) == [ACCEPTED, REMAINS]


def test_both_ends_of_a_connection() -> None:
    """A dual-stack listener serves an IPv4-mapped connection, whose far end is plain IPv4."""
    assert serves(LISTENER, ACCEPTED)
    assert not serves(LISTENER, REMAINS)
    assert are_ends(ACCEPTED, CLIENT)
    assert not are_ends(ACCEPTED, BOUND)
