"""The command line as people and shells meet it: help, examples, completion, colour, pipes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from portman.cli import COMMANDS as REGISTRY
from portman.cli import command, commands
from portman.cli.fast_path import load
from tests.processes import PYTHON

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
COMMANDS = sorted(REGISTRY)
MANIFEST = '[services]\nweb = 28601\nworker = "auto"\napi = "auto"\n'


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_an_example(name: str, portman: Callable[..., Any]) -> None:
    """Every command has a one-line summary, an example that begins with it, and --json."""
    done = portman(name, "--help")
    assert done.code == 0
    assert f"Usage: portman {name}" in done.out
    example = done.out.split("Example:", 1)[1].split("\n\n")[0]
    assert f"portman {name}" in " ".join(example.split())
    if name not in ("run", "hold"):
        assert "--json" in done.out
    assert "\x1b" not in done.out


def test_help_fits_80_columns(portman: Callable[..., Any]) -> None:
    """Also where nobody wraps it."""
    for words in ((), *((name,) for name in COMMANDS)):
        for line in portman(*words, "--help").out.splitlines():
            assert len(line) <= 80, line


def test_version_names_the_distribution(portman: Callable[..., Any]) -> None:
    """Whoever asks learns which of the portmans this is."""
    assert portman("--version").out.startswith("portman 0.")
    assert "(ports-toml)" in portman("--version").out


def test_no_command_shows_the_project(tmp_path: Path, portman: Callable[..., Any]) -> None:
    """As `overview`, with the shared options too."""
    (tmp_path / "ports.toml").write_text(MANIFEST)
    alone = portman(cwd=tmp_path)
    assert alone == portman("overview", cwd=tmp_path)
    assert alone.code == 0
    assert "  web     no port yet, usual 28601\n" in alone.out
    assert json.loads(portman("-C", str(tmp_path), "--json").out)["command"] == "overview"


def test_every_row_of_the_registry_has_its_verb_and_no_verb_is_without_a_row() -> None:
    """A file in cli/verbs declares the verbs of its rows, and only those."""
    folder = ROOT / "portman/cli/verbs"
    files = {path.stem for path in folder.glob("*.py") if path.stem != "__init__"}
    assert files == {row.module for row in commands()}
    for row in commands():
        assert load(row).help.strip()


@pytest.mark.parametrize("name", COMMANDS)
def test_no_summary_is_cut(name: str, portman: Callable[..., Any]) -> None:
    """One sentence, at most 60 characters, whole in the list of commands and in its own help."""
    summary = command(name).summary
    assert len(summary) <= 60
    assert summary.endswith(".")
    assert f"  {name:<10}  {summary}\n" in portman("--help").out
    assert f"\n\n  {summary}\n\n" in portman(name, "--help").out


def test_help_names_the_groups_in_order(portman: Callable[..., Any]) -> None:
    """By what a person wants to do; nothing ends in dots."""
    text = portman("--help").out
    groups = [line[:-1] for line in text.splitlines() if line.endswith(":") and line[0] != " "]
    assert groups == ["Options", "Every day", "Look", "Set up", "Programs", "Machine"]
    assert ".." not in text.replace("[ARGS]...", "")


@pytest.mark.parametrize(("words", "modules"), [(("--help",), set()), (("gc", "-h"), {"ledger"})])
def test_only_the_verb_that_runs_is_loaded(words: tuple[str, ...], modules: set[str]) -> None:
    """The list of commands comes from the registry alone."""
    code = (
        "import sys; from portman.cli.main import run; run(sys.argv[1:]); "
        "print(*sorted(name for name in sys.modules if 'cli.verbs.' in name), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip
    assert {name.rpartition(".")[2] for name in done.stderr.split()} == modules


def test_a_misspelt_command_gets_a_suggestion(portman: Callable[..., Any]) -> None:
    """The nearest name of the registry, or what another tool's word means here."""
    for word, meant in [
        ("chekc", "portman check"), ("pu", "portman up"), ("ps", "portman who"),
        ("ls", "portman list"), ("status", "portman check"), ("kill", "portman free --help"),
        ("stop", "portman down"), ("zzz", "portman --help"),
    ]:  # fmt: skip
        assert f": {meant}\n" in portman(word).err
    assert portman("help", "up").out == portman("up", "--help").out
    assert portman("help").out == portman("--help").out
    assert portman("-v").out == portman("--version").out


def complete(folder: Path, *words: str) -> list[str]:
    """Ask for completions as the scripts of the shells do."""
    done = subprocess.run(
        [sys.executable, "-m", "portman", "__complete", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [line.split("\t")[0] for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["port", "w"], ["web", "worker"]),
        (["up", "a"], ["api"]),
        (["up", "web", ""], ["worker", "api"]),
        (["port", "web", ""], []),
        (["che"], ["check"]),
        (["--json", "che"], ["check"]),
        (["help", "che"], ["check"]),
        (["env", "--format", "f"], ["fish"]),
        (["env", "--format=f"], ["--format=fish"]),
        (["--color", "a"], ["auto", "always"]),
        (["up", "--r"], ["--reassign"]),
        (["--ver"], ["--version"]),
        (["run", "--service", "we"], ["web"]),
        (["run", "--", "ls", ""], []),
        (["integrate", "dir"], ["direnv"]),
        (["completion", "z"], ["zsh"]),
        (["-C", "deep", "up", "i"], ["inner"]),
        (["up", "-C", "deep", "i"], ["inner"]),
        (["-C", "de"], ["deep/"]),
        (["bogus", ""], []),
        ([], sorted(COMMANDS)),
    ],
)
def test_completion_knows_commands_options_and_services(
    words: list[str], expected: list[str], tmp_path: Path
) -> None:
    """TAB completes the names of the manifest found from here, or from -C."""
    (tmp_path / "ports.toml").write_text(MANIFEST)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/ports.toml").write_text("[services]\ninner = 28602\n")
    found = complete(tmp_path, "words", *words)
    assert (found if words else sorted(found)) == expected
    (tmp_path / "ports.toml").write_text("broken")
    assert complete(tmp_path, "words", "port", "w") == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("portman port w", ["web", "worker"]),
        ("portman up ", ["web", "worker", "api"]),
        ("portman env --format=f", ["fish"]),  # bash has `--format`, `=` and `f` as three words
        ("portman run --service 'we", []),
    ],
)
def test_bash_gives_its_line(line: str, expected: list[str], tmp_path: Path) -> None:
    (tmp_path / "ports.toml").write_text(MANIFEST)
    assert complete(tmp_path, "line", line) == expected


def up_on_a_terminal(folder: Path, **env: str) -> str:
    """Run `portman up` on a pseudo-terminal and return what it shows."""
    import pty

    master, slave = pty.openpty()
    plain = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
    process = subprocess.Popen(
        [sys.executable, "-m", "portman", "up"], cwd=folder, stdout=slave, stderr=slave,
        env={**plain, "PYTHONPATH": str(ROOT), "TERM": "xterm", **env},
    )  # fmt: skip
    os.close(slave)
    shown = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    process.wait(timeout=60)
    os.close(master)
    return shown.decode()


def test_colour_only_on_a_terminal(tmp_path: Path, portman: Callable[..., Any]) -> None:
    """NO_COLOR, TERM=dumb and pipes are plain; --color decides over all of them."""
    (tmp_path / "ports.toml").write_text(MANIFEST)
    assert "\x1b[" in up_on_a_terminal(tmp_path)
    assert "\x1b[" not in up_on_a_terminal(tmp_path, NO_COLOR="1")
    assert "\x1b[" in up_on_a_terminal(tmp_path, NO_COLOR="")
    assert "\x1b[" not in up_on_a_terminal(tmp_path, TERM="dumb")
    assert "\x1b" not in portman("up", cwd=tmp_path).out
    assert "\x1b" not in portman("up", cwd=tmp_path, env={"FORCE_COLOR": "1"}).out
    assert "\x1b[" in portman("up", "--color", "always", cwd=tmp_path).out
    assert "\x1b" not in portman("up", "--color", "never", cwd=tmp_path).out


def test_a_reader_that_leaves_is_no_traceback(tmp_path: Path) -> None:
    """`portman schema | head -1` ends quietly."""
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {PYTHON} -m portman schema | head -1"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout == "{\n"
    assert done.stderr == ""


def test_an_answer_that_cannot_be_written_is_exit_5(tmp_path: Path) -> None:
    """A full disk behind stdout is told in one line, from a receipt as well as computed."""
    (tmp_path / "ports.toml").write_text(MANIFEST)
    for _ in range(3):
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "portman", "port", "web"], cwd=tmp_path, stdout=full,
                env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE,
                text=True, timeout=60, check=False,
            )  # fmt: skip
        assert done.returncode == 5
        assert done.stderr.startswith("error: the answer could not be written: No space left")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_locale_works(tmp_path: Path, portman: Callable[..., Any], encoding: str) -> None:
    """A name the terminal cannot show is spelt out, not a crash."""
    folder = tmp_path / "ポート"
    folder.mkdir()
    (folder / "ports.toml").write_text(MANIFEST)
    done = portman("up", cwd=folder, env={"PYTHONIOENCODING": encoding})
    assert done.code == 0, done


def test_quiet_says_only_what_went_wrong(tmp_path: Path, portman: Callable[..., Any]) -> None:
    """Nothing when all is well; errors all the same."""
    (tmp_path / "ports.toml").write_text(MANIFEST)
    assert portman("up", "-q", cwd=tmp_path)[1:] == ("", "")
    (tmp_path / "ports.toml").write_text("[services]\nweb = 0\n")
    assert "services.web" in portman("up", "-q", cwd=tmp_path).err
