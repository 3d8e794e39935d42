"""The ports of this machine as a line from 0 to 65535: ranges, leases and listeners. Pure.

The line is not to scale: system ports would be one pixel wide. Each zone of RFC 6335 (section 6)
has a fixed share of the width, and is to scale inside.
"""

from __future__ import annotations

from portman.allocation.pool import DYNAMIC, SYSTEM, USER
from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.allocation.pool import Band

#: Width of the drawing, in its own units.
WIDTH = 1000.0
#: Zone -> (name, what it means, share of the width).
ZONES: tuple[tuple[Band, str, str, float], ...] = (
    (SYSTEM, "well-known", "reserved by IANA for system services; binding needs rights", 0.12),
    (USER, "registered", "IANA lists programs for many of these numbers", 0.48),
    (DYNAMIC, "dynamic", "no program owns these numbers", 0.40),
)


class Stretch(NamedTuple):
    """A range of the line. `x` and `width` are in units of the drawing."""

    name: str
    first: int
    last: int
    x: float
    width: float
    meaning: str


class Mark(NamedTuple):
    """One port on the line: a lease, or a listener that belongs to none."""

    port: int
    x: float
    kind: str
    text: str


class NumberLine(NamedTuple):
    """All that is drawn: three zones, the ranges in use on this machine, and the marks."""

    zones: tuple[Stretch, ...]
    ranges: tuple[Stretch, ...]
    marks: tuple[Mark, ...]


def position(port: int) -> float:
    """Return where a port is drawn, from 0 to WIDTH."""
    start = 0.0
    for (first, last), _, _, share in ZONES:
        if port <= last:
            return round((start + share * (port - first) / (last - first + 1)) * WIDTH, 2)
        start += share
    return WIDTH


def draw(
    automatic: Band,
    pool: Iterable[Band],
    leased: Iterable[tuple[int, str]],
    listening: Iterable[tuple[int, str]],
) -> NumberLine:
    """Place everything. `leased` and `listening` are ports and what to say of each."""
    zones = tuple(_stretch(name, band, meaning) for band, name, meaning, _ in ZONES)
    ranges = [
        _stretch(
            "automatic", automatic, "the kernel takes these for outgoing connections; never leased"
        )
    ]
    ranges += [_stretch("pool", band, "leases come from here") for band in pool]
    mine = dict(leased)
    marks = [Mark(port, position(port), "lease", text) for port, text in sorted(mine.items())]
    marks += [
        Mark(port, position(port), "listener", text)
        for port, text in sorted(dict(listening).items())
        if port not in mine
    ]
    return NumberLine(zones, tuple(ranges), tuple(marks))


def _stretch(name: str, band: Band, meaning: str) -> Stretch:
    x = position(band[0])
    return Stretch(name, *band, x, round(position(band[1]) - x, 2), meaning)
