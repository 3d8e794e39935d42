"""Large amounts: vanished checkouts, 10,000 leases, 10,000 services, crowds, memory.

    python benchmarks/scale.py [CASE ...] [--tree DIR] [--write docs/performance.md] [--strict]

Every world is made in a temporary folder, in a network namespace of its own. A bar in seconds is
for two idle cores: the load average and the CPU time stand beside it. Linux only.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import first_ups
import markdown
from installs import ROOT, clean_environment, fresh_portman
from worlds import manifest, processor

if TYPE_CHECKING:
    from collections.abc import Callable

INSIDE = "PORTMAN_SCALE_INSIDE"
#: Runs the command line with its ledger's lock watched: prints the longest hold on stderr.
WATCHED = """
import sys, time
from portman.ledger.locks import WriteLock
taken, holds = {}, [0.0]
acquire, release = WriteLock.acquire, WriteLock.release
def watched(self, timeout):
    done = acquire(self, timeout)
    taken[id(self)] = time.perf_counter()
    return done
def left(self):
    release(self)
    if id(self) in taken:
        holds.append(time.perf_counter() - taken.pop(id(self)))
WriteLock.acquire, WriteLock.release = watched, left
sys.argv[0] = "portman"
from portman.__main__ import main
code = main()
sys.stderr.write(f"held {max(holds) * 1000:.1f} {len(holds) - 1}\\n")
sys.exit(code)
"""


class Line(NamedTuple):
    """One measured line: what was promised, what was seen."""

    promise: str
    seen: str
    met: bool


class Ran(NamedTuple):
    """One command: seconds of wall and CPU time, what it wrote to stderr, peak memory in MB."""

    seconds: float
    cpu: float
    errors: str
    megabytes: float


class Ground:
    """A folder with an installed portman, and one state folder a case."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.python = str(base / "venv" / "bin" / "python")
        self.portman = [self.python, "-m", "portman"]
        self._state = base / "state"
        self.environment: dict[str, str] = {}

    def case(self, name: str) -> Path:
        """Begin with an empty ledger; return the folder for checkouts."""
        folder = self.base / name
        folder.mkdir()
        self.environment = {
            **clean_environment(self.base / "home"),
            "PORTMAN_HOME": str(folder / "state"),
        }
        return folder

    def checkout(self, folder: Path, text: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ports.toml").write_text(text)
        return folder

    def fill(self, folder: Path, leases: int) -> None:
        """Lease that many ports to checkouts of 20 services below `folder`."""
        filler = str(Path(__file__).with_name("crowd.py"))
        command = [self.python, filler, str(folder / "state"), str(folder), str(leases)]
        subprocess.run(command, check=True, env=self.environment)

    def run(self, folder: Path, *argv: str, watched: bool = False) -> Ran:
        """Run portman; raise unless it ends with 0 or 1."""
        command = [self.python, "-c", WATCHED] if watched else self.portman
        begun = time.perf_counter()
        with subprocess.Popen(
            [*command, *argv],
            cwd=folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            errors = process.stderr.read()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - begun
        if process.returncode not in (0, 1):
            raise RuntimeError(f"portman {' '.join(argv)}: {process.returncode}\n{errors}")
        return Ran(seconds, used.ru_utime + used.ru_stime, errors, used.ru_maxrss / 1024)

    def best(self, folder: Path, *argv: str, rounds: int = 5) -> Ran:
        return min(self.run(folder, *argv) for _ in range(rounds))


def vanished(ground: Ground) -> list[Line]:
    """5,000 checkouts whose folders were deleted: `gc`, and a first `up` that needs a number."""
    lines = []
    for command, name in ((("gc",), "`gc`"), (("up",), "first `up`")):
        folder = ground.case(f"vanished-{command[0]}")
        subprocess.run([ground.python, "-c", GONE, str(folder)], check=True, env=ground.environment)
        here = ground.checkout(folder / "here", "[services]\nweb = 20000\n")
        ran = ground.run(here, *command, watched=True)
        held, times = ran.errors.split("held ")[-1].split()
        lines += [
            _timed(f"{name} after 5,000 checkouts vanished under 1 s", ran, 1.0),
            _under(
                f"{name}: the lock held under 100 ms at a time ({times} times)",
                float(held),
                100.0,
                "ms",
            ),
        ]
    return lines


#: Makes 5,000 checkouts of one lease each, with a receipt, and deletes them all.
GONE = """
import os, shutil, sys, time
from portman.base.values import LOCAL_SCOPE, Checkout, Lease
from portman.ledger.open import open_ledger
from portman.state import receipts, state_folder
base, now = sys.argv[1], int(time.time())
with open_ledger().writing() as writer:
    for number in range(5000):
        path = os.path.join(base, f"gone-{number:04}")
        os.makedirs(path)
        writer.record_checkout(Checkout(path, project="gone"), primary=True, user="root", now=now)
        writer.grant(path, "", LOCAL_SCOPE, [Lease("web", 20000 + number)], now)
        receipts.keep_said(state_folder(), path, "", "x", kind="said")
        shutil.rmtree(path)
"""


def amounts(ground: Ground) -> list[Line]:
    """`list` and `doctor` with 10,000 leases and 2,000 listeners, most of them on leased ports."""
    folder = ground.case("amounts")
    ground.fill(folder, 10_000)
    here = ground.checkout(folder / "here", manifest(10))
    ground.run(here, "up")
    lines = []
    listening = subprocess.Popen(
        [sys.executable, "-c", LISTENING, "20000", "2000"],
        stdout=subprocess.PIPE,
        cwd=folder / "other-0000",
    )
    assert listening.stdout is not None
    listening.stdout.readline()
    try:
        for verb in ("list", "doctor"):
            promise = f"`{verb}`, 10,000 leases and 2,000 listeners, under 1.5 s"
            lines.append(_timed(promise, ground.best(here, verb), 1.5))
    finally:
        listening.kill()
        listening.wait()
    return lines


#: Listens on COUNT ports from FIRST on, in one process.
LISTENING = """
import resource, socket, sys, time
first, count = map(int, sys.argv[1:])
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100, most))
kept = []
for port in range(first, first + count):
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    made.listen(1)
    kept.append(made)
print("ready", flush=True)
time.sleep(3600)
"""


def services(ground: Ground) -> list[Line]:
    """10,000 services in one manifest."""
    folder = ground.case("services")
    text = manifest(10_000) + '[pool]\nrange = "20000-32000"\n'
    here = ground.checkout(folder / "here", text)
    first = ground.run(here, "up")
    shutil.rmtree(folder / "state" / f"receipts-{os.geteuid()}", ignore_errors=True)
    again = ground.run(here, "up")
    return [
        _timed("first `up` of 10,000 services under 3 s", first, 3.0),
        _timed("`up` of 10,000 services, no receipt, under 3 s", again, 3.0),
    ]


def memory(ground: Ground) -> list[Line]:
    """Peak memory of a first `up` (ten services, and 1,000)."""
    lines = []
    for count, most in ((10, 20.0), (1000, 32.0)):
        folder = ground.case(f"memory-{count}")
        here = ground.checkout(folder / "here", manifest(count))
        first = ground.run(here, "up").megabytes
        shutil.rmtree(folder / "state" / f"receipts-{os.geteuid()}", ignore_errors=True)
        peak = max(first, ground.run(here, "up").megabytes)
        lines.append(_under(f"memory of one `up`, {count:,} services", peak, most, "MB"))
    return lines


def crowds(ground: Ground) -> list[Line]:
    """200 and 1,000 first `up`s at once."""
    lines = []
    for count, most in ((200, 7.5), (1000, 40.0)):
        folder = ground.case(f"crowd-{count}")
        seen = first_ups.run(folder, ground.base / "venv" / "bin", checkouts=count)
        right = not seen.failed and seen.ports == seen.distinct == count * 10
        said = f"{seen.seconds:.1f} s (CPU {seen.cpu:.1f} s), {seen.failed} failed"
        promise = f"{count:,} first `up`s at once under {most:g} s, all right"
        lines.append(Line(promise, said, right and seen.seconds <= most))
    return lines


def screen(ground: Ground) -> list[Line]:
    """`watch` with 500 leases: its share of a core, and its memory over 10,000 redraws."""
    folder = ground.case("watch")
    script = str(Path(__file__).with_name("watch.py"))
    lines = []
    for mode, promise, most, unit in (
        ("share", "`watch`, 500 leases, at its interval, under 2 % of a core", 2.0, "%"),
        ("growth", "`watch`: no growth over 10,000 redraws (under 1 MB)", 1.0, "MB"),
    ):
        done = subprocess.run(
            [ground.python, script, f"--{mode}"],
            cwd=folder,
            env=ground.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        lines.append(_under(promise, float(done.stdout.split()[-1]), most, unit))
    return lines


def _timed(promise: str, ran: Ran, most: float) -> Line:
    said = f"{ran.seconds:.2f} s (CPU {ran.cpu:.2f} s)"
    return Line(promise, said, ran.seconds <= most)


def _under(promise: str, seen: float, most: float, unit: str) -> Line:
    return Line(promise, f"{seen:.2f} {unit}", seen <= most)


CASES: dict[str, Callable[[Ground], list[Line]]] = {
    "vanished": vanished,
    "amounts": amounts,
    "services": services,
    "memory": memory,
    "crowds": crowds,
    "screen": screen,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}")
    parser.add_argument("--tree", default=str(ROOT), help="the tree to install and measure")
    parser.add_argument("--write", metavar="FILE", help="replace the marked table in FILE")
    parser.add_argument("--strict", action="store_true", help="exit 1 if a bar is not met")
    options = parser.parse_args()
    if INSIDE not in os.environ:
        unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "-r", "--net"]
        command = [*unshare, "sh", "-c", 'ip link set lo up && exec "$0" "$@"', sys.executable]
        return subprocess.run([*command, *sys.argv], env={**os.environ, INSIDE: "1"}).returncode
    with tempfile.TemporaryDirectory(prefix="portman-scale-") as base:
        ground = Ground(Path(base))
        fresh_portman(ground.base / "venv", Path(options.tree).resolve(), newest_pip=False)
        lines = []
        for name in options.cases or CASES:
            begun = os.getloadavg()[0]
            for line in CASES[name](ground):
                lines.append(line)
                print(f"{line.promise}: {line.seen}{'' if line.met else ' NOT MET'}", end=" ")
                print(f"(load {begun:.1f})", flush=True)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    where = f"{processor()}; {platform.platform()}; Python {platform.python_version()}"
    rows = [[one.promise, one.seen, "met" if one.met else "**not met**"] for one in lines]
    text = f"Measured on {where}; load average at the end {load}.\n\n"
    if options.write:
        whole = text + markdown.table(["bar", "seen", "verdict"], rows)
        markdown.replace_marked(Path(options.write), "benchmarks/scale.py", whole)
    return 1 if options.strict and not all(one.met for one in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
