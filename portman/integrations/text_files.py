"""Text files of other tools: a marked block of ours, a whole file, or lines between theirs."""

from __future__ import annotations

import re

from portman.integrations import (
    HASH,
    HTML,
    TOOLS,
    DamagedError,
    FileChange,
    block_of,
    first_of,
    line_end,
    no_env_file,
    put_block,
    template,
    without_block,
)

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.base.values import Service
    from portman.integrations import ProjectFacts

_GOALS = (
    "\n# Yours from here on: $(WEB_PORT) in recipes, $$WEB_PORT in their shells.\n"
    ".PHONY: ports\nports:\n\t@$(PORTMAN) check\n"
)


def propose(tool: str, project: ProjectFacts, files: Mapping[str, str]) -> FileChange:
    if tool == "honcho":
        return _procfile(project, files)
    return _pre_commit(files) if tool == "pre-commit" else _from_text(tool, project, files)


def _from_text(tool: str, project: ProjectFacts, files: Mapping[str, str]) -> FileChange:
    """Insert the text of a tool from data/integrations, or update it where it is."""
    paths, env_file = TOOLS[tool].paths, project.env_file
    path = first_of(paths, files, "Makefile" if tool == "make" else paths[0])
    if env_file is None and tool in ("make", "mise", "just"):
        return no_env_file(path)
    watched = f" {env_file}" if env_file and " " not in env_file else ""
    text = template(tool).replace("@ENV_FILE@", env_file or "").replace("@WATCHED@", watched)
    if tool in ("mise", "github"):
        return _whole(path, text, files)
    old = files.get(path, "")
    try:
        if reason := _refused(tool, without_block(old, tool), env_file or ""):
            return FileChange(path, None, reason, text)
        if tool == "just":
            recipe = text
            setting = "load" if env_file == ".env" else f"path := '{env_file}'"
            text = f"set dotenv-{setting}\n\n{recipe}"
            return FileChange(path, _justfile(old, f"set dotenv-{setting}\n", recipe))
        # make: at the top, where variables are set before anything is expanded; else at the end
        comment = HTML if tool == "agents" else HASH
        new = put_block(old, text, tool, comment=comment, top=tool == "make")
    except DamagedError as error:
        return FileChange(path, None, str(error), text)
    return FileChange(path, new if old or tool != "make" else new + _GOALS)


def _refused(tool: str, others: str, env_file: str) -> str:
    """Return why ours would not work: the file's name, a rule of the project's own that wins."""
    if tool == "make" and any(character in " \t#$%:=\\" for character in env_file):
        return f"the name {env_file} has a character that make gives a meaning; choose another"
    heads = {"just": r"@?ports\b[^\n:]*", "make": re.escape(env_file)}
    head = heads.get(tool)
    rule = re.search(rf"(?m)^{head}[ \t]*:(?!=).*\n(?:[ \t].*\n?)*", others) if head else None
    if rule is None or re.search(r"\bportman\b", rule[0]):
        return ""
    return f"it has `{rule[0].partition(':')[0]}` of its own; let that run `portman up`"


def _justfile(old: str, setting: str, recipe: str) -> str:
    """Add what the justfile does not have yet: a setting may be in it only once."""
    others = without_block(old, "just")
    parts = [] if re.search(r"(?m)^set\s+dotenv-", others) else [setting]
    parts += [] if re.search(r"(?m)^@?ports\b[^\n]*:(?!=)", others) else [recipe]
    return put_block(old, "\n".join(parts), "just") if parts else old


def _whole(path: str, text: str, files: Mapping[str, str]) -> FileChange:
    """Write a file that is missing; what differs is left to whoever changed it."""
    old = files.get(path)
    if old is None or old.replace("\r\n", "\n") == text:
        return FileChange(path, text if old is None else old)
    reason = "it is there already and says something else, which portman never overwrites"
    return FileChange(path, None, reason, text)


# Read line by line: Procfile (honcho, foreman, overmind) and .pre-commit-config.yaml. Process
# managers set PORT to numbers of their own (5000, 5100, ...); `portman run --service web` sets it
# to the lease, holds the port until the program binds it, and gives its exit code.

#: As honcho and foreman read it: NAME: COMMAND.
_LINE = re.compile(r"^([A-Za-z0-9_-]+):\s*(.+)$")


def _procfile(project: ProjectFacts, files: Mapping[str, str]) -> FileChange:
    """Make a Procfile of the project's own commands; show how to change an existing one."""
    services = [one for one in project.services if one.kind == "service"]
    old = files.get("Procfile")
    if old is not None:
        return _existing(old, {one.name: one for one in services})
    if not services:
        reason = "ports.toml has no service that a Procfile could start"
        return FileChange("Procfile", None, reason, "[services]\nweb = 3000\n")
    lines = [
        f"{one.name}: {_through_run(project.commands[one.name], one.name)}"
        for one in services
        if project.commands.get(one.name)
    ]
    unknown = [one.name for one in services if not project.commands.get(one.name)]
    if unknown:
        reason = f"no file of the project says what starts {', '.join(unknown)}"
        by_hand = [*lines, *(f"{one}: portman run --service {one} -- COMMAND" for one in unknown)]
        return FileChange("Procfile", None, reason, "\n".join(by_hand) + "\n")
    return FileChange("Procfile", "\n".join(lines) + "\n")


def _through_run(command: str, service: str) -> str:
    """Put `portman run` before a command, after the `cd` that it may begin with."""
    folder, joint, rest = command.rpartition(" && ")
    return f"{folder}{joint}portman run --service {service} -- {rest}"


def _existing(old: str, services: Mapping[str, Service]) -> FileChange:
    """Keep the file if each service gets its port; else show the lines to change."""
    wanted = []
    for line in old.splitlines():
        found = _LINE.match(line)
        service = services.get(found.group(1)) if found else None
        command = found.group(2) if found else ""
        if service and not _has_port(command, service):
            wanted.append(f"{service.name}: portman run --service {service.name} -- {command}")
    if not wanted:
        return FileChange("Procfile", old)
    reason = "it has lines of your own, which start services without their ports"
    return FileChange("Procfile", None, reason, "\n".join(wanted) + "\n")


def _has_port(command: str, service: Service) -> bool:
    if re.search(rf"\bportman\b.*\brun\b.*{re.escape(service.name)}", command):
        return True
    return any(re.search(rf"\$\{{?{name}\b", command) for name in service.env)


def _pre_commit(files: Mapping[str, str]) -> FileChange:
    """Add the hook at the end of the list under `repos:`, if that is a list line by line."""
    path, hook = ".pre-commit-config.yaml", template("pre-commit")
    text = files.get(path, "")
    if not text.strip():
        return FileChange(path, "repos:\n" + put_block("", _indented(hook, "  "), "pre-commit"))
    try:
        others = without_block(text, "pre-commit")
        if "portman-validate" in others:
            return FileChange(path, text)
        place = _place(text)
        if place is None:
            reason = "its `repos:` is not a list with one repository a line"
            return FileChange(path, None, reason, hook)
        at, indent = place
        if others != text:
            return FileChange(path, put_block(text, _indented(hook, indent), "pre-commit"))
    except DamagedError as error:
        return FileChange(path, None, str(error), hook)
    newline = line_end(text)
    block = block_of(_indented(hook, indent), "pre-commit", newline=newline)
    gap = "" if text[:at].endswith("\n") else newline
    return FileChange(path, text[:at] + gap + block + text[at:])


def _indented(text: str, indent: str) -> str:
    return "".join(f"{indent}{line}\n" for line in text.splitlines())


def _place(text: str) -> tuple[int, str] | None:
    indent: str | None = None
    inside, at, end = False, 0, 0
    for line in text.splitlines(keepends=True):
        at += len(line)
        if re.match(r"repos:\s*(#.*)?$", line):
            inside, end = True, at
        elif inside and line.strip() and line[0] not in " \t#-":
            break
        elif inside and line.strip():
            item = re.match(r"([ \t]*)- ", line)
            indent = item.group(1) if item and indent is None else indent
            end = at if line[0] != "#" else end
    return None if indent is None else (end, indent)
