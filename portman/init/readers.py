"""What `portman init` detects in each kind of file: a port, its name, where it is set. Pure."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from portman.base.small_file import data_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Kind = Literal["service", "container"]


class Detected(NamedTuple):
    """One port that a file of the project names.

    `port` None: any will do. `where` is "compose.yaml:12", `what` the rest of the sentence.
    `variable` is the variable that the file takes or sets the port by. `weak` finds only add to
    what others found, or are used where there is no other.
    """

    name: str
    port: int | None
    where: str
    what: str
    kind: Kind = "service"
    target: int | None = None
    protocol: str = "tcp"
    compose: str = ""
    variable: str = ""
    size: int = 1
    weak: bool = False


class DetectedAddress(NamedTuple):
    """A value with `localhost:PORT` in it, from an example env file."""

    variable: str
    value: str
    port: int
    where: str


def service_name(text: str, default: str = "web") -> str:
    """Turn a text into a service name: lower case, letters, digits, `-`, a letter first."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower())
    parts = [part for part in plain.split("-") if part]
    name = "-".join(parts).lstrip("0123456789-")[:40].rstrip("-")
    return name or default


def port_number(text: str) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return number if 0 < number < 65536 else None


# The port of a command line: the one it names, else the default of its program.


@cache
def programs() -> dict[str, tuple[int, str, str]]:
    """Program (as written in a command) -> usual port, name, how it takes another one."""
    rows = [line.split("\t") for line in data_file("programs.tsv").splitlines() if line[0] != "#"]
    return {program: (int(port), name, way) for program, port, name, way in rows}


_SAID = (
    r"(?:--port|--http-port|--server\.port|--listen-port)[= ]+(\d{2,5})\b",
    r"(?<![\w-])-[pP][= ]?(\d{2,5})\b(?!:)",
    r"(?:-b|--bind|-a|--addr|--address|-tcp|-l|--listen)[= ]+\S*?:(\d{2,5})\b",
    r"\brunserver\s+(?:\S+:)?(\d{2,5})\b",
    r"-S\s+\S+:(\d{2,5})\b",
    r"\bhttp\.server\s+(\d{2,5})\b",
)
_ASSIGNED = re.compile(r"(?:^|\s)(?:cross-env\s+)?([A-Z][A-Z0-9_]*PORT|PORT)=(\d{2,5})\b")
_DEFAULTED = re.compile(r"\$\{([A-Z][A-Z0-9_]*PORT|PORT):?-(\d{2,5})\}")
_TAKES = re.compile(r"\$\{?([A-Z][A-Z0-9_]*PORT|PORT)\b")


class Served(NamedTuple):
    """A port, the name the program suggests, the variable it is taken by, and how to set it."""

    port: int | None
    name: str = "web"
    variable: str = ""
    what: str = ""


def served(command: str) -> Served | None:
    """Find the port a command serves on; None if nothing shows that it is a server."""
    program, usual = _program(command)
    name = usual[1] if usual else "web"
    way = f"{program} takes it by {usual[2]}" if usual else ""
    for pattern in (_DEFAULTED, _ASSIGNED):
        match = pattern.search(command)
        if match:
            return Served(port_number(match[2]), name, match[1])
    takes = _TAKES.search(command)
    for said in _SAID:
        match = re.search(said, command)
        if match and port_number(match[1]):
            return Served(port_number(match[1]), name, takes[1] if takes else "", way)
    if takes:
        return Served(usual[0] if usual else None, name, takes[1])
    return Served(usual[0], name, "", way) if usual else None


def _program(command: str) -> tuple[str, tuple[int, str, str] | None]:
    """Return the first program of the table in the command, the longest name that fits."""
    best: tuple[int, int, str] | None = None
    for program in programs():
        match = re.search(rf"(?:^|[\s/&;|(]){re.escape(program)}(?=$|[\s.:;&|)])", command)
        if match and not _only_builds(command[match.end() :]):
            offer = (match.start(), -len(program), program)
            best = offer if best is None or offer < best else best
    return (best[2], programs()[best[2]]) if best else ("", None)


def _only_builds(rest: str) -> bool:
    first = rest.split()[:1]
    return bool(first) and first[0] in {
        *("build", "lint", "test", "info", "check", "export", "generate", "migrate", "prepare"),
        *("sync", "telemetry", "typegen", "optimize", "studio", "db", "analyze"),
    }


# The ports in single files of a project: one function for each kind of file.

#: Scripts of package.json that start a server, the usual one first.
_SCRIPTS = ("dev", "develop", "start:dev", "serve", "start", "storybook", "docs", "docs:dev")
_ADDRESS = re.compile(r"(?:localhost|127\.0\.0\.1)(?::|\]:)(\d{2,5})\b")


def procfile(text: str, where: str) -> Iterator[Detected]:
    """`name: command`, one process a line."""
    for number, line in enumerate(text.splitlines(), 1):
        name, colon, command = line.partition(":")
        if not colon or line.startswith("#") or not name.replace("-", "_").isidentifier():
            continue
        seen = served(command.strip())
        if seen is None:
            continue
        what = f"runs {_short(command)}" + (f"; {seen.what}" if seen.what else "")
        yield Detected(
            service_name(name), seen.port, f"{where}:{number}", what, variable=seen.variable
        )


def package_json(text: str, where: str, vite_port: int | None = None) -> list[Detected]:
    """`scripts` that start a server; `vite_port` is what a vite.config beside it says."""
    data = _json(text)
    scripts = data.get("scripts")
    if not isinstance(scripts, dict):
        return []
    folder = where.rpartition("/")[0]
    title = str(data.get("name") or "").rpartition("/")[2]
    found: list[Detected] = []
    for script in _SCRIPTS:
        command = scripts.get(script)
        seen = served(command) if isinstance(command, str) else None
        if seen is None or any(one.port == seen.port for one in found):
            continue
        if any(one.name not in ("storybook", "docs") for one in found) and script in _SCRIPTS[:5]:
            continue  # `start` is the same server, built
        port = vite_port if vite_port and "vite" in str(command) else seen.port
        own = folder.rpartition("/")[2] or title
        name = own if folder and seen.name in ("web", "api", "worker") else seen.name
        what = f'script "{script}" runs {_short(str(command))}'
        what += f"; {seen.what}" if seen.what else ""
        found.append(Detected(service_name(name), port, where, what, variable=seen.variable))
    return found


def vite_config(text: str) -> int | None:
    """Return `server: { port: 3001 }` of a vite.config."""
    match = re.search(r"\bserver\s*:\s*\{[^{}]*?\bport\s*:\s*(\d{2,5})\b", text)
    return port_number(match[1]) if match else None


def dockerfile(text: str, where: str) -> Iterator[Detected]:
    """`EXPOSE 8000` (only a note of the image's maker: it publishes nothing)."""
    folder = where.rpartition("/")[0].rpartition("/")[2]
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].upper() != "EXPOSE":
            continue
        for word in words[1:]:
            port, _, protocol = word.partition("/")
            target = port_number(port)
            if target:
                name = service_name(folder or "app", "app")
                what = f"EXPOSE {word}"
                yield Detected(
                    name,
                    target,
                    f"{where}:{number}",
                    what,
                    "container",
                    target,
                    protocol.lower() or "tcp",
                    weak=True,
                )


def devcontainer(text: str, where: str) -> Iterator[Detected]:
    """`forwardPorts` and `appPort`, with the labels of `portsAttributes`."""
    data = _json(_without_comments(text))
    labels = data.get("portsAttributes")
    labels = labels if isinstance(labels, dict) else {}
    listed: list[object] = []
    for key in ("forwardPorts", "appPort"):
        value = data.get(key)
        listed += value if isinstance(value, list) else [] if value is None else [value]
    for entry in listed:
        owner, _, text_port = str(entry).rpartition(":")
        port = port_number(text_port)
        if port is None:
            continue
        label = labels.get(str(entry)) or labels.get(str(port)) or {}
        title = label.get("label") if isinstance(label, dict) else ""
        name = service_name(str(title or (owner if not owner.isdigit() else "") or f"port-{port}"))
        yield Detected(name, port, where, f"forwards {entry}", weak=True)


def env_example(text: str, where: str) -> tuple[list[Detected], list[DetectedAddress]]:
    """`API_PORT=8000` and `API_URL=http://localhost:8000` of an example env file."""
    found: list[Detected] = []
    addresses: list[DetectedAddress] = []
    for number, line in enumerate(text.splitlines(), 1):
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        value = value.strip().strip("\"'")
        if not equals or not name.isidentifier() or not name.isascii():
            continue
        port = port_number(value)
        if port and (name == "PORT" or name.endswith("_PORT")):
            stem = service_name(name.removesuffix("PORT").rstrip("_"), "web")
            found.append(
                Detected(stem, port, f"{where}:{number}", f"sets {name}", variable=name, weak=True)
            )
        elif match := _ADDRESS.search(value):
            addresses.append(DetectedAddress(name, value, int(match[1]), f"{where}:{number}"))
    return found, addresses


def spring(text: str, where: str) -> Iterator[Detected]:
    """`server.port` in application.properties or application.yml."""
    flat = re.search(r"(?m)^\s*server\.port\s*[=:]\s*(?:\$\{(\w+):)?(\d{2,5})", text)
    nested = re.search(
        r"(?m)^server:\s*\n(?:[ \t]+.*\n)*?[ \t]+port:\s*[\"']?(?:\$\{(\w+):)?(\d{2,5})", text
    )
    match = flat or nested
    if not match:
        return
    folder = where.partition("/src/")[0] if "/src/" in where else ""
    name = service_name(folder.rpartition("/")[2] or "web")
    variable = match[1] or "SERVER_PORT"
    what = f"says server.port; Spring Boot takes {variable}"
    yield Detected(name, int(match[2]), where, what, variable=variable)


def go_server(text: str, where: str) -> Iterator[Detected]:
    """`ListenAndServe(":8080")`, `net.Listen("tcp", ":8080")`, `getenv("PORT", "8080")`."""
    match = re.search(
        r"(?:ListenAndServe(?:TLS)?|\.Listen|\.Run|Start)\(\s*(?:\"tcp\",\s*)?\"[^\"]*:(\d{2,5})\"",
        text,
    )
    default = re.search(r"[Ee]nv\w*\(\s*\"(\w*PORT)\"\s*,\s*\"?:?(\d{2,5})\"?", text)
    if not match and not default:
        return
    port = int(default[2]) if default else int(match[1]) if match else 0
    parts = where.split("/")[:-1]
    name = service_name(next((one for one in reversed(parts) if one not in ("cmd", "src")), "api"))
    variable = default[1] if default else ""
    yield Detected(name, port, where, f"listens on :{port}", variable=variable)


def supabase(text: str, where: str) -> Iterator[Detected]:
    import tomllib

    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return
    for section, key in (
        *(("api", "port"), ("db", "port"), ("db", "shadow_port"), ("studio", "port")),
        *(("inbucket", "port"), ("analytics", "port")),
    ):
        table = data.get(section)
        port = table.get(key) if isinstance(table, dict) else None
        if isinstance(port, int) and 0 < port < 65536:
            name = f"supabase-{section}" + ("-shadow" if key == "shadow_port" else "")
            what = f"[{section}] {key}; it takes a number only, so make it an [[output]] template"
            yield Detected(name, port, where, what)


def by_mark(names: Iterable[str], texts: dict[str, str]) -> Iterator[Detected]:
    """Frameworks known by a file at the root, where no command was found for them."""
    if "manage.py" in names and "django" in texts.get("manage.py", ""):
        what = "is Django's; it takes a port by manage.py runserver $WEB_PORT"
        yield Detected("web", 8000, "manage.py", what, weak=True)
    if "config/puma.rb" in names:
        match = re.search(r"fetch\(.PORT.(?:,|\)\s*\{)\s*\D?(\d{4,5})", texts["config/puma.rb"])
        port = int(match[1]) if match else 3000
        yield Detected(
            "web", port, "config/puma.rb", "is Rails'; it takes PORT", variable="PORT", weak=True
        )
    build = (
        texts.get("pom.xml", "") + texts.get("build.gradle", "") + texts.get("build.gradle.kts", "")
    )
    if "spring-boot" in build or "org.springframework.boot" in build:
        mark = next(one for one in ("pom.xml", "build.gradle", "build.gradle.kts") if one in names)
        what = "has Spring Boot, which takes SERVER_PORT"
        yield Detected("web", 8080, mark, what, variable="SERVER_PORT", weak=True)


def _short(command: str) -> str:
    plain = " ".join(command.split())
    return f"`{plain if len(plain) < 60 else plain[:57] + '...'}`"


def _json(text: str) -> dict[str, Any]:
    import json

    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _without_comments(text: str) -> str:
    """Return JSON with comments and trailing commas as plain JSON (devcontainer.json has them)."""
    bare = re.sub(
        r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/',
        lambda match: match[1] or "",
        text,
        flags=re.DOTALL,
    )
    return re.sub(r",(\s*[\]}])", r"\1", bare)
