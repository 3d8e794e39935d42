"""Both lanes say the same bytes: the express lane computes nothing differently."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from portman.cli import commands
from portman.cli import fast_path as express
from portman.cli.parameters import SHARED
from portman.commands.up import up

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
MANIFEST = """
[services]
web = "auto"
api = { port = 28765, env = ["API_PORT", "UVICORN_PORT"] }
[env]
API_URL = "{api.url}/v1"
"""
FORMS = [
    ("up",), ("up", "--json"), ("up", "-q"), ("up", "web"), ("check",), ("check", "--json"),
    ("env",), ("env", "--json"), ("env", "--format", "shell"), ("env", "--format", "github"),
    ("port", "web"), ("port", "api", "--json"), ("url", "api"), ("port", "nope"),
    ("port", "nope", "--json"), ("up", "nope"), ("up", "--instance", "ci"),
    ("env", "--instance", "ci"), ("-C", "sub", "port", "web"), ("port", "web", "-C", "sub"),
    ("--json", "up"), ("-q", "check"), ("check", "--quiet"), ("env", "--format", "yaml"),
    ("--json", "env", "--format", "yaml"),
]  # fmt: skip


def typer_lane(folder: Path, *words: str) -> tuple[int, str, str]:
    """Run the words through the Typer app alone."""
    code = "import sys; from portman.cli.main import run; sys.exit(run(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(name="project")
def _project(tmp_path: Path, portman: Callable[..., Any]) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "ports.toml").write_text(MANIFEST)
    portman("up", cwd=tmp_path)
    portman("up", "--instance", "ci", cwd=tmp_path)
    return tmp_path


def test_same_bytes(project: Path, portman: Callable[..., Any]) -> None:
    """stdout, stderr and exit code of every form, by Typer, computed, and from a receipt."""
    for words in FORMS:
        slow = typer_lane(project, *words)
        for _ in range(3):
            assert tuple(portman(*words, cwd=project)) == slow, words


def test_same_bytes_in_trouble(project: Path, portman: Callable[..., Any]) -> None:
    """The same when a stranger holds a port and when the manifest is wrong."""
    port = int(portman("port", "web", cwd=project).out)
    with socket.create_server(("127.0.0.1", port)):
        for words in (("up",), ("up", "--json"), ("check",), ("check", "-q")):
            assert tuple(portman(*words, cwd=project)) == typer_lane(project, *words)
            assert portman(*words, cwd=project).code == 1
    (project / "ports.toml").write_text("[services]\nweb = 0\n")
    for words in (("up",), ("env",), ("port", "web"), ("check", "--json")):
        assert tuple(portman(*words, cwd=project)) == typer_lane(project, *words)
        assert portman(*words, cwd=project).code == 4


@pytest.mark.parametrize(
    "words",
    [
        [], ["--help"], ["up", "--help"], ["up", "--reassign"], ["list"], ["bogus"], ["port"],
        ["port", "a", "b"], ["env", "extra"], ["up", "--format", "shell"], ["--version"],
        ["env", "--format=shell"], ["up", "--service", "web"], ["up", "--", "web"], ["run", "--"],
        ["run", "x", "--", "true"], ["run", "true"], ["run", "--format", "json", "--", "true"],
        ["up", "-C"], ["up", "-C", "-q"],
        ["up", "--color", "always"], ["up", ""], ["--", "up"], ["up", "-qC", "x"],
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_app(words: list[str]) -> None:
    """The express lane takes only what it understands completely."""
    assert express.parse(words) is None


def test_plain_forms_are_understood() -> None:
    """Options may stand before and after the command."""
    assert parsed("--json", "-C", "x", "up", "web", "-q") == (
        "up", ("x", True, True, ""), {"names": ("web",)},
    )  # fmt: skip
    assert parsed("env", "--format", "fish", "--instance", "ci") == (
        "env", (".", False, False, "ci"), {"form": "fish"},
    )  # fmt: skip
    assert parsed("port", "web") == ("port", (".", False, False, ""), {"name": "web"})
    assert parsed("-q", "run", "--service", "web", "--no-hold", "--", "npm", "-C", "--", "x") == (
        "run", (".", False, True, ""),
        {"service": "web", "no_hold": True, "cmd": ("npm", "-C", "--", "x")},
    )  # fmt: skip


def parsed(*argv: str) -> tuple[object, ...]:
    """Return the verb, the shared options and its own parameters."""
    found = express.parse(list(argv))
    assert found is not None
    command, options, values = found
    shared = (options.start, options.json, options.quiet, options.instance)
    return command.verb, shared, values


def test_the_express_lane_knows_only_declared_options() -> None:
    """Its words set the parameters that the verbs and the shared options declare."""
    words = {**express.FLAGS, **express.VALUES}
    for name, shared in SHARED.items():
        assert all(words[word] == name for word in shared.words if word in words)
    shared_words = {word for name in express.SHARED for word in SHARED[name].words}
    for command in commands():
        if command.express is None:
            continue
        declared = express.load(command).parameters
        assert set(command.express) <= set(declared), command.verb
        assert set(declared) - set(command.express) <= {"reassign"}, command.verb
        for word, name in words.items():
            if word not in shared_words and name in command.express:
                assert word in declared[name].words
                assert (word in express.FLAGS) == (declared[name].kind is bool)


def test_two_commands_of_one_process_have_a_ledger_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command's ledger ends with it: the next one may be asked of another state folder."""
    (tmp_path / "ports.toml").write_text('[services]\nweb = "auto"\n')
    monkeypatch.setenv("PORTMAN_HOME", str(tmp_path / "one"))
    assert express.answer(["up", "-q", "-C", str(tmp_path)]) == 0
    monkeypatch.setenv("PORTMAN_HOME", str(tmp_path / "two"))
    assert not up(str(tmp_path)).errors
    assert (tmp_path / "two" / "ledger.db").exists()
