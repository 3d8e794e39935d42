"""Run another program to its end and keep what it says, bounded in time and in size.

`subprocess.run` bounds the time alone: a program that talks without end fills the memory.
"""

from __future__ import annotations

import os

from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from typing import IO

#: Bytes of each of stdout and stderr. The tables of a busy packet filter have a few million.
LARGEST = 32 << 20
_PIECE = 1 << 16


class ToolResult(NamedTuple):
    """How a program ended, and what it said."""

    code: int
    out: bytes
    err: bytes


class UnboundedError(Exception):
    """The program was ended: it took too long or said too much. The text says which."""


def run(  # noqa: PLR0913 - the parts of one command
    command: list[str],
    *,
    patience: float,
    most: int = LARGEST,
    cwd: str | None = None,
    env: Mapping[str, str] | None = None,
    quiet: bool = False,
) -> ToolResult:
    """Run `command` without input; `quiet` throws its stderr away.

    Raises UnboundedError after `patience` seconds or `most` bytes of either stream, OSError or
    ValueError if it cannot be started. Whatever is raised, the program has ended by then; the
    programs it started itself are not waited for.
    """
    import subprocess

    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if quiet else subprocess.PIPE,
        cwd=cwd,
        env=env,
    )
    try:
        return _attend(process, patience, most)
    except subprocess.TimeoutExpired:
        raise UnboundedError(f"no answer within {patience:g} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            process.wait()


def _attend(process: subprocess.Popen[bytes], patience: float, most: int) -> ToolResult:
    """Read both streams at once, each in a thread: no system has one way to wait for two pipes."""
    import subprocess
    from threading import Thread
    from time import monotonic

    limit = monotonic() + patience
    said: dict[str, bytes | None] = {}

    def read(name: str, stream: IO[bytes]) -> None:
        with stream:  # closed at the limit, so that a program that talks on finds it out
            try:
                said[name] = _read(stream, most)
            except MemoryError:
                said[name] = None

    streams = {"out": process.stdout, "err": process.stderr}
    readers = [
        Thread(target=read, args=(name, stream), daemon=True)
        for name, stream in streams.items()
        if stream is not None
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(max(0.0, limit - monotonic()))
        if None in said.values():
            raise UnboundedError(f"it says more than {most >> 20} MiB")
        if reader.is_alive():
            raise subprocess.TimeoutExpired(process.args, patience)
    code = process.wait(max(0.0, limit - monotonic()))
    return ToolResult(code, said["out"] or b"", said.get("err") or b"")


def _read(stream: IO[bytes], most: int) -> bytes | None:
    """Return all of a stream, None past the limit. In pieces: `read(most)` takes all at once."""
    data = bytearray()
    while part := os.read(stream.fileno(), _PIECE):
        data += part
        if len(data) > most:
            return None
    return bytes(data)


# Ask a tool of the operating system, where it has no other way to be asked.

#: Where administrators' tools are, which an ordinary user's PATH may lack.
ADMIN_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")

#: Seconds. These tools answer in milliseconds; one that hangs must not hang us.
PATIENCE = 10.0


def output(command: list[str]) -> str:
    """Return what `command` prints, or "" if it is missing, hangs or does not stop talking.

    Its exit code is no news: `lsof` fails when it finds nothing. The environment is ours, but
    with the C locale.
    """
    import os

    env = {**os.environ, "LC_ALL": "C"}
    try:
        return run(command, patience=PATIENCE, env=env, quiet=True).out.decode("utf-8", "replace")
    except (OSError, ValueError, UnboundedError):
        return ""


class Answer(NamedTuple):
    """What became of a question to a tool. `code` is None if it came to no end."""

    found: bool
    code: int | None = None
    out: str = ""
    err: str = ""

    @property
    def fine(self) -> bool:
        """Whether the tool was there and succeeded."""
        return self.code == 0


def ask(command: list[str], patience: float = PATIENCE) -> Answer:
    """Run a tool (looked for in PATH and in ADMIN_FOLDERS) and return all it says."""
    import os
    import shutil

    places = os.pathsep.join([os.environ.get("PATH", ""), *ADMIN_FOLDERS])
    program = shutil.which(command[0], path=places)
    if program is None:
        return Answer(found=False)
    env = {**os.environ, "LC_ALL": "C"}
    try:
        done = run([program, *command[1:]], patience=patience, env=env)
    except (OSError, UnboundedError) as error:
        return Answer(found=True, err=str(error))
    out, err = (text.decode("utf-8", "replace") for text in (done.out, done.err))
    return Answer(found=True, code=done.code, out=out, err=err)
