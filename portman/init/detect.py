"""Search a project for ports: Compose files, Procfile, package.json and their kind.

Bounded in folders, files and bytes; no dependency folders, no repositories inside this one, no
links. Nothing is run but git, which is asked whether it tracks `.env`.

A new kind of file is one row of `READERS` in kinds.py and one function text, path -> finds.
"""

from __future__ import annotations

import os
import re

from portman.base.record import NamedTuple
from portman.base.small_file import read
from portman.init import compose, readers, sources, tasks
from portman.init.findings import (
    Detected,
    DetectedAddress,
    client_defaults,
    env_example,
    folder_of,
    service_name,
)
from portman.init.kinds import JS, MARKS, READERS, TELLING, matcher
from portman.init.marks import by_mark
from portman.init.readers import table
from portman.outputs.gitignore import is_tracked

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from portman.init.compose import ComposeFinds
    from portman.init.kinds import Reader

DEEPEST, MOST_FOLDERS, MOST_FILES, LARGEST = 7, 8000, 3000, 256 << 10
_SKIPPED = frozenset(
    (
        *("node_modules", "vendor", "dist", "build", "target", "__pycache__"),
        *("bower_components", "site-packages", "tmp", "log", "coverage", "out", "tests", "test"),
        *(
            "__tests__",
            "fixtures",
            "examples",
            "_example",
            "_examples",
            "example",
            "e2e",
            "obj",
            "Pods",
            "third_party",
            "locales",
        ),
    )
)
_DOTTED = frozenset((".devcontainer", ".vscode", ".streamlit"))


class Detection(NamedTuple):
    """Everything that `detect` found, and the files it looked at."""

    finds: list[Detected]
    addresses: list[DetectedAddress]
    compose: ComposeFinds
    builds: Mapping[str, compose.Build]
    looked_at: tuple[str, ...]
    tracked: frozenset[str]
    copies: Mapping[str, str]
    forwarded: tuple[str, ...] = ()


def detect(root: str) -> Detection:
    """Read all ports that files under `root` name, Compose first."""
    texts, present = _files(root)
    tracked = {path for path in texts if path.rpartition("/")[2] == ".env"}
    tracked = {path for path in tracked if is_tracked(root, path)}
    choice = compose.choose(root, texts, present)
    folder = os.path.dirname(choice.files[0]) if choice.files else ""
    composed = compose.read_compose(root, choice, compose.env_values(texts, folder))
    builds = compose.builds_here(root, choice, _titles(root, texts))
    finds, addresses = list(composed.ports), list(composed.addresses)
    for reader, path in _readers_of(texts, tracked):
        for one in reader(texts[path], path):
            if isinstance(one, Detected):
                finds.append(one)
            else:
                addresses.append(one)
    for path in sorted(texts):
        addresses += client_defaults(texts[path], path)
    elsewhere = compose.variables_of(root, [one for one, _ in choice.others])
    known = {x.variable for x in finds if x.role != "hint"}
    elsewhere |= {(folder, name) for name in compose.names_inside(root, composed) - known}
    finds = [x for x in finds if x.role != "hint" or (x.folder, x.variable) not in elsewhere]
    contexts = {one.context for one in builds.values() if one.context}
    finds = [x for x in finds if not _other_profile(x, finds, texts)]
    finds = [tasks.by_prefix(one, texts) for one in finds if not _in_container(one, contexts)]
    finds = tasks.without_deployed(settle(_hosted(finds, texts), texts, contexts))
    finds += by_mark(texts, finds, contexts)
    if all(one.weak or one.kind == "container" or one.role == "hint" for one in finds):
        told = [x for path in sorted(texts) if _GUIDE.match(path) for x in _told(texts, path)]
        finds = [*told, *finds]
    first = sources.asked_first(texts)
    finds.sort(key=lambda one: one.folder not in first)
    finds, forwarded = _named(_sensible(finds))
    files = [one for one, _ in choice.others if one not in composed.read]
    looked = (*sorted(texts), *files, *composed.read)
    return Detection(
        finds, addresses, composed, builds, looked, frozenset(tracked), _copies(texts), forwarded
    )  # fmt: skip


#: Where people read how to start the project, at its root.
_GUIDE = re.compile(
    r"(?:README|CONTRIBUTING|DEVELOP|AGENTS|CLAUDE)[^/]*$|\.devcontainer/[^/]*json$"
)


def _titles(root: str, texts: Mapping[str, str]) -> set[str]:
    """Return what an image of this project could be called: its folder, its package."""
    package = readers.read_json(texts.get("package.json", "")).get("name")
    return {compose.plain(os.path.basename(root)), compose.plain(str(package or ""))} - {""}


def _told(texts: Mapping[str, str], path: str) -> list[Detected]:
    return sources.told(texts[path], path)


def _copies(texts: Mapping[str, str]) -> dict[str, str]:
    """Return example -> file of the lines `cp .env.template .env.local` in README and scripts."""
    found: dict[str, str] = {}
    line = re.compile(
        r"\b(?:cp|mv|copy)\s+(?:-\w+\s+)?(?:\./)?(\S*env\S*)\s+(?:\./)?(\S*env[\w.-]*)"
    )
    for path, text in texts.items():
        for match in line.finditer(text):
            folder = path.rpartition("/")[0]
            for base in (folder, ""):
                example = f"{base}/{match[1]}" if base else match[1]
                if example in texts and not match[2].startswith(("/", "~", "..")):
                    found.setdefault(example, f"{base}/{match[2]}" if base else match[2])
    return found


def _readers_of(texts: Mapping[str, str], tracked: set[str]) -> Iterator[tuple[Reader, str]]:
    """Pair readers and files in the order of the table, and files near the root first."""
    ordered = sorted(texts, key=lambda one: (one.count("/"), one))
    for patterns, reader in READERS:
        matches = matcher(patterns)
        for path in ordered:
            if matches(path) and not _older_twin(path, texts):
                yield reader, path
    for path in ordered:
        if path in tracked:
            yield env_example, path


_ELSEWHERE = re.compile(r"(?i)/procfile\.(?:heroku|cf|prod\w*|staging|release|deploy\w*|test|ci)$")


def _older_twin(path: str, texts: Mapping[str, str]) -> bool:
    """Tell whether a Procfile is for production: by its name, or as Procfile.dev stands beside."""
    twin = path.rpartition("/")[2] == "Procfile" and f"{path}.dev" in texts
    return twin or _ELSEWHERE.search(f"/{path}") is not None


def _other_profile(one: Detected, finds: list[Detected], texts: Mapping[str, str]) -> bool:
    """Tell whether Spring's settings, of a profile or plain, give way to the other file."""
    path = one.where.partition(":")[0]
    match = _PROFILED.search(path)
    if match is None:
        return False
    for other in finds:
        plain = other.where.partition(":")[0]
        twin = _PROFILED.search(plain)
        if twin is None or other.folder != one.folder or bool(twin[1]) == bool(match[1]):
            continue
        base, profile = (path, twin[1]) if twin[1] else (plain, match[1])
        active = re.search(rf"\bactive[ \t]*[:=][ \t]*[\"']?{profile}\b", texts.get(base, ""))
        return bool(match[1]) is not bool(active)
    return False


_PROFILED = re.compile(r"(?:^|/)application(?:-([\w-]+))?\.(?:properties|ya?ml)$")


def _in_container(one: Detected, contexts: Collection[str]) -> bool:
    """Tell whether a container is built of what composer.json alone shows."""
    mark = one.weak and one.where.endswith("composer.json")
    return mark and bool(one.folder) and one.folder in contexts


def _hosted(finds: list[Detected], texts: Mapping[str, str]) -> list[Detected]:
    """Let a Blazor client, which its server hands out, only add to the server's ports."""
    clients = {
        folder_of(path)
        for path, text in texts.items()
        if path.endswith(".csproj") and "Sdk.BlazorWebAssembly" in text
    }
    return [
        one._replace(weak=True, role="hint")
        if one.folder in clients and "launchSettings.json" in one.where
        else one
        for one in finds
    ]


def settle(
    finds: list[Detected], texts: Mapping[str, str], contexts: Collection[str] = ()
) -> list[Detected]:
    """Let the settings and the code of a package say the number of the command that starts it.

    What is left of them is a find of its own; code beside a command that is not about it is none,
    nor is code in the folder of which a container is built (`contexts`), unless a script starts it.
    """
    packages = {
        folder_of(path) for path in texts if path.endswith(("package.json", "project.json"))
    }
    finds = [_as_shown(_in_package(one, packages, texts), finds) for one in finds]
    used: set[Detected] = set()
    result = []
    for one in finds:
        detail = _detail_of(one, finds) if one.program and one.role in ("command", "sure") else None
        if detail is not None:
            used.add(detail)
        result.append(_informed(one, detail) if detail and one.role == "command" else one)
    left = [one for one in result if one not in used]
    return [
        one
        for one in left
        if one.role != "code"
        or (_stands_alone(one, left, texts) and not _in_image(one, contexts, texts))
    ]


def _in_image(one: Detected, contexts: Collection[str], texts: Mapping[str, str]) -> bool:
    """Tell whether code is what a container runs, and no script starts it in development."""
    if not any(f"{one.folder}/".startswith(f"{context}/") for context in contexts):
        return False
    scripts = table(readers.read_json(texts.get(f"{one.folder}/package.json", "")), "scripts")
    stem = one.where.partition(":")[0].removeprefix(f"{one.folder}/").rpartition(".")[0]
    return not any(
        stem in str(command) for name, command in scripts.items() if not name.startswith("start")
    )


def _informed(command: Detected, detail: Detected) -> Detected:
    """Return a command with the number and the variable that its settings say."""
    return command._replace(
        port=detail.port or command.port,
        variable=detail.variable or command.variable,
        own=detail.own or command.own,
        what=f"{command.what.partition('; ')[0]}; {detail.where} {detail.what}",
    )


def _detail_of(command: Detected, finds: list[Detected]) -> Detected | None:
    """Return the settings of a command's program in its folder, or the code that it runs."""
    program = command.program
    assert program is not None
    stems = {file.partition(":")[0] for file in program.config}
    asked = os.path.normpath(os.path.join(command.folder, command.settings))
    for one in finds:
        name = one.where.partition(":")[0]
        if command.settings and one.role == "config" and name == asked.replace(os.sep, "/"):
            return one
        if (
            one.role == "config"
            and one.folder == command.folder
            and any(name.endswith(stem) or f"/{stem}." in f"/{name}" for stem in stems)
        ):
            return one
    if program.words[0] == "nest start":
        return next((x for x in finds if x.role == "code" and x.folder == command.folder), None)
    return None


def _in_package(one: Detected, packages: set[str], texts: Mapping[str, str]) -> Detected:
    """Give JavaScript code the folder and the name of the package it belongs to."""
    path = one.where.partition(":")[0]
    if one.role != "code" or not path.endswith((*JS, "bin/www")):
        return one
    folder = path.rpartition("/")[0]
    while folder and folder not in packages:
        folder = folder.rpartition("/")[0]
    name = service_name(folder.rpartition("/")[2]) if folder else ""
    name = name or sources.role_of_file(texts.get("package.json", ""), path) or "web"
    scripts = table(readers.read_json(texts.get(f"{folder}/package.json", "")), "scripts")
    scripted = not scripts.keys().isdisjoint(("dev", "start"))
    packaged = one._replace(folder=folder, name=name, scripted=scripted)
    return packaged if folder in packages else one


def _as_shown(one: Detected, finds: list[Detected]) -> Detected:
    """Give code, and a program that reads .env, the number that an example has for its variable."""
    if one.role in ("command", "hint") and one.program and one.program.dotenv:
        names = one.program.variables
        hints = [x for x in finds if x.role == "hint" and x.variable in names and x.port]
        first = next((x for x in hints if x.folder == one.folder and not x.program), None)
        return one._replace(port=first.port, variable=first.variable) if first else one
    if one.role not in ("code", "config") or not one.variable:
        return one
    hints = [x for x in finds if x.role == "hint" and x.variable == one.variable and x.port]
    near = [x.port for x in hints if x.folder == one.folder]
    anywhere = {x.port for x in hints} if one.variable != "PORT" else set()
    shown = near or (list(anywhere) if len(anywhere) == 1 else [])
    return one._replace(port=shown[0]) if shown else one


def _stands_alone(one: Detected, finds: list[Detected], texts: Mapping[str, str]) -> bool:
    """Tell whether code is a server of its own: no command is known that starts another."""
    path = one.where.partition(":")[0]
    mates = [x for x in finds if x.folder == one.folder and x.kind == "service" and x != one]
    first = next((x for x in mates if x.role == "code"), None)
    if first is not None and finds.index(first) < finds.index(one):
        return False  # one server a package
    package = f"{one.folder}/package.json" if one.folder else "package.json"
    scripts = texts.get(package, "") if path.endswith((*JS, "bin/www")) else ""
    stem = re.sub(r"\.\w+$", "", path.removeprefix(f"{one.folder}/"))
    commanded = [x for x in mates if x.role in ("command", "sure")]
    if one.port is None:
        return not commanded
    if any(x.port == one.port for x in commanded):
        return True  # the same server: it may say the variable
    if any(x.role == "sure" and x.port and f"/{stem}" in x.what for x in commanded):
        return False  # the command says another number for it
    return not commanded or (bool(scripts) and stem in scripts)


#: Marks of frameworks that have a front end of JavaScript beside them, and where that is named.
_BESIDE_JS = ("manage.py", "pom.xml", "build.gradle", "build.gradle.kts")
_JAVASCRIPT = re.compile(r"(?:^|/)(?:package|angular|project)\.json|\.config\.\w+(?::|$)")


def _sensible(finds: list[Detected]) -> list[Detected]:
    """Drop what only repeats a guess: EXPOSE where Compose publishes, a mark where a command is."""
    composed = any(one.compose for one in finds)
    known = [one for one in finds if not one.weak and one.kind == "service"]
    names = {one.name for one in known}
    others = {one.name for one in known if not _JAVASCRIPT.search(one.where)}
    kept = []
    for one in finds:
        exposes = one.weak and one.kind == "container"
        if exposes and (composed or names):
            continue
        marks = one.weak and one.kind == "service" and ":" not in one.where
        commands = others if one.where.endswith(_BESIDE_JS) else names
        if marks and one.name in commands and "forwards" not in one.what:
            continue
        kept.append(one)
    return kept


def _named(finds: list[Detected]) -> tuple[list[Detected], tuple[str, ...]]:
    """Leave out numbers that a dev container forwards and nothing names, if there is more to go by.

    Many are of hot reload, or of what is no longer there; (file, number) of each is returned.
    """
    if not any(not one.weak for one in finds):
        return finds, ()
    ports = {one.port for one in finds if not one.nameless}
    bare = [one for one in finds if one.nameless and one.port not in ports]
    left = tuple(dict.fromkeys(f"{one.where} {one.what}" for one in bare))
    return [one for one in finds if one not in bare], left


def _files(root: str) -> tuple[dict[str, str], list[str]]:
    every = tuple(one for patterns, _ in READERS for one in patterns)
    wanted = matcher((*every, *MARKS))
    telling = matcher(TELLING)
    texts: dict[str, str] = {}
    present: list[str] = []
    waiting, seen = [("", 0)], 0
    while waiting and seen < MOST_FOLDERS:
        folder, depth = waiting.pop(0)
        seen += 1
        try:
            with os.scandir(os.path.join(root, folder)) as entries:
                found = sorted(entries, key=lambda one: one.name)
        except OSError:
            continue
        if folder and any(one.name in (".git", "pyvenv.cfg") for one in found):
            continue  # a repository of its own, or Python's packages
        for entry in found:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                hidden = entry.name.startswith(".") and entry.name not in _DOTTED
                deep = depth + (0 if entry.name in ("src", "main", "resources") else 1)
                if deep <= DEEPEST and not hidden and entry.name not in _SKIPPED:
                    waiting.append((path, deep))
                continue
            if compose.NAME.match(entry.name) and entry.is_file(follow_symlinks=False):
                present.append(path)
            elif len(texts) < MOST_FILES and (wanted(path) or (depth <= 2 and telling(path))):
                text = read(os.path.join(root, path), LARGEST)
                if text is not None and not entry.is_symlink():
                    texts[path] = text.encode("utf-8", "replace").decode("utf-8", "replace")
    return texts, present
