"""Which ports may be handed out: bands of the pool, and the numbers that are never handed out.

A port that the kernel gives to outgoing connections automatically is stolen in up to 48 % of cases
under load, one outside that range never was in 500 (docs/decisions/0005). So the pool is the
dynamic range of RFC 6335 less the automatic range, or, where that leaves too little, a band
below every automatic range in use.
"""

from __future__ import annotations

from portman.base.record import NamedTuple

Band = tuple[int, int]

#: RFC 6335, section 6: system ports, user ports, dynamic ports.
SYSTEM: Band = (0, 1023)
USER: Band = (1024, 49151)
DYNAMIC: Band = (49152, 65535)

#: Where too little of the dynamic range is left. 150 of these 10,000 are registered at IANA.
LOW: Band = (20000, 29999)
#: Tried when a band is full, before giving up. 30000-32767 is left to Kubernetes NodePort.
SPARE: Band = (10000, 19999)
#: Fewer ports than this are not worth calling a pool.
ENOUGH = 2000

#: "Bad ports" of the WHATWG Fetch standard (fetch.bs, 2026-07), those from 1024 up:
#: browsers refuse to open them. AirPlay takes 5000 and 7000 on a Mac.
BROWSER_REFUSED = frozenset(
    {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566}
    | {6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080}
)
#: The same standard's list below 1024, for `explain`.
BROWSER_REFUSED_SYSTEM = frozenset(
    {0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95}
    | {101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161}
    | {179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563}
    | {587, 601, 636, 989, 990, 993, 995}
)
AIRPLAY = frozenset({5000, 7000})


class Pool(NamedTuple):
    """Bands in the order they are used up. `chosen` is true when ports.toml names the range."""

    bands: tuple[Band, ...]
    chosen: bool = False


def size(band: Band) -> int:
    return max(0, band[1] - band[0] + 1)


def without(band: Band, other: Band) -> tuple[Band, ...]:
    below = (band[0], min(band[1], other[0] - 1))
    above = (max(band[0], other[1] + 1), band[1])
    return tuple(part for part in (below, above) if size(part))


def make_pool(automatic: Band, *, wsl: bool = False, wanted: Band | None = None) -> Pool:
    """Return the pool of a machine whose kernel hands out `automatic`.

    `wanted` is the manifest's `[pool] range` and then the only band. `wsl` is true inside WSL,
    whose Windows host takes ports from the dynamic range as well.
    """
    if wanted is not None:
        return Pool((wanted,), chosen=True)
    dynamic = max(without(DYNAMIC, automatic), key=size, default=(1, 0))
    low = [part for band in (LOW, SPARE) for part in without(band, automatic)]
    if size(dynamic) >= ENOUGH and not wsl:
        return Pool((dynamic, *low))
    return Pool(tuple(low) or (LOW,))


def start_in(band: Band, *words: str) -> int:
    """Return the port of `band` where the search for these words begins.

    The same words give the same port on every machine and in every run (unlike `hash`).
    """
    return band[0] + _fnv1a("\0".join(words).encode("utf-8", "surrogatepass")) % size(band)


def _fnv1a(data: bytes) -> int:
    """Return the 64-bit FNV-1a hash, folded once; importing hashlib would cost 3 ms."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value ^ (value >> 32)


def inside(port: int, band: Band) -> bool:
    return band[0] <= port <= band[1]
