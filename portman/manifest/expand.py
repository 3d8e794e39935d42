"""`[env]`: values made from ports. `{web}`, `{web.url}`, `{web.host}`, `{shard.2}`, `{OTHER}`.

`{accounts.api.url}` is the same of a service of another project, if `[links]` has it.
`{checkout.slug}` and `{compose.project}` are names of the checkout, for other tools.
"""

from __future__ import annotations

from portman.base.record import NamedTuple
from portman.base.values import PROXIES

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from portman.base.values import Manifest, Service

#: Those of another project, whose host names are its own affair.
LINKED_PARTS = ("url", "host")
#: Those that names/layout.py makes.
HOST_NAMES = ("name", "origin")
PARTS = (*LINKED_PARTS, *HOST_NAMES)
#: References that name no service: what of the checkout has its own value in each.
CHECKOUT_NAMES = ("checkout.slug", "compose.project")
MOST_CYCLES = 20


class Reference(NamedTuple):
    """`{name.2.url}`: a service or variable, which of its ports (0-based), and what of it.

    `part` is one of PARTS, or "" for the port itself; `text` is the whole as written.
    """

    name: str
    position: int = 0
    part: str = ""
    text: str = ""


class Neighbour(NamedTuple):
    """Another project, as far as values are made from it: its services and their ports."""

    services: Mapping[str, Service]
    ports: Mapping[str, Sequence[int]]


class TemplateError(ValueError):
    """A template that cannot be read; `hint` says how to write it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def expand(
    manifest: Manifest,
    ports: Mapping[str, Sequence[int]],
    neighbours: Mapping[str, Neighbour] | None = None,
    names: Mapping[str, str] | None = None,
) -> list[tuple[str, str]]:
    """Return all variables in order: those of the services, then those of `[env]`.

    A service that `ports` (or a neighbour, by the name of its link) does not know yet is left
    out, and so is every value made from it. `names` has the values of CHECKOUT_NAMES, and of
    `web.name` and its like. The manifest must be one that `parse_manifest` accepted.
    """
    rows: list[tuple[str, str]] = []
    for service in manifest.services:
        own = ports.get(service.name, ())
        rows += [(name, str(own[at])) for name, at in service.variables() if at < len(own)]
    if not manifest.env:
        return rows
    values = {**(names or {}), **dict(rows)}
    known = {"": Neighbour({one.name: one for one in manifest.services}, ports)}
    known |= neighbours or {}
    templates = {name: parse_template(text) for name, text in manifest.env}
    own_names = known[""].services
    order, _ = in_order({name: variables_in(parts, own_names) for name, parts in templates.items()})
    links = {link.name for link in manifest.links}
    for name in order:
        pieces = [_piece(part, known, links, values) for part in templates[name]]
        if None not in pieces:
            values[name] = "".join(piece for piece in pieces if piece is not None)
    return rows + [(name, values[name]) for name, _ in manifest.env if name in values]


def uses_names(manifest: Manifest) -> bool:
    return any(one.format in PROXIES for one in manifest.outputs) or any(
        f".{part}}}" in text for _, text in manifest.env for part in HOST_NAMES
    )


def parse_template(text: str) -> list[str | Reference]:
    """Split a value into literal text and references; `{{` and `}}` are literal braces.

    Raises TemplateError for a brace without its partner and for a malformed reference.
    """
    parts: list[str | Reference] = []
    at, length = 0, len(text)
    opened = closed = -1  # the next of each (`length`: none), searched again when passed
    while at < length:
        opened = opened if opened >= at else text.find("{", at) % (length + 1)
        closed = closed if closed >= at else text.find("}", at) % (length + 1)
        brace = min(opened, closed)
        if brace > at:
            parts.append(text[at:brace])
        if brace == length:
            break
        if text[brace : brace + 2] in ("{{", "}}"):
            parts.append(text[brace])
            at = brace + 2
            continue
        inside = text[brace + 1 : closed]
        if closed in (brace, length) or "{" in inside:
            raise TemplateError(
                "has a { without its }" if text[brace] == "{" else "has a } without its {",
                "write {{ and }} for the braces themselves",
            )
        parts.append(_reference(inside))
        at = closed + 1
    return parts


def variables_in(parts: Iterable[str | Reference], services: Container[str]) -> list[str]:
    references = (part for part in parts if isinstance(part, Reference))
    names = (one.name for one in references if one.text not in CHECKOUT_NAMES)
    return [name for name in names if name not in services]


def in_order(links: Mapping[str, Iterable[str]]) -> tuple[list[str], list[list[str]]]:
    """Return the names so that each follows what it links to, and the cycles that were met.

    A cycle is [A, B, A]. Links to names that are not a key are passed over. No
    recursion: a chain may be as long as a file.
    """
    order: list[str] = []
    cycles: list[list[str]] = []
    done: dict[str, bool] = {}  # False while the name is on the way
    for start in links:
        if start in done:
            continue
        way, todo = [start], [iter(links[start])]
        done[start] = False
        while way:
            link = next((name for name in todo[-1] if not done.get(name) and name in links), None)
            if link is None:
                todo.pop()
                done[way[-1]] = True
                order.append(way.pop())
            elif link in done:
                if len(cycles) < MOST_CYCLES:
                    cycles.append([*way[way.index(link) :], link])
            else:
                done[link] = False
                way.append(link)
                todo.append(iter(links[link]))
    return order, cycles


def linked(reference: Reference) -> Reference:
    """Return what `{accounts.api.2.url}` asks of the project behind the link: `api.2.url`.

    Raises TemplateError if it names no service there.
    """
    rest = reference.text.partition(".")[2]
    if not rest or reference.position:
        hint = f"write {{{reference.name}.SERVICE}} or {{{reference.name}.SERVICE.url}}"
        raise TemplateError(f"names the project {reference.name}, but no service of it", hint)
    return _reference(rest)


def links_used(manifest: Manifest) -> dict[str, list[Reference]]:
    """Return, by the name of each link that `[env]` uses, what is asked of it."""
    used: dict[str, list[Reference]] = {}
    names = {link.name for link in manifest.links}
    for _, text in manifest.env if names else ():
        for part in parse_template(text):
            if isinstance(part, Reference) and part.name in names:
                used.setdefault(part.name, []).append(linked(part))
    return used


def _piece(
    part: str | Reference,
    known: Mapping[str, Neighbour],
    links: Container[str],
    values: Mapping[str, str],
) -> str | None:
    """Return the text of one part, None if the lease it speaks of is not there yet."""
    if isinstance(part, str):
        return part
    if part.name in links:
        there = known.get(part.name)
        return _of_service(linked(part), there) if there else None
    if part.text in CHECKOUT_NAMES or part.part in HOST_NAMES:
        return values.get(part.text)
    if part.name in known[""].services:
        return _of_service(part, known[""])
    return values.get(part.name)


def _of_service(part: Reference, place: Neighbour) -> str | None:
    service, own = place.services.get(part.name), place.ports.get(part.name, ())
    if service is not None and part.part == "host":
        return service.host
    if service is None or part.position >= len(own):
        return None
    port = own[part.position]
    return service.url_at(port) if part.part == "url" else str(port)


def _reference(inside: str) -> Reference:
    """Read `web`, `web.url`, `shard.2` or `shard.2.url`; whether it leads anywhere is not asked."""
    name, *more = inside.split(".")
    if not name.strip():
        hint = 'write {web} for a port, or {{ for a "{"'
        raise TemplateError("has {} with no name in it", hint)
    position = 0
    if more and more[0].isascii() and more[0].isdigit():
        position = int(more.pop(0)[:6]) - 1
    return Reference(name, position, ".".join(more), inside)
