"""A ledger that cannot be used: exit 5, clear words, nothing lost, and the way out."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANIFEST = '[services]\nweb = 28301\njobs = "auto"\n'


@pytest.fixture(name="project")
def _project(tmp_path: Path, portman: Callable[..., Any]) -> Path:
    (tmp_path / "ports.toml").write_text(MANIFEST)
    assert portman("up", cwd=tmp_path).code == 0
    return tmp_path


def damage(state: Path) -> None:
    """Overwrite the middle of the ledger."""
    with (state / "ledger.db").open("r+b") as file:
        file.seek(100)
        file.write(b"\xa5" * 4000)


def newer(state: Path) -> None:
    """Pretend that a later portman has written it."""
    with sqlite3.connect(state / "ledger.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


def folder_in_its_place(state: Path) -> None:
    """Put a folder where the file should be."""
    (state / "ledger.db").unlink()
    (state / "ledger.db").mkdir()


def no_database(state: Path) -> None:
    """Put some other file there."""
    (state / "ledger.db").write_text("dear diary\n" * 400)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (damage, "ledger-damaged"),
        (newer, "ledger-newer"),
        (folder_in_its_place, "ledger-unusable"),
        (no_database, "ledger-damaged"),
    ],
    ids=["damaged", "newer schema", "a folder", "another file"],
)
def test_exit_5_with_a_way_out_and_nothing_touched(
    project: Path,
    own_state: Path,
    portman: Callable[..., Any],
    spoil: Callable[[Path], None],
    code: str,
) -> None:
    """Every command that needs the ledger says the same; neither it nor the env file changes."""
    env = (project / ".env").read_bytes()
    spoil(own_state)
    ledger = own_state / "ledger.db"
    before = ledger.read_bytes() if ledger.is_file() else None
    (project / "ports.toml").write_text(MANIFEST + 'more = "auto"\n')
    for words in (("up",), ("check",), ("env",), ("list",)):
        done = portman(*words, "--json", cwd=project)
        assert done.code == 5, (words, done)
        assert f'"code": "{code}"' in done.out
        told = portman(*words, cwd=project)
        assert str(ledger) in told.err or str(own_state) in told.err
        assert "Traceback" not in told.err
    assert (ledger.read_bytes() if ledger.is_file() else None) == before
    assert (project / ".env").read_bytes() == env


def test_repair_moves_the_damaged_file_aside_and_the_block_heals(
    project: Path, own_state: Path, portman: Callable[..., Any]
) -> None:
    """`portman repair`, then `portman up`: the same ports as before."""
    before = portman("env", cwd=project).out
    damage(own_state)
    done = portman("repair", cwd=project)
    assert done.code == 0, done
    assert any("damaged" in one.name for one in own_state.iterdir()), list(own_state.iterdir())
    assert portman("up", cwd=project).code == 0
    assert portman("env", cwd=project).out == before
    assert "not damaged" in portman("repair", cwd=project).out


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give the folder away")
def test_foreign_owner(project: Path, own_state: Path, portman: Callable[..., Any]) -> None:
    """Root does not write into an ordinary user's state folder."""
    os.chown(own_state, 65534, 65534)
    (project / "ports.toml").write_text(MANIFEST + 'more = "auto"\n')
    done = portman("up", "--json", cwd=project)
    assert (done.code, '"ledger-foreign"' in done.out) == (5, True)
