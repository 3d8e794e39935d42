"""How far `portman adopt` would take checkouts of other projects: reads them, writes nothing.

    python benchmarks/adopt_corpus.py DIR... [--list] [--truth FILE]

A row for each folder, then the sums: containers whose published port is or becomes a variable; host
programs that obey their own command (an edit, or an env file that they read), or one typed through
`portman run`; client addresses that follow, and those that are named with file and line. It runs
no code of theirs, so "obeys" is what the edits say, not what a server did.

Without --truth everything is counted against what `init` found. FILE is what a person found by
reading: a line for each service, separated by tabs, folder's name, `container` or `program`, name,
usual port; a "?" behind the port: optional (Storybook, a debugger), so that it may be found, but is
no miss. Then what `init` misses stays in the sums as something that does not move.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from portman.adopt.notes import find_literals
from portman.base.errors import PortmanError
from portman.commands.adopt import Work


class Wanted(NamedTuple):
    """A service that a person found in a project."""

    container: bool
    name: str
    port: int
    optional: bool


class Found(NamedTuple):
    """Of a truth: services, those found, those with the usual port; entries, and real ones."""

    wanted: int = 0
    found: int = 0
    usual: int = 0
    entries: int = 0
    real: int = 0


class Row(NamedTuple):
    """Of containers and of programs: those that move, and all; of addresses: led, and named."""

    containers: tuple[int, int] = (0, 0)
    programs: tuple[int, int, int] = (0, 0, 0)  # by their own command, typed through run, all
    addresses: tuple[int, int] = (0, 0)
    seconds: float = 0.0
    init: Found = Found()

    @property
    def whole(self) -> bool:
        own, typed, every = self.programs
        return self.containers[0] == self.containers[1] and own + typed == every


def measure(folder: str, truth: list[Wanted] | None, *, listed: bool) -> Row:
    begun = time.monotonic()
    work = Work(os.path.realpath(folder), "plain")
    spent = time.monotonic() - begun
    edited = {one.service for some in work.edits.values() for one in some if one.service}
    own = {one.name for one in work.proposal.entries if one.found.own}
    boxes, hosts = dict[str, str](), dict[str, str]()
    for job in work.project.jobs:
        outcome = work.plan.outcomes[job.name]
        if job.target is not None and (job.name in edited or job.name in own):
            boxes[job.name] = "moves"
        way = outcome.way if job.target is None else outcome.host
        if way in ("edited", "reads"):
            hosts[job.name] = f"{way} {outcome.variable} {outcome.path}"
        elif way == "run" and outcome.command:
            hosts[job.name] = f"run {outcome.command}"
        if listed:
            how = [x for x in (boxes.get(job.name), hosts.get(job.name)) if x] or ["stays"]
            print(f"    {job.name} {job.port}: {', '.join(how)}")
    led = sum(one.kind == "client-url" for some in work.edits.values() for one in some)
    led += len(work.proposal.values)
    named = [*find_literals(work.project), *work.left]
    if listed:
        for one in named:
            print(f"    {one.file}:{one.line}: {one.what}")
    row = Row(addresses=(led, len(named)), seconds=spent)
    entries = [(one.name, one.found.port, one.port) for one in work.proposal.entries]
    containers = {job.name for job in work.project.jobs if job.target is not None}
    if truth is None:
        kinds = [(name in containers, name) for name, _, _ in entries]
        sums = _sums([(box, (boxes if box else hosts).get(name, "")) for box, name in kinds])
        return row._replace(containers=sums[0], programs=sums[1])
    rows, found = _compared(entries, truth, boxes, hosts, listed=listed)
    sums = _sums(rows)
    return row._replace(containers=sums[0], programs=sums[1], init=found)


def _sums(rows: list[tuple[bool, str]]) -> tuple[tuple[int, int], tuple[int, int, int]]:
    """Sum (container, how it moves): "" for what stays."""
    boxes = [how for container, how in rows if container]
    hosts = [how for container, how in rows if not container]
    typed = sum(how.startswith("run") for how in hosts)
    own = sum(bool(how) for how in hosts) - typed
    return (sum(map(bool, boxes)), len(boxes)), (own, typed, len(hosts))


def _compared(
    entries: list[tuple[str, int | None, int | None]],
    truth: list[Wanted],
    boxes: dict[str, str],
    hosts: dict[str, str],
    *,
    listed: bool,
) -> tuple[list[tuple[bool, str]], Found]:
    """Pair what a person found with entries of the same port, those of the same kind first."""
    left = sorted(entries, key=lambda one: one[2] is None)
    rows = []
    right = found = 0
    for want in sorted(truth, key=lambda one: one.optional):
        offers = [one for one in left if one[1] == want.port]
        offers.sort(key=lambda one: one[0] not in (boxes if want.container else hosts))
        if offers:
            left.remove(offers[0])
        if want.optional:
            continue
        name = offers[0][0] if offers else ""
        found += bool(offers)
        right += bool(offers) and offers[0][2] == want.port
        rows.append((want.container, (boxes if want.container else hosts).get(name, "")))
        if listed and not offers:
            print(f"    missed: {want.name} {want.port}")
    if listed:
        for name, port, _ in left:
            print(f"    not in the truth: {name} {port}")
    return rows, Found(len(rows), found, right, len(entries), len(entries) - len(left))


def read_truth(path: str) -> dict[str, list[Wanted]]:
    truth: dict[str, list[Wanted]] = {}
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if line and line[0] != "#":
            folder, kind, name, port = line.split("\t")
            one = Wanted(kind == "container", name, int(port.rstrip("?")), port.endswith("?"))
            truth.setdefault(folder, []).append(one)
    return truth


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", metavar="DIR")
    parser.add_argument("--list", action="store_true", help="each service, and each place left")
    parser.add_argument("--truth", metavar="FILE", help="what a person found by reading")
    given = parser.parse_args()
    truth = read_truth(given.truth) if given.truth else None
    rows = []
    print(
        f"{'project':<32} containers  own command + run of programs  addresses led, left  seconds"
    )
    for folder in given.folders:
        try:
            known = None if truth is None else truth.get(Path(folder).name)
            if truth is not None and known is None:
                continue
            row = measure(folder, known, listed=given.list)
        except PortmanError as error:
            print(f"{Path(folder).name:<32} {error.code}")
            missed = sum(not one.optional for one in known or ())
            rows.append(Row(init=Found(wanted=missed)))
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
    if rows and truth is not None:
        wanted, found, right, entries, real = (
            sum(x.init[n] for x in rows) for n in range(len(Found._fields))
        )
        print(f"init found {found} of {wanted} services, {right} with the usual port")
        print(f"init proposed {entries} entries, {real} of them real")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
