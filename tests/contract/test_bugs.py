"""A bug of ours: a short message, a log file, exit 3, and JSON where JSON was asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = {
    "in an operation": "import portman.commands.up as m; m.open_workspace = None",
    "in rendering": "import portman.cli.render as m; m.style_for = m.json_text = None",
    "in the express lane": "import portman.cli.fast_path as m; m.parse = None",
}


#: With the renderer gone there is nothing left to speak JSON with.
CASES = [
    pytest.param(sabotage, words, id=f"{place}, {words[-1]}")
    for place, sabotage in PLACES.items()
    for words in (("up",), ("up", "--json"))
    if place != "in rendering" or words == ("up",)
]


@pytest.mark.parametrize(("sabotage", "words"), CASES)
def test_no_traceback_ever(
    tmp_path: Path, own_state: Path, sabotage: str, words: tuple[str, ...]
) -> None:
    """Wherever it happens, the user sees two lines and the log has the traceback."""
    (tmp_path / "ports.toml").write_text("[services]\nweb = 28401\n")
    code = f"import sys; {sabotage}; from portman.__main__ import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3, done
    assert "Traceback" not in done.stdout + done.stderr
    log = own_state / "bug.log"
    assert "Traceback" in log.read_text()
    if "--json" in words:
        assert json.loads(done.stdout)["errors"][0]["code"] == "bug"
    else:
        assert "a bug in portman" in done.stderr
        assert str(log) in done.stderr
