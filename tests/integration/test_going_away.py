"""Giving ports back where ports.toml, or the folder itself, is no longer there."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_down_without_a_manifest_uses_the_ledger(
    tmp_path: Path, portman: Callable[..., Any]
) -> None:
    """The real files and ledger: a branch from before ports.toml, then a folder that is gone."""
    folder = tmp_path / "shop"
    (folder / "src").mkdir(parents=True)
    manifest = folder / "ports.toml"
    manifest.write_text('[services]\nweb = "auto"\napi = "auto"\n')
    (folder / ".env").write_text("SECRET=1\n")
    portman("up", cwd=folder)
    portman("up", "--instance", "e2e", cwd=folder)
    manifest.unlink()

    one = portman("down", "api", cwd=folder / "src")
    assert (one.code, "gave back api" in one.out) == (0, True)
    assert "WEB_PORT" in (folder / ".env").read_text()
    rest = portman("down", cwd=folder)
    assert "cleaned .env (your lines stay)" in rest.out
    assert (folder / ".env").read_text() == "SECRET=1\n"
    assert "instance e2e keeps 2 ports" in rest.err

    shutil.rmtree(folder)
    gone = portman("down", "--at", str(folder), "--instance", "e2e", "--json", cwd=tmp_path)
    assert len(json.loads(gone.out)["data"]["services"]) == 2
    none = portman("down", "--at", str(folder), cwd=tmp_path)
    assert (none.code, "portman init" in none.err) == (4, False)
    assert "portman list" in none.err
