"""Coding agents: what AGENTS.md has to say about ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.integrations import marked_block
from portman.integrations.change import FileChange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.integrations.change import ProjectFacts

ABOUT = "a passage in AGENTS.md: run `portman up`, read the JSON, never kill what is not yours"
PATHS = ("AGENTS.md",)
NEXT = "agents that read CLAUDE.md or the like: link it there (ln -s AGENTS.md CLAUDE.md)"

_BODY = """\
## Ports

Every checkout and worktree has ports of its own, kept by `portman` (`ports.toml`).

- Before you start anything: `portman up --json`. Exit 0: go on. Else read `errors`; each `hint`
  is the next command.
- Take ports by name, never from memory: `portman port web`, `portman url web`, or the variables
  that `portman env` prints. Never pick another number yourself.
- Start servers with `portman run --service web -- CMD`; `{web}` in CMD becomes the port.
- `"verdict": "running"`: this checkout's server is up already. Use it; do not start a second.
- `"verdict": "taken"`: somebody else's program has the port. Never kill what is not yours:
  `portman up --reassign web` takes another port.
- Stop what you started. Before you delete a worktree: `portman down`.
"""


def propose(project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:  # noqa: ARG001
    """Add the passage at the end of AGENTS.md, or bring it up to date."""
    old = files.get("AGENTS.md", "")
    try:
        text = marked_block.put(old, _BODY, "agents", comment=marked_block.HTML)
    except marked_block.DamagedError as error:
        return (FileChange("AGENTS.md", None, str(error), _BODY),)
    return (FileChange("AGENTS.md", text),)
