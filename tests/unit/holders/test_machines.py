"""{engine} x {its context is in use or not} x {ours, a stranger's, no container} x {system}.

The machine is data (tests/fake_machine.py); `up` and `free --dry-run` are the real commands, called
in this process.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest

from portman.base.values import ContainerFacts
from portman.commands.free import free
from portman.commands.up import up
from portman.containers.endpoint import DEFAULT
from portman.containers.model import Binding, Container
from portman.diagnose.free.plan import FreeOptions
from tests.fake_machine import FakeMachine

PORT = 38600


class Engine(NamedTuple):
    """An engine in a virtual machine: who has its ports on which system, and where it listens."""

    name: str
    system: str
    forwarder: str
    argv: tuple[str, ...]
    place: str


def mux(path: str) -> tuple[str, ...]:
    return (f"ssh: {path}/ssh.sock [mux]",)


LIBRARY = "/Users/me/Library/Application Support"


ENGINES = (
    Engine("desktop", "darwin", "com.docker.backend", (), ".docker/run/docker.sock"),
    Engine("desktop", "win32", "com.docker.backend.exe", (), "dockerDesktopLinuxEngine"),
    Engine("desktop", "linux", "com.docker.backend", (), ".docker/desktop/docker.sock"),
    Engine("orbstack", "darwin", "OrbStack Helper", (), ".orbstack/run/docker.sock"),
    Engine("colima", "darwin", "ssh", mux("/Users/me/.colima/_lima/colima"),
           ".colima/default/docker.sock"),
    Engine("colima", "darwin", "limactl", (), ".colima/work/docker.sock"),
    Engine("colima", "linux", "ssh", mux("/home/me/.lima/colima"), ".colima/docker.sock"),
    Engine("lima", "darwin", "limactl", (), ".lima/docker/sock/docker.sock"),
    Engine("lima", "linux", "ssh", mux("/home/me/.lima/docker"), ".lima/docker/sock/docker.sock"),
    Engine("rancher", "darwin", "ssh", mux(f"{LIBRARY}/rancher-desktop/lima/0"),
           ".rd/docker.sock"),
    Engine("rancher", "linux", "limactl", (), ".rd/docker.sock"),
    Engine("rancher", "win32", "host-switch.exe", (), "docker_engine"),
    Engine("podman", "darwin", "gvproxy", (), "T/podman/podman-machine-default-api.sock"),
    Engine("podman", "win32", "gvproxy.exe", (), "podman-machine-default"),
    Engine("podman", "linux", "rootlessport", (), "run/podman/podman.sock"),
    Engine("wsl", "win32", "wslrelay.exe", (), "docker_engine"),
)  # fmt: skip


@pytest.fixture(name="shop")
def _shop(tmp_path: Path) -> Path:
    if Path(DEFAULT.removeprefix("unix://")).exists():
        pytest.skip("this machine's own engine comes first")
    folder = tmp_path / "shop"
    folder.mkdir()
    manifest = f"[services]\nweb = 38601\n[containers.db]\ntarget = 5432\nport = {PORT}\n"
    (folder / "ports.toml").write_text(manifest)
    return folder


@pytest.mark.parametrize("whose", ["ours", "stranger", "none"])
@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize(
    "engine", ENGINES, ids=lambda one: f"{one.name}-{one.system}-{one.forwarder}"
)
def test_a_port_behind_an_engine(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    shop: Path,
    engine: Engine,
    whose: str,
    *,
    listed: bool,
) -> None:
    machine = FakeMachine(engine.system, tmp_path / "home", engine=engine.place)
    machine.install(monkeypatch)
    if listed:
        use_context(machine, engine)
    assert up(str(shop)).exit_code == 0
    # Who typed `colima start` here: the forwarder works in the checkout, and that shows nothing.
    machine.listen(PORT, engine.forwarder, engine.argv, cwd=str(shop))
    folder = str(shop if whose == "ours" else tmp_path / "other")
    facts = ContainerFacts(name="db-1", id="a" * 64, state="running", folder=folder)
    if whose != "none":
        machine.containers = (Container(facts, (Binding("tcp", PORT, "0.0.0.0"),)),)
    report = up(str(shop))
    db = next(one for one in report.data["services"] if one["name"] == "db")
    assert db["port"] == PORT
    assert db["verdict"] == ("running" if whose == "ours" else "taken"), report.errors
    assert machine.asked, "the engine was not asked"
    assert set(machine.asked) == {machine._url()}
    said = " ".join(one.message for one in report.errors)
    assert ("db-1" in said) == (whose == "stranger")
    plan = free(str(shop), str(PORT), options=FreeOptions(dry_run=True)).data["plan"]
    if whose == "none":
        assert [one["reason"] for one in plan["refusals"]] == ["forwarder"]
        assert plan["steps"] == []
    else:
        assert [one["kind"] for one in plan["steps"]] == ["stop-container"]


def use_context(machine: FakeMachine, engine: Engine) -> None:
    docker = machine.home / ".docker"
    meta = docker / "contexts/meta" / sha256(engine.name.encode()).hexdigest()
    meta.mkdir(parents=True)
    found = {"Endpoints": {"docker": {"Host": machine._url()}}}
    (meta / "meta.json").write_text(json.dumps(found))
    (docker / "config.json").write_text(json.dumps({"currentContext": engine.name}))


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
@pytest.mark.parametrize(("inside", "verdict"), [(True, "running"), (False, "taken")])
def test_a_plain_server_asks_no_engine(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    shop: Path,
    system: str,
    verdict: str,
    *,
    inside: bool,
) -> None:
    machine = FakeMachine(system, tmp_path / "home", engine="docker_engine")
    machine.install(monkeypatch)
    assert up(str(shop)).exit_code == 0
    machine.asked.clear()
    machine.listen(38601, "node", ("node", "server.js"), cwd=str(shop if inside else tmp_path))
    web = next(one for one in up(str(shop)).data["services"] if one["name"] == "web")
    assert (web["verdict"], machine.asked) == (verdict, [])


@pytest.mark.parametrize(("first", "second"), [(0, 5), (3, 12), (14, 2)])
def test_an_engine_that_is_not_in_use_is_asked_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shop: Path, first: int, second: int
) -> None:
    """Two engines run, and docker asks the first: a forwarder of the second leads to its container.

    What is to be typed names that engine, and the one in use is asked for nothing else.
    """
    used, other = ENGINES[first], ENGINES[second]
    machine = FakeMachine(other.system, tmp_path / "home", engine=used.place)
    machine.install(monkeypatch)
    use_context(machine, used)
    monkeypatch.setattr(machine, "engine", other.place)
    machine._install_engine(monkeypatch)
    assert up(str(shop)).exit_code == 0
    machine.listen(PORT, other.forwarder, other.argv, cwd=str(shop))
    facts = ContainerFacts(name="db-1", id="a" * 64, state="running", folder=str(shop))
    machine.containers = (Container(facts, (Binding("tcp", PORT, "0.0.0.0"),)),)
    db = next(one for one in up(str(shop)).data["services"] if one["name"] == "db")
    assert (db["verdict"], db["holder"]["container"]["name"]) == ("running", "db-1")
    (step,) = free(str(shop), str(PORT), options=FreeOptions(dry_run=True)).data["plan"]["steps"]
    assert list(step["command"]) == ["docker", "-H", machine._url(), "stop", "db-1"]
