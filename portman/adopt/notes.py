"""The lines for people: .gitignore, and how to start in README or AGENTS.md.

And addresses of clients in code and settings that would still reach another checkout.
"""

from __future__ import annotations

import re

from portman.adopt.commands import runs_portman
from portman.adopt.project import KEPT, Edit, FileText, Left
from portman.init.compose import NAME
from portman.init.findings import (
    ADDRESS,
    FALLBACK,
    client_defaults,
    is_client_code,
    line_of,
    ports_of,
)
from portman.outputs.gitignore import ignore_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from portman.adopt.project import Project


#: Where a line for people goes, best first.
GUIDES = (
    "AGENTS.md",
    "CONTRIBUTING.md",
    "README.md",
    "Readme.md",
    "readme.md",
    "README.rst",
    "README",
)


def ignored(texts: Mapping[str, str], paths: Iterable[str]) -> list[Edit]:
    """Return the lines of .gitignore for env files that git would offer to commit."""
    wanted = "".join(f"{ignore_line(path)}\n" for path in paths)
    if not wanted:
        return []
    text = texts.get(".gitignore")
    why = "these files differ in every checkout"
    if text is None:
        return [Edit(".gitignore", -1, -1, "", wanted, "gitignore", why)]
    source = FileText(".gitignore", text)
    before = "" if not text or text.endswith("\n") else "\n"
    return [source.edit(len(text), len(text), before + wanted, "gitignore", why)]


def started_by_run(service: str, texts: Mapping[str, str]) -> bool:
    """Return whether a guide or a script of the project starts a service by `portman run`."""
    told = (path for path in texts if path in GUIDES or path.endswith((".sh", ".md")))
    return any(runs_portman(texts.get(path) or "", service) for path in told)


def guide(texts: Mapping[str, str], commands: Mapping[str, str]) -> list[Edit]:
    """Return the passage that says how to start, in the first guide there is."""
    path = next((one for one in GUIDES if one in texts), None)
    if path is None:
        return []
    text = texts.get(path) or ""
    missing = {name: one for name, one in commands.items() if one not in text}
    told = re.search(r"\bportman up\b", text) is not None
    if told and not missing:
        return []
    lines = []
    if not told:
        rst = path.endswith(".rst")
        head = "Ports\n-----\n\n" if rst else "## Ports\n\n"
        lines.append(
            head + "Each checkout has ports of its own: type `portman up` first (ports.toml).\n"
        )
    if missing:
        lines.append("\nThese take their port from `portman run`:\n\n")
        lines += [f"    {one}\n" for one in dict.fromkeys(missing.values())]
    new = "".join(lines)
    why = "says how to start in a second checkout"
    source = FileText(path, text)
    before = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return [source.edit(len(text), len(text), before + new.lstrip("\n"), "note", why)]


#: Configs that `portman integrate` changes.
_RUNNER = re.compile(r"(playwright|cypress)\.config\.\w+$")
_COMMENT = re.compile(r"^\s*(?:#|//|\*|/\*|--|<!--)")


def find_literals(project: Project) -> Iterator[Left]:
    """Yield addresses with the usual port of a service, on a line that no variable leads.

    A line that reads a variable first has the number as its default. One that says a service's own
    port is told of elsewhere. The config of a test runner is one find.
    """
    settings = [
        one.partition(":")[::2] for job in project.jobs if job.program for one in job.program.config
    ]
    own = {(place.path, place.line) for one in project.jobs for place in one.places if place.line}
    ports = {one.port: one.name for one in reversed(project.jobs) if one.port}
    composed = set(project.compose_files)
    for path, text in sorted(project.texts.items()):
        if path in composed or NAME.match(path.rpartition("/")[2]) or not is_client_code(path):
            continue
        yield from _unled(project, path, text, ports)
        for match in ADDRESS.finditer(text):
            if not match[2] or int(match[2]) not in ports:
                continue
            start = text.rfind("\n", 0, match.start()) + 1
            line = text[start : (text.find("\n", match.end()) + 1 or len(text) + 1) - 1]
            told = re.search(r"\bprint|console\.|log(?:ger)?[.(]|echo|puts|println", line)
            if KEPT in line or _COMMENT.match(line) or FALLBACK.search(line) or told:
                continue
            if (path, line_of(text, match.start())) in own or _says_port(path, line, settings):
                continue
            name = ports[int(match[2])]
            runner = _RUNNER.match(path)
            if runner:
                said = f"tests would reach one checkout: portman integrate {runner[1]}"
                yield Left(path, line_of(text, match.start()), said, name)
                break
            said = f"an address with the port {match[2]} of {name} leads every checkout to one"
            yield Left(path, line_of(text, match.start()), said, name)


def _unled(project: Project, path: str, text: str, ports: Mapping[int, str]) -> Iterator[Left]:
    """Yield defaults of variables that nothing sets, with the line of [env] that would."""
    for one in client_defaults(text, path):
        line = int(one.where.rpartition(":")[2])
        value, named = one.value, ""
        for begin, end, port in reversed(ports_of(value)):
            if port in ports:
                named = ports[port]
                value = f"{value[:begin]}:{{{named}}}{value[end:]}"
        kept = KEPT in text.splitlines()[line - 1]
        if named and one.variable not in project.named and not kept:
            said = f"the default of {one.variable} leads every checkout to one {named}: "
            said += f'add {one.variable} = "{value}" to [env]'
            yield Left(path, line, said, named)


def find_runners(project: Project) -> Iterator[Left]:
    """Yield the configs of test runners alone: `adopt` leaves them to `integrate`."""
    known = {path: project.texts[path] for path in project.texts if _RUNNER.match(path)}
    yield from find_literals(project._replace(texts=known))


def _says_port(path: str, line: str, settings: Iterable[tuple[str, ...]]) -> bool:
    """Tell whether a line is the setting of a program's own port: an option goes before that."""
    name = path.rpartition("/")[2]
    word = re.match(r"[\s\"']*([\w-]+)[\"']?\s*[:=]", line)
    return word is not None and any(
        name.startswith(file) and word[1] == key.rpartition(".")[2] for file, key in settings
    )
