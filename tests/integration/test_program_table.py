"""The script that measures the table of programs, on the program that every Python has.

It starts servers: what the table says of a program is only seen when that runs.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.integration import needs
from tests.processes import ROOT


@pytest.mark.skipif(sys.platform != "linux", reason="networks of their own are Linux's")
def test_a_row_is_measured() -> None:
    """Seen: its port, address, option, and what it does on a port that is taken."""
    needs.program("unshare")
    needs.program("ip")
    done = subprocess.run(
        [sys.executable, "benchmarks/programs.py", "http.server"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "as the table says" in done.stdout or "measured: the table" in done.stdout
    assert "port:" not in done.stdout
