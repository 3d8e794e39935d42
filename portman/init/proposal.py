"""The ports.toml that is proposed: one entry for each detected port, with its sources."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from portman.base.small_file import data_file
from portman.manifest.names import beginning, default_name, is_justified, variable_flaw
from portman.outputs.formats import is_plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from portman.init.readers import Detected, DetectedAddress

_HEAD = """\
# Ports of this project, proposed by `portman init` from what it found here. Read it, change it,
# commit it: each checkout gets its own numbers from it, the primary one those below.
#   portman up        choose them, write .env, say who is in the way
"""


class ProposedEntry(NamedTuple):
    """One entry to write: the detected port, its name, and every place that names it."""

    found: Detected
    name: str
    notes: tuple[str, ...]
    port: int | None
    variables: tuple[str, ...]


def entries(finds: Collection[Detected]) -> list[ProposedEntry]:
    """Return one entry for each port, containers first: several finds of one port are one.

    Of two services that want one number, and of numbers below 1024, which need root, the later
    gets any port of the pool.
    """
    result: list[ProposedEntry] = []
    servers = {one.name for one in finds if one.kind == "service" and not one.weak}
    known = [_without_port(one) for one in finds] if len(servers) > 1 else finds
    ordered = sorted(known, key=lambda one: (one.weak, one.kind == "service", one.name != "web"))
    for find in ordered:
        twin = _twin(find, result)
        if twin is not None:
            result[twin] = _with(result[twin], find)
            continue
        name = _free_name(find.name, result)
        notes: tuple[str, ...] = (f"{find.where} {find.what}",)
        port = find.port
        if port is not None and port < 1024:
            port, notes = None, (*notes, f"{find.port} needs root, so any port of the pool")
        elif port is not None and (other := _overlap(port, find, result)):
            port, notes = None, (*notes, f"{find.port} is what {other} has, so any of the pool")
        variables = _variables(find, name, result)
        result.append(ProposedEntry(find, name, notes, port, variables))
    return sorted(result, key=lambda one: one.found.kind == "container")


def _without_port(find: Detected) -> Detected:
    """Let no server of several have PORT: in one .env for all of them each would take it."""
    if find.variable != "PORT":
        return find
    return find._replace(variable="", what=f"{find.what} (it takes PORT, as others may too)")


def render(proposed: list[ProposedEntry], addresses: Iterable[DetectedAddress] = ()) -> str:
    lines = [_HEAD]
    services = [one for one in proposed if one.found.kind == "service"]
    if services:
        lines.append("[services]")
        for entry in services:
            lines += [*_comments(entry), f"{entry.name} = {_inline(_fields(entry))}", ""]
    for entry in proposed:
        if entry.found.kind == "container":
            lines += [*_comments(entry), f"[containers.{entry.name}]", *_fields(entry), ""]
    values = _env(proposed, addresses)
    if values:
        lines += ["[env]", *values, ""]
    return "\n".join(lines).rstrip() + "\n"


def _twin(find: Detected, result: list[ProposedEntry]) -> int | None:
    for place, entry in enumerate(result):
        known = entry.found
        if find.protocol != known.protocol:
            continue
        if find.kind == "container" and known.kind == "container":
            same_place = find.compose == known.compose or find.weak
            if (
                find.target == known.target
                and same_place
                and (find.weak or find.port == known.port)
            ):
                return place
            continue
        same_port = find.port is not None and known.port == find.port
        same_name = find.name == entry.name and known.kind == find.kind
        if same_port and (find.weak or same_name or known.name == find.name):
            return place
        if find.weak and same_name and find.port is not None and known.port is None:
            return place
        if find.weak and find.variable and find.variable in entry.variables:
            return place
    return None


def _with(entry: ProposedEntry, find: Detected) -> ProposedEntry:
    variables = entry.variables
    if find.variable and find.variable not in variables and variable_flaw(find.variable) is None:
        variables = (find.variable,) if not entry.found.variable else (*variables, find.variable)
    port = entry.port if entry.port is not None or entry.found.port is not None else find.port
    return entry._replace(
        notes=(*entry.notes, f"{find.where} {find.what}"), variables=variables, port=port
    )


def _variables(find: Detected, name: str, result: list[ProposedEntry]) -> tuple[str, ...]:
    taken = {variable for entry in result for variable in entry.variables}
    if find.variable and find.variable not in taken and variable_flaw(find.variable) is None:
        return (find.variable,)
    return (default_name(name),)


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
        if entry.port is not None and entry.found.protocol == find.protocol:
            theirs = range(entry.port, entry.port + entry.found.size)
            if mine.intersection(theirs):
                return entry.name
    return ""


def _comments(entry: ProposedEntry) -> list[str]:
    return [f"# {_plain(note)}" for note in dict.fromkeys(entry.notes)]


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)[:160]


def _env_value(entry: ProposedEntry) -> str:
    """The value of `env`, "" if it is the default."""
    if entry.variables == (default_name(entry.name),):
        return ""
    quoted = [f'"{one}"' for one in dict.fromkeys(entry.variables)]
    return quoted[0] if len(quoted) == 1 else f"[{', '.join(quoted)}]"


def _fields(entry: ProposedEntry) -> list[str]:
    """Return the keys of an entry, each as a line of TOML."""
    found = entry.found
    fields = [f"target = {found.target}"] if found.kind == "container" else []
    fields.append('port = "auto"' if entry.port is None else f"port = {entry.port}")
    if found.compose and found.compose != entry.name:
        fields.append(f'service = "{found.compose}"')
    if _env_value(entry):
        fields.append(f"env = {_env_value(entry)}")
    if found.size > 1:
        fields.append(f"count = {found.size}")
    if found.protocol == "udp":
        fields.append('protocol = "udp"')
    return fields


def _inline(fields: list[str]) -> str:
    if len(fields) == 1:
        return fields[0].removeprefix("port = ")
    return "{ " + ", ".join(fields) + " }"


def _env(proposed: list[ProposedEntry], addresses: Iterable[DetectedAddress]) -> list[str]:
    ports = {entry.found.port: entry.name for entry in reversed(proposed) if entry.found.port}
    used = {variable for entry in proposed for variable in entry.variables}
    lines: list[str] = []
    for one in addresses:
        name = ports.get(one.port)
        if name is None or one.variable in used or variable_flaw(one.variable) is not None:
            continue
        if not is_justified(one.variable, one.value, frozenset(map(beginning, ports.values()))):
            continue
        if not is_plain(one.value) or "{" in one.value or "}" in one.value:
            continue
        used.add(one.variable)
        value = one.value.replace(f":{one.port}", f":{{{name}}}", 1)
        lines += [f"# {_plain(one.where)}", f'{one.variable} = "{value}"']
    return lines


def starter_manifest() -> str:
    """The commented manifest with one service, for a project where nothing is found."""
    return data_file("starter.toml")
