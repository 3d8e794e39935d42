"""Measure `up` beside 200 stopped containers on a real engine.

Use: python benchmarks/containers.py [--rounds N] [--containers N]

Point 7 of the containers' bars: a warm `up` asks no engine; a cold one makes one list call and one
inspection for each stopped container, in under 250 ms plus the engine's own time, which is
measured by the same questions over a bare socket. The processor time of portman and the Compose it
asks stands beside it: a busy machine does not stretch that as much. Needs root and dockerd
(scripts/engine-setup). Exit 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from timing import Case, measure

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.engine.daemon import IMAGE, Engine, missing, running  # noqa: E402

#: Milliseconds beyond the engine's own time.
BAR = 250.0
#: The same questions with nothing around them.
BARE = """
import http.client, json, socket, sys
link = http.client.HTTPConnection("docker")
link.sock = socket.socket(socket.AF_UNIX)
link.sock.connect(sys.argv[1])
def ask(path):
    link.request("GET", path)
    return json.loads(link.getresponse().read())
for row in ask("/containers/json?all=1"):
    ask(f"/containers/{row['Id']}/json")
"""
START = "import http.client, json, socket"


def main() -> int:
    """Run the benchmark and print a table; return 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--containers", type=int, default=200)
    options = parser.parse_args()
    lack = missing()
    if lack:
        sys.stderr.write(f"not measured: {lack}\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="portman-bench-") as place, running() as engine:
        return report(engine, Path(place), options.rounds, options.containers)


def report(engine: Engine, base: Path, rounds: int, count: int) -> int:
    """Make the containers, measure, print."""
    with ThreadPoolExecutor(4) as pool:
        ports = range(30_000, 30_000 + count)
        list(pool.map(lambda port: engine.docker("create", "-p", f"{port}:80", IMAGE), ports))
    folder, home = base / "shop", base / "state"
    folder.mkdir()
    (folder / "ports.toml").write_text('[containers.db]\ntarget = 5432\nport = "auto"\n')
    (folder / "compose.yaml").write_text(
        f"services:\n  db:\n    image: {IMAGE}\n    ports: ['5432:5432']\n"
    )
    inside = ["nsenter", f"--net=/proc/{engine.pid}/ns/net", "--", sys.executable]
    environment = {
        **os.environ,
        "DOCKER_HOST": engine.host,
        "PYTHONPATH": str(ROOT),
        "PORTMAN_HOME": str(home),
        "PORTMAN_ENGINE_PATIENCE": "30",
    }
    cold = {**environment, "PORTMAN_HOME": str(base / "cold")}
    up = [*inside, "-m", "portman", "up", "--json"]
    socket = engine.host.removeprefix("unix://")

    def forget() -> None:
        shutil.rmtree(base / "cold", ignore_errors=True)

    timings = measure(
        [
            Case("python -c pass", [*inside, "-c", "pass"], folder, environment),
            Case("python, http and socket", [*inside, "-c", START], folder, environment),
            Case("list and inspect all", [*inside, "-c", BARE, socket], folder, environment),
            Case("up, warm", up, folder, environment),
            Case("up, cold", up, folder, cold, forget),
        ],
        rounds,
    )
    own = timings["list and inspect all"].median - timings["python, http and socket"].median
    warm = timings["up, warm"].median / timings["python -c pass"].median
    spent = statistics.median(processor_ms(up, folder, cold, forget) for _ in range(rounds))
    print(f"{count} stopped containers, {rounds} rounds, median (least) in ms\n")
    for name, timing in timings.items():
        print(f"{name:26} {timing.median:8.1f} ({timing.least:.1f})")
    print(f"\nthe engine's own time      {own:8.1f}")
    beyond = timings["up, cold"].median - own
    print(f"up, cold, beyond that      {beyond:8.1f}   bar {BAR:.0f}")
    print(f"up, cold, processor time   {spent:8.1f}")
    print(f"up, warm, x python         {warm:8.2f}   bar 3.50")
    told = {"engine_ms": own, "cold_ms": beyond, "cold_processor_ms": spent, "warm_ratio": warm}
    print(json.dumps(told))
    return int(beyond > BAR or warm > 3.5)


def processor_ms(
    command: list[str], folder: Path, environment: dict[str, str], before: Callable[[], None]
) -> float:
    """Return the processor time of a command and all it starts, in milliseconds."""
    before()
    begun = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (ended.ru_utime - begun.ru_utime + ended.ru_stime - begun.ru_stime)


if __name__ == "__main__":
    sys.exit(main())
