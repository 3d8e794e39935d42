"""Dev containers: the host chooses the ports, the container gets them as variables.

A server in the container then binds a number that is nobody else's on the host either, so that
the editor can forward it to the very same one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.integrations import jsonc
from portman.integrations.change import FileChange, first_of, no_env_file
from portman.integrations.json_file import UnfitError, text_of, with_member

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.integrations.change import ProjectFacts

ABOUT = "the host runs `portman up`, the container gets the variables, ports are forwarded as is"
PATHS = (".devcontainer/devcontainer.json", ".devcontainer.json")
NEXT = "rebuild the container"


def propose(project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Add three members to a devcontainer.json that there is; none is made: it needs an image."""
    path = first_of(PATHS, files, PATHS[0])
    if project.env_file is None:
        return (no_env_file(path),)
    members = _members(project.env_file)
    text = files.get(path)
    if text is None:
        reason = "there is no devcontainer.json yet; it has to say which image it is"
        return (FileChange(path, None, reason, text_of(members)),)
    try:
        root = jsonc.parse(text)
        if root.member("dockerComposeFile"):
            del members["runArgs"]  # Compose reads the env file by itself
        for key, value in members.items():
            text = with_member(text, (key,), value)
    except (UnfitError, jsonc.JsoncError) as error:
        return (FileChange(path, None, str(error), text_of(members)),)
    return (FileChange(path, text),)


def _members(file: str) -> dict[str, object]:
    return {
        "initializeCommand": "portman up",
        "runArgs": ["--env-file", f"${{localWorkspaceFolder}}/{file}"],
        "otherPortsAttributes": {"requireLocalPort": True, "onAutoForward": "notify"},
    }
