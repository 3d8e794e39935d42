"""From sockets to one word."""

from __future__ import annotations

import pytest

from portman.base.holder import Holder
from portman.holders.verdicts import BLOCKING, GRAVITY, Finding, judge, worst

SERVER = Holder(pid=1, name="node", state="listen")
HOLD = Holder(pid=2, name="portman", state="bound")
CLIENT = Holder(pid=3, name="curl", state="client")
CLOSING = Holder(state="time-wait")
HIDDEN = Holder(uid=33, state="listen")

ROWS = [
    ("a stranger's server holds", [(SERVER, False)], "holder", "taken", SERVER),
    ("our own server runs", [(SERVER, True)], "holder", "running", SERVER),
    ("our hold reserves", [(HOLD, True)], "holder", "reserved", HOLD),
    ("a stranger's bound socket holds", [(HOLD, False)], "holder", "taken", HOLD),
    ("a stranger beside our server wins", [(SERVER, True), (HOLD, False)], "holder", "taken", HOLD),
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
    assert judge(holders, ours=ours, kernel=kernel) == (verdict, named)


def test_worst_of_several_ports_decides() -> None:
    """A service with four ports is only as free as its worst one."""
    assert worst([Finding("idle"), Finding("taken", port=2), Finding("running")]).port == 2
    assert worst([]).verdict == "idle"


def test_every_verdict_has_a_gravity() -> None:
    """The blocking ones are the gravest."""
    assert set(GRAVITY[: len(BLOCKING)]) == set(BLOCKING)
    assert len(GRAVITY) == 8
