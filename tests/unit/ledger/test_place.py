"""Where the ledger lies, and who says so."""

from __future__ import annotations

import errno
import os
import pwd
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from portman import state
from portman.base.errors import PortmanError, pending
from portman.base.values import Checkout, Lease
from portman.diagnose.doctor import ledger as ledger_checks
from portman.ledger import open as opening
from portman.ledger import permissions, places
from portman.ledger.sqlite import SqliteLedger


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
    assert permissions.is_chosen()
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
    assert not permissions.is_chosen()


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


@pytest.mark.parametrize(
    ("system", "below"),
    [
        ("linux", ".local/state/portman"),
        ("darwin", "Library/Application Support/portman"),
        ("win32", ".portman"),
    ],
)
@pytest.mark.parametrize("xdg", ["", "/home/ada/.local/state"])
def test_the_place_follows_from_system_and_home_alone(
    monkeypatch: pytest.MonkeyPatch, system: str, below: str, xdg: str
) -> None:
    """XDG's variable counts on Linux; elsewhere shells and apps of one user disagree on it."""
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setenv("XDG_STATE_HOME", xdg)
    monkeypatch.setenv("LOCALAPPDATA", "/home/ada/AppData/Local")
    assert state.state_folder() == f"/home/ada/{below}"


def test_windows_asks_for_the_profile_before_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git's shell sets HOME, cmd and PowerShell do not: both must find one ledger."""
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("USERPROFILE", "/users/ada")
    assert state.state_folder() == "/users/ada/.portman"


#: System, variable that an earlier version followed, its folder below the home.
OLDER = [
    ("darwin", "XDG_STATE_HOME", ".state", ".state/portman"),
    ("darwin", "XDG_STATE_HOME", "", ".local/state/portman"),
    ("win32", "LOCALAPPDATA", "AppData/Local", "AppData/Local/portman"),
    ("win32", "LOCALAPPDATA", "", "AppData/Local/portman"),
    (
        *("win32", "LOCALAPPDATA", "AppData/Local"),
        "AppData/Local/Packages/PythonSoftwareFoundation.Python.3.12_x/LocalCache/Local/portman",
    ),
]


@pytest.fixture(name="old_home")
def _old_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setattr(opening, "_of_command", {})
    pending.clear()
    return tmp_path


def lease_in(folder: Path) -> None:
    ledger = SqliteLedger(str(folder))
    with ledger.writing() as writer:
        writer.record_checkout(Checkout("/shop"), primary=True, user="ada", now=1)
        writer.grant("/shop", "", "local", [Lease("web", 3000)], 1)
    ledger.close()


@pytest.mark.parametrize(("system", "variable", "value", "below"), OLDER)
def test_an_older_ledger_is_moved_with_a_message(
    monkeypatch: pytest.MonkeyPatch,
    old_home: Path,
    system: str,
    variable: str,
    value: str,
    below: str,
) -> None:
    older = old_home / below
    lease_in(older)
    stamp = state.stamp(str(older))
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(permissions, "_POSIX", system != "win32")
    monkeypatch.setenv(variable, str(old_home / value) if value else "")
    new = Path(state.place_below(str(old_home)))
    new.mkdir(parents=True)
    (new / "bug.log").write_text("an error before the first lease")
    assert state.locate() == (str(older), "older")
    ledger = opening.open_ledger()
    assert ledger.path == str(new / "ledger.db")
    assert [one.lease.port for one in ledger.holdings()] == [3000]
    ledger.close()
    assert [one.code for one in pending] == ["ledger-moved"]
    assert str(older) in pending[0].message
    assert not older.exists()
    assert (new / "bug.log").exists()
    assert state.stamp(str(new)) != stamp, "an answer kept before would hide the message"
    pending.clear()
    opening.open_ledger().close()
    assert (state.locate()[1], pending) == ("default", [])


def test_a_ledger_that_cannot_be_moved_stays_in_use(
    monkeypatch: pytest.MonkeyPatch, old_home: Path
) -> None:
    """Another file system, or a program that has it open on Windows: never a second ledger."""
    older = old_home / ".local/state/portman"
    lease_in(older)
    monkeypatch.setattr(sys, "platform", "darwin")

    def refuse(source: str, target: str) -> None:
        raise OSError(errno.EXDEV, "Cross-device link", source, None, target)

    monkeypatch.setattr(os, "rename", refuse)
    ledger = opening.open_ledger()
    assert ledger.path == str(older / "ledger.db")
    assert [one.lease.port for one in ledger.holdings()] == [3000]
    assert pending == []


def test_two_ledgers_stay_two_and_are_found(
    monkeypatch: pytest.MonkeyPatch, old_home: Path
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    new = old_home / "Library/Application Support/portman"
    for folder in (new, old_home / ".local/state/portman"):
        lease_in(folder)
    assert state.locate() == (str(new), "default")
    opening.open_ledger().close()
    assert pending == []
    assert places.other_ledgers(str(new)) == [str(old_home / ".local/state/portman")]


def test_other_people_of_a_mac_are_looked_up_in_their_library(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Users begin at 501 there; daemons below that have no home to look into."""
    people = [
        SimpleNamespace(pw_name=name, pw_uid=uid, pw_dir=str(tmp_path / name))
        for name, uid in (("ada", 501), ("bob", 502), ("_postgres", 216), ("nobody", 65534))
    ]
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(pwd, "getpwall", lambda: people)
    monkeypatch.setattr(os, "geteuid", lambda: 501)
    place = str(tmp_path / "bob/Library/Application Support/portman")
    assert ledger_checks.homes() == [("bob", place)]


@pytest.mark.parametrize(
    "below",
    [".local/state", ".xdg", ".var/app/com.code/.local/state", "snap/x/9/.local/state"],
)
def test_other_ledgers_of_a_linux_user_are_found(
    monkeypatch: pytest.MonkeyPatch, old_home: Path, below: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(old_home / ".xdg"))
    lease_in(old_home / below / "portman")
    assert places.other_ledgers("/srv/ports") == [str(old_home / below / "portman")]


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
