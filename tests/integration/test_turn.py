"""The queue of writers on a real lock file: waiting, giving up, odd file systems."""

from __future__ import annotations

import errno
import fcntl
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from portman.ledger import locks
from portman.ledger.locks import WriteLock
from portman.ledger.permissions import FolderMode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODE = FolderMode(exists=True)


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> str:
    return str(tmp_path / "ledger.lock")


@contextmanager
def taken(path: str) -> Iterator[WriteLock]:
    """Hold the lock."""
    mine = WriteLock(path, MODE)
    assert mine.acquire(10)
    yield mine
    mine.release()


def descriptors() -> int:
    """Return how many files this process has open."""
    return len(os.listdir("/proc/self/fd"))


def test_who_waits_in_vain_leaves_nothing_open(path: str) -> None:
    """The thread that waited for it closes the file when its lock comes too late."""
    with taken(path):
        before = descriptors()
        late = WriteLock(path, MODE)
        assert not late.acquire(0.05)
        late.release()  # of no effect: it holds no lock
    for _ in range(500):
        if descriptors() < before:
            break
        threading.Event().wait(0.02)
    assert descriptors() == before - 1
    with taken(path):
        pass


def test_who_waits_gets_the_lock_when_it_is_released(path: str) -> None:
    """However short its patience: a queue that moves is worth waiting in."""
    with taken(path) as mine:
        mine.begin_write()
        threading.Timer(0.2, mine.release).start()
        other = WriteLock(path, MODE)
        assert other.acquire(30)
    assert os.stat(path).st_size % 2
    other.begin_write()
    other.end_write()
    assert os.stat(path).st_size % 2 == 0
    other.end_write()  # at rest it stays
    assert os.stat(path).st_size % 2 == 0
    other.release()


def test_the_lock_that_came_at_the_last_moment_is_kept(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the end of the patience and the leaving of the queue."""
    with taken(path) as mine:
        leave = locks._Wait._abandon

        def too_late(waiting: locks._Wait) -> bool:
            mine.release()
            assert waiting._arrived.acquire(timeout=30)
            waiting._arrived.release()
            return leave(waiting)

        monkeypatch.setattr(locks._Wait, "_abandon", too_late)
        other = WriteLock(path, MODE)
        assert other.acquire(0.01)
        other.release()


def test_a_lock_file_that_was_removed_meanwhile_is_made_anew(path: str) -> None:
    """Others would lock the new one: the old lock is worth nothing."""
    with taken(path) as mine:

        def remove() -> None:
            os.unlink(path)
            mine.release()

        threading.Timer(0.2, remove).start()
        other = WriteLock(path, MODE)
        assert other.acquire(30)
    assert os.path.exists(path)
    assert not WriteLock(path, MODE).acquire(0.01)
    other.release()


def test_a_lock_file_that_another_made_at_that_moment_is_used(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the making."""
    with taken(path):
        pass
    monkeypatch.setattr(locks, "check_file", lambda path, mode: None)
    with taken(path):
        pass


def refusing(number: int, calls: int = 0) -> object:
    """Return an flock that fails after so many calls; the first of these says "busy"."""
    seen: list[int] = []

    def flock(descriptor: int, how: int) -> None:
        seen.append(how)
        if len(seen) <= calls:
            raise BlockingIOError(errno.EAGAIN, "busy")
        if how != fcntl.LOCK_UN:
            raise OSError(number, os.strerror(number))

    return flock


def test_where_nothing_can_be_locked_the_generation_stays_odd(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own locks must do; nobody vouches for such a ledger."""
    monkeypatch.setattr(fcntl, "flock", refusing(errno.ENOLCK))
    for _ in range(2):
        with taken(path) as mine:
            mine.begin_write()
            mine.end_write()
        assert os.stat(path).st_size % 2


@pytest.mark.parametrize("calls", [0, 1])
def test_a_lock_that_fails_is_an_error(
    path: str, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    """At once, or while it was waited for."""
    monkeypatch.setattr(fcntl, "flock", refusing(errno.EIO, calls))
    with pytest.raises(OSError, match="Input/output error"):
        WriteLock(path, MODE).acquire(0.05 if calls else 10)
