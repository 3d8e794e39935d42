"""GitHub Actions: a workflow that checks ports.toml, and the step that sets the variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.integrations.change import whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.integrations.change import FileChange, ProjectFacts

ABOUT = "a workflow that checks ports.toml, and the step that gives a job its ports"
PATHS = (".github/workflows/ports.yml",)
NEXT = 'in your own jobs: portman env --format github >> "$GITHUB_ENV"'

_TEXT = """\
# Checks ports.toml. In a job of your own, the last step below is the one you want: every later
# step of that job then has WEB_PORT and the rest in its environment.
name: ports
on:
  push:
    paths: ["**/ports.toml"]
  pull_request:
    paths: ["**/ports.toml"]
permissions:
  contents: read
jobs:
  ports:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pipx install ports-toml
      - run: portman validate
      - run: portman env --format github >> "$GITHUB_ENV"
"""


def propose(project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:  # noqa: ARG001
    """Write the workflow once."""
    return (whole(PATHS[0], _TEXT, files),)
