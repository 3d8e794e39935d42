"""Sockets whose owner the kernel does not show: each gets the right verdict, or an honest reason.

Real users, namespaces and kernel sockets; processes, because all of it is about what /proc shows.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration import needs
from tests.processes import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(sys.platform != "linux", reason="kernel behaviour of Linux"),
]

#: A user without a name, of this run alone: another one's hidden processes would be suspects too.
NOBODY = 40_000 + os.getpid() % 20_000
#: Listens as another user. A process that changes its user hides from it (it is not dumpable).
SERVER = (
    "import os, socket, sys, time\n"
    f"if sys.argv[2:]: os.setgid({NOBODY}); os.setuid({NOBODY})\n"
    "one = socket.socket(); one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
    "one.bind(('127.0.0.1', int(sys.argv[1]))); one.listen(); time.sleep(60)\n"
)
#: The first thread ends and the other goes on: SYS_exit of one thread, past Python.
THREADED = (
    "import ctypes, socket, sys, threading, time\n"
    "one = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
    "threading.Thread(target=time.sleep, args=(60,)).start()\n"
    "ctypes.CDLL(None).syscall(60, 0)\n"
)
PORT = 17411


class Machine:
    """A checkout of a user, and programs around it."""

    def __init__(self, root: Path, started: Callable[..., subprocess.Popen[str]]) -> None:
        self.shop, self.home = root / "shop", root / "home"
        self.start = started
        for one in (root, self.shop, self.home):
            one.mkdir(exist_ok=True)
            one.chmod(0o755)
        self.env = {
            **os.environ,
            "HOME": str(self.home),
            "PORTMAN_HOME": str(self.home / "state"),
            "PYTHONPATH": str(ROOT),
        }

    def manifest(self, text: str = f"[services]\nweb = {PORT}\n") -> None:
        (self.shop / "ports.toml").write_text(text)

    def serve(self, *words: str, wait: float = 0.5) -> subprocess.Popen[str]:
        one = self.start(sys.executable, "-c", *words, cwd=self.shop, env=self.env)
        time.sleep(wait)
        return one

    def portman(self, *words: str, uid: int = 0, inside: tuple[str, ...] = ()) -> tuple[int, str]:
        """Run a command as a user, and in namespaces of its own."""
        plain = (sys.executable, "-m", "portman")
        if uid:
            for folder in (self.shop, self.home):
                os.chown(folder, uid, uid)
            script = str(ROOT / "tests" / "integration" / "as_user.py")
            plain = (sys.executable, script, f"{uid}:{uid}:022", str(self.shop))
        done = subprocess.run(
            (*inside, *plain, *words), cwd=self.shop, env=self.env, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(name="machine")
def _machine(started: Callable[..., subprocess.Popen[str]]) -> Iterator[Machine]:
    with tempfile.TemporaryDirectory(prefix="portman-", ignore_cleanup_errors=True) as folder:
        yield Machine(Path(folder), started)  # other users may not enter pytest's own folder


def never_misleads(said: str) -> None:
    """See that nobody is sent to sudo in vain, or told of another user who is himself."""
    assert "another user" not in said, said
    assert "sudo" not in said, said


def test_a_server_that_hides_from_its_own_user(machine: Machine) -> None:
    """The one process that hides is named; who asks is not sent to sudo about himself."""
    machine.manifest()
    assert machine.portman("up", uid=NOBODY)[0] == 0
    server = machine.serve(SERVER, str(PORT), "nobody")
    for words in (("check",), ("who", str(PORT))):
        said = machine.portman(*words, uid=NOBODY)[1]
        assert f"pid {server.pid}" in said, said
        never_misleads(said)


def test_a_proc_that_hides_processes(machine: Machine) -> None:
    """`hidepid`: the reason is named, to a user about a server of the same user."""
    machine.manifest()
    assert machine.portman("up", uid=NOBODY)[0] == 0
    machine.serve(SERVER, str(PORT), "nobody")
    hiding = (
        "unshare",
        "-m",
        "sh",
        "-c",
        'mount -t proc -o hidepid=2 proc /proc && exec "$@"',
        "x",
    )
    for words in (("check",), ("who", str(PORT)), ("free", str(PORT), "--dry-run")):
        said = machine.portman(*words, uid=NOBODY, inside=hiding)[1]
        assert "hidepid" in said, said
        never_misleads(said)


def test_a_server_in_another_pid_namespace(machine: Machine) -> None:
    """Portman in a container with the host's network: the server outside it has no number there."""
    machine.manifest()
    assert machine.portman("up")[0] == 0
    machine.serve(SERVER, str(PORT))
    assert machine.portman("check")[0] == 0
    inside = ("unshare", "--pid", "--fork", "--mount-proc")
    for words in (("check",), ("who", str(PORT)), ("free", str(PORT), "--dry-run")):
        code, said = machine.portman(*words, inside=inside)
        assert "PID namespace" in said, said
        assert code == (1 if words[0] == "free" else 0), said
        never_misleads(said)


def test_a_socket_of_the_kernel(machine: Machine) -> None:
    """A VXLAN device has a UDP port, and no process has it."""
    machine.manifest(f'[services]\ndns = {{ port = {PORT}, protocol = "udp" }}\n')
    script = (
        "ip link set lo up && ip link add vx0 type vxlan id 1 local 127.0.0.1 "
        f'dstport {PORT} && ip link set vx0 up && exec "$@"'
    )
    inside = ("unshare", "--net", "sh", "-c", script, "x")
    probe = subprocess.run((*inside, "true"), capture_output=True, text=True, check=False)
    if probe.returncode:
        pytest.skip(f"no VXLAN here: {probe.stderr}")
    assert machine.portman("up")[0] == 0
    for words in (("check",), ("who", str(PORT), "--udp"), ("free", str(PORT), "--udp", "-n")):
        said = machine.portman(*words, inside=inside)[1]
        assert "the kernel's" in said, said
        never_misleads(said)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the number of a system call")
def test_a_server_whose_first_thread_has_ended(machine: Machine) -> None:
    """/proc shows nothing at its number, and all at the number of a living thread."""
    machine.manifest()
    assert machine.portman("up")[0] == 0
    server = machine.serve(THREADED, str(PORT))
    with open(f"/proc/{server.pid}/stat", encoding="utf-8") as file:
        assert ") Z " in file.read()
    code, said = machine.portman("check")
    assert (code, "running" in said) == (0, True), said
    assert f"pid {server.pid}" in machine.portman("who", str(PORT))[1]


def test_own_server_with_file_capabilities(machine: Machine) -> None:
    """The kernel hides it from its user; `run` noted who it became."""
    system, setcap = needs.program("/usr/bin/python3"), needs.program("setcap", "/sbin/setcap")
    own = machine.home / "python"
    shutil.copy(os.path.realpath(system), own)
    own.chmod(0o755)
    done = subprocess.run([setcap, "cap_net_bind_service=+ep", own], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no file capabilities here: {done.stderr}")
    machine.manifest()
    assert machine.portman("up", uid=NOBODY)[0] == 0
    script = str(ROOT / "tests" / "integration" / "as_user.py")
    user = (sys.executable, script, f"{NOBODY}:{NOBODY}:022", str(machine.shop))
    words = ("run", "--service", "web", "--", str(own), "-S", "-c", SERVER, str(PORT))
    machine.start(*user, *words, cwd=machine.shop, env=machine.env)
    time.sleep(1.5)
    code, said = machine.portman("check", uid=NOBODY)
    assert (code, "running" in said) == (0, True), said
    never_misleads(machine.portman("who", str(PORT), uid=NOBODY)[1])
