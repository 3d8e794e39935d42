"""Tools whose text is a file of data/integrations: a marked block of theirs, or a whole file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portman.integrations import TOOLS
from portman.integrations.change import (
    HASH,
    HTML,
    DamagedError,
    FileChange,
    first_of,
    no_env_file,
    put_block,
    template,
    without_block,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.integrations.change import ProjectFacts

_GOALS = (
    "\n# Yours from here on: $(WEB_PORT) in recipes, $$WEB_PORT in their shells.\n"
    ".PHONY: ports\nports:\n\t@$(PORTMAN) check\n"
)


def propose(tool: str, project: ProjectFacts, files: Mapping[str, str]) -> FileChange:
    """Insert the text of a tool, or update it where it is."""
    paths, env_file = TOOLS[tool].paths, project.env_file
    path = first_of(paths, files, "Makefile" if tool == "make" else paths[0])
    if env_file is None and tool in ("make", "mise", "just"):
        return no_env_file(path)
    if tool == "make" and any(character in " \t#$%:=\\" for character in env_file or ""):
        reason = f"the name {env_file} has a character that make gives a meaning"
        return FileChange(path, None, reason, "choose a plainer path for the output\n")
    watched = f" {env_file}" if env_file and " " not in env_file else ""
    text = template(tool).replace("@ENV_FILE@", env_file or "").replace("@WATCHED@", watched)
    if tool in ("mise", "github"):
        return _whole(path, text, files)
    old = files.get(path, "")
    try:
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
