"""Disks that are full, read-only or lying: clear words, nothing lost, no traceback."""

from __future__ import annotations

import json
import os
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from portman.base.errors import PortmanError
from portman.base.values import LOCAL_SCOPE, Checkout, Lease
from portman.ledger import tables
from portman.ledger.sqlite import SqliteLedger

WORKER = Path(__file__).with_name("ledger_worker.py")


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Return the folder of a ledger with one lease, port 3000."""
    folder = tmp_path / "state"
    lease(folder, 3000)
    return folder


def lease(folder: Path, port: int) -> None:
    """Lease one port."""
    ledger = SqliteLedger(str(folder), shareable=False, timeout=2)
    with closing(ledger), ledger.writing() as writer:
        writer.record_checkout(Checkout("/src/me"), primary=True, user="me", now=1)
        writer.grant("/src/me", "", LOCAL_SCOPE, [Lease(f"p{port}", port)], 1)


def ports(folder: Path) -> list[int]:
    """Read all leased ports."""
    with closing(SqliteLedger(str(folder), shareable=False, timeout=2)) as ledger:
        return [holding.lease.port for holding in ledger.holdings()]


def refused(folder: Path) -> PortmanError:
    """Return why neither reading nor writing is possible; both give the same code."""
    with pytest.raises(PortmanError) as reading:
        ports(folder)
    with pytest.raises(PortmanError) as writing:
        lease(folder, 3001)
    assert reading.value.code == writing.value.code
    for error in (reading.value, writing.value):
        assert str(folder) in str(error)
        assert error.hint
        assert error.exit_code == 5
    return writing.value


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a ledger, save SQLite's index and an empty log."""
    names = [name for name in os.listdir(folder) if not name.endswith("-shm")]
    found = {name: (folder / name).read_bytes() for name in sorted(names)}
    return {name: data for name, data in found.items() if data or name == "ledger.db"}


def test_a_newer_ledger_is_refused_and_not_touched(folder: Path) -> None:
    """An older portman cannot know what a newer one means."""
    with closing(sqlite3.connect(folder / "ledger.db")) as other:
        other.execute("PRAGMA user_version = 99")
    before = contents(folder)
    error = refused(folder)
    assert error.code == "ledger-newer"
    assert "99" in str(error)
    assert "upgrade" in error.hint
    assert contents(folder) == before


def test_the_database_of_another_program_is_refused_and_not_touched(tmp_path: Path) -> None:
    """PORTMAN_HOME may point anywhere."""
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as other:
        other.execute("CREATE TABLE books (title)")
    before = contents(tmp_path)
    error = refused(tmp_path)
    assert error.code == "ledger-unusable"
    assert "another program" in str(error)
    assert contents(tmp_path).keys() - before.keys() <= {"ledger.lock"}
    assert contents(tmp_path)["ledger.db"] == before["ledger.db"]


@pytest.mark.parametrize("name", ["ledger.db", "ledger.lock"])
def test_a_folder_in_its_place_is_named(tmp_path: Path, name: str) -> None:
    """With the command that moves it away."""
    (tmp_path / name).mkdir()
    with pytest.raises(PortmanError) as caught:
        lease(tmp_path, 3000)
    assert caught.value.code == "ledger-unusable"
    assert "a folder" in str(caught.value)
    assert f"mv {tmp_path / name}" in caught.value.hint


def test_a_file_where_the_state_folder_should_be_is_named(tmp_path: Path) -> None:
    """Also further up the path."""
    (tmp_path / "state").write_text("")
    assert refused(tmp_path / "state").code == "ledger-unusable"
    assert refused(tmp_path / "state" / "deeper").code == "ledger-unusable"


def test_a_relative_folder_stays_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever opens the ledger may change the working folder afterwards."""
    monkeypatch.chdir(tmp_path)
    with closing(SqliteLedger("odd ? name %41#", shareable=False)) as ledger:
        monkeypatch.chdir("/")
        with ledger.writing() as writer:
            writer.record_checkout(Checkout("/src/me"), primary=True, user="me", now=1)
    assert (tmp_path / "odd ? name %41#" / "ledger.db").exists()


def test_a_pipe_in_its_place_does_not_hang(tmp_path: Path) -> None:
    """Opening a FIFO would wait for ever."""
    os.mkfifo(tmp_path / "ledger.db")
    assert refused(tmp_path).code == "ledger-unusable"


DAMAGES = {
    "random bytes": lambda data: os.urandom(len(data)),
    "a text file": lambda data: b"hello, this is not a database\n" * 200,
    "cut to one page": lambda data: data[:4096],
    "cut inside a page": lambda data: data[:10_000],
    "first page zeroed": lambda data: bytes(4096) + data[4096:],
    "tables zeroed": lambda data: data[:4096] + bytes(len(data) - 4096),
    "tables overwritten": lambda data: data[:4096] + os.urandom(len(data) - 4096),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_ledger_is_refused_and_not_touched(folder: Path, damage: str) -> None:
    """Nothing is written over what may still be saved; the hint is `portman repair`."""
    path = folder / "ledger.db"
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    before = contents(folder)
    error = refused(folder)
    assert error.code == "ledger-damaged"
    assert "portman repair" in error.hint
    after = contents(folder)
    assert after["ledger.db"] == before["ledger.db"]


def test_an_empty_file_is_a_ledger_that_has_not_begun(tmp_path: Path) -> None:
    """A kill between making the file and making the tables leaves this."""
    (tmp_path / "ledger.db").touch()
    assert ports(tmp_path) == []
    lease(tmp_path, 3000)
    assert ports(tmp_path) == [3000]


def test_an_empty_file_with_a_log_is_damage(folder: Path) -> None:
    """The log would be thrown away if we went on."""
    (folder / "ledger.db").write_bytes(b"")
    (folder / "ledger.db-wal").write_bytes(b"x" * 5000)
    assert refused(folder).code == "ledger-damaged"
    assert (folder / "ledger.db-wal").stat().st_size == 5000


def test_nonsense_rows_are_damage_not_a_bug(folder: Path) -> None:
    """SQLite returns what it finds."""
    with closing(sqlite3.connect(folder / "ledger.db")) as other:
        other.execute("PRAGMA ignore_check_constraints = ON")
        other.execute("UPDATE lease SET port = 'x'")
        other.commit()
    with pytest.raises(PortmanError) as caught:
        ports(folder)
    assert caught.value.code == "ledger-damaged"


def test_an_older_ledger_is_read_as_it_is_and_raised_by_the_next_write(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading never writes, not even a migration."""
    step = ("ALTER TABLE checkout ADD COLUMN colour TEXT",)
    known = tables.steps("ledger.sql")
    monkeypatch.setattr(tables, "steps", lambda _name: [*known, step])
    monkeypatch.setattr(tables, "SCHEMA", tables.SCHEMA + 1)
    before = contents(folder)
    assert ports(folder) == [3000]
    assert contents(folder) == before
    lease(folder, 3001)
    assert ports(folder) == [3000, 3001]
    with closing(sqlite3.connect(folder / "ledger.db")) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (tables.SCHEMA,)
        assert other.execute("SELECT colour FROM checkout").fetchone() == (None,)


def test_a_failed_migration_leaves_the_old_ledger(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Schema and version change in one transaction with the write."""
    step = ("ALTER TABLE checkout ADD COLUMN colour TEXT", "SELECT no_such_function()")
    known = tables.steps("ledger.sql")
    with monkeypatch.context() as patch:
        patch.setattr(tables, "steps", lambda _name: [*known, step])
        patch.setattr(tables, "SCHEMA", tables.SCHEMA + 1)
        with pytest.raises(PortmanError):
            lease(folder, 3001)
    lease(folder, 3002)
    assert ports(folder) == [3000, 3002]


def test_what_is_remembered_stays_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest so many, and none too old."""
    from portman.ledger import write

    monkeypatch.setattr(write, "ENDED_KEPT", 5)
    with closing(SqliteLedger(str(tmp_path), shareable=False)) as ledger:
        for number in range(10):
            with ledger.writing() as writer:
                path = f"/src/{number}"
                writer.record_checkout(Checkout(path), primary=True, user="me", now=number)
                writer.grant(path, "", LOCAL_SCOPE, [Lease("web", 3000)], number)
                writer.give_back(path, "", None, 1000 + number)
        with ledger.writing() as writer:
            kept = [bool(writer.ended_ports(f"/src/{n}", "", LOCAL_SCOPE)) for n in range(10)]
            assert kept == [False] * 5 + [True] * 5
            later = 1008 + write.ENDED_SECONDS
            writer.record_checkout(Checkout("/src/x"), primary=True, user="me", now=later)
            writer.grant("/src/x", "", LOCAL_SCOPE, [Lease("web", 3000)], later)
            writer.give_back("/src/x", "", None, later)
            kept = [bool(writer.ended_ports(f"/src/{n}", "", LOCAL_SCOPE)) for n in range(10)]
    assert kept == [False] * 8 + [True] * 2


def in_mount(folder: Path, script: str, **env: str) -> list[Any]:
    """Run a shell script in a mount namespace of its own; return the JSON lines it printed.

    In it $W is the worker with the folder, as a command.
    """
    worker = shlex.join([sys.executable, str(WORKER), str(folder)])
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-euc", script.replace("$W", worker)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "D": str(folder), **env},
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.root
def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """What was there can be read, the write fails clearly, and works once there is room."""
    said = in_mount(
        tmp_path,
        """
        mount -t tmpfs -o mode=700,size=200k tmpfs $D
        $W grant a 3000
        rm -f $D/ledger.db-wal $D/ledger.db-shm
        cat /dev/zero > $D/filler 2>/dev/null || true
        $W grant a 3001
        $W read
        rm $D/filler
        $W grant a 3002
        $W read
        """,
    )
    assert said[1]["code"] == "ledger-unusable"
    assert "disk is full" in said[1]["message"]
    assert said[2] == [3000]
    assert said[4] == [3000, 3002]


@pytest.mark.root
@pytest.mark.parametrize("kilobytes", [4, 8, 12, 16, 24, 32, 40, 48])
def test_a_disk_that_fills_at_any_point_of_the_first_write(tmp_path: Path, kilobytes: int) -> None:
    """Half a ledger is never left behind."""
    said = in_mount(
        tmp_path,
        """
        mount -t tmpfs -o mode=700,size=1m tmpfs $D
        head -c $ROOM /dev/zero > $D/room
        cat /dev/zero > $D/filler 2>/dev/null || true
        rm $D/room
        $W grant a 3000
        $W read
        rm $D/filler
        $W grant a 3001
        $W read
        """,
        ROOM=str(kilobytes * 1024),
    )
    done = isinstance(said[0], list)
    if not done:
        assert said[0]["code"] == "ledger-unusable"
        assert "disk is full" in said[0]["message"]
    assert said[1] == ([3000] if done else [])
    assert said[3] == ([3000, 3001] if done else [3001])


@pytest.mark.root
@pytest.mark.parametrize("state", ["clean", "with a log", "with a log and its index"])
def test_a_read_only_mount_can_be_read(tmp_path: Path, state: str) -> None:
    """The write says so; a log that was never folded back is read too."""
    keep = "" if state == "clean" else "x"
    said = in_mount(
        tmp_path,
        """
        mount -t tmpfs -o mode=700 tmpfs $D
        $W grant a 3000
        if [ -n "$KEEP" ]; then
            "$PYTHON" -c 'import sqlite3, os, sys
            c = sqlite3.connect(sys.argv[1], isolation_level=None)
            c.execute("UPDATE lease SET port = 3333"); os._exit(0)' $D/ledger.db
            test -s $D/ledger.db-wal
            if [ "$KEEP" = x ]; then rm -f $D/ledger.db-shm; fi
        fi
        mount -o remount,ro $D
        $W read
        $W grant a 3001
        $W read
        """.replace("\n            c", "\nc"),
        PYTHON=sys.executable,
        KEEP=keep + ("y" if state == "with a log and its index" else ""),
    )
    port = 3000 if state == "clean" else 3333
    assert said[1] == said[3] == [port]
    assert said[2]["code"] == "ledger-unusable"
    assert "read-only" in said[2]["message"]


@pytest.mark.root
def test_a_device_that_fails_is_not_called_damage(tmp_path: Path) -> None:
    """EIO from the disk: the ledger may be whole, so `repair` would be the wrong advice."""
    lease(tmp_path, 3000)
    done = subprocess.run(
        [
            "strace", "-qq", "-f", "-o", "/dev/null",
            "-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:error=EIO",
            sys.executable, str(WORKER), str(tmp_path), "grant", "a", "3001",
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )  # fmt: skip
    if "strace" in done.stderr:
        pytest.skip("this system does not let us trace")
    said = json.loads(done.stdout)
    assert said["code"] == "ledger-unusable"
    assert "dmesg" in said["hint"]
    assert ports(tmp_path) in ([3000], [3000, 3001])
