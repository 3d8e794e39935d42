"""Servers and other views of the machine for the stateful test: forks, which cost little.

A server keeps nothing of this process open, works in its folder, listens, and does no more.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stress.model import Server

_PR_SET_PDEATHSIG = 1
_CLONE_NEWNS = 0x00020000
_MS_REC, _MS_PRIVATE = 0x4000, 1 << 18
#: So many at once.
MOST = 6
UNABLE = 77


class Servers:
    """The servers that run, by port."""

    def __init__(self) -> None:
        self.pids: dict[int, int] = {}
        self.who: dict[int, Server] = {}

    def start(self, port: int, folder: str, who: Server) -> None:
        """Let a server listen on a port nobody has."""
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            _listen(port, folder, writing)
        os.close(writing)
        assert os.read(reading, 1) == b"!"
        os.close(reading)
        self.pids[port], self.who[port] = pid, who

    def stop(self, port: int) -> None:
        """End one server."""
        pid = self.pids.pop(port)
        del self.who[port]
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

    def end(self) -> None:
        for port in list(self.pids):
            self.stop(port)


def _listen(port: int, folder: str, told: int) -> None:
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        os.closerange(3, told)
        os.closerange(told + 1, 4096)
        os.chdir(folder)
        one = socket.create_server(("127.0.0.1", port))
        os.write(told, b"!")
        os.close(told)
        while one.fileno():
            signal.pause()
    finally:
        os._exit(1)


def without(folder: str, work: Callable[[], object]) -> bool:
    """Do something where an empty file system covers a folder; return whether that can be had."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            code = UNABLE
            if _covered(folder):
                work()
                code = 0
        except BaseException as error:  # a fork of pytest must not go on
            sys.stderr.write(f"{error!r}\n")
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code in (0, UNABLE)
    return code == 0


def _covered(folder: str) -> bool:
    libc = ctypes.CDLL(None)
    return (
        libc.unshare(_CLONE_NEWNS) == 0
        and libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None) == 0
        and libc.mount(b"none", os.fsencode(folder), b"tmpfs", 0, None) == 0
    )
