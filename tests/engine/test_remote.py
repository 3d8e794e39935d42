"""An engine on another machine: its own port space, its own answers, no local probes.

The other machine is this one behind an `ssh` of the test's own, which runs what the real one would
run over there: `docker system dial-stdio`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.engine.daemon import Engine

IMAGE = "portman-test:1"
MANIFEST = "[services]\nweb = 26600\n[containers.db]\ntarget = 5432\nport = 26601\n"


@pytest.fixture(name="far")
def _far(engine: Engine, tmp_path: Path) -> dict[str, str]:
    """Return the environment with the engine behind an ssh that notes its command line."""
    tools = tmp_path / "tools"
    tools.mkdir()
    script = tools / "ssh"
    script.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n'
        f"exec docker --host {engine.host} system dial-stdio\n"
    )
    script.chmod(0o755)
    return {"PATH": f"{tools}:{os.environ['PATH']}", "DOCKER_HOST": "ssh://me@far:2222"}


def _services(answer: dict[str, object]) -> dict[str, dict[str, object]]:
    return {one["name"]: one for one in answer["data"]["services"]}  # type: ignore[index]


def test_the_far_engine_is_asked_and_local_probes_are_not(
    engine: Engine, project: Path, far: dict[str, str], tmp_path: Path
) -> None:
    """A local listener is nothing to a far container; a far stopped container is nothing to us."""
    engine.docker("create", "--name", "there", "-p", "26600:80", "-p", "26602:80", IMAGE)
    engine.docker("run", "-d", "--init", "--name", "here", "-p", "26601:80", IMAGE)
    engine.docker("stop", "-t", "0", "here")
    (project / "ports.toml").write_text(
        MANIFEST + "[containers.cache]\ntarget = 1\nport = 26602\n"
        "[containers.mail]\ntarget = 2\nport = 26603\n"
    )
    listener = engine.inside(
        "sh", "-c", "busybox nc -lk -p 26603 >/dev/null 2>&1 & echo $!", cwd=tmp_path
    )
    done = engine.portman("up", "--json", cwd=project, env=far)
    engine.inside("kill", listener.out.strip())
    assert done.code == 0, done.out
    found = _services(done.json)
    assert found["web"]["port"] == 26600  # bound over there, not here
    assert found["web"]["verdict"] == "idle"
    assert found["mail"]["port"] == 26603  # listened on here, not there
    assert found["mail"]["verdict"] is None
    assert found["cache"]["port"] != 26602
    asked = (tmp_path / "asked").read_text().splitlines()
    assert len(asked) == 1
    assert "BatchMode=yes" in asked[0]
    assert asked[0].endswith("-l me -p 2222 -- far docker system dial-stdio")


def test_each_engine_has_its_own_leases(engine: Engine, project: Path, far: dict[str, str]) -> None:
    """Turning DOCKER_HOST turns the containers' ports, and turning it back brings them back."""
    (project / "ports.toml").write_text('[containers.db]\ntarget = 5432\nport = "auto"\n')
    here = _services(engine.portman("up", "--json", cwd=project).json)["db"]["port"]
    engine.docker("create", "--name", "rival", "-p", f"{here}:80", IMAGE)
    for _ in range(2):
        there = _services(engine.portman("up", "--json", cwd=project, env=far).json)["db"]["port"]
        assert there != here
        assert engine.portman("port", "db", cwd=project, env=far).out.strip() == str(there)
        assert engine.portman("port", "db", cwd=project).out.strip() == str(here)
    assert engine.portman("down", cwd=project).code == 0
    assert engine.portman("list", "--json", cwd=project).json["data"]["checkouts"] == []


def test_one_engine_spelled_by_name_and_by_address_is_one_port_space(
    engine: Engine, project: Path, far: dict[str, str], tmp_path: Path
) -> None:
    """It says itself which engine it is; leases and Compose names of both spellings meet."""
    text = "[containers.db]\ntarget = 5432\nport = 26605\n"
    other = tmp_path / "other" / project.name
    other.mkdir(parents=True)
    for folder in (project, other):
        (folder / "ports.toml").write_text(text)
        file = "services:\n  db:\n    image: portman-test:1\n    ports: ['26605:5432']\n"
        (folder / "compose.yaml").write_text(file)
    number = {**far, "DOCKER_HOST": "ssh://me@192.0.2.7"}
    one = engine.portman("up", "--json", cwd=project, env=far)
    two = engine.portman("up", "--json", cwd=other, env=number)
    assert (one.code, two.code) == (0, 0), two.out
    assert _services(one.json)["db"]["port"] == 26605
    assert _services(two.json)["db"]["port"] != 26605
    assert engine.portman("port", "db", cwd=project, env=number).out == "26605\n"
    found = engine.portman("list", "--json", cwd=project, env=far).json["data"]["checkouts"]
    scopes = {row["scope"] for one in found for row in one["services"]}
    assert scopes == {"host:far"}, found
    names = [one for one in (other / ".env").read_text().splitlines() if "PROJECT_NAME" in one]
    assert names


def test_a_warm_up_asks_nothing_of_a_far_engine(
    engine: Engine, project: Path, far: dict[str, str], tmp_path: Path
) -> None:
    """Once leased, no ssh is started."""
    (project / "ports.toml").write_text(MANIFEST)
    for _ in range(5):
        assert engine.portman("up", "--json", cwd=project, env=far).code == 0
        time.sleep(0.1)
    assert len((tmp_path / "asked").read_text().splitlines()) == 1


def test_a_far_engine_out_of_reach_is_said(
    engine: Engine, project: Path, far: dict[str, str], tmp_path: Path
) -> None:
    """`up` goes on."""
    (tmp_path / "tools" / "ssh").write_text("#!/bin/sh\necho no route >&2\nexit 255\n")
    (project / "ports.toml").write_text(MANIFEST)
    done = engine.portman("up", "--json", cwd=project, env=far)
    assert done.code == 0
    assert [one["code"] for one in done.json["warnings"]].count("engine-unseen") == 1
    assert "ssh://me@far:2222" in done.out
    assert "no route" not in done.err


def test_a_context_names_the_engine(
    engine: Engine, project: Path, far: dict[str, str], tmp_path: Path
) -> None:
    """The current context counts where DOCKER_HOST does not say otherwise."""
    config = tmp_path / "docker"
    meta = config / "contexts" / "meta" / hashlib.sha256(b"prod").hexdigest()
    meta.mkdir(parents=True)
    (config / "config.json").write_text(json.dumps({"currentContext": "prod"}))
    (meta / "meta.json").write_text(
        json.dumps({"Name": "prod", "Endpoints": {"docker": {"Host": "ssh://me@far"}}})
    )
    (project / "ports.toml").write_text(MANIFEST)
    env = {**far, "DOCKER_HOST": "", "DOCKER_CONFIG": str(config)}
    done = engine.portman("up", "--json", cwd=project, env=env)
    assert _services(done.json)["db"]["verdict"] is None
    assert "-l me -- far docker" in (tmp_path / "asked").read_text()
    (meta / "meta.json").write_text("{broken")
    done = engine.portman("up", "--json", cwd=project, env=env)
    assert done.code == 0, (sys.version, done.err)


#: Carries a TCP connection to a socket file: (address, port, socket, folder of PEM files or "").
CARRY = """
import os, socket, ssl, sys, threading
address, port, path, pem = sys.argv[1:]
server = socket.create_server((address, int(port)))
if pem:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=f"{pem}/ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(f"{pem}/cert.pem", f"{pem}/key.pem")
    server = context.wrap_socket(server, server_side=True)
print("ready", flush=True)
def carry(one, other):
    try:
        while data := one.recv(65536):
            other.sendall(data)
    except OSError:
        pass
while True:
    try:
        near = server.accept()[0]
    except OSError:
        continue
    far = socket.socket(socket.AF_UNIX)
    far.connect(path)
    threading.Thread(target=carry, args=(near, far), daemon=True).start()
    threading.Thread(target=carry, args=(far, near), daemon=True).start()
"""
ADDRESS = "10.99.0.1"


def _certificates(folder: Path) -> bool:
    """Make an authority that is its own server and client; return whether openssl did."""
    folder.mkdir()
    made = subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", "/CN=test", "-addext", f"subjectAltName=IP:{ADDRESS}"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
        ],
        capture_output=True,
    )
    if made.returncode == 0:
        (folder / "ca.pem").write_bytes((folder / "cert.pem").read_bytes())
    return made.returncode == 0


@pytest.mark.parametrize("secure", [False, True])
def test_an_engine_over_tcp(
    engine: Engine,
    project: Path,
    tmp_path: Path,
    started: Callable[..., subprocess.Popen[str]],
    *,
    secure: bool,
) -> None:
    """`tcp://` with and without TLS; with the wrong authority it is told, not trusted."""
    if secure and not (shutil.which("openssl") and _certificates(tmp_path / "pem")):
        pytest.skip("no openssl here")
    engine.inside("ip", "address", "add", f"{ADDRESS}/32", "dev", "lo")
    port = 2376 if secure else 2375
    process = started(
        *("nsenter", f"--net=/proc/{engine.pid}/ns/net", "--", sys.executable, "-c", CARRY),
        *(ADDRESS, str(port), engine.host.removeprefix("unix://")),
        str(tmp_path / "pem") if secure else "",
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    engine.docker("create", "--name", "there", "-p", "26601:80", IMAGE)
    (project / "ports.toml").write_text(MANIFEST)
    env = {"DOCKER_HOST": f"tcp://{ADDRESS}:{port}"}
    if secure:
        env |= {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(tmp_path / "pem")}
    done = engine.portman("up", "--json", cwd=project, env=env)
    assert "claimed by container there (created)" in done.out
    assert _services(done.json)["db"]["verdict"] == "idle"  # that address is this machine's
    if secure:
        assert _certificates(tmp_path / "other")
        env["DOCKER_CERT_PATH"] = str(tmp_path / "other")
        done = engine.portman("--instance", "x", "up", "--json", cwd=project, env=env)
        assert done.code == 0
        assert "engine-unseen" in [one["code"] for one in done.json["warnings"]]
