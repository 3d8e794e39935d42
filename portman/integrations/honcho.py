"""honcho, foreman, overmind: a Procfile whose programs are started by `portman run`.

These managers set PORT to numbers of their own (5000, 5100, ...); `portman run --service web`
sets it to the lease, holds the port until the program binds it, and gives its exit code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portman.integrations.change import FileChange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.base.values import Service
    from portman.integrations.change import ProjectFacts

ABOUT = "a Procfile whose programs get their ports (also for foreman and overmind)"
PATHS = ("Procfile",)
NEXT = "put your own commands behind `--`, then: honcho start"

#: As honcho and foreman read it: NAME: COMMAND.
_LINE = re.compile(r"^([A-Za-z0-9_-]+):\s*(.+)$")


def propose(project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Make a Procfile with something to try out; show how to change one that there is."""
    services = [one for one in project.services if one.kind == "service"]
    old = files.get("Procfile")
    if old is None:
        lines = [f"{one.name}: {_started(one, 'python3 -m http.server {}')}" for one in services]
        if not lines:
            reason = "ports.toml has no service that a Procfile could start"
            return (FileChange("Procfile", None, reason, "[services]\nweb = 3000\n"),)
        return (FileChange("Procfile", "\n".join(lines) + "\n"),)
    return (_existing(old, {one.name: one for one in services}),)


def _existing(old: str, services: Mapping[str, Service]) -> FileChange:
    """Return the file as it is if each service gets its port; else the lines to change."""
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
