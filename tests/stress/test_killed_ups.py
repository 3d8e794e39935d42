"""`kill -9` at random moments: no port twice, no half file, the next `up` finishes."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.stress
ROUNDS = int(os.environ.get("PORTMAN_KILL_ROUNDS", "500"))
FOREIGN = "# mine\nSECRET=x y\n"
FORMS = [("up",), ("up", "--reassign", "a"), ("down",), ("env",), ("up",)]


def env() -> dict[str, str]:
    """Return the environment of a portman from this tree."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def manifest(number: int) -> str:
    """Return a manifest that changes from round to round, so that there is always work."""
    services = "".join(f'{name} = "auto"\n' for name in "abcdefgh"[: 3 + number % 5])
    outputs = '[[output]]\npath = ".env"\n[[output]]\npath = "p.json"\nformat = "json"\n'
    return f"[services]\n{services}{outputs}"


def whole(folder: Path) -> None:
    """Check that each output is complete, old or new, and no foreign byte is lost."""
    text = (folder / ".env").read_text()
    assert text.startswith(FOREIGN)
    rest = text[len(FOREIGN) :]
    assert rest == "" or re.fullmatch(
        r"# >>> portman\n(#.*\n)?([A-Z_0-9]+=\d+\n)+# <<< portman\n", rest
    )
    if (folder / "p.json").exists():
        json.loads((folder / "p.json").read_text())


def test_killed_at_random_moments(tmp_path: Path, own_state: Path) -> None:
    """Five checkouts are worked on in turn while every process dies early."""
    seed = int(os.environ.get("PORTMAN_SEED", "20261124"))
    dice = random.Random(seed)
    folders = [tmp_path / name for name in "vwxyz"]
    for folder in folders:
        folder.mkdir()
        (folder / ".env").write_text(FOREIGN)
        (folder / "ports.toml").write_text(manifest(0))
    # How long one takes is measured here, and again by what came too late, so that the kills fall
    # into its life on any machine, also one that is busy with something else for a while.
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "portman", "up"], cwd=folders[0], env=env(), check=True)
    life = time.monotonic() - began
    killed = 0
    for number in range(ROUNDS):
        folder = dice.choice(folders)
        (folder / "ports.toml").write_text(manifest(number))
        words = dice.choice(FORMS)
        process = subprocess.Popen(
            [sys.executable, "-m", "portman", *words],
            cwd=folder, env=env(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(dice.uniform(0.2, 1.1) * life)
        process.send_signal(signal.SIGKILL)
        in_time = process.wait() == -signal.SIGKILL
        life *= 1.02 if in_time else 0.93
        killed += in_time
        whole(folder)
        if number % 25 == 0:
            sound(own_state)
    assert killed > ROUNDS // 4, (seed, killed)
    sound(own_state)
    everything = []
    for folder in folders:
        done = subprocess.run(
            [sys.executable, "-m", "portman", "up", "--json"],
            cwd=folder, env=env(), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (seed, done.stderr, done.stdout)
        services = json.loads(done.stdout)["data"]["services"]
        everything += [one["port"] for one in services]
        whole(folder)
        assert all(f"={one['port']}\n" in (folder / ".env").read_text() for one in services)
        left = [one.name for one in folder.iterdir() if one.name.startswith(".portman-")]
        assert len(left) <= 1, left  # swept by the next write in that folder
    assert len(everything) == len(set(everything))


def sound(state: Path) -> None:
    """Check the ledger file itself, as sqlite sees it."""
    if not (state / "ledger.db").exists():
        return
    connection = sqlite3.connect(f"file:{state / 'ledger.db'}?mode=ro", uri=True)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        twice = connection.execute(
            "SELECT scope, protocol, port FROM lease GROUP BY 1, 2, 3 HAVING count(*) > 1"
        ).fetchall()
        assert twice == []
    finally:
        connection.close()
