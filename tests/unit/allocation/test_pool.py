"""Which numbers may be handed out, from the kernel's own facts."""

from __future__ import annotations

import pytest

from portman.allocation import pool


@pytest.mark.parametrize(
    ("automatic", "wsl", "wanted", "bands"),
    [
        ((32768, 60999), False, None, ((61000, 65535), (20000, 29999), (10000, 19999))),
        ((49152, 65535), False, None, ((20000, 29999), (10000, 19999))),
        ((32768, 60999), True, None, ((20000, 29999), (10000, 19999))),
        ((32768, 65000), False, None, ((20000, 29999), (10000, 19999))),
        ((1024, 65535), False, None, ((20000, 29999),)),
        ((15000, 25000), False, None, ((49152, 65535), (25001, 29999), (10000, 14999))),
        ((32768, 60999), False, (3000, 3999), ((3000, 3999),)),
        ((55000, 57000), False, None, ((57001, 65535), (20000, 29999), (10000, 19999))),
        ((60000, 62000), False, None, ((49152, 59999), (20000, 29999), (10000, 19999))),
    ],
    ids=[
        "Linux",
        "macOS and Windows",
        "WSL",
        "too little left",
        "everything automatic",
        "automatic range in the low band",
        "[pool] range",
        "a hole in the dynamic range, low",
        "a hole in the dynamic range, high",
    ],
)
def test_pool_keeps_out_of_the_automatic_range(
    automatic: pool.Band, wsl: bool, wanted: pool.Band | None, bands: tuple[pool.Band, ...]
) -> None:
    """The dynamic range less what the kernel hands out; below it where too little is left."""
    assert pool.make_pool(automatic, wsl=wsl, wanted=wanted).bands == bands


def test_browsers_list_is_the_standards() -> None:
    """The 83 "bad ports" of WHATWG Fetch, as they stand there (allocation.md, R4)."""
    system = """
        0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110
        111 113 115 117 119 123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532
        540 548 554 556 563 587 601 636 989 990 993 995"""
    above = """
        1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697
        10080"""
    assert {int(word) for word in system.split()} == pool.BROWSER_REFUSED_SYSTEM
    assert {int(word) for word in above.split()} == pool.BROWSER_REFUSED
    assert len(pool.BROWSER_REFUSED) + len(pool.BROWSER_REFUSED_SYSTEM) == 83


def test_edges_of_bands() -> None:
    """RFC 6335, section 6; a band has both its ends, and 2,000 ports are enough for a pool."""
    assert (pool.SYSTEM, pool.USER, pool.DYNAMIC) == ((0, 1023), (1024, 49151), (49152, 65535))
    assert {5000, 7000} == pool.AIRPLAY
    low, high = pool.LOW
    inside = [pool.inside(port, pool.LOW) for port in (low - 1, low, high, high + 1)]
    assert inside == [False, True, True, False]
    just = (32768, 65535 - pool.ENOUGH)
    assert pool.make_pool(just).bands[0] == (65536 - pool.ENOUGH, 65535)
    assert pool.make_pool((just[0], just[1] + 1)).bands[0] == pool.LOW
    assert pool.ENOUGH == 2000
    assert not pool.make_pool(just).chosen
    assert pool.make_pool(just, wanted=(1, 2)).chosen


def test_start_lies_in_the_band_and_spreads() -> None:
    """Every band is used from end to end."""
    starts = [pool.start_in((100, 199), "shop", str(n)) for n in range(2000)]
    assert set(starts) == set(range(100, 200))
    assert pool.start_in((7, 7), "x") == 7
    assert 100 <= pool.start_in((100, 199), "/work/\udcff") <= 199  # a path need not be UTF-8


def test_start_is_pinned() -> None:
    """The same words give the same port in every release: a lost ledger may lean on it."""
    assert pool.start_in((61000, 65535), "shop", "/home/me/shop", "", "web") == PINNED


PINNED = 64065
