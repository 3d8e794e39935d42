"""200 checkouts run their first `up` at the same moment."""

from __future__ import annotations

import resource
import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple

from installs import clean_environment
from worlds import manifest

if TYPE_CHECKING:
    from pathlib import Path


class Crowd(NamedTuple):
    """What became of it: seconds of wall and CPU time, exits other than 0, ports, distinct ones.

    On a machine that does other things as well, the CPU time divided by the cores is what the
    wall time would be without them, at the best.
    """

    seconds: float
    cpu: float
    failed: int
    ports: int
    distinct: int


def run(base: Path, programs: Path, *, checkouts: int = 200, services: int = 10) -> Crowd:
    """Start them all, wait for all, count the ports their env files name."""
    folders = [base / f"first-{number:03}" for number in range(checkouts)]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "ports.toml").write_text(manifest(services))
    environment = {**clean_environment(base / "home"), "PORTMAN_HOME": str(base / "state")}
    command = [str(programs / "portman"), "up", "-q"]
    spent = _children_cpu()
    begun = time.perf_counter()
    running = [
        subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for folder in folders
    ]
    codes = [process.wait(timeout=300) for process in running]
    seconds = time.perf_counter() - begun
    ports = [port for folder in folders for port in _ports(folder / ".env")]
    cpu = _children_cpu() - spent
    return Crowd(seconds, cpu, sum(code != 0 for code in codes), len(ports), len(set(ports)))


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _ports(file: Path) -> list[str]:
    if not file.exists():
        return []
    lines = file.read_text().splitlines()
    return [line.partition("=")[2] for line in lines if "_PORT=" in line]
