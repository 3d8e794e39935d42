"""How far `portman adopt` would take checkouts of other projects: reads them, writes nothing.

    python benchmarks/adopt_corpus.py DIR... [--list]

A row for each folder, then the sums: containers whose published port is or becomes a variable; host
programs that obey their own command (an edit, or an env file that they read), or one typed through
`portman run`; client addresses that follow, and those that are named with file and line. It runs
no code of theirs, so "obeys" is what the edits say, not what a server did.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from portman.adopt.leftovers import find_literals
from portman.base.errors import PortmanError
from portman.commands.adopt import Work


class Row(NamedTuple):
    """Of containers and of programs: those that move, and all; of addresses: led, and named."""

    containers: tuple[int, int] = (0, 0)
    programs: tuple[int, int, int] = (0, 0, 0)  # by their own command, typed through run, all
    addresses: tuple[int, int] = (0, 0)
    seconds: float = 0.0

    @property
    def whole(self) -> bool:
        own, typed, every = self.programs
        return self.containers[0] == self.containers[1] and own + typed == every


def measure(folder: str, *, listed: bool) -> Row:
    begun = time.monotonic()
    work = Work(os.path.realpath(folder), "plain")
    spent = time.monotonic() - begun
    edited = {one.service for some in work.edits.values() for one in some if one.service}
    found = {one.name: one.found for one in work.proposal.entries}
    moved = containers = own = typed = programs = 0
    for job in work.project.jobs:
        outcome = work.plan.outcomes[job.name]
        if job.target is not None:
            containers += 1
            entry = found.get(job.name)
            obeys = job.name in edited or (entry is not None and bool(entry.own))
            moved += obeys
            said = "moves" if obeys else "stays"
        else:
            programs += 1
            own += outcome.way in ("edited", "reads")
            typed += outcome.way == "run" and bool(outcome.command)
            said = f"{outcome.way} {outcome.variable} {outcome.path} {outcome.command}"
        if listed:
            print(f"    {job.name} {job.port}: {said}")
    led = sum(one.kind == "client-url" for some in work.edits.values() for one in some)
    led += len(work.proposal.values)
    named = [*find_literals(work.project), *work.left]
    if listed:
        for one in named:
            print(f"    {one.file}:{one.line}: {one.what}")
    return Row((moved, containers), (own, typed, programs), (led, len(named)), spent)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", metavar="DIR")
    parser.add_argument("--list", action="store_true", help="each service, and each place left")
    given = parser.parse_args()
    rows = []
    print(
        f"{'project':<32} containers  own command + run of programs  addresses led, left  seconds"
    )
    for folder in given.folders:
        try:
            row = measure(folder, listed=given.list)
        except PortmanError as error:
            print(f"{Path(folder).name:<32} {error.code}")
            continue
        rows.append(row)
        (moved, every), (own, typed, programs) = row.containers, row.programs
        led, left = row.addresses
        print(
            f"{Path(folder).name:<32} {moved:>4} of {every:<4} {own:>6} + {typed} of {programs:<9} "
            f"{led:>10}, {left:<8} {row.seconds:.2f}{'  whole' if row.whole else ''}"
        )
    if rows:
        moved, every = (sum(x.containers[n] for x in rows) for n in (0, 1))
        own, typed, programs = (sum(x.programs[n] for x in rows) for n in (0, 1, 2))
        led, left = (sum(x.addresses[n] for x in rows) for n in (0, 1))
        print(f"containers {moved} of {every}")
        print(f"programs {own} by their own command, {typed} through run, of {programs}")
        print(f"projects whole {sum(x.whole for x in rows)} of {len(rows)}")
        print(f"addresses {led} led, {left} named")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
