"""What a tool does when something is odd: one function a question, each in a fresh home.

Every function takes a tool and an empty folder, and returns a short answer for the table.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from rounds import repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from peer_tools import Answer, Tool

_LISTEN = (
    "import socket, sys; s = socket.socket(); "
    "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); "
    "s.bind(('0.0.0.0', int(sys.argv[1]))); s.listen(); print('ok', flush=True); sys.stdin.read()"
)
FOREIGN = b"# mine\r\nKEEP='as it is'\nPORT=1\n\nLAST=no newline"


def stranger(tool: Tool, base: Path) -> str:
    """Ask again while a foreign process listens on the port that was given."""
    project = _project(tool, base / "project")
    ports, first = _given(tool, project)
    if not ports:
        return _no_port(first)
    elsewhere = base / "elsewhere"
    elsewhere.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", _LISTEN, str(ports[0])],
        cwd=elsewhere,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        if process.stdout.readline() != "ok\n":
            return "?"
        again = tool.run(project)
        process.kill()
    now = tool.ports(project, again)
    if str(process.pid) in again.text:
        return f"says so and names the process; exit {again.code}"
    if again.code:
        return f"fails, holder not named; exit {again.code}"
    if now and ports[0] not in now:
        return f"gives another port ({ports[0]} -> {now[0]}); exit 0"
    return "does not notice; exit 0"


def two_clones(tool: Tool, base: Path) -> str:
    """Ask in two clones of one remote, on the same branch."""
    origin = repository(base / "origin", tool.environment)
    found = []
    for name in ("one", "two"):
        clone = base / name / "app"
        tool.call("git", "clone", "--quiet", str(origin), str(clone), cwd=base)
        tool.prepare(clone)
        found.append(_given(tool, clone)[0])
    if not all(found):
        return "no port"
    return "the same ports" if set(found[0]) & set(found[1]) else "different ports"


def branch_switch(tool: Tool, base: Path) -> str:
    """Ask in a clone, switch its branch, ask again."""
    origin = repository(base / "origin", tool.environment)
    project = base / "project"
    tool.call("git", "clone", "--quiet", str(origin), str(project), cwd=base)
    tool.prepare(project)
    before, first = _given(tool, project)
    if not before:
        return _no_port(first)
    tool.call("git", "switch", "--quiet", "-c", "other", cwd=project)
    after, _ = _given(tool, project)
    return "same ports" if after == before else "other ports"


def removed_worktree(tool: Tool, base: Path) -> str:
    """Give ports to two linked worktrees, remove the first, ask again in the second."""
    main = _project(tool, base / "main")
    trees = [base / "tree-a", base / "tree-b"]
    for tree in trees:
        tool.call("git", "worktree", "add", "--quiet", "-b", tree.name, str(tree), cwd=main)
        tool.prepare(tree)
    _given(tool, main)
    _given(tool, trees[0])
    before, first = _given(tool, trees[1])
    if not before:
        return _no_port(first)
    tool.call("git", "worktree", "remove", "--force", str(trees[0]), cwd=main)
    after, _ = _given(tool, trees[1])
    return "the others keep theirs" if after == before else "moves another"


def foreign_lines(tool: Tool, base: Path) -> str:
    """Let it write an env file that has lines of the user's in it."""
    if tool.env_file is None:
        return "writes no env file"
    project = _project(tool, base / "project")
    file = project / tool.env_file
    file.write_bytes(FOREIGN)
    answer = tool.run(project)
    data = file.read_bytes()
    if data == FOREIGN:
        return f"leaves the file; exit {answer.code}"
    if FOREIGN in data:
        return "every byte kept"
    kept = sum(line in data for line in FOREIGN.splitlines() if line)
    if not kept:
        return "file replaced"
    return f"{kept} of {len([line for line in FOREIGN.splitlines() if line])} lines kept as written"


def damaged_registry(tool: Tool, base: Path) -> str:
    """Spoil the registry, ask again."""
    project = _project(tool, base / "project")
    before, first = _given(tool, project)
    registry = tool.registry()
    if not before:
        return _no_port(first)
    if registry is None or not registry.exists():
        return "keeps none"
    junk = b"{ this is not what it was " * 50
    registry.write_bytes(junk)
    again = tool.run(project)
    kept = registry.exists() and registry.read_bytes() == junk
    if again.crashed:
        return f"traceback, file {'left' if kept else 'changed'}; exit {again.code}"
    if again.code:
        return f"refuses, file {'left' if kept else 'changed'}; exit {again.code}"
    return f"goes on{', file left' if kept else ' with an empty one'}; exit 0"


def usual_port(tool: Tool, base: Path) -> str:
    """Look whether the main checkout gets the number everybody knows, 3000."""
    ports, first = _given(tool, _project(tool, base / "project"))
    if not ports:
        return _no_port(first)
    return "yes" if 3000 in ports else f"no ({ports[0]})"


PROBES: dict[str, Callable[[Tool, Path], str]] = {
    "a stranger listens on its port": stranger,
    "two clones of one remote": two_clones,
    "branch switched": branch_switch,
    "another worktree removed": removed_worktree,
    "the user's lines in the env file": foreign_lines,
    "registry spoilt": damaged_registry,
    "main checkout gets 3000": usual_port,
}


def _project(tool: Tool, folder: Path) -> Path:
    if folder.exists():
        shutil.rmtree(folder)
    repository(folder, tool.environment)
    tool.prepare(folder)
    return folder


def _given(tool: Tool, project: Path) -> tuple[list[int], Answer]:
    answer = tool.run(project)
    return tool.ports(project, answer), answer


def _no_port(answer: Answer) -> str:
    return "hangs" if answer.code is None else f"no port; exit {answer.code}"
