"""Which numbers may be handed out, from the kernel's own facts."""

from __future__ import annotations

import pytest

from portman.core import pool


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
    ],
    ids=[
        "Linux",
        "macOS and Windows",
        "WSL",
        "too little left",
        "everything automatic",
        "automatic range in the low band",
        "[pool] range",
        "a hole in the dynamic range",
    ],
)
def test_pool_keeps_out_of_the_automatic_range(
    automatic: pool.Band, wsl: bool, wanted: pool.Band | None, bands: tuple[pool.Band, ...]
) -> None:
    """The dynamic range less what the kernel hands out; below it where too little is left."""
    assert pool.make_pool(automatic, wsl=wsl, wanted=wanted).bands == bands


def test_browsers_list_is_the_standards() -> None:
    """83 ports in the standard, nineteen of them above 1023 (allocation.md, R4)."""
    assert len(pool.BROWSER_REFUSED) + len(pool.BROWSER_REFUSED_SYSTEM) == 83
    assert {6000, 6665, 6669, 10080} <= pool.BROWSER_REFUSED
    assert all(port < 1024 for port in pool.BROWSER_REFUSED_SYSTEM)


def test_start_lies_in_the_band_and_spreads() -> None:
    """Every band is used from end to end."""
    starts = [pool.start_in((100, 199), "shop", str(n)) for n in range(2000)]
    assert set(starts) == set(range(100, 200))
    assert pool.start_in((7, 7), "x") == 7


def test_start_is_pinned() -> None:
    """The same words give the same port in every release: a lost ledger may lean on it."""
    assert pool.start_in((61000, 65535), "shop", "/home/me/shop", "", "web") == PINNED


PINNED = 64065
