"""What adoption works on: the services with the places that start them, and the files' texts."""

from __future__ import annotations

import re

from portman.adopt.edits import Edit, FileText, Left
from portman.base.programs import program_of
from portman.base.record import NamedTuple
from portman.base.system_commands import word
from portman.manifest.names import default_name

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from portman.base.programs import Program

    Style = Literal["plain", "run"]
    #: How a program gets its port: Compose and tools read the env file, a config file or code does
    #: after an edit, `portman run` starts it, or nothing that adopt knows.
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
