"""What exactly is asked to be freed, and which program is portman's own hold."""

from __future__ import annotations

import pytest

from portman.allocation.target import find_target
from portman.base.holder import Holder, Socket
from portman.diagnose.free.targets import is_hold, is_target


@pytest.mark.parametrize(
    ("name", "command", "hold"),
    [
        ("portman hold", "/usr/bin/python3 /usr/bin/portman hold", True),
        ("python3", "/usr/bin/python3 /home/me/.local/bin/portman hold web", True),
        ("python3", "python3 -m portman run -- npm run dev", True),
        ("portman", "portman run --service web -- node server.js", True),
        ("portman", "portman watch", False),
        ("node", "node portman.js hold", False),
        ("python3", "python3 hold.py portman", False),
        ("vim", "vim /work/portman/hold run", False),
        ("bun", "bun python3 s.py run portman", False),
    ],
)
def test_our_own_hold(name: str, command: str, hold: bool) -> None:
    """By the name it gives itself, or by its command while it starts a program.

    What listens is a server, whatever words its command has.
    """
    one = Holder(pid=1, name=name, command=command, state="bound")
    assert is_hold(one) is hold
    assert is_hold(one._replace(state="listen")) is (name == "portman hold")


@pytest.mark.parametrize(
    ("asked", "address", "state", "wanted"),
    [
        ("3000", "127.0.0.1", "listen", True),
        ("3000", "::", "listen", True),
        ("3000", "127.0.0.1", "client", False),
        ("3000", "127.0.0.1", "time-wait", False),
        ("3000", "::", "bound", False),
        ("127.0.0.1:3000", "127.0.0.1", "listen", True),
        ("127.0.0.1:3000", "::ffff:127.0.0.1", "listen", True),
        ("127.0.0.1:3000", "0.0.0.0", "listen", False),
        ("127.0.0.1:3000", "::", "listen", False),
        ("0.0.0.0:3000", "0.0.0.0", "listen", True),
        ("0.0.0.0:3000", "127.0.0.1", "listen", False),
        ("[::1]:3000", "::1", "listen", True),
        ("[::1]:3000", "127.0.0.1", "listen", False),
        ("localhost:3000", "127.0.0.1", "listen", True),
        ("localhost:3000", "::1", "listen", True),
        ("localhost:3000", "0.0.0.0", "listen", False),
    ],
)
def test_only_listeners_on_exactly_that_address(
    asked: str, address: str, state: str, wanted: bool
) -> None:
    """A narrower wish never hits a wider socket, nor the other way round."""
    socket = Socket("tcp", address, 3000, state)  # type: ignore[arg-type]
    one = Holder(pid=5, name="node", command="node").on((socket,))
    assert is_target(socket, find_target(".", asked), one) is wanted
