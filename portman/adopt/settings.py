"""Settings files of other programs: Phoenix's, turbo's and tox's lists of variables."""

from __future__ import annotations

import re

from portman.adopt.project import Outcome, in_folder

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.adopt.edits import Edit, Left
    from portman.adopt.project import Job, Project


def adopt_phoenix(job: Job, project: Project) -> Outcome | None:
    """Give a literal port of config/*.exs the variable's number; Mix reads no env file."""
    places = [one for one in job.places if one.path.endswith(".exs") and one.line]
    source = project.source(places[0].path) if places else None
    if source is None:
        return None
    module = source.path.partition("config/")[0].rstrip("/")
    command = in_folder(module, f"portman run --service {job.name} -- mix phx.server")
    text = source.text
    begin = sum(len(one) + 1 for one in text.split("\n")[: places[0].line - 1])
    line = text[begin:].partition("\n")[0]
    match = re.search(r"\b(?:\w+_)?port:\s*(\d{2,5})\b(?=\s*[,\]}\r]|\s*$)", line)
    if match is None or int(match[1]) != job.port:
        return Outcome("run", variable=job.own, command=command)
    new = f'String.to_integer(System.get_env("{job.own}") || "{match[1]}")'
    why = f"{job.name} takes {job.own}, and {match[1]} without it"
    first, last = (begin + one for one in match.span(1))
    edit = source.edit(first, last, new, "listen", why, job.name)
    return Outcome("run", (edit,), (), job.own, command=command)


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
