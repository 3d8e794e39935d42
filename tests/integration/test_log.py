"""`portman log`: the real command over a real ledger, and the messages that quote it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from portman.ledger.tables import SCHEMA
from tests.processes import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANIFEST = '[services]\nweb = "auto"\n[services.login]\nport = 61999\nfixed = true\n'


def checkout(folder: Path, text: str = MANIFEST) -> Path:
    folder.mkdir(parents=True)
    (folder / "ports.toml").write_text(text)
    return folder


def entries(portman: Callable[..., Any], *options: str) -> list[dict[str, Any]]:
    code, out, err = portman("log", "--json", *options)
    assert code == 0, out + err
    found: list[dict[str, Any]] = json.loads(out)["data"]["entries"]
    return found


def test_the_log_tells_what_when_why_and_who(portman: Callable[..., Any], tmp_path: Path) -> None:
    """Leased by a session, refused to another, moved, reclaimed; no secret of the environment."""
    one, two = checkout(tmp_path / "one"), checkout(tmp_path / "two")
    session = {"CODEX_THREAD_ID": "abc-1", "CODEX_API_KEY": "sk-secret", "CLAUDECODE": ""}
    assert portman("up", cwd=one, env=session)[0] == 0
    code, _, err = portman("up", cwd=two)
    assert code == 1
    assert "by a codex session" in err
    portman("up", cwd=two)
    for path in one.iterdir():
        path.unlink()
    one.rmdir()
    assert portman("gc")[0] == 0
    found = entries(portman)
    events = ["leased", "leased", "refused", "reclaimed", "reclaimed"]
    assert [row["event"] for row in found] == events
    assert found[2]["service"] == "login"
    first = found[0]
    assert (first["checkout"], first["command"], first["agent"]) == (str(one), "up", "codex")
    assert first["session"] == "abc-1"
    assert first["at"] > time.time() - 120
    assert found[-1]["why"] == "its folder was deleted"
    assert "secret" not in json.dumps(found)
    assert [row["event"] for row in entries(portman, "--port", "61999")] == [
        "leased",
        "refused",
        "reclaimed",
    ]
    assert entries(portman, "--service", "web", "--newest", "1")[0]["event"] == "reclaimed"
    assert entries(portman, "--since", "2000-01-01", "--newest", "0") == found
    assert "codex abc-1" in portman("log").out


@pytest.mark.parametrize("since", ["soon", "1y", "-3h", "2026-13-01"])
def test_a_time_that_is_none_is_a_usage_error(portman: Callable[..., Any], since: str) -> None:
    """Both forms are shown."""
    code, _, err = portman("log", f"--since={since}")
    assert code == 2
    assert "portman log --since 2h" in err


def test_an_unchanged_up_adds_nothing(portman: Callable[..., Any], tmp_path: Path) -> None:
    """Neither with a receipt nor without one."""
    one = checkout(tmp_path / "one")
    portman("up", cwd=one)
    before = entries(portman)
    portman("up", cwd=one)
    portman("up", "--json", cwd=one)
    assert entries(portman) == before


def test_following_prints_each_new_row_as_json(
    portman: Callable[..., Any],
    tmp_path: Path,
    started: Callable[..., subprocess.Popen[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A process of its own, because it runs until its reader goes."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    one = checkout(tmp_path / "one")
    portman("up", cwd=one)
    argv = (sys.executable, "-m", "portman", "log", "--follow", "--json", "--service", "web")
    follower = started(*argv, stdout=subprocess.PIPE)
    assert follower.stdout
    assert json.loads(follower.stdout.readline())["event"] == "leased"
    portman("down", cwd=one)
    row = json.loads(follower.stdout.readline())
    assert (row["event"], row["service"], row["command"]) == ("given-back", "web", "down")


def test_free_is_in_the_log(
    portman: Callable[..., Any],
    tmp_path: Path,
    own_state: Path,
    started: Callable[..., subprocess.Popen[str]],
) -> None:
    """With whom it stopped: a real server on a leased port."""
    one = checkout(tmp_path / "one")
    portman("up", cwd=one)
    code = "import socket,time; s=socket.create_server(('127.0.0.1', 61999)); time.sleep(60)"
    server = started(sys.executable, "-c", code, cwd=tmp_path)
    until = time.monotonic() + 20
    while portman("who", "61999")[0] and time.monotonic() < until:
        time.sleep(0.1)
    who = json.loads(portman("who", "61999", "--json").out)
    assert who["data"]["leases"][0]["granted"]["text"].endswith(" ago by up")
    assert portman("free", "61999", "--yes")[0] == 0
    last = entries(portman)[-1]
    assert (last["event"], last["service"], last["port"]) == ("freed", "login", 61999)
    assert f"pid {server.pid}" in last["why"]
    with closing(sqlite3.connect(own_state / "ledger.db")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
