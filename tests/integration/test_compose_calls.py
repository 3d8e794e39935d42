"""What `up` reports of the project's own commands, by the real command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from portman.state import private_subfolder

if TYPE_CHECKING:
    from collections.abc import Callable


def test_commands_that_pass_portman_by_are_named_once(tmp_path: Path) -> None:
    """At the first `up`, again when something changed; quiet in between, also for receipts."""
    (tmp_path / "ports.toml").write_text("[containers.db]\ntarget = 5432\nport = 5432\n")
    (tmp_path / "compose.yaml").write_text("services: {db: {image: x, ports: ['5432:5432']}}\n")
    (tmp_path / "Makefile").write_text("up:\n\tdocker compose -f compose.yaml up -d\n")

    def said() -> list[str]:
        done = subprocess.run(
            [sys.executable, "-m", "portman", "up", "--json"],
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "PORTMAN_HOME": str(tmp_path / "state"),
                "DOCKER_HOST": "unix:///nowhere.sock",
                "DOCKER_CONFIG": str(tmp_path),
            },
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return [
            one["message"]
            for one in json.loads(done.stdout)["warnings"]
            if one["code"] == "compose-bypassed"
        ]

    assert [one.partition(" ")[0] for one in said()] == ["Makefile:2"]
    assert said() == []
    assert said() == []
    (tmp_path / "start.sh").write_text("docker compose -p mine up\n")
    (tmp_path / "Makefile").write_text("up:\n\tdocker compose -f compose.yaml up -d --wait\n")
    assert len(said()) == 2
    assert said() == []


def test_a_project_name_for_all_checkouts_is_named_without_containers_too(
    tmp_path: Path, portman: Callable[..., Any]
) -> None:
    """Nothing is leased for Compose, and yet `-p` makes two checkouts one project."""
    (tmp_path / "ports.toml").write_text('[services]\nweb = "auto"\n')
    (tmp_path / "compose.yaml").write_text("services: {db: {image: x}}\n")
    (tmp_path / "Makefile").write_text(
        "up:\n\tdocker compose -p shop up -d\nother:\n\tdocker compose -f dev.yml up\n"
    )
    said = portman("up", cwd=tmp_path).err
    assert "Makefile:2 starts Compose with -p shop: every checkout becomes this one project" in said
    assert "Makefile:4" not in said
    assert "-p shop" not in portman("up", cwd=tmp_path).err


def test_init_names_them_too(tmp_path: Path) -> None:
    """Before anything is written for Compose; in a dry run as well."""
    (tmp_path / "compose.yaml").write_text("services: {db: {image: x, ports: ['5432:5432']}}\n")
    (tmp_path / "package.json").write_text(
        '{"scripts": {"db": "docker compose -f compose.yaml up -d"}}\n'
    )
    done = subprocess.run(
        [sys.executable, "-m", "portman", "init", "--dry-run", "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
    )
    (note,) = json.loads(done.stdout)["warnings"]
    assert note["message"].startswith("package.json:1 starts Compose with -f: our override")
    assert note["hints"][0]["command"].startswith("docker compose up -d")


@pytest.mark.parametrize("place", ["compose.yaml", "docker/compose.yml", "docker/dev.yml"])
def test_init_names_the_override_that_up_writes(tmp_path: Path, place: str) -> None:
    """The note of `init` and the one of `up` have one file, wherever the Compose file is."""
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("services: {db: {image: x, ports: ['5432:5432']}}\n")
    (tmp_path / "Makefile").write_text(f"up:\n\tdocker compose -f {place} up -d\n")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    env["PORTMAN_HOME"] = str(tmp_path / "state")

    def noted(verb: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-m", "portman", verb, "--json"],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
        )
        warnings = json.loads(done.stdout)["warnings"]
        return [one["message"] for one in warnings if one["code"] == "compose-bypassed"]

    before, after = noted("init"), noted("up")
    assert before == after
    named = before[0].split("our override ")[1].split()[0]
    assert (tmp_path / named).is_file()


@pytest.mark.parametrize("variable", ["COMPOSE_ENV_FILES", "COMPOSE_DISABLE_ENV_FILE"])
def test_a_variable_that_keeps_compose_from_our_env_file_is_named(
    tmp_path: Path, variable: str
) -> None:
    """The numbers go into the override; a project that relies on .env is to know why."""
    (tmp_path / "ports.toml").write_text("[containers.db]\ntarget = 5432\nport = 5432\n")
    text = "services: {db: {image: x, ports: ['${DB_PORT:-5432}:5432']}}\n"
    (tmp_path / "compose.yaml").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "portman", "up", "--json"],
        cwd=tmp_path,
        env={
            **os.environ,
            variable: "1",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PORTMAN_HOME": str(tmp_path / "state"),
            "DOCKER_HOST": "unix:///nowhere.sock",
            "DOCKER_CONFIG": str(tmp_path),
        },
        capture_output=True,
        text=True,
    )
    said = [one["message"] for one in json.loads(done.stdout)["warnings"]]
    assert any(one.startswith(f"{variable} is set in this shell") for one in said)


COMPOSE = """#!/bin/sh
case "$*" in
  version*) echo 2.39.0 ;;
  *state/compose-*) [ -z "$SLOW" ] || exec sleep 60; echo '{"services": {}}' ;;
  *) echo '{"services": {}}' ;;
esac
"""


def test_a_compose_that_does_not_answer_refuses_nothing(tmp_path: Path) -> None:
    """On a machine with much to do: the files are written, and the report says what is unknown."""
    project, plugins = tmp_path / "project", tmp_path / "docker" / "cli-plugins"
    project.mkdir()
    plugins.mkdir(parents=True)
    (project / "ports.toml").write_text("[containers.db]\ntarget = 5432\nport = 5432\n")
    (project / "compose.yaml").write_text("services: {db: {image: x, ports: ['5432:5432']}}\n")
    (plugins / "docker-compose").write_text(COMPOSE)
    (plugins / "docker-compose").chmod(0o755)
    code = (
        "import sys; from portman.compose import override_file; override_file.PATIENCE = 1.0\n"
        "from portman.__main__ import main; sys.argv = ['portman', 'up', '--json']\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PORTMAN_HOME": str(tmp_path / "state"),
            "DOCKER_HOST": "unix:///nowhere.sock",
            "DOCKER_CONFIG": str(tmp_path / "docker"),
            "SLOW": "yes",
        },
        capture_output=True,
        text=True,
    )
    said = json.loads(done.stdout)
    assert said["errors"] == [], said
    assert "compose-unread" in [one["code"] for one in said["warnings"]]
    assert (project / "compose.override.yaml").exists()
    assert done.returncode == 0


@pytest.mark.root
def test_nothing_is_written_through_a_link_in_the_state_folder(tmp_path: Path) -> None:
    """A member of a shared folder plants links, or a folder, where the candidate is written."""
    state, precious = tmp_path / "state", tmp_path / "precious"
    state.mkdir()
    precious.mkdir()
    (state / f"compose-{os.geteuid()}").symlink_to(precious)
    with pytest.raises(OSError, match="a link"):
        private_subfolder(str(state), f"compose-{os.geteuid()}")
    (state / f"compose-{os.geteuid()}").unlink()
    (state / f"compose-{os.geteuid()}").mkdir()
    os.chown(state / f"compose-{os.geteuid()}", 65533, 65533)
    with pytest.raises(OSError, match="another user"):
        private_subfolder(str(state), f"compose-{os.geteuid()}")
