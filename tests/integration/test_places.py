"""Odd places: no git, odd names, links, no HOME, no rights, submodules, unborn branches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
MANIFEST = "[services]\nweb = 28201\n"
ODD_NAMES = [
    "plain", "with space", "quote's \"both\"", "new\nline", "日本語 ポート", "tab\there", "-dash",
    "dollar$(id)`x`", "percent%20", "#hash", "back\\slash", ".hidden", "é́combining",
]  # fmt: skip


def git(folder: Path, *words: str) -> None:
    """Run git with a name of its own."""
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org",
         "-c", "protocol.file.allow=always", *words],
        cwd=folder, check=True, capture_output=True, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_folder_name_works(tmp_path: Path, portman: Callable[..., Any], name: str) -> None:
    """up, check, list, down: whatever the folder is called, and never a raw control character."""
    folder = tmp_path / name
    folder.mkdir()
    (folder / "ports.toml").write_text(MANIFEST)
    for words in (("up",), ("check",), ("list",), ("where",), ("down",)):
        done = portman(*words, cwd=folder)
        assert done.code == 0, done
        assert not any(ord(char) < 32 and char != "\n" for char in done.out + done.err)
    data = json.loads(portman("up", "--json", cwd=folder).out)["data"]
    assert data["checkout"] == str(folder)


def test_a_folder_name_that_is_no_utf8_works(tmp_path: Path, portman: Callable[..., Any]) -> None:
    """Bytes that are no text are kept in the ledger and spelt out on the screen."""
    folder = os.fsencode(tmp_path) + b"/\xff\xfe"
    os.mkdir(folder)
    Path(os.fsdecode(folder), "ports.toml").write_text(MANIFEST)
    for words in (("up",), ("up",), ("list",), ("up", "--json"), ("check",), ("down",)):
        done = portman(*words, cwd=os.fsdecode(folder))
        assert done.code == 0, done


def test_outside_git_and_from_a_folder_below(tmp_path: Path, portman: Callable[..., Any]) -> None:
    """No repository needed; the manifest is found by walking up, -C starts elsewhere."""
    (tmp_path / "ports.toml").write_text(MANIFEST)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert portman("port", "web", cwd=deep).out == "28201\n"
    assert portman("-C", str(deep), "port", "web", cwd="/").out == "28201\n"
    assert portman("up", "-C", "a/b", cwd=tmp_path).code == 0
    assert (tmp_path / ".env").exists()


def test_unborn_branch(tmp_path: Path, portman: Callable[..., Any]) -> None:
    """`git init` and nothing else: the primary checkout, with an offer for .gitignore."""
    git(tmp_path, "init", "-b", "main")
    (tmp_path / "ports.toml").write_text(MANIFEST)
    done = portman("up", cwd=tmp_path)
    assert (done.code, "28201" in done.out) == (0, True)
    assert "echo /.env >> .gitignore" in done.err
    assert not (tmp_path / ".gitignore").exists()
    assert "gitignore" not in portman("up", cwd=tmp_path).err


def test_offered_gitignore_line_works_as_printed(
    tmp_path: Path, portman: Callable[..., Any]
) -> None:
    """Copied into a shell, the line makes git ignore the file."""
    git(tmp_path, "init", "-b", "main")
    (tmp_path / "ports.toml").write_text(MANIFEST)
    hint = next(
        line.strip() for line in portman("up", cwd=tmp_path).err.splitlines() if "echo" in line
    )
    subprocess.run(["sh", "-c", hint], cwd=tmp_path, check=True)
    git(tmp_path, "check-ignore", "-q", ".env")


def test_submodules(tmp_path: Path, portman: Callable[..., Any]) -> None:
    """A submodule is a checkout of its own; inside a linked worktree it is not the primary."""
    library, app = tmp_path / "library", tmp_path / "app"
    for folder in (library, app):
        folder.mkdir()
        git(folder, "init", "-b", "main")
    (library / "ports.toml").write_text(MANIFEST)
    git(library, "add", ".")
    git(library, "commit", "-m", "one")
    git(app, "submodule", "add", str(library), "lib")
    git(app, "commit", "-m", "one")
    git(app, "worktree", "add", "../wt", "-b", "wt")
    git(tmp_path / "wt", "submodule", "update", "--init")
    primary = [
        json.loads(portman("up", "--json", cwd=folder).out)["data"]["primary"]
        for folder in (tmp_path / "wt" / "lib", app / "lib", library)
    ]
    assert primary == [False, True, True]


def test_symlinked_folder_is_the_same_checkout(tmp_path: Path, portman: Callable[..., Any]) -> None:
    """Identity is the real path."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "ports.toml").write_text(MANIFEST)
    (tmp_path / "link").symlink_to("real")
    first = portman("up", cwd=tmp_path / "real")
    second = portman("up", "-C", str(tmp_path / "link"))
    assert first.code == second.code == 0
    assert len(json.loads(portman("list", "--json").out)["data"]["checkouts"]) == 1


def test_home_unset(tmp_path: Path) -> None:
    """Without HOME the user database says where home is; PORTMAN_HOME needs neither."""
    (tmp_path / "ports.toml").write_text(MANIFEST)
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT),
           "PORTMAN_HOME": str(tmp_path / "state")}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "portman", "up"], cwd=tmp_path, env=env, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
def test_without_root_another_users_server_is_named_as_far_as_possible(
    tmp_path: Path, started: Callable[..., Any]
) -> None:
    """A uid and a unit without a pid, and a next command; nothing crashes."""
    import socket

    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "ports.toml").write_text(MANIFEST)
    for path in (*tmp_path.parents, tmp_path, folder):
        if path.stat().st_uid == 0 and str(path).startswith("/tmp/pytest"):
            path.chmod(path.stat().st_mode | 0o755)
    os.chown(folder, 65534, 65534)
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT),
           "PORTMAN_HOME": str(folder / ".state"), "HOME": str(folder)}  # fmt: skip

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=folder, env=env, user=65534, group=65534,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def usable(python: str) -> bool:
        try:
            return run(python, "-c", "import tomllib, portman").returncode == 0
        except OSError:
            return False

    python = next(filter(usable, (os.path.realpath(sys.executable), "/usr/bin/python3")), None)
    if python is None:
        pytest.skip("no interpreter of 3.11 or newer lies where other users may go")

    def up(*words: str) -> subprocess.CompletedProcess[str]:
        return run(python, "-m", "portman", "up", *words)

    assert up().returncode == 0
    with socket.create_server(("127.0.0.1", 28201)):
        done = up("--json")
    holder = json.loads(done.stdout)["data"]["services"][0]["holder"]
    assert done.returncode == 1
    assert (holder["pid"], holder["user"]) == (None, "root")


def test_manifest_that_is_not_there(tmp_path: Path, portman: Callable[..., Any]) -> None:
    """Exit 4 and the command that makes one."""
    done = portman("up", cwd=tmp_path)
    assert done.code == 4
    assert "portman init" in done.err


@pytest.mark.parametrize(
    "words", [("up",), ("down",), ("who", "3000"), ("init",), ("run", "--", "true"), ("log",)]
)
def test_a_folder_that_is_not_there_is_no_place_to_start_in(
    tmp_path: Path, portman: Callable[..., Any], words: tuple[str, ...]
) -> None:
    """Every verb refuses `-C`, also where a ports.toml lies above, before and after a receipt."""
    (tmp_path / "ports.toml").write_text('[services]\nweb = "auto"\n')
    assert portman("up", cwd=tmp_path).code == 0
    for name, said in (("gone", "does not exist"), ("ports.toml", "is not a folder")):
        done = portman("-C", str(tmp_path / name), *words, cwd=tmp_path)
        assert (done.code, said in done.err) == (4, True), done


@pytest.mark.skipif(sys.platform != "linux", reason="prlimit(1)")
@pytest.mark.parametrize("limit", [5, 6, 7, 8, 9])
@pytest.mark.parametrize("words", [("up",), ("check", "--json")])
def test_few_descriptors_are_no_bug(tmp_path: Path, limit: int, words: tuple[str, ...]) -> None:
    """A message and exit 5, or it works; afterwards `up` with the usual limit does.

    A process each: the limit holds for imports too.
    """
    (tmp_path / "ports.toml").write_text('[services]\nweb = "auto"\n')
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PORTMAN_HOME": str(tmp_path / "state")}

    def run(*before: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*before, sys.executable, "-m", "portman", *words],
            env=environment, cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip

    done = run("prlimit", f"--nofile={limit}")
    assert done.returncode != 3, done
    words = ("up",)
    assert run().returncode == 0


def test_init_add_remove_round(tmp_path: Path, portman: Callable[..., Any]) -> None:
    """Init asks nothing; what it writes works; add and remove keep comments and order."""
    assert portman("init", "--template", cwd=tmp_path).code == 0
    before = (tmp_path / "ports.toml").read_text()
    assert before.count("#") > 10
    assert portman("up", cwd=tmp_path).code == 0
    assert portman("add", "api", "28202", "--env", "API", cwd=tmp_path).code == 0
    assert portman("add", "db", "--container", "5432", cwd=tmp_path).code == 0
    env = portman("env", cwd=tmp_path).out
    assert "API=28202\n" in env
    assert "DB_PORT=" in env
    for name in ("api", "db"):
        assert portman("remove", name, cwd=tmp_path).code == 0
    assert (tmp_path / "ports.toml").read_text() == before
    assert portman("init", cwd=tmp_path).code == 1
    assert (tmp_path / "ports.toml").read_text() == before


def test_check_writes_nothing_and_tells_stale_files(
    tmp_path: Path, portman: Callable[..., Any], own_state: Path
) -> None:
    """Before the first up, after it, and after somebody edited the block."""
    (tmp_path / "ports.toml").write_text(MANIFEST)
    assert portman("check", cwd=tmp_path).code == 1
    assert not own_state.exists()
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == ["ports.toml"]
    portman("up", cwd=tmp_path)
    assert portman("check", cwd=tmp_path).code == 0
    env = tmp_path / ".env"
    env.write_text(env.read_text().replace("28201", "28299"))
    stale = portman("check", cwd=tmp_path)
    assert (stale.code, ".env does not say what the ledger says" in stale.err) == (1, True)
    assert "28299" in env.read_text()
    assert portman("up", cwd=tmp_path).code == 0
    assert "28201" in env.read_text()


def test_env_port_url_answer_before_up_and_write_no_file(
    tmp_path: Path, portman: Callable[..., Any]
) -> None:
    """They lease what is missing; the outputs are up's to write."""
    (tmp_path / "ports.toml").write_text(MANIFEST)
    assert portman("port", "web", cwd=tmp_path).out == "28201\n"
    assert portman("url", "web", cwd=tmp_path).out == "http://localhost:28201\n"
    assert portman("env", cwd=tmp_path).out == "WEB_PORT=28201\n"
    assert not (tmp_path / ".env").exists()


def test_down_gives_back_what_was_there(tmp_path: Path, portman: Callable[..., Any]) -> None:
    """To the byte; a file we made goes; the ports can be had again."""
    (tmp_path / "ports.toml").write_text(
        MANIFEST + '[[output]]\npath = ".env"\n'
        '[[output]]\npath = "made/here.json"\nformat = "json"\n'
    )
    mine = b"\xef\xbb\xbfSECRET='x y'\r\nNO_END=1"
    (tmp_path / ".env").write_bytes(mine)
    os.chmod(tmp_path / ".env", 0o600)
    portman("up", cwd=tmp_path)
    assert (tmp_path / ".env").read_bytes().startswith(mine)
    assert json.loads((tmp_path / "made/here.json").read_text())["WEB_PORT"] == "28201"
    assert portman("down", cwd=tmp_path).code == 0
    assert (tmp_path / ".env").read_bytes() == mine
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "made/here.json").exists()
    assert portman("list", cwd=tmp_path).out == "no leases on this machine yet\n"


def test_a_line_outside_the_block_that_sets_our_name_is_reported(
    tmp_path: Path, portman: Callable[..., Any]
) -> None:
    """Never deleted, told with file, line and what to do."""
    (tmp_path / "ports.toml").write_text(MANIFEST)
    (tmp_path / ".env").write_text("# mine\nWEB_PORT=3000\n")
    done = portman("up", cwd=tmp_path)
    assert done.code == 0
    assert ".env:2 sets WEB_PORT as well" in done.err
    assert "WEB_PORT=3000\n" in (tmp_path / ".env").read_text()


def test_local_manifest_is_one_persons_wish(tmp_path: Path, portman: Callable[..., Any]) -> None:
    """ports.local.toml is merged over the committed file."""
    (tmp_path / "ports.toml").write_text(MANIFEST)
    (tmp_path / "ports.local.toml").write_text("[services]\nweb = 28255\n")
    assert portman("port", "web", cwd=tmp_path).out == "28255\n"
    (tmp_path / "ports.local.toml").write_text("[services]\nweb = 'x'\n")
    assert "ports.local.toml" in portman("port", "web", cwd=tmp_path).err


def test_an_inherited_variable_with_another_value_is_reported(
    tmp_path: Path, portman: Callable[..., Any]
) -> None:
    """A shell of another checkout hands down its WEB_PORT, which wins over .env."""
    import time

    (tmp_path / "ports.toml").write_text(MANIFEST)
    portman("up", cwd=tmp_path)
    time.sleep(0.1)
    assert portman("up", cwd=tmp_path).err == ""
    for _ in range(2):
        done = portman("up", cwd=tmp_path, env={"WEB_PORT": "3000"})
        # In full the first time, then as a note that was seen.
        assert done.code == 0
        assert "WEB_PORT is set" in done.err or "as before (env-shadowed" in done.err
    assert portman("up", cwd=tmp_path, env={"WEB_PORT": "28201"}).err == ""
    assert portman("up", cwd=tmp_path).err == ""
