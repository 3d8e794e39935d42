"""`portman wait` asks whose it is, not whether somebody answers; `portman open` likewise."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.processes import Runner

SHOP = """\
    [services]
    web = 3000
    api = 8000
    dns = { port = 5300, protocol = ["tcp", "udp"] }
    """
LISTEN = "import socket, time; s = socket.create_server(('127.0.0.1', {})); time.sleep(60)"


@pytest.fixture(name="shop")
def _shop(runner: Callable[..., Runner]) -> Runner:
    return runner(SHOP)


def python(code: str) -> tuple[str, ...]:
    """Return the words that run some Python code."""
    return ("--", sys.executable, "-c", code)


def test_wait_ends_when_the_service_listens(shop: Runner) -> None:
    """It had been waiting before the service was started; it leases what is missing."""
    waiting = shop.start("wait", "web", "--timeout", "30")
    time.sleep(0.5)
    assert waiting.poll() is None
    shop.start("run", "--service", "web", *python(LISTEN.format(3000)))
    out, err = waiting.communicate(timeout=30)
    assert (out, err, waiting.returncode) == ("web 3000 is up\n", "", 0)


def test_wait_says_that_nothing_listens(shop: Runner) -> None:
    """Exit 1; a port that is only held does not count."""
    done = shop.call("wait", "web", "--timeout", "0.3")
    assert done.returncode == 1
    assert "web: nothing listens on 3000 after 0.3 s" in done.stderr
    shop.start("hold", "web")
    time.sleep(1)
    done = shop.call("wait", "web", "--timeout", "0.3", "--json")
    told = json.loads(done.stdout)
    assert told["errors"][0]["code"] == "not-listening"
    assert (told["data"]["services"][0]["up"], told["data"]["services"][0]["verdict"]) == (
        False,
        "reserved",
    )
    assert "portman hold" in told["errors"][0]["message"]


def test_wait_names_the_stranger(shop: Runner, runner: Callable[..., Runner]) -> None:
    """It answers every connection, and is not ours."""
    shop.call("up")
    other = runner("[services]\nx = 1\n", name="other")
    stranger = other.start("run", "--no-hold", *python(LISTEN.format(3000)))
    for _ in range(100):
        done = shop.call("wait", "web", "--timeout", "0")
        if "taken by" in done.stderr:
            break
    assert done.returncode == 1
    assert f"pid {stranger.pid}" in done.stderr


def test_every_protocol_counts(shop: Runner) -> None:
    """A service of TCP and UDP is up when both are."""
    shop.start("run", "--no-hold", *python(LISTEN.format(5300)))
    assert shop.call("wait", "dns", "--timeout", "1").returncode == 1
    datagrams = "import socket, time; s = socket.socket(type=2); s.bind(('', 5300)); time.sleep(60)"
    shop.start("run", "--no-hold", *python(datagrams))
    assert shop.call("wait", "dns", "--timeout", "20").returncode == 0


def test_wait_without_names_waits_for_all(shop: Runner) -> None:
    """And tells which of them are missing."""
    shop.start("run", "--service", "web", *python(LISTEN.format(3000)))
    assert shop.call("wait", "web").returncode == 0
    done = shop.call("wait", "--timeout", "0")
    assert done.stdout == "web 3000 is up\n"
    assert "api: nothing" in done.stderr
    assert "dns: nothing" in done.stderr


def test_a_server_outside_the_folder_counts_if_it_says_whose_it_is(shop: Runner) -> None:
    """A daemon that went to / still carries PORTMAN_CHECKOUT."""
    shop.start("run", *python(f"import os; os.chdir('/'); {LISTEN.format(8000)}"))
    assert shop.call("wait", "api", "--timeout", "20").returncode == 0


def browser(shop: Runner) -> str:
    """Make a browser that writes down what it opens."""
    program = shop.folder / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" >> {shop.folder}/opened\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return f"{program} %s"


def test_open_honours_browser(shop: Runner) -> None:
    """$BROWSER is started with the URL; what does not listen yet is told."""
    done = shop.call("open", "web", BROWSER=browser(shop))
    assert (done.returncode, done.stdout) == (0, "opened http://localhost:3000\n")
    assert "nothing listens on 3000 yet" in done.stderr
    for _ in range(100):
        if (shop.folder / "opened").exists():
            break
        time.sleep(0.05)
    assert (shop.folder / "opened").read_text() == "http://localhost:3000\n"


def test_open_prints_the_url_where_there_is_no_browser(shop: Runner) -> None:
    """On a server, or over ssh."""
    env = dict.fromkeys(("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"), "")
    done = shop.call("open", "web", "-q", **env)
    assert (done.returncode, done.stdout, done.stderr) == (0, "http://localhost:3000\n", "")


def test_open_opens_no_stranger(shop: Runner, runner: Callable[..., Runner]) -> None:
    """Somebody else's page is not what was asked for."""
    shop.call("up")
    other = runner("[services]\nx = 1\n", name="other")
    stranger = subprocess.Popen(
        [*other.prefix, sys.executable, "-c", LISTEN.format(3000) + "#"], cwd=other.folder
    )
    done = shop.call("open", "web", BROWSER=browser(shop))
    for _ in range(100):
        if done.returncode:
            break
        done = shop.call("open", "web", BROWSER=browser(shop))
    stranger.kill()
    stranger.wait()
    assert done.returncode == 1
    assert f"pid {stranger.pid}" in done.stderr
    assert os.path.isdir(shop.folder)
