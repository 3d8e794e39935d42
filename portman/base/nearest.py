"""The nearest valid spelling of a word somebody wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

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
