"""Replacing one file: folders that change meanwhile, rights that cannot be kept, odd systems."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from portman.base.errors import PortmanError
from portman.outputs import atomic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def failing(number: int) -> Callable[..., Any]:
    """Return a call of the system that always fails."""

    def call(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return call


def replace(path: Path, data: bytes = b"new", *, real: bool = True) -> None:
    """Replace a file as it is now."""
    like = os.lstat(path) if path.exists() else None
    atomic.replace(str(path), data, like=like, real=real)


@pytest.mark.parametrize("real", [False, True])
def test_a_file_is_made_replaced_and_removed(tmp_path: Path, real: bool) -> None:
    """With its mode, and nothing else left in the folder."""
    path = tmp_path / "x"
    replace(path, b"one", real=real)
    path.chmod(0o640)
    replace(path, b"two", real=real)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"two", 0o640)
    atomic.remove(str(path), like=os.lstat(path), real=real)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("which", ["the folder itself", "one above it"])
def test_a_folder_that_became_a_link_is_not_written_in(tmp_path: Path, which: str) -> None:
    """What it leads to may be anybody's."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "a" / "b" if which == "the folder itself" else tmp_path / "a")
    path = link / "x" if which == "the folder itself" else link / "b" / "x"
    with pytest.raises(atomic.ChangedError):
        atomic.replace(str(path), b"new", like=None, real=True)
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_without_proc_the_folder_is_held_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As good as it gets."""
    monkeypatch.setattr(os, "readlink", failing(errno.ENOENT))
    replace(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"new"


def test_a_system_without_handles_of_folders_works_by_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As macOS."""
    monkeypatch.delattr(os, "O_PATH")
    replace(tmp_path / "x")
    replace(tmp_path / "x", b"newer")
    assert (tmp_path / "x").read_bytes() == b"newer"


def test_a_file_that_changed_or_vanished_is_not_replaced(tmp_path: Path) -> None:
    """Neither one that came meanwhile."""
    path = tmp_path / "x"
    path.write_bytes(b"old")
    before = os.lstat(path)
    for like in (None, os.stat_result((*before[:6], before.st_size + 1, *before[7:]))):
        with pytest.raises(atomic.ChangedError):
            atomic.replace(str(path), b"new", like=like)
    path.unlink()
    with pytest.raises(atomic.ChangedError):
        atomic.replace(str(path), b"new", like=before)
    with pytest.raises(atomic.ChangedError):
        atomic.remove(str(path), like=before, real=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "word"), [(errno.ENOSPC, "no space"), (errno.EIO, "reported an error")]
)
def test_a_disk_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, word: str
) -> None:
    """With the cause in plain words, and no leftover."""
    path = tmp_path / "x"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", failing(number))
    with pytest.raises(PortmanError, match=word) as caught:
        replace(path)
    assert caught.value.code == "output-unwritable"
    assert [one.name for one in tmp_path.iterdir()] == ["x"]
    assert path.read_bytes() == b"old"


def test_a_file_that_cannot_be_removed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the hint to look at its rights."""
    path = tmp_path / "x"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "unlink", failing(errno.EACCES))
    with pytest.raises(PortmanError) as caught:
        atomic.remove(str(path), like=os.lstat(path), real=True)
    assert caught.value.code == "output-unwritable"


def syncing(number: int) -> Callable[[int], None]:
    """Return an fsync that fails for folders."""
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        real(descriptor)

    return fsync


def test_a_folder_that_cannot_be_synced_is_no_error_where_there_is_no_such_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails is one; the new file is whole then."""
    monkeypatch.setattr(os, "fsync", syncing(errno.EINVAL))
    replace(tmp_path / "x")
    monkeypatch.setattr(os, "fsync", syncing(errno.EIO))
    with pytest.raises(PortmanError):
        replace(tmp_path / "x", b"newer")
    assert (tmp_path / "x").read_bytes() == b"newer"


def test_a_folder_that_may_not_be_listed_is_written_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its leftovers stay, and the rename is as lasting as the system makes it."""
    opened = os.open

    def unlisted(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if flags & os.O_DIRECTORY and not flags & os.O_PATH:
            raise PermissionError(errno.EACCES, "no")
        return opened(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", unlisted)
    monkeypatch.setattr(os, "scandir", failing(errno.EACCES))
    replace(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"new"


@pytest.mark.root
def test_an_owner_and_group_that_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept where the system permits; else the new group gets no more than everybody."""
    path = tmp_path / "x"
    path.write_bytes(b"old")
    os.chown(path, 65534, 4242)
    path.chmod(0o664)
    replace(path)
    kept = path.stat()
    assert (kept.st_uid, kept.st_gid, stat.S_IMODE(kept.st_mode)) == (65534, 4242, 0o664)
    path.chmod(0o6764)
    monkeypatch.setattr(os, "fchown", failing(errno.EPERM))
    replace(path)
    lost = path.stat()
    assert (lost.st_uid, lost.st_gid, stat.S_IMODE(lost.st_mode)) == (0, 0, 0o744)
    os.chown(path, 65534, 4242)
    monkeypatch.setattr(os, "fchown", failing(errno.EIO))
    with pytest.raises(PortmanError):
        replace(path)


def test_extended_attributes_are_kept_where_there_are_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system without them, and an attribute that may not be set, are no error."""
    path = tmp_path / "x"
    path.write_bytes(b"old")
    try:
        os.setxattr(path, "user.note", b"mine")
    except OSError:
        pytest.skip("this file system keeps no attributes")
    replace(path)
    assert os.getxattr(path, "user.note") == b"mine"
    monkeypatch.setattr(os, "setxattr", failing(errno.EPERM))
    replace(path)
    assert os.listxattr(path) == []
    monkeypatch.setattr(os, "listxattr", failing(errno.ENOTSUP))
    replace(path, b"newer")
    assert path.read_bytes() == b"newer"


def leftover(folder: Path, pid: object) -> Path:
    """Return a temporary file as a killed run leaves it."""
    name = os.path.basename(atomic._temporary(str(folder / "x")))
    path = folder / name.replace(f"-{os.getpid()}-", f"-{pid}-")
    path.write_bytes(b"half")
    return path


def test_leftovers_of_dead_runs_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of living ones only when they are old; never a folder of that name."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    dead, huge = leftover(tmp_path, ended.pid), leftover(tmp_path, 10**30)
    alive, old = leftover(tmp_path, os.getpid()), leftover(tmp_path, 1)
    os.utime(old, (time.time() - 3600,) * 2)
    folder = leftover(tmp_path, "x")
    folder.unlink()
    folder.mkdir()
    atomic.sweep(str(tmp_path))
    assert [one.exists() for one in (dead, huge, alive, old, folder)] == [
        *(False, False, True, False, True)
    ]
    monkeypatch.setattr(os, "kill", failing(errno.EPERM))
    atomic.sweep(str(tmp_path))
    assert alive.exists()
    with os.scandir(tmp_path) as entries:
        entry = next(one for one in entries if one.name == alive.name)
    alive.unlink()
    atomic._sweep_one(entry, 1)  # it is finished in the meantime
    atomic._remove_quietly(str(alive))
