"""How long ago, in the words one would use."""

from __future__ import annotations

_UNITS = ((7 * 86400, "week"), (86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def span(seconds: float) -> str:
    """Return a length of time in its largest unit that counts at least two (or one second).

    So 90 minutes are "90 minutes", and 25 hours are "25 hours": never off by half.
    """
    whole = max(int(seconds), 0)
    for size, word in _UNITS:
        count = whole // size
        if count >= 2:
            return f"{count} {word}s"
    return f"{whole} second{'' if whole == 1 else 's'}"


def ago(seconds: float) -> str:
    """Return "3 hours ago", or "just now"."""
    return "just now" if seconds < 1 else f"{span(seconds)} ago"
