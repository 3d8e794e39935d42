"""The arguments that give a container started by `docker run` its leased ports. Pure.

They are for `docker run $(portman publish cache)`: a shell splits such words at white space and
expands `*`, `?` and `[` in them, and takes no quotes off. So nothing here is quoted, and a path
in a label is percent-coded where it has such characters (`read_label` decodes it).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.containers.model import CHECKOUT, NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.base.values import Lease, Service

_SPLIT = frozenset("%*?[]\\'\"`$&;|<>(){}~!#")


def arguments(pairs: Iterable[tuple[Service, Lease]], token: str) -> list[str]:
    """Return `-p HOST:PORT:TARGET` for every lease, and the labels that make it this checkout's.

    `token` is `core.ownership.checkout_token` of the checkout. Ports in a row become a range.
    """
    words: list[str] = []
    names: list[str] = []
    for service, lease in pairs:
        names.append(service.name)
        for protocol in lease.protocols:
            ending = "" if protocol == "tcp" else f"/{protocol}"
            inner = _range(service.target or 0, lease.size)
            outer = _range(lease.port, lease.size)
            words += ["-p", f"{_address(service.host)}:{outer}:{inner}{ending}"]
    return [*words, "--label", f"{CHECKOUT}={label(token)}", "--label", f"{NAME}={names[0]}"]


def label(text: str) -> str:
    """Return a text as one word of a shell, percent-coded where it has to be."""
    return "".join(
        "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))
        if char in _SPLIT or char.isspace() or not char.isprintable()
        else char
        for char in text
    )


def read_label(text: str) -> str:
    """Return what `label` was given."""
    if "%" not in text:
        return text
    from urllib.parse import unquote

    return unquote(text, errors="surrogateescape")


def _range(first: int, size: int) -> str:
    return str(first) if size == 1 else f"{first}-{first + size - 1}"


def _address(host: str) -> str:
    address = "127.0.0.1" if host == "localhost" else host
    return f"[{address}]" if ":" in address else address
