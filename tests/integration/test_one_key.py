"""One key after a conflict: each test starts portman on a real pty, beside a real server."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.terminal import PtyProgram

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.processes import Runner

SERVER = """
import socket, time
one = socket.socket(); one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
one.bind(("127.0.0.1", 3000)); one.listen(); print("up", flush=True); time.sleep(300)
"""
KEYS = (
    "  [m]ove takes another free port  portman up --reassign web\r\n"
    "  [w]ho  shows who has it         portman who 3000\r\n"
    "  [f]ree stops it after asking    portman free 127.0.0.1:3000\r\n"
    "  [q]uit changes nothing at all\r\n"
)
QUESTION = "m, w, f or q? "


@pytest.fixture(name="stuck")
def _stuck(runner: Callable[..., Runner], started: Callable[..., Any], tmp_path: Path) -> Runner:
    """A checkout with a lease on 3000, which a program of another folder has."""
    shop: Runner = runner("[services]\nweb = 3000\n")
    assert shop.call("up").returncode == 0
    other = tmp_path / "other"
    other.mkdir()
    server = started(*shop.prefix, sys.executable, "-c", SERVER, cwd=other, stdout=subprocess.PIPE)
    assert server.stdout.readline() == "up\n"
    return shop


def screen(shop: Runner, *words: str, **more: str) -> PtyProgram:
    env = shop.environment(NO_COLOR="1", TERM="xterm", **more)
    env.pop("CI", None)
    return PtyProgram(shop.argv(*(words or ("up",))), shop.folder, env, (120, 40))


def port_of(shop: Runner) -> Any:
    data = json.loads(shop.call("check", "--json").stdout)["data"]["services"][0]
    return data["port"], data["verdict"]


@pytest.mark.parametrize("key", ["q", "\r", "\x03", "x", " ", "\x1b[A", "\x04", "mm"])
def test_every_other_key_changes_nothing(key: str, stuck: Runner) -> None:
    terminal = screen(stuck)
    shown = terminal.until(QUESTION)
    assert shown.endswith(KEYS + QUESTION)
    assert "portman who" not in shown[: shown.index(KEYS)]
    terminal.press(key)
    assert terminal.end() == (130 if key == "\x03" else 1)
    assert port_of(stuck) == (3000, "taken")


def test_move_gives_the_service_another_port(stuck: Runner) -> None:
    terminal = screen(stuck)
    terminal.until(QUESTION)
    terminal.press("m")
    assert terminal.end() == 0
    port, verdict = port_of(stuck)
    assert port != 3000
    assert verdict == "idle"
    assert f"http://localhost:{port}" in terminal.shown.decode()


def test_who_shows_the_holder_and_asks_again(stuck: Runner) -> None:
    terminal = screen(stuck)
    terminal.until(QUESTION)
    terminal.press("w")
    shown = terminal.until(QUESTION)
    assert "process" in shown
    assert "expected" in shown
    assert KEYS not in shown
    terminal.press("q")
    assert terminal.end() == 1


def test_free_shows_its_plan_and_asks_before_anything_ends(stuck: Runner) -> None:
    terminal = screen(stuck)
    terminal.until(QUESTION)
    terminal.press("f")
    shown = terminal.until("[y/N] ")
    assert "to free tcp 127.0.0.1:3000" in shown
    assert port_of(stuck) == (3000, "taken")
    terminal.press("n\n")
    assert terminal.end() == 1
    assert port_of(stuck) == (3000, "taken")

    terminal = screen(stuck)
    terminal.until(QUESTION)
    terminal.press("f")
    terminal.until("[y/N] ")
    terminal.press("y\n")
    shown = terminal.until("nothing more")
    assert "free now" in shown
    assert "shop  primary checkout" in shown  # `up` looked again
    assert terminal.end() == 0
    assert port_of(stuck) == (3000, "idle")


@pytest.mark.parametrize(
    ("words", "more"),
    [
        (("up", "--json"), {}),
        (("up", "-q"), {}),
        (("up",), {"TERM": "dumb"}),
        (("up",), {"CI": "true"}),
        (("check",), {}),
    ],
)
def test_nothing_is_asked_where_no_person_reads(
    words: tuple[str, ...], more: dict[str, str], stuck: Runner
) -> None:
    env = {**stuck.environment(NO_COLOR="1"), "TERM": "xterm", "CI": "", **more}
    terminal = PtyProgram(stuck.argv(*words), stuck.folder, env, (120, 40))
    assert terminal.end() == 1
    shown = terminal.shown.decode()
    assert "[m]ove" not in shown
    assert "portman who 3000" in shown


def test_a_pipe_gets_the_hints(stuck: Runner) -> None:
    done = stuck.call("up")
    assert done.returncode == 1
    assert "see who: portman who 3000" in done.stderr
    assert "[m]ove" not in done.stderr
