"""What `portman init` reads out of commands: which program starts, on which port. Pure."""

from __future__ import annotations

import re
from fnmatch import fnmatch

from portman.base.programs import asked, commands, started
from portman.init.findings import (
    Detected,
    Found,
    folder_name,
    folder_of,
    line_of,
    service_name,
)
from portman.init.readers import read_json, table, without_comments

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from portman.base.programs import Program, Started
    from portman.init.findings import Role

#: Names that any server would have; a package's own name says more.
PLAIN = ("web", "api", "worker", "app")


def served(command: str) -> list[Detected]:
    """Find every server that a command starts, with an empty `where`."""
    found = []
    for words in commands(command):
        one = started(words)
        server = _server(one, " ".join(words)) if one else None
        if server:
            found.append(server)
    return found


def _server(one: Started, command: str) -> Detected | None:
    program, said = one.program, asked(one)
    if program is not None and program.passes:
        return None  # turbo, nx: what they start has a file of its own
    if program is not None and "preview" in (one.shown.rpartition(" ")[2], *one.rest[:1]):
        return None  # what is built already: nothing that is worked on
    if program is None and not (said.port or said.variable):
        return None
    what = f"runs {short(command)}"
    name = program.name if program else "web"
    if said.port and not said.variable and said.option:
        what += f", which fixes {said.port}"
        if program and program.flag:
            what += f"; no variable moves it. Put there: {_line(program, one, said.option)}"
        return Detected(name, said.port, "", what, program=program)
    variable = said.variable or own_variable(program)
    what += _way(program, variable) if program and not said.variable else ""
    port = said.port or (program.port if program else None)
    role: Role = "sure" if said.port or said.variable else "command"
    return Detected(
        *(name, port, "", what), variable=variable, role=role, program=program,
        own=bool(said.variable), settings=_settings(one.rest),
    )  # fmt: skip


def _settings(rest: tuple[str, ...]) -> str:
    """Return the config file that a command names: `vite --config preview/vite.config.ts`."""
    for place, word in enumerate(rest):
        name, equals, value = word.partition("=")
        if name in ("--config", "-c"):
            return value if equals else next(iter(rest[place + 1 :]), "")
    return ""


def own_variable(program: Program | None) -> str:
    """Return the variable to write for a program: one of its own, or one it reads from .env.

    PORT in the environment alone is what `portman run` sets anyway.
    """
    names = program.variables if program else ()
    if program and names == ("PORT",) and not program.dotenv:
        return ""
    return names[0] if names else ""


def _way(program: Program, variable: str) -> str:
    shown = program.words[0]
    if variable and any(one.lstrip("^").startswith(".env") for one in program.dotenv):
        return f"; {shown} reads {variable} from .env"
    if variable:
        return f"; {shown} takes it by {variable} in its environment: portman run"
    if program.variables:
        return f"; {shown} takes it by {program.variables[0]} in its environment: portman run"
    if program.flag:
        return f"; {shown} takes it by {program.flagged('{NAME}')}"
    return ""


def _line(program: Program, one: Started, option: str) -> str:
    left = " ".join((one.shown, *one.rest)).replace(option, "").strip()
    left = f"python {left}" if left.startswith("manage.py") else left
    added = program.flagged("{NAME}")
    kept = [x for x in left.split() if not x.startswith("--") or x not in added.split()]
    return f"portman run --service NAME -- {' '.join(kept)} {added}"


def short(command: str) -> str:
    plain = " ".join(command.split())
    return f"`{plain if len(plain) < 60 else plain[:57] + '...'}`"


def named(found: Detected, name: str, where: str, before: str = "") -> Detected:
    what = (before + found.what).replace("{NAME}", f"{{{name}}}").replace("NAME", name)
    return found._replace(name=name, where=where, what=what, folder=folder_of(where))


# Scripts of package.json and composer.json, which call each other.

#: Scripts that start a server, the usual one first.
_SCRIPTS = ("dev", "develop", "start:dev", "dev:server", "serve", "start", "storybook", "docs")
_UNUSUAL = len(_SCRIPTS)


def usual_first(script: str) -> int:
    """Return the rank of a script's name among those that start a server."""
    return _SCRIPTS.index(script) if script in _SCRIPTS else _UNUSUAL


_ANY = re.compile(r"(?:dev|develop|serve|start|watch|storybook|docs|studio|preview)(?:[:_-]|$)")
#: Scripts and targets that are called what they start: `api`, `dev:api`, `admin-dev`.
_ROLE = re.compile(
    r"(?:(?:dev|run|serve|start|watch|up)[-_:.])?"
    r"(api|backend|frontend|server|client|web|app|admin|ui|site|www|gateway|dashboard|worker)"
    r"(?:[-_:.](?:dev|run|serve|start|watch))?$"
)


def role_of(script: str) -> str:
    """Return the service that a script's or target's name says, "" if it says none."""
    match = _ROLE.match(script)
    return match[1] if match else ""


def role_of_file(package: str, file: str) -> str:
    """Return the service that the script says which starts a file of its package, "" if none."""
    stem = file.rpartition(".")[0]
    for script, command in table(read_json(package), "scripts").items():
        name = role_of(script)
        if name and re.search(rf"(?:^|[\s/]){re.escape(stem)}(?:\.\w+)?(?=$|\s)", str(command)):
            return name
    return ""


_CALLS = re.compile(r"^(?:(?:npm|pnpm|yarn|bun|composer)(?: run)?|deno task|@)\s*([\w:.-]+)$")


def package_json(text: str, where: str) -> list[Found]:
    """`scripts` that start a server."""
    data = read_json(text)
    tasks = table(data, "nx", "targets")
    listed = {name: command_of(task) for name, task in tasks.items()} | table(data, "scripts")
    wired = {name: table(task).get("command") for name, task in table(data, "wireit").items()}
    listed = {name: wired.get(name) if x == "wireit" else x for name, x in listed.items()}
    return package_scripts(text, where, listed, str(data.get("name") or ""))


def command_of(task: object) -> str:
    """Return the command of an Nx target: its own, or one of run-commands; "" without one."""
    options = table(task, "options")
    listed = options.get("commands")
    first = listed[0] if isinstance(listed, list) and listed else ""
    first = first.get("command") if isinstance(first, dict) else first
    command = table(task).get("command") or options.get("command") or first
    return command if isinstance(command, str) else ""


def nx_commands(text: str, where: str) -> list[Found]:
    """Commands of the targets in an Nx project.json."""
    data = read_json(text)
    listed = {name: command_of(task) for name, task in table(data, "targets").items()}
    return package_scripts(text, where, listed, str(data.get("name") or ""), "target")


def package_scripts(
    text: str, where: str, listed: Mapping[str, object], called: str, kind: str = "script"
) -> list[Found]:
    """Servers that a package's scripts start; `called` is what the package is called."""
    scripts = {key: one for key, one in listed.items() if isinstance(one, str)}
    title = service_name(called.rpartition("/")[2], "")
    found: list[Found] = []
    names = [one for one in _SCRIPTS if one in scripts]
    names += [x for x in scripts if x not in names and (_ANY.match(x) or _ROLE.match(x))]
    for script in names:
        earlier = list(found)
        for command in expanded(scripts[script], scripts):
            parts = (x for x in scripts if x != script and role_of(x))
            told = next((x for x in parts if command in expanded(scripts[x], {})), script)
            for seen in served(command):
                if _is_known(found, seen.port) or any(_same_server(one, seen) for one in earlier):
                    continue
                found.append(_of_package(seen, f"{kind} {told}", where, title, text))
    return found


#: Programs that serve what another one built.
_BUILT = frozenset(("react-router-serve", "serve", "http-server"))


def _same_server(known: Found, seen: Detected) -> bool:
    """Tell whether a script starts what an earlier one starts: built, or without the others."""
    if not isinstance(known, Detected):
        return False
    same = known.program == seen.program and (known.program is not None)
    same = same or (seen.program is not None and seen.program.words[0] in _BUILT)
    plain = seen.program is None or seen.program.name in PLAIN
    started_by = known.program is None or known.program.name in PLAIN
    return known.port == seen.port or same or (plain and started_by and seen.program is None)


def _of_package(seen: Detected, said: str, where: str, title: str, text: str) -> Detected:
    kind, _, script = said.partition(" ")
    folder = folder_of(where)
    own = seen.name if seen.name not in PLAIN else ""
    role = folder_name(where, title or "web") if folder else role_of(script)
    name = own or role or seen.name
    line = line_of(text, max(text.find(f'"{script}"'), 0))
    return named(seen, name, f"{where}:{line}", f'{kind} "{script}" ')


def expanded(command: str, scripts: Mapping[str, str], depth: int = 0) -> Iterator[str]:
    """Yield the commands that a script leads to: `concurrently "npm:dev:*"`, `run-p a b`."""
    if depth > 5:
        return
    for words in commands(command):
        place = next((n for n, one in enumerate(words) if one in _RUNS_MANY), None)
        if place is not None and all(not one.startswith("-") for one in words[:place]):
            for one in _parts(words, place, scripts):
                yield from expanded(one, scripts, depth + 1)
            continue
        called = _CALLS.match(" ".join(words))
        if called and called[1] in scripts and scripts[called[1]] != command:
            yield from expanded(scripts[called[1]], scripts, depth + 1)
        else:
            yield _joined(words)


def _joined(words: tuple[str, ...]) -> str:
    """Return words as one command: `nodemon -x 'node server.js'` keeps its quotes."""
    return " ".join(f"'{x}'" if " " in x and "'" not in x else x for x in words)


_RUNS_MANY = frozenset(("concurrently", "npm-run-all", "run-p", "run-s", "npm-run-all2"))


def _parts(words: tuple[str, ...], place: int, scripts: Mapping[str, str]) -> Iterable[str]:
    names_only = words[place] != "concurrently"
    skip = False
    for word in words[place + 1 :]:
        if skip or word.startswith("-"):
            skip = word in ("-n", "--names", "-c", "--prefix-colors", "-p", "--prefix") and not skip
            skip = skip and not (names_only and word == "-p")
            continue
        pattern = word.removeprefix("npm:").removeprefix("pnpm:").removeprefix("yarn:")
        if names_only or pattern != word:
            yield from (one for key, one in scripts.items() if fnmatch(key, pattern))
        elif " " in word or word in scripts:
            yield word


#: How the root's scripts say which package they start: turbo, pnpm, npm and yarn workspaces, nx.
_PACKAGE = re.compile(
    r"(?:--filter[= ]|-F |--workspace[= ]|-w |\bworkspace |--scope[= ]|\bnx (?:serve|dev|run) )"
    r"[\"']?(?:\./)?((?:@[\w.-]+/)?[\w./-]+)"
)


def asked_first(texts: Mapping[str, str]) -> set[str]:
    """Return the folders of the packages that the root's own dev script starts by name."""
    scripts = table(read_json(texts.get("package.json", "")), "scripts")
    script = next((str(scripts[one]) for one in _SCRIPTS if one in scripts), "")
    named = set(_PACKAGE.findall(script))
    return named and {
        path.rpartition("/")[0]
        for path, text in texts.items()
        if path.endswith("/package.json")
        and (path.rpartition("/")[0] in named or str(read_json(text).get("name")) in named)
    }


def composer_json(text: str, where: str) -> list[Found]:
    """Scripts of composer.json; Laravel and Symfony by their packages."""
    data = read_json(text)
    found: list[Found] = []
    for script, value in table(data, "scripts").items():
        for command in value if isinstance(value, list) else [value]:
            if isinstance(command, str) and _ANY.match(script):
                for part in expanded(command, {}):
                    for seen in served(part):
                        if seen.program and seen.program.name == "web":
                            what = f'script "{script}" '
                            found.append(named(seen, folder_name(where), where, what))
    needed = {**table(data, "require"), **table(data, "require-dev")}
    for package, command in (
        ("laravel/framework", "php artisan serve"),
        ("symfony/framework-bundle", "symfony server:start"),
        ("cakephp/cakephp", "bin/cake server"),
        ("codeigniter4/framework", "php spark serve"),
        ("yiisoft/yii2", "php yii serve"),
    ):
        if package in needed and not found:
            (seen,) = served(command)
            found.append(
                named(seen, folder_name(where), where, f"needs {package}: ")._replace(
                    weak=True, role="hint"
                )
            )
    return found


#: Characters of a line that are read: longer ones are no commands, and patterns would be slow.
LONGEST = 400


def told(text: str, where: str) -> list[Detected]:
    """Commands in a guide's code blocks, or a dev container's, that start a web server."""
    rows: list[tuple[int, str]] = []
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith(("```", "~~~")):
            inside = not inside
        elif where.endswith(".json"):
            match = re.search(r":\s*\"([^\"]{4,400})\",?\s*$", line)
            rows += [(number, match[1])] if match and "Command" in text else []
        elif inside or line.startswith("    "):
            rows.append((number, line.strip().removeprefix("$ ")[:LONGEST]))
    return [
        named(seen, seen.name, f"{where}:{number}")._replace(folder="", weak=True, role="hint")
        for number, command in rows
        if "portman " not in command
        for seen in served(command)
        if seen.program is not None and seen.program.package
    ]


# Arguments of debuggers.


def launch_json(text: str, where: str) -> list[Found]:
    """Programs of .vscode/launch.json with their arguments."""
    data = read_json(without_comments(text))
    found: list[Found] = []
    listed = data.get("configurations")
    for one in listed if isinstance(listed, list) else []:
        if not isinstance(one, dict) or one.get("request") == "attach":
            continue
        args = one.get("args")
        words = [str(word) for word in args] if isinstance(args, list) else str(args or "").split()
        program = str(one.get("module") or one.get("program") or one.get("runtimeExecutable") or "")
        program = re.sub(r"^\$\{workspace\w+\}/(?=.*\.py$)", "python ", program)
        variables = [f"{key}={value}" for key, value in table(one, "env").items()]
        command = " ".join(
            word
            for word in (*variables, *program.split(" "), *words)
            if not re.search(r"[\s'\";&|]", word)
        )
        for seen in served(command):
            line = line_of(text, max(text.find(str(seen.port)), 0))
            found.append(
                named(seen, seen.name, f"{where}:{line}")._replace(
                    folder="", weak=True, role="hint"
                )
            )
    return found


def _is_known(found: Iterable[Found], port: int | None) -> bool:
    return any(isinstance(one, Detected) and one.port == port for one in found)
