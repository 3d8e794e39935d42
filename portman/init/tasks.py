"""What `portman init` reads out of files that name the commands of a project: task runners. Pure.

Each reader leads to rows (line, name, command); what a command starts is told in sources.py.
"""

from __future__ import annotations

import re
import tomllib

from portman.base.programs import port_number
from portman.init.findings import Detected, folder_name, folder_of, line_of, service_name
from portman.init.readers import at_line, read_json, table, toml, under
from portman.init.sources import LONGEST, PLAIN, expanded, named, package_scripts, served, short

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from portman.init.findings import Found

#: Targets that start a server to look at something, or not here.
_NO_TARGETS = re.compile(
    r"(?:^|[-_:./])(?:tests?|e2e|ci|check|lint|bench\w*|build|image|docker|deploy|prod\w*|release|"
    r"install|migrate|clean|smoke|load|profile|ssh|publish)(?:$|[-_:./])"
)
_TARGETS = re.compile(
    r"(?:.*[-_:./])?(?:dev|run|serve|server|start|watch|up|web|api|frontend|backend|docs|ui|app)"
    r"(?:[-_:./].*)?$"
)
#: The project's own program: any target may start it, as long as a port is named.
_OWN_CODE = re.compile(r"(?:go|cargo) run\s")
#: `cargo watch -q -x "run -- --port 8000"` starts what `cargo run -- --port 8000` does.
_CARGO_WATCH = re.compile(r"cargo[ -]watch\b.*?\s-x\s+([\"']?)(run\b[^\"'&|;]*)\1")
_CLIENT = re.compile(r"test|bench|load|smoke|client|ping|gen|migrat|seed")


def procfile(text: str, where: str) -> list[Found]:
    """`name: command`, one process a line; its names are the services'."""
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        name, colon, command = line.partition(":")
        if colon and not line.startswith("#") and name.replace("-", "_").isidentifier():
            rows.append((number, name, command))
    return [
        named(seen, service_name(name), f"{where}:{number}")
        for number, name, command in rows
        for seen in served(command.strip())[:1] or _process(name, command.strip())
    ]


def _process(name: str, command: str) -> list[Detected]:
    """A process called web is the one that gets PORT, by the convention of these files."""
    if name != "web":
        return []
    what = f"runs {short(command)}; a process called web gets PORT"
    return [Detected(name, None, "", what, weak=True, role="hint")]


#: What starts a program in production, by language, and what says that it starts in another way.
_DEPLOYED = (
    (
        r"`(?:\S+/)?(?:(?:next|nuxt|npm|yarn|pnpm|\w+ run) start|node \S|[a-z-]+-serve|serve -s)",
        r"package\.json|\.[cm]?[jt]s:",
    ),
    (
        r"\b(?:gunicorn|uvicorn(?!.*--reload)|hypercorn|daphne|waitress-serve|uwsgi)\b",
        r"\.py\b|pyproject\.toml|\bflask run|\bfastapi dev|--reload",
    ),
    (r"\b(?:puma|unicorn|rackup|thin|rails s)", r"puma\.rb|\brails s"),
)


def without_deployed(finds: list[Detected]) -> list[Detected]:
    """Leave out what a Procfile starts in production, where its folder has another start."""

    def other(one: Detected, shows: str) -> bool:
        return any(
            x.folder == one.folder
            and x.kind == "service"
            and x.role != "hint"
            and "Procfile" not in x.where
            and re.search(shows, f"{x.where} {x.what}") is not None
            for x in finds
        )

    def process(one: Detected) -> bool:
        """A process called web says nothing beside any service that is known."""
        return one.weak and any(
            x.folder == one.folder and x.kind == "service" and "Procfile" not in x.where
            for x in finds
        )

    return [
        one
        for one in finds
        if one.where.rpartition("/")[2].partition(":")[0] != "Procfile"
        or not (
            process(one)
            or any(re.search(x, one.what) and other(one, shows) for x, shows in _DEPLOYED)
        )
    ]


def recipes(text: str, where: str) -> list[Found]:
    """Commands of a Makefile's or justfile's targets, with the defaults of their variables."""
    rows: list[tuple[int, str, str]] = []
    values: dict[str, str] = {}
    target = ""
    for number, whole in enumerate(text.splitlines(), 1):
        line = whole[:LONGEST]
        if line[:1] in ("\t", " ") and line.strip():
            rows.append((number, target, line.strip().lstrip("@-+")))
        elif match := re.match(r"(?:export\s+)?([A-Za-z_]\w*)\s*[?:]?=\s*[\"']?([^\"'#]*)", line):
            values[match[1]] = match[2].strip()
        elif match := re.match(r"@?([\w./-]+)[^:=]*:(?!=)", line):
            target = match[1]
        elif match := re.match(
            r"@?([\w-]+)((?:\s+[+*$]?\w+(?:=(?:\"[^\"]*\"|'[^']*'|\w+))?)+)\s*:", line
        ):
            target = match[1]  # just's parameters: `serve port="8033":`
            values |= dict(re.findall(r"(\w+)=[\"']?([^\"'\s]*)", match[2]))
    return targets(rows, values, where)


def taskfile(text: str, where: str) -> list[Found]:
    """Commands of the tasks in Taskfile.yml."""
    rows: list[tuple[int, str, str]] = []
    values: dict[str, str] = {}
    target, inside = "", False
    for number, whole in enumerate(text.splitlines(), 1):
        line = whole[:LONGEST]
        if re.match(r"\w", line):
            inside = line.startswith("tasks:")
        if match := re.match(r"\s+([A-Z][A-Z0-9_]*):\s*[\"']?(\S+?)[\"']?\s*$", line):
            values[match[1]] = match[2]
        if not inside:
            continue
        if match := re.match(r"  [\"']?([\w:.-]+)[\"']?:\s*(.*)$", line):
            target = match[1]
            if match[2]:
                rows.append((number, target, match[2]))
        elif match := re.match(r"\s+(?:-\s+(?:cmd:\s*)?|cmd:\s*|cmds:\s*\[)(.+?)\]?\s*$", line):
            rows.append((number, target, match[1].strip("\"'")))
    return targets(rows, values, where)


def targets(rows: list[tuple[int, str, str]], values: Mapping[str, str], where: str) -> list[Found]:
    found: list[Found] = []
    for number, target, whole in rows:
        command = _CARGO_WATCH.sub(r"cargo \2", whole)
        own_code = _OWN_CODE.match(command) and not _CLIENT.search(target)
        usual = _TARGETS.match(target) is not None or own_code
        for seen in served(_filled(command, values)):
            if not usual and (seen.program is None or _NO_TARGETS.search(target)):
                continue
            stem = re.sub(r"^(?:dev|run|serve|start|watch|up)[-_:.]|[-_:.](?:dev|run)$", "", target)
            plain = stem in ("dev", "run", "serve", "server", "start", "watch", "up")
            own = seen.name if plain or seen.name not in PLAIN else service_name(stem)
            name = folder_name(where) if plain and folder_of(where) else own
            if not any(isinstance(one, Detected) and one.port == seen.port for one in found):
                found.append(named(seen, name, f"{where}:{number}", f"{target} "))
    return found


def _filled(command: str, values: Mapping[str, str]) -> str:
    """Write make's `$(PORT)`, just's `{{port}}` and Task's `{{.PORT}}` as `${PORT:-8000}`."""

    def one(match: re.Match[str]) -> str:
        name = match[1] or match[2] or match[3]
        value = values.get(name, "")
        if name.upper().endswith("PORT") and port_number(value):
            return f"${{{name.upper()}:-{value}}}" if name.isupper() else value
        return value or match[0]

    return re.sub(r"\$\((\w+)\)|\{\{\s*\.?(\w+)\s*\}\}|\$\$?\{(\w+)\}", one, command)


#: Where the files of Python's, mise's and pixi's tasks have tables of name -> command.
_TABLES = (
    *("tool.poe.tasks", "tool.pdm.scripts", "tool.taskipy.tasks", "tool.rye.scripts"),
    *("tool.pixi.tasks", "scripts", "tasks"),
)


def toml_tasks(text: str, where: str) -> list[Found]:
    """Tasks of pyproject.toml (poe, pdm, hatch, taskipy, rye, pixi), Pipfile, mise.toml."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return []
    tables = [table(data, *one.split(".")) for one in _TABLES]
    tables += [table(one, "scripts") for one in table(data, "tool", "hatch", "envs").values()]
    rows: list[tuple[int, str, str]] = []
    for tasks in tables:
        for name, task in tasks.items():
            for command in _commands(task):
                line = line_of(text, max(text.find(command[:40]), 0))
                rows += [(line, name, part) for part in expanded(command, {})]
    return targets(rows, {}, where)


def _commands(task: Any) -> Iterator[str]:
    if isinstance(task, dict):
        for key in ("cmd", "shell", "run", "composite", "sequence", "command"):
            yield from _commands(task.get(key))
    elif isinstance(task, list):
        for one in task:
            yield from _commands(one)
    elif isinstance(task, str):
        yield from (one.strip() for one in task.splitlines() if one.strip())


def deno_json(text: str, where: str) -> list[Found]:
    """`tasks` of deno.json that start a server."""
    data = read_json(text)
    tasks: dict[str, object] = {}
    for name, task in table(data, "tasks").items():
        tasks[name] = task.get("command") if isinstance(task, dict) else task
    return package_scripts(text, where, tasks, str(data.get("name") or ""), "task")


def invoke(text: str, where: str) -> list[Found]:
    """`c.run("uvicorn app:app")` in the tasks of Invoke's tasks.py."""
    if "@task" not in text:
        return []
    rows: list[tuple[int, str, str]] = []
    target = ""
    for number, line in enumerate(text.splitlines(), 1):
        if match := re.match(r"def (\w+)\(", line):
            target = match[1]
        elif match := re.match(r"\s+\w+\.run\(\s*f?[\"']{1,3}([^\"'{}\n]{3,300})[\"']", line):
            rows.append((number, target, match[1]))
    return targets(rows, {}, where)


_HEAD = re.compile(r"\s+[\"']?([\w.-]+)[\"']?:\s*(?:#.*)?$")
_STARTS = re.compile(r"\s+(?:shell|command|cmd):\s*(.+?)\s*$")


def processes(text: str, where: str) -> list[Found]:
    """`NAME: {shell: ...}` of mprocs.yaml, `NAME: {command: ...}` of process-compose.yaml."""
    found: list[Found] = []
    name = ""
    for number, line in enumerate(text.splitlines(), 1):
        if head := _HEAD.match(line):
            name = head[1]
        elif (match := _STARTS.match(line)) and name:
            command = re.sub(r"^\[(.*)\]$", r"\1", match[1]).replace('", "', " ")
            seen = served(command.strip("\"'").replace("', '", " "))[:1]
            found += [named(one, service_name(name), f"{where}:{number}") for one in seen]
    return found


_PM2_ARGS = re.compile(
    r"\bargs[\"']?\s*:\s*\[?[^\]\n}]*?(?<![\w-])(?:--port|-p)(?:[= ]|[\"']\s*,\s*[\"']?)(\d{2,5})\b"
)


def pm2(text: str, where: str) -> list[Found]:
    """`name`, and `env.PORT` or `--port` of `args`, of the apps in ecosystem.config.js."""
    found: list[Found] = []
    names = [*re.finditer(r"\bname\s*[\"']?\s*:\s*[\"']([\w.@/-]+)", text)]
    ends = [*(one.start() for one in names[1:]), len(text)]
    for match, end in zip(names, ends, strict=False):
        inside = text[match.end() : end]
        port = re.search(r"\bPORT[\"']?\s*:\s*[\"']?(\d{2,5})", inside)
        variable, what = "PORT", "sets PORT of this app"
        if not port and (port := _PM2_ARGS.search(inside)):
            variable, what = "", "its args name the port; no variable moves it"
        if port and port_number(port[1]):
            at = f"{where}:{line_of(text, match.end() + port.start())}"
            name = service_name(match[1].rpartition("/")[2])
            folder = folder_of(where)
            found.append(Detected(name, int(port[1]), at, what, variable=variable, folder=folder))
    return found


def leptos(text: str, where: str) -> list[Found]:
    """`site-addr` and `reload-port` of Leptos, in Cargo.toml."""
    if "metadata.leptos" not in text:
        return []
    found: list[Found] = []
    name = service_name(folder_of(where).rpartition("/")[2])
    for key, title, variable in (
        ("site-addr", name, "LEPTOS_SITE_ADDR"),
        ("reload-port", f"{name}-reload", "LEPTOS_RELOAD_PORT"),
    ):
        match = re.search(rf"(?m)^{key}\s*=\s*\"?(?:[\w.]+:)?(\d{{2,5}})\b", text)
        if match and port_number(match[1]):
            at = f"{where}:{line_of(text, match.start(1))}"
            what = f"{key} of Leptos; {variable} goes before it"
            found.append(Detected(title, int(match[1]), at, what, folder=folder_of(where)))
    return found


#: Files of other runners with numbers of their own: section -> the service's name, "" for dev.
_SECTIONS = {
    "netlify.toml": {"dev": ""},
    "redwood.toml": {"web": "web", "api": "api"},
}


def sections(text: str, where: str) -> list[Found]:
    """`[dev] port` of netlify.toml, `[web] port` and `[api] port` of redwood.toml."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return []
    found: list[Found] = []
    folder = folder_of(where)
    for section, title in _SECTIONS.get(where.rpartition("/")[2], {}).items():
        port = table(data, section).get("port")
        if isinstance(port, int) and port_number(str(port)):
            line = line_of(text, max(text.find(str(port)), 0))
            name = title or service_name(folder.rpartition("/")[2])
            what = f"[{section}] port; only this number moves it"
            found.append(Detected(name, port, f"{where}:{line}", what, folder=folder))
    return found


def tiltfile(text: str, where: str) -> list[Found]:
    """`local_resource("api", serve_cmd="...")` of a Tiltfile."""
    found: list[Found] = []
    for match in re.finditer(
        r"local_resource\(\s*[\"']([\w.-]+)[\"'][^)]{0,600}?serve_cmd\s*=\s*[\"']([^\"'\n]+)", text
    ):
        at = f"{where}:{line_of(text, match.start(2))}"
        found += [named(one, service_name(match[1]), at) for one in served(match[2])[:1]]
    return found


#: Files whose port is said beside a key: the program's row of the table has file and key.
_KEYED = re.compile(
    r"(?m)^[ \t]*[\"']?(?:port|dev_addr|bind)[\"']?[ \t]*[:=][ \t]*[\"']?(?:[\w.]*:)?(\d{2,5})\b"
)


def keyed(text: str, where: str) -> list[Found]:
    """`port = 8181` of Trunk.toml, Rocket.toml, _config.yml; mkdocs' dev_addr; gunicorn's bind."""
    match = _KEYED.search(text)
    name = where.rpartition("/")[2]
    if match is None or not port_number(match[1]):
        return []
    folder = folder_of(where)
    shown = service_name(folder.rpartition("/")[2])
    at = f"{where}:{line_of(text, match.start(1))}"
    sure = name in ("Trunk.toml", "Rocket.toml")
    variable = {"Trunk.toml": "TRUNK_SERVE_PORT", "Rocket.toml": "ROCKET_PORT"}.get(name, "")
    what = f"sets its port; {variable} goes before it" if sure else "sets its port"
    return [
        Detected(
            *(shown, int(match[1]), at, what), variable=variable, folder=folder,
            role="sure" if sure else "config",
        )
    ]  # fmt: skip


#: Sections of a program's own settings that say where it listens.
_SECTIONS_OF_APP = ("", "application", "server", "http", "web", "app", "api", "service", "listen")


def app_settings(text: str, where: str) -> list[Found]:
    """`application: port: 8000` of configuration/base.yaml, `[server] port` of config/default.toml.

    The program reads them by its own code, so the number is what the code says.
    """
    data = read_json(text) if where.endswith("json") else toml(text)
    for section in _SECTIONS_OF_APP:
        if where.endswith(("yml", "yaml")):
            match = under(text, section, r"[\"']?port[\"']?\s*:\s*[\"']?(\d{2,5})\b")
            number = port_number(match[1]) if match else None
        else:
            inside = table(data, section) if section else data
            said = str(inside.get("port") or inside.get("listen_address") or "")
            number = port_number(said.rpartition(":")[2])
        if number:
            key = f"{section}.port".lstrip(".")
            what = f"says {key}; no variable moves it"
            at = at_line(text, where, number)
            return [
                Detected(folder_name(where), number, at, what, folder=folder_of(where), role="code")
            ]
    return []


#: How code lets the environment go before such files: config-rs, figment, viper.
_PREFIXED = (
    (r"with_prefix\(\"(\w+)\"\)\s*\.prefix_separator\(\"_\"\)\s*\.separator\(\"(_+)\"\)", "_"),
    (r"with_prefix\(\"(\w+)\"\)\s*\.separator\(\"(_+)\"\)", ""),
    (r"Env::prefixed\(\"(\w+?)_\"\)\s*\.split\(\"(_+)\"\)", "_"),
    (r"SetEnvPrefix\(\"(\w+)\"\)(?=[\s\S]*NewReplacer\(\"\.\", \"(_)\")", "_"),
)


def by_prefix(one: Detected, texts: Mapping[str, str]) -> Detected:
    """Give a number of a program's settings the variable that its code lets go before the file."""
    key = re.match(r"says ([\w.]+); no variable moves it", one.what)
    if key is None:
        return one
    for path, text in texts.items():
        near = folder_of(path) == one.folder or not one.folder
        for pattern, joint in _PREFIXED if near and path.endswith((".rs", ".go")) else ():
            if match := re.search(pattern, text):
                name = f"{match[1]}{joint or match[2]}{key[1].replace('.', match[2])}".upper()
                what = f"says {key[1]}; it takes {name}"
                return one._replace(variable=name, own=True, what=what)
    return one


def ktor(text: str, where: str) -> list[Found]:
    """`deployment { port = 8080 }` of Ktor's application.conf; `port = ${?PORT}` goes before it."""
    match = re.search(r"\bdeployment\s*\{[^}]{0,400}?\bport\s*=\s*(\d{2,5})\b", text)
    if match is None or not port_number(match[1]):
        return []
    taken = re.search(r"\bport\s*=\s*\$\{\?([A-Z][A-Z0-9_]*)\}", text)
    folder = where.partition("/src/")[0] if "/src/" in where else ""
    variable = taken[1] if taken else ""
    what = f"sets ktor.deployment.port; it takes {variable or 'another by -port='}"
    at = f"{where}:{line_of(text, match.start(1))}"
    return [
        Detected(
            *(service_name(folder.rpartition("/")[2]), int(match[1]), at, what),
            variable=variable, folder=folder, own=bool(taken),
        )
    ]  # fmt: skip
