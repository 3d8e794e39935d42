"""The note of a launch: one process, one namespace, one user."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from portman.machine.processes import token_of
from portman.state import launches

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="notes are Linux only")


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTMAN_HOME", str(tmp_path / "state"))


def test_a_note_is_read_by_the_token_of_its_process(tmp_path: Path) -> None:
    """Both sides make the same token; a process that got the number later has another."""
    launches.note(str(tmp_path), "ci", "web")
    assert launches.noted() == {os.getpid()}
    path, instance, service, folder, start = launches.read(os.getpid(), token_of(os.getpid()))
    seen = tmp_path.stat()
    assert (path, instance, service) == (str(tmp_path), "ci", "web")
    assert folder == f"{seen.st_dev}:{seen.st_ino}"
    assert start == "{0.st_dev}:{0.st_ino}".format(os.stat("."))
    assert launches.read(os.getpid(), token_of(1)) == []


def test_a_note_that_others_may_write_is_none(tmp_path: Path) -> None:
    """The checks of receipts: owner, mode, links, kind."""
    launches.note(str(tmp_path), "", "web")
    (name,) = os.listdir(launches.folder())
    os.chmod(os.path.join(launches.folder(), name), 0o666)
    assert launches.read(os.getpid(), token_of(os.getpid())) == []


def test_only_ended_commands_of_this_namespace_are_swept(tmp_path: Path) -> None:
    launches.note(str(tmp_path), "", "web")
    (mine,) = os.listdir(launches.folder())
    namespace = mine.partition("-")[0]
    for name in (f"{namespace}-4194304", "1-4194304"):
        with open(os.path.join(launches.folder(), name), "w", encoding="ascii"):
            pass
    launches.sweep()
    assert sorted(os.listdir(launches.folder())) == sorted([mine, "1-4194304"])


def test_failing_to_note_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PORTMAN_HOME", str(tmp_path / "file"))
    launches.note(str(tmp_path), "", "web")
    assert launches.noted() == frozenset()
