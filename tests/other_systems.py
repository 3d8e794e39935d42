"""Run a piece of Python in a child process that takes this machine for a Mac or for Windows.

What the other system lacks is removed from `os`, `signal` and `socket`, modules of POSIX cannot be
imported, `sys.platform` is changed, and what only Windows has is a stand-in. It shows wrong
assumptions of portman. It shows nothing of the kernel: sockets, paths and files stay those of
this machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

from tests.processes import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SYSTEMS = ("darwin", "win32")

#: What the standard library must have loaded before it is on "another" system.
_LOADED = """
import asyncio, concurrent.futures, contextlib, ctypes, email, http.client, importlib.metadata
import importlib.resources, inspect, json, logging, os, pathlib, psutil, random, selectors, shutil
import signal, socket, sqlite3, stat, subprocess, sys, tempfile, textwrap, threading, types, typing
import webbrowser, zoneinfo, tomllib, fnmatch, uuid, ssl, multiprocessing
import typer, typer.main, rich, tomlkit, _socket
"""
_DARWIN = """
for name in ("O_PATH", "listxattr", "getxattr", "setxattr", "removexattr", "pidfd_open"):
    vars(os).pop(name, None)
def _denied(*_, **__): raise psutil.AccessDenied(1)
psutil.net_connections = _denied
sys.platform = "darwin"
"""
_WINDOWS = """
for name in ("fcntl", "pwd", "grp", "termios", "tty", "resource", "pty", "syslog"):
    sys.modules[name] = None
for name in (
    "geteuid getuid getegid getgid fork forkpty killpg getpgid getsid setsid fchmod fchown chown "
    "lchown mkfifo mknod statvfs fstatvfs sched_yield uname wait3 wait4 waitid WIFEXITED "
    "WEXITSTATUS WIFSIGNALED WTERMSIG register_at_fork getloadavg posix_spawn listxattr getxattr "
    "setxattr removexattr major minor ttyname O_NOFOLLOW O_CLOEXEC O_NONBLOCK O_NOCTTY O_DIRECTORY "
    "O_PATH WNOHANG WUNTRACED pidfd_open confstr sysconf nice chroot"
).split():
    vars(os).pop(name, None)
for name in (
    "SIGHUP SIGKILL SIGQUIT SIGUSR1 SIGUSR2 SIGALRM SIGCHLD SIGTSTP SIGTTIN SIGTTOU SIGWINCH "
    "SIGCONT SIGSTOP SIGPIPE SIGXFSZ sigtimedwait sigwaitinfo pthread_sigmask pause alarm setitimer"
).split():
    vars(signal).pop(name, None)
signal.SIGBREAK = 21
for name in ("AF_UNIX", "SO_REUSEPORT", "send_fds", "recv_fds", "sethostname", "AF_NETLINK"):
    vars(socket).pop(name, None)
console = types.ModuleType("msvcrt")
console.LK_NBLCK, console.LK_UNLCK = 2, 0
console.locking = lambda *_: None
console.kbhit, console.getwch = lambda: False, lambda: ""
sys.modules["msvcrt"] = console
ctypes.windll = types.SimpleNamespace(kernel32=types.SimpleNamespace(
    GetStdHandle=lambda number: number, GetConsoleMode=lambda *_: 1, SetConsoleMode=lambda *_: 1))
shutil.disk_usage = lambda _: types.SimpleNamespace(total=1 << 40, used=0, free=1 << 39)
class _Winsock(_socket.socket):
    def setsockopt(self, level, option, value, *rest):
        if option != -5:  # SO_EXCLUSIVEADDRUSE: how a plain bind behaves here
            super().setsockopt(level, option, value, *rest)
_socket.SO_EXCLUSIVEADDRUSE = socket.SO_EXCLUSIVEADDRUSE = -5
_socket.socket = _Winsock
sys.platform = "win32"
"""
_PRETENCE = {"darwin": _DARWIN, "win32": _WINDOWS}
_MAIN = """
from portman.__main__ import main
sys.argv[:] = ["portman", *%r]
sys.exit(main())
"""


def python_on(
    system: str,
    code: str,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = 60,
    loaded: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run `code` where `sys.platform` is `system`; os, sys, socket, signal and so on are there.

    `loaded` are lines that import what only loads on the system that this machine really has.
    """
    path = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
    return subprocess.run(
        [sys.executable, "-c", path + _LOADED + loaded + _PRETENCE[system] + textwrap.dedent(code)],
        env={**os.environ, **(env or {})},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
    )


def portman_on(
    system: str,
    *argv: str,
    before: str = "",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = 60,
    loaded: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run the command line on the pretended system; `before` is Python that runs first."""
    code = textwrap.dedent(before) + _MAIN % (list(argv),)
    return python_on(system, code, env=env, cwd=cwd, timeout=timeout, loaded=loaded)
