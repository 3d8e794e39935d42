"""Measure portman and its peers side by side, and check the bars of docs/performance.md.

    python benchmarks/run.py [--rounds N] [--no-peers] [--write docs/performance.md] [--strict]

Installs this tree into fresh environments, then measures in a network namespace of its own (if
the system gives one), so that neither the machine's sockets nor its ledger play a part. Peers are
installed once into ~/.cache/portman-benchmarks ($PORTMAN_BENCH_CACHE) and run in temporary homes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import bars
import first_ups
import markdown
from holding import Listeners
from hot_peers import end_peers, peer_cases, prepare
from installs import ROOT, clean_environment, fresh_portman
from timing import Case, Timing, measure
from worlds import World, processor

INSIDE = "PORTMAN_BENCH_INSIDE"


class Row(NamedTuple):
    """One measured line of the table, and the bare interpreter of the same run."""

    name: str
    timing: Timing
    bare: Timing


def main() -> int:
    options = _options()
    if INSIDE in os.environ:
        return _measured(options, Path(os.environ[INSIDE]))
    with tempfile.TemporaryDirectory(prefix="portman-bench-") as place:
        base = Path(place)
        tree = Path(options.tree).resolve()
        fresh_portman(base / "venv", tree, newest_pip=False)
        fresh_portman(base / "venv-new", tree, newest_pip=True)
        if not options.no_peers:
            prepare()
        if _has_namespaces():
            return _again_inside(base)
        return _measured(options, base)


def _measured(options: argparse.Namespace, base: Path) -> int:
    plain, newest = base / "venv" / "bin", base / "venv-new" / "bin"
    with Listeners() as listeners:
        able = INSIDE in os.environ and listeners.can(10_000)
        if not able:  # on the machine itself they might stand in somebody's way
            print("the cases with 10,000 listeners are left out: no namespace, or ulimit -Hn")
        cases = _cases(base, plain, newest, listeners if able else None)
        rows = _rows(measure(cases, options.rounds))
    if not options.no_peers:
        rows += _peers(base, plain, options.rounds)
    crowd = first_ups.run(base / "crowd", plain)
    text, met = _told(rows, crowd)
    print(text)
    if options.write:
        markdown.replace_marked(Path(options.write), "benchmarks/run.py", text)
    return 1 if options.strict and not met else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40, help="times each command is run")
    parser.add_argument("--no-peers", action="store_true", help="measure portman only")
    parser.add_argument("--tree", default=str(ROOT), help="the tree to install and measure")
    parser.add_argument("--write", metavar="FILE", help="replace the marked table in FILE")
    parser.add_argument("--strict", action="store_true", help="exit 1 if a bar is not met")
    return parser.parse_args()


def _has_namespaces() -> bool:
    done = subprocess.run([*_unshare(), "true"], capture_output=True)
    if done.returncode:
        print("no network namespace here: the cases with 10,000 listeners are left out")
    return done.returncode == 0


def _unshare() -> list[str]:
    return ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]


def _again_inside(base: Path) -> int:
    """Run this program again in a namespace with nothing but loopback; return its exit code."""
    command = [*_unshare(), "sh", "-c", 'ip link set lo up && exec "$0" "$@"', sys.executable]
    return subprocess.run([*command, *sys.argv], env={**os.environ, INSIDE: str(base)}).returncode


def _cases(base: Path, plain: Path, newest: Path, listeners: Listeners | None) -> list[Case]:
    """Return every case of our own; those with listeners only if sockets can be opened."""
    small = World(base / "small", plain, services=10, others=0)
    large = World(base / "large", plain, services=1000, others=0)
    crowded = World(base / "crowded", plain, services=10, others=10_000)
    fresh = World(base / "fresh", plain, services=10, others=0)
    stirred = World(base / "stirred", plain, services=10, others=0)
    cold = World(base / "cold", plain, services=10, others=0)
    cold_large = World(base / "cold-large", plain, services=1000, others=0)
    cold_crowded = World(base / "cold-crowded", plain, services=10, others=10_000)
    fresh_crowded = World(base / "fresh-crowded", plain, services=10, others=10_000)
    one = "service-0003"
    quiet = [
        *_bare(plain, small),
        _case("port", plain, small, "port", one),
        _case("env", plain, small, "env"),
        _case("up", plain, small, "up"),
        _case("check", plain, small, "check"),
        _case("up --json", plain, small, "up", "--json"),
        _module("up, python -m portman", plain, small, "up"),
        _case("up, script of newest pip or uv", newest, small, "up"),
        _case("port, script of newest pip or uv", newest, small, "port", one),
        _case("env, script of newest pip or uv", newest, small, "env"),
        _case("up, another checkout changed the ledger", plain, stirred, "up")._replace(
            before=stirred.stir
        ),
        _cold("port, no receipt", plain, cold, "port", one),
        _cold("env, no receipt", plain, cold, "env"),
        _cold("up, no receipt", plain, cold, "up"),
        _cold("check, no receipt", plain, cold, "check"),
        _case("up, first one", plain, fresh, "up")._replace(before=fresh.give_back),
        _case("list", plain, small, "list"),
        _case("--help", plain, small, "--help"),
        _case("up, 1,000 services", plain, large, "up"),
        _case("check, 1,000 services", plain, large, "check"),
        _cold("up, 1,000 services, no receipt", plain, cold_large, "up"),
        _case("port, 10,000 leases", plain, crowded, "port", one),
        _case("env, 10,000 leases", plain, crowded, "env"),
        _case("up, 10,000 leases", plain, crowded, "up"),
        _case("check, 10,000 leases", plain, crowded, "check"),
        _cold("up, 10,000 leases, no receipt", plain, cold_crowded, "up"),
        _case("up, 10,000 leases, first one", plain, fresh_crowded, "up")._replace(
            before=fresh_crowded.give_back
        ),
    ]
    for world in (small, large, crowded):
        for verb in ("up", "check"):
            world.run(verb)
    if listeners is None:
        return quiet
    tried = ("port, 10,000 leases", "env, 10,000 leases", "up, 10,000 leases")
    tried += ("check, 10,000 leases", "up, 10,000 leases, no receipt")
    busy = [
        listeners.during(case, 10_000)._replace(name=f"{case.name}, 10,000 listeners")
        for case in quiet
        if case.name in tried
    ]
    return [listeners.during(case, 0) for case in quiet] + busy


def _peers(base: Path, plain: Path, rounds: int) -> list[Row]:
    world = World(base / "beside-peers", plain, services=10, others=0)
    cases, left_out = peer_cases(base / "peers")
    for line in left_out:
        print(line)
    try:
        measured = measure([*_bare(plain, world)[:1], *cases], max(rounds // 2, 3))
    finally:
        end_peers(base / "peers")
    return _rows(measured)[1:]


def _bare(programs: Path, world: World) -> list[Case]:
    python = str(programs / "python")
    plain = {**clean_environment(), "HOME": world.environment["HOME"]}
    return [
        Case("python -c pass", [python, "-c", "pass"], world.folder, plain),
        Case("python -c 'import typer'", [python, "-c", "import typer"], world.folder, plain),
    ]


def _case(name: str, programs: Path, world: World, *argv: str) -> Case:
    command = [str(programs / "portman"), *argv]
    return Case(name, command, world.folder, world.environment)


def _module(name: str, programs: Path, world: World, *argv: str) -> Case:
    command = [str(programs / "python"), "-m", "portman", *argv]
    return Case(name, command, world.folder, world.environment)


def _cold(name: str, programs: Path, world: World, *argv: str) -> Case:
    return _case(name, programs, world, *argv)._replace(before=world.forget)


def _rows(measured: dict[str, Timing]) -> list[Row]:
    bare = measured["python -c pass"]
    return [Row(name, timing, bare) for name, timing in measured.items()]


def _told(rows: list[Row], crowd: first_ups.Crowd) -> tuple[str, bool]:
    """Return what to print, and whether every bar is met."""
    # Each run has a bare interpreter of its own: compare in units of it.
    units = {
        row.name: (row.timing.median / row.bare.median, row.timing.cpu / row.bare.cpu)
        for row in rows
    }
    verdicts = bars.judge(units)
    head = ["case", "wall ms", "least", "CPU ms", "times bare (wall)", "times bare (CPU)"]
    cells = [
        [
            row.name,
            f"{row.timing.median:.1f}",
            f"{row.timing.least:.1f}",
            f"{row.timing.cpu:.1f}",
            f"{units[row.name][0]:.2f}",
            f"{units[row.name][1]:.2f}",
        ]
        for row in rows
    ]
    judged = [
        [
            one.bar.promise,
            f"{one.median:.2f}",
            f"{one.cpu:.2f}",
            _word(met=one.met),
        ]
        for one in verdicts
    ]
    whole = crowd.seconds <= bars.CROWD_SECONDS and not crowd.failed
    whole = whole and crowd.ports == crowd.distinct == 2000
    told = (
        f"{crowd.seconds:.1f} s (CPU {crowd.cpu:.1f} s), {crowd.failed} failed, "
        f"{crowd.distinct} of {crowd.ports} ports distinct"
    )
    judged.append(["200 first `up`s at once, all right, under 12 s", told, "", _word(met=whole)])
    where = f"{processor()}; {platform.platform()}; Python {platform.python_version()}"
    day = dt.datetime.now(tz=dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    counts = sorted({row.timing.rounds for row in rows})
    rounds = " or ".join(str(count) for count in counts)
    return (
        f"Measured {day} on {where}. {rounds} rounds, every case once a round in random order; "
        f"load average at the end {load}.\n\n"
        + markdown.table(head, cells, numbers=5)
        + "\n"
        + markdown.table(["bar", "wall", "CPU", "verdict"], judged, numbers=1),
        whole and all(one.met for one in verdicts),
    )


def _word(*, met: bool) -> str:
    return "met" if met else "**not met**"


if __name__ == "__main__":
    sys.exit(main())
