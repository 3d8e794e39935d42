"""Local addresses in settings and recipes: rewrites of next.config, trusted origins, `curl` lines.

The literal becomes a template whose number is a variable's, and the old one without it.
"""

from __future__ import annotations

import re

from portman.adopt.project import KEPT
from portman.adopt.recipes import kind_of, loading
from portman.base.record import NamedTuple
from portman.init.findings import ADDRESS
from portman.integrations.js_text import blank, skip

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from portman.adopt.project import Edit, FileText, Job, Outcome, Project

#: Next reads its env files before its config; Angular's server is started by `portman run`.
_FILES = re.compile(r"(?:^|/)(next\.config|proxy\.conf)\.[cm]?[jt]s$")
_URL = re.compile(r"(?:https?|wss?)://[^\"'`$\\\s]+")
#: A whole string of Python; no prefix, no docstring.
_STRING = re.compile(r"(?<![\w\"'])([\"'])(?:https?|wss?)://[^\"'{}\\\s]+\1(?![\"'])")
#: Code that reads an env file: the packages of the languages, by what a line of code says.
LOADERS = re.compile(
    r"load_dotenv\(|dotenvy::|dotenv::dotenv|godotenv\.|Dotenv\.load|[\"']dotenv/(?:load|config)[\"']|"
    r"dotenv\.config\(|loadEnvFile\(|\bread_env\("
)


class Led(NamedTuple):
    """Edits of addresses, and path -> variables that an env file beside them needs."""

    edits: tuple[Edit, ...]
    outputs: Mapping[str, tuple[str, ...]]


def lead_addresses(project: Project, scoped: Mapping[str, str]) -> Led:
    """Lead the addresses of other services in the config files of Next and of Angular's proxy.

    `scoped` are env files that a service has for itself: what those carry is decided there.
    """
    edits: list[Edit] = []
    outputs: dict[str, tuple[str, ...]] = {}
    for path in sorted(project.texts):
        match = _FILES.search(path)
        source = project.source(path) if match else None
        if match is None or source is None:
            continue
        folder = path.rpartition("/")[0]
        env = f"{folder}/.env.local" if folder and match[1] == "next.config" else ""
        if env in scoped.values():
            continue
        made = follow(source, 0, len(source.text), "process.env", project.urls())
        edits += (edit for edit, _ in made)
        names = tuple(dict.fromkeys(name for _, name in made))
        if env and names:
            outputs[env] = names
    return Led(tuple(edits), outputs)


def follow(
    source: FileText, begin: int, end: int, holder: str, urls: Mapping[int, str]
) -> list[tuple[Edit, str]]:
    """Return edit and variable of each address between two places; `holder` has the values."""
    text, found = source.text, []
    at = begin
    while at < end:
        after = skip(text, at)
        if after <= at:
            at += 1
            continue
        literal, first, at = text[at:after], at, after
        if literal[0] not in "\"'`" or not _URL.fullmatch(literal[1:-1]):
            continue
        address = ADDRESS.search(literal)
        variable = urls.get(int(address[2])) if address and address[2] else None
        if address is None or variable is None or text[blank(text, after) :][:1] == ":":
            continue
        number = f"${{{holder}.{variable} || {address[2]}}}"
        new = f"`{literal[1 : address.start(2)]}{number}{literal[address.end(2) : -1]}`"
        why = f"the address follows {variable}"
        found.append((source.edit(first, after, new, "client-url", why), variable))
    return found


def lead_recipes(
    project: Project, outcomes: Mapping[str, Outcome], own: Container[str]
) -> list[Edit]:
    """Lead the addresses in recipes and in Python's settings that the project's own env file moves.

    `own` are folders with an env file of their own: code there reads that one instead.
    """
    edits: list[Edit] = []
    owners = {port: (project.owner(name), name) for port, name in project.urls().items()}
    led = {port: one for port, one in owners.items() if outcomes[one[0].name].way != "unknown"}
    for path in sorted(project.texts) if project.style == "plain" else ():
        source, kind = project.source(path), kind_of(path)
        if source is None:
            continue
        if kind in ("make", "just", "task") and "/" not in path:
            edits += _in_recipe(source, kind, project, led)
        elif path.endswith(".py") and not any(
            path[: one.start()] in own for one in re.finditer("/", path)
        ):
            edits += _in_python(source, led)
    return edits


def _in_recipe(
    source: FileText, kind: str, project: Project, led: Mapping[int, tuple[Job, str]]
) -> Iterable[Edit]:
    """Take the variable for the number, in lines of a shell that expands it."""
    text = source.text
    if kind == "just" and re.search(r"(?m)^[ \t]+#!", text):
        return  # the recipe's own interpreter may know no such variable
    for match in ADDRESS.finditer(text):
        line, before = _around(text, match.start())
        job, variable = led.get(int(match[2] or 0), (None, ""))
        if job is None or re.search(r"#|`|\becho\b", before) or KEPT in line:
            continue
        if kind != "make" and (before.count("'") % 2 or "{{" in line or not line[:1].isspace()):
            continue
        new = f"$({variable})" if kind == "make" else f"${{{variable}:-{match[2]}}}"
        why = f"the address follows {variable}"
        yield source.edit(*match.span(2), new, "client-url", why, job.name)
        yield from loading(job, project, source, kind, int(match[2]))


def _in_python(source: FileText, led: Mapping[int, tuple[Job, str]]) -> Iterable[Edit]:
    """Let settings take the number of an origin from the env file that they have read."""
    text = source.text
    loads = LOADERS.search(text)
    if loads is None or not re.search(r"(?m)^import os\b", text):
        return
    for match in _STRING.finditer(text, loads.end()):
        address = ADDRESS.search(match[0])
        job, variable = led.get(int((address and address[2]) or 0), (None, ""))
        line, before = _around(text, match.start())
        if address is None or job is None or re.search(r"#|environ|env\(", before) or KEPT in line:
            continue
        inner = '"' if match[1] == "'" else "'"
        number = f"{{os.environ.get({inner}{variable}{inner}, {inner}{address[2]}{inner})}}"
        new = f"f{match[0][: address.start(2)]}{number}{match[0][address.end(2) :]}"
        why = f"the address follows {variable}"
        yield source.edit(*match.span(), new, "client-url", why, job.name)


def _around(text: str, at: int) -> tuple[str, str]:
    """Return the line of a place, and what is before the place on it."""
    start = text.rfind("\n", 0, at) + 1
    return text[start:].split("\n", 1)[0], text[start:at]
