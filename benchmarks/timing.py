"""Measure commands side by side: every round runs each of them once, in another order."""

from __future__ import annotations

import random
import statistics
import subprocess
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
    """What one case took: milliseconds of wall time over all rounds."""

    median: float
    least: float
    rounds: int


def measure(cases: list[Case], rounds: int, *, seed: int = 1) -> dict[str, Timing]:
    """Return the timing of each case, by name.

    Raises RuntimeError if a command fails: what fails fast must not look fast.
    """
    order = random.Random(seed)
    taken: dict[str, list[float]] = {case.name: [] for case in cases}
    for case in cases:  # once unmeasured: caches of the file system, files compiled late
        _once(case)
    for _ in range(rounds):
        for case in order.sample(cases, len(cases)):
            taken[case.name].append(_once(case))
    return {
        name: Timing(statistics.median(times), min(times), len(times))
        for name, times in taken.items()
    }


def _once(case: Case) -> float:
    if case.before is not None:
        case.before()
    begun = time.perf_counter()
    done = subprocess.run(
        case.command,
        cwd=case.folder,
        env=case.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=120,
    )
    spent = (time.perf_counter() - begun) * 1000
    if done.returncode not in case.codes:
        told = done.stderr.decode(errors="replace")
        raise RuntimeError(f"{case.name}: exit {done.returncode}\n{told}")
    return spent
