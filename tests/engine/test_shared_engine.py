"""A team on one remote engine: two state folders, two spellings of it, one server that decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cluster import Cluster
from tests.engine.test_remote import _far, _services

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.daemon import Engine

far = _far


def test_two_laptops_on_one_remote_engine_get_different_ports(
    engine: Engine, project: Path, far: dict[str, str], tmp_path: Path
) -> None:
    """By the engine's own ID; once leased, neither the engine nor the server is asked."""
    cluster = Cluster(54_340)
    try:
        server = f"postgresql://ada@/ports?host={cluster.folder}&port={cluster.port}"
        text = "[services]\nweb = 26610\n[containers.db]\ntarget = 5432\nport = 26606\n"
        other = tmp_path / "other" / project.name
        other.mkdir(parents=True)
        for folder in (project, other):
            (folder / "ports.toml").write_text(text)
        one = {**far, "PORTMAN_LEDGER": server, "PORTMAN_HOME": str(tmp_path / "laptop-1")}
        two = {
            **one,
            "PORTMAN_HOME": str(tmp_path / "laptop-2"),
            "DOCKER_HOST": "ssh://me@192.0.2.7",
        }
        first = engine.portman("up", "--json", cwd=project, env=one)
        second = engine.portman("up", "--json", cwd=other, env=two)
        assert (first.code, second.code) == (0, 0), (first.out, second.out)
        assert _services(first.json)["db"]["port"] == 26606
        assert _services(second.json)["db"]["port"] != 26606
        # This machine's own ports are private without PORTMAN_SPACE.
        assert _services(second.json)["web"]["port"] == 26610
        assert len(cluster.leased()) == 2
        assert all(space.startswith("engine:") for space, _, _ in cluster.leased())
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
