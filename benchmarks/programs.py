"""What the table of programs says of those that are installed here, by starting them.

    python benchmarks/programs.py [--install DIR] [NAME...] [--write]

Each program runs in a network of its own (Linux, root or a user namespace), again and again: bare,
with its option, with the option twice, with each of its variables, with a file it reads, on a port
that is taken, with the option for the address. Every cell of portman/data/programs.tsv that was
seen to be otherwise is printed, and exit is 1; --write puts what was seen into the file (`measured`
becomes "run VERSION", `repeat` what the second option did), and `python scripts/docs.py` makes
docs/frameworks.md again. NAME is a word of the first column. --install puts the packages that the
trials name into DIR first, by pip and npm; one that cannot be had is left out. A wrapper starts a
command that tells its PORT: with the variable, with another in .env, with .env alone.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from program_trials import TRIALS, WRAPPERS, Trial, WrapperTrial

from portman.base.programs import Program, columns, programs

TABLE = Path(__file__).resolve().parents[1] / "portman" / "data" / "programs.tsv"
#: Seconds until a program that listens on nothing is taken to be one that never will.
PATIENCE = float(os.environ.get("PROGRAMS_PATIENCE", "20"))


def version_of(trial: Trial | WrapperTrial) -> str | None:
    """Return the version that is installed here, "" if it does not say; None: it is not here."""
    kind, colon, name = trial.package.partition(":")
    if not trial.package:
        return ".".join(map(str, sys.version_info[:3]))
    if not colon:
        found = [one.version for one in importlib.metadata.distributions(name=kind)]
        return found[0] if found else None
    if kind == "npm":
        folders = os.environ.get("NODE_PATH", "").split(os.pathsep)
        files = [Path(one) / name / "package.json" for one in folders if one]
        return next((json.loads(x.read_text())["version"] for x in files if x.is_file()), None)
    if shutil.which(name) is None:
        return None
    said = subprocess.run([name, "--version"], capture_output=True, text=True, check=False)
    text = said.stdout + said.stderr
    number = re.search(r"\d+\.\d+\.\d+(?:\.\d+)*", text) or re.search(r"\d+\.\d+", text)
    return number[0] if number else ""


class Seen(NamedTuple):
    """What a start led to: (address, port) of its listeners, or its end."""

    places: frozenset[tuple[str, int]]
    status: int | None

    @property
    def ports(self) -> set[int]:
        return {port for _, port in self.places}


def start(trial: Trial, options: str = "", *, taken: str = "", **more: str) -> Seen:
    """Start a program in a folder and a network of its own, until it listens or ends.

    `taken` is ADDRESS:PORT that something else has. Of `more`, a name that begins with "file_" is
    an env file's line, the others are the environment's.
    """
    env = {name: value for name, value in os.environ.items() if not name.endswith("PORT")}
    env |= {one: value for one, value in more.items() if not one.startswith("file")}
    env |= {
        "CI": "1",
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "NEXT_TELEMETRY_DISABLED": "1",
        "NUXT_TELEMETRY_DISABLED": "1",
        "ASTRO_TELEMETRY_DISABLED": "1",
        "WRANGLER_SEND_METRICS": "false",
        "TURBO_TELEMETRY_DISABLED": "1",
    }
    with tempfile.TemporaryDirectory(prefix="programs-") as folder:
        for name, text in trial.files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        if "file" in more:
            Path(folder, more["file"]).write_text(more["file_line"] + "\n")
        modules = os.environ.get("NODE_PATH", "").split(os.pathsep)[0]
        if modules:
            Path(folder, "node_modules").symlink_to(modules)
        command = f"{trial.command} {options} {trial.after}"
        # In its own network: a listener that is in the way, then the program, then its sockets.
        keeper = (
            "import socket, sys, time; host, _, port = sys.argv[1].rpartition(':')\n"
            "one = socket.create_server((host, int(port)), family=socket.AF_INET6 if ':' in host"
            " else socket.AF_INET); print('', flush=True); time.sleep(600)"
        )
        lines = ["ip link set lo up 2>/dev/null"]
        if taken:
            lines.append(f"{sys.executable} -c \"$KEEPER\" '{taken}' & sleep 1")
        lines.append(f"exec {command}")
        process = subprocess.Popen(
            ["unshare", "-rn" if os.geteuid() else "-n", "sh", "-c", "\n".join(lines)],
            cwd=folder, env={**env, "KEEPER": keeper}, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            return _watched(process, taken)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _watched(process: subprocess.Popen[bytes], taken: str) -> Seen:
    until = time.monotonic() + PATIENCE
    before: frozenset[tuple[str, int]] = frozenset()
    aside = int(taken.rpartition(":")[2]) if taken else 0
    while time.monotonic() < until:
        if process.poll() is not None:
            return Seen(frozenset(), process.returncode)
        places = frozenset(_listening(process.pid))
        theirs = frozenset(one for one in places if one[1] != aside)
        if theirs and theirs == before:
            return Seen(theirs, None)
        before = theirs
        time.sleep(0.5)
    return Seen(before, process.poll())


def _listening(pid: int) -> list[tuple[str, int]]:
    """Return the TCP listeners in the network of a process."""
    found = []
    for file in ("tcp", "tcp6"):
        try:
            rows = Path(f"/proc/{pid}/net/{file}").read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            cells = row.split()
            address, _, port = cells[1].rpartition(":")
            if cells[3] == "0A":
                found.append((address, int(port, 16)))
    return found


def where(seen: Seen, port: int) -> str:
    """Name the addresses of a port as the table does."""
    names = {
        "0100007F": "127.0.0.1",
        "00000000": "all",
        "0" * 32: "all",
        "0" * 24 + "01000000": "::1",
    }
    found = {names.get(one, one) for one, number in seen.places if number == port}
    if "all" in found:
        return "all"
    return "loopback" if found == {"127.0.0.1", "::1"} else next(iter(found), "")


#: Ports from here on are the kernel's choice.
_EPHEMERAL = 32768


def measure(row: Program, trial: Trial, version: str) -> dict[str, str]:
    """Return what was seen of a row: column -> cell; only what this can tell."""
    seen = {"measured": f"run {version}".strip()}
    bare = start(trial)
    port = row.port if row.port in bare.ports else min(bare.ports, default=None)
    if port is not None:
        seen["port"] = str(port)
        seen["listens"] = where(bare, port)
        beside = {one for one in bare.ports if one != port and one < _EPHEMERAL}
        unknown = sorted(one for one in beside if not row.opens(one, port))
        if unknown:
            seen["secondary"] = " ".join((*row.secondary, *(f"other={one}" for one in unknown)))
    if row.flag:
        flag = row.flag.replace("{host}", "127.0.0.1")
        one = start(trial, flag.replace("{}", "4801"))
        if not bare.places and not one.places:
            return {}
        if 4801 not in one.ports:
            seen["flag"] = ""
        two = start(trial, f"{flag.replace('{}', '4801')} {flag.replace('{}', '4802')}")
        seen["repeat"] = "last" if two.ports & {4801, 4802} == {4802} else ""
        seen |= _busy(row, trial, flag, where(one, 4801))
        if row.host and 4801 in one.ports and "{host}" not in row.flag:
            option = row.host.replace("{}", "127.0.0.2")
            there = start(trial, f"{flag.replace('{}', '4801')} {option}")
            if ("0200007F", 4801) not in there.places:
                seen["host"] = ""
    kept = [name for name in row.variables if 4803 in start(trial, **{name: "4803"}).ports]
    seen["variables"] = " ".join(kept)
    if kept:
        files = [file.lstrip("^") for file in row.dotenv] or [".env"]
        read = [
            file
            for file in files
            if 4804 in start(trial, file=file, file_line=f"{kept[0]}=4804").ports
        ]
        named = {one.lstrip("^"): one for one in row.dotenv}
        seen["dotenv"] = " ".join(named.get(one, one) for one in read)
    return seen


def _busy(row: Program, trial: Trial, flag: str, place: str) -> dict[str, str]:
    """Take the port first, at the address at which it would listen."""
    host = {"all": "0.0.0.0", "::1": "::1"}.get(place, "127.0.0.1")
    strict = f" {row.strict}" if row.strict.startswith("-") else ""
    plain = start(trial, flag.replace("{}", "4805"), taken=f"{host}:4805")
    if not plain.places:
        return {"strict": row.strict if row.strict in ("always", "given") else "given"}
    if (
        strict
        and not start(trial, flag.replace("{}", "4805") + strict, taken=f"{host}:4805").places
    ):
        return {"strict": row.strict}
    return {"strict": ""}


def measure_wrapper(row: Program, trial: WrapperTrial, version: str) -> dict[str, str]:
    """Return what a wrapper does with the environment: a command that it starts tells its PORT."""
    passed = told(trial, PORT="4901")
    of_file = told(trial, file="PORT=4902")
    both = told(trial, file="PORT=4902", PORT="4901")
    if passed is None:
        return {}
    if passed != "4901":
        way = "drops"
    elif both != "4901":
        way = ".env wins"
    else:
        way = "keeps, adds .env" if of_file == "4902" else "keeps"
    same = row.passes if row.passes.startswith(way) and "adds" in row.passes + way else way
    same = row.passes if row.passes.startswith(".env wins") and way == ".env wins" else same
    return {"passes": same, "measured": f"run {version}".strip()}


def told(trial: WrapperTrial, *, file: str = "", **more: str) -> str | None:
    """Return the PORT of a command under a wrapper; "" if it has none, None if it did not run."""
    env = {name: value for name, value in os.environ.items() if not name.endswith("PORT")}
    with tempfile.TemporaryDirectory(prefix="programs-") as folder:
        child = Path(folder, "child")
        child.write_text(f'#!/bin/sh\nprintf "%s" "$PORT" > {folder}/told\n')
        child.chmod(0o755)
        for name, text in trial.files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("CHILD", str(child)))
        if file:
            Path(folder, ".env").write_text(f"{file}\n")
        subprocess.run(
            ["sh", "-c", trial.command.replace("CHILD", str(child))], cwd=folder,
            env={**env, **more, "CI": "1", "TURBO_TELEMETRY_DISABLED": "1"}, check=False,
            capture_output=True, timeout=120,
        )  # fmt: skip
        found = Path(folder, "told")
        return found.read_text() if found.is_file() else None


def install(folder: Path) -> None:
    """Put what the trials name into a folder, a package at a time, and start again in it."""
    trials = [*TRIALS.values(), *WRAPPERS.values()]
    wanted = [one.package for one in trials if one.package and "program:" not in one.package]
    wanted += [
        f"npm:{one}" if trial.package.startswith("npm:") else one
        for trial in TRIALS.values()
        for one in trial.also.split()
    ]
    python = folder / "py"
    if not (python / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(python)], check=True)
    js = folder / "js"
    js.mkdir(parents=True, exist_ok=True)
    for one in dict.fromkeys(wanted):
        kind, colon, name = one.partition(":")
        command = [str(python / "bin" / "pip"), "install", "-q", kind]
        if colon:
            command = ["npm", "install", "--no-audit", "--no-fund", "--silent", name]
        if subprocess.run(command, cwd=js, check=False).returncode:
            print(f"{one}: not to be had here", flush=True)
    bins = [str(python / "bin"), str(js / "node_modules" / ".bin"), os.environ["PATH"]]
    os.environ |= {"PATH": os.pathsep.join(bins), "NODE_PATH": str(js / "node_modules")}
    left = [one for one in sys.argv[1:] if one not in ("--install", str(folder))]
    os.execv(python / "bin" / "python", [str(python / "bin" / "python"), sys.argv[0], *left])


def differing(row: Program, seen: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Return column -> (the table's cell, what was seen) where they differ."""
    said = {
        "port": str(row.port or ""), "flag": row.flag, "host": row.host, "strict": row.strict,
        "variables": " ".join(row.variables), "dotenv": " ".join(row.dotenv),
        "listens": row.listens.partition(";")[0], "repeat": row.repeat, "measured": row.measured,
        "passes": row.passes, "secondary": " ".join(row.secondary),
    }  # fmt: skip
    found = {name: (said[name], cell) for name, cell in seen.items() if said[name] != cell}
    if set(found.get("listens", ("all",))) <= {"127.0.0.1", "::1", "loopback"}:
        del found["listens"]  # it asks for localhost, and the machine says which of them that is
    if "measured" in found and _number(seen["measured"]) < _number(row.measured):
        del found["measured"]  # an older one, which does what the newer one did
    return found


def _number(measured: str) -> list[int]:
    return [int(one) for one in re.findall(r"\d+", measured)]


def write(found: dict[str, dict[str, str]]) -> None:
    """Put what was seen into the table; the part of `listens` behind ";" stays."""
    lines = TABLE.read_text(encoding="utf-8").split("\n")
    order = columns()
    for place, line in enumerate(lines):
        cells = line.split("\t")
        for column, cell in found.get(cells[0].partition(";")[0], {}).items():
            at = order.index(column)
            _, joint, rest = cells[at].partition(";")
            cells[at] = f"{cell};{rest}" if column == "listens" and joint else cell
        lines[place] = "\t".join(cells)
    TABLE.write_text("\n".join(lines), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--write", action="store_true", help="put what was seen into the table")
    parser.add_argument("--install", type=Path, metavar="DIR", help="install the packages there")
    given = parser.parse_args()
    if given.install:
        install(given.install)
    rows = {one.words[0]: one for one in programs()}
    found: dict[str, dict[str, str]] = {}
    wrong = 0
    rows |= {word: one for one in programs() for word in one.words if word in WRAPPERS}
    for name, trial in {**TRIALS, **WRAPPERS}.items():
        version = version_of(trial)
        if (given.names and name not in given.names) or version is None:
            continue
        row = rows[name]
        if isinstance(trial, WrapperTrial):
            seen = measure_wrapper(row, trial, version)
        else:
            seen = measure(row, trial, version)
        unlike = differing(row, seen)
        if len(row.words) > 1 and row.passes:
            unlike.pop("measured", None)  # the row is about several
        found[row.words[0]] = {column: cell for column, (_, cell) in unlike.items()}
        wrong += bool(unlike.keys() - {"measured"})
        result = "as the table says" if seen else "it did not start"
        print(f"{name} {version}: {'' if unlike else result}", flush=True)
        for column, (said, cell) in unlike.items():
            print(f"    {column}: the table says {said!r}, seen {cell!r}")
    absent = [name for name, trial in {**TRIALS, **WRAPPERS}.items() if version_of(trial) is None]
    print(f"{len(found)} of {len(programs())} rows measured; not installed: {', '.join(absent)}")
    if given.write:
        write(found)
    return 1 if wrong and not given.write else 0


if __name__ == "__main__":
    raise SystemExit(main())
