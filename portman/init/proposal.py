"""The ports.toml that is proposed: one entry for each detected port, with its sources."""

from __future__ import annotations

import re
from itertools import count

from portman.base.record import NamedTuple
from portman.init.findings import EXAMPLE_WORDS, ports_of
from portman.manifest.names import default_name, variable_flaw
from portman.outputs.formats import is_plain

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from portman.init.compose import Build
    from portman.init.findings import Detected, DetectedAddress


class ProposedEntry(NamedTuple):
    """One entry to write: the detected port, its name, and every place that names it.

    `env_file` is the file that its program reads, from the root; `env_only` are the names that
    it has of `[env]` (None of them: all).
    """

    found: Detected
    name: str
    notes: tuple[str, ...]
    port: int | None
    variables: tuple[str, ...]
    members: tuple[Detected, ...] = ()
    env_file: str = ""
    env_only: tuple[str, ...] = ()


class ProposedValue(NamedTuple):
    """One line of [env]; `folder` is where the file is that asks for it."""

    name: str
    value: str
    where: str
    folder: str = ""


class Proposal(NamedTuple):
    """What ports.toml will say, and what a person has to know of it."""

    entries: tuple[ProposedEntry, ...] = ()
    values: tuple[ProposedValue, ...] = ()
    compose: tuple[str, ...] = ()
    outputs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    remarks: tuple[str, ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()


def entries(
    finds: Collection[Detected], builds: Mapping[str, Build] | None = None
) -> list[ProposedEntry]:
    """Return one entry for each port, containers first: several finds of one port are one.

    Of two services that want one number, and of numbers of programs below 1024, which need root,
    the later gets any port of the pool. `builds` says which containers hold the project's own code.
    """
    result: list[ProposedEntry] = []
    ordered = sorted(
        finds,
        key=lambda one: (
            *(one.weak, one.kind == "service", one.role == "code"),
            one.weak or one.name != "web",
            one.nameless,
        ),
    )
    for find in ordered:
        twin = _twin(find, result, builds or {})
        if twin is not None:
            others = {x for one in result[:twin] + result[twin + 1 :] for x in one.variables}
            result[twin] = _with(result[twin], find, others)
            continue
        name = _free_name(find.name, result)
        notes: tuple[str, ...] = (f"{find.where} {find.what}",)
        port = find.port
        if port is not None and port < 1024 and find.kind == "service":
            port, notes = None, (*notes, f"{find.port} needs root, so any port of the pool")
        elif port is not None and (other := _overlap(port, find, result)):
            port, notes = None, (*notes, f"{find.port} is what {other} has, so any of the pool")
        variables = _variables(find, name, result)
        result.append(ProposedEntry(find, name, notes, port, variables, (find,)))
    return _one_port(sorted(result, key=lambda one: one.found.kind == "container"))


def _one_port(proposed: list[ProposedEntry]) -> list[ProposedEntry]:
    """Let one server of several at most have PORT: in one .env for all each would take it.

    It is the only one that takes PORT, or the one whose PORT the example of that .env sets.
    """
    takers = [one for one in proposed if one.found.kind == "service" and _takes_port(one)]
    if len(takers) < 2:
        return proposed
    asking = [
        one
        for one in takers
        if any(x.role == "hint" and x.variable == "PORT" and not x.folder for x in one.members)
        and any(x.role != "hint" for x in one.members)
    ]
    result = []
    for one in proposed:
        if "PORT" in one.variables and one in takers and [one] != asking[:2]:
            left = tuple(name for name in one.variables if name != "PORT")
            notes = (f"{one.notes[0]} (it takes PORT, as others may too)", *one.notes[1:])
            names = left or (default_name(one.name),)
            result.append(one._replace(variables=names, notes=notes))
        else:
            result.append(one)
    return result


def _takes_port(entry: ProposedEntry) -> bool:
    programs = [one.program for one in entry.members if one.program]
    said = any(one.variable == "PORT" for one in entry.members)
    return said or any("PORT" in one.variables for one in programs)


def _twin(find: Detected, result: list[ProposedEntry], builds: Mapping[str, Build]) -> int | None:
    """Find the entry that has this port already."""
    for place, entry in enumerate(result):
        known = entry.found
        if _two_processes(find, known):
            continue
        if find.protocol != known.protocol and " " not in known.protocol:
            continue
        if find.kind == "container" and known.kind == "container":
            same_place = find.compose == known.compose or (find.weak and bool(known.compose))
            same_place = same_place and (bool(find.compose) or find.name == entry.name)
            if (
                find.target == known.target
                and same_place
                and (find.weak or find.port == known.port)
            ):
                return place
            continue
        if known.kind != find.kind and not find.weak:
            if _one_app(find, entry, builds):
                return place
            continue
        same_port = find.port is not None and known.port == find.port
        same_name = find.name == entry.name and known.kind == find.kind
        near = (
            find.folder == known.folder or find.role == "code" or not (find.folder and known.folder)
        )
        explicit = find.role != "command" or known.role != "command"
        if same_port and (find.weak or same_name or known.name == find.name or (near and explicit)):
            return place
        if find.weak and same_name and None in (find.port, known.port):
            return place
        named = find.variable != "PORT" or find.folder in ("", known.folder)
        if find.weak and find.variable and find.variable in entry.variables and named:
            return place
    return None


def _two_processes(find: Detected, known: Detected) -> bool:
    """Tell whether two names of one Procfile start them."""
    file = find.where.partition(":")[0]
    same = file == known.where.partition(":")[0] and find.name != known.name
    return same and file.rpartition("/")[2].startswith("Procfile")


def _one_app(find: Detected, entry: ProposedEntry, builds: Mapping[str, Build]) -> bool:
    """Tell whether a program and a container are one app, started in two ways.

    They have one port, or the program's is the one inside the container of its name. A container
    that is built in the root is the app of one package.
    """
    known = entry.found
    if known.name == find.name and find.port is not None and find.port == known.target:
        return True
    if find.port is None or find.port != known.port:
        return False
    built = builds.get(known.compose)
    inside = built and built.mounts and not find.folder and known.target == find.port
    if known.name == find.name or inside or (built and built.image == find.name):
        return True
    if built is None or built.context is None:
        return False
    if built.context:
        return f"{find.folder}/".startswith(f"{built.context}/")
    folders = {one.folder for one in entry.members if one.program or one.role == "code"}
    return folders <= {find.folder}


def _with(entry: ProposedEntry, find: Detected, others: Collection[str]) -> ProposedEntry:
    """Add a find to the entry of its port; a variable is given to one entry only."""
    variables = entry.variables
    usable = find.variable and variable_flaw(find.variable) is None
    usable = usable and find.variable not in others
    container = entry.found.kind == "container" and (find.variable == "PORT" or not find.own)
    if usable and find.variable not in variables and not container:
        replaces = not entry.found.variable or (find.own and not entry.found.own)
        variables = (find.variable,) if replaces else (*variables, find.variable)
        if replaces and entry.found.kind == "container":
            variables = (*entry.variables, find.variable)
    port = entry.port if entry.port is not None or entry.found.port is not None else find.port
    return entry._replace(
        found=entry.found._replace(
            variable=entry.found.variable or find.variable, own=entry.found.own or find.own
        ),
        notes=(*entry.notes, f"{find.where} {find.what}"),
        variables=variables,
        port=port,
        members=(*entry.members, find),
    )


def _variables(find: Detected, name: str, result: list[ProposedEntry]) -> tuple[str, ...]:
    taken = {variable for entry in result for variable in entry.variables}
    asked = tuple(
        one for one in find.variable.split() if one not in taken and variable_flaw(one) is None
    )
    return asked or (default_name(name),)


def _free_name(name: str, result: list[ProposedEntry]) -> str:
    taken = {entry.name for entry in result}
    variables = {variable for entry in result for variable in entry.variables}
    candidates = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(
        one for one in candidates if one not in taken and default_name(one) not in variables
    )


def _overlap(port: int, find: Detected, result: list[ProposedEntry]) -> str:
    mine = set(range(port, port + find.size))
    for entry in result:
        same = set(entry.found.protocol.split()) & set(find.protocol.split())
        if entry.port is not None and same:
            theirs = range(entry.port, entry.port + entry.found.size)
            if mine.intersection(theirs):
                return entry.name
    return ""


def values(
    proposed: Sequence[ProposedEntry], addresses: Iterable[DetectedAddress]
) -> tuple[list[ProposedValue], list[tuple[str, str]]]:
    """Return [env] lines for addresses of ports that have an entry, and what could not be one."""
    used = {variable for entry in proposed for variable in entry.variables}
    made: dict[str, ProposedValue] = {}
    lines: list[ProposedValue] = []
    doubts = []
    for one in addresses:
        value = _derived(one, proposed)
        if value == one.value or one.variable in used or variable_flaw(one.variable) is not None:
            continue
        if value.startswith("localhost:{") and one.variable.endswith("_PORT"):
            value = value.removeprefix("localhost:")  # DB_PORT beside DB_HOST=localhost
        if not is_plain(one.value) or "{" in one.value or "}" in one.value:
            said = f"{one.where}: {one.variable} has a port of this project and characters that "
            said += "env files do not agree on, so it keeps its number"
            doubts.append(("address-kept", said))
            continue
        known = made.setdefault(
            one.variable, ProposedValue(one.variable, value, one.where, one.folder)
        )
        if known.value != value:
            said = f"{one.where}: {one.variable} differs from {known.where}, whose value is taken"
            doubts.append(("address-kept", said))
        elif known.folder != one.folder or known.where == one.where:
            lines.append(known._replace(folder=one.folder, where=one.where))
    return lines, doubts


def _derived(one: DetectedAddress, proposed: Sequence[ProposedEntry]) -> str:
    """Write the name of its owner for each local port in a value."""
    value = one.value
    for begin, end, port in reversed(ports_of(one.value)):
        name = _owner(port, one.folder, proposed)
        if name:
            value = f"{value[:begin]}:{{{name}}}{value[end:]}"
    return value


def _owner(port: int, folder: str, proposed: Sequence[ProposedEntry]) -> str:
    """Return who has a port: who keeps it, or of several who are in this folder."""
    owners = [one for one in proposed if one.found.port == port]
    near = [one for one in owners if folder and one.found.folder == folder]
    keeps = [one for one in owners if one.port == port]
    return next((one.name for one in (*near, *keeps, *owners)), "")


def with_env_files(
    proposed: Sequence[ProposedEntry],
    values: Sequence[ProposedValue],
    tracked: Collection[str],
    copies: Mapping[str, str],
    inside: Collection[str] = (),
) -> list[ProposedEntry]:
    """Give a service whose folder has an example of an env file, with its port, that file.

    So two programs may both read PORT; what else the example asks for stands there as well. A file
    of `inside` goes into containers too: there PORT would move what listens in one.
    """
    result: list[ProposedEntry] = []
    for entry in proposed:
        hints = [
            one
            for one in entry.members
            if one.role == "hint" and one.variable and one.folder and "env" in one.where
        ]
        example = hints[0].where.rpartition(":")[0] if hints else ""
        path = _env_file(example, tracked, copies)
        usable = entry.found.kind == "service" and path.rpartition("/")[0] == (
            hints[0].folder if hints else None
        )
        if usable and path not in {*inside, *(one.env_file for one in result)}:
            names = [one.name for one in values if one.where.rpartition(":")[0] == example]
            variable = hints[0].variable
            only = (variable, *dict.fromkeys(names))
            entry = entry._replace(variables=(variable,), env_file=path, env_only=only)  # noqa: PLW2901
        elif ".env" in inside and entry.variables == ("PORT",):
            entry = entry._replace(variables=(default_name(entry.name),))  # noqa: PLW2901
        result.append(entry)
    return result


#: What to leave out of an example's name: `.env.local.sample`, `example.env.local`, `.env-dist`.
_EXAMPLE = re.compile(
    rf"[._-](?:{'|'.join(EXAMPLE_WORDS[:7])})(?=$|[._-])|^\.?(?:example|sample|default)(?=\.env)"
)


def outputs(
    composed: Sequence[str],
    asked: Iterable[tuple[str, str]],
    tracked: Collection[str],
    copies: Mapping[str, str],
    own: Collection[str] = (),
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return (path, only) of the files to write; () where the default, one .env, is right.

    `asked` are (variable, example file that names it). A file beside the Compose file, which
    Compose reads; one beside each example with the values it asks for; .env.local where git tracks
    .env; `copies` is what README says an example is copied to. A path of `own` is a service's
    env file already.
    """
    made: dict[str, list[str]] = {}
    roots: dict[str, None] = {}
    for variable, example in asked:
        path = _env_file(example, tracked, copies)
        if path in own:
            continue
        if "/" in path:
            made.setdefault(path, []).append(variable)
        elif path:
            roots[path] = None
    folder = composed[0].rpartition("/")[0] if composed else ""
    if folder:
        made[f"{folder}/.env"] = []
    if ".env" in tracked:
        roots = {".env.local": None}
    elif ".env" in roots or not roots or composed:
        roots[".env"] = None
    if list(roots) == [".env"] and not made:
        return ()
    first: dict[str, list[str]] = {one: [] for one in sorted(roots)}
    return tuple((path, tuple(dict.fromkeys(only))) for path, only in {**first, **made}.items())


def _env_file(path: str, tracked: Collection[str], copies: Mapping[str, str]) -> str:
    """Return the file that an example stands for: apps/web/.env.example -> apps/web/.env."""
    folder, slash, name = path.rpartition("/")
    if path in copies:
        return copies[path]
    if "env" not in name.replace("environment", ""):
        return ""
    name = _EXAMPLE.sub("", name)
    own = name in (".env", ".env.local") or (
        name.endswith(".env") and name.removesuffix(".env").lstrip(".") not in EXAMPLE_WORDS
    )
    whole = f"{folder}{slash}{name if own else '.env'}"
    return f"{whole}.local" if whole in tracked else whole


def without(proposal: Proposal, key: str) -> Proposal | None:
    """Return the proposal less the detail that a key names; None if there is nothing to drop.

    First a variable, an address, a file; only then the entry itself.
    """
    section, _, rest = key.partition(".")
    name = rest.partition(".")[0]
    if section == "env":
        left = tuple(one for one in proposal.values if one.name != name)
        return proposal._replace(values=left) if left != proposal.values else None
    if section == "compose" and proposal.compose:
        return proposal._replace(compose=())
    if section.startswith("output") and proposal.outputs:
        return proposal._replace(outputs=proposal.outputs[:-1])
    entry = next((one for one in proposal.entries if one.name == name), None)
    if section not in ("services", "containers") or entry is None:
        return None
    plain = entry._replace(variables=(default_name(name),), found=entry.found._replace(host=""))
    kept = [plain if one is entry else one for one in proposal.entries]
    if plain == entry:
        kept.remove(entry)
    return proposal._replace(entries=tuple(kept))
