"""`docker run $(portman publish NAME)`: the port, and the label that makes the container ours."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.processes import PYTHON

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.daemon import Engine

IMAGE = "portman-test:1"
PORTMAN = f"{PYTHON} -m portman"


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh"])
@pytest.mark.parametrize("folder", ["plain", "with space & * [x] $HOME é"])
def test_a_shell_takes_the_arguments_as_they_are(
    engine: Engine, tmp_path: Path, shell: str, folder: str
) -> None:
    """No quoting, no splitting, in whatever folder the checkout lies; the container is ours."""
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    place = tmp_path / folder
    place.mkdir()
    (place / "ports.toml").write_text("[containers.cache]\ntarget = 6379\nport = 26400\n")
    line = f"docker run -d --init --name c1 $({PORTMAN} publish cache) {IMAGE}"
    done = engine.inside(shell, "-c", line, cwd=place)
    assert done.code == 0, done.err
    assert engine.docker("port", "c1") == "6379/tcp -> 127.0.0.1:26400"
    found = engine.portman("check", "--json", cwd=place).json["data"]["services"][0]
    assert found["verdict"] == "running"
    assert found["holder"]["container"]["name"] == "c1"


def test_several_ports_protocols_and_ranges(engine: Engine, project: Path) -> None:
    """Entries that share a `service` come together; UDP and `count` are said."""
    (project / "ports.toml").write_text(
        '[containers.dns]\ntarget = 53\nport = 26410\nprotocol = ["tcp", "udp"]\nservice = "box"\n'
        "[containers.shard]\ntarget = 7000\nport = 26420\ncount = 3\n"
        'service = "box"\nhost = "::1"\n'
    )
    done = engine.portman("publish", "box", "--json", cwd=project).json["data"]
    assert done["arguments"] == [
        *("-p", "127.0.0.1:26410:53", "-p", "127.0.0.1:26410:53/udp"),
        *("-p", "[::1]:26420-26422:7000-7002"),
        *("--label", f"portman.checkout={project}", "--label", "portman.service=dns"),
    ]
    line = f"docker run -d --init --name box $({PORTMAN} publish box) {IMAGE}"
    assert engine.inside("sh", "-c", line, cwd=project).code == 0
    assert len(engine.docker("port", "box").splitlines()) == 5


def test_a_service_is_no_container(engine: Engine, project: Path) -> None:
    """What has no port inside cannot be published."""
    (project / "ports.toml").write_text("[services]\nweb = 26400\n")
    done = engine.portman("publish", "web", "--json", cwd=project)
    assert done.code == 1
    assert done.json["errors"][0]["code"] == "target-missing"
