"""direnv: the variables in every shell of the checkout, anew whenever the manifest changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.integrations import marked_block
from portman.integrations.change import FileChange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.integrations.change import ProjectFacts

ABOUT = "every shell in the checkout has WEB_PORT and the rest; leases what is missing by itself"
PATHS = (".envrc",)
NEXT = "direnv allow"

_BODY = """\
watch_file ports.toml ports.local.toml{files}
if has portman; then
  # its own line, so that a failure is shown and the rest of this file still counts
  portman_env=$(portman env --format shell) && eval "$portman_env"
  unset portman_env
else
  log_error "portman is not installed: uv tool install ports-toml"
fi
"""


def propose(project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Add the block at the end, so that it has the last word."""
    watched = f" {project.env_file}" if project.env_file and " " not in project.env_file else ""
    body = _BODY.format(files=watched)
    try:
        return (FileChange(".envrc", marked_block.put(files.get(".envrc", ""), body, "direnv")),)
    except marked_block.DamagedError as error:
        return (FileChange(".envrc", None, str(error), body),)
