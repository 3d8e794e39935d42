"""The files of the tools that people already use, changed so that these tools learn their ports.

`propose` is pure: it takes the files that exist and returns the changes to make. What cannot be
changed without losing something is returned as text for a person to insert.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.integrations.change import FileChange, ProjectFacts


class Tool(NamedTuple):
    """`paths` are the files it may touch, best first; `next` is what to type afterwards.

    `module` (in this folder) has `propose(tool, project, files)`.
    """

    module: str
    paths: tuple[str, ...]
    about: str
    next: str


TOOLS = {
    "make": Tool(
        "text_files",
        ("GNUmakefile", "makefile", "Makefile"),  # in the order in which GNU make searches
        "recipes see $(WEB_PORT); make runs `portman up` when ports.toml is newer than the "
        "env file",
        "make -n shows that it still works",
    ),
    "direnv": Tool(
        "text_files",
        (".envrc",),
        "every shell in the checkout has WEB_PORT and the rest; leases missing ports itself",
        "direnv allow",
    ),
    "mise": Tool(
        "text_files",
        (".config/mise/conf.d/portman.toml",),
        "mise loads the env file; `mise run ports` chooses and writes the ports",
        "mise trust && mise run ports",
    ),
    "just": Tool(
        "text_files",
        ("justfile", "Justfile", ".justfile"),
        "recipes see $WEB_PORT; `just ports` chooses and writes the ports",
        "just ports",
    ),
    "honcho": Tool(
        "text_files",
        ("Procfile",),
        "a Procfile whose programs get their ports (also for foreman and overmind)",
        "put your own commands after `--`, then: honcho start",
    ),
    "npm": Tool(
        "json_files",
        ("package.json",),
        "`npm run ports`, and `npm run with-ports -- CMD` with the variables set",
        "npm run with-ports -- npm run dev",
    ),
    "vscode": Tool(
        "json_files",
        (".vscode/tasks.json",),
        "a task that runs `portman up` when the folder is opened",
        'in launch.json: "envFile": "${workspaceFolder}/.env", "preLaunchTask": "portman: up"',
    ),
    "devcontainer": Tool(
        "json_files",
        (".devcontainer/devcontainer.json", ".devcontainer.json"),
        "the host runs `portman up`, the container gets the variables, ports are forwarded as is",
        "rebuild the container",
    ),
    "pre-commit": Tool(
        "text_files",
        (".pre-commit-config.yaml",),
        "ports.toml is checked before each commit",
        "pre-commit run portman-validate --all-files",
    ),
    "github": Tool(
        "text_files",
        (".github/workflows/ports.yml",),
        "a workflow that checks ports.toml, and the step that gives a job its ports",
        'in your own jobs: portman env --format github >> "$GITHUB_ENV"',
    ),
    "agents": Tool(
        "text_files",
        ("AGENTS.md",),
        "a passage in AGENTS.md: run `portman up`, read the JSON, never kill what is not yours",
        "agents that read CLAUDE.md or the like: link it there (ln -s AGENTS.md CLAUDE.md)",
    ),
}


def propose(tool: str, project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Work out the changes for a tool of TOOLS; `files` are those of its paths that exist."""
    from importlib import import_module

    module = import_module(f"portman.integrations.{TOOLS[tool].module}")
    change: FileChange = module.propose(tool, project, files)
    return (change,)
