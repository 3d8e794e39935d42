"""The text of a proposed ports.toml: entries with their sources as comments. Pure."""

from __future__ import annotations

from portman.base.small_file import data_file
from portman.manifest.names import default_name

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portman.init.proposal import Proposal, ProposedEntry, ProposedValue

_HEAD = """\
# Ports of this project, proposed by `portman init` from what it found here. Read it, change it,
# commit it: each checkout gets its own numbers from it, the primary one those below.
#   portman up        choose them, write .env, say who is in the way
"""


def render(proposal: Proposal) -> str:
    lines = [_HEAD]
    lines += [f"# {_plain(one, 300)}" for one in proposal.remarks]
    lines += [""] if proposal.remarks else []
    services = [one for one in proposal.entries if one.found.kind == "service"]
    if services:
        lines.append("[services]")
        for entry in services:
            lines += [*_comments(entry), *_beside(entry, proposal.entries)]
            lines += [f"{entry.name} = {_service_value(entry)}", ""]
    for entry in proposal.entries:
        if entry.found.kind == "container":
            lines += [*_comments(entry), f"[containers.{entry.name}]", *_container(entry), ""]
    if proposal.compose:
        lines += ["[compose]", f"file = {_listed(proposal.compose)}", ""]
    seen: dict[str, ProposedValue] = {}
    for value in proposal.values:
        seen.setdefault(value.name, value)
    if seen:
        lines.append("[env]")
        for one in seen.values():
            lines += [f"# {_plain(one.where)}", f'{one.name} = "{one.value}"']
        lines.append("")
    for path, only in proposal.outputs:
        lines += ["[[output]]", f'path = "{path}"']
        quoted = ", ".join(f'"{name}"' for name in only)
        lines += [f"only = [{quoted}]"] if only else []
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _comments(entry: ProposedEntry) -> list[str]:
    return [f"# {_plain(note, 240)}" for note in dict.fromkeys(entry.notes)]


def _beside(entry: ProposedEntry, every: Sequence[ProposedEntry]) -> list[str]:
    """Name the ports that its program opens beside its own: in two checkouts they collide."""
    program = next((one.program for one in entry.members if one.program), None)
    known = {one.port for one in every}
    lines = []
    for other in program.others if program and entry.port is not None else ():
        port = other.port + (entry.port or 0 if other.relative else 0)
        name = f"{entry.name}-{other.title}"
        if port in known or not 0 < port < 65536:
            continue
        said = f"{program.words[0] if program else ''} opens {port} too ({other.title})"
        option = other.option.partition(" ")[0].partition("=")[0]
        way = f"with {name} = {port} here, portman run gives it {option}" if option else ""
        lines.append(f"# {said}; {way or 'no option moves it'}")
    return lines


def _plain(text: str, most: int = 160) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)[:most]


def _listed(names: Sequence[str]) -> str:
    quoted = [f'"{one}"' for one in dict.fromkeys(names)]
    return quoted[0] if len(quoted) == 1 else f"[{', '.join(quoted)}]"


def _env_value(entry: ProposedEntry) -> str:
    return "" if entry.variables == (default_name(entry.name),) else _listed(entry.variables)


def _fields(entry: ProposedEntry) -> list[str]:
    found = entry.found
    protocols = found.protocol.split()
    fields = [f"env = {_env_value(entry)}"] if _env_value(entry) else []
    fields += [f'dir = "{found.folder}"'] if found.kind == "service" and works_in(entry) else []
    fields += [f"env_file = {_env_file(entry)}"] if entry.env_file else []
    fields += [f"count = {found.size}"] if found.size > 1 else []
    fields += [f"protocol = {_listed(protocols)}"] if protocols != ["tcp"] else []
    return fields + ([f'host = "{found.host}"'] if found.host else [])


def _env_file(entry: ProposedEntry) -> str:
    """Return the program's env file, from its own folder where the entry says that."""
    path = entry.env_file
    if works_in(entry):
        path = path.removeprefix(f"{entry.found.folder}/")
    if not entry.env_only:
        return f'"{path}"'
    quoted = ", ".join(f'"{one}"' for one in entry.env_only)
    return f'{{ path = "{path}", only = [{quoted}] }}'


def works_in(entry: ProposedEntry) -> bool:
    """Tell whether the program works in its folder: a package's scripts do, `go run ./cmd` not.

    So does what reads an env file there: it looks for it in its working folder.
    """
    folder = entry.found.folder
    loads = bool(entry.env_file) and entry.env_file.rpartition("/")[0] == folder
    plain = folder.replace("/", "").replace("-", "").replace("_", "").replace(".", "")
    return plain.isalnum() and (
        loads
        or any(
            one.folder == folder
            and (one.scripted or one.where.partition(":")[0] == f"{folder}/package.json")
            for one in entry.members
        )
    )


def _service_value(entry: ProposedEntry) -> str:
    port = '"auto"' if entry.port is None else str(entry.port)
    fields = [f"port = {port}", *_fields(entry)]
    return port if len(fields) == 1 else "{ " + ", ".join(fields) + " }"


def _container(entry: ProposedEntry) -> list[str]:
    found = entry.found
    lines = [f"target = {found.target}"]
    lines.append('port = "auto"' if entry.port is None else f"port = {entry.port}")
    if found.compose and found.compose != entry.name:
        lines.append(f'service = "{found.compose}"')
    return lines + _fields(entry)


def starter_manifest() -> str:
    return data_file("starter.toml")
