"""Environments to measure in: portman from a tree, and each peer in one of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CACHE = Path(os.environ.get("PORTMAN_BENCH_CACHE", "~/.cache/portman-benchmarks")).expanduser()

#: Distribution on PyPI -> the version that was studied; a cache made with another is remade.
PYPI = {
    "wtenv": "0.2.0",
    "worktree-env": "0.8.0",
    "portman-cli": "1.1.1",
    "portman": "1.0.2",
    "port-allocator": "0.1.0",
    "portkeeper": "0.5.46",
    "portauth": "0.1.1",
    "portpicker": "1.6.0",
    "devlanes": "0.6.1",
}
NPM = {"get-port-cli": "3.0.0", "worktree-compose": "0.1.4", "portless": "0.13.0"}


class NotInstalledError(Exception):
    """An environment could not be made; the text says why."""


def clean_environment(home: Path | None = None) -> dict[str, str]:
    """Return this process's environment without what would distort a measurement.

    PYTHONDONTWRITEBYTECODE makes every start compile anew what pip did not compile;
    XDG_* and PORTMAN_* would lead into the real home.
    """
    drop = ("PYTHON", "XDG_", "PORTMAN_", "VIRTUAL_ENV", "GIT_", "PORTLESS_", "WTENV_", "WTE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(drop)}
    if home is not None:
        home.mkdir(parents=True, exist_ok=True)
        kept["HOME"] = str(home)
    return kept


def fresh_portman(where: Path, tree: Path, *, newest_pip: bool) -> Path:
    """Install `tree` into a new venv at `where`; return its folder of programs.

    The pip inside decides what the `portman` script looks like: those that come with Python 3.11
    to 3.13 make it import `re` first, newer ones and uv do not.
    """
    shutil.rmtree(where, ignore_errors=True)
    python = _venv(where)
    if newest_pip:
        _run([python, "-m", "pip", "install", "--quiet", "--upgrade", "pip"])
    _run([python, "-m", "pip", "install", "--quiet", str(tree)])
    return where / "bin"


def peer(name: str) -> Path:
    """Return the folder of programs of a peer, installing it once into the cache.

    Raises NotInstalledError.
    """
    return _from_pypi(name) if name in PYPI else _from_npm(name)


def version_of(name: str) -> str:
    """Return the version that is measured."""
    return PYPI.get(name) or NPM[name]


def _from_pypi(name: str) -> Path:
    where = CACHE / f"{name}-{PYPI[name]}"
    done = where / "complete"
    if not done.exists():
        shutil.rmtree(where, ignore_errors=True)
        python = _venv(where)
        _run([python, "-m", "pip", "install", "--quiet", f"{name}=={PYPI[name]}"])
        done.touch()
    return where / "bin"


def _from_npm(name: str) -> Path:
    if shutil.which("npm") is None:
        raise NotInstalledError(f"{name}: there is no npm here")
    where = CACHE / f"{name}-{NPM[name]}"
    done = where / "complete"
    if not done.exists():
        shutil.rmtree(where, ignore_errors=True)
        where.mkdir(parents=True)
        (where / "package.json").write_text("{}\n")
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(where)]
        _run(["npm", "install", *options, f"{name}@{NPM[name]}"], home=where / "home")
        done.touch()
    return where / "node_modules" / ".bin"


def _venv(where: Path) -> str:
    _run([sys.executable, "-m", "venv", str(where)])
    return str(where / "bin" / "python")


def _run(command: list[str], home: Path | None = None) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=600, env=clean_environment(home)
    )
    if done.returncode:
        raise NotInstalledError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
