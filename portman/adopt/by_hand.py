"""What to type for a program that no file starts in a way that is edited: through `portman run`."""

from __future__ import annotations

import re

from portman.adopt.project import Left, Outcome, in_folder, installed
from portman.adopt.recipes import typed_for
from portman.adopt.scripts import typed
from portman.base.system_commands import word
from portman.init.code import is_settings

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.adopt.project import Job, Place, Project

#: What to type for a file that shows a framework: {0} is the file, {1} the port.
_TYPED = {
    "manage.py": "python {0} runserver {1}",
    "angular.json": "npx ng serve --port {1}",
    **dict.fromkeys(("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json"), "hugo server -p {1}"),
}
#: What to type for code of a language, where no other file says it.
_STARTS = {
    "py": "python {}",
    "rs": "cargo run",
    "js": "node {}",
    "rb": "ruby {}",
}


def _from_variable(job: Job, project: Project, _place: Place) -> str:
    """Return the command of a folder that only an env file shows: its program takes a variable."""
    place = next((one for one in job.places if one.role == "hint" and "env" in one.path), None)
    if place is None or not any(one in place.what for one in job.variables):
        return ""
    return _from_folder(job, project, place.path.rpartition("/")[0])


def _from_folder(job: Job, project: Project, folder: str) -> str:
    """Return what starts the one program of a folder, through `portman run`."""
    inside = f"{folder}/" if folder else ""
    source = project.source(f"{inside}package.json")
    if source is not None and (start := typed(job, project, source, "")):
        return start
    main = f"{project.texts.get(f'{inside}main.go')}{project.texts.get(f'{inside}app.go')}"
    start = "go run ." if "package main" in main else ""
    start = start or ("cargo run" if project.texts.get(f"{inside}Cargo.toml") else "")
    return in_folder(folder, f"portman run --service {job.name} -- {start}") if start else ""


def by_hand(job: Job, project: Project) -> Outcome:
    """Return the `portman run` line for a program that no file starts in a way that is edited.

    Code that listens on a number alone obeys no command, so its line is named instead.
    """
    ends = "no variable moves it"
    place = next((x for x in job.places if x.role == "code" and x.what.endswith(ends)), None)
    if place is not None and (made := _python(job, project, place)) is not None:
        return made
    if place is not None and place is job.places[0]:
        run = in_folder(job.folder, f"portman run --service {job.name} --")
        start = _go(job, project, place.path) if place.path.endswith(".go") else ""
        start = start or f"{run} CMD"
        said = f"listens on {job.port} alone; let it read {job.own}, then start it by: {start}"
        return Outcome("unknown", left=(Left(place.path, place.line, said, job.name),))
    return _through_run(job, project)


#: The number of a keyword argument: app.run(port=5000).
_KEYWORD = re.compile(r"\bport\s*=\s*(\d{2,5})(?=\s*[,)])")


#: A call that serves on a number of its own: app.run(debug=True), in one line.
_CALL = re.compile(
    r"\s*(?:await\s+)?[\w.]+\.(?:run|run_server|run_app|launch)\((?P<given>(?:(?!\*\*)[^()#])*?)[\s,]*\)\s*"
)


def _python(job: Job, project: Project, place: Place) -> Outcome | None:
    """Let a call of Python, `app.run(port=5000)`, take the service's variable before its number."""
    source = project.source(place.path)
    if source is None or not place.path.endswith(".py") or not place.line:
        return None
    lines = source.text.split("\n")
    start = sum(len(one) + 1 for one in lines[: place.line - 1])
    line = lines[place.line - 1]
    found = list(_KEYWORD.finditer(line))
    value = f'int(os.environ.get("{job.own}", "{job.port}"))'
    why = f"the server takes {job.own}, {job.port} without it"
    if len(found) == 1 and int(found[0][1]) == job.port:
        begin, end = (start + one for one in found[0].span(1))
        edits = [source.edit(begin, end, value, "listen", why, job.name)]
    elif not found and (call := _CALL.fullmatch(line)):
        at = start + call.end("given")
        new = f"{', ' if call['given'].strip() else ''}port={value}"
        edits = [source.edit(at, at, new, "listen", why, job.name)]
    else:
        return None
    if not re.search(r"(?m)^import os\b", source.text):
        first = re.search(r"(?m)^(?:import|from)\s+(?!__future__)", source.text)
        if first is None:
            return None
        at, line = first.start(), "import os\r\n" if "\r\n" in source.text else "import os\n"
        edits.insert(0, source.edit(at, at, line, "listen", "for os.environ", job.name))
    inner = place.path.removeprefix(f"{job.folder}/") if job.folder else place.path
    typed = f"portman run --service {job.name} -- python {word(inner)}"
    command = in_folder(job.folder, typed)
    return Outcome("run", tuple(edits), variable=job.own, command=command)


_RUNS = re.compile(r"runs `([^`]+(?<!\.\.\.))`")


def _through_run(job: Job, project: Project) -> Outcome:
    place = job.places[0] if job.places else None
    if place is None:
        return Outcome("unknown")
    for way in (_from_variable, _by_file, _by_code):
        if typed := way(job, project, place):
            taken = job.variables[0] if way is _from_variable or job.variables else job.own
            return Outcome("run", variable=taken, command=typed)
    if job.program is not None and job.program.words:
        told = [(x, y[1]) for x in job.places if (y := _RUNS.search(x.what))]
        start = told[0][1] if told else job.program.words[0]
        set_first = re.match(r"(?:[A-Za-z_]\w*=\S* )+", start)
        before = set_first[0] if set_first else ""
        # a guide's command, or a debugger's, is for the root
        folder = "" if told and told[0][0].role == "hint" else job.folder
        start = installed(project, folder, start.removeprefix(before))
        command = in_folder(folder, f"{before}portman run --service {job.name} -- {start}")
        return Outcome("run", variable=job.own, command=command)
    return Outcome("unknown")


def _by_file(  # noqa: PLR0911 - a kind of file each
    job: Job, project: Project, place: Place
) -> str:
    """Return what starts the program that a framework's own file shows."""
    run, texts = f"portman run --service {job.name} --", project.texts
    name = place.path.rpartition("/")[2]
    inner = place.path.removeprefix(f"{job.folder}/") if job.folder else place.path
    if name in _TYPED:
        start = _TYPED[name].format(word(inner), f"{{{job.name}}}")
        return in_folder(job.folder, f"{run} {start}")
    if name == "project.json" or (place.role == "code" and job.inside("project.json") in texts):
        return f"{run} npx nx serve {word(job.folder.rpartition('/')[2])}" if job.folder else ""
    if re.search(r"Quarkus(?:,| takes)", place.what) and (start := _quarkus(job, project)):
        return f"{run} {start}"
    if place.role == "code" and place.what.startswith("says "):
        return _from_folder(job, project, job.folder)
    app = re.match(r"is an application of (FastAPI|Flask)", place.what)
    if app is not None and job.program is None:
        return in_folder(job.folder, f"{run} {_served(project, place.path, inner, app[1])}")
    if name == "puma.rb":
        rails = "bin/rails server" if project.texts.get("bin/rails") else "bundle exec puma"
        return in_folder(job.folder, f"{run} {rails}")
    return ""


def _served(project: Project, path: str, inner: str, framework: str) -> str:
    """Return what serves an application of Python: `uvicorn app.main:app`."""
    text = project.texts.get(path) or ""
    module = re.sub(r"(?:/__init__)?\.py$", "", inner).replace("/", ".")
    made = re.search(rf"(?m)^(\w+)\s*(?::[^=\n]*)?=\s*{framework}\(", text)
    runner = {"uv.lock": "uv run ", "poetry.lock": "poetry run "}
    before = next((one for lock, one in runner.items() if lock in project.texts), "")
    if framework == "Flask":
        return f"{before}flask --app {module} run"
    return f"{before}uvicorn {module}:{made[1] if made else 'app'}"


def _by_code(job: Job, project: Project, place: Place) -> str:
    """Return what starts code that takes a variable or an option."""
    if place.role != "code":
        return ""
    run = in_folder(job.folder, f"portman run --service {job.name} --")
    name = place.path.rpartition("/")[2]
    inner = place.path.removeprefix(f"{job.folder}/") if job.folder else place.path
    start = _STARTS.get(name.rpartition(".")[2])
    if is_settings(name):
        inner = _main_of(project, place.path)
        start = start if inner and not job.program else None
        run = f"portman run --service {job.name} --"
    if name.endswith(".go"):
        return _with_option(_go(job, project, place.path), job, place)
    return _with_option(f"{run} {start.format(word(inner))}", job, place) if start else ""


def _quarkus(job: Job, project: Project) -> str:
    """Return what starts a module in Quarkus' development mode, by the build files there are."""
    module, texts = job.folder, project.texts
    if job.inside("pom.xml") in texts:
        part = f" -pl {word(module)}" if module else ""
        return f"{'./mvnw' if 'mvnw' in texts else 'mvn'}{part} quarkus:dev"
    if any(job.inside(one) in texts for one in ("build.gradle", "build.gradle.kts")):
        task = f":{module.replace('/', ':')}:quarkusDev" if module else "quarkusDev"
        return f"{'./gradlew' if 'gradlew' in texts else 'gradle'} {word(task)}"
    return ""


def _with_option(command: str, job: Job, place: Place) -> str:
    """Add the option by which code takes its port: `--port {api}`, `--addr :{api}`."""
    said = re.search(r"its (?:flag|option) --([\w.-]+) takes another", place.what)
    if said is None or not re.search(r"-- (?:go run|python) ", command):
        return command
    number = said[1].lower().endswith("port") or said[1] == "p"
    return f"{command} --{said[1]} {'' if number else ':'}{{{job.name}}}"


def _main_of(project: Project, settings: str) -> str:
    """Return the file of Python above some settings that is meant to be started, "" if none."""
    folder = settings.rpartition("/")[0]
    folders = [folder[: one.start()] for one in re.finditer("/|$", folder)][::-1]
    for folder in dict.fromkeys((*folders, "")):
        for name in ("main.py", "app.py", "server.py", "run.py"):
            path = f"{folder}/{name}".lstrip("/")
            if settings.endswith(".py") and "__main__" in (project.texts.get(path) or ""):
                return path
    return ""


def _go(job: Job, project: Project, path: str) -> str:
    """Return the command for a file of Go: its own package, or the main one of its module."""
    run = f"portman run --service {job.name} --"
    folder = path.rpartition("/")[0]
    root = folder
    while root and f"{root}/go.mod" not in project.texts:
        root = root.rpartition("/")[0]
    package = folder.removeprefix(root).strip("/")
    if "package main" not in (project.texts.get(path) or ""):
        package = ""
        if "package main" not in (project.texts.get(f"{root}/main.go".lstrip("/")) or ""):
            return ""
    elif typed := typed_for(f"go run ./{folder}", project):
        return f"{run} {typed}"
    return in_folder(root, f"{run} go run {word(f'./{package}') if package else '.'}")
