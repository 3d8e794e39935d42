"""The few settings of a git repository that say what its checkouts are, read by hand."""

from __future__ import annotations

import os

from portman.base.small_file import read

_TRUE = frozenset({"true", "yes", "on", "1", ""})
#: Bytes. Longer than the other files, as every branch adds a section.
_MOST = 1 << 18


def is_bare(common: str) -> bool:
    """Return whether the repository has no main worktree (`core.bare`, as git decides it).

    Without the setting, a repository is bare unless its folder is called `.git` or it knows its
    worktree. With `extensions.worktreeConfig` the main worktree's setting is in config.worktree.
    """
    settings = parse(read(os.path.join(common, "config"), _MOST) or "")
    if is_true(settings.get("extensions.worktreeconfig")):
        settings |= parse(read(os.path.join(common, "config.worktree"), _MOST) or "")
    if "core.bare" in settings:
        return is_true(settings["core.bare"])
    return os.path.basename(common) != ".git" and "core.worktree" not in settings


def is_true(value: str | None) -> bool:
    """Return what git makes of a boolean: a key without value is true, a missing one is not."""
    return value is not None and value.lower() in _TRUE


def parse(text: str) -> dict[str, str]:
    """Return `section.key` -> value for sections without a subsection, lower case; last one wins.

    Enough of git-config(1) for booleans and paths: comments, quotes, `[core] bare = true` on one
    line. Includes are not followed. A key without `=` gets "", which is true.
    """
    settings: dict[str, str] = {}
    section = ""
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("["):
            header, _, line = line[1:].partition("]")
            section = header.strip().lower()
            line = line.strip()
        if not line or line[0] in "#;" or '"' in section:
            continue
        key, assigned, value = line.partition("=")
        if not assigned:
            key = key.split("#")[0].split(";")[0]
        settings[f"{section}.{key.strip().lower()}"] = _value(value) if assigned else ""
    return settings


def _value(text: str) -> str:
    text = text.strip()
    if text.startswith('"'):
        return text[1:].partition('"')[0]
    for mark in ("#", ";"):
        text = text.partition(mark)[0]
    return text.strip()
