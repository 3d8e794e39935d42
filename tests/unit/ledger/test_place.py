"""Where the ledger lies, and who says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portman import state
from portman.base.errors import PortmanError


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start from an environment in which nobody said anything."""
    for name in ("PORTMAN_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/ada")


def test_portman_home_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's word outranks the platform's."""
    monkeypatch.setenv("PORTMAN_HOME", "/srv/ports")
    monkeypatch.setenv("XDG_STATE_HOME", "/xdg")
    assert state.state_folder() == "/srv/ports"
    assert state.is_chosen()
    assert state.locate() == ("/srv/ports", "PORTMAN_HOME")
    assert not state.has_ledger("/srv/ports")


@pytest.mark.parametrize(
    ("said", "meant"), [("state", "{cwd}/state"), ("../x/./y", "{up}/x/y"), ("~/p", "/home/ada/p")]
)
def test_a_relative_portman_home_becomes_absolute(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, meant: str
) -> None:
    """Relative to the working folder, with a leading tilde for the home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTMAN_HOME", said)
    assert state.state_folder() == meant.format(cwd=tmp_path, up=tmp_path.parent)


def test_an_empty_portman_home_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for any variable of this kind."""
    monkeypatch.setenv("PORTMAN_HOME", "")
    assert state.locate()[1] == "default"
    assert not state.is_chosen()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDG belongs to other Unixes")
@pytest.mark.parametrize(
    ("chosen", "expected", "source"),
    [
        ("/xdg", "/xdg/portman", "XDG_STATE_HOME"),
        ("relative", "/home/ada/.local/state/portman", "default"),
        ("", "/home/ada/.local/state/portman", "default"),
    ],
)
def test_xdg_state_home_counts_if_absolute(
    monkeypatch: pytest.MonkeyPatch, chosen: str, expected: str, source: str
) -> None:
    """The XDG specification says to ignore relative paths."""
    monkeypatch.setenv("XDG_STATE_HOME", chosen)
    assert state.state_folder() == expected
    assert state.locate()[1] == source


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="compares the Unix branch")
@pytest.mark.parametrize("chosen", [None, "", "/xdg/state", "/xdg/state/"])
@pytest.mark.parametrize("home", [None, "/home/ada"])
def test_our_unix_branch_is_what_platformdirs_says(
    monkeypatch: pytest.MonkeyPatch, chosen: str | None, home: str | None
) -> None:
    """We do without its import (8 ms), not without its answer."""
    from platformdirs import user_state_dir

    for name, value in (("XDG_STATE_HOME", chosen), ("HOME", home)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    theirs = user_state_dir("portman", appauthor=False)
    assert state.state_folder() == os.path.normpath(theirs)


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_elsewhere_platformdirs_decides(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    """Windows and macOS have their own places."""
    import platformdirs

    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platformdirs, "user_state_dir", lambda *_, **__: "/Library/portman")
    assert state.state_folder() == "/Library/portman"


def test_without_any_home_the_message_names_portman_home(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A user unknown to the system (a container started with --user 12345)."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: 3_999_999)
    with pytest.raises(PortmanError) as caught:
        state.state_folder()
    assert caught.value.code == "ledger-unusable"
    assert "PORTMAN_HOME=" in caught.value.hint


def test_a_vanished_working_folder_is_explained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A relative PORTMAN_HOME means nothing there."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setenv("PORTMAN_HOME", "state")
    with pytest.raises(PortmanError) as caught:
        state.state_folder()
    assert caught.value.code == "ledger-unusable"


def test_the_hot_path_imports_nothing_to_find_the_ledger() -> None:
    """The module place needs os and sys only."""
    program = (
        "import os, sys; before = set(sys.modules); from portman.state import stamp, "
        "state_folder; stamp(state_folder()); print(*set(sys.modules) - before)"
    )
    said = subprocess.run(
        [sys.executable, "-S", "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(state.__file__).parents[2],
        check=True,
    ).stdout
    ours = {"portman", "portman.state"}
    assert set(said.split()) - {"__future__"} == ours


def test_the_stamp_follows_every_file(tmp_path: Path) -> None:
    """Generation, ledger and log each count; an empty log is no log."""
    folder = str(tmp_path)
    seen = [state.stamp(folder)]
    (tmp_path / "ledger.db-wal").touch()
    assert state.stamp(folder) == seen[0]
    for name, size in (("ledger.db", 10), ("ledger.db-wal", 10), ("ledger.lock", 2)):
        (tmp_path / name).write_bytes(b"x" * size)
        seen.append(state.stamp(folder))
    assert len(set(seen)) == 4


def test_nobody_vouches_for_a_ledger_that_is_being_written(tmp_path: Path) -> None:
    """An odd generation gives no stamp."""
    (tmp_path / "ledger.lock").write_bytes(b"x" * 3)
    assert state.stamp(str(tmp_path)) == ()
