"""What the unchanged `portman run` may load: it stands between a person and every start."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Each costs milliseconds; none is needed to hold ports and become a command.
SLOW = {
    *("typing", "re", "enum", "json", "socket", "signal", "subprocess", "tomllib", "sqlite3"),
    *("ctypes", "pathlib", "hashlib", "typer", "click", "psutil", "docker", "tomlkit", "shutil"),
}


def loaded(folder: Path, *words: str) -> set[str]:
    """Return the modules that one run loads, from the interpreter's own list."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "portman", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    rows = [row for row in done.stderr.splitlines() if row.startswith("import time:")]
    return {row.rpartition("|")[2].strip() for row in rows}


def test_an_unchanged_run_loads_next_to_nothing(tmp_path: Path) -> None:
    """Neither Typer nor the manifest's reader nor the ledger."""
    (tmp_path / "ports.toml").write_text('[services]\nweb = "auto"\napi = "auto"\n')
    for _ in range(3):
        loaded(tmp_path, "run", "--", "true")
        time.sleep(0.15)  # a receipt is only kept for files that have settled
    found = loaded(tmp_path, "run", "--", "true")
    assert "portman.commands.run" in found
    assert "portman.manifest.parse" not in found
    assert "portman.ledger.sqlite" not in found
    assert not found & SLOW
