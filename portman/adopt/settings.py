"""Settings files: Spring's application.properties and .yml, Phoenix's, turbo's and tox's variables.

Spring Boot 2.4 and newer; what is not written plainly stays, and `portman run` starts the program.
"""

from __future__ import annotations

import re

from portman.adopt.project import Outcome, in_folder
from portman.base.system_commands import word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portman.adopt.project import Edit, FileText, Job, Left, Project


def adopt_spring(job: Job, project: Project) -> Outcome | None:
    """`server.port=${WEB_PORT:8080}`, and the env file imported."""
    source = _settings(job, project)
    if source is None:
        return None
    module = source.path.partition("src/main/")[0].rstrip("/")
    marks = [
        f"{module}/{one}".lstrip("/") for one in ("pom.xml", "build.gradle", "build.gradle.kts")
    ]
    if not any(
        "spring" in project.texts.get(one, "") for one in (*marks, "pom.xml", "build.gradle")
    ):
        return None
    run = Outcome(
        "run",
        variable=job.own,
        command=f"portman run --service {job.name} -- {_started(project, module)}",
    )
    text = source.text
    imported = re.search(
        r"(?m)^spring\.config\.import\b|^[ \t]+import[ \t]*:[ \t]*\S*optional:file", text
    )
    if imported and f"${{{job.own}:" in text:
        return Outcome("reads", variable=job.own)
    server = "spring-cloud-starter-config" in "".join(project.texts.get(one, "") for one in marks)
    profiles = re.compile(
        rf"{re.escape(source.path.rpartition('/')[0])}/application-(?:dev\w*|local|default)\.\w+$"
    )
    several = any(
        one != source.path and profiles.match(one) and _LITERAL.search(project.texts.get(one) or "")
        for one in project.texts
    )
    if project.style == "run" or imported or module or server or several:
        return run
    edits = (_properties if source.path.endswith("properties") else _yaml)(job, project, source)
    return Outcome("edited", tuple(edits), (), job.own) if edits else run


#: A port of a profile, which goes before the plain file's.
_LITERAL = re.compile(r"(?m)^(?:server\.|[ \t]+)port[ \t]*[:=][ \t]*\d")


def _settings(job: Job, project: Project) -> FileText | None:
    """Return the file that sets the port of a job's program, or the one where it would stand."""
    named = (x.path for x in job.places if x.path.rpartition("/")[2].startswith("application"))
    path = next(named, "")
    spring = job.program is not None and job.program.package == "spring-boot"
    if not path and (spring or "SERVER_PORT" in job.variables):
        for ending in ("properties", "yml", "yaml"):
            name = f"src/main/resources/application.{ending}"
            for one in project.texts:
                if one == job.inside(name) or (one.endswith(f"/{name}") and not path):
                    path = one
    return project.source(path)


def _started(project: Project, module: str) -> str:
    if "pom.xml" in project.texts or f"{module}/pom.xml" in project.texts:
        return f"./mvnw -pl {word(module)} spring-boot:run" if module else "./mvnw spring-boot:run"
    task = module.replace("/", ":")
    return f"./gradlew {word(f':{task}:bootRun')}" if module else "./gradlew bootRun"


def _why(job: Job) -> str:
    return f"Spring reads .env; {job.name} is on {job.port or 8080} without it"


def _properties(job: Job, project: Project, source: FileText) -> list[Edit]:
    text, why = source.text, _why(job)
    known = re.search(r"(?m)^server\.port[ \t]*[=:][ \t]*(\S*)[ \t]*\r?$", text)
    if "#---" in text or (known and not known[1].isdigit()):
        return []
    edits: list[Edit] = []
    lines = f"spring.config.import=optional:file:{project.env_file}[.properties]\n"
    if known:
        new = f"${{{job.own}:{known[1]}}}"
        edits.append(source.edit(*known.span(1), new, "spring", why, job.name))
    else:
        lines += f"server.port=${{{job.own}:{job.port or 8080}}}\n"
    before = "" if not text or text.endswith("\n") else "\n"
    edits.append(source.edit(len(text), len(text), before + lines, "spring", why, job.name))
    return edits


def _yaml(job: Job, project: Project, source: FileText) -> list[Edit]:
    """Insert under the blocks `server` and `spring`, or at the end; nothing where it is unclear."""
    text, why = source.text, _why(job)
    body = text.removeprefix("\ufeff").removeprefix("---")
    if re.search(r"(?m)^(?:---|\.\.\.)|^ *\t|^(?:server|spring)(?:\.|:[ \t]*[^\s#])", body):
        return []
    value = f"${{{job.own}:{job.port or 8080}}}"
    wanted = f'"optional:file:{project.env_file}[.properties]"'
    edits: list[Edit] = []
    tail = ""
    server, spring = _block(text, "server"), _block(text, "spring")
    if spring and re.search(rf"(?m)^{spring[1]}config(?:\.|[ \t]*:)", text[slice(*spring[2])]):
        return []
    if server is None:
        tail += f"server:\n  port: {value}\n"
    else:
        begin, indent, span = server
        port = re.search(
            rf"(?m)^{indent}port[ \t]*:[ \t]*(\S+)[ \t]*(?:#.*)?\r?$", text[slice(*span)]
        )
        if port and not port[1].isdigit():
            return []
        if port:
            first, last = (span[0] + one for one in port.span(1))
            new = f"${{{job.own}:{port[1]}}}"
            edits.append(source.edit(first, last, new, "spring", why, job.name))
        else:
            new = f"{indent}port: {value}\n"
            edits.append(source.edit(begin, begin, new, "spring", why, job.name))
    if spring is None:
        tail += f"spring:\n  config:\n    import: {wanted}\n"
    else:
        begin, indent, _ = spring
        new = f"{indent}config:\n{indent}{indent}import: {wanted}\n"
        edits.append(source.edit(begin, begin, new, "spring", why, job.name))
    if tail:
        before = "" if not text or text.endswith("\n") else "\n"
        edits.append(source.edit(len(text), len(text), before + tail, "spring", why, job.name))
    return edits


def _block(text: str, key: str) -> tuple[int, str, tuple[int, int]] | None:
    """Return where the first line of a block begins, its indent, and the span of its lines."""
    head = re.search(rf"(?m)^{key}[ \t]*:[ \t]*(?:#.*)?\r?\n", text)
    if head is None:
        return None
    after = re.compile(r"(?m)^[^\s#]").search(text, head.end())
    end = after.start() if after else len(text)
    child = re.compile(r"(?m)^( +)[^\s#-]").search(text, head.end(), end)
    return (head.end(), child[1], (head.end(), end)) if child else None


#: Files whose program reads no env file: what becomes of a literal port, and what starts it.
_LITERALS = (
    (
        re.compile(r"\.exs$"),
        re.compile(r"\b(?:\w+_)?port:\s*(\d{2,5})\b(?=\s*[,\]}\r]|\s*$)"),
        'String.to_integer(System.get_env("{0}") || "{1}")',
        "mix phx.server",
    ),
    (
        re.compile(r"(?:^|/)ecosystem\.config\.\w+$"),
        re.compile(r"\bPORT[\"']?\s*:\s*[\"']?(\d{2,5})\b[\"']?"),
        "process.env.{0} || {1}",
        "npx pm2 start {file} --only {service}",
    ),
)


def adopt_literal(job: Job, project: Project) -> Outcome | None:
    """Give a literal port of Phoenix's config/*.exs, or of pm2's apps, the variable's number."""
    for file, pattern, template, start in _LITERALS:
        place = next((x for x in job.places if file.search(x.path) and x.line), None)
        source = project.source(place.path) if place else None
        if source is None or place is None:
            continue
        folder = source.path.partition("config/")[0] if start.startswith("mix") else ""
        typed = start.format(file=word(source.path), service=job.name)
        command = in_folder(folder.rstrip("/"), f"portman run --service {job.name} -- {typed}")
        made = Outcome("run", variable=job.own, command=command)
        begin = sum(len(one) + 1 for one in source.text.split("\n")[: place.line - 1])
        match = pattern.search(source.text[begin:].partition("\n")[0])
        if match is None or int(match[1]) != job.port:
            return made
        why = f"{job.name} takes {job.own}, and {match[1]} without it"
        first = begin + (match.start(1) if start.startswith("mix") else _value(match))
        last = begin + (match.end(1) if start.startswith("mix") else match.end())
        new = template.format(job.own, match[1])
        return made._replace(edits=(source.edit(first, last, new, "listen", why, job.name),))
    return None


def _value(match: re.Match[str]) -> int:
    """Return where the value behind a key begins, its quote included."""
    quoted = match.string[match.start(1) - 1] in "\"'"
    return match.start(1) - quoted


def adopt_wrappers(project: Project) -> tuple[list[Edit], list[Left]]:
    """Let by what turbo and tox would drop of the variables that `portman run` sets."""
    edits: list[Edit] = []
    source = project.source("turbo.json")
    if project.style == "run" and source is not None and "_PORT" not in source.text:
        names = '["PORT", "*_PORT", "PORTMAN_*"]'
        known = re.search(r'"globalPassThroughEnv"\s*:\s*\[\s*', source.text)
        why = "turbo hands the ports on"
        if known:
            new = names[1:-1] + ("" if source.text[known.end()] == "]" else ", ")
            edits.append(source.edit(known.end(), known.end(), new, "wrapper", why))
        elif first := re.search(r"\{([ \t]*\r?\n([ \t]+))?", source.text):
            begin = first.end()
            between = f",\n{first[2]}" if first[2] else ", "
            new = f'"globalPassThroughEnv": {names}{between}'
            edits.append(source.edit(begin, begin, new, "wrapper", why))
    source = project.source("tox.ini")
    if source is not None and "_PORT" not in source.text:
        known = re.search(r"(?m)^(pass_?env)[ \t]*=[ \t]*", source.text)
        section = re.search(r"(?m)^\[testenv\][ \t]*\r?\n", source.text)
        why = "tox hands the ports on"
        if known:
            after = "\n    " if source.text[known.end() : known.end() + 1] in "\r\n" else ", "
            new = f"{after}*_PORT" if after.startswith("\n") else f"*_PORT{after}"
            edits.append(source.edit(known.end(), known.end(), new, "wrapper", why))
        elif section:
            at = section.end()
            edits.append(source.edit(at, at, "pass_env = *_PORT\n", "wrapper", why))
    return edits, []
