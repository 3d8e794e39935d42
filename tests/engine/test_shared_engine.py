"""A team on one remote engine: three state folders and spellings of it, one server that decides."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.cluster import Cluster
from tests.engine.test_remote import CARRY, _far, _services

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.engine.daemon import Engine

far = _far


def over_tcp(engine: Engine, started: Callable[..., subprocess.Popen[str]]) -> str:
    """Return an address of the engine that lies on another machine: a namespace of its own."""
    away = started("unshare", "--net", "sh", "-c", "echo up; sleep 600", stdout=subprocess.PIPE)
    assert away.stdout is not None
    assert away.stdout.readline() == "up\n"
    near = ["ip", "link", "add", "near", "type", "veth", "peer", "name", "far", "netns"]
    engine.inside(*near, str(away.pid))
    for words in ("address add 10.98.0.2/24 dev near", "link set near up"):
        engine.inside("ip", *words.split())
    inside = ["nsenter", "--net", "-t", str(away.pid)]
    for words in ("address add 10.98.0.1/24 dev far", "link set far up"):
        subprocess.run([*inside, "ip", *words.split()], check=True)
    carry = [sys.executable, "-c", CARRY, "10.98.0.1", "2375", engine.host.removeprefix("unix://")]
    process = started(*inside, *carry, "", stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return "tcp://10.98.0.1:2375"


def project_of(folder: Path) -> str:
    """Return the Compose project of a checkout: as its .env says, else the folder's name."""
    words = re.findall(r"^COMPOSE_PROJECT_NAME=(\S+)$", (folder / ".env").read_text(), re.MULTILINE)
    return words[0] if words else folder.name


def test_laptops_on_one_remote_engine_get_different_ports(
    engine: Engine,
    project: Path,
    far: dict[str, str],
    tmp_path: Path,
    started: Callable[..., subprocess.Popen[str]],
) -> None:
    """By the engine's own ID; once leased, neither the engine nor the server is asked."""
    cluster = Cluster(54_340)
    try:
        server = f"postgresql://ada@/ports?host={cluster.folder}&port={cluster.port}"
        text = "[services]\nweb = 26610\n[containers.db]\ntarget = 5432\nport = 26606\n"
        other, third = (tmp_path / name / project.name for name in ("other", "third"))
        for folder in (project, other, third):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "ports.toml").write_text(text)
            (folder / "compose.yaml").write_text(
                'services:\n  db:\n    image: busybox\n    ports: ["26606:5432"]\n'
            )
        one = {**far, "PORTMAN_LEDGER": server, "PORTMAN_HOME": str(tmp_path / "laptop-1")}
        two = {
            **one,
            "PORTMAN_HOME": str(tmp_path / "laptop-2"),
            "DOCKER_HOST": "ssh://me@192.0.2.7",
        }
        three = {
            **one,
            "PORTMAN_HOME": str(tmp_path / "laptop-3"),
            "DOCKER_HOST": over_tcp(engine, started),
        }
        first = engine.portman("up", "--json", cwd=project, env=one)
        second = engine.portman("up", "--json", cwd=other, env=two)
        assert (first.code, second.code) == (0, 0), (first.out, second.out)
        assert _services(first.json)["db"]["port"] == 26606
        assert _services(second.json)["db"]["port"] != 26606
        # This machine's own ports are private without PORTMAN_SPACE.
        assert _services(second.json)["web"]["port"] == 26610
        last = engine.portman("up", "--json", cwd=third, env=three)
        assert last.code == 0, last.out
        assert len({_services(each.json)["db"]["port"] for each in (first, second, last)}) == 3
        assert len(cluster.leased()) == 3
        assert len({space for space, _, _ in cluster.leased()}) == 1
        assert all(space.startswith("engine:") for space, _, _ in cluster.leased())
        # One engine, three folders of one name: three Compose projects.
        assert len({project_of(folder) for folder in (project, other, third)}) == 3
        (tmp_path / "asked").unlink()
        cluster.stop()
        again = engine.portman("port", "db", cwd=project, env=one)
        assert (again.out, again.err) == ("26606\n", "")
        assert not (tmp_path / "asked").exists()
        cluster.start()
        assert engine.portman("down", cwd=project, env=one).code == 0
        moved = engine.portman("up", "--reassign", "db", "--json", cwd=other, env=two)
        assert _services(moved.json)["db"]["port"] == 26606
    finally:
        cluster.remove()
