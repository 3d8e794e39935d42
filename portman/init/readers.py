"""What `portman init` finds: a port, its name, and the places that speak of it. Pure."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["service", "container"]


class Found(NamedTuple):
    """One port that a file of the project speaks of.

    `port` None: any will do. `where` is "compose.yaml:12", `what` the rest of the sentence.
    `variable` is the variable that the file takes or sets the port by. `weak` finds only add to
    what others found, or stand alone where nobody did.
    """

    name: str
    port: int | None
    where: str
    what: str
    kind: Kind = "service"
    target: int | None = None
    protocol: str = "tcp"
    compose: str = ""
    variable: str = ""
    size: int = 1
    weak: bool = False


class Address(NamedTuple):
    """A value with `localhost:PORT` in it, from an example env file."""

    variable: str
    value: str
    port: int
    where: str


def service_name(text: str, default: str = "web") -> str:
    """Return a text as the name of a service: lower case, letters, digits, `-`, a letter first."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower())
    parts = [part for part in plain.split("-") if part]
    name = "-".join(parts).lstrip("0123456789-")[:40].rstrip("-")
    return name or default


def port_number(text: str) -> int | None:
    """Return the port that a text spells, or None."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return number if 0 < number < 65536 else None
