"""Ctrl-C while portman starts: no traceback of ours, and the status that shells expect."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from portman.cli.emit import unforeseen

ROOT = Path(__file__).resolve().parents[2]
#: What pip writes as the command `portman`, and the other way in.
LAUNCHER = "import re\nimport sys\nfrom portman.__main__ import main\nsys.exit(main())"
WAYS = {"launcher": ["-c", LAUNCHER], "module": ["-m", "portman"]}
ROUNDS = 60
ENDINGS = (-signal.SIGINT, 130)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no such signals there")


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start Python on portman."""
    return subprocess.Popen(
        [sys.executable, "-P", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("words", [("up",), ("list",)])
def test_at_any_moment_of_its_start(tmp_path: Path, way: str, words: tuple[str, ...]) -> None:
    """Python's own start may show one; from our first line on there is none, nor a bug report."""
    (tmp_path / "ports.toml").write_text('[services]\nweb = "auto"\n')
    command = [*WAYS[way], *words]
    for _ in range(2):  # the first run writes bytecode
        began = time.monotonic()
        with start(tmp_path, *command) as process:
            assert process.wait(60) == 0
    whole = time.monotonic() - began
    codes: Counter[int] = Counter()
    for turn in range(ROUNDS):
        process = start(tmp_path, *command)
        time.sleep(whole * turn / ROUNDS)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        codes[process.returncode] += 1
        assert not re.search(r'File ".*[/\\]portman[/\\](?!__init__)', said), said
        assert process.returncode != 3, said  # 1 is Python's own, while it starts
    assert sum(codes[code] for code in ENDINGS) > 0, codes


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "moment",
    ["portman.cli.fast_path.answer", "portman.cli.emit.crashed", "portman.__main__._run"],
)
def test_in_each_part_of_ours(tmp_path: Path, way: str, moment: str) -> None:
    """Where the first answer is sought, where a bug is told, and where all begins."""
    module, _, name = moment.rpartition(".")
    code = (
        "import os, signal, sys, runpy\n"
        "import portman.cli.fast_path, portman.cli.emit, portman.__main__\n"
        "def stop(*a): os.kill(os.getpid(), signal.SIGINT); signal.pause()\n"
        "def fail(*a): raise ValueError('bug')\n"
        "portman.cli.fast_path.answer = fail\n"
        f"{module}.{name} = stop\n"
        "sys.argv = ['portman', 'up']\n"
    )
    if way == "module" and moment != "portman.__main__._run":
        code += (
            "del sys.modules['portman.__main__']\nrunpy.run_module('portman', None, '__main__')\n"
        )
    else:
        code += "sys.exit(portman.__main__.main())\n"
    process = start(tmp_path, "-c", code)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "")


def test_as_the_launchers_call_begins(tmp_path: Path) -> None:
    """A signal that came while our file was loaded: no `try` of ours is entered yet."""
    process = start(
        tmp_path, "-c", "from portman.__main__ import main\nraise KeyboardInterrupt\nmain()"
    )
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (-signal.SIGINT, "")
    process = start(tmp_path, "-c", "from portman.__main__ import main\nraise ValueError('shown')")
    assert "ValueError: shown" in process.communicate(timeout=60)[1]


def test_what_python_makes_of_it() -> None:
    """Where a class is made a Ctrl-C becomes a RuntimeError: still no bug."""

    class Stopping:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    try:
        type("Any", (), {"name": Stopping()})
    except RuntimeError as error:
        report = unforeseen("up", error)
        assert (report.exit_code, report.errors[0].code) == (130, "interrupted")
    except KeyboardInterrupt:
        assert sys.version_info >= (3, 12)
    assert unforeseen("up", ValueError("other")).exit_code == 3
