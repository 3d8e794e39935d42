"""VS Code: a task that runs `portman up` when the folder is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.integrations.change import FileChange
from portman.integrations.json_file import UnfitError, text_of, with_item
from portman.integrations.jsonc import JsoncError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.integrations.change import ProjectFacts

ABOUT = "a task that runs `portman up` when the folder is opened"
PATHS = (".vscode/tasks.json",)
NEXT = 'in launch.json: "envFile": "${workspaceFolder}/.env", "preLaunchTask": "portman: up"'
TASK: dict[str, object] = {
    "label": "portman: up",
    "detail": "choose and write this checkout's ports",
    "type": "process",
    "command": "portman",
    "args": ["up"],
    "options": {"cwd": "${workspaceFolder}"},
    "presentation": {"reveal": "silent"},
    "runOptions": {"runOn": "folderOpen"},
    "problemMatcher": [],
}


def propose(project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:  # noqa: ARG001
    """Add the task, known again by its label."""
    (path,) = PATHS
    text = files.get(path)
    if text is None or not text.strip():
        return (FileChange(path, text_of({"version": "2.0.0", "tasks": [TASK]})),)
    try:
        return (FileChange(path, with_item(text, ("tasks",), TASK, "label")),)
    except (UnfitError, JsoncError) as error:
        return (FileChange(path, None, str(error), text_of(TASK)),)
