"""Run portman and its peers through the same rounds and probes; print what they did.

    python benchmarks/peers.py [--rounds N] [--only NAME ...] [--write docs/comparison.md]

Peers are installed once into ~/.cache/portman-benchmarks ($PORTMAN_BENCH_CACHE). Everything runs
in a network namespace of its own and in temporary homes. Needs Linux, git, and for the npm tools
node; a peer that cannot be installed is left out and named.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import markdown
import rounds
from installs import ROOT, NotInstalledError, fresh_portman, peer
from peer_tools import PEERS, Ours, Tool, WorktreeCompose, usable
from probes import PROBES

INSIDE = "PORTMAN_PEERS_INSIDE"


def main() -> int:
    options = _options()
    if INSIDE not in os.environ:
        return _prepared(options)
    base = Path(os.environ[INSIDE])
    kinds = [Ours, *(kind for kind in PEERS if usable(kind))]
    if options.only:
        kinds = [kind for kind in kinds if kind is Ours or kind.name in options.only]
    crowds, behaviours = [], []
    for kind in kinds:
        try:
            crowd, behaviour = _judge(kind, base / kind.name, options.rounds)
        except NotInstalledError as error:
            print(f"left out: {kind.name}: {str(error).splitlines()[0]}")
            continue
        print(*crowd, *behaviour, sep=" | ", flush=True)
        crowds.append(crowd)
        behaviours.append(behaviour)
    text = _told(crowds, behaviours, options.rounds)
    print(text)
    if options.write:
        markdown.replace_marked(Path(options.write), "benchmarks/peers.py", text)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="rounds of 20 processes at once")
    parser.add_argument("--only", nargs="*", metavar="NAME", help="these peers, and portman")
    parser.add_argument("--tree", default=str(ROOT), help="the tree of portman to install")
    parser.add_argument("--write", metavar="FILE", help="replace the marked tables in FILE")
    return parser.parse_args()


def _prepared(options: argparse.Namespace) -> int:
    """Install everything while there is a network, then run again without one."""
    with tempfile.TemporaryDirectory(prefix="portman-peers-") as place:
        base = Path(place)
        fresh_portman(base / "venv", Path(options.tree).resolve(), newest_pip=False)
        for kind in PEERS:
            if usable(kind) and (not options.only or kind.name in options.only):
                try:
                    peer(kind.name)
                except NotInstalledError as error:
                    print(f"cannot be installed: {kind.name}: {str(error).splitlines()[0]}")
        mapped = [] if os.geteuid() == 0 else ["--map-root-user"]
        space = ["unshare", *mapped, "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"']
        command = [*space, sys.executable, *sys.argv]
        return subprocess.run(command, env={**os.environ, INSIDE: place}).returncode


def _judge(kind: type[Tool], base: Path, count: int) -> tuple[list[str], list[str]]:
    """Return a tool's two rows: rounds, and probes."""
    programs = base.parent / "venv" / "bin" if kind is Ours else None
    title = ""
    played = []
    for number in range(0 if kind is WorktreeCompose else count):
        tool = kind(base / f"home-{number}", programs)
        title = tool.title
        try:
            played.append(rounds.play(tool, base / f"round-{number}"))
        finally:
            tool.tear_down()
        shutil.rmtree(base / f"round-{number}", ignore_errors=True)
    if played and all(one.hung == rounds.AT_ONCE for one in played):
        return [title, f"`{kind.main}`", *rounds.told(played)], [title, *["hangs"] * len(PROBES)]
    behaviour = []
    for number, (name, probe) in enumerate(PROBES.items()):
        if name not in kind.asked and kind.asked != {"all"}:
            behaviour.append("-")
            continue
        tool = kind(base / f"probe-home-{number}", programs)
        title = tool.title
        folder = base / f"probe-{number}"
        folder.mkdir(parents=True)
        try:
            behaviour.append(probe(tool, folder))
        except (RuntimeError, OSError) as error:
            behaviour.append(f"? ({str(error).splitlines()[0][:60]})")
        finally:
            tool.tear_down()
    crowd = rounds.told(played) if played else ["-", "-", "-", "computes, keeps none", "-"]
    return [title, f"`{kind.main}`", *crowd], [title, *behaviour]


def _told(crowds: list[list[str]], behaviours: list[list[str]], count: int) -> str:
    day = dt.datetime.now(tz=dt.UTC).strftime("%Y-%m-%d")
    where = f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores"
    head = ["tool", "command", "exit 0", "ports given", "given twice", "registry", "wall"]
    return (
        f"Measured {day} on {where} by `python benchmarks/peers.py`.\n\n"
        f"{rounds.AT_ONCE} processes at once in {rounds.AT_ONCE} directories, {count} rounds, "
        "fresh state each round (`a / b` is round by round):\n\n"
        + markdown.table(head, crowds)
        + "\nWhat each does when something is odd:\n\n"
        + markdown.table(["tool", *PROBES], behaviours)
    )


if __name__ == "__main__":
    sys.exit(main())
