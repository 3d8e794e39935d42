"""Start a command so that nothing shows that portman was there first.

POSIX: `become` replaces this process by the command; `spawn` starts it as a child. What Python
changed at its own start is undone: ignored signals, and LC_CTYPE where PEP 538 set it.
"""

from __future__ import annotations

import errno
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

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
            from portman.launch.launch_errors import found

            # A script without a first line: execvp(3) hands it to the shell, and so do we.
            os.execve("/bin/sh", ["/bin/sh", found(argv[0], env), *argv[1:]], env)  # noqa: S606
    except OSError as error:
        from portman.launch.launch_errors import not_started

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
