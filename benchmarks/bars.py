"""The bars of docs/performance.md: which are met by what was measured."""

from __future__ import annotations

from typing import NamedTuple


class Bar(NamedTuple):
    """One promise: `case` takes at most `most` times `against`, by medians of wall time."""

    promise: str
    case: str
    most: float
    against: str = "python -c pass"


class Verdict(NamedTuple):
    """What was measured against a bar."""

    bar: Bar
    median: float
    cpu: float

    @property
    def met(self) -> bool:
        """Return whether the ratio of medians holds."""
        return self.median <= self.bar.most


RATIOS = (
    Bar("`port` at most 2.5", "port", 2.5),
    Bar("`env` at most 2.5", "env", 2.5),
    Bar("unchanged `up`, 10 services, at most 3.5", "up", 3.5),
    Bar("`check`, 10 services, at most 3.5", "check", 3.5),
    Bar("unchanged `up` below 2.0 (issue 6)", "up", 2.0),
    Bar("`env` below 2.0 (issue 6)", "env", 2.0),
    Bar("`port` below 2.0 (issue 6)", "port", 2.0),
    Bar("`up` of 1,000 services under 10", "up, 1,000 services", 10.0),
    Bar(
        "`up` of 1,000 services under 10, without a receipt",
        "up, 1,000 services, no receipt",
        10.0,
    ),
    Bar("10,000 leases: `up` at most 1.3 times slower", "up, 10,000 leases", 1.3, "up"),
    Bar(
        "10,000 leases: `up` without a receipt at most 1.3 times slower",
        "up, 10,000 leases, no receipt",
        1.3,
        "up, no receipt",
    ),
    Bar(
        "10,000 leases and 10,000 listeners: `up` at most 1.3 times slower",
        "up, 10,000 leases, 10,000 listeners",
        1.3,
        "up",
    ),
    Bar(
        "10,000 leases and 10,000 listeners, no receipt: `up` at most 1.3 times slower",
        "up, 10,000 leases, no receipt, 10,000 listeners",
        1.3,
        "up, no receipt",
    ),
)
#: Seconds of wall time for 200 first `up`s at once on two cores.
CROWD_SECONDS = 12.0


def judge(timings: dict[str, tuple[float, float]]) -> list[Verdict]:
    """Return a verdict for each bar whose two cases were measured: name -> (wall, CPU)."""
    verdicts = []
    for bar in RATIOS:
        if bar.case in timings and bar.against in timings:
            mine, theirs = timings[bar.case], timings[bar.against]
            verdicts.append(Verdict(bar, mine[0] / theirs[0], mine[1] / theirs[1]))
    return verdicts
