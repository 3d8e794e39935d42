"""Start a prepared command: become it, or watch it once until it is known how it binds."""

from __future__ import annotations

import errno
import os
import sys

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import Popen
    from typing import NoReturn

    from portman.base.errors import Problem
    from portman.launch.facts import PreparedCommand


def start(launch: PreparedCommand, tell: Callable[[Problem], None]) -> int:
    """Start the command; return its exit code where this process does not become the command.

    `tell` is called with what the user should know in between. Raises PortmanError
    "command-missing" (127) or "command-refused" (126).
    """
    from portman.launch.hold import OUTLASTS_START

    if sys.platform == "win32":
        launch.release(list(launch.held))
        return run_child(launch.argv, launch.env)
    tcp = [key for key in launch.own_keys() if key[0] == "tcp" and key in launch.held]
    if sys.platform == "linux" and tcp and launch.manner in ("", "hindered"):
        from portman.launch.trial import start_watched

        return start_watched(launch, tcp, tell)
    if launch.manner == "plain":
        let_go(launch)
    _become(launch, outlasts=OUTLASTS_START)
    return 0


def _become(launch: PreparedCommand, *, outlasts: bool) -> None:
    """Put every descriptor where the command expects it, and become the command."""

    lasting = [key for key in launch.held if key[0] == "tcp" and outlasts][: room()]
    launch.release([key for key in launch.held if key not in set(lasting)])
    keep = [descriptor for key in lasting for descriptor in launch.held[key]]
    if launch.listening:
        from portman.launch.activation import place

        keep = place([descriptor for _, descriptor in launch.listening], keep)
        launch.env["LISTEN_FDS"] = str(len(launch.listening))
        launch.env["LISTEN_PID"] = str(os.getpid())
        launch.env["LISTEN_FDNAMES"] = ":".join(name for name, _ in launch.listening)
    pass_on(keep)
    become(launch.argv, launch.env)


def let_go(launch: PreparedCommand) -> None:
    """Release the service's own ports, here and in a `portman hold` of this checkout."""
    from portman.launch.hold_server import ask_to_release

    launch.release(launch.own_keys())
    facts = launch.facts
    if launch.spot is not None:
        ask_to_release(facts.path, facts.instance, launch.spot.name)


# Start a command so that nothing shows that portman was there first.
#
# POSIX: `become` replaces this process by the command; `spawn` starts it as a child. What Python
# changed at its own start is undone: ignored signals, and LC_CTYPE where PEP 538 set it.

#: Where inherited holds are put: out of the way of shells, which use 3 to 9 and 255.
_HIGH = 100
_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")


def become(argv: list[str], env: dict[str, str]) -> NoReturn:
    """Replace this process by the command, found in the PATH of `env`, as a shell would.

    Descriptors that are inheritable stay open. Raises PortmanError "command-missing" (127) or
    "command-refused" (126).
    """
    as_before(env)
    try:
        try:
            os.execvpe(argv[0], argv, env)  # noqa: S606 - no shell is the point
        except OSError as error:
            if error.errno != errno.ENOEXEC:
                raise

            # A script without a first line: execvp(3) hands it to the shell, and so do we.
            os.execve("/bin/sh", ["/bin/sh", found(argv[0], env), *argv[1:]], env)  # noqa: S606
    except OSError as error:
        raise not_started(argv[0], error, env) from error


def as_before(env: dict[str, str]) -> None:
    """Give back what Python took at its start, in this process and in `env`."""
    import _signal as signal  # type: ignore[import-not-found]

    for name in ("SIGPIPE", "SIGXFSZ"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, signal.SIG_DFL)
    if env.get("LC_CTYPE") in _COERCED and sys.platform == "linux" and not _was_given("LC_CTYPE"):
        del env["LC_CTYPE"]


def pass_on(descriptors: list[int]) -> list[int]:
    """Make copies of descriptors that the command inherits, on high numbers; close the others."""
    if sys.platform == "win32":
        raise NotImplementedError
    import fcntl

    passed = []
    for descriptor in descriptors:
        try:
            passed.append(fcntl.fcntl(descriptor, fcntl.F_DUPFD, _HIGH))
        except OSError:
            passed.append(os.dup(descriptor))
            os.set_inheritable(passed[-1], True)  # noqa: FBT003 - takes no keyword
        os.close(descriptor)
    return passed


def room() -> int:
    """Return how many holds a command may inherit: a quarter of its descriptors, at most 256."""
    if sys.platform == "win32":
        return 256
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 256 if soft == resource.RLIM_INFINITY else max(min(256, soft // 4), 0)


def descriptors_left() -> int:
    """Return how many descriptors a hold may use: all but a few of those this process may have."""
    if sys.platform == "win32":
        return 256
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1 << 20 if soft == resource.RLIM_INFINITY else max(soft - 64, 0)


def _was_given(name: str) -> bool:
    """Return whether a variable was set before this process started."""
    try:
        with open("/proc/self/environ", "rb") as file:
            return any(one.startswith(name.encode() + b"=") for one in file.read().split(b"\0"))
    except OSError:
        return True


# Why a command could not be started, with the exit codes that shells use.


def not_started(program: str, error: OSError, env: dict[str, str]) -> Exception:
    """Return the error for a command that could not be started, with the shell's exit codes."""
    from portman.base.errors import PortmanError
    from portman.base.text import printable

    shown = printable(program)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        if os.sep in program and os.path.exists(program):
            return PortmanError(
                "command-refused",
                f"{shown} is there, but the interpreter in its first line is not",
                hint=f"look at its first line: head -1 {shown}",
            )
        where = "" if os.sep in program else " in any folder of PATH"
        return PortmanError(
            "command-missing",
            f"there is no {shown}{where}",
            hint=f"try it without portman: command -v {shown}",
        )
    reason = "it is a folder" if os.path.isdir(program) else (error.strerror or str(error))
    return PortmanError(
        "command-refused",
        f"{shown} cannot be started: {reason}",
        hint=f"is it a program? ls -l {found(program, env)}",
    )


def found(program: str, env: dict[str, str]) -> str:
    """Return where a program is, or its name if it is nowhere."""
    import shutil

    return shutil.which(program, path=env.get("PATH")) or program


# Start a command on Windows, where no process can become another: a child, and its exit code.


def run_child(argv: list[str], env: dict[str, str]) -> int:
    """Run the command to its end and return its exit code.

    Ctrl-C reaches every process of the console; the command decides what it means, and this
    process waits for it. Raises PortmanError "command-missing" or "command-refused".
    """
    import shutil
    import signal
    import subprocess

    # CreateProcess looks for .exe only; npm and friends are .cmd files.
    program = shutil.which(argv[0], path=env.get("PATH", os.environ.get("PATH"))) or argv[0]
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        child: Popen[bytes] = subprocess.Popen([program, *argv[1:]], env=env)
    except OSError as error:
        raise not_started(argv[0], error, env) from error
    try:
        return child.wait()
    finally:
        signal.signal(signal.SIGINT, before)
