"""Scripts of package.json: the loader that is there, the config file, or `portman run`."""

from __future__ import annotations

import re

from portman.adopt.commands import (
    Script,
    Server,
    literal,
    runs_portman,
    scripts,
    server_of,
    set_port,
    spelled,
    with_run,
    without_port,
)
from portman.adopt.js_config import adopt_config, adopt_entry, new_config
from portman.adopt.project import (
    PACKAGE,
    Edit,
    FileText,
    Left,
    Outcome,
    beside,
    called,
    in_folder,
    manager_of,
)
from portman.init.sources import usual_first

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.adopt.project import Job, Project, Way

#: Scripts for what is already built: a production start keeps its command.
_BUILT = re.compile(r"start(?:[:_-]prod\w*)?$|(?:preview|prod|build|deploy)(?:[:_-]|$)")
_DOTENV = re.compile(r"\bdotenv\s+(?:-e\s+(\S+)\s+)+.*?(?:--|$)")
_JS = ("ts", "js", "mts", "mjs", "cts", "cjs")


def starting(text: str, job: Job) -> list[tuple[Script, Server]]:
    """Return the scripts that start a job's program, the one that people type first."""
    asked = {
        match[1]
        for place in job.places
        if place.path.endswith("package.json")
        and (match := re.search(r'script "([^"]+)"', place.what))
    }
    files = {place.path for place in job.places if place.role == "code"}
    found = []
    for one in scripts(text):
        server = server_of(one.command, job.port)
        if server is None:
            continue
        entry = _entry_of(server)
        if entry and any(file.endswith(beside("", entry)) for file in files):
            found.append((one, server))
            continue
        same = server.program is not None and server.program == job.program
        named = job.port is not None and literal(server, job.port) is not None
        if (same or named or one.name in asked) and (
            one.name in asked or not _BUILT.match(one.name)
        ):
            found.append((one, server))
    if any(not _BUILT.match(one.name) for one, _ in found):
        found = [pair for pair in found if not _BUILT.match(pair[0].name)]
    return sorted(found, key=lambda pair: (pair[0].name not in asked, usual_first(pair[0].name)))


def adopt_script(  # noqa: PLR0911 - a reason each
    job: Job, project: Project
) -> Outcome | None:
    """Work out how a program that package.json starts takes its port."""
    source = _package(job, project)
    if source is None:
        return None
    found = starting(source.text, job)
    own = source.path.rpartition("/")[0] == job.folder
    command = typed(job, project, source, found[0][0].name) if found else ""
    command = command or (typed(job, project, source, "") if own else "")
    if any(runs_portman(one.command, job.name) for one in scripts(source.text)):
        return Outcome("run", variable=job.own)
    if not found and (wrapped := _env_cmd(job, project, source)) is not None:
        return wrapped
    stuck = any(one.what.endswith("no variable moves it") for one in job.places)
    if not found:
        return Outcome("run", variable=job.own, command=command) if command and not stuck else None
    if project.style == "run":
        return _run(job, source, found, command)
    ways = (_config, _assigned, _dotenv, _reading, _entry, _yarn)
    made = next((x for way in ways if (x := way(job, project, source, found)) is not None), None)
    program = job.program
    if made is not None:
        return made
    said = ""
    if program is not None and not (program.flag or program.variables):
        said = f"{program.words[0]} takes its port from {program.config[0]} alone, which is "
        said += f"not edited safely: let it read {job.own}"
    elif stuck:
        said = f"it listens on {job.port} alone; let it read {job.own}, then type: {command}"
    if said:
        line = source.line(found[0][0].begin)
        return Outcome("unknown", left=(Left(source.path, line, said, job.name),))
    return Outcome("run", variable=job.own, command=command)


def _package(job: Job, project: Project) -> FileText | None:
    """Return the package.json that starts a job: the one that init names, or the code's own."""
    for place in job.places:
        if place.path.endswith("package.json"):
            return project.source(place.path)
    for place in job.places:
        folder = place.path.rpartition("/")[0]
        while place.role == "code" and place.path.rpartition(".")[2] in _JS:
            found = project.source(f"{folder}/package.json".lstrip("/"))
            if found is not None or not folder:
                return found
            folder = folder.rpartition("/")[0]
    return None


def typed(job: Job, project: Project, source: FileText, script: str) -> str:
    """Return the command to type: the script through `portman run`, in its folder."""
    folder = source.path.rpartition("/")[0]
    if not script:  # nothing was understood: a script that is called like a start
        known = {one.name for one in scripts(source.text)}
        script = next((x for x in ("dev", "start:dev", "dev:watch", "start") if x in known), "")
    start = called(project, folder, _dispatched(source.text, script))
    return in_folder(folder, f"portman run --service {job.name} -- {start}") if script else ""


def _dispatched(text: str, script: str) -> str:
    """Return `start` for its `start:windows`, of which run-script-os chooses one."""
    stem = script.rpartition(":")[0]
    known = {one.name: one.command for one in scripts(text)}
    return stem if "run-script-os" in known.get(stem, "") else script


def script_of(job: Job, project: Project) -> str:
    """Return the command that starts a job's script from the root, "" if package.json has none."""
    source = _package(job, project)
    found = starting(source.text, job) if source is not None else []
    if source is None or not found:
        return ""
    folder = source.path.rpartition("/")[0]
    start = called(project, folder, _dispatched(source.text, found[0][0].name))
    return in_folder(folder, start)


def _run(job: Job, source: FileText, found: list[tuple[Script, Server]], command: str) -> Outcome:
    edits: list[Edit] = []
    left: list[Left] = []
    for script, server in found:
        line = source.line(script.begin)
        if not server.alone:
            said = f'script "{script.name}" does more than start {job.name}; type: {command}'
            left.append(Left(source.path, line, said, job.name))
            continue
        why = f"`portman run` gives {job.name} its port"
        for change in (with_run(server, job.name), set_port(server, job.port, f"{{{job.name}}}")):
            if change is not None:
                begin, end = script.begin + change.begin, script.begin + change.end
                edits.append(source.edit(begin, end, change.new, "command", why, job.name))
    return Outcome("run", tuple(edits), tuple(left), job.own, command="" if edits else command)


def _config(
    job: Job, project: Project, source: FileText, found: list[tuple[Script, Server]]
) -> Outcome | None:
    """Vite and its kind: the port goes into the config file, the flag out of the script."""
    program = job.program
    stems = [one.partition(":")[0] for one in program.config] if program else []
    kinds = [one for one in stems if one.endswith(("vite.config", "rsbuild.config"))]
    folder = source.path.rpartition("/")[0]
    config = next(
        (
            one
            for stem in kinds
            for ending in _JS
            if (one := project.source(f"{folder}/{stem}.{ending}".lstrip("/"))) is not None
        ),
        None,
    )
    if any(server.started.shown.endswith("preview") for _, server in found):
        return None
    variable = job.own
    if config is None and _without_config(source, project, found):
        config = FileText(f"{folder}/vite.config.mjs".lstrip("/"), "")
        made = new_config(config.path, job.port, variable, job.name)
    elif config is None:
        return None
    else:
        made = adopt_config(config, job.port, variable, job.name, project.urls(job.name))
    if made is None:
        return None
    if made.environment:
        return _loaded(job, source, found, made.variable)
    edits = list(made.edits)
    for script, server in found:
        said = spelled(server)
        change = without_port(server, int(said)) if said else None
        if said and change is None:
            return None
        if change is not None:
            begin, end = script.begin + change.begin, script.begin + change.end
            why = f"{config.path.rpartition('/')[2]} has the port {said} now, and a flag beats it"
            edits.append(source.edit(begin, end, "", "command", why, job.name))
    path = f"{folder}/.env.local" if folder else ""
    names = tuple(one for one in made.names if one != made.variable)
    way: Way = "edited" if edits else "reads"
    return Outcome(way, tuple(edits), tuple(made.left), made.variable, path, names)


def _without_config(source: FileText, project: Project, found: list[tuple[Script, Server]]) -> bool:
    """Tell whether every script starts plain Vite in this folder: a new config file is obeyed."""
    known = (source.text, project.texts.get(PACKAGE) or "")
    return any('"vite"' in one for one in known) and all(
        server.program is not None
        and server.program.package == "vite"
        and all(one.text.startswith("-") for one in server.rest[:1])  # `vite FOLDER`
        and not any(one.text.split("=")[0] in ("-c", "--config") for one in server.rest)
        for _, server in found
    )


def adopt_alone(job: Job, project: Project) -> Outcome | None:
    """Take the config file of a program that no script starts: Nx and its kind do."""
    for place in job.places:
        if place.role == "config" and re.search(r"(?:vite|rsbuild)\.config\.\w+$", place.path):
            folder = place.path.rpartition("/")[0]
            config = project.source(place.path)
            if config is None or project.style == "run":
                continue
            package = project.texts.get(beside(folder, PACKAGE))
            if package and starting(package, job):
                continue
            made = adopt_config(config, job.port, job.own, job.name, project.urls(job.name))
            if made is None or made.environment:
                continue
            way: Way = "edited" if made.edits else "reads"
            path = f"{folder}/.env.local" if folder else ""
            names = tuple(one for one in made.names if one != made.variable)
            return Outcome(way, tuple(made.edits), tuple(made.left), made.variable, path, names)
    return None


def _dotenv(
    job: Job, _project: Project, source: FileText, found: list[tuple[Script, Server]]
) -> Outcome | None:
    """dotenv-cli: the first file it reads wins, so ours comes first."""
    program = job.program
    if program is None or not program.variables:
        return None
    variable = "PORT" if "PORT" in program.variables else program.variables[0]
    return _loaded(job, source, found, variable)


def _loaded(
    job: Job, source: FileText, found: list[tuple[Script, Server]], variable: str
) -> Outcome | None:
    """Let dotenv-cli, which the package has, read the port from the package's own file first."""
    folder = source.path.rpartition("/")[0]
    edits: list[Edit] = []
    path = f"{folder}/.env.local" if folder else ".env.local"
    why = f"dotenv reads {job.name}'s port before other files"
    for script, server in found:
        if re.search(rf"\b{variable}=", script.command):
            return None  # the script itself says it, after every file
        loader, said = _loader_of(source, script), spelled(server)
        change = without_port(server, int(said)) if said else None
        usual = server.program.port if server.program else None
        if said and (change is None or said != str(usual)):
            return None  # without its flag the program would be on another port
        if loader is None and "dotenv-cli" not in source.text:
            return None
        if change is not None:
            begin, end = script.begin + change.begin, script.begin + change.end
            edits.append(source.edit(begin, end, "", "command", why, job.name))
        if loader is None:
            at = script.begin + server.words[0].begin
            new = "dotenv -e .env.local -- "
            edits.append(source.edit(at, at, new, "wrapper", why, job.name))
        elif loader[1] not in (".env.local", ".env"):
            at = loader[0]
            edits.append(source.edit(at, at, "-e .env.local ", "wrapper", why, job.name))
        else:
            path = beside(folder, loader[1])
    unique = tuple({(one.begin, one.new): one for one in edits}.values())
    return Outcome("edited" if edits else "reads", unique, (), variable, path)


def _loader_of(source: FileText, script: Script) -> tuple[int, str] | None:
    """Return where dotenv's options begin, in this script or the one it goes through."""
    match = re.search(r"\bdotenv\s+(?:-e\s+(\S+))?", script.command)
    if match:
        at = match.start() + len("dotenv ")
        return script.begin + at, match[1] or ""
    through = re.search(
        r"(?:npm run|pnpm|pnpm run|yarn|bun run)\s+([\w:-]*env[\w:-]*)\s", script.command
    )
    if through:
        for one in scripts(source.text):
            if one.name == through[1] and one.name != script.name:
                return _loader_of(source, one)
    return None


def _reading(
    job: Job, _project: Project, source: FileText, found: list[tuple[Script, Server]]
) -> Outcome | None:
    """Programs that read an env file themselves, and `node --env-file`."""
    folder = source.path.rpartition("/")[0]
    for script, server in found:
        if spelled(server):
            return None
        match = re.search(r"--env-file(?:-if-exists)?[= ](\S+)", script.command)
        variable = next((one for one in job.variables if one != job.own), "")
        if match and variable and not match[1].startswith("/"):
            return Outcome("reads", (), (), variable, beside(folder, match[1]))
    program = job.program
    files = [one.lstrip("^") for one in program.dotenv] if program else []
    if program is None or not files or not program.variables:
        return None
    name = next((one for one in (".env.local", ".env") if one in files), files[0])
    return Outcome("reads", (), (), program.variables[0], beside(folder, name) if folder else "")


def _entry(
    job: Job, project: Project, source: FileText, found: list[tuple[Script, Server]]
) -> Outcome | None:
    """The JavaScript file that the script names, or that listens: its own listen call."""
    folder = source.path.rpartition("/")[0]
    for script, server in found:
        if server.program is not None and server.program.words[0] != "nest start":
            return None
        bun = re.search(r"\bbun\b", script.command) is not None
        entry = _entry_of(server)
        told = (re.search(r"; (\S+):\d+ listens on", one.what) for one in job.places)
        code = [one.path for one in job.places if one.role == "code"]
        for path in (beside(folder, entry) if entry else "", *code, *(x[1] for x in told if x)):
            file = project.source(path)
            made = adopt_entry(job, file, folder, bun=bun) if file and path else None
            if made is not None and made.way == "run":
                return made._replace(command=typed(job, project, source, script.name))
            if made is not None:
                return made
    return None


def _entry_of(server: Server) -> str:
    words = (server.words[server.first].text, *(one.text for one in server.rest))
    return next((x for x in words if x.rpartition(".")[2] in _JS), "")


def _assigned(
    job: Job, project: Project, source: FileText, found: list[tuple[Script, Server]]
) -> Outcome | None:
    """Let the shell's `PORT=3003 node x` have the service's number; cross-env is typed whole.

    What a script sets goes before what it is started with. cmd.exe knows no `${NAME:-3003}`, and
    who writes cross-env has it in mind.
    """
    folder = source.path.rpartition("/")[0]
    edits: list[Edit] = []
    whole = ""
    for script, server in found:
        before = server.words[: server.first]
        sets = next((x for x in before if re.fullmatch(rf"[A-Z_]*PORT={job.port}", x.text)), None)
        if sets is None:
            continue
        line = source.line(script.begin)
        begin, end = sets.end - len(str(job.port)), sets.end
        if any(one.text.startswith("cross-env") for one in before):
            start = f"{script.command[:begin]}{{{job.name}}}{script.command[end:]}"
            first = server.words[0].begin
            head, start = start[:first], start[first:]
            plain = re.fullmatch(r"(?:(?:npm|pnpm|yarn|bun) [^&|;$]*&& )*", head)
            if not server.alone or "\\" in start or plain is None:
                said = f'script "{script.name}" sets {sets.text} itself'
                return Outcome("unknown", left=(Left(source.path, line, said, job.name),))
            whole = whole or f"{head}portman run --service {job.name} -- npx {start}"
            continue
        new, why = f"${{{job.own}:-{job.port}}}", f"`portman run` sets {job.own} for {job.name}"
        begin, end = script.begin + begin, script.begin + end
        edits.append(source.edit(begin, end, new, "command", why, job.name))
    if not edits and not whole:
        return None
    start = called(project, folder, _dispatched(source.text, found[0][0].name))
    whole = whole or f"portman run --service {job.name} -- {start}"
    return Outcome("run", tuple(edits), (), job.own, command=in_folder(folder, whole))


def _env_cmd(job: Job, project: Project, source: FileText) -> Outcome | None:
    """Let the environment go before the file that env-cmd reads."""
    files = [place.path.rpartition("/")[2] for place in job.places if place.role == "code"]
    files += [x.partition(" ")[0] for x in (job.program.words if job.program else ())]
    for script in scripts(source.text):
        match = re.search(r"\benv-cmd(?=\s)(?!.*--no-override)", script.command)
        if match is None or not any(
            re.search(rf"\b{re.escape(x)}\b", script.command) for x in files
        ):
            continue
        at, why = script.begin + match.end(), f"`portman run` sets the port of {job.name}"
        edit = source.edit(at, at, " --no-override", "wrapper", why, job.name)
        command = typed(job, project, source, script.name)
        return Outcome("run", (edit,), (), job.own, command=command)
    return None


def _yarn(
    job: Job, project: Project, source: FileText, found: list[tuple[Script, Server]]
) -> Outcome | None:
    """Yarn 4 expands `${PORT:-N}` in scripts, and reads .env.yarn for all of them."""
    manager, version = manager_of(project, source.path.rpartition("/")[0])
    settings = project.texts.get(".yarnrc.yml", "")
    modern = manager == "yarn" and re.match(r"[4-9]|\d\d", version)
    if not modern or "injectEnvironmentFiles" in settings:
        return None
    edits = []
    for script, server in found:
        if f"${{{job.own}:-" in script.command:
            continue
        change = set_port(server, job.port, f"${{{job.own}:-{job.port or 3000}}}")
        if change is None:
            return None
        begin, end = script.begin + change.begin, script.begin + change.end
        why = f"Yarn reads {job.own} from .env.yarn"
        edits.append(source.edit(begin, end, change.new, "command", why, job.name))
    way: Way = "edited" if edits else "reads"
    return Outcome(way, tuple(edits), (), job.own, ".env.yarn")
