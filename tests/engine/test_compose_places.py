"""Compose files in odd places, odd folders, and outputs that Compose does not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.daemon import IMAGE
from tests.engine.test_compose import commit, config, published, values, worktree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.daemon import Engine

FIXED = f"services:\n  db:\n    image: {IMAGE}\n    ports: ['5432:5432']\n"
DB = "[containers.db]\ntarget = 5432\nport = 26800\n"
OURS = {"127.0.0.1:26800:5432/tcp"}


def quiet(engine: Engine, folder: Path) -> list[dict[str, str]]:
    """Run `up`, which has to succeed; return its warnings but those about .gitignore."""
    done = engine.portman("up", "--json", cwd=folder)
    assert done.code == 0, done.out
    return [one for one in done.json["warnings"] if one["code"] != "output-not-ignored"]


def test_a_project_in_a_folder_below(engine: Engine, project: Path) -> None:
    """`[compose] file` leads there; the checkout's .env leads Compose there."""
    (project / "docker").mkdir()
    (project / "docker" / "compose.yaml").write_text(FIXED)
    (project / "ports.toml").write_text(DB + '[compose]\nfile = "docker/compose.yaml"\n')
    assert quiet(engine, project) == []
    assert published(engine, project, "db") == OURS
    assert published(engine, project / "docker", "db") == OURS
    assert config(engine, project)["name"] == "docker"
    assert engine.portman("down", cwd=project).code == 0
    assert [one.name for one in (project / "docker").iterdir()] == ["compose.yaml"]


def test_files_and_override_of_ones_own_choice(engine: Engine, project: Path) -> None:
    """Several named files, and a named place for the override."""
    (project / "a.yaml").write_text(FIXED)
    (project / "b.yaml").write_text("services:\n  db:\n    ports: ['5433:5433']\n")
    (project / "ports.toml").write_text(
        DB + '[compose]\nfile = ["a.yaml", "b.yaml"]\noverride = "deploy/mine.yaml"\n'
    )
    assert quiet(engine, project) == []
    assert (project / "deploy" / "mine.yaml").exists()
    assert published(engine, project, "db") == OURS | {":5433:5433/tcp"}
    assert engine.portman("down", cwd=project).code == 0
    assert not (project / "deploy" / "mine.yaml").exists()


@pytest.mark.parametrize("name", ["my shop", "ünï", "a&b"])
def test_a_folder_whose_name_no_env_file_carries(engine: Engine, tmp_path: Path, name: str) -> None:
    """COMPOSE_FILE is relative then, and holds in the checkout itself."""
    folder = tmp_path / name
    folder.mkdir()
    (folder / "compose.yaml").write_text(FIXED)
    (folder / "compose.override.yml").write_text("services:\n  db:\n    ports: ['5433:5433']\n")
    (folder / "ports.toml").write_text(DB)
    assert quiet(engine, folder) == []
    assert values(folder)["COMPOSE_FILE"].startswith("compose.yaml:")
    assert published(engine, folder, "db") == OURS | {":5433:5433/tcp"}


def test_no_output_that_compose_reads(engine: Engine, project: Path) -> None:
    """Then the number is in the override even where a variable would do, and so is the name."""
    (project / "compose.yaml").write_text(
        f"services:\n  db:\n    image: {IMAGE}\n    ports: ['${{DB_PORT:-5432}}:5432']\n"
    )
    (project / "ports.toml").write_text(
        '[containers.db]\ntarget = 5432\nport = "auto"\n[[output]]\npath = "web/.env.local"\n'
    )
    commit(project)
    other = worktree(project, "feature")
    (told,) = quiet(engine, other)
    assert told["code"] == "compose-unread"
    port = engine.portman("port", "db", cwd=other).out.strip()
    assert published(engine, other, "db") == {f"127.0.0.1:{port}:5432/tcp"}
    assert config(engine, other)["name"].startswith("shop-feature-")


def test_only_does_not_keep_out_what_compose_needs(engine: Engine, project: Path) -> None:
    """A variable left out by `only` is not relied on; the project's name is there all the same."""
    (project / "compose.yaml").write_text(
        f"services:\n  db:\n    image: {IMAGE}\n    ports: ['${{DB_PORT:-5432}}:5432']\n"
    )
    (project / "ports.toml").write_text(
        '[services]\nweb = 26801\n[containers.db]\ntarget = 5432\nport = "auto"\n'
        '[[output]]\npath = ".env"\nonly = ["WEB_PORT"]\n'
    )
    commit(project)
    other = worktree(project, "feature")
    assert [one["code"] for one in quiet(engine, other)] in ([], ["usual-taken"])
    assert set(values(other)) == {"WEB_PORT", "COMPOSE_PROJECT_NAME"}
    port = engine.portman("port", "db", cwd=other).out.strip()
    assert published(engine, other, "db") == {f"127.0.0.1:{port}:5432/tcp"}
    listed = engine.portman("env", "--json", cwd=other).json["data"]["env"]
    assert listed["COMPOSE_PROJECT_NAME"] == values(other)["COMPOSE_PROJECT_NAME"]


def test_a_name_of_the_projects_own_is_the_base(engine: Engine, project: Path) -> None:
    """`name:` of the file, and COMPOSE_PROJECT_NAME of one's own .env, stay in the primary."""
    (project / "compose.yaml").write_text("name: acme\n" + FIXED)
    (project / "ports.toml").write_text('[containers.db]\ntarget = 5432\nport = "auto"\n')
    commit(project)
    other = worktree(project, "feature")
    for folder in (project, other):
        assert quiet(engine, folder) == []
    assert config(engine, project)["name"] == "acme"
    assert config(engine, other)["name"].startswith("acme-feature-")
    (project / ".env").write_text("COMPOSE_PROJECT_NAME=mine\n" + (project / ".env").read_text())
    assert quiet(engine, project) == []
    assert config(engine, project)["name"] == "mine"


def test_a_variable_of_the_shell_that_hides_ours_is_told(engine: Engine, project: Path) -> None:
    """Inherited from another checkout's shell, it would lead Compose astray."""
    (project / "compose.yaml").write_text(FIXED)
    (project / "ports.toml").write_text('[containers.db]\ntarget = 5432\nport = "auto"\n')
    commit(project)
    other = worktree(project, "feature")
    env = {"COMPOSE_PROJECT_NAME": "shop"}
    done = engine.portman("up", "--json", cwd=other, env=env)
    assert "compose-shadowed" in [one["code"] for one in done.json["warnings"]]


def test_a_foreign_file_is_never_overwritten(engine: Engine, project: Path) -> None:
    """Somebody's compose.portman.yaml stops us, with the way out; a tracked override too."""
    (project / "compose.yaml").write_text(FIXED)
    (project / "compose.override.yaml").write_text("services: {}\n")
    (project / "compose.portman.yaml").write_text("services: {}\n")
    (project / "ports.toml").write_text(DB)
    done = engine.portman("up", "--json", cwd=project)
    assert done.code == 5
    assert [one["code"] for one in done.json["errors"]] == ["output-foreign"]
    assert (project / "compose.portman.yaml").read_text() == "services: {}\n"


def test_a_manifest_without_containers_takes_the_override_away(
    engine: Engine, project: Path
) -> None:
    """What was needed yesterday does not stay."""
    (project / "compose.yaml").write_text(FIXED)
    (project / "ports.toml").write_text(DB)
    assert quiet(engine, project) == []
    assert (project / "compose.override.yaml").exists()
    (project / "ports.toml").write_text("[services]\nweb = 26801\n")
    assert quiet(engine, project) == []
    assert not (project / "compose.override.yaml").exists()


def test_a_broken_project_does_not_stop_the_rest(engine: Engine, project: Path) -> None:
    """Compose files that nobody can read are named; ports and .env are as ever."""
    (project / "compose.yaml").write_text("services: [\n")
    (project / "ports.toml").write_text(DB)
    told = quiet(engine, project)
    assert [one["code"] for one in told] == ["compose-unclear"]
    assert "compose.yaml: is not valid YAML" in told[0]["message"]
    assert values(project)["DB_PORT"] == "26800"


def test_a_url_with_another_checkouts_port_is_named(engine: Engine, project: Path) -> None:
    """In a further checkout only, with file, line, variable and what to write."""
    (project / "compose.yaml").write_text(
        f"services:\n  api:\n    image: {IMAGE}\n    ports: ['26910:80']\n"
        "    environment:\n      DASHBOARD: http://localhost:26911/\n"
        f"  board:\n    image: {IMAGE}\n    ports: ['26911:80']\n"
    )
    entry = "[containers.{}]\ntarget = 80\nport = {}\n".format
    (project / "ports.toml").write_text(entry("api", 26910) + entry("board", 26911))
    commit(project)
    fix = worktree(project, "fix")
    done = [engine.portman("up", "--json", cwd=one).json for one in (project, fix)]
    named = [[one for one in each["warnings"] if one["code"] == "compose-url"] for each in done]
    assert named[0] == []
    port = done[1]["data"]["services"][1]["port"]
    said = "compose.yaml:6 (DASHBOARD of api) has localhost:26911, the usual port of board"
    assert named[1][0]["message"] == f"{said}; here it is {port}"
    assert named[1][0]["hints"][0]["label"] == "write it as ${BOARD_PORT:-26911}"
