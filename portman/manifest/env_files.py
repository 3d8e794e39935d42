"""Variables that a service has for itself, and files in which no name may have two values.

What the files then have, scopes.py says.
"""

from __future__ import annotations

from portman.base.values import TEMPLATE, Output
from portman.manifest.conflicts import check_name, path_of
from portman.manifest.document import Fault, dotted, quoted
from portman.manifest.names import default_name, variable_flaw
from portman.manifest.scopes import Source, sources

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from portman.base.values import EnvFile, Service
    from portman.manifest.conflicts import Claimed
    from portman.manifest.locate import KeyPath


def scoped(services: Sequence[Service], tree: Mapping[str, object]) -> tuple[Service, ...]:
    """Give every service with `dir` or `env_file` its own variables and those of the project."""
    if not any(one.dir or one.env_file for one in services):
        return tuple(services)
    owners: dict[str, set[str]] = {}
    for one in services:
        for name, _ in one.variables():
            owners.setdefault(name, set()).add(one.name)
    derived = tree.get("env")
    named = {*owners, *(derived if isinstance(derived, dict) else ())}
    return tuple(_scoped(one, owners, named) for one in services)


def _scoped(service: Service, owners: Mapping[str, set[str]], named: Container[str]) -> Service:
    if not (service.dir or service.env_file):
        return service
    file = service.env_file
    if file is not None and service.dir:
        file = file._replace(path=f"{service.dir}/{file.path}")
    default = default_name(service.name)
    wanted = [
        name
        for name in service.env
        if not file and all(owners[one] == {service.name} for one in _numbered(service, name))
    ]
    # NAME_PORT stays for the project, unless a person has given that name to something else.
    free = owners[default] == {service.name} if default in owners else default not in named
    if service.env and free and default not in wanted and variable_flaw(default) is None:
        wanted.append(default)
    return service._replace(env=tuple(wanted), own=service.env, env_file=file)


def _numbered(service: Service, name: str) -> list[str]:
    return [one for one, _ in service._replace(env=(name,)).variables()]


def check_own(services: Iterable[Service], faults: list[Fault]) -> None:
    """Check the names that a service has for itself alone; the others are the project's."""
    for service in services:
        for place, name in enumerate(service.own):
            path: KeyPath = (*path_of(service), "env")
            if name in service.env:
                continue  # checked with those of the project
            if name in service.own[:place]:
                said = f"has {quoted(name)} for a second time"
                faults.append(Fault(path, said, "delete one of them"))
            else:
                check_name(name, path, faults)


def with_env_files(
    outputs: Sequence[Output],
    services: Mapping[str, Service],
    claimed: Claimed,
    derived: Mapping[str, str],
    faults: list[Fault],
) -> tuple[Output, ...]:
    """Add the env files of services to the outputs; one that is an output already joins it."""
    found = {one.path: one for one in outputs}
    folded = {path.casefold(): path for path in found}
    at: KeyPath
    taken = {one.template.casefold() for one in outputs if one.template}
    for index, one in enumerate(outputs):
        at = ("output", index, "rename")
        _check_renames(one.rename, at, services, (claimed, derived), faults)
    for service in services.values():
        file = service.env_file
        if file is None:
            continue
        at = (*path_of(service), "env_file")
        other = folded.setdefault(file.path.casefold(), file.path)
        before = found.get(file.path)
        if other != file.path or file.path.casefold() in taken:
            said = f"is {quoted(file.path)}, and {quoted(other)} is another file's name here"
            faults.append(Fault(at, said, "give each its own name"))
            continue
        if before is not None and before.format != "dotenv":
            how = "made from a template" if before.format == TEMPLATE else f"{before.format} file"
            said = f"is {quoted(file.path)}, an output that is a {how}"
            faults.append(Fault(at, said, "name a file of its own"))
            continue
        _check_choice(file, service, at, claimed, faults)
        _check_renames(file.rename, (*at, "rename"), services, (claimed, derived), faults)
        found[file.path] = _joined(before, file, service, derived)
    made = tuple(found.values())
    for output in made:
        _check_file(output, services, claimed, faults)
    return made


def _check_choice(
    file: EnvFile, service: Service, at: KeyPath, claimed: Claimed, faults: list[Fault]
) -> None:
    own = {name for name, _ in service.own_variables()}
    for name in file.only or ():
        if name not in claimed and name not in own:
            said = f"has {quoted(name)}, but no service and no [env] makes that variable"
            faults.append(Fault((*at, "only"), said, "", name, claimed))


def _joined(
    before: Output | None, file: EnvFile, service: Service, derived: Mapping[str, str]
) -> Output:
    only = tuple(derived) if file.only is None else file.only
    if before is None:
        return Output(
            file.path, only=only, quote=file.quote, rename=file.rename, services=(service.name,)
        )
    both = None if before.only is None else tuple(dict.fromkeys((*before.only, *only)))
    quote = file.quote if before.quote == "none" else before.quote
    return before._replace(
        only=both,
        quote=quote,
        rename=(*before.rename, *file.rename),
        services=(*before.services, service.name),
    )


def _at(output: Output, services: Mapping[str, Service]) -> KeyPath:
    """Return the key that faults of a file are reported at."""
    if not output.services:
        return ("output",)
    return (*path_of(services[output.services[-1]]), "env_file")


def _check_renames(
    renames: Iterable[tuple[str, str]],
    path: KeyPath,
    services: Mapping[str, Service],
    known: tuple[Claimed, Mapping[str, str]],
    faults: list[Fault],
) -> None:
    """Check the names in a file; `known` are the project's variables and the texts of [env]."""
    claimed, derived = known
    for name, variable in renames:
        if variable not in claimed:
            said = f"asks for {quoted(variable)}, but no service and no [env] makes that variable"
            faults.append(Fault((*path, name), said, "", variable, claimed))
        elif variable in derived and name not in claimed:
            from portman.manifest.env import explained

            if not explained(name, derived[variable], services):
                said = f"gives {quoted(variable)} a name that neither it nor its value explains"
                faults.append(Fault((*path, name), said, "end it in _URL, _HOST or the like"))


def _check_file(
    output: Output, services: Mapping[str, Service], claimed: Claimed, faults: list[Fault]
) -> None:
    """Refuse a file in which one name would have two values."""
    if not output.services and not output.rename:
        return
    seen: dict[str, Source] = {}
    for source in sources(output, services, claimed):
        first = seen.setdefault(source.name, source)
        if first != source and _owner(first, services, claimed) != _owner(
            source, services, claimed
        ):
            said = f"sets {quoted(source.name)}, which {_said(first, services, claimed)} sets "
            hint = "give one of them another file, or another name with env or rename"
            faults.append(Fault(_at(output, services), f"{said}in {output.path} already", hint))


def _owner(source: Source, services: Mapping[str, Service], claimed: Claimed) -> object:
    if source.service:
        return path_of(services[source.service])
    return claimed.get(source.variable)


def _said(source: Source, services: Mapping[str, Service], claimed: Claimed) -> str:
    owner = _owner(source, services, claimed)
    return dotted(owner) if isinstance(owner, tuple) else "[env]"
