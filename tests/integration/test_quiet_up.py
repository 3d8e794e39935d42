"""What `up` says the first time, and the next: equal notes once, seen notes short, one line."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANIFEST = "[services]\nweb = 23871\napi = 23872\n"


def test_equal_notes_are_one_and_seen_ones_are_counted(
    tmp_path: Path, portman: Callable[..., Any]
) -> None:
    """Real checkouts, since leases, files and the note file decide."""
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        (folder / "ports.toml").write_text(MANIFEST)
    (first / ".env").write_text("A=1\nWEB_PORT=1\nS=secret\nAPI_PORT=2\n")
    once = portman("up", cwd=first)
    assert once.err.count("note:") == 1
    assert ".env:2, 4 set WEB_PORT, API_PORT as well" in once.err
    again = portman("up", cwd=first)
    assert again.err == (
        "note: 1 note as before (output-shadowed); `portman check` prints them in full\n"
    )
    brief = portman("up", "--brief", cwd=first)
    assert brief.out == "first: 2 ports, nothing in the way\n"

    (note,) = json.loads(portman("up", "--json", cwd=first).out)["warnings"]
    assert note["hints"][-1]["argv"][-2:] == ["2d;4d", str(first / ".env")]
    subprocess.run(note["hints"][-1]["argv"], cwd="/", check=True)
    assert (first / ".env").read_text().startswith("A=1\nS=secret\n")

    other = portman("up", cwd=second)
    assert other.err.count("note:") == 1
    assert "2 usual ports belong to" in other.err
    assert portman("up", cwd=second).err == ""
    portman("down", cwd=first)
    assert "usual ports 23871 (web), 23872 (api) are free again" in portman("up", cwd=second).out
    assert portman("up", "--reassign", "--brief", cwd=second).out.startswith("second: 2 ports, ")
    assert portman("up", "--brief", cwd=second).out == "second: 2 ports, nothing in the way\n"
    assert portman("up", cwd=second).out.count("\n") > 1
