"""Procfile, Makefile, justfile: their runners read the env file, so a line takes the variable."""

from __future__ import annotations

import re

from portman.adopt.commands import Change, runs_portman, server_of, set_port, spelled, with_run
from portman.adopt.project import Edit, FileText, Left, Outcome, Place, reads

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.adopt.commands import Server
    from portman.adopt.project import Job, Project

MAKE = ("Makefile", "makefile", "GNUmakefile")
JUST = ("justfile", "Justfile", ".justfile")
TASK = ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml")


def kind_of(path: str) -> str:
    name = path.rpartition("/")[2]
    for kind, names in (("make", MAKE), ("just", JUST), ("task", TASK)):
        if name in names:
            return kind
    return "procfile" if name.startswith("Procfile") else ""


def adopt_recipe(job: Job, project: Project) -> Outcome | None:
    """Work out how a program that one line of such a file starts takes its port."""
    places = [one for one in job.places if kind_of(one.path) and one.line]
    outcomes = [one for place in places if (one := _line(job, project, place)) is not None]
    if not outcomes:
        return None
    edits = tuple(edit for one in outcomes for edit in one.edits)
    left = tuple(one for outcome in outcomes for one in outcome.left)
    return outcomes[0]._replace(edits=edits, left=left)


def recipe_of(job: Job, project: Project) -> str:
    """Return the command that starts a job by its recipe, "" if no file has one."""
    for place in job.places:
        kind, source = kind_of(place.path), project.source(place.path)
        if kind and place.line and source is not None and "/" not in place.path:
            return _typed(kind, source, place, _command(source, place.line, kind)[1])
    return ""


def typed_for(command: str, project: Project) -> str:
    """Return what a person types for a command that is one line of a recipe; "" if none is."""
    for path in (*MAKE, *JUST, *TASK):
        source = project.source(path)
        lines = source.text.split("\n") if source else []
        for number, line in enumerate(lines, 1):
            if source and line[:1].isspace() and line.strip(" \t\r@-+\"'") == command:
                place = Place(path, number, "command", "")
                return _typed(kind_of(path), source, place, command)
    return ""


def _line(  # noqa: PLR0911 - a reason each
    job: Job, project: Project, place: Place
) -> Outcome | None:
    source = project.source(place.path)
    if source is None:
        return None
    kind = kind_of(place.path)
    begin, command = _command(source, place.line, kind)
    if runs_portman(command, job.name):
        return Outcome("run", variable=job.own)
    typed = f"portman run --service {job.name} -- {_typed(kind, source, place, command)}"
    server = server_of(command, job.port)
    braces = kind == "task" and "{{" in command
    run = project.style == "run"
    known = None
    if not run or server is None or not server.alone or braces:
        known = _settled(job, project, source, kind, command)
    if known is not None:  # under `portman run` too the file's own variable has to give way
        return known._replace(way="run", command=typed) if run else known
    if server is None or braces:
        return Outcome("run", variable=job.own, command=typed)
    if project.style == "run":
        return _through_run(job, source, begin, server, kind, typed)
    if kind != "procfile" and "/" in place.path and place.path.rpartition("/")[0]:
        return Outcome("run", variable=job.own, command=typed)
    usual = job.port or int(spelled(server) or 0)
    value = {
        "make": f"$({job.own})",
        "procfile": f"${{{job.own}:-{usual}}}",
        "just": f"${{{job.own}:-{usual}}}",
        "task": f"${{{job.own}:-{usual}}}",
    }[kind]
    read = (*reads(job), *(server.program.variables if server.program else ()))
    told = kind == "procfile" and not spelled(server) and "PORT" in read
    change = None if told else set_port(server, job.port, value)
    own = re.search(r"\$PORT\b|\$\{PORT\}", command) if kind == "procfile" else None
    if own is not None:
        change = Change(own.start(), own.end(), f"${{{job.own}:-$PORT}}")
    edits: list[Edit] = []
    name = place.path.rpartition("/")[2]
    why = f"{name} gives {job.name} the port that .env has, {usual} without it"
    if change is not None:
        first, last = begin + change.begin, begin + change.end
        edits.append(source.edit(first, last, change.new, "recipe", why, job.name))
    elif told or (kind == "procfile" and server.program is None and not spelled(server)):
        at = begin + server.words[0].begin
        new = f"PORT=${{{job.own}:-$PORT}} "  # without portman, what the runner gives it
        why = f"{name} gives {job.name} the port that .env has, PORT without it"
        edits.append(source.edit(at, at, new, "recipe", why, job.name))
    elif server.program and server.program.variables and not spelled(server):
        new = f"{server.program.variables[0]}={value} "
        at = begin + server.words[0].begin
        edits.append(source.edit(at, at, new, "recipe", why, job.name))
    else:
        return Outcome("run", variable=job.own, command=typed)
    edits += loading(job, project, source, kind, usual)
    return Outcome("edited", tuple(edits), (), job.own)


def _command(source: FileText, line: int, kind: str) -> tuple[int, str]:
    """Return where the command of a line begins, and the command."""
    lines = source.text.split("\n")
    start = sum(len(one) + 1 for one in lines[: line - 1])
    text = lines[line - 1].rstrip("\r")
    if kind == "procfile":
        skip = text.index(":") + 1 if ":" in text else 0
    elif kind == "task":
        match = re.match(r"\s*(?:-\s+(?:cmd:\s*)?|cmd:\s*|\w[\w:-]*:\s*)?[\"']?", text)
        skip = match.end() if match else 0
        text = text.rstrip("\"'")
    else:
        match = re.match(r"\s*[@+-]*", text)
        skip = match.end() if match else 0
    while text[skip : skip + 1] == " ":
        skip += 1
    return start + skip, text[skip:]


def _typed(kind: str, source: FileText, place: Place, command: str) -> str:
    if kind == "procfile":
        return command.strip()
    above = source.text.split("\n")[: place.line]
    head = r"@?([\w.-]+)[^:=]*:(?!=)" if kind != "task" else r"  [\"']?([\w:.-]+?)[\"']?:(?:\s|$)"
    target = next((m[1] for one in reversed(above) if (m := re.match(head, one))), "")
    return f"{ {'make': 'make', 'just': 'just', 'task': 'task'}[kind] } {target}".strip()


def _named(kind: str, command: str) -> list[str]:
    """Return the variables of a port that a line takes."""
    if kind == "make":
        return re.findall(r"\$[({](\w*PORT)[)}]", command)
    if kind == "just":
        found = re.findall(r"\{\{\s*(\w*port)\s*\}\}|\$\{?(\w*PORT)\b", command)
        return [one or two for one, two in found]
    if kind == "task":
        found = re.findall(r"\{\{\s*\.(\w*PORT)\s*\}\}|\$\{?(\w*PORT)\b", command)
        return [one or two for one, two in found]
    names = re.findall(r"\$\{?(\w*PORT)\b", command)
    return [] if names == ["PORT"] and kind == "procfile" else names  # the runner's own number


def _settled(  # noqa: PLR0911 - a kind of file each
    job: Job, project: Project, source: FileText, kind: str, command: str
) -> Outcome | None:
    """The line takes a variable already: let the runner read it from the env file."""
    names = _named(kind, command)
    if kind == "procfile" and job.own in names:
        return Outcome("reads", variable=job.own)
    if len(set(names)) != 1:
        return None
    name = names[0]
    usual = job.port or 0
    templated = re.search(rf"\{{\{{\s*\.?{name}\s*\}}\}}", command)
    if kind == "procfile" or (kind != "make" and templated is None):
        edits = loading(job, project, source, kind, usual)
        return Outcome("edited" if edits else "reads", tuple(edits), (), name)
    pattern = {
        "make": rf"(?m)^(?:export[ \t]+)?{name}[ \t]*(\??:?:?=)[ \t]*(\d+)",
        "just": rf"(?m)^{name}[ \t]*:=[ \t]*([\"'])(\d+)\1",
        "task": rf"(?m)^[ \t]+{name}:[ \t]*(?=([\"']?)(\d+)\1[ \t]*(?:#.*)?\r?$)[\"']?\d+[\"']?",
    }.get(kind)
    match = re.search(pattern, source.text) if pattern else None
    if match is None and kind in ("just", "task"):
        told = re.search(
            rf"(?m)^{name}[ \t]*:=[ \t]*env\w*\(\s*[\"'](\w+)[\"']"
            rf"|^[ \t]+{name}:[^\n]*\{{\{{\s*\.(\w+)\s*\|\s*default\b",
            source.text,
        )
        if told:
            return Outcome(
                "reads", tuple(loading(job, project, source, kind, 0)), (), told[1] or told[2]
            )
    if match is None:
        return None
    edits = []
    if kind == "make":
        if match[1] != "?=":
            why = f"{name} from the env file goes before {match[2]}"
            edits.append(source.edit(*match.span(1), "?=", "recipe", why, job.name))
        included = re.search(r"(?m)^-?include[ \t]+\.env\b", source.text)
        if included is None:
            edits += loading(job, project, source, kind, 0)
        return Outcome("edited", tuple(edits), (), name)
    why = f"{name} is what .env has, {match[2]} without it"
    begin, end = match.start(1), match.end()
    new = f'env_var_or_default("{job.own}", "{match[2]}")'
    if kind == "task":
        new = f"'{{{{.{job.own} | default \"{match[2]}\"}}}}'"
    edits.append(source.edit(begin, end, new, "recipe", why, job.name))
    edits += loading(job, project, source, kind, 0)
    return Outcome("edited", tuple(edits), (), job.own)


def loading(job: Job, project: Project, source: FileText, kind: str, usual: int) -> list[Edit]:
    """Let the runner read the env file; of a Makefile, give the variable its old number."""
    text, env = source.text, project.env_file
    edits: list[Edit] = []
    at = _first_statement(text)
    if project.style == "run":
        return edits
    if kind == "make":
        included = re.search(rf"(?m)^-?include[ \t]+{re.escape(env)}[ \t]*\r?\n?", text)
        if included is None:
            why = f"make reads {env}, if there is one"
            edits.append(source.edit(at, at, f"-include {env}\n", "recipe", why))
        if usual and not re.search(rf"(?m)^(?:export[ \t]+)?{job.own}[ \t]*\?=", text):
            at = included.end() if included else at
            why = f"{job.name} is on {usual} without {env}"
            edits.append(source.edit(at, at, f"{job.own} ?= {usual}\n", "recipe", why, job.name))
    elif kind == "just" and not re.search(
        r"(?m)^set dotenv-(?:load|filename|path)\b(?! *:= *false)", text
    ):
        what = "set dotenv-load\n" if env == ".env" else f'set dotenv-filename := "{env}"\n'
        why = f"just reads {env}"
        edits.append(source.edit(at, at, what, "recipe", why, job.name))
    elif kind == "task" and not re.search(r"(?m)^dotenv:", text):
        match = re.search(r"(?m)^version:[^\n]*\n", text)
        at = match.end() if match else at
        why = f"task reads {env}"
        edits.append(source.edit(at, at, f"dotenv: ['{env}']\n", "recipe", why, job.name))
    return edits


def _first_statement(text: str) -> int:
    """Return the start of the first line that is neither comment nor blank."""
    at = 1 if text.startswith("\ufeff") else 0
    while at < len(text):
        line = text[at:].split("\n", 1)[0]
        if line.strip() and not line.startswith("#"):
            return at
        at += len(line) + 1
    return len(text)


def _through_run(  # noqa: PLR0913, PLR0917 - a place in a file
    job: Job, source: FileText, begin: int, server: Server, kind: str, typed: str
) -> Outcome:
    line = source.line(begin)
    if not server.alone:
        said = f"the line does more than start {job.name}; type: {typed}"
        return Outcome(
            "run", (), (Left(source.path, line, said, job.name),), job.own, command=typed
        )
    edits = []
    why = f"`portman run` gives {job.name} its port"
    braces = f"{{{{{{{{{job.name}}}}}}}}}" if kind == "just" else f"{{{job.name}}}"
    for change in (with_run(server, job.name), set_port(server, job.port, braces)):
        if change is not None:
            first, last = begin + change.begin, begin + change.end
            edits.append(source.edit(first, last, change.new, "command", why, job.name))
    return Outcome("run", tuple(edits), (), job.own)
