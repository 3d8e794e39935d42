"""examples/compose-app, brought up for real in two worktrees by the commands of its README."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from tests.engine.test_compose import commit, page, values, worktree

if TYPE_CHECKING:
    from tests.engine.daemon import Engine

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "compose-app"
IMAGE = {"APP_IMAGE": "portman-test:1"}


def test_the_example_runs_in_two_worktrees_at_once(engine: Engine, project: Path) -> None:
    """Both databases and both APIs answer, each on its own port, each under its own name."""
    shutil.copytree(EXAMPLE, project, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".env"))
    commit(project)
    folders = [project, worktree(project, "compose-app-2")]

    def launch(folder: Path) -> None:
        assert engine.portman("up", cwd=folder).code == 0
        engine.docker("compose", "up", "-d", cwd=folder, env=IMAGE)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(launch, folders))
    names = ["compose-app", values(folders[1])["COMPOSE_PROJECT_NAME"]]
    assert names[1].startswith("compose-app-2-")
    for folder, name in zip(folders, names, strict=True):
        mine = values(folder)
        assert page(engine, mine["DB_PORT"]) == f"db of {name}"
        assert page(engine, mine["API_PORT"]) == f"api of {name}"
        assert f":{mine['DB_PORT']}/" in mine["DATABASE_URL"]
        found = engine.portman("check", "--json", cwd=folder).json["data"]["services"]
        assert [one["verdict"] for one in found] == ["running", "running"]
    for folder in folders:
        engine.docker("compose", "down", "-v", "-t", "0", cwd=folder, env=IMAGE)
        assert engine.portman("down", cwd=folder).code == 0
