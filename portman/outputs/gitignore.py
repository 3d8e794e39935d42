"""What git thinks of a file: tracked, ignored. Asked only when something is about to be written.

The repository may be hostile (a clone of anything). Options on the command line keep git from
running what its configuration names, gets none of the variables by which a hook or an outer git
points it elsewhere, and is only ever found in an absolute folder of PATH, never in the checkout.
A repository that git itself distrusts (`safe.directory`) is not asked in another way: it
counts as not tracked, not ignored.
"""

from __future__ import annotations

import os

from portman.base.run_tool import UnboundedError, run

#: Seconds to wait for an answer. An excludes file can be a FIFO, and a network file system slow.
_PATIENCE = 10

_HARMLESS = (
    "--no-pager",
    "-c",
    "core.fsmonitor=false",  # else: a program run at every look at the index
    "-c",
    f"core.hooksPath={os.devnull}",
    "-c",
    "protocol.allow=never",  # a partial clone would fetch, through any program it names
)

#: The variables of git that its user sets and that choose no repository.
_KEPT = frozenset(
    (
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_SYSTEM",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_EXEC_PATH",
        "GIT_CEILING_DIRECTORIES",
        "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    )
)


def is_tracked(folder: str, path: str) -> bool:
    """Return whether git tracks `path` (relative to `folder`).

    False without git, outside a repository, and where git refuses to look.
    """
    return _ask(folder, "--literal-pathspecs", "ls-files", "--error-unmatch", "--", path) == 0


def is_ignored(folder: str, path: str) -> bool | None:
    # check-ignore takes names as they are, but for a ":" in front, and has no option for that.
    answer = _ask(folder, "check-ignore", "-q", "--", f"./{path}")
    return answer == 0 if answer in (0, 1) else None


def ignore_line(path: str) -> str:
    r"""Return the line for the .gitignore beside the manifest that ignores `path` alone.

    The leading `/` anchors it. `\` guards what a pattern takes for a wildcard; a line break,
    which no pattern can hold, becomes a `?`.
    """
    line = "/" + "".join(f"\\{sign}" if sign in "\\*?[" else sign for sign in path)
    line = line.replace("\n", "?")
    return line[:-1] + "\\ " if line.endswith(" ") else line


def _ask(folder: str, *arguments: str) -> int | None:
    """Run git in the folder and return its exit code; None if it did not run to an end."""
    program = _program() if _may_be_repository(folder) else None
    if program is None:
        return None
    command = [program, *_HARMLESS, "-C", folder, *arguments]
    try:
        return run(command, patience=_PATIENCE, env=_environment(), quiet=True).code
    except (OSError, ValueError, UnboundedError):
        return None


def _may_be_repository(folder: str) -> bool:
    """Return whether there is any `.git` at or above the folder: starting git costs 5 ms."""
    here = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(here, ".git")):
        above = os.path.dirname(here)
        if above == here:
            return False
        here = above
    return True


def _program() -> str | None:
    name = "git.exe" if os.name == "nt" else "git"
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        program = os.path.join(folder, name)
        if os.path.isabs(folder) and os.access(program, os.X_OK) and os.path.isfile(program):
            return program
    return None


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("GIT_") or name in _KEPT
    }
    return {
        **kept,
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
    }
