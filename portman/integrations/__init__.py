"""The files of the tools that people already use, changed so that these tools learn their ports.

`propose` is pure: it takes the files that exist and returns the changes to make. What cannot be
changed without losing something is returned as text for a person to insert. In a file that people
edit, portman's lines are a block between two markers: inserted once, updated in its place.
"""

from __future__ import annotations

from portman.base.record import NamedTuple
from portman.base.small_file import data_file

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portman.base.values import Output, Service


class Tool(NamedTuple):
    """`paths` are the files it may touch, best first; `next` is what to type afterwards.

    `kind` is the module that knows its files, where their names do not say it.
    """

    paths: tuple[str, ...]
    about: str
    next: str
    kind: str = ""


_APPS, _RUNNERS = "agent_apps", "runners"
#: The file that asks portman, beside the config of a test runner.
_HELPER = "portman.ports.cjs"


def _configs(name: str, endings: str) -> tuple[str, ...]:
    return tuple(f"{name}.config.{one}" for one in endings.split())


TOOLS = {
    "make": Tool(
        ("GNUmakefile", "makefile", "Makefile"),  # in the order in which GNU make searches
        "recipes see $(WEB_PORT); make runs `portman up` when ports.toml is newer than the "
        "env file",
        "make -n shows that it still works",
    ),
    "direnv": Tool(
        (".envrc",),
        "every shell in the checkout has WEB_PORT and the rest; leases missing ports itself",
        "direnv allow",
    ),
    "mise": Tool(
        (".config/mise/conf.d/portman.toml",),
        "mise loads the env file; `mise run ports` chooses and writes the ports",
        "mise trust && mise run ports",
    ),
    "just": Tool(
        ("justfile", "Justfile", ".justfile"),
        "recipes see $WEB_PORT; `just ports` chooses and writes the ports",
        "just ports",
    ),
    "honcho": Tool(
        ("Procfile",),
        "a Procfile whose programs get their ports (also for foreman and overmind)",
        "honcho start",
    ),
    "npm": Tool(
        ("package.json",),
        "`npm run ports`, and `npm run with-ports -- CMD` with the variables set",
        "npm run with-ports -- npm run dev",
    ),
    "vscode": Tool(
        (".vscode/tasks.json",),
        "a task that runs `portman up` when the folder is opened",
        'in launch.json: "envFile": "${workspaceFolder}/.env", "preLaunchTask": "portman: up"',
    ),
    "devcontainer": Tool(
        (".devcontainer/devcontainer.json", ".devcontainer.json"),
        "the host runs `portman up`, the container gets the variables, ports are forwarded as is",
        "rebuild the container",
    ),
    "pre-commit": Tool(
        (".pre-commit-config.yaml",),
        "ports.toml is checked before each commit",
        "pre-commit run portman-validate --all-files",
    ),
    "github": Tool(
        (".github/workflows/ports.yml",),
        "a workflow that checks ports.toml, and the step that gives a job its ports",
        'in your own jobs: portman env --format github >> "$GITHUB_ENV"',
    ),
    "agents": Tool(
        ("AGENTS.md",),
        "a passage in AGENTS.md: run `portman up`, read the JSON, never kill what is not yours",
        "agents that read CLAUDE.md or the like: link it there (ln -s AGENTS.md CLAUDE.md)",
    ),
    "skill": Tool(
        (".claude/skills/ports/SKILL.md",),
        "the same passage as a skill, for agents that load one when they need it",
        "agents that look elsewhere for skills: link the folder there",
        _APPS,
    ),
    "mcp": Tool(
        (
            ".mcp.json",
            ".cursor/mcp.json",
            ".gemini/settings.json",
            ".vscode/mcp.json",
            ".codex/config.toml",
        ),
        "agents ask `portman mcp` (of Cursor, Gemini CLI, VS Code, Codex: where their folder is)",
        'pip install "ports-toml[mcp]", then restart the client',
        _APPS,
    ),
    "claude": Tool(
        (
            ".claude/settings.json",
            ".claude/settings.local.json",
            ".claude/launch.json",
            ".claude/launch.json.in",
        ),
        "Claude Code: each session starts with its ports, the status line and the preview have "
        "them, the sandbox may lease",
        "leave the env file out of .worktreeinclude: portman writes it in each worktree",
        _APPS,
    ),
    "codex": Tool(
        (".codex/environments/environment.toml",),
        "Codex: each new worktree gets its ports",
        "portman doctor says what ~/.codex/config.toml must allow in the sandbox",
        _APPS,
    ),
    "cursor": Tool(
        (".cursor/worktrees.json",),
        "Cursor: each new worktree gets its ports",
        "portman doctor says what ~/.cursor/sandbox.json must allow in the sandbox",
        _APPS,
    ),
    "conductor": Tool(
        ("conductor.json",),
        "Conductor: each workspace gets its ports, and gives them back",
        "make a new workspace",
        _APPS,
    ),
    "worktrunk": Tool(
        (".config/wt.toml",),
        "worktrunk: each new worktree gets its ports, and gives them back",
        "wt switch --create BRANCH",
        _APPS,
    ),
    "git": Tool(
        (".husky/post-checkout", "lefthook.yml", "lefthook.yaml", ".lefthook.yml"),
        "git: `git worktree add` and `git clone` end with `portman up`",
        "git worktree add ../second",
        _APPS,
    ),
    "playwright": Tool(
        (_HELPER, *_configs("playwright", "ts js mts mjs cts cjs")),
        "Playwright tests this checkout's own server, and starts it on its port",
        "npx playwright test",
        _RUNNERS,
    ),
    "vitest": Tool(
        (
            _HELPER,
            *_configs("vitest", "ts mts cts js mjs cjs"),
            *_configs("vite", "ts mts cts js mjs cjs"),
        ),
        "tests of Vitest have the variables",
        "npx vitest run",
        _RUNNERS,
    ),
    "cypress": Tool(
        (_HELPER, *_configs("cypress", "ts js mjs cjs")),
        "Cypress opens this checkout's own server",
        "npx cypress run",
        _RUNNERS,
    ),
}


def propose(tool: str, project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Work out the changes for a tool of TOOLS; `files` are those of its paths that exist."""
    from importlib import import_module

    kind = "json_files" if TOOLS[tool].paths[0].endswith(".json") else "text_files"
    module = import_module(f"{__name__}.{TOOLS[tool].kind or kind}")
    found: FileChange | tuple[FileChange, ...] = module.propose(tool, project, files)
    return (found,) if isinstance(found, FileChange) else found


class ProjectFacts(NamedTuple):
    """The part of a manifest that other tools use."""

    name: str
    services: tuple[Service, ...]
    outputs: tuple[Output, ...]
    #: Service -> the project's own command that starts it, for tools that start programs.
    commands: Mapping[str, str] = {}
    #: Which folders of other tools there are, by their first name; the state folder; git's hook.
    folders: frozenset[str] = frozenset()
    state: str = ""
    hook: str = ""

    @property
    def env_file(self) -> str | None:
        return next((one.path for one in self.outputs if one.format == "dotenv"), None)


class FileChange(NamedTuple):
    """One file as it should be.

    `text` is the whole new content (equal to the old: nothing to do), or None where portman
    cannot write it without losing something; then `reason` says why, and `by_hand` is the text
    for a person to insert.
    """

    path: str
    text: str | None
    reason: str = ""
    by_hand: str = ""


def first_of(paths: Iterable[str], files: Mapping[str, str], default: str) -> str:
    return next((path for path in paths if path in files), default)


def no_env_file(path: str) -> FileChange:
    reason = "no [[output]] of ports.toml is an env file, and this tool reads one"
    return FileChange(path, None, reason, '# in ports.toml\n[[output]]\npath = ".env"\n')


def template(tool: str) -> str:
    return data_file("integrations", f"{tool}.txt")


class DamagedError(ValueError):
    """The markers in the file are not one whole block."""


class Comment(NamedTuple):
    """How the file writes a comment."""

    start: str = "# "
    end: str = ""


HASH, HTML = Comment(), Comment("<!-- ", " -->")
_NOTE = "portman integrate {} wrote this and may write it again"


def put_block(
    text: str, body: str, tool: str, *, comment: Comment = HASH, top: bool = False
) -> str:
    """Put the block into the text: in its old place, else at the end (or the top).

    Line ends are those of the text. Raises DamagedError where one marker is missing or doubled.
    """
    newline = line_end(text)
    block = block_of(body, tool, comment, newline)
    span = _span(text, *_markers(tool, comment))
    if span is not None:
        return text[: span[0]] + block + text[span[1] :]
    if not text.strip():
        return block
    if top:
        head, rest = _head(text)
        return f"{head}{block}{newline}{rest}"
    gap = "" if text.endswith(("\n\n", "\r\n\r\n")) else newline
    end = "" if text.endswith("\n") else newline
    return f"{text}{end}{gap}{block}"


def block_of(body: str, tool: str, comment: Comment = HASH, newline: str = "\n") -> str:
    opening, closing = _markers(tool, comment)
    note = f"{comment.start}{_NOTE.format(tool)}{comment.end}"
    return newline.join([opening, note, *body.rstrip("\n").split("\n"), closing]) + newline


def line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def without_block(text: str, tool: str, comment: Comment = HASH) -> str:
    span = _span(text, *_markers(tool, comment))
    return text if span is None else text[: span[0]] + text[span[1] :]


def _markers(tool: str, comment: Comment = HASH) -> tuple[str, str]:
    start, end = comment
    return f"{start}>>> portman integrate {tool}{end}", f"{start}<<< portman integrate {tool}{end}"


def _span(text: str, opening: str, closing: str) -> tuple[int, int] | None:
    starts, ends, at = [], [], 0
    for line in text.splitlines(keepends=True):
        if line.rstrip() == opening:
            starts.append(at)
        at += len(line)
        if line.rstrip() == closing:
            ends.append(at)
    if not starts and not ends:
        return None
    if len(starts) != 1 or len(ends) != 1 or ends[0] < starts[0]:
        raise DamagedError(f"the lines {opening!r} and {closing!r} are not one whole block")
    return starts[0], ends[0]


def _head(text: str) -> tuple[str, str]:
    """Split off what has to stay first: a byte order mark, a #! line."""
    mark = 1 if text.startswith("\ufeff") else 0
    end = text.find("\n") + 1 if text.startswith("#!", mark) else mark
    return text[:end], text[end:]
