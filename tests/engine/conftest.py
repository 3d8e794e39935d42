"""A real Docker Engine for the tests: one dockerd of their own for the session."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.engine.daemon import NoEngineError, missing, remove_containers, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.engine.daemon import Engine

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder; one worker of pytest-xdist gets all of it, so one engine."""
    for item in items:
        if HERE in Path(item.path).parents:
            item.add_marker(pytest.mark.engine)
            item.add_marker(pytest.mark.xdist_group("engine"))


def refuse(reason: str) -> None:
    """Skip loudly; where an engine is required (CI), fail."""
    if os.environ.get("PORTMAN_REQUIRE_ENGINE") == "1":
        pytest.fail(f"PORTMAN_REQUIRE_ENGINE=1, but {reason}")
    pytest.skip(f"Docker Engine tests not run: {reason}")


@pytest.fixture(scope="session")
def dockerd() -> Iterator[Engine]:
    """Start one engine for the session; stop it, by pid, at the end."""
    lack = missing()
    if lack:
        refuse(lack)
    try:
        with running() as engine:
            yield engine
    except NoEngineError as error:
        refuse(str(error))


def lend(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make an engine the one that commands of a test ask."""
    for name in [name for name in os.environ if name.startswith(("COMPOSE_", "DOCKER_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DOCKER_HOST", engine.host)
    monkeypatch.setenv("PORTMAN_ENGINE_PATIENCE", "20")  # the tests' machine may be busy


@pytest.fixture
def engine(dockerd: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Lend the engine to one test, and take away the containers it leaves."""
    lend(dockerd, monkeypatch)
    yield dockerd
    remove_containers(dockerd)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a git repository to put a project in."""
    folder = tmp_path / "shop"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    return folder
