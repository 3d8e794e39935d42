"""Whose ledger it is: alone, shared on purpose, or another's."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from portman.ledger.permissions import user_name

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKER = Path(__file__).with_name("ledger_worker.py")
#: Users that exist in no user database, as in a container; 4242 is their common group.
ADA, BOB, EVE = "65534:65534,4242:022", "65533:65533,4242:077", "65532:65532:022"
ROOT = "0:0:022"
ANY_USER = pytest.mark.root


@pytest.fixture(name="place")
def _place() -> Iterator[Path]:
    """Return a folder that every user can reach (pytest's own are closed to others)."""
    with tempfile.TemporaryDirectory(prefix="portman-test-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


def run(user: str, folder: Path, *arguments: str, shareable: bool = False) -> Any:
    """Run the worker as a user; return what it said."""
    done = subprocess.run(
        [sys.executable, str(WORKER), str(folder), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "LEDGER_USER": user, "LEDGER_SHAREABLE": "1" if shareable else "0"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def folder_of(place: Path, user: str, mode: int, group: int | None = None) -> Path:
    """Make a state folder that belongs to a user."""
    uid = int(user.partition(":")[0])
    folder = place / "state"
    folder.mkdir()
    os.chown(folder, uid, uid if group is None else group)
    os.chmod(folder, mode)
    return folder


def modes(folder: Path) -> dict[str, str]:
    """Return the permissions of all files in a folder."""
    return {path.name: stat.filemode(path.stat().st_mode)[1:] for path in folder.iterdir()}


@ANY_USER
def test_a_ledger_of_ones_own_is_closed_to_others(place: Path) -> None:
    """0700 and 0600, whatever the umask; folders made above it too."""
    home = folder_of(place, ADA, 0o755)
    run("65534:65534:000", home / "a" / "b", "grant", "x", "3000")
    run("65534:65534:000", home / "a" / "b", "read")
    assert stat.S_IMODE((home / "a").stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "a" / "b").stat().st_mode) == 0o700
    assert set(modes(home / "a" / "b").values()) == {"rw-------"}
    assert set(modes(home / "a" / "b")) >= {"ledger.db", "ledger.lock", "ledger.db-shm"}


@ANY_USER
@pytest.mark.parametrize("mode", [0o700, 0o755, 0o777, 0o770])
@pytest.mark.parametrize("command", [("read",), ("grant", "x", "3000"), ("mend",)])
def test_another_users_folder_is_refused(place: Path, mode: int, command: tuple[str, ...]) -> None:
    """Even one that the rights would let us write in: nobody shared it on purpose."""
    folder = folder_of(place, ADA, mode)
    said = run(EVE, folder, *command)
    assert said["code"] in ("ledger-foreign", "ledger-unusable")
    if mode != 0o700:
        assert said["code"] == "ledger-foreign"
        assert f"belongs to {user_name(65534)}" in said["message"]
        assert "portman where" in said["hint"]
        assert "PORTMAN_HOME" not in said["hint"]
    assert modes(folder) == {}


@ANY_USER
def test_root_leaves_the_folder_of_an_ordinary_user_alone(place: Path) -> None:
    """`sudo portman up` with the user's HOME would lock the user out."""
    folder = folder_of(place, ADA, 0o700)
    run(ADA, folder, "grant", "x", "3000")
    before = modes(folder)
    for command in (["read"], ["grant", "x", "3001"]):
        said = run(ROOT, folder, *command)
        assert said["code"] == "ledger-foreign"
        assert "You are root" in said["message"]
    assert modes(folder) == before
    said = run(ROOT, folder / "deeper", "grant", "x", "3001")
    assert said["code"] == "ledger-foreign"
    assert run(ADA, folder, "read") == [3000]


@ANY_USER
def test_a_file_that_root_left_in_ones_own_folder_is_named(place: Path) -> None:
    """With the command that gives it back."""
    folder = folder_of(place, ADA, 0o700)
    (folder / "ledger.db").touch(0o644)
    said = run(ADA, folder, "grant", "x", "3000")
    assert said["code"] == "ledger-foreign"
    assert "sudo chown" in said["hint"]


@ANY_USER
def test_a_folder_that_cannot_be_written_can_be_read(place: Path) -> None:
    """Leases are still there for `port` and `env`."""
    folder = folder_of(place, ADA, 0o700)
    run(ADA, folder, "grant", "x", "3000")
    os.chmod(folder, 0o500)
    assert run(ADA, folder, "read") == [3000]
    (folder / "ledger.db-shm").unlink(missing_ok=True)
    (folder / "ledger.db-wal").unlink(missing_ok=True)
    assert run(ADA, folder, "read") == [3000]
    said = run(ADA, folder, "grant", "x", "3001")
    assert said["code"] == "ledger-unusable"
    assert "no right to write" in said["message"]


@ANY_USER
@pytest.mark.parametrize("name", ["ledger.db", "ledger.lock"])
def test_files_that_cannot_be_written_are_named(place: Path, name: str) -> None:
    """Reading goes on."""
    folder = folder_of(place, ADA, 0o700)
    run(ADA, folder, "grant", "x", "3000")
    os.chmod(folder / name, 0o400)
    said = run(ADA, folder, "grant", "x", "3001")
    assert said["code"] == "ledger-unusable"
    assert run(ADA, folder, "read") == [3000]


@ANY_USER
def test_a_ledger_that_cannot_be_read_is_named(place: Path) -> None:
    """Not called damaged."""
    folder = folder_of(place, ADA, 0o700)
    run(ADA, folder, "grant", "x", "3000")
    os.chmod(folder / "ledger.db", 0o000)
    said = run(ADA, folder, "read")
    assert said["code"] == "ledger-unusable"
    assert "no right to read" in said["message"]


@ANY_USER
def test_a_home_that_cannot_be_made_is_explained(place: Path) -> None:
    """A user whose home is / or does not exist."""
    said = run(ADA, place / "nonexistent" / "state", "grant", "x", "3000")
    assert said["code"] == "ledger-unusable"
    assert str(place / "nonexistent" / "state") in said["hint"]


@ANY_USER
@pytest.mark.parametrize("what", ["folder", "above", "ledger.db", "ledger.lock"])
def test_a_planted_link_is_not_followed(place: Path, what: str) -> None:
    """In a place where all may write, a link may be another's trap; one's own is fine."""
    shared = place / "tmp"
    shared.mkdir()
    os.chmod(shared, 0o777)
    target = folder_of(place, ADA, 0o700)
    if what in ("folder", "above"):
        link, folder = shared / "link", shared / "link"
        link.symlink_to(target)
        folder = link if what == "folder" else link / "deeper"
    else:
        folder = shared / "mine"
        folder.mkdir()
        os.chown(folder, 65534, 65534)
        link = folder / what
        link.symlink_to(target / "victim")
    os.lchown(link, 65532, 65532)
    for command in (["grant", "x", "3000"], ["read"])[: 1 if what == "ledger.lock" else 2]:
        said = run(ADA, folder, *command)
        assert said["code"] == "ledger-foreign"
        assert "symbolic link" in said["message"]
    assert list(target.iterdir()) == []
    if what in ("folder", "above"):
        os.lchown(link, 65534, 65534)
        assert run(ADA, folder, "grant", "x", "3000") != []
        assert run(ADA, folder, "read") == [3000]


@ANY_USER
def test_two_users_share_a_folder_given_on_purpose(place: Path) -> None:
    """Files follow the folder's group, whatever the umask of who makes them."""
    folder = folder_of(place, ADA, 0o2770, group=4242)
    for step, user in enumerate((ADA, BOB, ADA, BOB)):
        run(user, folder, "grant", f"u{step}", str(3000 + step), shareable=True)
        assert len(run(user, folder, "read", shareable=True)) == step + 1
    assert run(ADA, folder, "read", shareable=True) == [3000, 3001, 3002, 3003]
    assert set(modes(folder).values()) == {"rw-rw----"}
    assert {path.stat().st_gid for path in folder.iterdir()} == {4242}
    said = run(EVE, folder, "read", shareable=True)
    assert said["code"] == "ledger-unusable"


@ANY_USER
def test_two_users_never_get_the_same_port(place: Path) -> None:
    """At the same moment, from nothing."""
    folder = folder_of(place, ADA, 0o2770, group=4242)
    processes = [
        subprocess.Popen(
            [sys.executable, str(WORKER), str(folder), "first_up", f"c{n}", "20"],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "LEDGER_USER": (ADA, BOB)[n % 2], "LEDGER_SHAREABLE": "1"},
        )
        for n in range(16)
    ]
    got = [port for process in processes for port in json.loads(process.communicate()[0])]
    assert len(set(got)) == 320


@ANY_USER
def test_a_shared_folder_that_does_not_hand_down_its_group_is_explained(place: Path) -> None:
    """SQLite's log would belong to the maker's own group, and lock the others out."""
    folder = folder_of(place, ADA, 0o770, group=4242)
    said = run(ADA, folder, "grant", "x", "3000", shareable=True)
    assert said["code"] == "ledger-unusable"
    assert f"chmod g+s {folder}" in said["hint"]


@ANY_USER
def test_a_folder_open_to_all_is_not_shared_on_purpose(place: Path) -> None:
    """PORTMAN_HOME=/tmp: anyone could have put a ledger there."""
    folder = folder_of(place, ROOT, 0o1777)
    said = run(ADA, folder, "grant", "x", "3000", shareable=True)
    assert said["code"] == "ledger-foreign"
