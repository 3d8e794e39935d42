"""`up --was`: real moves of a real ledger, one process each."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANIFEST = "[services]\nweb = 23911\napi = 23912\njobs = 23913\n"


def ports(portman: Callable[..., Any], folder: Path) -> dict[str, int]:
    data = json.loads(portman("check", "--json", cwd=folder).out)["data"]
    return {one["name"]: one["port"] for one in data["services"]}


def test_a_move_is_taken_back(tmp_path: Path, portman: Callable[..., Any]) -> None:
    (tmp_path / "ports.toml").write_text(MANIFEST)
    none = portman("up", "--was", cwd=tmp_path)
    assert (none.code, "no move to take back" in none.err) == (1, True)
    portman("up", cwd=tmp_path)
    first = ports(portman, tmp_path)
    assert first == {"web": 23911, "api": 23912, "jobs": 23913}
    portman("up", "--reassign", "jobs", cwd=tmp_path)
    portman("up", "--reassign", "web", "api", cwd=tmp_path)
    moved = ports(portman, tmp_path)
    assert all(moved[name] != first[name] for name in first)

    # What one command moved goes back together; the file follows.
    done = portman("up", "--was", cwd=tmp_path)
    assert done.code == 0
    assert f"was {moved['web']}" in done.out
    assert ports(portman, tmp_path) == {**first, "jobs": moved["jobs"]}
    assert "WEB_PORT=23911\n" in (tmp_path / ".env").read_text()
    # A taking back is a move too.
    portman("up", "--was", cwd=tmp_path)
    assert ports(portman, tmp_path) == moved
    portman("up", "--was", "jobs", "api", cwd=tmp_path)
    assert ports(portman, tmp_path) == {**moved, "jobs": 23913, "api": 23912}
    assert portman("up", "--was", "--reassign", cwd=tmp_path).code == 2


def test_a_port_that_is_taken_stops_the_whole(tmp_path: Path, portman: Callable[..., Any]) -> None:
    (tmp_path / "ports.toml").write_text(MANIFEST)
    portman("up", cwd=tmp_path)
    portman("up", "--reassign", "web", "api", cwd=tmp_path)
    moved = ports(portman, tmp_path)
    with socket.create_server(("127.0.0.1", 23912)):
        done = portman("up", "--was", cwd=tmp_path)
        assert done.code == 1
        assert "api: its earlier port 23912 is taken" in done.err
        assert "portman who 23912" in done.err
        assert ports(portman, tmp_path) == moved
    with socket.create_server(("127.0.0.1", moved["web"])):
        done = portman("up", "--was", "web", cwd=tmp_path)
        # The test's own folder is not the checkout: the holder is a stranger, and web may go.
        assert done.code == 0
    assert portman("up", "--was", "bogus", cwd=tmp_path).code == 1
