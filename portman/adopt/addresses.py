"""Local addresses in JavaScript settings: rewrites of next.config, targets of a proxy.

The literal becomes a template whose number is a variable's, and the old one without it.
"""

from __future__ import annotations

import re

from portman.base.record import NamedTuple
from portman.init.findings import ADDRESS
from portman.integrations.js_text import blank, skip

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.adopt.edits import Edit, FileText
    from portman.adopt.project import Project

#: Next reads its env files before its config; Angular's server is started by `portman run`.
_FILES = re.compile(r"(?:^|/)(next\.config|proxy\.conf)\.[cm]?[jt]s$")
_URL = re.compile(r"(?:https?|wss?)://[^\"'`$\\\s]+")


class Led(NamedTuple):
    """Edits of addresses, and path -> variables that an env file beside them needs."""

    edits: tuple[Edit, ...]
    outputs: Mapping[str, tuple[str, ...]]


def lead_addresses(project: Project, scoped: Mapping[str, str]) -> Led:
    """Lead the addresses of other services in the config files of Next and of Angular's proxy.

    `scoped` are env files that a service has for itself: what those carry is decided there.
    """
    edits: list[Edit] = []
    outputs: dict[str, tuple[str, ...]] = {}
    for path in sorted(project.texts):
        match = _FILES.search(path)
        source = project.source(path) if match else None
        if match is None or source is None:
            continue
        folder = path.rpartition("/")[0]
        env = f"{folder}/.env.local" if folder and match[1] == "next.config" else ""
        if env in scoped.values():
            continue
        made = follow(source, 0, len(source.text), "process.env", project.urls())
        edits += (edit for edit, _ in made)
        names = tuple(dict.fromkeys(name for _, name in made))
        if env and names:
            outputs[env] = names
    return Led(tuple(edits), outputs)


def follow(
    source: FileText, begin: int, end: int, holder: str, urls: Mapping[int, str]
) -> list[tuple[Edit, str]]:
    """Return edit and variable of each address between two places; `holder` has the values."""
    text, found = source.text, []
    at = begin
    while at < end:
        after = skip(text, at)
        if after <= at:
            at += 1
            continue
        literal, first, at = text[at:after], at, after
        if literal[0] not in "\"'`" or not _URL.fullmatch(literal[1:-1]):
            continue
        address = ADDRESS.search(literal)
        variable = urls.get(int(address[2])) if address and address[2] else None
        if address is None or variable is None or text[blank(text, after) :][:1] == ":":
            continue
        number = f"${{{holder}.{variable} || {address[2]}}}"
        new = f"`{literal[1 : address.start(2)]}{number}{literal[address.end(2) : -1]}`"
        why = f"the address follows {variable}"
        found.append((source.edit(first, after, new, "client-url", why), variable))
    return found
