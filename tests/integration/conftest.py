"""Real edges, kept apart from the machine: network tests run in a namespace of their own."""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import shlex
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
_UNSHARE = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
_START = 'ip link set lo up && exec "$0" "$@"'


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs root where we are not."""
    if os.geteuid() != 0:
        for item in items:
            if item.get_closest_marker("root"):
                item.add_marker(pytest.mark.skip(reason="needs root"))


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
            [*_UNSHARE, "sh", "-c", _START, sys.executable, str(script)],
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
    if os.geteuid() != 0:
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


def portman_program(folder: Path, prefix: list[str]) -> Path:
    """Write a `portman` that runs this tree, for what looks it up in PATH; return its folder.

    With the prefix of `apart` it runs in that network, whoever calls it.
    """
    folder.mkdir(exist_ok=True)
    program = folder / "portman"
    argv = shlex.join([*prefix, sys.executable, "-m", "portman"])
    program.write_text(f'#!/bin/sh\nexec {argv} "$@"\n')
    program.chmod(0o755)
    return folder


def end_all_in(keeper: subprocess.Popen[str]) -> None:
    """End what a test left in its network: also what made a session of its own (Playwright does).

    Nobody but the test can have put it there. The keeper itself stays.
    """
    try:
        network = os.stat(f"/proc/{keeper.pid}/ns/net").st_ino
    except FileNotFoundError:  # it slept its time out
        return
    for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):
        with contextlib.suppress(OSError):
            if pid != keeper.pid and os.stat(f"/proc/{pid}/ns/net").st_ino == network:
                os.kill(pid, signal.SIGKILL)


class Runner:
    """Start and call portman in one checkout, all in one network."""

    def __init__(self, folder: Path, prefix: list[str]) -> None:
        self.folder, self.prefix = folder, prefix
        self._running: list[subprocess.Popen[str]] = []

    def argv(self, *words: str) -> list[str]:
        """Return the whole command line of `portman WORDS`."""
        return [*self.prefix, sys.executable, "-m", "portman", *words]

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a test, with this checkout of portman importable."""
        return {**os.environ, "PYTHONPATH": str(ROOT), **more}

    def call(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run portman to its end."""
        return subprocess.run(
            self.argv(*words),
            cwd=self.folder,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )

    def start(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        """Start portman and leave it running; it is ended with the test."""
        process = subprocess.Popen(
            self.argv(*words),
            **{
                "cwd": self.folder,
                "env": self.environment(),
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                "text": True,
                "start_new_session": True,
                **options,
            },
        )
        self._running.append(process)
        return process

    def python(self, code: str, *arguments: str) -> str:
        """Run Python code in this network; return what it prints."""
        done = subprocess.run(
            [*self.prefix, sys.executable, "-c", textwrap.dedent(code), *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            env=self.environment(),
            cwd=self.folder,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def port(self, name: str) -> int:
        """Return the port of a service."""
        return int(self.call("port", name).stdout)

    def end(self) -> None:
        """End everything that was started, with its process group."""
        for process in self._running:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream:
                    stream.close()


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
