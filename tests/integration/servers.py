"""Real servers for the tests of free, run inside a namespace; all end by themselves."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from typing import Any

PRELUDE = """
import os, signal, socket, sys, time
signal.alarm(50)
def ready():
    print("up", flush=True)
def log(text):
    with open("log", "a") as file:
        file.write(text + "\\n")
"""
PLAIN = "s = socket.create_server(('127.0.0.1', {port})); ready(); signal.pause()"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN); " + PLAIN
#: A master with three workers on one socket; everybody writes down who got SIGTERM.
PREFORK = """
s = socket.create_server(('127.0.0.1', {port}))
def end(number, frame):
    log(role + ' term')
    for child in children:
        os.kill(child, {pass_on})
    os._exit(0)
role, children = 'master', []
signal.signal(signal.SIGTERM, end)
for _ in range(3):
    child = os.fork()
    if child == 0:
        role, children = 'worker', []
        signal.alarm(50)
        while True:
            signal.pause()
    children.append(child)
ready()
while True:
    signal.pause()
"""


def start(code: str, *, name: str = "", **values: object) -> subprocess.Popen[bytes]:
    """Start Python code as a process and wait until it says it is up. `name` becomes its comm."""
    rename = f"open('/proc/self/comm', 'w').write({name!r})\n" if name else ""
    text = PRELUDE + rename + textwrap.dedent(code).format(**values)
    made = subprocess.Popen(
        [sys.executable, "-c", text], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    assert made.stdout
    assert made.stdout.readline() == b"up\n"
    return made


def free(*words: str) -> tuple[int, dict[str, Any]]:
    """Run `portman free ... --json`; return the exit code and the document."""
    done = subprocess.run(
        [sys.executable, "-m", "portman", "free", *words, "--json"], capture_output=True, text=True
    )
    assert done.stderr == "", done.stderr
    return done.returncode, json.loads(done.stdout)


def codes(document: dict[str, Any]) -> list[str]:
    """Return the codes of all errors."""
    return [one["code"] for one in document["errors"]]


def gone(process: subprocess.Popen[bytes]) -> bool:
    """Return whether a process has ended, or does within two seconds."""
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        return False
    return True


def alive(process: subprocess.Popen[bytes]) -> bool:
    """Return whether a process still runs."""
    return process.poll() is None


def runs(pid: int) -> bool:
    """Return whether a process runs; one that only waits to be collected does not."""
    from portman.machine.processes import facts

    told = facts(pid)
    return told is not None and not told.zombie


def stop(*processes: subprocess.Popen[bytes]) -> None:
    """End what a test started."""
    for process in processes:
        process.kill()
        process.wait(10)
        if process.stdout:
            process.stdout.close()
