"""who, explain and free on a real engine: the container, never its forwarder."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.daemon import Engine

IMAGE = "portman-test:1"
SERVE = ("/bin/httpd", "-f", "-p", "80")


def _state(engine: Engine, name: str) -> str:
    return engine.docker("inspect", "--format", "{{.State.Status}}", name)


def test_who_names_the_container_once(engine: Engine, project: Path) -> None:
    """Two forwarders (IPv4 and IPv6), one occupant: container, image, and our own service."""
    (project / "ports.toml").write_text("[containers.db]\ntarget = 80\nport = 26120\n")
    assert engine.portman("up", cwd=project).code == 0
    label = f"portman.checkout={project}"
    words = ("--init", "--name", "shop-db", "--label", label, "-p", "26120:80", IMAGE, *SERVE)
    engine.docker("run", "-d", *words)
    answer = engine.portman("who", "26120", "--json", cwd=project).json
    (one,) = answer["data"]["occupants"]
    assert (one["container"]["name"], one["container"]["image"]) == ("shop-db", IMAGE)
    assert {socket["family"] for socket in one["sockets"]} >= {"ipv4"}
    assert one["forwarder"]["kind"] == "container"
    assert (one["expected"]["service"], one["expected"]["ours"]) == ("db", True)
    text = engine.portman("who", "db", cwd=project).out
    assert text.startswith("container shop-db listens on 26120\n")
    (checkout,) = engine.portman("list", "--json", cwd=project).json["data"]["checkouts"]
    (db,) = checkout["services"]
    assert (db["verdict"], db["holder"]["container"]["name"]) == ("running", "shop-db")
    assert db["since"] is not None


def test_a_container_from_before_the_folder_was_made_is_another_ones(
    engine: Engine, project: Path
) -> None:
    """Its checkout was deleted and made again: `taken`, until Compose has made it again too."""
    files = {
        "ports.toml": "[containers.db]\ntarget = 80\nport = 26128\n",
        "compose.yaml": f"services:\n  db:\n    image: {IMAGE}\n    ports: ['26128:80']\n"
        "    command: [/bin/httpd, -f, -p, '80']\n",
    }

    def make() -> None:
        project.mkdir(exist_ok=True)
        for name, text in files.items():
            (project / name).write_text(text)

    def verdict() -> str:
        return str(
            engine.portman("up", "--json", cwd=project).json["data"]["services"][0]["verdict"]
        )

    make()
    assert verdict() == "idle"
    engine.docker("compose", "up", "-d", cwd=project)
    assert verdict() == "running"
    assert engine.portman("wait", "db", "--timeout", "5", cwd=project).code == 0
    shutil.rmtree(project)
    time.sleep(1.1)
    make()
    done = engine.portman("up", cwd=project)
    assert done.code == 1, done
    assert "which was made before this folder" in done.err
    assert "docker compose up -d --force-recreate db" in done.err
    assert engine.portman("wait", "db", "--timeout", "0.3", cwd=project).code == 1
    assert verdict() == "taken"
    engine.docker("compose", "up", "-d", "--force-recreate", "-t", "0", "db", cwd=project)
    assert verdict() == "running"
    assert engine.portman("port", "db", cwd=project).out == "26128\n"
    engine.docker("compose", "down", "-t", "0", cwd=project)


def test_free_stops_the_container_and_no_forwarder(engine: Engine, project: Path) -> None:
    """The plan is `docker stop`; the port is free afterwards, and the container's claim is told."""
    engine.docker("run", "-d", "--init", "--name", "web", "-p", "127.0.0.1:26121:80", IMAGE, *SERVE)
    dry = engine.portman("free", "26121", "--dry-run", "--json", cwd=project).json
    (step,) = dry["data"]["plan"]["steps"]
    assert (step["kind"], step["command"], step["pids"]) == (
        "stop-container", ["docker", "stop", "web"], [],
    )  # fmt: skip
    assert _state(engine, "web") == "running"
    done = engine.portman("free", "26121", "--yes", "--json", cwd=project)
    assert (done.code, done.json["data"]["state"]) == (0, "idle")
    assert done.json["data"]["plan"] == dry["data"]["plan"]
    assert _state(engine, "web") == "exited"
    told = engine.portman("explain", "26121", "--json", cwd=project).json["data"]["findings"]
    assert {"claim", "claimed"} <= {one["code"] for one in told}


def test_a_container_on_the_hosts_network(engine: Engine, project: Path) -> None:
    """No forwarder at all: the control group leads to the container."""
    serve = ("/bin/httpd", "-f", "-p", "26122")
    engine.docker("run", "-d", "--init", "--name", "bare", "--network", "host", IMAGE, *serve)
    (one,) = engine.portman("who", "26122", "--json", cwd=project).json["data"]["occupants"]
    assert (one["container"]["name"], one["forwarder"]) == ("bare", None)
    done = engine.portman("free", "26122", "--yes", "--json", cwd=project)
    assert done.code == 0, done.out
    assert _state(engine, "bare") == "exited"


def test_without_an_answer_of_the_engine_nothing_is_touched(engine: Engine, project: Path) -> None:
    """The forwarder is called what it is, and free refuses."""
    engine.docker(
        "run", "-d", "--init", "--name", "kept", "-p", "127.0.0.1:26123:80", IMAGE, *SERVE
    )
    nowhere = {"DOCKER_HOST": "unix:///nonexistent/docker.sock"}
    who = engine.portman("who", "26123", "--json", cwd=project, env=nowhere)
    assert who.json["data"]["occupants"][0]["forwarder"]["kind"] == "container"
    free = engine.portman("free", "26123", "--yes", "--force", "--json", cwd=project, env=nowhere)
    assert free.code == 1
    assert [one["code"] for one in free.json["errors"]] == ["free-refused"]
    assert _state(engine, "kept") == "running"


def test_a_container_from_before_the_lease_is_on_a_wrong_port(
    engine: Engine, project: Path
) -> None:
    """Compose keeps it on the old number until it makes it again; every look says so."""
    (project / "compose.yaml").write_text(
        f"services:\n  db:\n    image: {IMAGE}\n    init: true\n    ports: ['5432:5432']\n"
    )
    engine.docker("compose", "up", "-d", cwd=project)
    (project / "ports.toml").write_text("[containers.db]\ntarget = 5432\nport = 26510\n")
    for verb in ("up", "check", "list", "watch --once", "doctor"):
        done = engine.portman(*verb.split(), cwd=project)
        assert "is published on 5432" in done.out + done.err, (verb, done.err)
        done = engine.portman(*verb.split(), "--json", cwd=project)
        assert '"wrong-port"' in done.out, verb
    engine.docker("compose", "up", "-d", cwd=project)
    assert "wrong-port" not in engine.portman("check", "--json", cwd=project).out
    engine.docker("compose", "down", cwd=project)
    for _ in range(3):  # a receipt does not hide one that comes later
        assert "wrong-port" not in engine.portman("up", "--json", cwd=project).out
        time.sleep(0.06)
    engine.docker("compose", "-f", "compose.yaml", "up", "-d", cwd=project)
    assert "is published on 5432" in engine.portman("up", cwd=project).err
    engine.docker("compose", "down", cwd=project)
