"""mise: a file of its own in mise's conf.d folder, so that no mise.toml has to be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.integrations.change import no_env_file, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.integrations.change import FileChange, ProjectFacts

ABOUT = "mise loads the env file; `mise run ports` chooses and writes the ports"
PATHS = (".config/mise/conf.d/portman.toml",)
NEXT = "mise trust && mise run ports"

_TEXT = """\
# Ports of this checkout (portman). mise merges this file with your mise.toml.
[env]
_.file = "{{{{config_root}}}}/{file}"

[tasks.ports]
description = "choose and write this checkout's ports"
run = "portman up"
"""


def propose(project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Write the file once."""
    if project.env_file is None:
        return (no_env_file(PATHS[0]),)
    return (whole(PATHS[0], _TEXT.format(file=project.env_file), files),)
