"""What adoption works on: the services with the places that start them, and the files' texts.

And changes of these as exact spans of bytes: nothing of a file is written that was not changed.
"""

from __future__ import annotations

import difflib
import re

from portman.base.programs import program_of
from portman.base.record import NamedTuple
from portman.base.system_commands import word
from portman.manifest.names import default_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Literal

    Kind = Literal[
        "manifest",
        "compose-port",
        "container-name",
        "client-url",
        "js-config",
        "command",
        "recipe",
        "listen",
        "env-file",
        "spring",
        "profile",
        "apphost",
        "wrapper",
        "gitignore",
        "note",
    ]

    from portman.base.programs import Program

    Style = Literal["plain", "run"]
    Way = Literal["compose", "reads", "edited", "run", "unknown"]


class Place(NamedTuple):
    """Where a file names the service: path, line (0: the whole file), and what init says of it."""

    path: str
    line: int
    role: str
    what: str


class Job(NamedTuple):
    """A service or container of the manifest, as adoption sees it."""

    name: str
    port: int | None
    variables: tuple[str, ...]
    folder: str = ""
    program: Program | None = None
    places: tuple[Place, ...] = ()
    target: int | None = None
    compose: str = ""
    #: Of a container: whether its app is also started as a program.
    hosted: bool = False

    @property
    def own(self) -> str:
        """Return the variable that no other service has."""
        return default_name(self.name)

    def inside(self, path: str) -> str:
        return f"{self.folder}/{path}" if self.folder else path


class Outcome(NamedTuple):
    """What is done for one service.

    `variable` is what its program reads from the env file at `path` ("" where that is the
    project's own), with `names` of other services. `command` is what to type where only
    `portman run` moves it. `host` is the way of a container's app that is also a program.
    """

    way: Way
    edits: tuple[Edit, ...] = ()
    left: tuple[Left, ...] = ()
    variable: str = ""
    path: str = ""
    names: tuple[str, ...] = ()
    command: str = ""
    host: Way | None = None


class Project(NamedTuple):
    """The texts of the files by path, and what the manifest says."""

    texts: Mapping[str, str]
    jobs: tuple[Job, ...]
    compose_files: tuple[str, ...] = ()
    env_file: str = ".env"
    style: Style = "plain"
    #: Whether git tracks the .env beside the Compose file, so that it is never written.
    tracked: bool = False
    #: Env files that go into containers as well.
    inside: frozenset[str] = frozenset()
    #: Env files that ports.toml names, or will.
    beside: frozenset[str] = frozenset()
    #: Variables that it sets, or will.
    named: frozenset[str] = frozenset()

    def source(self, path: str) -> FileText | None:
        text = self.texts.get(path)
        return None if text is None else FileText(path, text)

    def urls(self, but: str = "") -> dict[int, str]:
        """Return port -> variable of the services whose usual port no other has."""
        found: dict[int, list[str]] = {}
        for one in self.jobs:
            if one.port is not None and one.name != but:
                name = one.own if one.target is None else one.variables[0]
                found.setdefault(one.port, []).append(name)
        return {port: names[0] for port, names in found.items() if len(names) == 1}

    def owner(self, variable: str) -> Job:
        """Return the service that has a variable of `urls`."""
        return next(one for one in self.jobs if variable in (one.own, *one.variables[:1]))

    def others_read(self, job: Job, variable: str) -> bool:
        """Return whether another service takes the same variable: in one file both would move."""
        return any(
            one.name != job.name and one.target is None and variable in reads(one)
            for one in self.jobs
        )


def reads(job: Job) -> tuple[str, ...]:
    return (*(job.program.variables if job.program else ()), *job.variables)


def in_folder(folder: str, command: str) -> str:
    """Return what is typed at the checkout's root for a command that belongs into a folder."""
    return f"cd {word(folder)} && {command}" if folder and command else command


PACKAGE = "package.json"
#: What lies beside a package.json, by the package manager that it shows.
_MANAGERS = {
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "bunfig.toml": "bun",
    "package-lock.json": "npm",
}
LOCKS = tuple(_MANAGERS)


def manager_of(project: Project, folder: str) -> tuple[str, str]:
    """Return the package manager of a folder, with its version, by what lies nearest to it."""
    while True:
        said = re.search(
            r'"packageManager"\s*:\s*"(npm|pnpm|yarn|bun)@([\d.]*)',
            project.texts.get(beside(folder, PACKAGE)) or "",
        )
        if said:
            return said[1], said[2]
        for lock, name in _MANAGERS.items():
            if beside(folder, lock) in project.texts:
                return name, ""
        if not folder:
            return "npm", ""
        folder = folder.rpartition("/")[0]


def called(project: Project, folder: str, script: str) -> str:
    return f"{manager_of(project, folder)[0]} run {word(script)}"


def installed(project: Project, folder: str, command: str) -> str:
    """Return a command whose program the package manager installed, as a person types it."""
    program = program_of(command)
    text = project.texts.get(beside(folder, PACKAGE)) or ""
    if program is None or not program.package or f'"{program.package}"' not in text:
        return command
    known = any(command.startswith(f"{one.partition(' ')[0]} ") for one in program.words)
    runner = "pnpm exec" if manager_of(project, folder)[0] == "pnpm" else "npx"
    return f"{runner} {command}" if known else command


def beside(folder: str, name: str) -> str:
    parts = folder.split("/") if folder else []
    for part in name.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


#: A person's word, in a comment, that a line stays.
KEPT = "portman: keep"


class Edit(NamedTuple):
    """One change: the bytes `begin` to `end` of a file are `old` and become `new`.

    A file that does not exist is made where `begin` is -1. `line` is where a person finds it.
    """

    file: str
    begin: int
    end: int
    old: str
    new: str
    kind: Kind
    reason: str
    line: int = 1
    service: str = ""


class Left(NamedTuple):
    """A place that cannot be changed safely, and why; a person may."""

    file: str
    line: int
    what: str
    service: str = ""


class FileText(NamedTuple):
    """A file of the project, as text; edits count its bytes."""

    path: str
    text: str

    @property
    def newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1

    def edit(  # noqa: PLR0913, PLR0917 - a span, and what is known of it
        self, begin: int, end: int, new: str, kind: Kind, reason: str, service: str = ""
    ) -> Edit:
        first = len(as_bytes(self.text[:begin]))
        old = self.text[begin:end]
        last = first + len(as_bytes(old))
        new = new if self.newline == "\n" else new.replace("\r\n", "\n").replace("\n", "\r\n")
        return Edit(self.path, first, last, old, new, kind, reason, self.line(begin), service)


def as_bytes(text: str) -> bytes:
    """Return the bytes of a text; those that are no UTF-8 were kept as surrogates."""
    return text.encode("utf-8", "surrogateescape")


class ConflictError(ValueError):
    """Two edits of one place, or a file that is not what the edits were made for."""


def apply(data: bytes, edits: Iterable[Edit]) -> bytes:
    result, at = [], 0
    for one in sorted(edits, key=lambda edit: (edit.begin, edit.end)):
        begin, end = max(one.begin, 0), max(one.end, 0)
        if begin < at or data[begin:end] != as_bytes(one.old):
            raise ConflictError(f"{one.file}:{one.line}")
        result += [data[at:begin], as_bytes(one.new)]
        at = end
    return b"".join((*result, data[at:]))


def by_file(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    found: dict[str, list[Edit]] = {}
    for one in edits:
        known = found.setdefault(one.file, [])
        if not any((two.begin, two.end, two.new) == (one.begin, one.end, one.new) for two in known):
            known.append(one)
    return found


def diff(path: str, before: bytes | None, edits: Sequence[Edit]) -> str:
    """Return the unified diff of a file's edits; line ends other than LF are shown as such."""
    old = (before or b"").decode("utf-8", "replace")
    new = apply(before or b"", edits).decode("utf-8", "replace")
    lines = difflib.unified_diff(
        old.splitlines(keepends=True),
        new.splitlines(keepends=True),
        "/dev/null" if before is None else f"a/{path}",
        f"b/{path}",
    )
    return "".join(
        one if one.endswith("\n") else f"{one}\n\\ No newline at end of file\n" for one in lines
    )
