"""Run another program to its end and keep what it says, bounded in time and in size.

`subprocess.run` bounds the time alone: a program that talks without end fills the memory.
"""

from __future__ import annotations

import os
import sys
import time

from portman.base.context import suppress
from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Mapping
    from typing import IO

#: Bytes of each of stdout and stderr. The tables of a busy packet filter have a few million.
LARGEST = 32 << 20
_PIECE = 1 << 16
#: SIGPIPE and SIGXFSZ, which Python ignores, and SIGKILL: the same numbers on every Unix.
_IGNORED, _KILL = (13, 25), 9


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
    if sys.platform != "win32" and cwd is None:
        limit = time.monotonic() + patience
        child = _Child(command, os.environ if env is None else env, quiet=quiet)
        try:
            said = child.listen(limit, most)
            return ToolResult(child.wait(limit), *said, *([b""] if quiet else []))
        except TimeoutError:
            raise UnboundedError(f"no answer within {patience:g} s") from None
        finally:
            child.end()
    return _by_library(command, patience, most, cwd, env, quiet=quiet)


if sys.platform != "win32":

    class _Child:
        """A program that was started with pipes for what it says.

        `subprocess` does it everywhere, but loads `threading`, `signal` and `enum`: as long as
        Python's own start.
        """

        def __init__(self, command: list[str], env: Mapping[str, str], *, quiet: bool) -> None:
            self._pid = 0
            pipes = [_pipe() for _ in range(1 if quiet else 2)]
            self._pipes, theirs = [end for end, _ in pipes], [end for _, end in pipes]
            actions: list[tuple[object, ...]] = [
                (os.POSIX_SPAWN_OPEN, number, os.devnull, mode, 0)
                for number, mode in ((0, os.O_RDONLY), (2, os.O_WRONLY))[: 2 if quiet else 1]
            ]
            actions += [(os.POSIX_SPAWN_DUP2, end, at) for at, end in enumerate(theirs, 1)]
            try:
                self._pid = os.posix_spawnp(
                    command[0], command, env, file_actions=actions, setsigdef=_IGNORED
                )
            except BaseException:
                self.end()
                raise
            finally:
                _close(theirs)

        def listen(self, limit: float, most: int) -> list[bytes]:
            """Return all that it says, once it has closed its pipes. Raises TimeoutError."""
            import select

            said = {end: bytearray() for end in self._pipes}
            poll = select.poll()
            for end in said:
                poll.register(end, select.POLLIN)
            waiting = len(said)
            while waiting:
                for end, _ in poll.poll(_left(limit) * 1000):
                    part = os.read(end, _PIECE)
                    try:
                        said[end] += part
                        fits = len(said[end]) <= most
                    except MemoryError:
                        fits = False
                    if not fits:
                        raise UnboundedError(f"it says more than {most >> 20} MiB")
                    if not part:
                        poll.unregister(end)
                        waiting -= 1
            return [bytes(text) for text in said.values()]

        def wait(self, limit: float) -> int:
            pause = 0.0005
            while (code := self._code(os.WNOHANG)) is None:
                time.sleep(min(pause, _left(limit)))
                pause = min(2 * pause, 0.05)
            return code

        def end(self) -> None:
            """Stop it, if it runs still."""
            _close(self._pipes)
            self._pipes = []
            if self._pid:
                with suppress(ProcessLookupError):
                    os.kill(self._pid, _KILL)
                self._code(0)

        def _code(self, how: int) -> int | None:
            try:
                pid, status = os.waitpid(self._pid, how)
            except ChildProcessError:  # a parent of ours ignores SIGCHLD, and so do we
                pid, status = self._pid, 0
            if not pid:
                return None
            self._pid = 0
            return os.waitstatus_to_exitcode(status)


def _pipe() -> tuple[int, int]:
    """Return a pipe beside the standard streams, even where those are closed."""
    ends = os.pipe()
    while min(ends) < 3:
        moved = [os.dup(end) for end in ends]
        _close(ends)
        ends = (moved[0], moved[1])
    return ends


def _close(descriptors: Iterable[int]) -> None:
    for one in descriptors:
        os.close(one)


def _left(limit: float) -> float:
    left = limit - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _by_library(  # noqa: PLR0913 - those of `run`
    command: list[str],
    patience: float,
    most: int,
    cwd: str | None,
    env: Mapping[str, str] | None,
    *,
    quiet: bool,
) -> ToolResult:
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
    """Read both streams at once, each in a thread: Windows has no way to wait for two pipes."""
    import subprocess
    from threading import Thread

    limit = time.monotonic() + patience
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
        reader.join(max(0.0, limit - time.monotonic()))
        if None in said.values():
            raise UnboundedError(f"it says more than {most >> 20} MiB")
        if reader.is_alive():
            raise subprocess.TimeoutExpired(process.args, patience)
    code = process.wait(max(0.0, limit - time.monotonic()))
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
