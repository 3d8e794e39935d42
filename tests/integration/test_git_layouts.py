"""Checkouts in every layout that git makes, made by git itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from portman.checkout.git import branch, identify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Git = Callable[..., str]

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@pytest.fixture(name="git")
def _git(tmp_path: Path) -> Git:
    """Run git in a folder below tmp_path, with no settings but these."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "HOME": str(tmp_path),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(tmp_path),
    }
    settings = {
        "user.name": "a",
        "user.email": "a@b.invalid",
        "init.defaultBranch": "main",
        "protocol.file.allow": "always",
        "commit.gpgSign": "false",
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def run(folder: Path, *words: str) -> str:
        done = subprocess.run(
            ["git", *options, *words],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        return done.stdout.strip()

    return run


@pytest.fixture(name="shop")
def _shop(tmp_path: Path, git: Git) -> Path:
    """Make a repository with one commit that has a folder `web`."""
    shop = tmp_path / "shop"
    (shop / "web").mkdir(parents=True)
    (shop / "web" / "ports.toml").touch()
    git(shop, "init")
    git(shop, "add", ".")
    git(shop, "commit", "-m", "first")
    return shop


def test_no_git(tmp_path: Path) -> None:
    """A folder outside git stands for itself."""
    told = identify(str(tmp_path))
    assert (told.path, told.primary, told.project, told.repository) == (
        str(tmp_path),
        True,
        tmp_path.name,
        None,
    )
    assert branch(str(tmp_path)) is None


def test_main_worktree(shop: Path) -> None:
    """The main worktree and a folder in it are primary; an instance of them is not."""
    told = identify(str(shop))
    assert (told.primary, told.project, told.repository) == (True, "shop", str(shop / ".git"))
    inner = identify(str(shop / "web"))
    assert (inner.path, inner.primary, inner.project) == (str(shop / "web"), True, "web")
    instance = identify(str(shop), "ci")
    assert (instance.instance, instance.primary, instance.project) == ("ci", False, "shop")
    assert branch(str(shop / "web")) == "main"


def test_linked_worktree(tmp_path: Path, shop: Path, git: Git) -> None:
    """A linked worktree is not primary and is named after the main one, folder by folder."""
    git(shop, "worktree", "add", "-b", "fix/web", str(tmp_path / "elsewhere"))
    told = identify(str(tmp_path / "elsewhere"))
    assert (told.primary, told.project, told.repository) == (False, "shop", str(shop / ".git"))
    inner = identify(str(tmp_path / "elsewhere" / "web"))
    assert (inner.primary, inner.project) == (False, "web")
    assert branch(str(tmp_path / "elsewhere")) == "fix/web"


def test_worktree_inside_the_main_one(shop: Path, git: Git) -> None:
    """The nearest .git counts: a worktree kept inside the main one is itself."""
    git(shop, "worktree", "add", ".trees/one")
    told = identify(str(shop / ".trees" / "one"))
    assert (told.primary, told.project) == (False, "shop")


@pytest.mark.parametrize(
    ("folder", "project"), [("shop.git", "shop"), ("all/.bare", "all"), ("all/.git", "all")]
)
def test_bare_repository(tmp_path: Path, shop: Path, git: Git, folder: str, project: str) -> None:
    """Under a bare repository only the ledger knows the primary; all share one name."""
    bare = tmp_path / folder
    bare.parent.mkdir(exist_ok=True)
    git(tmp_path, "clone", "--bare", str(shop), str(bare))
    git(bare, "worktree", "add", str(tmp_path / "one"), "main")
    git(bare, "worktree", "add", "-b", "b", str(tmp_path / "two"))
    for name in ("one", "two"):
        told = identify(str(tmp_path / name))
        assert (told.primary, told.project, told.repository) == (None, project, str(bare))
    assert identify(str(tmp_path / "one"), "ci").primary is False
    assert identify(str(tmp_path / "two" / "web")).project == "web"


def test_bare_layout_with_a_pointer(tmp_path: Path, shop: Path, git: Git) -> None:
    """all/.git -> all/.bare with worktrees beside it: they are of the bare repository."""
    home = tmp_path / "all"
    home.mkdir()
    git(home, "clone", "--bare", str(shop), ".bare")
    (home / ".git").write_text("gitdir: ./.bare\n")
    git(home, "worktree", "add", "main")
    assert identify(str(home / "main"))[2:] == ("all", None, str(home / ".bare"))
    assert identify(str(home))[2:] == ("all", True, str(home / ".bare"))


def test_bare_by_worktree_config(tmp_path: Path, shop: Path, git: Git) -> None:
    """With extensions.worktreeConfig, core.bare moves to config.worktree and still counts."""
    bare = tmp_path / "shop.git"
    git(tmp_path, "clone", "--bare", str(shop), str(bare))
    git(bare, "config", "extensions.worktreeConfig", "true")
    git(bare, "config", "--unset", "core.bare")
    git(bare, "config", "--worktree", "core.bare", "true")
    git(bare, "worktree", "add", str(tmp_path / "one"), "main")
    assert identify(str(tmp_path / "one")).primary is None


def test_separate_git_dir(tmp_path: Path, git: Git) -> None:
    """A repository whose git folder lies elsewhere has a main worktree all the same."""
    work = tmp_path / "work"
    work.mkdir()
    git(work, "init", f"--separate-git-dir={tmp_path / 'store'}")
    assert identify(str(work))[2:] == ("work", True, str(tmp_path / "store"))
    git(work, "commit", "--allow-empty", "-m", "x")
    git(work, "worktree", "add", str(tmp_path / "linked"))
    assert identify(str(tmp_path / "linked")).primary is False


def test_submodules(tmp_path: Path, shop: Path, git: Git) -> None:
    """A submodule is primary in the main worktree, and not in a linked one; one repository."""
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init")
    git(outer, "submodule", "add", str(shop), "libs/cart")
    git(outer, "commit", "-m", "x")
    told = identify(str(outer / "libs" / "cart"))
    store = str(outer / ".git" / "modules" / "libs" / "cart")
    assert told[2:] == ("cart", True, store)
    git(outer, "worktree", "add", str(tmp_path / "wt"))
    git(tmp_path / "wt", "submodule", "update", "--init")
    linked = identify(str(tmp_path / "wt" / "libs" / "cart"))
    assert linked[2:] == ("cart", False, store)
    assert identify(str(tmp_path / "wt" / "libs" / "cart" / "web"))[2:4] == ("web", False)
    git(outer / "libs" / "cart", "worktree", "add", "-b", "n", str(tmp_path / "cart-fix"))
    assert identify(str(tmp_path / "cart-fix"))[2:] == ("cart", False, store)


def test_submodule_under_a_bare_repository(tmp_path: Path, shop: Path, git: Git) -> None:
    """Where no worktree is the main one, no submodule is: the ledger tells, by one repository."""
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init")
    git(outer, "submodule", "add", str(shop), "cart")
    git(outer, "commit", "-m", "x")
    bare = tmp_path / "outer.git"
    git(tmp_path, "clone", "--bare", str(outer), str(bare))
    for name in ("one", "two"):
        git(bare, "worktree", "add", "--detach", str(tmp_path / name))
        git(tmp_path / name, "submodule", "update", "--init")
        told = identify(str(tmp_path / name / "cart"))
        assert told[2:] == ("cart", None, str(bare / "modules" / "cart"))


def test_branches(shop: Path, git: Git, tmp_path: Path) -> None:
    """Unborn branches have a name; a detached HEAD has none."""
    git(tmp_path, "init", "-b", "später", "new")
    assert branch(str(tmp_path / "new")) == "später"
    assert identify(str(tmp_path / "new")).primary is True
    git(shop, "checkout", "--detach")
    assert branch(str(shop)) is None
    (shop / ".git" / "HEAD").write_text("ref: refs/heads/.invalid\n")
    assert branch(str(shop)) is None
    (shop / ".git" / "HEAD").unlink()
    (shop / ".git" / "HEAD").symlink_to("refs/heads/main")
    assert branch(str(shop)) == "main"


@pytest.mark.parametrize("name", ["with space", "línea\nnueva", "日本語", 'it\'s "so" $HOME'])
def test_odd_paths(tmp_path: Path, shop: Path, git: Git, name: str) -> None:
    """Paths with spaces, newlines, quotes and any script are read as git wrote them."""
    odd = tmp_path / name / "shop"
    odd.parent.mkdir()
    shutil.move(shop, odd)
    git(odd, "worktree", "add", str(tmp_path / name / "linked"))
    assert identify(str(odd))[2:] == ("shop", True, str(odd / ".git"))
    assert identify(str(tmp_path / name / "linked"))[2:] == ("shop", False, str(odd / ".git"))


def test_symlinked_folders(tmp_path: Path, shop: Path, git: Git) -> None:
    """However one came there, a checkout has one path."""
    git(shop, "worktree", "add", str(tmp_path / "linked"))
    (tmp_path / "short").symlink_to(tmp_path / "linked")
    assert identify(str(tmp_path / "short" / "web")) == identify(str(tmp_path / "linked" / "web"))
    (tmp_path / "store").mkdir()
    shutil.move(shop / ".git", tmp_path / "store" / "shop")
    (shop / ".git").symlink_to(tmp_path / "store" / "shop")
    assert identify(str(shop))[2:] == ("shop", True, str(tmp_path / "store" / "shop"))


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _pointer_to_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
@pytest.mark.parametrize(
    "make",
    [
        _fifo,
        _pointer_to_device,
        lambda path: path.write_text(""),
        lambda path: path.write_text("gitdir: "),
        lambda path: path.write_text("gitdir: /nowhere/at/all\n"),
        lambda path: path.write_text("gitdir: .git\n"),
        lambda path: path.write_text("gitdir: ..\n"),
        lambda path: path.write_text("gitdir: a\0b\n"),
        lambda path: path.write_bytes(b"gitdir: /\xff\xfe\n"),
        lambda path: path.write_text("gitdir: /" + "a" * 100_000),
        lambda path: path.symlink_to(".git"),
        lambda path: path.symlink_to("/dev/null"),
    ],
)
def test_hostile_pointer_is_no_git(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """A .git that is no pointer neither hangs nor misleads: the folder stands for itself."""
    folder = tmp_path / "shop"
    folder.mkdir()
    make(folder / ".git")
    begun = time.monotonic()
    assert identify(str(folder))[2:] == ("shop", True, None)
    assert branch(str(folder)) is None
    assert time.monotonic() - begun < 5


def test_hostile_common_folder(tmp_path: Path) -> None:
    """A commondir that points to itself, to nothing or to a FIFO makes no worktree of a folder."""
    folder, git = tmp_path / "shop", tmp_path / "store"
    folder.mkdir()
    git.mkdir()
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / ".git").write_text(f"gitdir: {git}\n")
    for common in (".", "/nowhere", "../../../../../../dev", "x" * 9000, "a\0b"):
        (git / "commondir").write_text(common)
        assert identify(str(folder))[2:] == ("shop", True, str(git))
    (git / "commondir").unlink()
    os.mkfifo(git / "commondir")
    (git / "config").symlink_to("/dev/zero")
    assert identify(str(folder))[2:] == ("shop", True, str(git))


def test_empty_git_folder_is_passed_over(tmp_path: Path, shop: Path) -> None:
    """As for git, a folder .git without HEAD is not the end of the search."""
    (shop / "web" / ".git").mkdir()
    assert identify(str(shop / "web")).repository == str(shop / ".git")


def test_path_that_does_not_exist(tmp_path: Path) -> None:
    """A folder that is gone still has a path and a name."""
    told = identify(str(tmp_path / "gone" / "shop"))
    assert (told.project, told.primary, told.repository) == ("shop", True, None)
    assert identify("/").project == "root"
