"""Which engine is asked, and whose ports its containers have: this machine's or another's."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from portman.base.values import LOCAL_SCOPE
from portman.containers import endpoint
from portman.containers.endpoint import DEFAULT, EngineEndpoint, find_endpoint

ROOT = Path(__file__).parents[2]
VARIABLES = (*endpoint.VARIABLES, "XDG_RUNTIME_DIR")


@pytest.fixture(name="home")
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home folder of the test's own, without a word of Docker or ssh in it."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(endpoint, "_hosts", {})
    return tmp_path


def own_address() -> str:
    """Return an address of an interface, of loopback where there is no other."""
    said = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False).stdout
    found = [one for one in said.split() if "." in one]
    return found[0] if found else "127.0.0.5"


def test_an_engine_of_this_machine_has_its_ports(home: Path) -> None:
    """However it is spelled: socket files, loopback, ssh to oneself, own names and addresses."""
    own, name = own_address(), socket.gethostname()
    urls = (
        *("unix:///run/docker.sock", "npipe:////./pipe/docker_engine", "tcp://localhost:2375"),
        *("tcp://127.0.0.1:2375", "tcp://127.9.9.9", "tcp://[::1]:2376", "ssh://me@localhost"),
        *("ssh://me@127.0.0.1:2222/run/podman.sock", f"tcp://{own}:2375", f"ssh://me@{own}"),
        *(f"ssh://{name}", f"tcp://{name.upper()}.:2375", f"http://[::ffff:{own}]:1"),
    )
    assert {EngineEndpoint(url).scope for url in urls} == {LOCAL_SCOPE}


def test_a_remote_engine_is_one_port_space(home: Path) -> None:
    """By host, whatever scheme, user, port, case, path or final dot."""
    urls = (
        *("tcp://Far.invalid:2375", "tcp://far.invalid", "http://far.invalid:80/x"),
        *("ssh://far.invalid", "ssh://me@far.invalid:22", "https://FAR.invalid.:2376"),
    )
    assert {EngineEndpoint(url).scope for url in urls} == {"host:far.invalid"}
    assert {EngineEndpoint(f"{one}://192.0.2.7").scope for one in ("tcp", "ssh")} == {
        "host:192.0.2.7"
    }
    assert EngineEndpoint("tcp://[2001:DB8:0::1]:2376").scope == "host:2001:db8::1"


def test_an_alias_of_ssh_is_the_host_it_names(home: Path) -> None:
    """`Host` with patterns and exceptions; the first HostName counts; this machine's too."""
    (home / ".ssh").mkdir()
    (home / ".ssh" / "config").write_text(
        "Host box !other\n  HostName far.invalid\nHost me\n HostName=127.0.0.1\n"
        "Match host box exec true\n HostName wrong.invalid\nHost *.lan\n HostName %h.invalid\n"
    )
    found = {name: EngineEndpoint(f"ssh://u@{name}").scope for name in ("box", "me", "a.lan", "z")}
    assert found == {
        "box": "host:far.invalid",
        "me": LOCAL_SCOPE,
        "a.lan": "host:a.lan.invalid",
        "z": "host:z",
    }
    assert EngineEndpoint("tcp://box").scope == "host:box"
    assert str(home / ".ssh" / "config") in EngineEndpoint("ssh://box").evidence()


def test_checkouts_of_one_machine_never_share_a_number(home: Path, tmp_path: Path) -> None:
    """Each with another spelling of this machine's engine, none of which answers."""
    hosts = ("ssh://me@localhost", f"tcp://{own_address()}:9", f"unix://{tmp_path}/none")
    ports = set()
    for number, host in enumerate(hosts):
        folder = tmp_path / f"c{number}"
        folder.mkdir()
        (folder / "ports.toml").write_text("[containers.db]\ntarget = 5432\nport = 25432\n")
        env = {
            **os.environ,
            "DOCKER_HOST": host,
            "PORTMAN_HOME": str(tmp_path / "state"),
            "PORTMAN_ENGINE_PATIENCE": "0.2",
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "portman", "port", "db"]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        ports.add(done.stdout)
    assert len(ports) == len(hosts)


@pytest.mark.parametrize(
    "place",
    [
        "run/docker.sock",
        "run/podman/podman.sock",
        ".docker/desktop/docker.sock",
        ".orbstack/run/docker.sock",
        ".rd/docker.sock",
        ".colima/default/docker.sock",
        ".colima/work/docker.sock",
        ".config/colima/default/docker.sock",
        ".lima/docker/sock/docker.sock",
        ".local/share/containers/podman/machine/podman.sock",
        ".local/share/containers/podman/machine/qemu/podman.sock",
        "moved/default/docker.sock",
        "T/podman/podman-machine-default-api.sock",
        "T/podman/work-api.sock",
    ],
)
def test_an_engine_is_found_by_its_socket(
    home: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Rootless Docker and Podman, and those that bring a virtual machine."""
    if Path(DEFAULT.removeprefix("unix://")).exists():
        pytest.skip("this machine's own engine comes first")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    monkeypatch.setenv("TMPDIR", f"{home}/T/")
    if place.startswith("moved"):
        monkeypatch.setenv("COLIMA_HOME", str(home / "moved"))
    (home / place).parent.mkdir(parents=True)
    (home / place).touch()
    assert find_endpoint().url == f"unix://{home / place}"


@pytest.mark.parametrize(
    ("there", "url", "absent"),
    [
        ([], "docker_engine", True),
        (["docker_engine"], "docker_engine", False),
        (["dockerDesktopLinuxEngine", "x"], "dockerDesktopLinuxEngine", False),
        (["podman-machine-default"], "podman-machine-default", False),
        (PermissionError(13, "denied"), "docker_engine", False),
    ],
)
def test_an_engine_of_windows_is_found_by_its_pipe(
    monkeypatch: pytest.MonkeyPatch, there: list[str] | OSError, url: str, *, absent: bool
) -> None:
    """A list that was refused is no proof that nothing is installed."""

    def pipes(path: str) -> list[str]:
        assert path == "//./pipe/"
        if isinstance(there, OSError):
            raise there
        return there

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "listdir", pipes)
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "CONTAINER_HOST"):
        monkeypatch.delenv(name, raising=False)
    found = find_endpoint()
    assert (found.url, found.absent) == (f"npipe:////./pipe/{url}", absent)


def test_variables_and_contexts_come_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CONTAINER_HOST is Podman's own variable; a context wins over it, DOCKER_HOST over all."""
    if not Path(DEFAULT.removeprefix("unix://")).exists():
        monkeypatch.setenv("CONTAINER_HOST", "ssh://core@localhost:1/run/podman.sock")
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(home))
        if not Path("/run/podman/podman.sock").exists():
            assert find_endpoint().url.startswith("ssh://core@")
    meta = home / ".docker" / "contexts" / "meta" / sha256(b"prod").hexdigest()
    meta.mkdir(parents=True)
    (meta / "meta.json").write_text(json.dumps({"Endpoints": {"docker": {"Host": "ssh://far"}}}))
    monkeypatch.setenv("DOCKER_CONTEXT", "prod")
    assert (find_endpoint().url, find_endpoint().context) == ("ssh://far", "prod")
    monkeypatch.setenv("DOCKER_HOST", "far:2375")
    assert find_endpoint().url == "tcp://far:2375"
