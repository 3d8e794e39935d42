"""How the tools people already use learn their ports: for each tool, the text to put where.

Every module has `ABOUT` (one line), `PATHS` (the files it may touch, best first), `NEXT` (what to
type then) and `propose(project, files)`, which is pure: from the files there are to the changes
to make. What cannot be changed without losing something is told as text to put in by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from portman.integrations.change import FileChange, ProjectFacts

#: What people type -> the module.
TOOLS = {
    "make": "make",
    "direnv": "direnv",
    "mise": "mise",
    "just": "just",
    "honcho": "honcho",
    "npm": "npm",
    "vscode": "vscode",
    "devcontainer": "devcontainer",
    "pre-commit": "pre_commit",
    "github": "github",
    "agents": "agents",
}


def module_of(tool: str) -> ModuleType:
    """Return the module of a tool of TOOLS."""
    from importlib import import_module

    return import_module(f"portman.integrations.{TOOLS[tool]}")


def propose(tool: str, project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Return what to change for a tool; `files` are those of its PATHS that there are."""
    changes: tuple[FileChange, ...] = module_of(tool).propose(project, files)
    return changes
