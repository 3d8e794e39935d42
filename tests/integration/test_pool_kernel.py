"""The pool follows the kernel: its automatic range is changed under us in a namespace of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a network namespace"),
]
SCRIPT = """
ip link set lo up
echo "{0}" > /proc/sys/net/ipv4/ip_local_port_range
exec "$PYTHON" -m portman {1}
"""


def inside(folder: Path, automatic: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run portman in a fresh network namespace with that automatic range."""
    return subprocess.run(
        ["unshare", "-n", "sh", "-c", SCRIPT.format(automatic, " ".join(words))],
        cwd=folder,
        env={**os.environ, "PYTHON": sys.executable, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("automatic", "low", "high"),
    [
        ("32768 60999", 61000, 65535),
        ("49152 65535", 20000, 29999),
        ("20000 65535", 10000, 19999),
        ("15000 25000", 49152, 65535),
        ("50000 52000", 52001, 65535),
    ],
)
def test_ports_come_from_outside_the_automatic_range(
    tmp_path: Path, automatic: str, low: int, high: int
) -> None:
    """Every port of ten lies where this kernel hands out none by itself."""
    services = "".join(f's{number} = "auto"\n' for number in range(10))
    (tmp_path / "ports.toml").write_text(f"[services]\n{services}")
    done = inside(tmp_path, automatic, "up", "--json")
    assert done.returncode == 0, done.stderr
    ports = [one["port"] for one in json.loads(done.stdout)["data"]["services"]]
    assert all(low <= port <= high for port in ports), ports
    where = json.loads(inside(tmp_path, automatic, "where", "--json").stdout)["data"]
    assert where["automatic_range"] == automatic.replace(" ", "-")
    assert where["pool"][0] == f"{low}-{high}"


def test_a_range_that_moves_over_a_lease_moves_nothing(tmp_path: Path) -> None:
    """A lease stays, whatever the kernel does later; `doctor` is who tells."""
    (tmp_path / "ports.toml").write_text('[services]\nweb = "auto"\n')
    first = inside(tmp_path, "32768 60999", "port", "web").stdout
    assert inside(tmp_path, "49152 65535", "port", "web").stdout == first


def test_chosen_range_is_the_only_band(tmp_path: Path) -> None:
    """`[pool] range` is obeyed, and its end is an error that says so."""
    (tmp_path / "ports.toml").write_text(
        '[pool]\nrange = "24000-24001"\n[services]\na = "auto"\nb = "auto"\n'
    )
    done = inside(tmp_path, "32768 60999", "up", "--json")
    ports = {one["port"] for one in json.loads(done.stdout)["data"]["services"]}
    assert ports == {24000, 24001}
    other = tmp_path / "other"
    other.mkdir()
    (other / "ports.toml").write_text((tmp_path / "ports.toml").read_text())
    full = inside(other, "32768 60999", "up", "--json")
    assert full.returncode == 1
    problem = json.loads(full.stdout)["errors"][0]
    assert (problem["code"], "24000-24001" in problem["message"]) == ("pool-exhausted", True)
    assert "[pool] range" in str(problem["hints"])
