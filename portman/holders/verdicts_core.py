"""From what the machine shows of a port to one word, and from many words to the gravest."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.base.values import Claim, Holder, Verdict

#: Gravest first: a service with several ports is judged by its worst one.
GRAVITY: tuple[Verdict, ...] = (
    "held",
    "excluded",
    "privileged",
    "claimed",
    "leftover",
    "reserved",
    "running",
    "free",
)
#: Verdicts that keep a service from starting, so that `up` and `check` say no.
BLOCKING: frozenset[Verdict] = frozenset({"held", "excluded", "privileged", "claimed"})


class Finding(NamedTuple):
    """A verdict on one port, and who is behind it.

    Not `seen`: it is another machine's, nobody looked, and nothing is known to be in the way.
    """

    verdict: Verdict
    protocol: str = "tcp"
    port: int = 0
    holder: Holder | None = None
    claim: Claim | None = None
    seen: bool = True


def judge(
    holders: Iterable[Holder], *, ours: Iterable[bool], kernel: str
) -> tuple[Verdict, Holder | None]:
    """Return the verdict on a busy port from the sockets found on it, and the one to name.

    `ours` says for each holder whether it belongs to the asking checkout. `kernel` is what
    the kernel said when asked more closely (machine/sockets.classify), which decides where no
    server is seen: "leftover" and "lingering" connections let a server start or pass within a
    minute; "free" means the port was busy for an instant only (another probe); a port that is
    busy though nothing shows is `held` by somebody we may not see.
    """
    seen = tuple(zip(holders, ours, strict=True))
    serving = [(holder, mine) for holder, mine in seen if holder.state in ("listen", "bound")]
    strangers = [holder for holder, mine in serving if not mine]
    if strangers:
        return "held", _most_telling(strangers)
    listening = [holder for holder, _ in serving if holder.state == "listen"]
    if listening:
        return "running", _most_telling(listening)
    if serving:
        return "reserved", serving[0][0]
    if kernel == "free":
        return "free", None
    if kernel in ("leftover", "lingering"):
        return "leftover", None
    return "held", next((holder for holder, _ in seen if holder.state == "client"), None)


def worst(findings: Iterable[Finding]) -> Finding:
    """Return the gravest finding; "free" where there is none."""
    return min(findings, key=lambda one: GRAVITY.index(one.verdict), default=Finding("free"))


def _most_telling(holders: list[Holder]) -> Holder:
    """Prefer a listener over a bound socket over a client, and one with a pid over one without."""
    order = {"listen": 0, "bound": 1, "client": 2}
    return min(holders, key=lambda one: (one.pid is None, order.get(one.state, 3)))
