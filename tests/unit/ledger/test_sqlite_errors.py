"""What SQLite and the system say, and what a person is told: one row for each meaning."""

from __future__ import annotations

import errno
import os
import sqlite3
from typing import TYPE_CHECKING

import pytest

from portman.base.errors import PortmanError
from portman.ledger import connect, locks
from portman.ledger.locks import LockHolder
from portman.ledger.read import DamagedRowError

if TYPE_CHECKING:
    from pathlib import Path


def failure(code: int, name: str = "") -> sqlite3.Error:
    """Return an error of SQLite with this result code."""
    error = sqlite3.OperationalError("its own words")
    error.sqlite_errorcode = code
    error.sqlite_errorname = name or f"SQLITE_{code}"
    return error


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> str:
    return str(tmp_path / "ledger.db")


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        (5, "ledger-busy", "Another process has been writing"),
        (6, "ledger-busy", "Another process has been writing"),
        (5 | 2 << 8, "ledger-busy", "Another process has been writing"),
        (11, "ledger-damaged", "its own words"),
        (26, "ledger-damaged", "its own words"),
        (1, "ledger-damaged", "its own words"),
        (13, "ledger-unusable", "the disk is full"),
        (8, "ledger-unusable", "the system refuses to open it"),
        (3, "ledger-unusable", "cannot be written"),
        (14, "ledger-unusable", "cannot be written"),
        (10, "ledger-unusable", "the file system failed (SQLITE_10)"),
        (21, "ledger-unusable", "cannot be written: its own words"),
    ],
)
def test_each_result_code_has_its_meaning(path: str, code: int, kind: str, said: str) -> None:
    """Extended codes carry the plain one in their low byte (sqlite.org/rescode.html)."""
    with (
        pytest.raises(PortmanError) as caught,
        connect.translated(path, doing="written"),
    ):
        raise failure(code)
    assert caught.value.code == kind
    assert said in str(caught.value)
    assert caught.value.hint


def test_an_error_without_a_code_is_damage(path: str) -> None:
    """Python's own complaints about what it reads have none."""
    with pytest.raises(PortmanError, match="damaged: odd"), connect.translated(path):
        raise sqlite3.InterfaceError("odd")
    with pytest.raises(PortmanError, match="damaged: row"), connect.translated(path):
        raise DamagedRowError("row")
    with pytest.raises(PortmanError, match="damaged"), connect.translated(path):
        b"\xff".decode()


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EACCES, "the system refuses to open it"),
        (errno.EROFS, "the system refuses to open it"),
        (errno.EIO, "cannot be read: Input/output error"),
    ],
)
def test_each_error_of_the_system_has_its_meaning(path: str, number: int, said: str) -> None:
    """With a way out in the hint, which is never a second ledger."""
    with pytest.raises(PortmanError, match=r"ledger\.db") as caught, connect.translated(path):
        raise OSError(number, os.strerror(number))
    assert caught.value.code == "ledger-unusable"
    assert said in str(caught.value)
    denied = number in (errno.EACCES, errno.EROFS)
    assert "PORTMAN_HOME" not in caught.value.hint
    assert ("writable_roots" in caught.value.hint) is denied


def test_a_disk_without_room_is_full_whatever_sqlite_says(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reports a lack of room for its shared index as an I/O error, or that it cannot open."""
    real = os.statvfs(os.path.dirname(path))
    for changed in ({"f_bavail": 1, "f_frsize": 4096}, {"f_files": 100, "f_favail": 0}):
        fields = [n for n in dir(real) if n.startswith("f_")]
        room = type("Room", (), {**{n: getattr(real, n) for n in fields}, **changed})()
        monkeypatch.setattr(os, "statvfs", lambda folder, room=room: room)
        for code in (10, 14):
            assert "disk is full" in str(connect.from_sqlite(failure(code), path, "written"))


@pytest.mark.parametrize("stopped", [False, True])
def test_who_has_the_lock_is_named(
    path: str, monkeypatch: pytest.MonkeyPatch, stopped: bool
) -> None:
    """With what to do about it: a stopped one can go on."""
    holder = LockHolder(42, "portman up", stopped=stopped)
    monkeypatch.setattr(locks, "find_lock_holder", lambda path: holder)
    error = connect.busy(path, 30)
    assert "Process 42 (portman up) has held the ledger" in str(error)
    assert "for 30 s" in str(error)
    assert ("is stopped" in str(error)) == stopped
    assert ("kill -CONT 42" in str(error.hint)) == stopped
