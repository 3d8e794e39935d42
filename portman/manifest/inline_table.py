"""One statement `services = { web = 3000, db = 5432 }`: an entry put in or taken out."""

from __future__ import annotations

import re
from itertools import pairwise

from portman.manifest.locate import STRING

#: What may hide a comma or a brace, then the marks themselves.
_TOKENS = re.compile(rf"{STRING}|#[^\n]*|[\[\]{{}},]")


def with_entry(statement: str, name: str, value: str) -> str:
    """Return the statement with `name = value` as the last entry of its table."""
    brace = statement.rindex("}")
    last = len(statement[:brace].rstrip(" \t"))
    empty = statement[last - 1] == "{"
    apart, end = (" ", " ") if empty else (", ", statement[last:brace])
    return f"{statement[:last]}{apart}{name} = {value}{end}{statement[brace:]}"


def without_entry(statement: str, name: str) -> str:
    """Return the statement without the entry (or dotted entries) of `name`."""
    first, last, entries = _split(statement)
    kept = [entry for entry in entries if name not in _keys(entry)]
    if not kept:
        return f"{first}{{}}{last}"
    start = entries[0][: len(entries[0]) - len(entries[0].lstrip())]
    end = entries[-1][len(entries[-1].rstrip()) :]
    kept[0] = start + kept[0].lstrip()
    kept[-1] = kept[-1].rstrip() + end
    return f"{first}{{{','.join(kept)}}}{last}"


def _split(statement: str) -> tuple[str, str, list[str]]:
    """Return what stands before the table, after it, and its entries with their blanks."""
    depth = 0
    cuts: list[int] = []  # the opening brace, the commas, the closing brace
    for token in _TOKENS.finditer(statement):
        mark = token.group()
        depth += (mark in "[{") - (mark in "]}")
        if depth == (mark in "{,"):
            cuts.append(token.start())
        if cuts and depth == 0:
            break
    entries = [statement[start + 1 : end] for start, end in pairwise(cuts)]
    return statement[: cuts[0]], statement[cuts[-1] + 1 :], entries


def _keys(entry: str) -> dict[str, object]:
    import tomllib

    return tomllib.loads(entry.strip())
