"""What `run` knows of the program that a command starts, and of what stands before it.

Reads package.json and the settings of wrappers in the folder that the command starts in; runs
nothing. The rules are in launch/chain.py and launch/steer.py.
"""

from __future__ import annotations

import json
import os
import re
import sys
from fnmatch import fnmatch

from portman.base.errors import Problem
from portman.base.programs import asked
from portman.base.small_file import read
from portman.base.values import Manifest, Service
from portman.launch.chain import follow
from portman.launch.steer import Wanted, steer
from portman.manifest.names import default_name, is_service_name

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from portman.base.programs import Program
    from portman.launch.chain import ProgramChain
    from portman.launch.facts import PreparedCommand, RunOptions, ServicePorts

_LARGEST = 1 << 20
#: Scripts whose name says that they start a server.
_SERVING = re.compile(r"(?:dev|develop|serve|server|start|preview)(?:[:_-].*)?")


def scripts_in(folder: str, package: str) -> tuple[str, dict[str, str]]:
    """Return the folder of a package and its scripts; `package` is one of the workspace's."""
    top = os.path.abspath(folder or ".")
    while not os.path.isfile(os.path.join(top, "package.json")):
        above = os.path.dirname(top)
        if above == top or os.path.lexists(os.path.join(top, ".git")):
            return folder, {}
        top = above
    data = _json(os.path.join(top, "package.json"))
    if package:
        top, data = _package(top, package)
    scripts = data.get("scripts")
    found = scripts if isinstance(scripts, dict) else {}
    return top, {key: one for key, one in found.items() if isinstance(one, str)}


def _package(top: str, name: str) -> tuple[str, dict[str, Any]]:
    direct = os.path.join(top, name.removeprefix("./"))
    if os.path.isfile(os.path.join(direct, "package.json")):
        return direct, _json(os.path.join(direct, "package.json"))
    for first in _folders(top):
        for folder in (first, *_folders(first)):
            data = _json(os.path.join(folder, "package.json"))
            if data.get("name") == name:
                return folder, data
    return top, {}


def _folders(top: str) -> list[str]:
    try:
        with os.scandir(top) as entries:
            return sorted(
                one.path
                for one in entries
                if one.is_dir(follow_symlinks=False)
                and not one.name.startswith(".")
                and one.name != "node_modules"
            )[:200]
    except OSError:
        return []


def _json(path: str) -> dict[str, Any]:
    try:
        data = json.loads(_text(path) or "{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _text(path: str) -> str:
    return read(path, _LARGEST) or ""


def apply(command: PreparedCommand, options: RunOptions) -> list[Problem]:
    """Give a filled command what its program lacks; return what is to be said before the start."""
    argv = tuple(command.argv)
    chain = follow(argv, scripts_in)
    if command.service is None and (sole := _sole(chain, command)) is not None:
        command.service = sole
        command.env["PORTMAN_SERVICE"] = sole.name
    facts, service = command.environment, command.service
    notes = _wrappers(chain, command)
    if facts.instance:
        notes += _keep_own_ports(command, chain)
        argv = tuple(command.argv)
    if service is not None and options.flags and not command.listening:
        others = tuple(
            (one.name.removeprefix(f"{service.name}-"), one.ports[0])
            for one in facts.services
            if one.name.startswith(f"{service.name}-") and one.ports
        )
        wanted = Wanted(service.name, service.ports[0], service.host, service.usual, others)
        done = steer(argv, chain, wanted, command.env)
        command.argv, command.env = list(done.argv), done.env
        notes += done.notes
    return notes


#: Names in the table of programs that say no more than that it serves.
_ANY_SERVICE = ("web", "api", "app")


def _sole(chain: ProgramChain, command: PreparedCommand) -> ServicePorts | None:
    """Return the project's only service where the command starts a program that may be it.

    Storybook, Vitest's page and their kind are other programs, which have no service here.
    """
    program, sole = chain.program, command.environment.sole()
    if program is None or sole is None or chain.several:
        return None
    names = (sole.name, *_ANY_SERVICE)
    return sole if program.name in names or program.port == sole.usual else None


# Wrappers that do not hand on what `run` sets.


def _wrappers(chain: ProgramChain, command: PreparedCommand) -> list[Problem]:
    names = [name for name, _ in command.environment.variables]
    if command.service is not None:
        names = ["PORT", *command.service.variables(), *names]
    notes = []
    for row in dict.fromkeys(chain.wrappers):
        lost = [one for one in dict.fromkeys(names) if not _passed(row, one, command.argv)]
        if row.passes == "drops" and lost:
            tools = {word.rpartition("/")[2] for word in command.argv}
            forms = [one for one in row.words if one.split()[0] in tools]
            shown = (forms or [row.words[0]])[0]
            what = ", ".join(lost[:4]) + (" and more" if len(lost) > 4 else "")
            said = f"{shown} does not pass on {what} to what it starts"
            notes.append(Problem("variables-dropped", said, f"let them through: {row.remedy}"))
        elif row.passes == "first":
            said = f"{row.words[0].split()[0]} keeps the variables of the first start"
            notes.append(Problem("variables-dropped", said, f"renew them: {row.remedy}"))
    return notes


_PASSING = re.compile(
    r'"(?:globalPassThroughEnv|globalEnv|passThroughEnv|env)"\s*:\s*\[([^\]]*)\]', re.DOTALL
)
_TOX = re.compile(r"^\s*pass_?env\s*=\s*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)


def _passed(row: Program, name: str, argv: Iterable[str]) -> bool:
    words = list(argv)
    if row.words[0].startswith("turbo"):
        if "--env-mode=loose" in words or ("--env-mode" in words and "loose" in words):
            return True
        found = re.findall(r'"([^"]+)"', " ".join(_PASSING.findall(_upward("turbo.json"))))
    elif row.words[0] == "tox":
        text = "\n".join(
            _text(one) for one in ("tox.ini", "setup.cfg", "tox.toml", "pyproject.toml")
        )
        found = re.findall(r"[\w*?]+", " ".join(_TOX.findall(text)))
    else:
        found = [one.partition("=")[0] for one in words if "=" in one]
        keeps = [one for one in words if one in ("-E", "--preserve-env")]
        kept = [one for one in words if one.startswith("--preserve-env=")]
        found += [name] if keeps else []
        found += [part for one in kept for part in one.partition("=")[2].split(",")]
    return any(fnmatch(name, one) for one in found)


def _upward(file: str) -> str:
    """Return the text of the nearest file of a name, no further than the repository's root."""
    here = os.getcwd()
    while True:
        text = _text(os.path.join(here, file))
        above = os.path.dirname(here)
        if text or above == here or os.path.lexists(os.path.join(here, ".git")):
            return text
        here = above


# Programs for which a line of .env beats the environment: an instance keeps its own ports all the
# same, where the command takes variables in another way.

_INCLUDES = re.compile(r"^\s*-?s?include\s+\S", re.MULTILINE)
_SETS = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=", re.MULTILINE)


def _keep_own_ports(command: PreparedCommand, chain: ProgramChain) -> list[Problem]:
    values = dict(command.environment.variables)
    if command.service is not None:
        values |= {"PORT": command.env["PORT"], **command.service.variables()}
    argv = command.argv
    tool = argv[0].rpartition("/")[2]
    beaten = [name for name in _SETS.findall(_text(".env")) if name in values]
    if tool in ("make", "gmake"):
        text = "\n".join(_text(one) for one in ("GNUmakefile", "makefile", "Makefile"))
        if _INCLUDES.search(text):
            given = {one.partition("=")[0] for one in argv[1:]}
            command.argv = [*argv, *(f"{n}={v.replace('$', '$$')}" for n, v in values.items()
                                     if n not in given)]  # fmt: skip
        return []
    rows = [row for row in chain.wrappers if row.passes.startswith(".env wins")]
    if not rows or not beaten:
        return []
    name = rows[0].words[-1].split()[0]
    if name == "env-cmd" and tool == name:
        if "--no-override" not in argv:
            command.argv = [argv[0], "--no-override", *argv[1:]]
        return []
    if name in ("honcho", "foreman") and tool == name and sys.platform == "linux":
        command.argv = _with_env_file(argv, {one: values[one] for one in beaten})
        return []
    said = f"{name} takes {', '.join(beaten[:4])} from .env, not the ports of this instance"
    return [Problem("env-file-wins", said, f"start what {name} starts by portman run, one by one")]


def _with_env_file(argv: list[str], values: Mapping[str, str]) -> list[str]:
    """Name a second env file, which is read after .env (honcho, foreman).

    It is a file in memory that ends with the command; honcho reads it twice, so a pipe will not do.
    """
    if sys.platform != "linux":
        raise NotImplementedError
    number = os.memfd_create("portman-env", 0)
    os.write(number, "".join(f"{name}={value}\n" for name, value in values.items()).encode())
    for place, word in enumerate(argv):
        if word in ("-e", "--env") and place + 1 < len(argv):
            files = f"{argv[place + 1]},/dev/fd/{number}"
            return [*argv[: place + 1], files, *argv[place + 2 :]]
    return [*argv, "-e", f".env,/dev/fd/{number}"]


# A repository without ports.toml.


def proposed(options: RunOptions) -> tuple[str, Manifest, str] | None:
    """Return the folder, a manifest with one service, and what starts; None if nothing serves."""
    chain = follow(tuple(options.argv), scripts_in)
    program, one = chain.program, chain.started
    said = asked(one) if one else None
    serving = bool(chain.script and _SERVING.fullmatch(chain.script)) or bool(options.service)
    if program is None and not (said and (said.port or said.variable)) and not serving:
        return None
    folder = os.path.realpath(chain.folder or options.start)
    if folder in (os.path.realpath(os.path.expanduser("~")), os.path.dirname(folder)):
        return None
    usual = (said.port if said else None) or (program.port if program else None)
    name = options.service or (program.name if program else "web")
    if not is_service_name(name):
        return None
    service = Service(name, usual=usual, env=(default_name(name),))
    shown = one.shown if one else options.argv[0]
    return folder, Manifest(services=(service,), outputs=()), shown
