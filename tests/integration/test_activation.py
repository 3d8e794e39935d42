"""Sockets that are passed on: clients come before the server is up, and none is ever refused."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.integration import needs
from tests.integration.test_servers import APP

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.processes import Runner

MANIFEST = """\
    [services]
    web = { port = 3000, activation = true }
    many = { port = 4000, count = 2, protocol = ["tcp", "udp"], activation = true }
    """
NODE = """\
const server = require('http').createServer((q, r) => r.end('hello')).listen({fd: 3})
process.on('SIGTERM', () => server.close(() => process.exit(0)))
"""
#: 300 clients one after the other, none of which may be refused; says how many were answered.
#: A connection that a server had accepted and drops as it ends is asked again: that is between
#: the two, and no socket of ours has a say in it.
CLIENTS = """
    import http.client, time, urllib.request
    answered = 0
    while answered < 300:
        try:
            with urllib.request.urlopen("http://127.0.0.1:3000/", timeout=60) as answer:
                answered += answer.read() == b"hello"
        except (ConnectionResetError, http.client.RemoteDisconnected):
            continue
        except urllib.error.URLError as error:
            if not isinstance(error.reason, (ConnectionResetError, http.client.RemoteDisconnected)):
                raise
            continue
        if answered == 1:
            print("first", flush=True)
        time.sleep(0.01)
    print(answered, flush=True)
    """


def gunicorn(folder: Path) -> list[str]:
    """Find the socket by LISTEN_FDS, as it does with systemd."""
    needs.module("gunicorn")
    return [sys.executable, "-m", "gunicorn", "app:wsgi"]


def uvicorn(folder: Path) -> list[str]:
    """Be told its number."""
    needs.module("uvicorn")
    return [sys.executable, "-m", "uvicorn", "app:asgi", "--fd", "3"]


def node(folder: Path) -> list[str]:
    """Be told its number; the braces are Node's own."""
    return [needs.program("node"), "-e", NODE]


SERVERS = pytest.mark.parametrize(
    "server", [gunicorn, uvicorn, node], ids=lambda one: str(one.__name__)
)


@pytest.fixture(name="shop")
def _shop(runner: Callable[..., Runner]) -> Runner:
    shop = runner(MANIFEST)
    (shop.folder / "app.py").write_text(APP)
    return shop


@SERVERS
def test_a_client_may_come_before_the_server_is_up(
    shop: Runner, server: Callable[[Path], list[str]]
) -> None:
    """It waits in the queue of the socket that run opened, and is answered."""
    slow = ["sh", "-c", 'touch up; sleep 1; exec "$@"', "sh", *server(shop.folder)]
    shop.start("run", "--service", "web", "--", *slow)
    while not (shop.folder / "up").exists():
        pass
    code = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:3000/').read().decode())"
    assert shop.python(code) == "hello\n"


@SERVERS
def test_no_client_is_refused_across_restarts(
    shop: Runner, server: Callable[[Path], list[str]]
) -> None:
    """`portman hold` keeps the socket; each `run` is handed it, and ends, and another begins."""
    holding = shop.start("hold", "web")
    assert holding.stdout is not None
    assert holding.stdout.readline().startswith("holding web 3000")
    clients = subprocess.Popen(
        [*shop.prefix, sys.executable, "-c", CLIENTS.replace("\n    ", "\n")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert clients.stdout is not None
    command = server(shop.folder)
    for life in range(3):
        run = shop.start("run", "--service", "web", "--", *command, stderr=subprocess.DEVNULL)
        if life == 0:
            assert clients.stdout.readline() == "first\n"
        else:
            shop.python("import time; time.sleep(1)")
        if life < 2:
            run.terminate()
            run.wait(timeout=30)
    out, err = clients.communicate(timeout=60)
    assert out == "300\n", err


def test_the_protocol_is_systemds(shop: Runner) -> None:
    """LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES; from 3 on, TCP and UDP, in the blocking mode."""
    code = """\
import os, socket
print(os.environ["LISTEN_FDS"], int(os.environ["LISTEN_PID"]) == os.getpid(),
      os.environ["LISTEN_FDNAMES"])
for fd in range(3, 7):
    one = socket.socket(fileno=fd)
    print(one.type.name, one.getsockname(), one.getsockopt(socket.SOL_SOCKET,
          socket.SO_ACCEPTCONN), os.get_inheritable(fd), os.get_blocking(fd))
"""
    done = shop.call("run", "--service", "many", "--", sys.executable, "-c", code)
    assert done.stdout.splitlines() == [
        "4 True many:many:many:many",
        "SOCK_STREAM ('127.0.0.1', 4000) 1 True True",
        "SOCK_STREAM ('127.0.0.1', 4001) 1 True True",
        "SOCK_DGRAM ('127.0.0.1', 4000) 0 True True",
        "SOCK_DGRAM ('127.0.0.1', 4001) 0 True True",
    ]


def test_what_was_meant_for_portman_goes_no_further(shop: Runner) -> None:
    """Under systemd, our own LISTEN_FDS would mean nothing to the command."""
    done = shop.call("run", "--", "sh", "-c", "echo [$LISTEN_FDS]", LISTEN_FDS="1", LISTEN_PID="1")
    assert done.stdout == "[]\n"


def test_a_second_server_is_refused_without_a_hold(shop: Runner) -> None:
    """The socket belongs to the first; say who that is."""
    code = "import time; print('up', flush=True); time.sleep(60)"
    first = shop.start("run", "--service", "web", "--", sys.executable, "-c", code)
    assert first.stdout is not None
    assert first.stdout.readline() == "up\n"
    done = shop.call("run", "--service", "web", "--", "echo", "started")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"pid {first.pid}" in done.stderr
    assert os.path.exists(f"/proc/{first.pid}")
