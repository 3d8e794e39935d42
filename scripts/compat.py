#!/usr/bin/env python3
"""Prove what the package promises about versions.

    python scripts/compat.py [--quick] [--python PATH ...]

1. Build a wheel and an sdist, check their metadata and contents, install each into a fresh
   environment and run `portman up` on every example.
2. Run tests/unit and tests/contract on every Python from 3.11 found here, with the lowest version
   of every dependency that pyproject.toml allows and with the newest.
3. Report, without failing, what Typer beyond our cap does to the same tests and to the start-up.

`--quick` uses one Python, the one it runs with, whose own dependencies have passed the tests
already: newest ones that are the same are not tried again, and 3 is left out. Needs pip and an
index to install from.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
TESTS = ["tests/unit", "tests/contract"]
OLDEST = (3, 11)
#: What an sdist has to bring along so that the wheel can be made and judged from it alone.
IN_SDIST = {"LICENSE", "README.md", "pyproject.toml", "ports.toml", "CHANGELOG.md"} | {
    "schema/ports.schema.json", "schema/envelope.schema.json", "tests/conftest.py",
}  # fmt: skip


class FailedError(Exception):
    """A promise that does not hold; the text says which."""


class Outcome(NamedTuple):
    """One line of the summary."""

    what: str
    passed: bool
    note: str
    counts: bool = True


def main() -> int:
    """Run every part; return 1 if a promise does not hold."""
    options = _options()
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="portman-compat-") as place:
        base = Path(place)
        outcomes += _tried("build, check, contents", lambda: packages(base))
        for kind, pattern in (("wheel", "*.whl"), ("sdist", "*.tar.gz")):
            outcomes += _tried(f"install the {kind}, run the examples", _installed(base, pattern))
        for python in options.python or ([sys.executable] if options.quick else _pythons()):
            for which in ("lowest", "newest"):
                what = f"Python {_version(python)}, {which} dependencies"
                outcomes += _tried(what, _matrix(base, python, which, quick=options.quick))
        beyond = [] if options.quick else _tried("Typer beyond the cap", lambda: _beyond(base))
        outcomes += [one._replace(counts=False) for one in beyond]
    print()
    for one in outcomes:
        state = "ok    " if one.passed else "FAILED" if one.counts else "differs"
        print(f"{state} {one.what}: {one.note}")
    return 1 if any(one.counts and not one.passed for one in outcomes) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only the Python this runs with")
    parser.add_argument("--python", action="append", metavar="PATH", help="only these Pythons")
    return parser.parse_args()


def _tried(what: str, work: object) -> list[Outcome]:
    print(f"== {what}", flush=True)
    begun = time.monotonic()
    try:
        note = work()  # type: ignore[operator]
    except FailedError as failure:
        print(f"   {failure}", flush=True)
        return [Outcome(what, passed=False, note=str(failure))]
    print(f"   {note}", flush=True)
    return [Outcome(what, passed=True, note=f"{note} ({time.monotonic() - begun:.0f} s)")]


def packages(base: Path) -> str:
    """Build both into base/dist; check metadata and contents (scripts/release does so as well)."""
    tools = _venv(
        base / "tools", sys.executable, "build", "twine", *PROJECT["build-system"]["requires"]
    )
    _run([tools, "-m", "build", "--no-isolation", "--outdir", str(base / "dist"), str(ROOT)])
    files = sorted((base / "dist").iterdir())
    _run([tools, "-m", "twine", "check", "--strict", *map(str, files)])
    wheel = next(file for file in files if file.suffix == ".whl")
    sdist = next(file for file in files if file.name.endswith(".tar.gz"))
    _check_wheel(wheel)
    _check_sdist(sdist)
    return ", ".join(f"{file.name} {file.stat().st_size >> 10} KB" for file in (wheel, sdist))


def _check_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        info = next(name.partition("/")[0] for name in names if ".dist-info/" in name)
        metadata = Parser().parsestr(archive.read(f"{info}/METADATA").decode())
        scripts = archive.read(f"{info}/entry_points.txt").decode()
    tops = {name.partition("/")[0] for name in names}
    _require(tops == {"portman", info}, f"the wheel has {sorted(tops)}, not only portman")
    source = {
        str(path.relative_to(ROOT)) for path in (ROOT / "portman").rglob("*") if path.is_file()
    }
    wanted = {name for name in source if "__pycache__" not in name}
    packed = {name for name in names if name.startswith("portman/")}
    _require(packed == wanted, f"the wheel and portman/ differ: {sorted(packed ^ wanted)[:5]}")
    _require("portman/py.typed" in names, "the wheel has no py.typed, but says it is typed")
    _require(f"{info}/licenses/LICENSE" in names, "the wheel has no licence text")
    _require("portman = portman.__main__:entry" in scripts, "the wheel has no command portman")
    _require(metadata["Name"] == "ports-toml", f"the wheel is called {metadata['Name']}")
    _require(
        metadata["Requires-Python"] == PROJECT["project"]["requires-python"], "Requires-Python"
    )
    _require(metadata["License-Expression"] == "MIT", "the wheel does not say its licence")
    told = {
        _normal(line) for line in metadata.get_all("Requires-Dist") or [] if "extra" not in line
    }
    wanted = {_normal(line) for line in PROJECT["project"]["dependencies"]}
    _require(told == wanted, f"dependencies differ: {sorted(told ^ wanted)}")


def _normal(requirement: str) -> str:
    name, specifier = re.match(r"([\w.-]+)\s*(.*)", requirement.replace(" ", "")).groups()  # type: ignore[union-attr]
    name = re.sub(r"[-_.]+", "-", name).lower()  # the same project, as the packaging rules have it
    return f"{name}{','.join(sorted(specifier.split(',')))}"


def _check_sdist(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers()}
    missing = IN_SDIST - names
    _require(not missing, f"the sdist lacks {sorted(missing)}")
    odd = [name for name in names if "__pycache__" in name or name.startswith((".git/", ".venv"))]
    _require(not odd, f"the sdist has {odd[:3]}")


def _installed(base: Path, pattern: str) -> object:
    def work() -> str:
        file = next((base / "dist").glob(pattern), None)
        _require(file is not None, "was not built")
        python = _venv(base / f"from-{pattern[2:]}", sys.executable, str(file))
        program = Path(python).with_name("portman")
        examples = [path.parent for path in (ROOT / "examples").rglob("ports.toml")]
        for number, example in enumerate(examples):
            _run_example(program, example, base / f"example-{pattern[2:]}-{number}")
        return f"{len(examples)} examples"

    return work


def _run_example(program: Path, example: Path, place: Path) -> None:
    shutil.copytree(example, place / "checkout", ignore=shutil.ignore_patterns(".env*"))
    home = {"PORTMAN_HOME": str(place / "state"), "HOME": str(place)}
    for words in (["up"], ["up", "--json"], ["env"], ["check"], ["list"]):
        _run([str(program), *words], cwd=place / "checkout", **home)
    _require((place / "state" / "ledger.db").exists(), f"{example}: no ledger was made")


def _pythons() -> list[str]:
    """Return one interpreter for each minor version from 3.11, the first found."""
    found: dict[tuple[int, int], str] = {}
    candidates = [sys.executable]
    for pattern in ("~/.pyenv/versions/*/bin/python3", "~/.local/share/uv/python/*/bin/python3"):
        home = Path(pattern).expanduser()
        candidates += map(str, sorted(Path("/").glob(str(home)[1:])))
    candidates += [path for n in range(11, 20) if (path := shutil.which(f"python3.{n}"))]
    for candidate in candidates:
        code = "import sys; print(*sys.version_info[:2])"
        done = subprocess.run([candidate, "-c", code], capture_output=True, text=True)
        words = done.stdout.split()
        if len(words) == 2 and (version := (int(words[0]), int(words[1]))) >= OLDEST:
            found.setdefault(version, candidate)
    return [found[version] for version in sorted(found)]


def _version(python: str) -> str:
    return subprocess.run(
        [python, "-c", "import platform; print(platform.python_version())"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip


def _matrix(base: Path, python: str, which: str, *, quick: bool) -> object:
    def work() -> str:
        where = base / f"matrix-{_version(python)}-{which}"
        wanted = list(PROJECT["project"]["dependencies"])
        if which == "lowest":
            wanted = [re.sub(r">=([\w.]+).*", r"==\1", line) for line in wanted]
        inside = _venv(where, python, *wanted, *_test_tools())
        versions = _versions(inside)
        if quick and versions == _versions(sys.executable):
            return f"those of the tests: {versions}"
        return f"{_pytest(inside)}; {versions}"

    return work


def _test_tools() -> list[str]:
    return [line for line in PROJECT["dependency-groups"]["test"] if isinstance(line, str)]


def _pytest(python: str) -> str:
    options = ["-q", "-p", "no:cacheprovider", "-n", str(os.cpu_count() or 2), "--no-header"]
    done = subprocess.run(
        [python, "-m", "pytest", *options, *TESTS],
        cwd=ROOT, env=_environment(), capture_output=True, text=True, timeout=1800,
    )  # fmt: skip
    lines = done.stdout.strip().splitlines()
    if done.returncode:
        told = [line for line in lines if line.startswith(("FAILED", "ERROR"))][:8]
        raise FailedError("\n       ".join([lines[-1] if lines else done.stderr[-500:], *told]))
    return lines[-1].strip("= ")


def _versions(python: str) -> str:
    names = [re.match(r"[\w.-]+", line)[0] for line in PROJECT["project"]["dependencies"]]  # type: ignore[index]
    code = (
        "import sys, importlib.metadata as m; "
        "print(*(f'{n} {m.version(n)}' for n in sys.argv[1:]), sep=', ')"
    )
    return _run([python, "-c", code, *names]).strip()


def _beyond(base: Path) -> str:
    """Run the tests with the newest Typer there is, and say how long its commands start."""
    python = _venv(
        base / "beyond", sys.executable, *PROJECT["project"]["dependencies"], *_test_tools()
    )
    before = _start(python)
    _run([python, "-m", "pip", "install", "-q", "--upgrade", "typer"])
    told = f"{_versions(python)}; list takes {_start(python):.0f} ms, {before:.0f} under the cap"
    return f"{_pytest(python)}; {told}"


def _start(python: str) -> float:
    """Return the least ms of `portman list` over some runs."""
    with tempfile.TemporaryDirectory() as home:
        taken = []
        for _ in range(12):
            begun = time.perf_counter()
            _run([python, "-m", "portman", "list"], PORTMAN_HOME=home, PYTHONPATH=str(ROOT))
            taken.append((time.perf_counter() - begun) * 1000)
    return min(taken)


def _venv(where: Path, python: str, *wanted: str) -> str:
    """Make an environment with what is wanted in it; return its Python."""
    _run([python, "-m", "venv", str(where)])
    inside = str(where / "bin" / "python")
    if wanted:
        _run([inside, "-m", "pip", "install", "-q", "--disable-pip-version-check", *wanted])
    return inside


def _environment(**more: str) -> dict[str, str]:
    dropped = ("PYTHON", "PORTMAN_", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**kept, **more}


def _run(command: list[str], cwd: Path | None = None, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=cwd, env=_environment(**environment),
        capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    if done.returncode:
        words = " ".join(command)
        raise FailedError(f"{words}: exit {done.returncode}\n{(done.stdout + done.stderr)[-1500:]}")
    return done.stdout


def _require(holds: object, told: str) -> None:
    if not holds:
        raise FailedError(told)


if __name__ == "__main__":
    sys.exit(main())
