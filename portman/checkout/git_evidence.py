"""The files of git's that decide which checkout a folder is: a receipt's evidence."""

from __future__ import annotations

import os

from portman.base.small_file import read


def evidence(folder: str) -> list[str]:
    """Return every path that `git_checkout.identify(folder)` looks at, there or not."""
    paths: list[str] = []
    here = folder
    while True:
        dot_git = os.path.join(here, ".git")
        paths.append(dot_git)
        if os.path.lexists(dot_git):
            return paths if os.path.isdir(dot_git) else [*paths, *_behind(dot_git)]
        above = os.path.dirname(here)
        if above == here:
            return paths
        here = above


def _behind(pointer: str) -> list[str]:
    """Return what a `.git` file leads to: the link to the shared folder, and its settings."""
    target = (read(pointer) or "").removeprefix("gitdir: ").rstrip("\r\n")
    if not target or "\0" in target:
        return []
    git = os.path.join(os.path.dirname(pointer), target)
    link = os.path.join(git, "commondir")
    common = os.path.normpath(os.path.join(git, (read(link) or "").rstrip("\r\n")))
    return [link, *(os.path.join(common, name) for name in ("config", "config.worktree"))]
