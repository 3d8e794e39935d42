"""Completion in the real shells: each test starts one, on a terminal where it needs that."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.processes import ROOT, portman_program
from tests.terminal import PtyProgram

if TYPE_CHECKING:
    from collections.abc import Callable

MANIFEST = "[services]\nweb = 28601\nworker = 28602\n"


@pytest.fixture(name="env")
def _env(tmp_path: Path) -> dict[str, str]:
    """A home of its own with `portman` in PATH, in a project with two services."""
    (tmp_path / "ports.toml").write_text(MANIFEST)
    programs = portman_program(tmp_path / "bin", [])
    home = tmp_path / "home"
    home.mkdir()
    return {
        "PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(home), "PYTHONPATH": str(ROOT),
        "PORTMAN_HOME": str(home / "state"), "TERM": "dumb", "LC_ALL": "C.UTF-8",
    }  # fmt: skip


def script(shell: str, env: dict[str, str], portman: Callable[..., Any]) -> Path:
    """Install the script of a shell, and return where it is."""
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    done = portman("completion", shell, "--install", env={**env, "XDG_DATA_HOME": ""})
    assert done.code == 0, done.err
    name = {"bash": "portman", "zsh": "_portman", "fish": "portman.fish"}[shell]
    (found,) = Path(env["HOME"]).rglob(name)
    assert found.read_text() == portman("completion", shell).out
    assert portman("completion", shell, "--install", env=env).code == 0
    return found


def typed(
    argv: list[str], setup: str, env: dict[str, str], folder: Path, keys: str, awaited: str
) -> str:
    """Type keys into an interactive shell; return what it shows, at least what is awaited."""
    terminal = PtyProgram(argv, folder, env, (100, 30))
    terminal.press(f"PS1='ready''> '; {setup}\n")
    terminal.until("ready> ")
    terminal.press(keys)
    shown = terminal.until(awaited)
    terminal.end(0.2)
    return shown


def test_bash(tmp_path: Path, env: dict[str, str], portman: Callable[..., Any]) -> None:
    """A single candidate is inserted; several are listed with what they are."""
    found = script("bash", env, portman)
    argv, setup = ["bash", "--norc", "--noprofile", "-i"], f"source {found}"
    for keys, awaited in (("port we\t", "portman port web "), ("env --format=fi\t", "=fish")):
        assert awaited in typed(argv, setup, env, tmp_path, f"portman {keys}", awaited)
    last = "worker  (service, usual port 28602)"
    shown = typed(argv, setup, env, tmp_path, "portman port w\t\t", last)
    assert "web  (service, usual port 28601)" in shown
    assert last in shown


def test_zsh(tmp_path: Path, env: dict[str, str], portman: Callable[..., Any]) -> None:
    found = script("zsh", env, portman)
    argv = ["zsh", "-f", "-i"]
    setup = f"fpath=({found.parent} $fpath); autoload -Uz compinit; compinit -u -D"
    awaited = "portman port web "
    assert awaited in typed(argv, setup, env, tmp_path, "portman port we\t", awaited)
    shown = typed(argv, setup, env, tmp_path, "portman port w\t\t", "usual port 28602")
    assert "service, usual port 28601" in shown
    assert "worker" in shown


def test_fish(tmp_path: Path, env: dict[str, str], portman: Callable[..., Any]) -> None:
    """Fish tells its completions without a terminal; it loads the script by its place."""
    script("fish", env, portman)

    def completed(line: str) -> list[str]:
        done = subprocess.run(
            ["fish", "-c", 'complete -C "$argv"', "--", line],
            cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        return done.stdout.splitlines()

    assert completed("portman port w") == [
        "web\tservice, usual port 28601",
        "worker\tservice, usual port 28602",
    ]
    assert completed("portman env --format f") == ["fish"]
    assert "check\tReport what `up` would report, without writing anything." in completed(
        "portman che"
    )
    assert "ports.toml" in completed("portman run -- cat po")


def test_a_file_of_another_program_is_kept(portman: Callable[..., Any], tmp_path: Path) -> None:
    place = tmp_path / "fish/completions/portman.fish"
    place.parent.mkdir(parents=True)
    place.write_text("complete -c portman\n")
    done = portman("completion", "fish", "--install", env={"XDG_CONFIG_HOME": str(tmp_path)})
    assert done.code != 0
    assert "is not portman's" in done.err
    assert place.read_text() == "complete -c portman\n"
    assert portman("completion", "tcsh").code == 2
