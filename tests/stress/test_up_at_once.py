"""Many processes at once: no port twice, no failure, everybody of a checkout agrees."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from portman.ledger.sqlite import SqliteLedger

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.stress
TWENTY = "[services]\n" + "".join(f's{number} = "auto"\n' for number in range(20))


def checkouts(folder: Path, number: int) -> list[Path]:
    """Make checkouts with twenty services each."""
    made = [folder / f"checkout-{at}" for at in range(number)]
    for one in made:
        one.mkdir()
        (one / "ports.toml").write_text(TWENTY)
    return made


def start(folder: Path) -> subprocess.Popen[str]:
    """Start `portman up --json` and do not wait for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "portman", "up", "--json"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ports(process: subprocess.Popen[str]) -> list[int]:
    """Wait for a started `up`, expect success, return its ports."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, (out[:2000], err[:2000])
    return [port for one in json.loads(out)["data"]["services"] for port in one["ports"]]


def in_file(folder: Path) -> list[int]:
    """Return the ports that a checkout's env file carries."""
    lines = (folder / ".env").read_text().splitlines()
    return [int(line.split("=")[1]) for line in lines if "_PORT=" in line]


def test_200_first_ups_at_once(tmp_path: Path) -> None:
    """200 checkouts, 20 services each: 4,000 distinct ports, 200 exits 0.

    How long it takes is measured in benchmarks/, where nothing else runs.
    """
    folders = checkouts(tmp_path, 200)
    given = [ports(process) for process in [start(folder) for folder in folders]]
    flat = [port for some in given for port in some]
    assert len(flat) == len(set(flat)) == 4000
    assert [in_file(folder) for folder in folders] == given


def test_5_processes_in_each_of_40_checkouts_agree(tmp_path: Path, own_state: Path) -> None:
    """Who comes second finds what the first has chosen."""
    folders = checkouts(tmp_path, 40)
    running = [(folder, start(folder)) for _ in range(5) for folder in folders]
    told: dict[Path, set[tuple[int, ...]]] = {}
    for folder, process in running:
        told.setdefault(folder, set()).add(tuple(ports(process)))
    assert all(len(answers) == 1 for answers in told.values())
    flat = [port for answers in told.values() for some in answers for port in some]
    assert len(flat) == len(set(flat)) == 800
    assert all(tuple(in_file(folder)) in told[folder] for folder in folders)
    assert SqliteLedger(str(own_state)).verify() == ()
