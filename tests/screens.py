"""Commands of portman on a terminal or a pipe, forked from one interpreter: a screen takes 30 ms.

`python -m tests.screens` reads a job a line, as JSON, and answers each with what it showed. Its own
environment is that of all its commands, so what Python decides at its start (encodings) is real.
"""

from __future__ import annotations

import json
import os
import select
import struct
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

if sys.platform != "win32":
    import fcntl
    import termios

if TYPE_CHECKING:
    from pathlib import Path

#: Seconds after which a command is killed.
LIMIT = 60.0


class Screens:
    """The interpreter that runs the commands; `prefix` starts it, in a network of its own."""

    def __init__(self, prefix: list[str], env: dict[str, str], root: Path) -> None:
        self._process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "tests.screens"],
            cwd=root, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def show(
        self, words: list[str], folder: Path, columns: int, replies: list[tuple[str, str]]
    ) -> tuple[int, str, str]:
        """Run a command; return its exit code, what it showed, and its stderr if that is a pipe.

        `replies` are keys, each pressed once its text is shown. 0 columns: no terminal.
        """
        job = {"words": words, "folder": str(folder), "columns": columns, "replies": replies}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        self._process.stdin.flush()
        code, shown, errors = json.loads(self._process.stdout.readline())
        return code, shown, errors

    def close(self) -> None:
        self._process.communicate()


def _serve() -> None:
    for line in sys.stdin.buffer:
        job = json.loads(line)
        answer = _on_terminal(job) if job["columns"] else _piped(job)
        sys.__stdout__.buffer.write(json.dumps(answer).encode() + b"\n")  # type: ignore[union-attr]
        sys.__stdout__.buffer.flush()  # type: ignore[union-attr]


def _on_terminal(job: dict[str, Any]) -> tuple[int, str, str]:
    terminal, inner = os.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 40, job["columns"], 0, 0))
    pid = os.fork()
    if pid == 0:
        os.close(terminal)
        os.login_tty(inner)
        _command(job)
    os.close(inner)
    shown, replies = b"", list(job["replies"])
    seen, ended = 0, time.monotonic() + LIMIT
    while True:
        data = _read(terminal, ended)
        if not data:
            break
        shown += data
        while replies and (at := shown.find(replies[0][0].encode(), seen)) >= 0:
            seen = at + len(replies[0][0].encode())
            time.sleep(0.1)  # what comes before the question is dropped
            os.write(terminal, replies.pop(0)[1].encode())
    code = _end(pid, ended)
    os.close(terminal)
    return code, shown.decode(), ""


def _piped(job: dict[str, Any]) -> tuple[int, str, str]:
    """Run it with pipes; `replies` end it by Ctrl-C once their text is shown."""
    pipes = [os.pipe(), os.pipe()]
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(pipes[0][1], 1)
        os.dup2(pipes[1][1], 2)
        os.closerange(3, 256)
        _command(job)
    shown = {pipes[0][0]: b"", pipes[1][0]: b""}
    for _, inner in pipes:
        os.close(inner)
    waiting, replies, ended = set(shown), list(job["replies"]), time.monotonic() + LIMIT
    while waiting and time.monotonic() < ended:
        for one in select.select(waiting, [], [], 1)[0]:
            data = os.read(one, 65536)
            shown[one] += data
            if not data:
                waiting.discard(one)
        if replies and replies[0][0].encode() in b"".join(shown.values()):
            os.kill(pid, 2)
            replies = []
    code = _end(pid, ended)
    out, errors = (one.decode() for one in shown.values())
    for one in shown:
        os.close(one)
    return code, out, errors


def _read(terminal: int, ended: float) -> bytes:
    ready, _, _ = select.select([terminal], [], [], max(ended - time.monotonic(), 0))
    try:
        return os.read(terminal, 65536) if ready else b""
    except OSError:  # Linux: the last program on the terminal has ended
        return b""


def _end(pid: int, ended: float) -> int:
    if time.monotonic() >= ended:
        os.kill(pid, 9)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _command(job: dict[str, Any]) -> None:
    """Be the command, in this forked process, with the streams that Python would have made."""
    import atexit

    os.chdir(job["folder"])
    sys.argv = ["portman", *job["words"]]
    for name, mode, number in (("stdin", "r", 0), ("stdout", "w", 1), ("stderr", "w", 2)):
        known = getattr(sys, f"__{name}__")
        lines = 1 if number == 2 or os.isatty(number) else -1
        made = open(number, mode, lines, known.encoding, known.errors, closefd=False)  # noqa: SIM115
        setattr(sys, name, made)
        setattr(sys, f"__{name}__", made)
    try:
        code: Any = main()
    except SystemExit as error:
        code = error.code
    sys.stdout.flush()
    sys.stderr.flush()
    atexit._run_exitfuncs()
    os._exit(code or 0)


if __name__ == "__main__":
    from portman.__main__ import main

    _serve()
