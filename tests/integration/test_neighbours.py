"""Another distribution's `portman` in the same environment: a sentence, and no traceback.

Each test starts Python as the command of that distribution does, with its metadata beside ours.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.processes import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def installed(folder: Path) -> None:
    """Write what pip notes of a distribution that has a package and a command `portman`."""
    notes = folder / "portman_other-1.2.3.dist-info"
    notes.mkdir(parents=True)
    (notes / "METADATA").write_text("Metadata-Version: 2.1\nName: portman-other\nVersion: 1.2.3\n")
    (notes / "RECORD").write_text("portman/__init__.py,,\nportman/cli.py,,\n")
    (notes / "entry_points.txt").write_text("[console_scripts]\nportman = portman.cli:main\n")


def run(code: str, *folders: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(map(str, (*folders, ROOT)))
    env = {**os.environ, "PYTHONPATH": path}
    argv = [sys.executable, "-c", code]
    return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    "code",
    [
        "import sys; from portman.cli import main; sys.exit(main())",
        "import sys; from portman.cli import app; sys.exit(app())",
        "import sys; from portman import main; sys.exit(main())",
    ],
)
def test_the_other_command_says_what_happened(code: str, tmp_path: Path) -> None:
    """These three are how the commands of the known distributions begin."""
    installed(tmp_path)
    done = run(code, tmp_path)
    assert done.returncode == 5
    assert "portman-other 1.2.3 and ports-toml are installed in one environment" in done.stderr
    assert "pip uninstall portman-other, then pip install --force-reinstall ports-toml" in (
        done.stderr
    )
    assert "Traceback" not in done.stderr


def test_our_command_over_their_files(tmp_path: Path) -> None:
    """A module of ours that they have overwritten lacks what we import from it."""
    installed(tmp_path)
    code = (
        "import sys, types; sys.modules['portman.commands.env'] = types.ModuleType('x');"
        "sys.argv = ['portman', 'port', 'web'];"
        "from portman.__main__ import main; sys.exit(main())"
    )
    done = run(code, tmp_path)
    assert (done.returncode, "portman-other 1.2.3" in done.stderr) == (5, True)
    alone = run(code)
    assert (alone.returncode, "this is a bug in portman" in alone.stderr) == (3, True)


def test_nothing_is_searched_where_all_is_well(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['portman', '--version'];"
        "from portman.__main__ import main; main();"
        "print('importlib.metadata' in sys.modules)"
    )
    assert run(code).stdout.endswith("False\n")
