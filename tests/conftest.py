"""What every test relies on: a state folder of its own, and no way to the real one.

As root on Linux each pytest process (each worker of pytest-xdist) enters a network namespace of its
own before it runs a test: servers on fixed ports meet neither those of another worker nor those of
this machine. Elsewhere the tests use the machine's own network.
"""

from __future__ import annotations

import contextlib
import ctypes
import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from portman.base.errors import pending
from tests.processes import IS_ROOT, ROOT, START, UNSHARE, Result, Runner, end_all_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_CLONE_NEWNET = 0x40000000  # sched.h; os.unshare is new in Python 3.12


def pytest_configure(config: pytest.Config) -> None:
    """Give this process the signals and, as root on Linux, the network that tests expect."""
    # A shell starts background jobs with these ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform != "win32":
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    is_worker = hasattr(config, "workerinput")
    runs_tests = is_worker or not getattr(config.option, "numprocesses", None)
    if sys.platform == "linux" and IS_ROOT and runs_tests:
        _enter_own_network()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs root where we are not."""
    if not IS_ROOT:
        for item in items:
            if item.get_closest_marker("root"):
                item.add_marker(pytest.mark.skip(reason="needs root"))


def _enter_own_network() -> None:
    """Move this process, and what it starts, into a new network namespace with a loopback."""
    if shutil.which("ip") and ctypes.CDLL(None).unshare(_CLONE_NEWNET) == 0:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


@pytest.fixture(autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point every place portman could write to into a temporary folder of this test.

    And forget what a command in this process had still to say.
    """
    pending.clear()
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
    """Start processes that are stopped when the test ends, with all that they started.

    Each has a session of its own: a shell that is killed alone leaves its servers behind.
    """
    running: list[subprocess.Popen[str]] = []

    def start(*argv: str, **options: object) -> subprocess.Popen[str]:
        options.setdefault("start_new_session", True)
        process = subprocess.Popen(argv, text=True, **options)  # type: ignore[call-overload]
        running.append(process)
        return process  # type: ignore[no-any-return]

    yield start
    for process in running:
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait(timeout=10)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()


@pytest.fixture(name="in_namespace")
def _in_namespace(tmp_path: Path) -> Callable[..., Any]:
    """Run a self-contained function in a fresh network namespace; return what it returns.

    The function imports what it needs, takes and returns JSON, and its process ends after 60 s.
    """

    def run(function: Callable[..., Any], *arguments: object) -> Any:
        source = textwrap.dedent(inspect.getsource(function))
        asked = json.dumps(arguments)
        code = (
            f"import json\n{source}\nprint(json.dumps({function.__name__}(*json.loads({asked!r}))))"
        )
        script = tmp_path / "inside.py"
        script.write_text(f"from __future__ import annotations\n{code}\n")
        done = subprocess.run(
            [*UNSHARE, "sh", "-c", START, sys.executable, str(script)],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        if "unshare failed" in done.stderr:
            pytest.skip("this system gives no network namespace")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run


@pytest.fixture(name="apart")
def _apart() -> Iterator[list[str]]:
    """Return the start of a command line that runs the rest in a network of this test's own.

    What it starts keeps its pid (nsenter becomes it). Needs root; elsewhere the machine's own
    network has to do, on ports that portman chooses.
    """
    if not IS_ROOT:
        yield []
        return
    keeper = subprocess.Popen(
        ["unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec sleep 900"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert keeper.stdout is not None
    assert keeper.stdout.readline() == "up\n"
    yield ["nsenter", "--net", "-t", str(keeper.pid)]
    end_all_in(keeper)
    keeper.kill()
    keeper.wait(timeout=10)
    keeper.stdout.close()


@pytest.fixture(name="runner")
def _runner(tmp_path: Path, apart: list[str]) -> Iterator[Callable[..., Runner]]:
    """Make checkouts: `runner(manifest, name="shop")` returns a Runner in a folder of its own."""
    made: list[Runner] = []

    def make(manifest: str, name: str = "shop") -> Runner:
        folder = tmp_path / name
        folder.mkdir(parents=True)
        (folder / "ports.toml").write_text(textwrap.dedent(manifest))
        made.append(Runner(folder, apart))
        return made[-1]

    yield make
    for one in made:
        one.end()
