"""Which checkout is this folder, and is it its repository's main one? Without starting git.

Reads `.git` as gitrepository-layout(5) and git-worktree(1) describe it. What is broken, hostile or
unknown counts as "no git here": such a folder is its own checkout.
"""

from __future__ import annotations

import os

from portman.base.small_file import read
from portman.base.values import Checkout
from portman.checkout.ownership import real_path

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator

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


_POINTER = "gitdir: "


def identify(folder: str, instance: str = "") -> Checkout:
    """Return the checkout whose manifest lies in `folder` (any spelling; the real path counts).

    `primary` is False for a linked worktree, for a submodule inside one, and for every named
    instance; None under a bare repository, where no worktree is the main one and only the ledger
    knows who asked first; True otherwise. `project` is the default name: that of the folder where
    the primary checkout has its manifest, or a bare repository's name. `repository` is the real
    path of the git folder that all worktrees share; None without git.
    """
    path = real_path(folder)
    found = _find(path)
    primary: bool | None = True
    project, repository = os.path.basename(path), None
    if found is not None:
        primary, project, repository = _place(path, *found)
    return Checkout(
        path=path,
        instance=instance,
        project=project or "root",
        primary=False if instance else primary,
        repository=repository,
    )


def worktree(folder: str) -> str | None:
    found = _find(real_path(folder))
    return None if found is None else found[0]


def branch(folder: str) -> str | None:
    """Return the branch checked out in `folder`, born or not; None for a detached HEAD or no git.

    Also None for a repository with the reftable format, whose HEAD file is a dummy.
    """
    found = _find(real_path(folder))
    if found is None:
        return None
    return _branch(found[1])


def place(folder: str) -> tuple[str, str, str | None, bool] | None:
    """Return worktree, repository, branch and whether the worktree is linked; None without git."""
    found = _find(real_path(folder))
    if found is None:
        return None
    primary, _, repository = _place(found[0], *found)
    return found[0], repository, _branch(found[1]), primary is False


def _branch(git: str) -> str | None:
    text = _head(os.path.join(git, "HEAD"))
    reference = text.removeprefix("ref:").strip() if text.startswith("ref:") else ""
    name = reference.removeprefix("refs/heads/")
    return None if name in (reference, ".invalid", "") else name


def primary_folder(folder: str) -> str | None:
    """Return where the main worktree has this folder, if `folder` lies in a linked worktree.

    None in the main worktree itself, under a bare repository, and without git. The folder need
    not exist there.
    """
    path = real_path(folder)
    found = _find(path)
    common = _common(found[1]) if found else None
    if found is None or common is None or is_bare(common):
        return None
    top, name = os.path.split(common)
    return (
        os.path.normpath(os.path.join(top, os.path.relpath(path, found[0])))
        if name == ".git"
        else None
    )


def _head(path: str) -> str:
    try:
        return f"ref: {os.readlink(path)}"
    except OSError:
        return read(path) or ""


def _find(path: str) -> tuple[str, str] | None:
    """Return (top folder of the worktree, its git folder) of the nearest `.git` upward.

    Like git, does not look beyond the file system that `path` is on.
    """
    try:
        device = os.stat(path).st_dev
        for top in _upward(path):
            if os.stat(top).st_dev != device:
                return None
            dot_git = os.path.join(top, ".git")
            if os.path.isdir(dot_git):
                if _is_git_folder(dot_git):
                    return top, os.path.realpath(dot_git)
            elif os.path.lexists(dot_git):
                git = _follow(dot_git)
                return None if git is None else (top, git)
    except OSError:
        return None
    return None


def _upward(path: str) -> Iterator[str]:
    while True:
        yield path
        parent = os.path.dirname(path)
        if parent == path:
            return
        path = parent


def _follow(pointer: str) -> str | None:
    """Return the git folder that a `.git` file points to, if it is one."""
    text = read(pointer)
    if text is None or not text.startswith(_POINTER):
        return None
    target = text[len(_POINTER) :].rstrip("\r\n")
    if not target:
        return None
    git = os.path.realpath(os.path.join(os.path.dirname(pointer), target))
    return git if _is_git_folder(git) else None


def _is_git_folder(folder: str) -> bool:
    return os.path.lexists(os.path.join(folder, "HEAD"))


def is_repository(folder: str) -> bool:
    """Return whether git would take the folder for a repository's own, or a worktree's in it.

    Whatever it is called: gitrepository-layout(5) asks for HEAD, `objects` and `refs`; a linked
    worktree's has `commondir` instead of the last two.
    """
    if not _is_git_folder(folder):
        return False
    names = ("objects", "refs")
    whole = all(os.path.isdir(os.path.join(folder, name)) for name in names)
    return whole or os.path.lexists(os.path.join(folder, "commondir"))


def _place(path: str, top: str, git: str) -> tuple[bool | None, str, str]:
    """Return primary, project and repository of `path`, in the worktree `top` with folder `git`."""
    inner, enclosing = os.path.relpath(path, top), _enclosing_worktree(git)
    common = _common(git)
    if common is not None:
        bare = is_bare(common)
        return None if bare else False, _project(common, inner, bare=bare), common
    project = os.path.basename(path)
    if enclosing is None:
        return True, project, git
    outer, rest = enclosing
    primary = None if is_bare(outer) else False
    return primary, project, os.path.join(outer, "modules", rest)


def _common(git: str) -> str | None:
    text = read(os.path.join(git, "commondir"))
    if text is None:
        return None
    common = os.path.realpath(os.path.join(git, text.rstrip("\r\n")))
    return common if common != git and _is_git_folder(common) else None


def _project(common: str, inner: str, *, bare: bool) -> str:
    if inner != os.curdir:
        return os.path.basename(inner)
    name = os.path.basename(common)
    if name.startswith("."):  # proj/.git and proj/.bare: the folder around has the name
        return os.path.basename(os.path.dirname(common))
    module = not bare and _module_name(common)
    return module or name.removesuffix(".git")


def _module_name(common: str) -> str | None:
    """Return the folder name of a submodule's main checkout, which its settings point to."""
    settings = parse(read(os.path.join(common, "config"), 1 << 18) or "")
    worktree = settings.get("core.worktree")
    return os.path.basename(os.path.normpath(worktree)) if worktree else None


def _enclosing_worktree(git: str) -> tuple[str, str] | None:
    """Return (shared folder, module path) if `git` is a submodule's inside a linked worktree.

    Such a folder is SHARED/worktrees/NAME/modules/MODULE, where NAME is a worktree's own folder.
    """
    parts = git.split(os.sep)
    for at in range(1, len(parts) - 3):
        if parts[at] == "worktrees" and parts[at + 2] == "modules":
            common = _common(os.sep.join(parts[: at + 2]))
            if common is not None:
                return common, os.sep.join(parts[at + 3 :])
    return None


# The files of git's that decide which checkout a folder is: a receipt's evidence.


def evidence(folder: str) -> list[str]:
    """Return every path that `identify(folder)` looks at, there or not, as a receipt takes them.

    An empty `.git` is none, and git looks on above it: whether it has a HEAD counts.
    """
    paths: list[str] = []
    here = folder
    while True:
        dot_git = os.path.join(here, ".git")
        paths.append(dot_git)
        if os.path.isdir(dot_git):
            paths.append(f"?{os.path.join(dot_git, 'HEAD')}")
            if _is_git_folder(dot_git):
                return [*paths, os.path.join(dot_git, "commondir")]
        elif os.path.lexists(dot_git):
            return [*paths, *_behind(dot_git)]
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
