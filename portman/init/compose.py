"""The Compose files of a project for `portman init`: which are meant, and what they publish."""

from __future__ import annotations

import os
import re

from portman.base.record import NamedTuple
from portman.compose.document import load
from portman.compose.interpolation import UnclearError, names_in, published, read_env_text
from portman.compose.model import Paths, read_project
from portman.compose.reader import default_files
from portman.init.findings import (
    Detected,
    DetectedAddress,
    ports_of,
    service_name,
)

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from portman.compose.interpolation import Lookup, Published
    from portman.compose.model import ComposeProject, PortEntry

#: What a Compose file is for, by words of its path, the preferred purpose first.
PURPOSES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"(?:^|[/._-])(?:{words})(?:[/._-]|$)"))
    for name, words in (
        ("an example", "examples?|samples?|docs?|templates?|contrib"),
        ("production", "prod|production|deploy|deployment|release|self-?host(?:ed|ing)?|staging"),
        ("tests", "tests?|testing|ci|e2e|integration|bench(?:mark)?s?|perf|playwright|cypress"),
        ("a dev container", r"\.devcontainer"),
        ("development", "dev|develop|development|local"),
    )
)
_RANKS = {"development": 0, "": 1, "a dev container": 2, "tests": 3, "production": 4}
NAME = re.compile(
    r"(?:docker-|podman-)?compose\b[\w.-]*\.ya?ml$|^(?!process-)[\w.-]*\bcompose[\w.-]*\.ya?ml$"
)
_COMMAND = re.compile(
    r"(?:(?:docker|podman)[ -]compose|\bcompose)(?=\s)([^\n\"']{0,400})"
    # a script of the project's own that hands the files on: node scripts/docker.mjs -f ...
    r"|[\w/-]+\.(?:[cm]?[jt]s|sh|py)[ ]([^\n\"']{0,400})"
)
_FILE = re.compile(r"(?:-f|--file)[ =]+[\"']?([\w./@-]+\.ya?ml)")
_VARIABLE = re.compile(r"\bCOMPOSE_FILE\s*[?:]?=\s*[\"']?([\w./:;@-]+)")


class ComposeChoice(NamedTuple):
    """The files that are read, who names them ("": Compose finds them), and the others."""

    files: tuple[str, ...] = ()
    by: str = ""
    others: tuple[tuple[str, str], ...] = ()


class ComposeFinds(NamedTuple):
    """What the chosen files say: ports, addresses with a default, and what stays the same.

    `kept` are (file:line, variable, port) of addresses with a literal port; `names` are
    (file:line, service, name) of every `container_name`; `env_files` go into containers. `read` are
    the files with those that they include or extend.
    """

    choice: ComposeChoice
    ports: list[Detected]
    addresses: list[DetectedAddress]
    kept: list[tuple[str, str, int]]
    names: list[tuple[str, str, str]]
    env_files: set[str]
    read: tuple[str, ...] = ()


def purpose(path: str) -> str:
    """Say what a Compose file is for; "" where nothing in its path says so."""
    lower = path.lower()
    return next((name for name, words in PURPOSES if words.search(lower)), "")


def choose(root: str, texts: Mapping[str, str], present: Iterable[str]) -> ComposeChoice:
    """Choose the Compose files that developers start, by what the repository's own files name.

    Development goes before files without a purpose, these before tests and production; of equals
    the default name in the root, then what a script names, then README, then what just lies there.
    """
    offers: dict[tuple[str, ...], tuple[int, str]] = {}
    guides = "\n".join(text for path, text in texts.items() if path.lower().endswith(".md"))
    for path, text in texts.items():
        for files, line in _named(root, path, text):
            rank = 0 if not path.lower().endswith((".md", ".json")) else 2
            rank = 1 if path.endswith("package.json") else rank
            if rank == 1 and _is_told(guides, text.split("\n")[line - 1]):
                rank = -2
            known = offers.get(files)
            if known is None or rank < known[0]:
                offers[files] = (rank, f"{path}:{line}")
    plain = default_files(root, "")
    if plain:
        offers[plain] = (-1, "")
    seen = {one for files in offers for one in files}
    for path in present:
        if path not in seen and ".override." not in path and ".portman." not in path:
            whole = default_files(root, os.path.dirname(path))
            offers.setdefault(whole if path in whole else (path,), (3, ""))
    if not offers:
        return ComposeChoice()
    chosen = min(offers, key=lambda files: _rank(files, offers[files][0]))
    foreign = all(purpose(one) in ("tests", "an example") for one in chosen)
    if offers[chosen][0] == 3 and (foreign or _many(offers, chosen)):
        return ComposeChoice(others=_others(offers, ()))
    by = offers[chosen][1] or ("" if chosen == plain else chosen[0])
    return ComposeChoice(chosen, by, _others(offers, chosen))


def _rank(files: tuple[str, ...], source: int) -> tuple[int, int, int, int, tuple[str, ...]]:
    said = {purpose(one) for one in files} - {""}
    word = next((one for one in ("production", "tests", "development") if one in said), "")
    word = word or next(iter(said), "")
    rank = 2 * _RANKS.get(word, 5) if source != -2 else 0
    if source == 3 and word == "development":
        rank = 3  # nothing names it: after the default
    return (rank, source, min(one.count("/") for one in files), -len(files), files)


def _is_told(guides: str, line: str) -> bool:
    """Tell whether a guide says to type the script that is on this line of package.json."""
    script = re.match(r"\s*\"([\w:.-]+)\"\s*:", line)
    return script is not None and bool(
        re.search(rf"\b(?:npm|pnpm|yarn|bun)(?: run)? {re.escape(script[1])}(?![\w:.-])", guides)
    )


def _many(offers: Mapping[tuple[str, ...], tuple[int, str]], chosen: tuple[str, ...]) -> bool:
    """Tell whether several files that nothing names are as good: samples beside each other."""
    best = _rank(chosen, 3)[:3]
    return sum(_rank(files, rank)[:3] == best for files, (rank, _) in offers.items()) > 1


def _others(
    offers: Iterable[tuple[str, ...]], chosen: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    every = sorted({one for files in offers for one in files} - set(chosen))
    return tuple((one, purpose(one)) for one in every)


def _named(root: str, path: str, text: str) -> list[tuple[tuple[str, ...], int]]:
    """Return the sets of Compose files that a text names, with their lines."""
    found = []
    folder = path.rpartition("/")[0]
    if path.endswith("devcontainer.json"):
        match = re.search(r"\"dockerComposeFile\"\s*:\s*(\[[^\]]*\]|\"[^\"]*\")", text)
        names = re.findall(r"\"([^\"]+)\"", match[1]) if match else []
        found.append((match.start() if match else 0, names))
    for one in _COMMAND.finditer(text):
        names = _FILE.findall(one[1] or one[2] or "")
        if one[2] is None or all(NAME.match(name.rpartition("/")[2]) for name in names):
            found.append((one.start(), names))
    found += [(one.start(), re.split("[:;]", one[1])) for one in _VARIABLE.finditer(text)]
    found += [(place, ["docker-compose.yml"]) for place in _plain_ups(text)]
    result = []
    for place, names in found:
        bases = (folder, "", *_worked_in(text, place, folder))
        files = tuple(one for one in (_there(root, bases, name) for name in names) if one)
        if files and len(files) == len(names):
            result.append((files, text.count("\n", 0, place) + 1))
    return result


_CD = re.compile(r"\bcd\s+([\w./-]+)|\b(?:dir|working-directory|cwd)\s*:\s*[\"']?([\w./-]+)")


def _worked_in(text: str, place: int, folder: str) -> list[str]:
    """Return the folders a command works in: `cd docker &&`, Task's `dir: docker` before it."""
    start = place
    for _ in range(5):
        start = max(text.rfind("\n", 0, start), 0)
    named = [match[1] or match[2] for match in _CD.finditer(text, start, place)]
    return [os.path.join(folder, one) for one in reversed(named)]


def _plain_ups(text: str) -> list[int]:
    """Return where `cd docker && docker compose up` stands: the folder says which file is meant."""
    plain = re.compile(r"\bcd\s+[\w./-]+\s*(?:&&|;)\s*docker[ -]compose\s+(?:-d\s+)?up\b")
    return [match.end() for match in plain.finditer(text)]


def _there(root: str, bases: Iterable[str], name: str) -> str:
    for base in bases:
        path = os.path.normpath(os.path.join(base, name)).replace(os.sep, "/")
        if not path.startswith(("..", "/")) and os.path.isfile(os.path.join(root, path)):
            return path
    return ""


def read_compose(root: str, choice: ComposeChoice, values: Mapping[str, str]) -> ComposeFinds:
    """Read the published ports of the Compose services, as the files have them.

    `values` are those of the project's env files: what `${DB_PORT}` means where it has no default.
    """
    finds = ComposeFinds(choice, [], [], [], [], set())
    if not choice.files:
        return finds

    project, read = read_files(root, choice.files)
    finds = finds._replace(read=read)
    for service, merged in project.services.items():
        own: list[Detected] = []
        for entry in merged.ports:
            _add(own, _published(service, entry, root, values, first=not own))
        finds.ports.extend(own)
    for path in read:
        _scan(os.path.join(root, path), path, finds)
    return finds


def read_files(root: str, files: Iterable[str]) -> tuple[ComposeProject, tuple[str, ...]]:
    """Return the project of some files, and these with what they include or extend below `root`."""

    def join(folder: str, name: str) -> str:
        return os.path.normpath(os.path.join(folder, name))

    whole = tuple(os.path.join(root, one) for one in files)
    project = read_project(whole, Paths(join, os.path.dirname, load))
    paths = (os.path.relpath(path, root).replace(os.sep, "/") for path in project.files)
    return project, tuple(one for one in paths if not one.startswith("../"))


def env_values(texts: Mapping[str, str], folder: str) -> dict[str, str]:
    values: dict[str, str] = {}
    ordered = sorted(texts, key=lambda path: path.endswith(".env"))
    for path in ordered:
        if "env" in path.rpartition("/")[2] and path.rpartition("/")[0] in ("", folder):
            values.update(read_env_text(texts[path]))
    return values


def _published(
    service: str, entry: PortEntry, root: str, values: Mapping[str, str], *, first: bool
) -> Detected | None:
    fixed = _fixed(entry, lambda _name: None)
    known = _fixed(entry, values.get) or fixed
    required = not known and any(names_in(text) for text in entry.texts)
    if required:  # ${DB_PORT} or ${DB_PORT:?...}: no usual value
        names = {name for text in entry.texts for name in names_in(text)}
        known = _fixed(entry, dict.fromkeys(names, "49999").get)
    if not known:
        return None
    lead = known[0]
    target = fixed[0].target if fixed else lead.target
    if required and target == 49999:  # nothing here says which port that is in the container
        return None
    name = service_name(service if first else f"{service}-{target}")
    shown = entry.text or ", ".join(f"{key}: {value}" for key, value, _ in entry.fields)
    where = f"{os.path.relpath(entry.file, root)}:{entry.line}"
    host = lead.address if lead.address not in ("", "127.0.0.1") else ""
    variable = _host_variable(entry)
    return Detected(
        *(name, None if required else lead.port, where, f'publishes "{shown}"', "container"),
        *(target, lead.protocol, service, variable), size=len(known), host=host,
        own=bool(variable),
    )  # fmt: skip


def _add(own: list[Detected], find: Detected | None) -> None:
    """Add a port of a service; tcp and udp of one number are one entry (HTTP/3, DNS)."""
    if find is None:
        return
    for place, known in enumerate(own):
        same = (known.target, known.port, known.size) == (find.target, find.port, find.size)
        if same and {known.protocol, find.protocol} == {"tcp", "udp"}:
            names = " ".join(one for one in (known.variable, find.variable) if one)
            what = f"{known.what}, and for {find.protocol} {find.what.removeprefix('publishes ')}"
            own[place] = known._replace(protocol="tcp udp", variable=names, what=what)
            return
    own.append(find)


def _host_variable(entry: PortEntry) -> str:
    """Return the variable that is the whole port on the host's side of an entry."""
    fields = {key: value for key, value, _ in entry.fields}
    text = fields.get("published", "") if fields else _host_side(entry.text)
    match = re.search(r"(?:^|:)\$(?:(\w+)|\{(\w+)(?::?-\d+|:?\?[^}]*)?\})$", text)
    return (match[1] or match[2]) if match else ""


def _host_side(text: str) -> str:
    depth, cut = 0, 0
    for place, char in enumerate(text):
        depth += (char == "{") - (char == "}")
        if char == ":" and depth == 0:
            cut = place
    return text[:cut]


def _fixed(entry: PortEntry, lookup: Lookup) -> list[Published]:
    try:
        return [one for one in published(entry, lookup) if one.port is not None]
    except UnclearError:
        return []


_ENV_FILE = re.compile(r"\s+env_file:\s*([^\s#].*?)?\s*(?:#.*)?$")
_ENV_ITEM = re.compile(r"\s+-\s+(?:path:\s*)?([^\s#]+)")
_SERVICE = re.compile(r"^(\s{1,8})([\w.-]+):\s*(?:[{&#].*)?$")


def _scan(path: str, shown: str, finds: ComposeFinds) -> None:
    """Read line by line what the ports do not say: container names, addresses."""
    service, indent, listing = "", "", False
    for number, line in enumerate(_text("", path).splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue
        listed = _ENV_ITEM.match(line) if listing else None
        head = _ENV_FILE.match(line)
        listing = bool(listed) or (head is not None and not head[1])
        named = (listed or head or [""] * 2)[1]
        finds.env_files.update(
            os.path.normpath(os.path.join(os.path.dirname(shown), one)).replace(os.sep, "/")
            for one in re.split(r"[\[\],\s\"']+", named or "")
            if one
        )
        if (head := _SERVICE.match(line)) and (not indent or head[1] == indent):
            indent, service = head[1], head[2]
        if (name := re.search(r"\bcontainer_name:\s*[\"']?([^\s\"',}]+)", line)) and (
            "$" not in name[1]
        ):
            finds.names.append((f"{shown}:{number}", service, name[1]))
        for match in re.finditer(r"\$\{(\w+):?-([^}]*)\}", line):
            if ports_of(match[2]):
                finds.addresses.append(DetectedAddress(match[1], match[2], f"{shown}:{number}"))
        rest = re.sub(r"\$\{[^}]*\}", "", line)
        for begin, end, port in ports_of(rest):
            mapping = end == begin or rest[end : end + 1] == ":"  # 127.0.0.1:3000:3000
            if not mapping and "test:" not in rest and "healthcheck" not in rest:
                keys = re.findall(r"([A-Za-z_][\w.-]*)\s*[:=](?!//)", rest[:begin])
                finds.kept.append((f"{shown}:{number}", keys[-1] if keys else "", port))


class Build(NamedTuple):
    """Where a Compose service comes from: the folder it is built from ("": the root), or an image.

    `context` None: it is not built here. `mounts`: the root's files are in it, so that programs of
    the root are started inside.
    """

    context: str | None = None
    image: str = ""
    mounts: bool = False


def plain(name: str) -> str:
    """Return a name as images are called: ShopApp and shop-app are shopapp."""
    return re.sub(r"[^a-z0-9]", "", name.rpartition("/")[2].lower())


def builds_here(root: str, choice: ComposeChoice, titles: Collection[str] = ()) -> dict[str, Build]:
    """Return service -> what it runs, for the services of the chosen files.

    An image that is called like the project (`titles`), or like its service, is taken to be built
    of the root.
    """
    found: dict[str, Build] = {}
    for file in choice.files:
        folder = os.path.dirname(file)
        service, indent, block = "", "", False
        for line in _text(root, file).splitlines():
            if head := re.match(r"^(\s{1,8})([\w.-]+):", line):
                if not indent and not line.lstrip().startswith("#"):
                    indent = head[1]
                if head[1] == indent:
                    service, block = head[2], False
            if match := re.search(r"^\s+build:\s*(?:[\"']?([^\s#\"']+))?", line):
                block = match[1] is None
                found[service] = Build(_inside(folder, match[1] or "."))
            elif block and (match := re.search(r"\bcontext:\s*[\"']?([^\s#\"',}]+)", line)):
                found[service] = Build(_inside(folder, match[1]))
            elif block and (match := re.search(r"\bdockerfile:\s*[\"']?([^\s#\"',}]+)/", line)):
                inside = f"{found[service].context}/{match[1]}".strip("/")
                if any(os.path.isfile(os.path.join(root, inside, one)) for one in _PACKAGES):
                    found[service] = Build(inside)
            elif match := re.search(r"\bimage:\s*[\"']?([\w./-]+)", line):
                image = match[1].rpartition("/")[2]
                own = plain(image) in titles
                found.setdefault(service, Build("" if own else None, image))
    for service in _mounting(root, choice.files):
        found[service] = found.get(service, Build())._replace(mounts=True)
    return found


def _mounting(root: str, files: Iterable[str]) -> set[str]:
    """Return the services that have the project's root as a volume, by files in the root."""
    found = set()
    for file in files:
        service, indent = "", ""
        for line in _text(root, file).splitlines() if "/" not in file else ():
            if (head := _SERVICE.match(line)) and (not indent or head[1] == indent):
                indent, service = head[1], head[2]
            elif service and re.match(r"\s+-\s*[\"']?\./?:/", line):
                found.add(service)
    return found


#: Files that a folder with a program of its own has.
_PACKAGES = (
    *("package.json", "deno.json", "go.mod", "pyproject.toml", "requirements.txt", "Cargo.toml"),
    *("mix.exs", "Gemfile", "pom.xml", "build.gradle", "composer.json", "main.go"),
)


def _inside(folder: str, context: str) -> str:
    path = os.path.normpath(os.path.join(folder, context)).replace(os.sep, "/")
    return "" if path in (".", "") or path.startswith(("..", "/")) or "$" in path else path


def names_inside(root: str, finds: ComposeFinds) -> set[str]:
    """Return the variables of ports by which the files that are read publish nothing here."""
    text = "\n".join(_text(root, one) for one in finds.read)
    named = set(re.findall(r"\$\{?(\w*PORT)\b", text)) | set(
        re.findall(r"(?m)^\s*-\s*(\w*PORT)\s*$", text)
    )
    return named - {"PORT"} - {x for one in finds.ports for x in one.variable.split()}


def variables_of(root: str, files: Iterable[str]) -> set[tuple[str, str]]:
    return {
        (os.path.dirname(file), name)
        for file in files
        for name in re.findall(r"(?m)^\s*-\s*[\"']?\$\{?(\w*PORT\w*)", _text(root, file))
    }


def _text(root: str, file: str) -> str:
    try:
        with open(os.path.join(root, file), encoding="utf-8", errors="replace") as stream:
            return stream.read(1 << 20)
    except OSError:
        return ""
