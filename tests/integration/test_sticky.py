"""Ports stay: through branches, remade worktrees, moved folders, a lost ledger, other clones."""

from __future__ import annotations

import shutil
import socket
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANIFEST = """
name = "shop"
[services]
web = 28101
jobs = "auto"
[containers.db]
target = 5432
port = 28102
"""
Ports = dict[str, int]


@pytest.fixture(name="ports")
def _ports(portman: Callable[..., Any]) -> Callable[..., Ports]:
    import json

    def ports(folder: Path, *words: str) -> Ports:
        done = portman("up", "--json", *words, cwd=folder)
        assert done.code in (0, 1), done
        return {one["name"]: one["port"] for one in json.loads(done.out)["data"]["services"]}

    return ports


def git(folder: Path, *words: str) -> None:
    """Run git, quietly, with a name and no configuration of the machine's."""
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *words],
        cwd=folder, check=True, capture_output=True, timeout=60,
    )  # fmt: skip


@pytest.fixture(name="repo")
def _repo(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    git(folder, "init", "-b", "main")
    (folder / "ports.toml").write_text(MANIFEST)
    (folder / ".gitignore").write_text(".env\n")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "first")
    return folder


def test_primary_has_its_usual_ports_and_a_worktree_others(
    repo: Path, ports: Callable[..., Ports]
) -> None:
    """Main checkout at home, linked worktree in the pool, nothing shared."""
    git(repo, "worktree", "add", "../wt", "-b", "wt")
    first, second = ports(repo), ports(repo.parent / "wt")
    assert (first["web"], first["db"]) == (28101, 28102)
    assert not set(first.values()) & set(second.values())
    assert ports(repo) == first


def test_worktree_first_leaves_the_usual_ports_to_the_primary(
    repo: Path, ports: Callable[..., Ports]
) -> None:
    """Who asks first does not matter where git knows the main worktree."""
    git(repo, "worktree", "add", "../wt", "-b", "wt")
    assert ports(repo.parent / "wt")["web"] != 28101
    assert ports(repo)["web"] == 28101


def test_branch_switch_moves_nothing(repo: Path, ports: Callable[..., Ports]) -> None:
    """A service that another branch does not have keeps its port for when it is back."""
    first = ports(repo)
    git(repo, "switch", "-c", "lean")
    (repo / "ports.toml").write_text('name = "shop"\n[services]\nweb = 28101\nnew = "auto"\n')
    git(repo, "commit", "-am", "lean")
    lean = ports(repo)
    assert lean["web"] == first["web"]
    assert lean["new"] not in first.values()
    git(repo, "switch", "main")
    assert ports(repo) == first


def test_remade_worktree_gets_its_ports_back(
    repo: Path, ports: Callable[..., Ports], portman: Callable[..., Any]
) -> None:
    """Removed, reclaimed by somebody's allocation and by gc, made again at the same path."""
    git(repo, "worktree", "add", "../wt", "-b", "wt")
    tree = repo.parent / "wt"
    first = ports(tree)
    git(repo, "worktree", "remove", "--force", str(tree))
    ports(repo)
    assert portman("gc").code == 0
    git(repo, "worktree", "add", "../wt", "wt")
    assert ports(tree) == first


def test_lost_ledger_heals_from_the_block(
    repo: Path, ports: Callable[..., Ports], own_state: Path
) -> None:
    """The numbers in .env come back, whatever the hash would have said."""
    git(repo, "worktree", "add", "../wt", "-b", "wt")
    tree = repo.parent / "wt"
    with socket.create_server(("127.0.0.1", 28101)):
        away = ports(repo)
    assert away["web"] != 28101
    first = ports(tree)
    shutil.rmtree(own_state)
    assert ports(tree) == first
    assert ports(repo) == away


def test_lost_ledger_heals_while_our_server_runs(
    repo: Path, ports: Callable[..., Ports], own_state: Path, started: Callable[..., Any]
) -> None:
    """A port that is busy with our own server is still ours."""
    import sys
    import time

    first = ports(repo)
    server = "import socket, time; s = socket.create_server(('', int({0}))); time.sleep(60)"
    started(sys.executable, "-c", server.format(first["jobs"]), cwd=repo)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", first["jobs"])) == 0:
                break
        time.sleep(0.05)
    shutil.rmtree(own_state)
    assert ports(repo) == first


def test_copied_checkout_gets_its_own_ports(repo: Path, ports: Callable[..., Ports]) -> None:
    """`cp -r` copies the .env as well; the numbers in it belong to the original."""
    first = ports(repo)
    shutil.copytree(repo, repo.parent / "copy")
    second = ports(repo.parent / "copy")
    assert not set(first.values()) & set(second.values())
    assert f"WEB_PORT={second['web']}\n" in (repo.parent / "copy" / ".env").read_text()


def test_moved_checkout_takes_its_ports_along(repo: Path, ports: Callable[..., Ports]) -> None:
    """The old path is gone, the block says what the numbers are."""
    first = ports(repo)
    moved = repo.rename(repo.parent / "shop-2")
    assert ports(moved) == first


def test_two_clones_of_one_remote_differ(repo: Path, ports: Callable[..., Ports]) -> None:
    """Same remote, same branch: another checkout all the same."""
    clones = [repo.parent / "a", repo.parent / "b"]
    for clone in clones:
        git(repo.parent, "clone", str(repo), str(clone))
    first, second = ports(clones[0]), ports(clones[1])
    assert first["web"] == 28101
    assert not set(first.values()) & set(second.values())


def test_bare_repository_has_its_first_worktree_at_home(
    repo: Path, ports: Callable[..., Ports]
) -> None:
    """Under a bare repository the first checkout that asks is the primary one, and stays it."""
    bare = repo.parent / "bare.git"
    git(repo.parent, "clone", "--bare", str(repo), str(bare))
    git(bare, "worktree", "add", str(repo.parent / "one"), "main")
    git(bare, "worktree", "add", str(repo.parent / "two"), "-b", "two")
    second = ports(repo.parent / "two")
    first = ports(repo.parent / "one")
    assert second["web"] == 28101
    assert first["web"] != 28101
    assert ports(repo.parent / "two") == second


def test_instances_share_nothing(repo: Path, ports: Callable[..., Ports]) -> None:
    """`--instance ci` is a second set of ports with files of its own."""
    first, second = ports(repo), ports(repo, "--instance", "ci")
    assert not set(first.values()) & set(second.values())
    assert f"WEB_PORT={second['web']}" in (repo / ".env.ci").read_text()
    assert f"WEB_PORT={first['web']}" in (repo / ".env").read_text()


def test_nothing_moves_unless_asked(
    repo: Path, ports: Callable[..., Ports], portman: Callable[..., Any]
) -> None:
    """A stranger on the port is told; --reassign moves, and later takes home again."""
    first = ports(repo)
    with socket.create_server(("127.0.0.1", 28101)):
        stuck = portman("up", cwd=repo)
        assert stuck.code == 1
        assert "port 28101 is taken by" in stuck.err
        assert ports(repo) == first
        moved = portman("up", "--reassign", cwd=repo)
        assert moved.code == 0
        assert "web: moved 28101 -> " in moved.err
        away = ports(repo)
        assert away["web"] != 28101
        assert {**away, "web": 28101} == first
    assert ports(repo) == away
    assert portman("up", "--reassign", cwd=repo).code == 0
    assert ports(repo) == first


def test_on_conflict_reassign_moves_by_itself(
    repo: Path, ports: Callable[..., Ports], portman: Callable[..., Any]
) -> None:
    """Where the manifest says so, a conflict is answered by moving; the rest stays."""
    text = MANIFEST.replace("web = 28101", 'web = { port = 28101, on_conflict = "reassign" }')
    (repo / "ports.toml").write_text(text)
    first = ports(repo)
    with socket.create_server(("127.0.0.1", 28101)):
        done = portman("up", cwd=repo)
    assert done.code == 0
    assert "web: moved 28101 -> " in done.err
    assert {**ports(repo), "web": 28101} == first


def test_running_service_is_not_moved(
    repo: Path, ports: Callable[..., Ports], portman: Callable[..., Any], monkeypatch: Any
) -> None:
    """Our own server is `running`, and --reassign leaves it where it is."""
    first = ports(repo)
    monkeypatch.chdir(repo)  # the listener below is this very process
    with socket.create_server(("127.0.0.1", 28101)):
        assert "running" in portman("up", cwd=repo).out
        refused = portman("up", "--reassign", "web", cwd=repo)
        assert refused.code == 1
        assert "web is running on 28101" in refused.err
        assert portman("up", "--reassign", cwd=repo).code == 0
        assert ports(repo) == first


def test_fixed_port_is_one_checkouts_at_a_time(
    repo: Path, ports: Callable[..., Ports], portman: Callable[..., Any]
) -> None:
    """The second checkout is told who has it and how to get it."""
    (repo / "ports.toml").write_text("[services.login]\nport = 28103\nfixed = true\n")
    git(repo, "commit", "-am", "fixed")
    git(repo, "worktree", "add", "../wt", "-b", "wt")
    assert ports(repo) == {"login": 28103}
    refused = portman("up", cwd=repo.parent / "wt")
    assert refused.code == 1
    assert f"leased to login of {repo}" in refused.err
    assert not (repo.parent / "wt" / ".env").exists()
    assert portman("down", cwd=repo).code == 0
    assert ports(repo.parent / "wt") == {"login": 28103}
