"""Start a prepared command so that nothing shows that portman was there first.

POSIX: this process becomes the command by exec. What Python changed at its own start is undone:
ignored signals, and LC_CTYPE where PEP 538 set it. Windows: no process can become another, so the
command is a child, and its exit code is passed on.
"""

from __future__ import annotations

import errno
import os
import sys

from portman.launch.hold import HIGH, OUTLASTS_START, most_inherited

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from portman.launch.facts import PreparedCommand

#: The first descriptor of those passed on (SD_LISTEN_FDS_START of sd_listen_fds(3)).
_FIRST = 3
_PASS_ON = frozenset(b"sh ash bash busybox dash ksh ksh93 mksh zsh make gmake".split())
_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")


def start(command: PreparedCommand) -> int:
    """Start the command; return its exit code where this process does not become the command.

    Raises PortmanError "command-missing" (127) or "command-refused" (126).
    """
    if sys.platform == "win32":
        command.release()
        return _start(run_child, command)
    lasting = [key for key in command.held if key[0] == "tcp" and OUTLASTS_START]
    lasting = [key for key in lasting if key not in command.until_start][: most_inherited()]
    if not OUTLASTS_START:
        command.release()
    # What does not last is closed by exec itself: not one moment before the command is there.
    held = [descriptor for key in lasting for descriptor in command.held[key]]
    if command.listening:
        held = _pass_listening(command.listening, held)
        names = [command.service.name if command.service else ""] * len(command.listening)
        command.env["LISTEN_FDS"] = str(len(names))
        command.env["LISTEN_PID"] = str(os.getpid())
        command.env["LISTEN_FDNAMES"] = ":".join(names)
    _pass_held(held)
    if sys.platform == "linux":
        from portman.state.launches import note

        facts = command.environment
        note(facts.path, facts.instance, command.service.name if command.service else "")
    return _start(become, command)


def _start(how: Callable[[list[str], dict[str, str]], int], command: PreparedCommand) -> int:
    """Start it; where a service was typed in place of its command, say what to type."""
    try:
        return how(command.argv, command.env)
    except Exception as error:  # whose class is loaded where one is raised
        name = command.argv[0]
        service = command.environment.service(name)
        if getattr(error, "code", "") != "command-missing" or service is None:
            raise
        from portman.base.errors import PortmanError

        way = f"portman run --service {name} -- CMD"
        if service.container:
            way = f"docker compose up -d {name}"
        said = f"there is no program {name}; {name} is a service, and run takes its command"
        raise PortmanError("command-missing", said, hint=way) from error


def _pass_listening(listening: list[int], held: list[int]) -> list[int]:
    """Put sockets on 3, 4, 5 ..., to be inherited; return where those of `held` are now.

    Whatever else was open on these numbers is replaced, since the protocol asks for them.
    """
    low = _FIRST + len(listening)
    moved = [_move(one, low) for one in listening]
    kept = [_move(one, low) for one in held]
    for at, descriptor in enumerate(moved, _FIRST):
        os.dup2(descriptor, at, inheritable=True)
        os.close(descriptor)
    return kept


def _move(descriptor: int, low: int) -> int:
    if sys.platform == "win32":
        raise NotImplementedError
    import fcntl

    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, low)
    os.close(descriptor)
    return moved


def _pass_held(descriptors: list[int]) -> None:
    """Let the command inherit copies of descriptors on high numbers; close the others."""
    if sys.platform == "win32":
        raise NotImplementedError
    import fcntl

    for descriptor in descriptors:
        try:
            fcntl.fcntl(descriptor, fcntl.F_DUPFD, HIGH)
        except OSError:  # fewer than HIGH descriptors are allowed
            os.set_inheritable(os.dup(descriptor), True)  # noqa: FBT003 - takes no keyword
        os.close(descriptor)


def become(argv: list[str], env: dict[str, str]) -> NoReturn:
    """Replace this process by the command, found in the PATH of `env`, as a shell would.

    Inheritable descriptors stay open. Raises PortmanError "command-missing" (127) or
    "command-refused" (126).
    """
    _undo_python(env)
    try:
        try:
            os.execvpe(argv[0], argv, env)  # noqa: S606 - no shell is the point
        except OSError as error:
            if error.errno != errno.ENOEXEC:
                raise
            # A script without a first line: execvp(3) hands it to the shell, and so do we.
            os.execve("/bin/sh", ["/bin/sh", _found(argv[0], env), *argv[1:]], env)  # noqa: S606
    except OSError as error:
        raise _not_started(argv[0], error, env) from error


def _undo_python(env: dict[str, str]) -> None:
    """Give back what Python took at its start, in this process and in `env`."""
    import _signal as signal  # type: ignore[import-not-found]

    ignored = _ignored_by_shell()
    for name in ("SIGPIPE", "SIGXFSZ"):
        number = getattr(signal, name, None)
        if number is not None and not ignored >> (number - 1) & 1:
            signal.signal(number, signal.SIG_DFL)
    if env.get("LC_CTYPE") in _COERCED and sys.platform == "linux" and not _was_given("LC_CTYPE"):
        del env["LC_CTYPE"]


def _ignored_by_shell() -> int:
    """Return the mask of the signals that the shell or make which started this process ignores.

    Python forgets which signals were ignored before it started. These programs pass on what they
    ignore (`trap "" PIPE`); others ignore SIGPIPE for themselves alone.
    """
    parent = f"/proc/{os.getppid()}"
    try:
        with open(f"{parent}/comm", "rb") as file:
            if file.read().rstrip(b"\n") not in _PASS_ON:
                return 0
        with open(f"{parent}/status", "rb") as file:
            return next(int(line[8:], 16) for line in file if line.startswith(b"SigIgn:"))
    except (OSError, StopIteration, ValueError):
        return 0


def _was_given(name: str) -> bool:
    try:
        with open("/proc/self/environ", "rb") as file:
            return any(one.startswith(name.encode() + b"=") for one in file.read().split(b"\0"))
    except OSError:
        return True


def run_child(argv: list[str], env: dict[str, str]) -> int:
    """Run the command to its end and return its exit code (Windows).

    Ctrl-C and Ctrl-Break reach every process of the console; the command decides what they mean,
    and this process waits for it. Raises PortmanError "command-missing" or "command-refused".
    """
    import signal
    import subprocess

    from portman.launch.windows import batch_line, exit_code, find_program, is_batch_file

    # CreateProcess looks for .exe only; npm and friends are .cmd files.
    path = env.get("PATH", os.environ.get("PATH"))
    program = find_program(argv[0], path, env.get("PATHEXT"))
    line: str | list[str] = [program, *argv[1:]]
    if is_batch_file(program):
        root = os.environ.get("SYSTEMROOT") or "C:\\Windows"
        line = batch_line(program, argv[1:], f"{root}\\System32\\cmd.exe")
    numbers = [getattr(signal, name, None) for name in ("SIGINT", "SIGBREAK")]
    before = [(one, signal.signal(one, signal.SIG_IGN)) for one in numbers if one is not None]
    try:
        return exit_code(subprocess.Popen(line, env=env).wait())
    except OSError as error:
        raise _not_started(argv[0], error, env) from error
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _not_started(program: str, error: OSError, env: dict[str, str]) -> Exception:
    from portman.base.errors import PortmanError
    from portman.base.system_commands import typed
    from portman.base.text import printable

    shown = printable(program)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        if os.sep in program and os.path.exists(program):
            return PortmanError(
                "command-refused",
                f"{shown} exists, but the interpreter in its first line does not",
                hint="look at its first line: " + typed("first line", program),
            )
        where = "" if os.sep in program else " in any folder of PATH"
        return PortmanError(
            "command-missing",
            f"there is no {shown}{where}",
            hint="try it without portman: " + typed("find", program),
        )
    reason = "it is a folder" if os.path.isdir(program) else (error.strerror or str(error))
    return PortmanError(
        "command-refused",
        f"{shown} cannot be started: {reason}",
        hint="is it a program? " + typed("look", _found(program, env)),
    )


def _found(program: str, env: dict[str, str]) -> str:
    import shutil

    return shutil.which(program, path=env.get("PATH")) or program
