"""Lengths of time in words, and when a checkout counts as stale."""

from __future__ import annotations

import pytest

from portman.allocation.plan import DAY, is_stale, last_used
from portman.base.text import ago, span


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 seconds"),
        (1, "1 second"),
        (59.9, "59 seconds"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (5400, "90 minutes"),
        (7200, "2 hours"),
        (2 * DAY - 1, "47 hours"),
        (2 * DAY, "2 days"),
        (13 * DAY, "13 days"),
        (14 * DAY, "2 weeks"),
    ],
)
def test_span(seconds: float, text: str) -> None:
    """The largest unit that counts at least two."""
    assert span(seconds) == text


def test_ago() -> None:
    """Less than a second is now."""
    assert (ago(0.5), ago(60)) == ("just now", "60 seconds ago")


def test_last_used_is_the_newest_moment_and_never_in_the_future() -> None:
    """What runs is used now, whatever the files say."""
    assert last_used((10, 30, 20), running=False, now=100) == 30
    assert last_used((10, 500), running=False, now=100) == 100
    assert last_used((), running=False, now=100) == 0
    assert last_used((10,), running=True, now=100) == 100


@pytest.mark.parametrize(
    ("used", "gone", "running", "days", "stale"),
    [
        (100 * DAY, False, False, 30, False),
        (70 * DAY, False, False, 30, True),
        (70 * DAY + 1, False, False, 30, False),
        (0, False, True, 30, False),
        (100 * DAY, True, False, 30, True),
        (100 * DAY, False, False, 0, True),
    ],
)
def test_stale(used: int, gone: bool, running: bool, days: int, stale: bool) -> None:
    """Gone, or unused for so many days with nothing running."""
    assert is_stale(used, gone=gone, running=running, now=100 * DAY, days=days) is stale
