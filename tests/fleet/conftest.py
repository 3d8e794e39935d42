"""One PostgreSQL for the session, emptied for each test; two state folders are two machines."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cluster import Cluster
from tests.processes import ROOT, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session", name="debian_cluster")
def _debian_cluster() -> Iterator[Cluster]:
    cluster = Cluster(54_310)
    yield cluster
    cluster.remove()


@pytest.fixture(scope="session", name="session_cluster")
def _session_cluster(debian_cluster: Cluster) -> Cluster:
    return debian_cluster


@pytest.fixture(name="cluster")
def _cluster(session_cluster: Cluster) -> Cluster:
    session_cluster.empty()
    return session_cluster


class Machine:
    """A state folder of its own and one checkout: a laptop, a job container."""

    def __init__(self, folder: Path, name: str, url: str, **env: str) -> None:
        self.name, self.folder = name, folder / name
        self.checkout = self.folder / "shop"
        self.checkout.mkdir(parents=True)
        (self.folder / "home").mkdir()
        self.write("[services]\nweb = 3000\napi = 'auto'\n")
        self.env = {
            **{key: value for key, value in os.environ.items() if key != "PORTMAN_CHECKOUT"},
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.folder / "home"),
            "PORTMAN_HOME": str(self.folder / "state"),
            "PORTMAN_LEDGER": url,
            **env,
        }

    def write(self, manifest: str) -> None:
        (self.checkout / "ports.toml").write_text(manifest)

    def argv(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "portman", *words]

    def __call__(self, *words: str, **env: str) -> Result:
        done = subprocess.run(
            self.argv(*words),
            cwd=self.checkout,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            timeout=120,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def ports(self) -> dict[str, int]:
        """Return what the env file of the checkout says."""
        lines = (self.checkout / ".env").read_text().splitlines()
        pairs = (line.partition("=") for line in lines if not line.startswith("#") and "=" in line)
        return {name: int(value) for name, _, value in pairs if value.isdecimal()}


@pytest.fixture(name="machine")
def _machine(cluster: Cluster, tmp_path: Path) -> Callable[..., Machine]:
    """Make machines that share the port space `box`; `machine("m1", PORTMAN_LEASE="2m")`."""

    def make(name: str, url: str = "", **env: str) -> Machine:
        return Machine(tmp_path, name, url or cluster.url(), **{"PORTMAN_SPACE": "box", **env})

    return make
