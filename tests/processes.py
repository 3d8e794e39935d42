"""How tests start portman and other processes, and end them. The fixtures are in conftest.py."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
#: This interpreter, as a word of a shell's command line: its path may have a space.
PYTHON = shlex.quote(sys.executable)
IS_ROOT = sys.platform != "win32" and os.geteuid() == 0
UNSHARE = ["unshare", "--net"] if IS_ROOT else ["unshare", "--map-root-user", "--net"]
START = 'ip link set lo up && exec "$0" "$@"'


class Result(NamedTuple):
    """What a run of the command line left behind."""

    code: int
    out: str
    err: str


def portman_program(folder: Path, prefix: list[str]) -> Path:
    """Write a `portman` that runs this tree, for what looks it up in PATH; return its folder.

    With the prefix of `apart` it runs in that network, whoever calls it, and with whatever
    environment: turbo and its kind hand on few variables.
    """
    folder.mkdir(exist_ok=True)
    program = folder / "portman"
    argv = shlex.join([*prefix, sys.executable, "-m", "portman"])
    program.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {argv} "$@"\n')
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
