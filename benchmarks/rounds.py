"""20 processes at once in 20 directories: distinct ports, errors, duplicates, registry intact."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from peer_tools import Tool

AT_ONCE = 20
_GIT = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost"]


class Round(NamedTuple):
    """What became of one round."""

    succeeded: int
    crashed: int
    hung: int
    ports: int
    #: Ports that two or more directories were given.
    double: int
    intact: bool | None
    seconds: float


def repository(folder: Path, environment: dict[str, str]) -> Path:
    """Make a git repository with one commit on `main`."""
    folder.mkdir(parents=True)
    for argv in (
        ["git", "init", "--quiet", "--initial-branch=main"],
        [*_GIT, "commit", "--quiet", "--allow-empty", "-m", "start"],
    ):
        subprocess.run(argv, cwd=folder, env=environment, check=True)
    return folder


def play(tool: Tool, base: Path) -> Round:
    """Run the tool's main command in 20 fresh repositories at the same moment."""
    template = repository(base / "template", tool.environment)
    projects = [base / f"p{number:02}" for number in range(AT_ONCE)]
    for project in projects:
        shutil.copytree(template, project)
        tool.prepare(project)
    begun = time.monotonic()
    running = [tool.start(project) for project in projects]
    answers = [tool.finish(process, begun + tool.patience) for process in running]
    seconds = time.monotonic() - begun
    given = [
        port
        for project, answer in zip(projects, answers, strict=True)
        for port in set(tool.ports(project, answer))
    ]
    return Round(
        succeeded=sum(answer.code == 0 for answer in answers),
        crashed=sum(answer.crashed for answer in answers),
        hung=sum(answer.code is None for answer in answers),
        ports=len(given),
        double=sum(count > 1 for count in Counter(given).values()),
        intact=tool.intact(),
        seconds=seconds,
    )


def told(rounds: list[Round]) -> list[str]:
    """Return the cells of the table: exits 0, ports, given twice, registry, seconds."""
    low = min(one.succeeded for one in rounds)
    high = max(one.succeeded for one in rounds)
    succeeded = f"{low}" if low == high else f"{low}-{high}"
    notes = ""
    if any(one.crashed for one in rounds):
        notes += f", {sum(one.crashed for one in rounds)} tracebacks"
    if any(one.hung for one in rounds):
        notes += f", {sum(one.hung for one in rounds)} hung"
    double = [one.double for one in rounds]
    known = [one.intact for one in rounds if one.intact is not None]
    spoilt = known.count(False)
    keeps = "not reached" if not high else "keeps none"
    registry = keeps if not known else f"spoilt in {spoilt}" if spoilt else "intact"
    return [
        f"{succeeded} of {AT_ONCE}{notes}",
        " / ".join(str(one.ports) for one in rounds),
        "none" if not any(double) else " / ".join(str(count) for count in double),
        registry,
        f"{statistics.median(one.seconds for one in rounds):.1f} s",
    ]
