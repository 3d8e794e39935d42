"""Leaving: what portman wrote goes, to the byte, and nothing else. Real processes and files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from portman.integrations import TOOLS

if TYPE_CHECKING:
    from collections.abc import Callable

MANIFEST = "[services]\nweb = 23931\napi = 23932\n"


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(folder)): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file() and (".git/" not in str(one) or one.name == "post-checkout")
    }


def seeded(folder: Path) -> None:
    """Make a project that has lines of its own in files of every tool."""
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    (folder / "ports.toml").write_text(MANIFEST)
    (folder / "Makefile").write_text("all:\n\techo hi\n")
    (folder / "justfile").write_text("all:\n    echo hi\n")
    (folder / "package.json").write_text('{\n  "name": "x",\n  "scripts": {"dev": "vite"}\n}\n')
    (folder / "AGENTS.md").write_text("# Mine\n")
    (folder / ".envrc").write_text("export MINE=1\n")
    (folder / ".env").write_bytes(b"MINE=1\r\nNO_END=2")


@pytest.mark.parametrize("tool", sorted(TOOLS))
def test_what_a_tool_got_is_taken_back(
    tool: str, tmp_path: Path, portman: Callable[..., Any]
) -> None:
    seeded(tmp_path)
    before = tree(tmp_path)
    assert portman("integrate", tool, "--undo", cwd=tmp_path).code == 1
    done = portman("integrate", tool, "--yes", cwd=tmp_path)
    written = tree(tmp_path)
    if written == before:
        assert done.code == 1  # by hand, and nothing to undo
        return
    again = portman("integrate", tool, "--yes", cwd=tmp_path)
    assert tree(tmp_path) == written, again.err
    done = portman("integrate", tool, "--undo", cwd=tmp_path)
    assert done.code == 0, done.err
    assert tree(tmp_path) == before
    assert portman("integrate", tool, "--undo", cwd=tmp_path).code == 1


def test_lines_written_later_stay(tmp_path: Path, portman: Callable[..., Any]) -> None:
    seeded(tmp_path)
    portman("integrate", "make", "--yes", cwd=tmp_path)
    makefile = tmp_path / "Makefile"
    made = makefile.read_text()
    makefile.write_text("# first\n" + made + "\nlast:\n\ttrue\n")
    assert "cleaned Makefile" in portman("integrate", "make", "--undo", cwd=tmp_path).out
    assert makefile.read_text() == "# first\nall:\n\techo hi\n\nlast:\n\ttrue\n"

    portman("integrate", "make", "--yes", cwd=tmp_path)
    changed = makefile.read_text().replace("portman", "portman ")
    makefile.write_text(changed)
    done = portman("integrate", "make", "--undo", cwd=tmp_path)
    assert done.code == 1
    assert "Makefile: changed since, so nothing was put back" in done.err
    assert makefile.read_text() == changed


def test_adopted_files_keep_lines_that_came_later(
    tmp_path: Path, portman: Callable[..., Any]
) -> None:
    (tmp_path / "server.js").write_text(
        "const port = process.env.PORT || 4100;\n"
        "require('http').createServer((q, r) => r.end('x')).listen(port);\n"
    )
    (tmp_path / "package.json").write_text('{"scripts": {"dev": "node server.js"}}\n')
    before = tree(tmp_path)
    assert portman("adopt", "--yes", cwd=tmp_path).code == 0
    assert tree(tmp_path) != before
    server = tmp_path / "server.js"
    assert server.read_bytes() != before["server.js"]
    server.write_text(server.read_text() + "// mine\n")
    done = portman("adopt", "--undo", cwd=tmp_path)
    assert (done.code, "cleaned server.js" in done.out) == (0, True)
    assert tree(tmp_path) == {**before, "server.js": before["server.js"] + b"// mine\n"}


def test_everything_goes_and_nothing_else(
    tmp_path: Path, own_state: Path, portman: Callable[..., Any]
) -> None:
    first, second, gone = (tmp_path / name for name in ("first", "second", "gone"))
    for folder in (first, second, gone):
        seeded(folder)
    before = {folder: tree(folder) for folder in (first, second)}
    for folder in (first, second, gone):
        assert portman("up", cwd=folder).code == 0
    assert portman("up", "--instance", "e2e", cwd=first).code == 0
    portman("integrate", "make", "--yes", cwd=second)
    env = {"XDG_DATA_HOME": str(tmp_path / "data")}
    portman("completion", "bash", "--install", env=env)
    for one in sorted(gone.rglob("*"), reverse=True):
        one.rmdir() if one.is_dir() else one.unlink()
    gone.rmdir()
    (own_state / "mine.txt").write_text("not portman's")

    shown = portman("uninstall", "-n", env=env)
    assert shown.code == 0
    for words in ("first instance e2e", "the folder is gone", "wrote for make", "completion"):
        assert words in shown.out
    refused = portman("uninstall", env=env)
    assert (refused.code, "nothing was removed" in refused.err) == (1, True)
    assert (first / ".env.e2e").exists()

    done = portman("uninstall", "--yes", "--json", env=env)
    assert done.code == 0, done.out
    data = json.loads(done.out)["data"]
    assert data["done"]
    assert len(data["checkouts"]) == 4
    assert {folder: tree(folder) for folder in (first, second)} == before
    assert os.listdir(own_state) == ["mine.txt"]
    assert not list((tmp_path / "data").rglob("portman"))
    assert "portman has nothing on this machine" in portman("uninstall", "-n", env=env).out


def test_what_cannot_be_cleaned_keeps_its_record(
    tmp_path: Path, own_state: Path, portman: Callable[..., Any]
) -> None:
    (tmp_path / "ports.toml").write_text(MANIFEST)
    portman("up", cwd=tmp_path)
    (tmp_path / ".env").unlink()
    (tmp_path / ".env").mkdir()
    done = portman("uninstall", "--yes")
    assert done.code != 0
    assert (own_state / "ledger.db").exists()
    (tmp_path / ".env").rmdir()
    assert portman("uninstall", "--yes").code == 0
    assert not own_state.exists()


@pytest.mark.root
def test_users_of_one_ledger_leave_one_by_one(started: Callable[..., Any]) -> None:
    """Two real users: the first takes its own and no more, the last takes the rest."""
    users = {"ada": "65534:65534,4242:022", "bob": "65533:65533,4242:077"}
    with tempfile.TemporaryDirectory(prefix="portman-test-") as folder:
        place, state = Path(folder), Path(folder) / "state"
        place.chmod(0o755)
        state.mkdir()
        os.chown(state, 65534, 4242)
        state.chmod(0o2770)

        def portman(user: str, *words: str) -> Any:
            program = (sys.executable, str(Path(__file__).with_name("as_user.py")))
            env = {**os.environ, "HOME": str(place / user), "PORTMAN_HOME": str(state)}
            done = started(
                *program, users[user], str(place / user / "shop"), *words, "--json",
                env=env, stdout=subprocess.PIPE,
            )  # fmt: skip
            return json.loads(done.communicate()[0])

        for user, numbers in users.items():
            seeded(place / user / "shop")
            for one in (place / user, *(place / user).rglob("*")):
                os.chown(one, int(numbers.split(":")[0]), -1)
        before = tree(place / "ada" / "shop")
        for user in users:
            assert portman(user, "up")["exit_code"] == 0
        first = portman("ada", "uninstall", "--yes")
        assert (first["exit_code"], first["data"]["shared"]) == (0, 2)
        assert tree(place / "ada" / "shop") == before
        left = os.listdir(state)
        assert "ledger.db" in left
        assert not [one for one in left if one.endswith("-65534")]
        assert portman("bob", "check")["exit_code"] == 0
        assert portman("bob", "uninstall", "--yes")["exit_code"] == 0
        assert os.listdir(state) == []
