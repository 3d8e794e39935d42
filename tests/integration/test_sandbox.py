"""Inside the sandboxes of agent apps: real seccomp filters, landlock rules, read-only mounts.

Each test starts processes, because no process can take back what it denied itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.processes import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="seccomp and landlock are Linux's")
SANDBOXED = str(Path(__file__).with_name("sandboxed.py"))
MANIFEST = '[services]\nweb = "auto"\napi = "auto"\n'


def inside(rule: tuple[str, ...], folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run portman (or another command, after "!") under a rule; skip where the kernel cannot."""
    command = argv[1:] if argv[0] == "!" else (sys.executable, "-m", "portman", *argv)
    done = subprocess.run(
        [sys.executable, SANDBOXED, *rule, "--", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode == 77:
        pytest.skip(f"this kernel has no {rule[0]}")
    return done


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "ports.toml").write_text(MANIFEST)
    return folder


BIND_DENIED = [("nobind",), ("landlock-nobind",)]


@pytest.mark.parametrize("rule", BIND_DENIED, ids=lambda rule: rule[0])
def test_up_check_and_run_judge_by_the_tables(rule: tuple[str, ...], project: Path) -> None:
    """A first `up` leases, writes and says so; a stranger is seen and named all the same."""
    first = answer(inside(rule, project, "up", "--json"))
    assert first["exit_code"] == 0, first
    assert [one["code"] for one in first["warnings"]].count("bind-denied") == 1
    assert {one["verdict"] for one in first["data"]["services"]} == {"idle"}
    assert (project / ".env").exists()
    again = answer(inside(rule, project, "check", "--json"))
    assert "bind-denied" in [one["code"] for one in again["warnings"]]
    ran = inside(rule, project, "run", "--", "sh", "-c", "echo $WEB_PORT")
    port = first["data"]["services"][0]["port"]
    assert (ran.returncode, ran.stdout.strip()) == (0, str(port)), ran.stderr
    assert "sandbox denies binding" in ran.stderr
    code = f"import socket,sys; s=socket.create_server(('127.0.0.1',{port})); sys.stdin.read()"
    server = subprocess.Popen(
        [sys.executable, "-c", code], cwd="/", stdin=subprocess.PIPE, text=True
    )
    try:
        for _ in range(50):
            seen = answer(inside(rule, project, "check", "--json"))
            if seen["data"]["services"][0]["verdict"] != "idle":
                break
        found = seen["data"]["services"][0]
        if rule == ("nobind",):
            assert (found["verdict"], found["holder"]["pid"]) == ("taken", server.pid)
            assert seen["exit_code"] == 1
        else:  # landlock also hides whose the processes outside are
            assert found["verdict"] is None
    finally:
        server.communicate(timeout=10)


def test_a_receipt_does_not_hide_that_no_port_was_tried(
    project: Path, portman: Callable[..., Any]
) -> None:
    """`up` outside keeps an answer; inside the same answer needs its warning."""
    assert portman("up", cwd=project)[0] == 0
    assert portman("up", cwd=project)[0] == 0
    assert "sandbox denies binding" in inside(("nobind",), project, "up").stderr


@pytest.mark.root
@pytest.mark.parametrize("rule", ["nosockets", "nosyscall", "nofamily"])
def test_where_no_source_answers_it_says_so(rule: str, project: Path) -> None:
    """Without any socket the text of /proc/net is left; the verdicts stand on it."""
    done = answer(inside((rule,), project, "up", "--json"))
    assert done["exit_code"] == 0, done
    assert "bind-denied" in [one["code"] for one in done["warnings"]]


def test_a_denied_state_folder_keeps_leases_and_refuses_new_ones(
    project: Path, own_state: Path, portman: Callable[..., Any], tmp_path: Path
) -> None:
    """The refusal names the folder and the setting of each app, and never a second ledger."""
    assert portman("up", cwd=project)[0] == 0
    port = portman("port", "web", cwd=project).out
    rule = ("landlock", str(tmp_path))
    for argv in (["up"], ["check"], ["port", "web"], ["env"], ["list"]):
        done = inside(rule, project, *argv)
        assert done.returncode == 0, (argv, done.stderr)
    assert inside(rule, project, "port", "web").stdout == port
    ran = inside(rule, project, "run", "--", "sh", "-c", "echo $WEB_PORT")
    assert ran.stdout == port, ran.stderr
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / "ports.toml").write_text(MANIFEST)
    refused = inside(rule, fresh, "up")
    assert refused.returncode == 5
    for word in ("Claude Code", "allowWrite", "Codex", "writable_roots", str(own_state)):
        assert word in refused.stderr, refused.stderr
    assert "PORTMAN_HOME=" not in refused.stderr
    assert "another folder" not in refused.stderr
    lines = answer(inside(rule, fresh, "doctor", "--json"))["data"]["checks"]
    (line,) = [one for one in lines if one["check"] == "sandbox"]
    assert line["status"] == "warn"
    assert str(own_state) in json.dumps(line)


def test_a_state_folder_that_cannot_be_made_names_what_to_allow(
    project: Path, own_state: Path, tmp_path: Path
) -> None:
    """The first `up` of a machine may be in a sandbox."""
    done = inside(("landlock", str(tmp_path)), project, "up")
    assert done.returncode == 5
    assert str(own_state) in done.stderr
    assert "writable_roots" in done.stderr
    assert "PORTMAN_HOME=" not in done.stderr


@pytest.mark.root
def test_a_read_only_mount_is_the_same(
    project: Path, own_state: Path, portman: Callable[..., Any], tmp_path: Path
) -> None:
    """As containers of agents mount a home."""
    assert portman("up", cwd=project)[0] == 0
    script = f"mount --bind {own_state} {own_state} && mount -o remount,bind,ro {own_state}"
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / "ports.toml").write_text(MANIFEST)

    def mounted(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
        command = ["unshare", "-m", "sh", "-c", f'{script} && exec "$@"', "sh"]
        return subprocess.run(
            [*command, sys.executable, "-m", "portman", *argv],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert mounted(project, "up").returncode == 0
    refused = mounted(fresh, "up")
    assert refused.returncode == 5, refused.stderr
    assert "mounted read-only" in refused.stderr
    assert "writable_roots" in refused.stderr


@pytest.mark.parametrize("rule", BIND_DENIED, ids=lambda rule: rule[0])
def test_doctor_has_a_line_for_it(rule: tuple[str, ...], project: Path) -> None:
    """Inside a warning with what to allow; outside that all is allowed."""
    lines = answer(inside(rule, project, "doctor", "--json"))["data"]["checks"]
    (line,) = [one for one in lines if one["check"] == "sandbox"]
    assert line["status"] == "warn"
    assert "binding ports is denied" in line["reason"]
    outside = answer(inside(("nobind",), project, "!", sys.executable, "-c", "print('{}')"))
    assert outside == {}
