"""What every test relies on: a state folder of its own, and no way to the real one.

As root on Linux each pytest process (each worker of pytest-xdist) enters a network namespace of its
own before it runs a test: servers on fixed ports meet neither those of another worker nor those of
this machine. Elsewhere the tests use the machine's own network.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
_CLONE_NEWNET = 0x40000000  # sched.h; os.unshare is new in Python 3.12


def pytest_configure(config: pytest.Config) -> None:
    """Give this process the signals and, as root on Linux, the network that tests expect."""
    # A shell starts background jobs with these ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform != "win32":
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    is_worker = hasattr(config, "workerinput")
    runs_tests = is_worker or not getattr(config.option, "numprocesses", None)
    if sys.platform == "linux" and os.geteuid() == 0 and runs_tests:
        _enter_own_network()


def _enter_own_network() -> None:
    """Move this process, and what it starts, into a new network namespace with a loopback."""
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNET) == 0:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


@pytest.fixture(autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point every place portman could write to into a temporary folder of this test."""
    folder = tmp_path_factory.mktemp("machine")
    for name in (
        "XDG_STATE_HOME",
        "NO_COLOR",
        "FORCE_COLOR",
        "PORTMAN_CHECKOUT",
        "PYTHONDONTWRITEBYTECODE",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setenv("PORTMAN_HOME", str(folder / "state"))
    (folder / "home").mkdir()
    return folder / "state"


class Result(NamedTuple):
    """What a run of the command line left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def network() -> list[str]:
    """Return the start of a command line that runs the rest in another network: none.

    Tests that start servers on fixed numbers put a network of their own here.
    """
    return []


@pytest.fixture
def portman(own_state: Path, network: list[str]) -> Callable[..., Result]:
    """Run the real command line in a process of its own."""

    def run(*argv: str, cwd: Path | str = ".", env: dict[str, str] | None = None) -> Result:
        done = subprocess.run(
            [*network, sys.executable, "-m", "portman", *argv],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start processes that are stopped, by pid, when the test ends."""
    running: list[subprocess.Popen[str]] = []

    def start(*argv: str, **options: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(argv, text=True, **options)  # type: ignore[call-overload]
        running.append(process)
        return process  # type: ignore[no-any-return]

    yield start
    for process in running:
        process.kill()
        process.wait(timeout=10)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()
