"""What doctor and watch say of real containers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.daemon import Engine

IMAGE = "portman-test:1"
CHAIN = "type filter hook input priority 0; policy drop; iif lo accept;"
DROP = f"table inet guard {{ chain in {{ {CHAIN} }}; }}"


def published(engine: Engine, folder: Path) -> list[dict[str, Any]]:
    """Return what doctor says of publications."""
    found = engine.portman("doctor", "--json", cwd=folder).json["data"]["checks"]
    return [one for one in found if one["check"] == "published"]


def test_a_publication_past_an_input_chain_is_told(engine: Engine, project: Path) -> None:
    """The firewall drops everything that comes in, and Docker lets it in all the same."""
    engine.docker("run", "-d", "--name", "open", "-p", "26200:80", IMAGE)
    engine.docker("run", "-d", "--name", "closed", "-p", "127.0.0.1:26201:80", IMAGE)
    (found,) = published(engine, project)
    # Docker's own chains filter what is forwarded; the input chain lets everything in.
    assert (found["status"], "1 port published on all" in found["reason"]) == ("ok", True)
    engine.inside("nft", DROP)
    try:
        (found,) = published(engine, project)
    finally:
        engine.inside("nft", "delete table inet guard")
    assert found["status"] == "warn"
    assert "container open publishes 26200 on all interfaces, past nft" in found["reason"]
    assert found["hints"][0]["label"] == 'publish it on loopback only: "127.0.0.1:26200:TARGET"'


def test_publications_on_loopback_are_fine(engine: Engine, project: Path) -> None:
    """Whatever the firewall does."""
    engine.docker("run", "-d", "-p", "127.0.0.1:26200:80", IMAGE)
    (found,) = published(engine, project)
    assert (found["status"], "none published on all" in found["reason"]) == ("ok", True)


def test_the_versions_are_the_engines(engine: Engine, project: Path) -> None:
    """Of the engine that answers, and of the Compose that is installed."""
    found = engine.portman("doctor", "--json", cwd=project).json["data"]["checks"]
    by_check = {one["check"]: one["reason"] for one in found}
    version = engine.docker("version", "--format", "{{.Server.Version}}")
    assert by_check["docker"].startswith(f"Docker Engine {version}")
    assert by_check["compose"].startswith("Docker Compose 2.")


def test_watch_names_the_container_behind_a_port(engine: Engine, project: Path) -> None:
    """Not its forwarder."""
    (project / "ports.toml").write_text('[containers.db]\ntarget = 80\nport = "auto"\n')
    port = engine.portman("port", "db", cwd=project).out.strip()
    engine.docker("run", "-d", "--name", "shop-db-1", "-p", f"127.0.0.1:{port}:80", IMAGE)
    row = json.loads(engine.portman("watch", "--once", "--json", cwd=project).out)["services"][0]
    assert (row["container"], row["holder"]) == ("shop-db-1", "container shop-db-1")


def test_a_container_on_all_interfaces_that_should_be_local(engine: Engine, project: Path) -> None:
    """It has a lease of this checkout and the manifest says 127.0.0.1."""
    (project / "ports.toml").write_text('[containers.db]\ntarget = 80\nport = "auto"\n')
    port = engine.portman("port", "db", cwd=project).out.strip()
    engine.docker("run", "-d", "--name", "shop-db-1", "-p", f"{port}:80", IMAGE)
    found = engine.portman("doctor", "--json", cwd=project).json["data"]["checks"]
    (exposed,) = [one for one in found if one["check"] == "exposure"]
    assert exposed["status"] == "warn"
    assert f"shop-db-1 listens on all interfaces, port {port}" in exposed["reason"]
