"""Run a command as a child that nothing but its parent's number tells from a direct start.

Only needed where the command may have to be started a second time; Linux only. Child and parent
stay in one process group: the terminal's own signals (Ctrl-C, Ctrl-Z, hang-up) reach the
child from the kernel, as always. What is sent to the parent's number alone is passed on. The
parent stops when the child stops, goes on with it, ends as it ends (by the same signal, if that
is how), and if the parent is killed the child is killed by the kernel.

One limit: a signal that a program sends to the whole process group reaches the child twice.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

assert sys.platform == "linux"  # for the type checker, on other platforms

#: Of these, none is a reason for a command to end.
_STEERING = frozenset(
    {signal.SIGCONT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGWINCH}
)
_PASSED = _STEERING | {
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGALRM,
}
_WAITED = _PASSED | {signal.SIGCHLD}
#: PR_SET_PDEATHSIG of prctl(2).
_SET_PARENT_DEATH_SIGNAL = 1
#: Between two looks at whether the service listens, in seconds.
_PAUSE = 0.05


class Ending(NamedTuple):
    """How a child ended. `status` is that of waitpid; `asked` a signal from outside came first."""

    status: int
    asked: bool
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether it ended by itself, with an exit code other than 0."""
        return not self.asked and os.WIFEXITED(self.status) and os.WEXITSTATUS(self.status) != 0


def watch(argv: list[str], env: dict[str, str], look: Callable[[], bool]) -> Ending:
    """Start the command and wait for its end; ask `look` time and again until it says True.

    Raises PortmanError as portman.launch.start.become does.
    """
    import time

    before = signal.pthread_sigmask(signal.SIG_BLOCK, _WAITED)
    started = time.monotonic()
    try:
        child = _start(argv, env, before)
        status, asked = _attend(child, look)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return Ending(status, asked, time.monotonic() - started)


def end_like(status: int) -> int:
    """Return the exit code of a child; if a signal ended it, end this process by the same."""
    if os.WIFEXITED(status):
        return os.WEXITSTATUS(status)
    import resource

    number = os.WTERMSIG(status)
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
        # The child has left its core file, if any; this process would leave another.
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])
    sys.stdout.flush()
    os.kill(os.getpid(), number)
    return 128 + number


def _start(argv: list[str], env: dict[str, str], mask: set[int | signal.Signals]) -> int:
    """Fork and become the command; a failure to do so travels back through a pipe."""
    from portman.base.errors import PortmanError
    from portman.launch.start import become

    prctl = _prctl()
    parent = os.getpid()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if prctl is not None:
                prctl(_SET_PARENT_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)
                if os.getppid() != parent:
                    os._exit(137)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            become(argv, env)
        except PortmanError as error:
            told = "\0".join((error.code, str(error), error.hint))
            os.write(writing, told.encode("utf-8", "surrogateescape"))
        finally:
            os._exit(127)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode("utf-8", "surrogateescape")
    if said:
        os.waitpid(child, 0)
        code, message, hint = said.split("\0", 2)
        raise PortmanError(code, message, hint=hint)
    return child


def _attend(child: int, look: Callable[[], bool]) -> tuple[int, bool]:
    """Pass signals on until the child has ended; return its status, and whether it was asked to."""
    import time

    asked, seen, step = False, False, _PAUSE
    next_look = time.monotonic() + step
    while True:
        info = signal.sigtimedwait(_WAITED, 3600 if seen else step)
        # Also after a signal: its parent may have woken us just as it began to listen.
        if not seen and (info is None or time.monotonic() >= next_look):
            seen = look()
            next_look = time.monotonic() + step
        if info is not None and info.si_signo != signal.SIGCHLD:
            asked = _forward(child, info) or asked
        status = _collect(child)
        if status is not None:
            return status, asked


def _collect(child: int) -> int | None:
    """Return the child's status if it has ended; stop with it if it has stopped."""
    done, status = os.waitpid(child, os.WNOHANG | os.WUNTRACED)
    if done == 0:
        return None
    if not os.WIFSTOPPED(status):
        return status
    # Whoever started us sees us stop, and continues us; then the child goes on, too.
    os.kill(os.getpid(), signal.SIGSTOP)
    _send(child, signal.SIGCONT)
    return None


def _forward(child: int, info: signal.struct_siginfo) -> bool:
    """Pass a signal on unless the child had it from the kernel; return whether it may end it."""
    number = info.si_signo
    # si_code > 0: sent by the kernel, to the whole foreground group (sigaction(2)).
    if info.si_code <= 0:
        _send(child, number)
    return number not in _STEERING


def _send(child: int, number: int) -> None:
    import contextlib

    with contextlib.suppress(ProcessLookupError):
        os.kill(child, number)


def _prctl() -> Callable[..., int] | None:
    import ctypes

    try:
        function: Callable[..., int] = ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):
        return None
    return function
