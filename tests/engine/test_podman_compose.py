"""Two checkouts of one Compose file by podman-compose, on Podman."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.engine.conftest import refuse
from tests.engine.test_compose import commit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.engine.daemon import Done, Engine

IMAGE = "localhost/portman-podman:1"
COMPOSE = f"""\
name: podshop
services:
  web:
    image: {IMAGE}
    container_name: podshop-web
    command: ["/bin/httpd", "-f", "-p", "80", "-h", "/srv"]
    ports: ["26710:80"]
    volumes: ["data:/data", "./srv:/srv"]
volumes:
  data: {{name: podshop-data}}
"""
MANIFEST = "[containers.web]\ntarget = 80\nport = 26710\n"


class Podman:
    """podman and podman-compose where the engine's ports are, with a store of their own."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        tools = folder / "bin"
        tools.mkdir(parents=True)
        options = f"--root {folder}/root --runroot {folder}/run --tmpdir {folder}/tmp"
        options += f" --network-config-dir {folder}/nets --storage-driver vfs"
        wrapper = tools / "podman"
        wrapper.write_text(
            f'#!/bin/sh\nexec {shutil.which("podman")} {options} --cgroup-manager cgroupfs "$@"\n'
        )
        wrapper.chmod(0o755)
        config = folder / "containers.conf"
        config.write_text(
            '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n'
        )
        # No Docker here: podman-compose is the one that people type.
        self.env = {
            "CONTAINERS_CONF": str(config),
            "PATH": f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DOCKER_CONFIG": str(folder / "none"),
            "DOCKER_HOST": f"unix://{folder}/none.sock",
        }

    def __call__(self, *argv: str, cwd: Path | str = "/") -> Done:
        return self.engine.inside(*argv, cwd=cwd, env=self.env)


@pytest.fixture
def podman(engine: Engine) -> Iterator[Podman]:
    if shutil.which("podman") is None:
        refuse("podman is missing: sudo scripts/engine-setup")
    found = Podman(engine, engine.folder / "pc")
    made = found("podman", "import", str(engine.folder / "image.tar"), IMAGE)
    assert made.code == 0, made.err
    yield found
    found("podman", "rm", "--force", "--all")
    found("podman", "network", "prune", "--force")


def test_a_worktree_beside_the_first_checkout(podman: Podman, project: Path) -> None:
    """Each has its own project, container, volume and port; both run at once."""
    (project / "compose.yaml").write_text(COMPOSE)
    (project / "ports.toml").write_text(MANIFEST)
    (project / ".gitignore").write_text(".env\ncompose.override.yaml\nsrv/\n")
    commit(project)
    second = project.parent / "second"
    subprocess.run(["git", "-C", str(project), "worktree", "add", "-q", str(second)], check=True)
    for folder in (project, second):
        (folder / "srv").mkdir()
        (folder / "srv" / "index.html").write_text(folder.name)
        done = podman(sys.executable, "-m", "portman", "up", "--json", cwd=folder)
        assert done.code == 0, done.out
        done = podman("podman-compose", "up", "-d", cwd=folder)
        assert done.code == 0, done.err
    for folder in (project, second):
        done = podman(sys.executable, "-m", "portman", "port", "web", cwd=folder)
        port = done.out.strip()
        assert (port == "26710") is (folder == project)
        done = podman("busybox", "wget", "-qO-", f"http://127.0.0.1:{port}/")
        assert done.out == folder.name, done
    volumes = podman("podman", "volume", "ls", "-q").out.split()
    assert len(volumes) == 2
    assert "podshop-data" in volumes
