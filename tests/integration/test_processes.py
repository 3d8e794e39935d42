"""Facts of real processes, odd ones too."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from portman.machine import processes
from portman.machine.processes import portable as processes_psutil

if TYPE_CHECKING:
    from pathlib import Path

    from portman.machine.processes.model import ProcessFacts

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_facts_of_this_process() -> None:
    """We know ourselves: parent, folder, arguments, user, and a start in the past."""
    told = processes.facts(os.getpid())
    assert told is not None
    assert (told.pid, told.parent) == (os.getpid(), os.getppid())
    assert told.cwd == os.getcwd()
    assert told.uid == os.getuid()
    assert told.argv
    assert told.started_at is not None
    assert 0 <= time.time() - told.started_at < 86_400
    assert told.start_mark == processes.start_mark(os.getpid()) > 0
    assert not told.zombie


def test_both_ways_of_asking_agree() -> None:
    """psutil, which serves other systems, tells the same of this process."""
    told, other = processes.facts(os.getpid()), processes_psutil.facts(os.getpid())
    assert told is not None
    assert other is not None
    for field in ("pid", "parent", "name", "argv", "command", "cwd", "uid", "user", "zombie"):
        assert getattr(told, field) == getattr(other, field), field
    assert told.started_at == pytest.approx(other.started_at, abs=1.5)
    assert [one.pid for one in processes.ancestors(os.getpid())] == [
        one.pid for one in processes_psutil.ancestors(os.getpid())
    ]


@pytest.mark.parametrize("step", [-86_400.0, -1.5, 0.0, 3600.0])
def test_a_clock_step_changes_no_start_mark(monkeypatch: pytest.MonkeyPatch, step: float) -> None:
    """The library moves it by each step of the clock since its import, on macOS since 7.1."""
    import psutil

    kind: Any = type(psutil.Process()._proc)  # type: ignore[attr-defined]
    noted = kind.create_time

    def moved(self: object, monotonic: bool = False) -> float:
        return float(noted(self, monotonic=True)) + (0 if monotonic else step)

    before, pid = processes_psutil.start_mark(os.getpid()), os.getpid()
    monkeypatch.setattr(kind, "create_time", moved)
    seen = processes_psutil.facts(pid)
    assert seen is not None
    assert (processes_psutil.start_mark(pid), seen.start_mark) == (before, before)
    assert processes_psutil.ProcessHandle(pid).start_mark == before > 0


def test_an_older_psutil_gives_the_start_as_noted() -> None:
    noted = SimpleNamespace(create_time=lambda: 1_700_000_000.25)
    process: Any = SimpleNamespace(_proc=noted)
    assert processes_psutil.noted_start(process) == 170_000_000_025


def test_a_number_that_is_used_again_is_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Same pid: over if it started at another moment, or in another run of the machine."""
    token = processes.token_of(os.getpid())
    namespace, boot, pid, mark = token.split(".")
    assert boot == processes.boot_id() != "-"
    assert not processes.is_over(token)
    assert processes.is_over(f"{namespace}.{boot}.{pid}.{int(mark) + 1}")
    assert processes.is_over(f"{namespace}.ffffffff.{pid}.{mark}")
    for doubt in (f"{namespace}.-.{pid}.{mark}", f"other.{boot}.{pid}.1", f"{pid}.{mark}", ""):
        assert not processes.is_over(doubt), doubt
    monkeypatch.setattr(processes, "boot_id", lambda: "-")
    assert not processes.is_over(token)


@pytest.mark.parametrize("answer", [b"1CDC5B5E-8B0A-4C56-9E0F-3A2D6C1E7F10", None])
def test_the_boot_id_of_a_mac(monkeypatch: pytest.MonkeyPatch, answer: bytes | None) -> None:
    """From sysctlbyname(3); "-" where a sandbox denies it."""
    import ctypes

    class Library:
        def sysctlbyname(self, name: bytes, text: Any, *_: object) -> int:
            assert name == b"kern.bootsessionuuid"
            text.value = answer or b""
            return 0 if answer else -1

    monkeypatch.setattr(ctypes, "CDLL", lambda _: Library())
    assert processes_psutil.boot_id() == ("1CDC5B5E" if answer else "-")


@pytest.mark.parametrize("pid", [0, -1, 2**31 - 1, 2**40])
def test_no_such_process(pid: int) -> None:
    """A number without a process has no facts, no ancestors and no start."""
    for way in (processes, processes_psutil):
        assert way.facts(pid) is None
        assert way.ancestors(pid) == []
        assert way.start_mark(pid) == 0


def test_ancestors_lead_to_the_first_process() -> None:
    """The chain begins with our parent and ends where there is none."""
    chain = processes.ancestors(os.getpid())
    assert chain[0].pid == os.getppid()
    assert all(child.parent == parent.pid for child, parent in itertools.pairwise(chain))


@linux
def test_zombie_has_facts() -> None:
    """A process that ended and was not waited for is told as such."""
    child = subprocess.Popen(["true"])
    deadline = time.monotonic() + 10
    told = processes.facts(child.pid)
    while time.monotonic() < deadline and told is not None and not told.zombie:
        time.sleep(0.01)
        told = processes.facts(child.pid)
    assert told is not None
    assert told.zombie
    assert (told.cwd, told.argv, told.command) == (None, (), "[true]")
    child.wait()
    assert processes.facts(child.pid) is None


def _once_started(pid: int) -> ProcessFacts | None:
    """Wait until the kernel has laid out the arguments of a program it has just begun."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        told = processes.facts(pid)
        if told is None or told.argv:
            return told
    return None


@linux
def test_names_that_mislead_a_parser(tmp_path: Path) -> None:
    """Brackets, a newline and a long name in the program's file name are read rightly."""
    program = tmp_path / "x) R 1 (\n and a very long name"
    shutil.copy(shutil.which("sleep") or "/bin/sleep", program)
    child = subprocess.Popen([program, "30"], env={"PORTMAN_CHECKOUT": "/a b\n#c", "OTHER": "1"})
    told = _once_started(child.pid)
    child.kill()
    child.wait()
    assert told is not None
    assert told.parent == os.getpid()
    assert told.name == "x) R 1 (\\n and a very long name"
    assert told.claims_checkout == "/a b\n#c"
    assert "\n" not in told.command
