"""just: the env file is loaded, and `just ports` chooses and writes the ports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portman.integrations import marked_block
from portman.integrations.change import FileChange, first_of, no_env_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.integrations.change import ProjectFacts

ABOUT = "recipes see $WEB_PORT; `just ports` chooses and writes the ports"
PATHS = ("justfile", "Justfile", ".justfile")
NEXT = "just ports"

_RECIPE = "# choose and write this checkout's ports\nports:\n    portman up\n"


def propose(project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Add what the justfile does not have yet: a setting may stand in it only once."""
    path = first_of(PATHS, files, "justfile")
    file = project.env_file
    if file is None:
        return (no_env_file(path),)
    old = files.get(path, "")
    setting = "set dotenv-load" if file == ".env" else f"set dotenv-path := '{file}'"
    try:
        others = marked_block.without(old, "just")
        parts = [] if re.search(r"(?m)^set\s+dotenv-", others) else [f"{setting}\n"]
        parts += [] if re.search(r"(?m)^@?ports\b[^\n]*:(?!=)", others) else [_RECIPE]
        text = marked_block.put(old, "\n".join(parts), "just") if parts else old
    except marked_block.DamagedError as error:
        return (FileChange(path, None, str(error), f"{setting}\n\n{_RECIPE}"),)
    return (FileChange(path, text),)
