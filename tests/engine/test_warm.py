"""A warm `up` with containers: no docker library, no YAML, no engine, no program started."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.engine.test_compose import IMAGE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.daemon import Done, Engine

#: Runs portman's own main and tells, on stderr, every module it loaded.
TELL = """
import sys
sys.argv[0] = "portman"
from portman.__main__ import main
code = main()
print("\\n".join(sorted(sys.modules)), file=sys.stderr)
sys.exit(code)
"""
HEAVY = {
    "docker",
    "requests",
    "ruamel.yaml",
    "subprocess",
    "threading",
    "portman.containers.engine",
}
COMPOSE = f"services:\n  db:\n    image: {IMAGE}\n    ports: ['5432:5432']\n"


@pytest.fixture(name="ready")
def _ready(engine: Engine, project: Path) -> Path:
    (project / "compose.yaml").write_text(COMPOSE)
    (project / "ports.toml").write_text("[containers.db]\ntarget = 5432\nport = 26500\n")
    (project / ".gitignore").write_text("/.env\n/compose.override.yaml\n")
    for _ in range(3):
        assert engine.portman("up", "--json", cwd=project).code == 0
    return project


def run(engine: Engine, folder: Path, **env: str) -> Done:
    """Run `up` and tell the modules."""
    return engine.inside(sys.executable, "-c", TELL, "up", "--json", cwd=folder, env=env)


def settle(engine: Engine, folder: Path) -> None:
    """Run `up` until its evidence is old enough for a receipt."""
    for _ in range(20):
        if not HEAVY & set(run(engine, folder).err.split()):
            return
    raise AssertionError("no receipt was kept")


def test_warm_up_loads_nothing_of_it(engine: Engine, ready: Path) -> None:
    """With a receipt, `up` repeats the answer, override included, without a look at Docker."""
    settle(engine, ready)
    done = run(engine, ready, DOCKER_CONFIG="")
    assert done.code == 0
    views = {one["path"]: one["action"] for one in done.json["data"]["outputs"]}
    assert views == {".env": "unchanged", "compose.override.yaml": "unchanged"}


def test_second_lane_asks_no_engine(engine: Engine, ready: Path) -> None:
    """Without a receipt, and nothing to choose, the Compose files are read; no engine is asked."""
    log = engine.folder / "asked"
    traced = ("strace", "-f", "-qq", "-e", "trace=connect,execve", "-o", str(log))
    if engine.inside("strace", "-V").code:
        pytest.skip("no strace here")
    (ready / "compose.yaml").write_text(COMPOSE + "# changed\n")
    done = engine.inside(*traced, sys.executable, "-m", "portman", "up", "--json", cwd=ready)
    assert done.code == 0, done.err
    rows = log.read_text().splitlines()
    assert not [row for row in rows if "docker.sock" in row]
    assert len([row for row in rows if "execve" in row]) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COMPOSE_PROJECT_NAME", "other"),
        ("COMPOSE_FILE", "compose.yaml"),
        ("COMPOSE_PROFILES", "x"),
        ("DOCKER_CONTEXT", "elsewhere"),
    ],
)
def test_what_compose_and_docker_obey_is_evidence(
    engine: Engine, ready: Path, name: str, value: str
) -> None:
    """A variable that Compose or docker obeys is a reason to compute again."""
    settle(engine, ready)
    assert "ruamel.yaml" in run(engine, ready, **{name: value}).err.split()


def test_every_file_of_the_project_is_evidence(engine: Engine, ready: Path) -> None:
    """A changed, new or removed Compose file is seen at once, and so is a changed override."""
    settle(engine, ready)
    (ready / "docker-compose.override.yml").write_text("services:\n  db:\n    ports: ['1:1']\n")
    done = run(engine, ready)
    assert {one["path"]: one["action"] for one in done.json["data"]["outputs"]} == {
        ".env": "written",
        "compose.portman.yaml": "written",
        "compose.override.yaml": "deleted",
    }
    (ready / "docker-compose.override.yml").unlink()
    assert run(engine, ready).code == 0
    settle(engine, ready)
    (ready / "compose.override.yaml").write_text(
        (ready / "compose.override.yaml").read_text() + "# edited\n"
    )
    assert run(engine, ready).json["data"]["outputs"][1]["action"] == "written"


def test_up_changes_no_container(engine: Engine, ready: Path) -> None:
    """The engine is read, never told to do anything: its events say so."""
    engine.docker("create", "--name", "idle", "-e", "SECRET=hunter2", "-p", "26501:1", IMAGE)
    begin = engine.docker("info", "--format", "{{.SystemTime}}")
    (ready / "ports.toml").write_text(
        "[containers.db]\ntarget = 5432\nport = 26500\n[services]\nnext = 26501\n"
    )
    done = engine.portman("up", "--json", cwd=ready)
    assert done.code == 0
    assert "claimed by container idle" in done.out
    end = engine.docker("info", "--format", "{{.SystemTime}}")
    events = engine.docker("events", "--since", begin, "--until", end, "--format", "{{.Action}}")
    assert events == ""
    state = engine.folder / "everything"
    engine.inside("sh", "-c", f"grep -r hunter2 {ready} $PORTMAN_HOME > {state}")
    assert state.read_text() == ""
    assert "hunter2" not in done.out + done.err
