"""`[env]` of the manifest: that its names are free, and every reference leads to a value."""

from __future__ import annotations

from portman.base.values import url
from portman.manifest.conflicts import check_name
from portman.manifest.document import Fault, dotted, quoted, shown
from portman.manifest.expand import (
    CHECKOUT_NAMES,
    HOST_NAMES,
    LINKED_PARTS,
    PARTS,
    Reference,
    TemplateError,
    in_order,
    linked,
    parse_template,
    variables_in,
)
from portman.manifest.keys import LONGEST_DOMAIN
from portman.manifest.names import beginning, is_justified, variable_flaw

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from portman.base.values import Service
    from portman.manifest.conflicts import Claimed

    Templates = dict[str, list[str | Reference]]

#: Windows takes 32,767 characters in a variable (SetEnvironmentVariable); all of them together
#: are bounded because values made from values grow without measure.
LONGEST_VALUE, LONGEST_TOTAL = 32_767, 1 << 20
#: A URL with the longest address there is; what a link leads to is not known yet.
_LONGEST_URL = len(url("0000:0000:0000:0000:0000:ffff:255.255.255.255", 65535, 5432))
#: A DNS label has 63 characters at most, a Compose project of ours 57.
LONGEST_NAME = 63
#: https://, three labels and a domain, a port.
LONGEST_ORIGIN = 8 + 3 * 64 + LONGEST_DOMAIN + 6
_TOO_LONG = f"becomes longer than {LONGEST_VALUE:,} characters"


def read_env(
    table: object,
    services: Mapping[str, Service],
    claimed: Claimed,
    faults: list[Fault],
    links: Collection[str] = (),
) -> tuple[tuple[str, str], ...]:
    """Return the `[env]` table in order. Its good names are added to `claimed`.

    What is asked of a link's project is looked up when the value is made, not here.
    """
    if not isinstance(table, dict):
        hint = 'write [env] on a line of its own, and NAME = "value" under it'
        faults.append(Fault(("env",), f"must be a table, not {shown(table)}", hint))
        return ()
    found: list[tuple[str, str]] = []
    templates: Templates = {}
    before = len(faults)
    for name, value in table.items():
        _check_claim(name, claimed, faults)
        if not isinstance(value, str):
            hint = "write it in quotes" if isinstance(value, (int, float)) else ""
            faults.append(Fault(("env", name), f"must be a text, not {shown(value)}", hint))
            continue
        found.append((name, value))
        template = _template(name, value, faults)
        if template is not None:
            templates[name] = template
    for name in table:
        claimed.setdefault(name, ("env", name))
    if templates:
        _check_references(templates, services, claimed, faults, links)
    if len(faults) == before:
        _check_justified(found, templates, services, faults)
    return tuple(found)


def _check_justified(
    found: Iterable[tuple[str, str]],
    templates: Templates,
    services: Mapping[str, Service],
    faults: list[Fault],
) -> None:
    """Refuse names that nothing here explains: a program may take them for a setting of its own."""
    names, texts = _beginnings(services), _rendered(templates, services)
    for name, value in found:
        text = texts.get(name, value)
        if variable_flaw(name) is None and not is_justified(name, text, names):
            said = "is a name that [env] does not give this value: neither of them says an address"
            faults.append(Fault(("env", name), said, _JUSTIFIED))


def explained(name: str, value: str, services: Mapping[str, Service]) -> bool:
    """Return whether a good value of `[env]` may also be written under this name."""
    text = _rendered({name: parse_template(value)}, services)[name]
    return is_justified(name, text, _beginnings(services))


def _rendered(templates: Templates, services: Mapping[str, Service]) -> dict[str, str]:
    """Return the values with an example for each reference that leads out of [env]."""
    order, _ = in_order({n: variables_in(parts, services) for n, parts in templates.items()})
    texts: dict[str, str] = {}
    for name in order:
        texts[name] = "".join(
            part if isinstance(part, str) else texts.get(part.text) or _example(part)
            for part in templates[name]
        )
    return texts


def _beginnings(services: Mapping[str, Service]) -> frozenset[str]:
    named = {one.compose or one.name for one in services.values()}.union(services)
    return frozenset(map(beginning, named))


_JUSTIFIED = (
    "end it in _URL, _HOST, _NAME or the like, and name no public host in an address; "
    "docs/security.md says which names [env] sets"
)


def _example(reference: Reference) -> str:
    """Return what a reference stands for, as far as its kind goes."""
    if reference.part in ("url", "origin") or reference.text.endswith(".url"):
        return "http://localhost:0"
    if reference.part in ("host", "name") or reference.text.endswith(".host"):
        return "localhost"
    return "0"


def _check_claim(name: str, claimed: Claimed, faults: list[Fault]) -> None:
    path = ("env", name)
    if check_name(name, path, faults) and name in claimed:
        said = f"is a variable that {dotted(claimed[name])} sets already"
        faults.append(Fault(path, said, "leave one of them out, or give it another name"))


def _template(name: str, value: str, faults: list[Fault]) -> list[str | Reference] | None:
    """Return the value in its parts; None after a fault, or if it is a plain text."""
    if not value.isprintable():
        bad = next((c for c in value if not c.isprintable() and _moves_lines(c)), None)
        if bad is not None:
            said = f"has the control character {quoted(bad)}, which no env file carries"
            faults.append(Fault(("env", name), said, "leave line ends and tabs out"))
            return None
    if len(value) > 2 * LONGEST_VALUE:  # too long even if every brace in it is doubled
        faults.append(Fault(("env", name), _TOO_LONG))
        return None
    try:
        return parse_template(value)
    except TemplateError as error:
        faults.append(Fault(("env", name), str(error), error.hint))
        return None


def _moves_lines(character: str) -> bool:
    """Tell control characters and line ends (C0, DEL, C1, LS, PS) from mere odd spaces."""
    code = ord(character)
    return code < 0x20 or 0x7F <= code <= 0x9F or code in (0x2028, 0x2029)


def _check_references(
    templates: Templates,
    services: Mapping[str, Service],
    claimed: Claimed,
    faults: list[Fault],
    links: Collection[str],
) -> None:
    before = len(faults)
    for name, parts in templates.items():
        for part in parts:
            if isinstance(part, Reference) and part.name in links:
                _check_link(name, part, faults)
            elif isinstance(part, Reference):
                _check_reference(name, part, services, claimed, faults, links)
    order, cycles = in_order({n: variables_in(parts, services) for n, parts in templates.items()})
    for cycle in cycles:
        way = " -> ".join(cycle if len(cycle) < 10 else [*cycle[:8], "..."])
        faults.append(Fault(("env", cycle[0]), f"is made from itself: {way}"))
    if len(faults) == before:
        _check_lengths(order, templates, services, faults)


def _check_link(name: str, reference: Reference, faults: list[Fault]) -> None:
    asked = quoted("{" + reference.text + "}")
    try:
        inner = linked(reference)
    except TemplateError as error:
        faults.append(Fault(("env", name), f"asks for {asked}, which {error}", error.hint))
        return
    if inner.part not in ("", *LINKED_PARTS):
        said = f"asks for {asked}, but a linked service has only .url and .host beside its port"
        hint = f"write {{{reference.name}.{inner.name}}} for the port"
        faults.append(Fault(("env", name), said, hint))
    elif inner.position < 0:
        said = f"asks for {asked}, but the ports of a service are counted from 1"
        faults.append(Fault(("env", name), said))


def _check_reference(  # noqa: PLR0913, PLR0917 - everything a reference may lead to
    name: str,
    reference: Reference,
    services: Mapping[str, Service],
    claimed: Claimed,
    faults: list[Fault],
    links: Iterable[str],
) -> None:
    service, asked = services.get(reference.name), quoted("{" + reference.text + "}")
    said, hint, word = "", "", None
    if reference.text in CHECKOUT_NAMES:
        return
    if service is None and reference.name not in claimed:
        said = f"asks for {asked}, but no service or variable has that name"
        word, hint = reference.name, "for a brace as such, write {{ or }}"
    elif service is None and reference.text != reference.name:
        said = f"asks for {asked}, but {reference.name} is a variable, not a service"
        hint = f"write {{{reference.name}}}"
    elif service is not None and reference.part not in ("", *PARTS):
        said = f"asks for {asked}, but a service has only .url, .host, .name and .origin"
        hint = f"write {{{reference.name}}} for the port"
    elif service is not None and not 0 <= reference.position < service.size:
        count = f"{service.size} ports" if service.size > 1 else "one port"
        said = f"asks for {asked}, but {service.name} has {count}, counted from 1"
        more = reference.position >= service.size
        hint = f"to give it more, write count = {reference.position + 1} there" if more else ""
    if said:
        faults.append(Fault(("env", name), said, hint, word, _Names(services, claimed, links)))


class _Names:
    """All that a reference may name, put together only if a hint asks for it."""

    def __init__(self, *groups: Iterable[str]) -> None:
        self.groups = groups

    def __iter__(self) -> Iterator[str]:
        for group in self.groups:
            yield from group


def _check_lengths(
    order: Iterable[str], templates: Templates, services: Mapping[str, Service], faults: list[Fault]
) -> None:
    """Add up how long the values can become, without making any."""
    longest: dict[str, int] = {}
    too_long: set[str] = set()
    for name in order:
        parts = templates[name]
        longest[name] = sum(_length(part, services, longest) for part in parts)
        if longest[name] > LONGEST_VALUE:
            longest[name] = LONGEST_VALUE + 1
            if not too_long.intersection(variables_in(parts, services)):
                faults.append(Fault(("env", name), _TOO_LONG))
            too_long.add(name)
    if not too_long and sum(longest.values()) > LONGEST_TOTAL:
        faults.append(Fault(("env",), f"becomes longer than {LONGEST_TOTAL:,} characters in all"))


def _length(
    part: str | Reference, services: Mapping[str, Service], longest: Mapping[str, int]
) -> int:
    if isinstance(part, str):
        return len(part)
    service = services.get(part.name)
    if part.text in CHECKOUT_NAMES:
        return LONGEST_NAME
    if service is None:
        return longest.get(part.name, _LONGEST_URL if part.part else 5)
    if part.part == "":
        return 5
    if part.part in HOST_NAMES:
        return LONGEST_ORIGIN
    known = service.target or service.usual
    return len(url(service.host, 65535, known) if part.part == "url" else service.host)
