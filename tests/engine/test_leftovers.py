"""Going away: containers that `down` leaves, and what a deleted worktree leaves on the engine."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.engine.test_compose import IMAGE, commit, values, worktree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.daemon import Engine

COMPOSE = f"""services:
  db:
    image: {IMAGE}
    init: true
    ports: ["26300:80"]
    volumes: ["data:/data"]
volumes:
  data: {{}}
"""
MANIFEST = "[containers.db]\ntarget = 80\nport = 26300\n"


def test_a_checkout_goes_away_in_any_order(engine: Engine, project: Path) -> None:
    """Named by `down`, then by `list` and `doctor`; the printed commands take all of it away."""
    (project / "compose.yaml").write_text(COMPOSE)
    (project / "ports.toml").write_text(MANIFEST)
    (project / ".gitignore").write_text(".env\ncompose.override.yaml\n")
    commit(project)
    fix = worktree(project, "fix")
    for folder in (project, fix):
        assert engine.portman("up", cwd=folder).code == 0
        assert engine.inside("docker", "compose", "up", "-d", cwd=folder).code == 0
    name = values(fix)["COMPOSE_PROJECT_NAME"]

    done = engine.portman("down", "--json", cwd=fix)
    (left,) = done.json["warnings"]  # not "still running" besides
    assert left["code"] == "containers-left"
    assert left["hints"][-1]["command"] == f"docker compose -p {name} down"
    assert engine.docker("ps", "-q", "--filter", f"label=com.docker.compose.project={name}")
    assert engine.portman("list", "--json", cwd=project).json["data"]["leftovers"] == []

    assert engine.portman("up", cwd=fix).code == 0
    shutil.rmtree(fix)
    servers = check(engine, project, "servers")
    assert f"container {name}-db-1 of project {name} serves" in servers["reason"]
    assert servers["hints"][-1]["command"] == f"docker compose -p {name} down"

    assert engine.portman("gc", cwd=project).code == 0
    (found,) = engine.portman("list", "--json", cwd=project).json["data"]["leftovers"]
    assert found == {
        "project": name,
        "folder": str(fix),
        "containers": [f"{name}-db-1"],
        "networks": [f"{name}_default"],
        "volumes": [f"{name}_data"],
        "commands": [f"docker compose -p {name} down", f"docker volume rm {name}_data"],
    }
    assert f"left by a deleted checkout: {name}" in engine.portman("list", cwd=project).out
    doctor = check(engine, project, "leftovers")
    assert doctor["status"] == "warn"
    hints = [str(one["command"] or one["label"]) for one in doctor["hints"]]
    assert f"docker compose -p {name} down" in "\n".join(hints)

    for command in found["commands"]:
        assert engine.inside(*command.split(), cwd=project).code == 0
    assert engine.portman("list", "--json", cwd=project).json["data"]["leftovers"] == []
    assert check(engine, project, "leftovers")["status"] == "ok"
    assert len(engine.docker("ps", "-q").split()) == 1  # the first checkout's own


def check(engine: Engine, folder: Path, name: str) -> dict[str, str]:
    """Return the line of one of doctor's checks."""
    rows = engine.portman("doctor", "--json", cwd=folder).json["data"]["checks"]
    (found,) = [one for one in rows if one["check"] == name]
    return found  # type: ignore[no-any-return]


def test_an_engine_that_others_use_too_has_folders_of_theirs(
    engine: Engine, project: Path, tmp_path: Path
) -> None:
    """A folder that never was here is no deleted checkout: nothing is said of its containers."""
    label = "com.docker.compose.project.working_dir=/nowhere/at/all"
    engine.docker("create", "--name", "theirs", "--label", label, IMAGE)
    (project / "ports.toml").write_text(MANIFEST)
    assert engine.portman("list", "--json", cwd=project).json["data"]["leftovers"] == []
