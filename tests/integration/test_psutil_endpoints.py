"""What macOS and Windows use, run here as well as Linux allows: psutil's sockets and processes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from portman.machine.processes.portable import ProcessHandle
from portman.machine.sockets.listing_portable import state_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Inside = Callable[..., Any]


def sockets_of_this_process() -> Any:
    """Return what psutil's table tells of a listener, both sides of a connection, and UDP."""
    import os
    import socket

    from portman.machine.sockets.listing_portable import read_peers, read_table

    listener = socket.create_server(("127.0.0.1", 3000))
    client = socket.create_connection(("127.0.0.1", 3000))
    accepted, _ = listener.accept()
    datagrams = socket.socket(type=socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", 3000))
    number = client.getsockname()[1]
    here = read_table([("tcp", 3000), ("udp", 3000)])
    peers = read_peers([("tcp", 3000)])
    for one in (listener, client, accepted, datagrams):
        one.close()
    return {
        "here": sorted([one.protocol, one.state, one.peer_port == number] for one in here),
        "mine": all(one.pids == (os.getpid(),) for one in here),
        "peers": [[one.port == number, one.state, one.peer_port] for one in peers],
    }


@pytest.mark.skipif(sys.platform != "linux", reason="runs in a namespace")
def test_sockets_and_peers(in_namespace: Inside) -> None:
    """The same answers as from the kernel's tables, as far as psutil has them."""
    assert in_namespace(sockets_of_this_process) == {
        "here": [
            ["tcp", "client", True],
            ["tcp", "listen", False],
            ["udp", "listen", False],
        ],
        "mine": True,
        "peers": [[True, "client", 3000]],
    }


@pytest.mark.parametrize(
    ("protocol", "state", "connected", "expected"),
    [
        ("tcp", "listen", False, "listen"),
        ("tcp", "none", False, "bound"),
        ("udp", "none", False, "listen"),
        ("tcp", "established", True, "client"),
        ("udp", "none", True, "client"),
        ("tcp", "time-wait", True, "time-wait"),
    ],
)
def test_states(protocol: str, state: str, connected: bool, expected: str) -> None:
    """From psutil's states to what a socket does."""
    assert state_of(protocol, state, connected=connected) == expected


def test_a_grip_without_pidfd() -> None:
    """It ends the process it was taken on, and nobody once that has gone."""
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    grip = ProcessHandle(sleeper.pid)
    try:
        assert (grip.alive(), grip.may_signal(), grip.has(frozenset())) == (True, True, True)
        assert grip.start_mark > 0
        assert grip.terminate()
        sleeper.wait(timeout=20)
        assert (grip.alive(), grip.terminate(), grip.kill()) == (False, False, False)
    finally:
        sleeper.kill()
        sleeper.wait(timeout=20)
    with pytest.raises(ProcessLookupError):
        ProcessHandle(sleeper.pid)
