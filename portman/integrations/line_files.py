"""Files read line by line: Procfile (honcho, foreman, overmind) and .pre-commit-config.yaml.

Process managers set PORT to numbers of their own (5000, 5100, ...); `portman run --service web`
sets it to the lease, holds the port until the program binds it, and gives its exit code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portman.integrations.change import (
    DamagedError,
    FileChange,
    block_of,
    line_end,
    put_block,
    template,
    without_block,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.base.values import Service
    from portman.integrations.change import ProjectFacts


def propose(tool: str, project: ProjectFacts, files: Mapping[str, str]) -> FileChange:
    """Change a Procfile or the configuration of pre-commit."""
    return _procfile(project, files) if tool == "honcho" else _pre_commit(files)


#: As honcho and foreman read it: NAME: COMMAND.
_LINE = re.compile(r"^([A-Za-z0-9_-]+):\s*(.+)$")


def _procfile(project: ProjectFacts, files: Mapping[str, str]) -> FileChange:
    """Make a Procfile with something to try out; show how to change an existing one."""
    services = [one for one in project.services if one.kind == "service"]
    old = files.get("Procfile")
    if old is None:
        lines = [f"{one.name}: {_started(one, 'python3 -m http.server {}')}" for one in services]
        if not lines:
            reason = "ports.toml has no service that a Procfile could start"
            return FileChange("Procfile", None, reason, "[services]\nweb = 3000\n")
        return FileChange("Procfile", "\n".join(lines) + "\n")
    return _existing(old, {one.name: one for one in services})


def _existing(old: str, services: Mapping[str, Service]) -> FileChange:
    """Keep the file if each service gets its port; else show the lines to change."""
    wanted = []
    for line in old.splitlines():
        found = _LINE.match(line)
        service = services.get(found.group(1)) if found else None
        if found and service and not _has_port(found.group(2), service):
            wanted.append(
                f"{service.name}: portman run --service {service.name} -- {found.group(2)}"
            )
    if not wanted:
        return FileChange("Procfile", old)
    reason = "it has lines of your own, which start services without their ports"
    return FileChange("Procfile", None, reason, "\n".join(wanted) + "\n")


def _has_port(command: str, service: Service) -> bool:
    if re.search(rf"\bportman\b.*\brun\b.*{re.escape(service.name)}", command):
        return True
    return any(re.search(rf"\$\{{?{name}\b", command) for name in service.env)


def _started(service: Service, command: str) -> str:
    return f"portman run --service {service.name} -- " + command.format(f"{{{service.name}}}")


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
    """Find where the list under `repos:` ends, and how its items are indented."""
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
