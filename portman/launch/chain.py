"""From the words of a command to the program that it starts in the end. Pure.

`npm run dev` is looked up in package.json, as often as scripts call each other. The result says
whether arguments of the command still reach the program.
"""

from __future__ import annotations

import re

from portman.base.programs import commands, started
from portman.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from portman.base.programs import Program, Started

    #: Folder and name of a workspace package ("" for none) -> its folder and its scripts.
    Scripts = Callable[[str, str], tuple[str, Mapping[str, str]]]


class ProgramChain(NamedTuple):
    """What a command starts: the program's own words, and the way from the command to it.

    `reached`: arguments at the end of the command become the program's, after the words of
    `between`. `script` is the first script on the way, `folder` where it runs; `wrappers` are rows
    of the table that change the environment; `several` are the programs, where it is not one alone.
    """

    started: Started | None = None
    reached: bool = True
    between: tuple[str, ...] = ()
    script: str = ""
    folder: str = ""
    wrappers: tuple[Program, ...] = ()
    several: tuple[str, ...] = ()

    @property
    def program(self) -> Program | None:
        return self.started.program if self.started else None


class _Call(NamedTuple):
    manager: str
    script: str
    rest: tuple[str, ...]
    folder: str = ""
    package: str = ""


_MANAGERS = ("npm", "pnpm", "yarn", "bun")
_FOLDERS = ("--prefix", "-C", "--dir", "--cwd")
_PACKAGES = ("-w", "--workspace", "--filter", "-F")
#: Scripts that npm runs without `run`.
_BARE = ("start", "test", "stop", "restart")
_MANY = frozenset(("concurrently", "npm-run-all", "npm-run-all2", "run-p", "run-s"))
_PIPED = re.compile(r"[^&]&[^&]|&$|[^|]\|[^|]")
#: Wrappers that start one command, the words after them.
_ONE_COMMAND = ("sudo", "su", "env", "env-cmd")
DEEPEST = 6


def follow(
    words: tuple[str, ...], scripts: Scripts, folder: str = "", depth: int = 0
) -> ProgramChain:
    """Return what a simple command starts, with an empty `started` where that is unknown."""
    if depth > DEEPEST:
        return ProgramChain(reached=False)
    call = _script_call(words)
    if call is not None:
        place, known = scripts("/".join(filter(None, (folder, call.folder))), call.package)
        if call.script in known:
            return _of_script(call, known[call.script], scripts, place, depth)
        if call.folder or call.package or words[1:2] == ("run",):
            return ProgramChain(reached=False)
    first = words[0].rpartition("/")[2] if words else ""
    if first in _MANY:
        parts = [follow(one, scripts, folder, depth + 1) for one in _parts(words, scripts, folder)]
        return _merged(parts)
    one = started(words)
    if one is None or one.program is None or not one.program.passes:
        return ProgramChain(one, folder=folder)
    inner = ProgramChain(reached=False)
    if one.shown.split()[0].rpartition("/")[2] in _ONE_COMMAND and one.rest:
        inner = follow(one.rest, scripts, folder, depth + 1)
    return inner._replace(wrappers=(one.program, *inner.wrappers))


def _script_call(words: tuple[str, ...]) -> _Call | None:
    if not words or words[0].rpartition("/")[2] not in _MANAGERS:
        return None
    manager, folder, package = words[0].rpartition("/")[2], "", ""
    plain: list[str] = []
    place = 1
    while place < len(words) and len(plain) < 4:
        name, equals, value = words[place].partition("=")
        if name in (*_FOLDERS, *_PACKAGES):
            if not equals:
                place += 1
                value = words[place] if place < len(words) else ""
            folder, package = (value, package) if name in _FOLDERS else (folder, value)
        elif not words[place].startswith("-"):
            if plain[:1] == ["workspace"] and len(plain) == 1:
                package = words[place]
                plain = []
            elif words[place] in ("run", "run-script") and not plain:
                plain = ["run"]
            elif words[place] == "workspace" and manager == "yarn" and not plain:
                plain = ["workspace"]
            elif plain == ["run"] or manager != "npm" or words[place] in _BARE:
                return _Call(manager, words[place], words[place + 1 :], folder, package)
            else:
                return None
        elif words[place] == "--":
            return None
        place += 1
    return None


def _of_script(call: _Call, text: str, scripts: Scripts, folder: str, depth: int) -> ProgramChain:
    simple = commands(text)
    found = [(n, follow(one, scripts, folder, depth + 1)) for n, one in enumerate(simple)]
    serving = [(n, one) for n, one in found if one.program is not None or one.wrappers]
    if not serving:
        serving = [(n, one) for n, one in found[-1:] if one.started]
    if not serving:
        return ProgramChain(reached=False, script=call.script, folder=folder)
    place, inner = serving[0]
    last = place == len(simple) - 1 and not _PIPED.search(text)
    handed = not inner.between or simple[-1][-1:] == ("--",)
    needs = call.manager == "npm" and "--" not in call.rest
    words = inner.started.rest if inner.started else ()
    if inner.started and call.rest and last and handed:
        more = tuple(one for one in call.rest if one != "--" or call.manager != "npm")
        inner = inner._replace(started=inner.started._replace(rest=(*words, *more)))
    return inner._replace(
        reached=inner.reached and last and handed,
        between=("--",) if needs else (),
        script=call.script,
        folder=inner.folder or folder,
        several=inner.several or _names([one for _, one in serving]),
    )


def _parts(words: tuple[str, ...], scripts: Scripts, folder: str) -> list[tuple[str, ...]]:
    """Return the commands that `concurrently` and its kind start."""
    from fnmatch import fnmatch

    known = scripts(folder, "")[1]
    parts: list[tuple[str, ...]] = []
    for word in words[1:]:
        pattern = re.sub(r"^(?:npm|pnpm|yarn|bun):", "", word)
        if " " in word:
            parts += commands(word)
        elif not word.startswith("-"):
            named = [("npm", "run", one) for one in known if fnmatch(one, pattern)]
            plain = not named and pattern == word and words[0].endswith("concurrently")
            parts += [(word,)] if plain else named
    return parts


def _merged(parts: list[ProgramChain]) -> ProgramChain:
    known = [one for one in parts if one.program is not None]
    if not known:
        return ProgramChain(reached=False)
    wrappers = tuple(row for one in parts for row in one.wrappers)
    return known[0]._replace(reached=False, wrappers=wrappers, several=_names(known))


def _names(chains: list[ProgramChain]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(one.program.words[0] for one in chains if one.program))
    return names if len(names) > 1 else ()
