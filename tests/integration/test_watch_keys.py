"""Keys of the live screen on a real terminal; each test starts `portman watch` on a pty."""

from __future__ import annotations

import base64
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.terminal import PtyProgram

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.processes import Runner

SERVER = """
import socket, sys, time
one = socket.create_server(("127.0.0.1", int(sys.argv[1]))); print("up", flush=True)
time.sleep(300)
"""


def test_live_first_copy_and_reassign(
    runner: Callable[..., Runner], started: Callable[..., Any]
) -> None:
    shop = runner("[services]\nweb = 3000\napi = 8000\n")
    many = runner("[services]\n" + "".join(f"s{at} = {4000 + at}\n" for at in range(30)), "many")
    for one in (shop, many):
        assert one.call("up").returncode == 0
    server = started(
        *many.prefix, sys.executable, "-c", SERVER, "4020", cwd=many.folder, stdout=subprocess.PIPE
    )
    assert server.stdout.readline() == "up\n"
    argv = many.argv("watch", "-C", str(shop.folder), "--interval", "0.2")
    env = many.environment(NO_COLOR="1", TERM="xterm", HOME=str(shop.folder.parent))
    terminal = PtyProgram(argv, many.folder, env, (80, 24))
    shown = terminal.until("l live")
    # The checkout of -C first, in the order of its ports.toml, though nothing runs there.
    assert 0 < shown.index("~/shop") < shown.index("web") < shown.index("api")
    assert shown.index("api") < shown.index("~/many")
    terminal.press("c")
    copied = base64.b64encode(b"http://localhost:3000").decode()
    assert f"\x1b]52;c;{copied}\x07" in terminal.until("copied http://localhost:3000")
    terminal.press("l")
    shown = terminal.until("only live").rpartition("\x1b[H")[2]  # the last frame
    assert "s20" in shown
    assert "web" not in shown
    terminal.press("l")
    terminal.until("s21")
    terminal.press("gr")
    assert "takes another free port" in terminal.until("(now 3000)")
    terminal.press("n")
    terminal.until("l live")
    assert shop.port("web") == 3000
    terminal.press("r")
    terminal.until("(now 3000)")
    terminal.press("y")
    terminal.until("was 3000")
    assert shop.port("web") != 3000
    terminal.press("q")
    assert terminal.end() == 0
