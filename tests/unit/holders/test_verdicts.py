"""From sockets to one word."""

from __future__ import annotations

import pytest

from portman.base.holder import Holder, Socket
from portman.holders.verdicts import BLOCKING, GRAVITY, Finding, judge, worst

SERVER = Holder(pid=1, name="node", state="listen")
OTHER = Holder(pid=4, name="ruby", state="listen")
HOLD = Holder(pid=2, name="portman", state="bound")
CLIENT = Holder(pid=3, name="curl", state="client")
CLOSING = Holder(state="time-wait")
HIDDEN = Holder(uid=33, state="listen")
UNKNOWN = Holder(state="listen", unseen="no answer within 2 s")

ROWS = [
    ("a stranger's server holds", [(SERVER, False)], "holder", "taken", SERVER),
    ("our own server runs", [(SERVER, True)], "holder", "running", SERVER),
    ("our hold reserves", [(HOLD, True)], "holder", "reserved", HOLD),
    ("a stranger's bound socket holds", [(HOLD, False)], "holder", "taken", HOLD),
    ("what lets servers bind reserves", [(HOLD, False)], "joinable", "reserved", HOLD),
    ("and so does what nothing shows", [], "joinable", "reserved", None),
    (
        "our server beside a bound socket",
        [(SERVER, True), (HOLD, False)],
        "holder",
        "running",
        SERVER,
    ),
    ("a stranger's server beside ours", [(SERVER, True), (OTHER, False)], "holder", "taken", OTHER),
    ("our server above our hold runs", [(HOLD, True), (SERVER, True)], "holder", "running", SERVER),
    ("only closing connections", [(CLOSING, False)], "lingering", "lingering", None),
    ("a closing connection that blocks", [(CLOSING, False)], "blocked", "lingering", None),
    ("closing beside our server", [(CLOSING, False), (SERVER, True)], "holder", "running", SERVER),
    ("an outgoing connection holds", [(CLIENT, False)], "client", "taken", CLIENT),
    ("our own outgoing connection holds too", [(CLIENT, True)], "client", "taken", CLIENT),
    (
        "an accepted connection whose listener went",
        [(CLIENT, True)],
        "lingering",
        "lingering",
        None,
    ),
    ("nothing shows, yet busy", [], "holder", "taken", None),
    ("whose it is was not said", [(UNKNOWN, False)], "holder", "idle", UNKNOWN),
    ("unknown beside ours", [(SERVER, True), (UNKNOWN, False)], "holder", "idle", UNKNOWN),
    ("a stranger beside unknown", [(UNKNOWN, False), (OTHER, False)], "holder", "taken", OTHER),
    ("no table could be read", [], "unknown", "idle", None),
    ("another probe passed by", [], "idle", "idle", None),
    (
        "the named stranger goes first",
        [(HIDDEN, False), (SERVER, False)],
        "holder",
        "taken",
        SERVER,
    ),
]


@pytest.mark.parametrize(
    ("seen", "kernel", "verdict", "named"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_judge(
    seen: list[tuple[Holder, bool]], kernel: str, verdict: str, named: Holder | None
) -> None:
    """Every combination of sockets has one verdict and at most one holder to name."""
    holders, ours = [one for one, _ in seen], [mine for _, mine in seen]
    assert judge(holders, ours=ours, kernel=kernel)[:2] == (verdict, named)


@pytest.mark.parametrize(
    ("address", "v6only", "host", "verdict"),
    [
        ("127.0.0.1", None, "127.0.0.1", "running"),
        ("0.0.0.0", None, "127.0.0.1", "running"),
        ("::", False, "127.0.0.1", "running"),
        ("::", True, "127.0.0.1", "taken"),
        ("::1", None, "127.0.0.1", "taken"),
        ("192.168.1.7", None, "127.0.0.1", "taken"),
        ("127.0.0.2", None, "127.0.0.1", "taken"),
        ("127.0.0.2", None, "127.0.0.2", "running"),
        ("::1", None, "localhost", "running"),
        ("127.0.0.1", None, "localhost", "running"),
        ("192.168.1.7", None, "localhost", "taken"),
        ("127.0.0.1", None, "0.0.0.0", "running"),
        ("::1", None, "::1", "running"),
        ("127.0.0.1", None, "::1", "taken"),
    ],
)
def test_a_server_runs_where_its_clients_connect(
    address: str, v6only: bool | None, host: str, verdict: str
) -> None:
    """A listener on another address than the service's own is not the running service."""
    holder = SERVER.on((Socket("tcp", address, 3000, "listen", v6only=v6only),))
    said = judge([holder], ours=[True], kernel="holder", host=host)
    assert said == (verdict, holder, verdict == "taken", True)


@pytest.mark.parametrize(
    ("host", "address", "verdict"),
    [
        ("127.0.0.1", "10.1.2.3", "running"),
        ("localhost", "127.0.0.9", "running"),
        ("127.0.0.1", "::1", "taken"),
        ("127.0.0.1", "::", "taken"),
        ("0.0.0.0", "10.1.2.3", "taken"),
    ],
)
def test_a_stranger_that_no_client_of_this_machine_meets(
    host: str, address: str, verdict: str
) -> None:
    """Tailscale on its own address, say, while our server answers on localhost."""
    ours = SERVER.on((Socket("tcp", "127.0.0.1", 3000, "listen"),))
    other = OTHER.on((Socket("tcp", address, 3000, "listen"),))
    seen = judge((ours, other), ours=(True, False), kernel="holder", host=host)
    assert seen.verdict == verdict


def test_worst_of_several_ports_decides() -> None:
    """A service with four ports is only as free as its worst one."""
    assert worst([Finding("idle"), Finding("taken", port=2), Finding("running")]).port == 2
    assert worst([]).verdict == "idle"


def test_every_verdict_has_a_gravity() -> None:
    """The blocking ones are the gravest."""
    assert set(GRAVITY[: len(BLOCKING)]) == set(BLOCKING)
    assert len(GRAVITY) == 8
