"""GNU make: `-include .env` at the top of the makefile, made anew when it is missing or old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.integrations import marked_block
from portman.integrations.change import FileChange, first_of, no_env_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.integrations.change import ProjectFacts

ABOUT = "recipes see $(WEB_PORT); make runs `portman up` when ports.toml is newer than the env file"
#: In the order in which GNU make looks for them.
PATHS = ("GNUmakefile", "makefile", "Makefile")
NEXT = "make -n shows that it still works"

_START = "\n# Yours from here on: $(WEB_PORT) in recipes, $$WEB_PORT in their shells.\n"


def propose(project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Put the block at the top, where variables are set before anything is expanded."""
    path = first_of(PATHS, files, "Makefile")
    file = project.env_file
    if file is None:
        return (no_env_file(path),)
    if any(character in " \t#$%:=\\" for character in file):
        reason = f"the name {file} has a character that make gives a meaning"
        return (FileChange(path, None, reason, "choose a plainer path for the output\n"),)
    old = files.get(path, "")
    body = _body(file)
    try:
        text = marked_block.put(old, body, "make", top=True)
    except marked_block.DamagedError as error:
        return (FileChange(path, None, str(error), body),)
    if not old:
        text += _START + ".PHONY: ports\nports:\n\t@$(PORTMAN) check\n"
    return (FileChange(path, text),)


def _body(file: str) -> str:
    """Return the block. A rule for a file in a folder would be the default goal: so unset that."""
    lines = [
        "PORTMAN ?= portman",
        "portman_known := $(.VARIABLES)",
        f"-include {file}",
        "export $(filter-out $(portman_known) portman_known,$(.VARIABLES))",
        f"{file}: ports.toml $(wildcard ports.local.toml)",
        "\t@$(PORTMAN) up",
        ".DEFAULT_GOAL :=",
    ]
    return "\n".join(lines)
