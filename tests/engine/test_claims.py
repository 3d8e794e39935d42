"""Ports that containers are bound to are off limits, running or not; holders are containers."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.engine.daemon import Engine

IMAGE = "portman-test:1"
WEB = "[services]\nweb = 26100\n"


def _service(answer: dict[str, object], name: str = "web") -> dict[str, object]:
    found = answer["data"]["services"]  # type: ignore[index]
    return next(one for one in found if one["name"] == name)  # type: ignore[no-any-return]


def test_a_created_container_keeps_its_port(engine: Engine, project: Path) -> None:
    """No socket shows it, `docker ps` does not either: only its configuration (decision 0010)."""
    engine.docker("create", "--name", "sleeper", "-p", "26100:80", IMAGE)
    (project / "ports.toml").write_text(WEB)
    answer = engine.portman("up", "--json", cwd=project).json
    assert _service(answer)["port"] != 26100
    told = [one["message"] for one in answer["warnings"] if one["code"] == "usual-taken"]
    assert told == [
        f"web: wanted 26100, claimed by container sleeper (created) -> {_service(answer)['port']}"
    ]


def test_an_exited_container_keeps_its_port(engine: Engine, project: Path) -> None:
    """Stopped today is not forgotten tomorrow."""
    engine.docker("run", "--name", "done", "-p", "127.0.0.1:26100:80", IMAGE, "/bin/echo")
    (project / "ports.toml").write_text(WEB)
    assert _service(engine.portman("up", "--json", cwd=project).json)["port"] != 26100


def test_udp_and_tcp_are_claimed_apart(engine: Engine, project: Path) -> None:
    """A UDP binding does not keep a TCP service from its number."""
    engine.docker("create", "-p", "26100:80/udp", "-p", "26101:81/tcp", IMAGE)
    (project / "ports.toml").write_text(
        '[services]\nweb = 26100\ndns = { port = 26101, protocol = "udp" }\n'
        '[services.both]\nport = 26103\nprotocol = ["tcp", "udp"]\n'
    )
    engine.docker("create", "-p", "26103:53/udp", IMAGE)
    answer = engine.portman("up", "--json", cwd=project).json
    assert _service(answer, "web")["port"] == 26100
    assert _service(answer, "dns")["port"] == 26101
    assert _service(answer, "both")["port"] != 26103


def test_ranges_and_addresses_are_understood(engine: Engine, project: Path) -> None:
    """`-p 127.0.0.1:26100-26102:80-82` claims three ports, on whatever address."""
    engine.docker("create", "-p", "127.0.0.1:26100-26102:80-82", "-p", "[::1]:26104:90", IMAGE)
    (project / "ports.toml").write_text(
        "[services]\na = 26100\nb = 26101\nc = 26102\nd = 26103\ne = 26104\n"
    )
    answer = engine.portman("up", "--json", cwd=project).json
    kept = [name for name in "abcde" if _service(answer, name)["port"] == 26100 + ord(name) - 97]
    assert kept == ["d"]


def test_the_pool_steps_around_stopped_containers(engine: Engine, project: Path) -> None:
    """A number out of the pool is not one that a stopped container is bound to."""
    engine.docker("create", "-p", "24000-24001:80-81", "-p", "24003:83", IMAGE)
    (project / "ports.toml").write_text('[pool]\nrange = "24000-24003"\n[services]\nweb = "auto"\n')
    answer = engine.portman("up", "--json", cwd=project).json
    assert _service(answer)["port"] == 24002


def test_a_strangers_container_is_named_and_can_be_stopped(engine: Engine, project: Path) -> None:
    """Never docker-proxy: name, image, and the command that stops it."""
    (project / "ports.toml").write_text(WEB)
    assert engine.portman("up", cwd=project).code == 0
    engine.docker("run", "-d", "--init", "--name", "rude", "-p", "26100:80", IMAGE)
    done = engine.portman("up", "--json", cwd=project)
    assert done.code == 1
    (problem,) = done.json["errors"]
    assert problem["message"] == (f"web: port 26100 is taken by container rude (image {IMAGE})")
    assert [one["command"] for one in problem["hints"]] == [
        "portman who 26100",
        "portman up --reassign web",
        "docker stop rude",
    ]
    holder = _service(done.json)["holder"]
    assert holder["container"]["name"] == "rude"
    assert engine.docker("stop", "-t", "0", "rude") == "rude"
    assert engine.portman("up", cwd=project).code == 0


def test_a_label_makes_a_container_ours(engine: Engine, project: Path) -> None:
    """A container with this checkout's label is this checkout's own."""
    (project / "ports.toml").write_text(WEB)
    assert engine.portman("up", cwd=project).code == 0
    engine.docker(
        "run", "-d", "--init", "--label", f"portman.checkout={project}", "-p", "26100:80", IMAGE
    )
    done = engine.portman("up", "--json", cwd=project)
    assert done.code == 0
    assert _service(done.json)["verdict"] == "running"


def test_own_stopped_container_is_no_claim(engine: Engine, project: Path) -> None:
    """Our own stopped container has the port for us."""
    engine.docker("create", "--label", f"portman.checkout={project}", "-p", "26100:80", IMAGE)
    (project / "ports.toml").write_text(WEB)
    assert _service(engine.portman("up", "--json", cwd=project).json)["port"] == 26100


def test_another_checkouts_container_is_told_with_its_checkout(
    engine: Engine, project: Path, tmp_path: Path
) -> None:
    """The holder's Compose project, folder, checkout and service are named."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "ports.toml").write_text("[services]\napi = 26100\n")
    assert engine.portman("up", cwd=other).code == 0
    engine.docker(
        *("run", "-d", "--init", "--name", "other-db-1", "-p", "26100:80"),
        *("--label", "com.docker.compose.project=other"),
        *("--label", f"com.docker.compose.project.working_dir={other}", IMAGE),
    )
    (project / "ports.toml").write_text(
        "[services.web]\nport = 26200\n[services.probe]\nport = 26100\n"
    )
    told = engine.portman("up", "--json", cwd=project).json["warnings"]
    assert any("leased to api of" in one["message"] for one in told)
    assert engine.portman("down", cwd=other).code == 0
    (project / "ports.toml").write_text("[services.probe]\nport = 26100\nfixed = true\n")
    done = engine.portman("up", "--json", cwd=project)
    assert done.json["errors"][0]["message"] == (
        f"probe: port 26100 is taken by container other-db-1 (image {IMAGE}, Compose project "
        f"other) in {other}"
    )
    assert done.json["errors"][0]["hints"][-1]["command"] == ("docker compose -p other down")
    assert _service(done.json, "probe")["holder"]["checkout"] == str(other)


def test_a_host_network_container_is_named(engine: Engine, project: Path) -> None:
    """With `--network host` the process itself listens; its control group names the container."""
    (project / "ports.toml").write_text(WEB)
    assert engine.portman("up", cwd=project).code == 0
    engine.docker(
        *("run", "-d", "--init", "--name", "nonet", "--network", "host", IMAGE),
        *("/bin/httpd", "-f", "-p", "26100"),
    )
    for _ in range(50):
        if "26100" in engine.inside("ss", "-Hltn").out:
            break
    done = engine.portman("check", "--json", cwd=project)
    assert "taken by container nonet" in done.json["errors"][0]["message"]


def test_no_engine_is_said_once_and_stops_nothing(engine: Engine, project: Path) -> None:
    """Where containers are in the manifest, an absent engine is a warning; the exit code is 0."""
    (project / "ports.toml").write_text("[containers.db]\ntarget = 5432\nport = 26100\n")
    env = {"DOCKER_HOST": "unix:///nowhere.sock"}
    done = engine.portman("up", "--json", cwd=project, env=env)
    assert done.code == 0
    assert [one["code"] for one in done.json["warnings"]].count("engine-unseen") == 1
    again = engine.portman("up", "--json", cwd=project, env=env)
    assert "engine-unseen" not in [one["code"] for one in again.json["warnings"]]


@pytest.fixture(name="silent")
def _silent(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Make a socket that accepts and never answers."""
    path = tmp_path / "silent.sock"
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen(8)
    kept: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                kept.append(server.accept()[0])
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    yield lambda: f"unix://{path}"
    server.close()
    for one in kept:
        one.close()


def test_a_slow_engine_is_given_up_on(
    engine: Engine, project: Path, silent: Callable[[], str]
) -> None:
    """An engine that does not answer within a second is said, and `up` goes on."""
    (project / "ports.toml").write_text("[containers.db]\ntarget = 5432\nport = 26100\n")
    done = engine.portman(
        "up", "--json", cwd=project, env={"DOCKER_HOST": silent(), "PORTMAN_ENGINE_PATIENCE": ""}
    )
    assert done.code == 0
    assert _service(done.json, "db")["port"] == 26100
    (told,) = [one for one in done.json["warnings"] if one["code"] == "engine-unseen"]
    assert "over 1 s" in told["message"]


def test_a_leased_port_that_a_stopped_container_wants_is_told(
    engine: Engine, project: Path
) -> None:
    """Whenever the engine is asked anyway: the lease stays, the rival is named."""
    (project / "ports.toml").write_text(WEB)
    assert engine.portman("up", cwd=project).code == 0
    engine.docker("create", "--name", "rival", "-p", "26100:80", IMAGE)
    (project / "ports.toml").write_text(WEB + 'more = "auto"\n')
    done = engine.portman("up", "--json", cwd=project)
    assert done.code == 0
    assert _service(done.json)["port"] == 26100
    (told,) = [one for one in done.json["warnings"] if one["code"] == "port-claimed"]
    assert "also bound to container rival (created)" in told["message"]
    assert told["hints"][-1]["command"] == "docker rm rival"


def test_a_fixed_port_that_a_stopped_container_wants_is_told(engine: Engine, project: Path) -> None:
    """A fixed port is leased all the same."""
    engine.docker("create", "--name", "rival", "-p", "26100:80", IMAGE)
    (project / "ports.toml").write_text("[services.web]\nport = 26100\nfixed = true\n")
    done = engine.portman("up", "--json", cwd=project)
    assert done.json["warnings"][0]["code"] == "port-claimed"
    assert "reassign" not in str(done.json["warnings"][0]["hints"])
