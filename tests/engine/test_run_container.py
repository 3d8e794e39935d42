"""`portman run --service db -- docker run -p`: the engine binds under the hold."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.conftest import Engine

IMAGE = "portman-test:1"


def test_docker_run_publishes_the_held_port(engine: Engine, project: Path) -> None:
    """Watched at first, then become: both times the container has the port, and is ours."""
    (project / "ports.toml").write_text("[containers.cache]\ntarget = 6379\nport = 26440\n")
    for name in ("first", "second"):
        label = f"portman.checkout={project}"
        options = ("--rm", "--init", "--name", name, "-p", "127.0.0.1:{cache}:6379")
        process = subprocess.Popen(
            [
                *("nsenter", f"--net=/proc/{engine.pid}/ns/net", "--"),
                *(sys.executable, "-m", "portman", "run", "--service", "cache", "--"),
                *("docker", "run", *options, "--label", label, IMAGE),
            ],
            cwd=project,
            env={**os.environ, "DOCKER_HOST": engine.host, "PYTHONPATH": os.getcwd()},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        done = engine.portman("wait", "cache", "--timeout", "60", cwd=project)
        assert done.code == 0, done.err
        assert engine.docker("port", name) == "6379/tcp -> 127.0.0.1:26440"
        engine.docker("stop", "-t", "1", name)
        err = process.communicate(timeout=60)[1]
        assert "once more" not in err
