"""Folders and files of the state folder: whose they are, what stands in their place."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from portman.base import small_file
from portman.base.errors import PortmanError
from portman.base.values import LOCAL_SCOPE, Checkout, Lease
from portman.ledger import connect, fast_read, locks, permissions, read
from portman.ledger.permissions import shared_subfolder
from portman.ledger.sqlite import SqliteLedger
from portman.state import private_subfolder, read_own

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_subfolder_is_private_and_made_once(own_state: Path) -> None:
    """The state folder is made on the way."""
    path, terms = shared_subfolder(str(own_state), "locks")
    assert not terms.shared
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o700
    assert shared_subfolder(str(own_state), "locks") == (
        path,
        permissions.folder_mode(str(own_state), shareable=True),
    )


@pytest.mark.root
def test_a_subfolder_of_a_shared_folder_is_shared(own_state: Path) -> None:
    """All users of the ledger take turns in it."""
    own_state.mkdir()
    os.chown(own_state, -1, 4242)
    os.chmod(own_state, 0o2770)
    path, terms = shared_subfolder(str(own_state), "locks")
    assert terms.gid == 4242
    found = os.stat(path)
    assert (found.st_gid, stat.S_IMODE(found.st_mode)) == (4242, 0o2770)
    assert shared_subfolder(str(own_state), "locks")[0] == path


def test_a_folder_open_to_ones_own_group_is_shared_without_more_ado(own_state: Path) -> None:
    """What its owner makes in it has the right group anyway."""
    own_state.mkdir()
    os.chmod(own_state, 0o770)
    assert permissions.folder_mode(str(own_state), shareable=True).gid == os.getegid()
    assert permissions.folder_mode(str(own_state), shareable=False).gid is None


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_no_folder_is_refused(own_state: Path, kind: str) -> None:
    """A link planted there would lead our files elsewhere."""
    own_state.mkdir()
    if kind == "file":
        (own_state / "locks").write_text("")
    else:
        (own_state / "locks").symlink_to(own_state.parent)
    with pytest.raises(PortmanError) as caught:
        shared_subfolder(str(own_state), "locks")
    assert caught.value.code == "ledger-unusable"
    assert "should be a folder" in str(caught.value)


@pytest.mark.root
def test_another_user_s_subfolder_in_ones_own_folder_is_refused(own_state: Path) -> None:
    """Whoever made it could change what lies in it."""
    shared_subfolder(str(own_state), "locks")
    os.chown(own_state / "locks", 65534, -1)
    with pytest.raises(PortmanError) as caught:
        shared_subfolder(str(own_state), "locks")
    assert caught.value.code == "ledger-foreign"


def test_a_subfolder_that_cannot_be_made_is_named(own_state: Path) -> None:
    """A name that the file system refuses, say."""
    with pytest.raises(PortmanError) as caught:
        shared_subfolder(str(own_state), "x" * 300)
    assert caught.value.code == "ledger-unusable"
    assert "cannot be made" in str(caught.value)


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    """Neither looked at nor made."""
    (tmp_path / "file").write_text("")
    below = str(tmp_path / "file" / "state")
    for refused in (
        lambda: permissions.folder_mode(below, shareable=False),
        lambda: permissions.make_folder(below),
    ):
        with pytest.raises(PortmanError) as caught:
            refused()
        assert caught.value.code == "ledger-unusable"
    with pytest.raises(PortmanError, match="cannot be examined"):
        permissions.check_file(below, permissions.FolderMode(exists=True))


@pytest.mark.root
def test_links_of_other_users_are_not_followed(tmp_path: Path) -> None:
    """They may have been planted to lead us astray; our own are followed."""
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to("real")
    assert permissions.folder_mode(str(link), shareable=False).exists
    os.lchown(link, 65534, -1)
    with pytest.raises(PortmanError, match="made, so portman does not follow it"):
        permissions.folder_mode(str(link / "state"), shareable=False)


@pytest.mark.root
def test_root_makes_no_state_folder_in_anothers_home(tmp_path: Path) -> None:
    """Its owner could neither use nor remove it."""
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 65534, -1)
    with pytest.raises(PortmanError, match="You are root"):
        permissions.folder_mode(str(home / "a" / "b"), shareable=False)


@pytest.mark.root
def test_files_and_folders_of_others_are_named(tmp_path: Path) -> None:
    """With who has them, by number where there is no name."""
    file = tmp_path / "ledger.db"
    file.write_text("")
    os.chown(file, 4242424, -1)
    with pytest.raises(PortmanError, match="belongs to uid 4242424") as caught:
        permissions.check_file(str(file), permissions.FolderMode(exists=True))
    assert "sudo chown" in str(caught.value.hint)
    assert permissions.check_file(str(file), permissions.FolderMode(exists=True, gid=0)) is not None
    os.chown(tmp_path, 4242424, -1)
    with pytest.raises(PortmanError, match="You are root"):
        permissions.folder_mode(str(tmp_path), shareable=False)


@pytest.mark.root
def test_a_file_gets_the_group_of_a_shared_folder(tmp_path: Path) -> None:
    """Whatever the umask and the maker's own group."""
    descriptor = os.open(tmp_path / "x", os.O_CREAT | os.O_RDWR, 0o600)
    permissions.set_file_mode(
        descriptor, permissions.FolderMode(exists=True, file_mode=0o660, gid=4242)
    )
    found = os.fstat(descriptor)
    os.close(descriptor)
    assert (found.st_gid, stat.S_IMODE(found.st_mode)) == (4242, 0o660)


def test_one_s_rows_are_read_without_the_fast_module(
    own_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interpreter without `_sqlite3` sees the same; no ledger is no rows."""
    assert fast_read.rows(str(own_state), "/src/shop", "") == ""
    ledger = SqliteLedger(str(own_state))
    with ledger.writing() as writer:
        writer.record_checkout(Checkout("/src/shop"), primary=True, user="me", now=1)
        writer.grant("/src/shop", "", LOCAL_SCOPE, [Lease("web", 3000)], 1)
    fast = fast_read.rows(str(own_state), "/src/shop", "")
    monkeypatch.setitem(sys.modules, "_sqlite3", None)
    assert fast_read.rows(str(own_state), "/src/shop", "") == fast != ""
    ledger.close()


def test_odd_rows_are_damage() -> None:
    """A number where a text should be, a lease of nobody."""
    with pytest.raises(read.DamagedRowError, match="where a text should be"):
        read.text(3)  # type: ignore[arg-type]
    with pytest.raises(read.DamagedRowError, match="has no checkout"):
        read.holdings_from_rows({}, [(1, LOCAL_SCOPE, "web", "tcp", 3000, 1)])  # type: ignore[list-item]


def test_nobody_holds_a_ledger_that_is_not_there(tmp_path: Path) -> None:
    """Neither its files nor a table of locks need exist."""
    assert locks.find_lock_holder(str(tmp_path / "ledger.db")) is None
    assert small_file.shown(str(tmp_path / "locks")) == ""


def test_a_database_with_nothing_in_it_is_a_ledger_that_has_not_begun(own_state: Path) -> None:
    """Nobody's tables are lost by making ours in it."""
    own_state.mkdir()
    with closing(sqlite3.connect(own_state / "ledger.db")) as other:
        other.execute("CREATE TABLE x (y)")
        other.execute("DROP TABLE x")
    ledger = SqliteLedger(str(own_state))
    assert ledger.holdings() == ()
    with ledger.writing() as writer:
        writer.record_checkout(Checkout("/src/shop"), primary=True, user="me", now=1)
    assert ledger.record("/src/shop", "") is not None
    ledger.close()


def test_a_ledger_whose_log_cannot_be_switched_on_works_without(own_state: Path) -> None:
    """Another reader keeps the file; the next writer tries again."""
    own_state.mkdir()
    path = own_state / "ledger.db"
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as one,
        closing(sqlite3.connect(path, isolation_level=None)) as two,
    ):
        one.execute("CREATE TABLE x (y)")
        one.execute("BEGIN")
        one.execute("SELECT * FROM x").fetchall()
        connect.use_log(two)
        assert two.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
        one.execute("COMMIT")
        connect.use_log(two)
        assert two.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_copy_of_what_keeps_changing_is_given_up(
    own_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be of no one moment."""
    ledger = SqliteLedger(str(own_state))
    with ledger.writing() as writer:
        writer.record_checkout(Checkout("/src/shop"), primary=True, user="me", now=1)
    ledger.close()
    (own_state / "ledger.db-wal").write_bytes(b"x")
    times = count()
    monkeypatch.setattr(connect, "_sizes_and_times", lambda path: [(next(times), 0)])
    with pytest.raises(PortmanError, match="changes while it is read"):
        connect._open_unwritable(str(own_state / "ledger.db"), 1.0)


class TestOwnFiles:
    """What lies in the state folder counts only if this user alone can have written it."""

    def test_ours(self, tmp_path: Path) -> None:
        file = tmp_path / "file"
        file.write_bytes(b"ours")
        file.chmod(0o600)
        assert read_own(str(file)) == b"ours"
        assert read_own(str(file), 3) == b""
        assert read_own(str(tmp_path / "absent")) == b""
        assert read_own(str(tmp_path)) == b""

    @pytest.mark.parametrize("kind", ["writable", "group", "hard link", "link", "fifo"])
    def test_not_certainly_ours(self, tmp_path: Path, kind: str) -> None:
        """A link, a second name, a FIFO (it must not block), and a file that others may write."""
        file, real = tmp_path / "file", tmp_path / "real"
        real.write_bytes(b"theirs")
        real.chmod({"writable": 0o602, "group": 0o620}.get(kind, 0o600))
        if kind == "link":
            file.symlink_to(real)
        elif kind == "hard link":
            os.link(real, file)
        elif kind == "fifo":
            os.mkfifo(file)
        else:
            real.rename(file)
        assert read_own(str(file)) == b""

    @pytest.mark.root
    def test_another_users(self, tmp_path: Path) -> None:
        file = tmp_path / "file"
        file.write_bytes(b"theirs")
        os.chown(file, 65533, 65533)
        file.chmod(0o644)
        assert read_own(str(file)) == b""

    @pytest.mark.parametrize("mode", [0o777, 0o1777, 0o707])
    def test_a_folder_that_others_may_write_is_refused(
        self, own_state: Path, mode: int, tmp_path: Path, portman: Callable[..., Any]
    ) -> None:
        """Nothing is read or written; the message has the command."""
        own_state.mkdir()
        own_state.chmod(mode)
        (tmp_path / "ports.toml").write_text("[services]\nweb = 28555\n")
        code, _, err = portman("up", cwd=tmp_path)
        assert code == 5
        assert f"chmod go-w {own_state}" in err
        assert not (tmp_path / ".env").exists()
        own_state.chmod(0o700)
        assert portman("up", cwd=tmp_path)[0] == 0

    def test_a_folder_with_the_rights_of_a_loose_umask_is_closed(self, own_state: Path) -> None:
        """Its group is the user's own, and it was not named to be shared."""
        own_state.mkdir()
        own_state.chmod(0o775)
        permissions.folder_mode(str(own_state), shareable=False)
        assert stat.S_IMODE(own_state.stat().st_mode) == 0o755

    def test_closing_it_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, portman: Callable[..., Any]
    ) -> None:
        """Once, with the very command that did it."""
        state = tmp_path / "state" / "portman"
        state.mkdir(parents=True)
        state.chmod(0o775)
        monkeypatch.delenv("PORTMAN_HOME")
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        (tmp_path / "ports.toml").write_text("[services]\nweb = 28556\n")
        code, _, err = portman("up", cwd=tmp_path)
        assert (code, f"could write in the state folder {state}" in err) == (0, True), err
        assert stat.S_IMODE(state.stat().st_mode) == 0o755
        assert "could write" not in portman("up", cwd=tmp_path)[2]

    def test_a_subfolder_that_others_may_write_is_closed(self, tmp_path: Path) -> None:
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub").chmod(0o777)
        private_subfolder(str(tmp_path), "sub")
        assert stat.S_IMODE((tmp_path / "sub").stat().st_mode) == 0o700
