"""From sockets to one word."""

from __future__ import annotations

import pytest

from portman.base.values import Holder
from portman.holders.verdicts import BLOCKING, GRAVITY, Finding, judge, worst

SERVER = Holder(pid=1, name="node", state="listen")
HOLD = Holder(pid=2, name="portman", state="bound")
CLIENT = Holder(pid=3, name="curl", state="client")
CLOSING = Holder(state="time-wait")
HIDDEN = Holder(uid=33, state="listen")

ROWS = [
    ("a stranger's server holds", [(SERVER, False)], "holder", "held", SERVER),
    ("our own server runs", [(SERVER, True)], "holder", "running", SERVER),
    ("our hold reserves", [(HOLD, True)], "holder", "reserved", HOLD),
    ("a stranger's bound socket holds", [(HOLD, False)], "holder", "held", HOLD),
    ("a stranger beside our server wins", [(SERVER, True), (HOLD, False)], "holder", "held", HOLD),
    ("our server above our hold runs", [(HOLD, True), (SERVER, True)], "holder", "running", SERVER),
    ("only closing connections", [(CLOSING, False)], "leftover", "leftover", None),
    ("a closing connection that blocks", [(CLOSING, False)], "lingering", "leftover", None),
    ("closing beside our server", [(CLOSING, False), (SERVER, True)], "holder", "running", SERVER),
    ("an outgoing connection holds", [(CLIENT, False)], "client", "held", CLIENT),
    ("our own outgoing connection holds too", [(CLIENT, True)], "client", "held", CLIENT),
    ("an accepted connection whose listener went", [(CLIENT, True)], "leftover", "leftover", None),
    ("nothing shows, yet busy", [], "holder", "held", None),
    ("another probe passed by", [], "free", "free", None),
    ("the named stranger goes first", [(HIDDEN, False), (SERVER, False)], "holder", "held", SERVER),
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
    assert worst([Finding("free"), Finding("held", port=2), Finding("running")]).port == 2
    assert worst([]).verdict == "free"


def test_every_verdict_has_a_gravity() -> None:
    """The blocking ones are the gravest."""
    assert set(GRAVITY[: len(BLOCKING)]) == set(BLOCKING)
    assert len(GRAVITY) == 8
