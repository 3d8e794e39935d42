"""How a command's process ends: at once, except where something still has to run.

Each test starts the command, as it is about the end of a process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENTRY = "from portman.__main__ import entry; import sys; sys.argv = ['portman', *sys.argv[1:]]; "


def start(code: str, *argv: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ENTRY + code, *argv],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        timeout=60,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more},  # type: ignore[call-overload]
    )


@pytest.mark.parametrize(
    ("argv", "code"), [(("--version",), 0), (("validate",), 4), (("--no-such-option",), 2)]
)
def test_the_exit_code_and_all_output_arrive(
    tmp_path: Path, argv: tuple[str, ...], code: int
) -> None:
    done = start("entry()", *argv, cwd=tmp_path)
    assert done.returncode == code
    assert done.stdout or done.stderr


def test_nothing_is_torn_down() -> None:
    watch = "import gc\nclass Told:\n def __del__(self): print('torn down')\nkept = Told()\n"
    done = start(f"exec({watch!r}); entry()", "--version")
    assert done.stdout.startswith("portman ")
    assert "torn down" not in done.stdout


@pytest.mark.parametrize(
    "before",
    [
        "import atexit; atexit.register(print, 'ended')",
        "import threading; threading.Timer(0.2, print, ('ended',)).start()",
        "import weakref; one = set(); weakref.finalize(one, print, 'ended')",
    ],
    ids=["handler", "thread", "finalizer"],
)
def test_what_others_left_to_do_is_done(before: str) -> None:
    done = start(f"{before}; entry()", "--version")
    assert (done.returncode, done.stdout.split()[-1]) == (0, "ended")


def test_a_profiler_gets_its_figures(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cProfile", "-m", "portman", "--version"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "function calls" in done.stdout


def test_a_closed_stdout_is_no_traceback() -> None:
    read, write = os.pipe()
    os.close(read)
    done = start("entry()", "--version", stdout=write)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, "")


def test_main_returns_to_its_caller() -> None:
    code = "from portman.__main__ import main; print('went on after', main())"
    assert start(code, "--version").stdout.endswith("went on after 0\n")
