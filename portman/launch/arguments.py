"""`{web}`, `{web.url}` in the arguments of a command. Pure.

Arguments are often code or JSON, full of braces that mean something else. So only what looks like
a reference is one: `{print $1}`, `{}`, `{"a": 1}`, `listen({fd: 3})` and the shell's `${HOME}`
stay unchanged. In a word that is a template throughout, `{{` and `}}` are braces; in any other
word `{{web}}` is `{web}`.
"""

from __future__ import annotations

import re

from portman.base.errors import PortmanError
from portman.base.text import nearest, printable
from portman.base.values import url
from portman.manifest.expand import (
    CHECKOUT_NAMES,
    HOST_NAMES,
    PARTS,
    Reference,
    TemplateError,
    parse_template,
)

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.launch.facts import RunEnvironment

_LIKE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_]+)*")
_IN_CODE = re.compile(
    r"(?<!\$)\{\{(" + _LIKE.pattern + r")\}\}|(?<!\$)\{(" + _LIKE.pattern + r")\}"
)
_DOUBLED = "write {{ and }} for the braces themselves"


def fill(argv: list[str], environment: RunEnvironment) -> list[str]:
    """Fill in every reference.

    A reference is a service (`{web}`, `{web.url}`, `{web.host}`, `{shard.2}`) or a variable of
    [env]. Raises PortmanError "usage" that names what cannot be filled.
    """
    return [_fill(word, environment) if "{" in word or "}" in word else word for word in argv]


def _fill(word: str, environment: RunEnvironment) -> str:
    try:
        parts = parse_template(word)
    except TemplateError:
        return _fill_code(word, environment)
    if "${" in word or not all(
        _LIKE.fullmatch(part.text) for part in parts if isinstance(part, Reference)
    ):
        return _fill_code(word, environment)
    return "".join(
        part if isinstance(part, str) else _value(part, word, environment) for part in parts
    )


def _fill_code(word: str, environment: RunEnvironment) -> str:
    """Fill in what looks like a reference, and leave every other brace alone."""

    def value(found: re.Match[str]) -> str:
        doubled, single = found.groups()
        if doubled is not None:
            return "{" + doubled + "}"
        (reference,) = parse_template("{" + single + "}")
        return (
            _value(reference, word, environment) if isinstance(reference, Reference) else reference
        )

    return _IN_CODE.sub(value, word)


def _value(reference: Reference, word: str, environment: RunEnvironment) -> str:
    if reference.text in CHECKOUT_NAMES:
        return _checkout_name(reference, word, environment)
    service = environment.service(reference.name)
    if service is None:
        return _variable(reference, word, environment)
    if reference.part and reference.part not in PARTS:
        parts = f"a port, .url, .host, .name and .origin; not .{reference.part}"
        raise _unfilled(reference, word, f"service {service.name} has {parts}")
    if reference.part == "host":
        return service.host
    if not 0 <= reference.position < len(service.ports):
        raise _unfilled(reference, word, f"service {service.name} has {len(service.ports)} ports")
    if reference.part in HOST_NAMES:
        return environment.host_names()[reference.text]
    port = service.ports[reference.position]
    if reference.part == "url":
        return url(service.host, port, service.known, service.protocols)
    return str(port)


def _checkout_name(reference: Reference, word: str, environment: RunEnvironment) -> str:
    if reference.text == "checkout.slug":
        return environment.slug
    if not environment.project:
        raise _unfilled(reference, word, "ports.toml has no [containers.*]")
    return environment.project


def _variable(reference: Reference, word: str, environment: RunEnvironment) -> str:
    value = dict(environment.variables).get(reference.text)
    if value is not None:
        return value
    known = [service.name for service in environment.services]
    known += [name for name, _ in environment.variables]
    near = nearest(reference.name, known)
    guess = f"did you mean {{{near}}}? Or " if near else "Known: see portman env. Or "
    raise PortmanError(
        "usage",
        f"{printable(word)!r}: no service or variable {printable(reference.name)!r}",
        hint=guess + _DOUBLED,
    )


def _unfilled(reference: Reference, word: str, why: str) -> PortmanError:
    return PortmanError(
        "usage", f"{printable(word)!r}: {{{printable(reference.text)}}}: {why}", hint=_DOUBLED
    )
