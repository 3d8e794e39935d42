"""Search a project for ports: Compose files, Procfile, package.json and their kind.

Bounded: three folders deep, a thousand folders, files of at most 256 kB; no dependency folders,
nothing that git would keep in its own; links are not followed. Nothing is run.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from portman.base.small_file import read
from portman.init import readers as kinds
from portman.init.readers import Detected, service_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from portman.compose.interpolation import Published
    from portman.compose.model import PortEntry
    from portman.init.readers import DetectedAddress

DEEPEST, MOST_FOLDERS, LARGEST = 3, 1000, 256 << 10
_SKIPPED = frozenset(
    (
        *("node_modules", "vendor", "dist", "build", "target", "venv", "env", "__pycache__"),
        *("bower_components", "site-packages", "tmp", "log", "coverage", "out", "tests", "test"),
    )
)
_DOTTED = frozenset((".devcontainer",))
_EXAMPLES = (".env.example", ".env.sample", ".env.template", ".env.dist", "example.env")
_VITE = tuple(f"vite.config.{ending}" for ending in ("ts", "js", "mts", "mjs"))


class Detection(NamedTuple):
    """Everything that `detect` found."""

    finds: list[Detected]
    addresses: list[DetectedAddress]


def detect(root: str) -> Detection:
    """Read all ports that files under `root` name, Compose first."""
    texts = dict(_files(root))
    finds = _compose(root)
    addresses: list[DetectedAddress] = []
    for path in sorted(texts, key=lambda one: (one.count("/"), one)):
        name, text = path.rpartition("/")[2], texts[path]
        if name in ("Procfile", "Procfile.dev"):
            finds += kinds.procfile(text, path)
        elif name == "package.json":
            finds += kinds.package_json(text, path, _vite_port(path, texts))
        elif name in ("Dockerfile", "Containerfile"):
            finds += kinds.dockerfile(text, path)
        elif name in ("devcontainer.json", ".devcontainer.json"):
            finds += kinds.devcontainer(text, path)
        elif name in _EXAMPLES:
            more, values = kinds.env_example(text, path)
            finds += more
            addresses += values
        elif name.startswith(("application.", "application-dev.")):
            finds += kinds.spring(text, path)
        elif name.endswith(".go"):
            finds += kinds.go_server(text, path)
        elif path.endswith("supabase/config.toml"):
            finds += kinds.supabase(text, path)
    finds += kinds.by_mark(texts, texts)
    return Detection(_sensible(finds), addresses)


def _sensible(finds: list[Detected]) -> list[Detected]:
    """Drop what only repeats a guess: EXPOSE where Compose publishes, a mark where a command is."""
    composed = any(one.compose for one in finds)
    commands = {one.name for one in finds if not one.weak and one.kind == "service"}
    kept = []
    for one in finds:
        exposes = one.weak and one.kind == "container"
        if exposes and (composed or commands):
            continue
        marks = one.weak and one.kind == "service" and ":" not in one.where and "/" not in one.where
        if marks and one.name in commands and "forwards" not in one.what:
            continue
        kept.append(one)
    return kept


def _vite_port(path: str, texts: dict[str, str]) -> int | None:
    folder = path.rpartition("/")[0]
    for name in _VITE:
        text = texts.get(f"{folder}/{name}" if folder else name)
        if text is not None:
            return kinds.vite_config(text)
    return None


def _files(root: str) -> Iterator[tuple[str, str]]:
    """Yield (path relative to root, text) of the files that are looked at."""
    waiting, seen = [("", 0)], 0
    while waiting and seen < MOST_FOLDERS:
        folder, depth = waiting.pop(0)
        seen += 1
        try:
            with os.scandir(os.path.join(root, folder)) as entries:
                found = sorted(entries, key=lambda one: one.name)
        except OSError:
            continue
        for entry in found:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                hidden = entry.name.startswith(".") and entry.name not in _DOTTED
                deep = depth + (0 if entry.name in ("src", "main", "resources") else 1)
                if deep <= DEEPEST and not hidden and entry.name not in _SKIPPED:
                    waiting.append((path, deep))
            elif _is_wanted(entry.name, path):
                text = _text(os.path.join(root, path))
                if text is not None:
                    yield path, text


def _is_wanted(name: str, path: str) -> bool:
    return (
        name in ("Procfile", "Procfile.dev", "package.json", "Dockerfile", "Containerfile")
        or name in ("devcontainer.json", ".devcontainer.json", "manage.py", "pom.xml")
        or name in ("build.gradle", "build.gradle.kts", *_EXAMPLES, *_VITE)
        or name in ("application.properties", "application.yml", "application.yaml")
        or name in ("application-dev.properties", "application-dev.yml", "main.go", "server.go")
        or path.endswith(("config/puma.rb", "supabase/config.toml"))
    )


def _text(path: str) -> str | None:
    text = read(path, LARGEST)
    return None if text is None else text.encode("utf-8", "replace").decode("utf-8", "replace")


def _compose(root: str) -> list[Detected]:
    from portman.compose.model import Paths, read_project
    from portman.compose.reader import default_files, load

    files = default_files(root, "")
    if not files:
        return []

    def join(folder: str, name: str) -> str:
        return os.path.normpath(os.path.join(folder, name))

    whole = tuple(os.path.join(root, one) for one in files)
    project = read_project(whole, Paths(join, os.path.dirname, load))
    finds: list[Detected] = []
    for service, merged in project.services.items():
        own: list[Detected] = []
        for entry in merged.ports:
            own += _published(service, entry, root, first=not own)
        finds += own
    return finds


def _published(service: str, entry: PortEntry, root: str, *, first: bool) -> list[Detected]:
    from portman.compose.interpolation import names_in

    names = sorted({name for text in entry.texts for name in names_in(text)})
    fixed = _fixed(entry, {})
    required = not fixed and bool(names)  # ${DB_PORT} or ${DB_PORT:?...}: no usual value
    if required:
        fixed = _fixed(entry, dict.fromkeys(names, "49999"))
    if not fixed:
        return []
    lead = fixed[0]
    name = service_name(service) if first else service_name(f"{service}-{lead.target}")
    shown = entry.text or ", ".join(f"{key}: {value}" for key, value, _ in entry.fields)
    where = f"{os.path.relpath(entry.file, root)}:{entry.line}"
    ports = [name for name in names if name.endswith("PORT")]
    return [
        Detected(
            name,
            None if required else lead.port,
            where,
            f'publishes "{shown}"',
            "container",
            lead.target,
            lead.protocol,
            service,
            ports[0] if len(ports) == 1 else "",
            size=len(fixed),
        )
    ]


def _fixed(entry: PortEntry, values: Mapping[str, str]) -> list[Published]:
    """The bindings of an entry with a host port; none if it cannot be understood."""
    from portman.compose.interpolation import UnclearError, published

    try:
        return [one for one in published(entry, values.get) if one.port is not None]
    except UnclearError:
        return []
