"""Measure commands side by side: every round runs each of them once, in another order."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import tempfile
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Case(NamedTuple):
    """One command to measure; `before` runs first, outside the clock."""

    name: str
    command: list[str]
    folder: Path
    environment: dict[str, str]
    before: Callable[[], object] | None = None
    #: Exit codes that count as an answer.
    codes: tuple[int, ...] = (0,)


class Timing(NamedTuple):
    """What one case took: milliseconds of wall time, and of CPU time, over all rounds."""

    median: float
    least: float
    cpu: float
    rounds: int


def measure(cases: list[Case], rounds: int, *, seed: int = 1) -> dict[str, Timing]:
    """Return the timing of each case, by name.

    Raises RuntimeError if a command fails: what fails fast must not look fast.
    """
    order = random.Random(seed)
    taken: dict[str, list[tuple[float, float]]] = {case.name: [] for case in cases}
    for case in cases:  # once unmeasured: caches of the file system, files compiled late
        _once(case)
    for _ in range(rounds):
        for case in order.sample(cases, len(cases)):
            taken[case.name].append(_once(case))
    return {name: _timing(times) for name, times in taken.items()}


def _timing(times: list[tuple[float, float]]) -> Timing:
    walls, cpus = zip(*times, strict=True)
    return Timing(statistics.median(walls), min(walls), statistics.median(cpus), len(times))


def _once(case: Case) -> tuple[float, float]:
    """Return wall and CPU time in ms; the latter with that of the processes it waited for."""
    if case.before is not None:
        case.before()
    with tempfile.TemporaryFile() as told:
        begun = time.perf_counter()
        process = subprocess.Popen(
            case.command,
            cwd=case.folder,
            env=case.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=told,
        )
        late = threading.Timer(120, process.kill)
        late.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = (time.perf_counter() - begun) * 1000
        late.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in case.codes:
            told.seek(0)
            text = told.read().decode(errors="replace")
            raise RuntimeError(f"{case.name}: exit {process.returncode}\n{text}")
    return wall, (used.ru_utime + used.ru_stime) * 1000
