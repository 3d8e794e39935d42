"""Which variables a service has for itself, and which file has which variables.

Two programs may both read PORT. A service with a folder or an env file of its own therefore has its
names for that file and for its own `run`; the whole project knows its port as NAME_PORT. Without
an `env_file`, names that no other service has are for the whole project as well.
"""

from __future__ import annotations

from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from portman.base.values import Manifest, Output, Service


class Source(NamedTuple):
    """A name in a file and where its value is from: a service's own variable, or the project's."""

    name: str
    variable: str
    service: str = ""


def sources(output: Output, services: Mapping[str, Service], names: Iterable[str]) -> list[Source]:
    """Return what a file has, in order: the own variables of its services, then the project's.

    `names` are the variables of the whole project. A service's own variable comes before one of
    the project with the same name.
    """
    found = [
        Source(name, name, service)
        for service in output.services
        for name, _ in services[service].own_variables()
    ]
    renamed = {variable for _, variable in output.rename}
    found += [
        Source(name, name)
        for name in names
        if (name not in renamed if output.only is None else name in output.only)
    ]
    return [*found, *(Source(name, variable) for name, variable in output.rename)]


def values_of(
    output: Output,
    manifest: Manifest,
    values: Sequence[tuple[str, str]],
    ports: Mapping[str, Sequence[int]],
) -> list[tuple[str, str]]:
    """Return the variables of a file; a service or a value that is not known yet is left out."""
    if not output.services and not output.rename:
        if output.only is None:
            return list(values)
        return [one for one in values if one[0] in output.only]
    services = {one.name: one for one in manifest.services}
    known = {("", name): value for name, value in values}
    for service in output.services:
        for name, at in services[service].own_variables():
            own = ports.get(service, ())
            if at < len(own):
                known[service, name] = str(own[at])
    first: dict[str, Source] = {}
    for one in sources(output, services, (name for name, _ in values)):
        first.setdefault(one.name, one)
    keys = [(name, (one.service, one.variable)) for name, one in first.items()]
    return [(name, known[key]) for name, key in keys if key in known]


def ports_in(output: Output, manifest: Manifest, block: Mapping[str, str]) -> dict[str, int]:
    """Return the port that our block in a file gives each service: what `values_of` wrote."""
    services = {one.name: one for one in manifest.services}
    if output.services or output.rename:
        claimed = [name for one in manifest.services for name, _ in one.variables()]
        found = sources(output, services, claimed)
    else:
        found = [Source(name, name) for name in block]
    said = {(one.service, one.variable): block[one.name] for one in found if one.name in block}
    numbers: dict[str, int] = {}
    for service in manifest.services:
        keys = [(service.name, name) for name in service.own]
        keys += [("", name) for name in service.env]
        text = next((said[key] for key in keys if key in said), "")
        if text.isascii() and text.isdigit() and len(text) < 6 and 0 < int(text) < 65536:
            numbers[service.name] = int(text)
    return numbers
