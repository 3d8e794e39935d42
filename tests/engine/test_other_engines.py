"""Other ways an engine publishes: no userland proxy, Podman's socket, an old Compose."""

from __future__ import annotations

import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from portman.containers.endpoint import EngineEndpoint
from portman.containers.engine import identity
from tests.engine.conftest import refuse
from tests.engine.daemon import IMAGE, Engine, missing, running

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = "[services]\nweb = 26700\n"


def test_dockerd_itself_is_never_named(project: Path) -> None:
    """Without the userland proxy dockerd has the socket (decision 0010); the container is named."""
    if lack := missing():
        refuse(lack)
    with running("--userland-proxy=false") as engine:
        (project / "ports.toml").write_text(MANIFEST)
        env = {"PORTMAN_ENGINE_PATIENCE": "20"}
        assert engine.portman("up", cwd=project, env=env).code == 0
        engine.docker("run", "-d", "--init", "--name", "rude", "-p", "26700:80", IMAGE)
        done = engine.portman("check", "--json", cwd=project, env=env)
        assert "taken by container rude" in done.json["errors"][0]["message"]
        blind = {**env, "DOCKER_HOST": "unix:///nowhere.sock"}
        done = engine.portman("check", "--json", cwd=project, env=blind)
        message = done.json["errors"][0]["message"]
        assert message == (
            "web: port 26700 is taken by a container (its engine did not answer which)"
        )
        assert "kill" not in str(done.json["errors"][0]["hints"])


def test_podmans_socket_answers_alike(engine: Engine, project: Path) -> None:
    """Podman's Docker-compatible socket: a stopped container's port is claimed."""
    if shutil.which("podman") is None:
        pytest.skip("no podman here: apt-get install podman")
    # Podman wants short paths, as the engine has.
    place = engine.folder / "pod"
    root = ("--root", str(place / "root"), "--runroot", str(place / "run"))
    podman = ("podman", *root, "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs")
    image = engine.folder / "image.tar"
    made = engine.inside(*podman, "import", str(image), "portman-podman:1")
    if made.code:
        pytest.skip(f"podman does not run on this machine: {made.err.strip()[:200]}")
    made = engine.inside(
        *podman, "create", "--name", "pod-db", "--network", "bridge", "-p", "26700:80",
        "portman-podman:1", "/bin/sleep", "60",
    )  # fmt: skip
    if made.code:
        pytest.skip(f"podman makes no container on this machine: {made.err.strip()[:200]}")
    socket = place / "podman.sock"
    service = subprocess.Popen(
        [*podman, "system", "service", "--time", "60", f"unix://{socket}"],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        limit = time.monotonic() + 30
        while not socket.exists() and time.monotonic() < limit:
            time.sleep(0.1)
        (project / "ports.toml").write_text(MANIFEST)
        env = {"DOCKER_HOST": f"unix://{socket}"}
        done = engine.portman("up", "--json", cwd=project, env=env)
        assert "claimed by container pod-db" in done.out, done.out
        # Podman makes up an ID for each answer: no evidence that two addresses are one engine.
        assert identity(EngineEndpoint(f"unix://{socket}")) == ""
        assert identity(EngineEndpoint(engine.host)) != ""
    finally:
        service.terminate()
        service.wait(timeout=10)
        engine.inside(*podman, "rm", "--force", "--all")


@pytest.mark.parametrize(("version", "code"), [("2.24.3", 5), ("2.24.4", 0), ("v2.40.1", 0)])
def test_an_old_compose_is_told_from_a_new_one(
    engine: Engine, project: Path, tmp_path: Path, version: str, code: int
) -> None:
    """Older than 2.24.4, Compose would add our ports to the old ones: `up` says so, each time."""
    plugins = tmp_path / "docker" / "cli-plugins"
    plugins.mkdir(parents=True)
    plugin = plugins / "docker-compose"
    plugin.write_text(f"#!/bin/sh\necho {version}\n")
    plugin.chmod(0o755)
    (project / "compose.yaml").write_text(
        f"services:\n  db:\n    image: {IMAGE}\n    ports: ['5432:5432']\n"
    )
    (project / "ports.toml").write_text("[containers.db]\ntarget = 5432\nport = 26700\n")
    env = {"DOCKER_CONFIG": str(tmp_path / "docker")}
    for _ in range(3):
        done = engine.portman("up", "--json", cwd=project, env=env)
        assert done.code == code, done.out
        told = [one["code"] for one in done.json["errors"]]
        assert told == (["compose-old"] if code else [])
