"""Both lanes say the same bytes: the express lane computes nothing differently."""

from __future__ import annotations

import importlib
import os
import re
import socket
import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portman.cli import OutputOptions, commands
from portman.cli import fast_path as express
from portman.cli.parameters import SHARED
from portman.commands.up import up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from portman.cli import Command
    from portman.cli.parameters import Parameter

main = importlib.import_module("portman.cli.main")  # `from portman.cli` asks a neighbour
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
    ("--json", "env", "--format", "yaml"), ("up", "--color", "always"), ("--version",),
    ("check", "--color=always"), ("down", "nope"), ("list", "--json", "--project", "none"),
    ("who", "web"), ("who", "--udp", "28765", "--json"), ("explain", "web"), ("doctor", "--bogus"),
    ("where", "--json"), ("init", "-n"), ("remove", "nope"), ("integrate",),
    ("integrate", "make", "-n"),
    ("schema",), ("validate", "ports.toml", "--json"), ("validate", "nope.toml"),
    ("hold", "nope"), ("wait", "web", "--timeout", "0"), ("publish", "web"),
    ("free", "web", "-n"), ("gc", "-n"), ("watch", "--once"), ("add", "web", "x"),
    ("repair", "--json"),
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
        slow = without_clock(typer_lane(project, *words))
        for _ in range(3 if express.RECEIPTS.keys() & set(words) else 1):
            assert without_clock(portman(*words, cwd=project)) == slow, words


def without_clock(answer: Iterable[object]) -> list[str]:
    """Leave out the time, and how long ago something was."""
    clock = r"\d\d:\d\d:\d\d|\d+ \w+ ago|just now"
    return [re.sub(clock, "TIME", str(part)) for part in answer]


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
        ["--help"], ["up", "--help"], ["bogus"], ["port"], ["port", "a", "b"], ["help"],
        ["env", "extra"], ["up", "--format", "shell"], ["up", "--service", "web"],
        ["list", "--days", "x"], ["list", "--days", "-1"], ["watch", "--interval", "0"],
        ["log", "-C", "x"], ["up", "-C"], ["up", "-C", "-q"], ["up", "--color", "red"],
        ["up", ""], ["--", "up"], ["up", "-qC", "x"], ["up", "--jso"], ["up", "--json=1"],
        ["--install-completion"], ["-h"], ["up", "-Cx"],
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_app(words: list[str]) -> None:
    """The express lane takes only what it understands completely."""
    assert express.parse(words) is None


def test_plain_forms_are_understood() -> None:
    """Options may stand before and after the command, and a receipt's verb loads no declaration."""
    assert parsed("--json", "-C", "x", "up", "web", "-q") == (
        "up", ("x", True, True, "auto", ""), {"names": ("web",)},
    )  # fmt: skip
    assert parsed("env", "--format=fish", "--instance", "ci") == (
        "env", (".", False, False, "auto", "ci"), {"form": "fish"},
    )  # fmt: skip
    assert parsed("up", "--reassign", "--color", "never") == (
        "up", (".", False, False, "never", ""), {"names": (), "reassign": True},
    )  # fmt: skip
    assert parsed("-q", "run", "--service", "web", "--no-hold", "--", "npm", "-C", "--", "x") == (
        "run", (".", False, True, "auto", ""),
        {"service": "web", "no_hold": True, "cmd": ("npm", "-C", "--", "x")},
    )  # fmt: skip
    assert parsed("free", "3000", "-n", "--timeout", "2.5") == (
        "free", (".", False, False, "auto", ""), {"asked": "3000", "dry_run": True, "timeout": 2.5},
    )  # fmt: skip


def parsed(*argv: str) -> tuple[object, ...]:
    """Return the verb, the shared options and its own parameters."""
    found = express.parse(list(argv))
    assert found is not None
    command, options, values = found
    return command.verb, shared_of(options), values


def shared_of(options: OutputOptions) -> tuple[object, ...]:
    return options.start, options.json, options.quiet, options.color, options.instance


def test_the_express_lane_knows_only_declared_options() -> None:
    """What it reads without a declaration is what the declarations say."""
    for word, (name, kind, many) in express.SHARED.items():
        assert (word in SHARED[name].words, SHARED[name].kind, many) == (True, kind, False)
    assert {word for one in SHARED.values() for word in one.words} == set(express.SHARED)
    for row in commands():
        verb = express.load(row)
        _, own, whole, required = express.declared(verb)
        arguments = [one for word, one in own.items() if not word.startswith("-")]
        assert not any(many for _, _, many in arguments[:-1]), row.verb
        if row.verb in express.RECEIPTS:
            known = express.RECEIPTS[row.verb]
            assert set(known.values()) <= set(own.values())
            assert all(own[word] == one for word, one in known.items() if word.startswith("-"))
            assert whole == (row.verb == "run")
            assert not required or row.verb in ("port", "url")
            assert {one for one in own.values() if one not in known.values()} <= {
                ("reassign", bool, False),
                ("was", bool, False),
                ("brief", bool, False),
                ("team", bool, False),
                ("budget", int, False),
                *(("project", str, False), ("stale", bool, False), ("days", int, False)),
            }


VALUES = st.sampled_from([
    *("web", "ci", "3000", "0", "007", "1.5", ".5", "5.", "1e3", "nan", "x y", "é", "٣", "", "-"),
    *("auto", "never", "always", "shell", "-1", "--", "-q", "--json", "a=b", "=", "up", "-Cx"),
])  # fmt: skip


@st.composite
def lines(draw: st.DrawFn, verbs: Sequence[str] = ()) -> list[str]:
    """Draw a command line: a verb's options and arguments in any order, and mistakes."""
    rows = [one for one in commands() if not verbs or one.verb in verbs]
    row = draw(st.sampled_from(rows))
    verb = express.load(row)
    declared = [*verb.parameters.values(), *SHARED.values()]

    def words(ones: list[Parameter]) -> list[str]:
        found: list[str] = []
        for one in draw(st.lists(st.sampled_from(ones), max_size=4)):
            word = draw(st.sampled_from(one.words)) if one.words else ""
            value = "" if one.kind is bool else draw(VALUES)
            if word and value and draw(st.booleans()):
                found.append(f"{word}={value}")
            else:
                found += [part for part in (word, value) if part]
        return found

    dashes = ["--", *draw(st.lists(VALUES, max_size=3))] if draw(st.booleans()) else []
    return [*words(list(SHARED.values())), row.verb, *words(declared), *dashes]


@given(line=lines())
@settings(
    max_examples=600,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_both_lanes_read_the_same(line: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the express lane understands, Typer hands to the same function, value for value."""
    found = express.parse(line)
    if found is None:
        return
    asked: list[tuple[object, ...]] = []

    def respond(row: Command, options: OutputOptions, values: dict[str, object]) -> int:
        asked.append((row.verb, shared_of(options), values))
        return 0

    monkeypatch.setattr(main, "respond", respond)
    code = main.run(line)
    row, options, values = found
    default = {name: one.value() for name, one in express.load(row).parameters.items()}
    assert (code, asked) == (0, [(row.verb, shared_of(options), {**default, **values})])


#: Verbs that end at once, and say the same again: without options that move, follow or measure.
REPEATABLE = (
    *("up", "check", "env", "port", "url", "list", "who", "explain", "where", "validate"),
    *("publish", "log", "schema", "free", "gc", "names"),
)
RESTLESS = {"--reassign", "--was", "--follow", "--serve", "--team", "--stale", "--force"}


@given(line=lines(REPEATABLE))
@settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_both_lanes_write_the_same(
    line: list[str], project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Bytes and exit code of whatever the express lane understands, computed and from a receipt."""
    words = {word.partition("=")[0] for word in line}
    if words & RESTLESS or ({"free", "gc"} & words and not {"-n", "--dry-run"} & words):
        return
    with chdir(project):
        if express.parse(line) is None:
            return
        main.run(line)  # what it writes for the first time is written now
        capfd.readouterr()
        slow = without_clock((main.run(line), *capfd.readouterr()))
        for _ in range(2):
            assert without_clock((express.answer(line), *capfd.readouterr())) == slow


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
