"""Which folders a client may ask about: what it has opened, and what is below."""

from __future__ import annotations

import os
from urllib.parse import quote, unquote, urlsplit
from urllib.request import url2pathname

from portman.base.errors import PortmanError
from portman.base.text import printable
from portman.checkout.ownership import lies_in

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable

#: The addresses of the resources; a checkout's has its folder, percent-encoded, at the end.
MACHINE, CHECKOUT = "portman://machine", "portman://checkout/"
#: How much of a path a message repeats.
_SHOWN = 200


def folders_of(uris: Iterable[str]) -> tuple[str, ...]:
    """Return the real folders of a client's roots; what is no file URI is left out."""
    parts = (urlsplit(uri) for uri in uris)
    found = (url2pathname(one.path) for one in parts if one.scheme == "file" and one.path)
    return tuple(os.path.realpath(one) for one in found if "\0" not in one)


def checked(path: str, roots: tuple[str, ...]) -> str:
    """Return the real folder. Raises PortmanError: usage, outside-roots."""
    shown = printable(path[:_SHOWN])
    if "\0" in path or not os.path.isabs(path) or not os.path.isdir(path):
        raise PortmanError(
            "usage",
            f"path {shown!r}: not the full path of a folder",
            hint="pass the full path of the checkout, the folder with ports.toml",
        )
    real = os.path.realpath(path)
    if roots and not any(lies_in(real, root) for root in roots):
        raise PortmanError(
            "outside-roots",
            f"{shown}: not below a folder that this client has opened",
            hint=f"open it in the client, or pass a path below {printable(roots[0])}",
        )
    return real


def address_of(path: str) -> str:
    return CHECKOUT + quote(path, safe="")


def path_of(address: str) -> str | None:
    if not address.startswith(CHECKOUT):
        return None
    path = unquote(address.removeprefix(CHECKOUT), errors="surrogateescape")
    return path if os.path.isabs(path) else f"/{path}"
