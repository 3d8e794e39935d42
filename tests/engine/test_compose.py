"""Compose projects as they are: read by portman, then read and brought up by Compose itself."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.daemon import Engine

IMAGE = "portman-test:1"
GIT = ("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")


def git(folder: Path, *argv: str) -> None:
    """Run git in a folder."""
    subprocess.run([*GIT, "-C", str(folder), *argv], check=True, capture_output=True)


def commit(folder: Path) -> None:
    """Commit everything."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")


def worktree(folder: Path, name: str) -> Path:
    """Add a worktree beside the main one."""
    place = folder.parent / name
    git(folder, "worktree", "add", "-q", str(place))
    return place


def values(folder: Path, name: str = ".env") -> dict[str, str]:
    """Read an env file without quotes."""
    rows = (folder / name).read_text().splitlines()
    return dict(row.split("=", 1) for row in rows if "=" in row and not row.startswith("#"))


def config(engine: Engine, folder: Path, *more: str) -> dict[str, Any]:
    """Return the project as Compose reads it."""
    done = engine.inside("docker", "compose", *more, "config", "--format", "json", cwd=folder)
    assert done.code == 0, done.err
    return done.json  # type: ignore[no-any-return]


def published(engine: Engine, folder: Path, service: str, *more: str) -> set[str]:
    """Return the published ports of a service, as Compose reads it: IP:PORT:TARGET/PROTOCOL."""
    rows = config(engine, folder, *more)["services"][service].get("ports", [])
    return {
        f"{one.get('host_ip', '')}:{one.get('published', '')}:{one['target']}/{one['protocol']}"
        for one in rows
    }


def page(engine: Engine, port: str) -> str:
    """Fetch what a container of the tests serves on a published port."""
    for _ in range(50):
        done = engine.inside("busybox", "wget", "-q", "-O", "-", f"http://127.0.0.1:{port}/")
        if done.code == 0:
            return done.out.strip()
    raise AssertionError(done.err)


SHOP = f"""\
name: shop
services:
  db:
    image: {IMAGE}
    init: true
    environment: {{WHO: "${{COMPOSE_PROJECT_NAME}}", PASSWORD: hunter2}}
    command: [/bin/sh, -c, 'echo "$$WHO" > /index.html; exec /bin/httpd -f -p 5432 -h /']
    ports:
      - 5432:5432
      - "127.0.0.1:15999:9000"
    volumes: [data:/data]
volumes: {{data: {{}}}}
"""


def test_three_worktrees_come_up_at_once(engine: Engine, project: Path) -> None:
    """Three databases on three ports; every env file points at its own; nobody's name changes."""
    (project / "compose.yaml").write_text(SHOP.replace('      - "127.0.0.1:15999:9000"\n', ""))
    (project / "ports.toml").write_text("[containers.db]\ntarget = 5432\nport = 5432\n")
    (project / ".gitignore").write_text("/.env\n/compose.override.yaml\n")
    commit(project)
    folders = [project, worktree(project, "feature"), worktree(project, "fix")]

    def launch(folder: Path) -> None:
        done = engine.portman("up", "--json", cwd=folder)
        assert done.code == 0, done.out
        assert not [one for one in done.json["warnings"] if one["code"] != "usual-taken"]
        engine.docker("compose", "up", "-d", "--quiet-pull", cwd=folder)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(launch, folders))
    seen = {page(engine, values(folder)["DB_PORT"]) for folder in folders}
    assert len(seen) == 3
    assert "COMPOSE_PROJECT_NAME" not in values(project)
    assert values(project)["DB_PORT"] == "5432"
    for folder in folders[1:]:
        mine = values(folder)
        assert page(engine, mine["DB_PORT"]) == mine["COMPOSE_PROJECT_NAME"]
    volumes = engine.docker("volume", "ls", "-q").split()
    assert len([one for one in volumes if one.endswith("_data")]) == 3
    assert "shop_data" in volumes
    for folder in folders:
        done = engine.portman("up", "--json", cwd=folder)
        (db,) = done.json["data"]["services"]
        assert (done.code, db["verdict"]) == (0, "running"), done.out
        assert db["holder"]["container"]["compose_service"] == "db"
        assert "hunter2" not in done.out + done.err
        engine.docker("compose", "down", "--volumes", "-t", "0", cwd=folder)


def test_other_bindings_stay(engine: Engine, project: Path) -> None:
    """`!override` replaces the one binding, on 127.0.0.1; the rest stays to the letter."""
    (project / "compose.yaml").write_text(
        f"""\
x-common: &common
  - 49100:22
services:
  box:
    image: {IMAGE}
    ports:
      - "5432:5432"
      - "9000-9002:9000-9002/udp"
      - 127.0.0.1:15999:9003
      - "[::1]:16000:9004"
      - target: 9005
        published: "16001"
        host_ip: 0.0.0.0
        mode: host
      - 9006
      - "${{OTHER:-16002}}:9007"
      - "16003-16010:9008"
  ssh:
    image: {IMAGE}
    ports: *common
"""
    )
    (project / "ports.toml").write_text(
        '[containers.db]\ntarget = 5432\nport = 5433\nservice = "box"\n'
        "[containers.ssh]\ntarget = 22\nport = 49101\n"
    )
    before = published(engine, project, "box")
    done = engine.portman("up", "--json", cwd=project)
    assert done.code == 0
    assert [one["code"] for one in done.json["warnings"]] == ["output-not-ignored"] * 2
    after = published(engine, project, "box")
    assert before - after == {":5432:5432/tcp"}
    assert after - before == {"127.0.0.1:5433:5432/tcp"}
    assert published(engine, project, "ssh") == {"127.0.0.1:49101:22/tcp"}
    text = (project / "compose.override.yaml").read_text()
    assert '"${OTHER:-16002}:9007"' in text


def test_variables_need_no_override(engine: Engine, project: Path) -> None:
    """A file that publishes our variable is left alone, and Compose publishes the lease."""
    (project / "compose.yaml").write_text(
        f"""\
services:
  db:
    image: {IMAGE}
    ports: ["${{DB_PORT:-5432}}:5432"]
  shard:
    image: {IMAGE}
    ports: ["127.0.0.1:${{SHARD_PORT}}-${{SHARD_PORT_3}}:7000-7002"]
  long:
    image: {IMAGE}
    ports: [{{target: 80, published: "${{LONG_PORT:?run portman up}}"}}]
"""
    )
    (project / "ports.toml").write_text(
        "[containers.db]\ntarget = 5432\n[containers.shard]\ntarget = 7000\ncount = 3\n"
        "[containers.long]\ntarget = 80\n"
    )
    done = engine.portman("up", "--json", cwd=project)
    assert [one["path"] for one in done.json["data"]["outputs"]] == [".env"]
    assert not (project / "compose.override.yaml").exists()
    mine = values(project)
    assert published(engine, project, "db") == {f":{mine['DB_PORT']}:5432/tcp"}
    assert f"127.0.0.1:{mine['SHARD_PORT_3']}:7002/tcp" in published(engine, project, "shard")
    codes = [one["code"] for one in done.json["warnings"]]
    assert codes == ["output-not-ignored"]


def test_own_override_is_kept(engine: Engine, project: Path) -> None:
    """With an override of the project's own, ours is another file and COMPOSE_FILE names both."""
    (project / "docker-compose.yml").write_text(
        f"services:\n  db:\n    image: {IMAGE}\n    ports: ['5432:5432']\n"
    )
    (project / "docker-compose.override.yml").write_text(
        "services:\n  db:\n    ports: ['15432:5433']\n"
    )
    (project / "ports.toml").write_text("[containers.db]\ntarget = 5432\nport = 26300\n")
    done = engine.portman("up", "--json", cwd=project)
    assert done.code == 0
    assert (project / "compose.portman.yaml").exists()
    assert published(engine, project, "db") == {"127.0.0.1:26300:5432/tcp", ":15432:5433/tcp"}
    below = project / "src"
    below.mkdir()
    assert "127.0.0.1:26300:5432/tcp" in published(engine, below, "db")
    (project / "docker-compose.override.yml").unlink()
    done = engine.portman("up", "--json", cwd=project)
    assert not (project / "compose.portman.yaml").exists()
    assert "COMPOSE_FILE" not in values(project)
    assert published(engine, project, "db") == {"127.0.0.1:26300:5432/tcp"}


def test_include_extends_profiles_and_several_files(engine: Engine, project: Path) -> None:
    """What Compose puts together out of many files is put together here as well."""
    (project / "team").mkdir()
    (project / "team" / "compose.yaml").write_text(
        f"""\
services:
  mail:
    image: {IMAGE}
    ports: ["1025:25", "${{MAIL_UI:-8025}}:8025"]
"""
    )
    (project / "team" / ".env").write_text("MAIL_UI=18025\n")
    (project / "base.yaml").write_text(
        f"services:\n  pg:\n    image: {IMAGE}\n    ports: ['5432:5432', '5434:5434']\n"
    )
    (project / "compose.yaml").write_text(
        f"""\
include:
  - team/compose.yaml
services:
  db:
    extends: {{file: base.yaml, service: pg}}
    profiles: [data]
    ports: ["5435:5435"]
  cache:
    image: {IMAGE}
    ports: ["6379:6379"]
"""
    )
    (project / "more.yaml").write_text("services:\n  cache:\n    ports: ['6380:6380']\n")
    (project / ".env").write_text("COMPOSE_FILE=compose.yaml:more.yaml\n")
    (project / "ports.toml").write_text(
        "[containers.db]\ntarget = 5432\nport = 26300\n"
        "[containers.mail]\ntarget = 25\nport = 26301\n"
        "[containers.cache]\ntarget = 6379\nport = 26302\n"
    )
    done = engine.portman("up", "--json", cwd=project)
    assert done.code == 0
    assert {one["code"] for one in done.json["warnings"]} == {"output-not-ignored"}, done.out
    assert published(engine, project, "db", "--profile", "data") == {
        "127.0.0.1:26300:5432/tcp",
        ":5434:5434/tcp",
        ":5435:5435/tcp",
    }
    assert published(engine, project, "mail") == {"127.0.0.1:26301:25/tcp", ":18025:8025/tcp"}
    assert published(engine, project, "cache") == {"127.0.0.1:26302:6379/tcp", ":6380:6380/tcp"}


def test_an_instance_has_a_project_of_its_own(engine: Engine, project: Path) -> None:
    """`--instance ci` writes .env.ci and an override that only that env file names."""
    (project / "compose.yaml").write_text(SHOP)
    (project / "ports.toml").write_text("[containers.db]\ntarget = 5432\nport = 5432\n")
    assert engine.portman("up", cwd=project).code == 0
    done = engine.portman("--instance", "ci", "up", "--json", cwd=project)
    assert done.code == 0
    mine = values(project, ".env.ci")
    assert mine["COMPOSE_PROJECT_NAME"].startswith("shop-ci-")
    assert published(engine, project, "db", "--env-file", ".env.ci") == {
        f"127.0.0.1:{mine['DB_PORT']}:5432/tcp",
        "127.0.0.1:15999:9000/tcp",
    }
    assert published(engine, project, "db") == {
        "127.0.0.1:5432:5432/tcp",
        "127.0.0.1:15999:9000/tcp",
    }


def test_down_gives_everything_back(engine: Engine, project: Path) -> None:
    """The override goes with the block; a file of that name that is not ours stays."""
    (project / "compose.yaml").write_text(SHOP)
    (project / "ports.toml").write_text("[containers.db]\ntarget = 5432\nport = 5432\n")
    before = sorted(one.name for one in project.iterdir())
    assert engine.portman("up", cwd=project).code == 0
    assert (project / "compose.override.yaml").exists()
    done = engine.portman("down", "--json", cwd=project)
    views = {one["path"]: one["action"] for one in done.json["data"]["outputs"]}
    assert views == {".env": "deleted", "compose.override.yaml": "deleted"}
    assert sorted(one.name for one in project.iterdir()) == before


def test_what_cannot_be_understood_is_named(engine: Engine, project: Path) -> None:
    """A service whose ports have no plain meaning is left alone, with file and reason."""
    (project / "compose.yaml").write_text(
        f"""\
services:
  db:
    image: {IMAGE}
    ports: ["5432-5440:5432-5440", "x:y:z"]
  web:
    image: {IMAGE}
    network_mode: host
"""
    )
    (project / "ports.toml").write_text(
        "[containers.db]\ntarget = 5432\n[containers.web]\ntarget = 80\n"
        '[containers.cache]\ntarget = 6379\nservice = "dbb"\n'
    )
    told = engine.portman("up", "--json", cwd=project).json["warnings"]
    unclear = {one["service"]: one for one in told if one["code"] == "compose-unclear"}
    assert "'x:y:z' is not a port" in unclear["db"]["message"]
    assert "network_mode host" in unclear["web"]["message"]
    assert unclear["cache"]["hints"][0]["label"] == "did you mean db?"


@pytest.mark.parametrize("host", ["0.0.0.0", "::1", "127.0.0.2"])
def test_the_manifest_says_where_to_publish(engine: Engine, project: Path, host: str) -> None:
    """`host` of the manifest is the address of the binding."""
    (project / "compose.yaml").write_text(SHOP)
    (project / "ports.toml").write_text(
        f'[containers.db]\ntarget = 5432\nport = 26300\nhost = "{host}"\n'
    )
    assert engine.portman("up", cwd=project).code == 0
    assert f"{host}:26300:5432/tcp" in published(engine, project, "db")
