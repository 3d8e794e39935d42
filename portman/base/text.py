"""Text for people: holders, paths, spelling, lengths of time. Pure."""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def printable(text: str) -> str:
    """Return `text` with control characters escaped, so that no name can control a terminal."""
    if text.isprintable():
        return text
    return "".join(
        char
        if char.isprintable()
        else char.encode("unicode_escape", "replace").decode("ascii")
        if not "\ud800" <= char <= "\udfff"
        else f"\\x{ord(char) & 0xFF:02x}"
        for char in text
    )


def home_short(path: str, home: str) -> str:
    if home and home != "/" and (path == home or path.startswith(home + "/")):
        return "~" + path[len(home) :]
    return path


def counted(number: int, thing: str) -> str:
    """Return "1 port" or "1,200 ports"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


class Pattern:
    """A regular expression that is compiled when it is used: `re` costs as much as Python's start.

    Has the methods of re.Pattern; `re` itself keeps what was compiled.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __getattr__(self, name: str) -> Any:
        import re

        return getattr(re.compile(self._text), name)


# The nearest valid spelling of a word that a user wrote.

#: Comparing is quadratic in the word, and linear in the choices: bounded, as input is foreign.
LONGEST_WORD, MOST_CHOICES = 64, 1000


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that `word` is most likely meant to be, or None if none is near.

    Case is ignored, and `-` counts as `_`; an equal word in other letters is always nearest.
    """
    if not word or len(word) > LONGEST_WORD:
        return None
    from difflib import get_close_matches
    from itertools import islice

    folded: dict[str, str] = {}
    for choice in islice(choices, MOST_CHOICES):
        folded.setdefault(_fold(choice), choice)
    if _fold(word) in folded:
        return folded[_fold(word)]
    found = get_close_matches(_fold(word), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def _fold(word: str) -> str:
    return word.casefold().replace("-", "_")


# Lengths of time.

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
    return counted(whole, "second")


def ago(seconds: float) -> str:
    return "just now" if seconds < 1 else f"{span(seconds)} ago"


def dumps(value: object) -> str:
    """Return what json.dumps does, from its C encoder alone: the package loads `re` to read."""
    try:
        from _json import encode_basestring_ascii, make_encoder

        plain: Any = (None, encode_basestring_ascii, None, ": ", ", ", False, False, True)
        return "".join(make_encoder({}, *plain)(value, 0))
    except (ImportError, TypeError):  # another Python; or what no encoder takes
        import json

        return json.dumps(value)
