"""Facts of one process through psutil: macOS, Windows and other systems without /proc."""

from __future__ import annotations

import os
import sys
from functools import partial

from portman.machine.mounts import folders_up
from portman.machine.processes.model import ProcessFacts, readable, visible

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    import psutil

    _T = TypeVar("_T")

_CHECKOUT, _SERVICE = "PORTMAN_CHECKOUT", "PORTMAN_SERVICE"
#: Every platform gives the start of a process to the hundredth of a second.
_MARKS_PER_SECOND = 100


def facts(pid: int) -> ProcessFacts | None:
    import psutil

    try:
        process = psutil.Process(pid)
    except (psutil.Error, ValueError, OverflowError):
        return None
    no_words: list[str] = []
    no_environment: dict[str, str] = {}
    name = _ask(process.name, "")
    argv = tuple(_ask(process.cmdline, no_words))
    cwd = _ask(process.cwd, "") or None
    started = _ask(process.create_time, 0.0)
    environment = _ask(process.environ, no_environment)
    return ProcessFacts(
        pid=pid,
        parent=_ask(process.ppid, 0),
        name=visible(name),
        argv=argv,
        command=readable(argv) if argv else f"[{visible(name)}]",
        cwd=cwd,
        cwd_deleted=cwd is not None and not os.path.isdir(cwd),
        folders=_identified(cwd),
        uid=_uid(process),
        user=_ask(process.username, "") or None,
        claims_checkout=environment.get(_CHECKOUT) or None,
        claims_service=environment.get(_SERVICE) or None,
        started_at=started or None,
        start_mark=_ask(partial(noted_start, process), 0),
        zombie=_ask(process.status, "") == "zombie",
        stopped=_ask(process.status, "") == "stopped",
    )


def _identified(cwd: str | None) -> tuple[tuple[int, int], ...]:
    """Return the folders above a working folder, whichever link, junction or drive spells it.

    () where the file system has no inodes (FAT): then the spelling has to do.
    """
    found = folders_up(cwd) if cwd else ()
    return found if all(inode for _, inode in found) else ()


def ancestors(pid: int) -> list[ProcessFacts]:
    import psutil

    try:
        parents = psutil.Process(pid).parents()
    except (psutil.Error, OSError, ValueError, OverflowError):
        return []
    found = (facts(parent.pid) for parent in parents)
    return [parent for parent in found if parent is not None]


def parents(pid: int) -> list[int]:
    return [one.pid for one in ancestors(pid)]


def start_mark(pid: int) -> int:
    """Return when a process started, by the clock of then, in hundredths; 0 if it is gone."""
    import psutil

    try:
        return noted_start(psutil.Process(pid))
    except (psutil.Error, ValueError, OverflowError):
        return 0


def noted_start(process: psutil.Process) -> int:
    """Return what the kernel noted at the start.

    psutil adds to that, on macOS since 7.1, each step of the clock since it was imported: two
    programs, or one before and after the step, would not agree on a process.
    """
    noted: Callable[..., float] = process._proc.create_time  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        seconds = noted(monotonic=True)
    except TypeError:  # an older psutil, and every one on Windows: as noted
        seconds = noted()
    return round(seconds * _MARKS_PER_SECOND)


def boot_id() -> str:
    """Return which run of the machine this is, "-" if that is unknown.

    macOS: kern.bootsessionuuid. Windows: a number that the kernel raises at each start. A time of
    the boot is no identity: it moves with the clock.
    """
    if sys.platform == "win32":
        import winreg

        place = "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management"
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, f"{place}\\PrefetchParameters") as key:
                return str(winreg.QueryValueEx(key, "BootId")[0])
        except OSError:
            return "-"
    import ctypes

    text, size = ctypes.create_string_buffer(64), ctypes.c_size_t(64)
    try:
        ask = ctypes.CDLL(None).sysctlbyname
        failed = ask(b"kern.bootsessionuuid", text, ctypes.byref(size), None, 0)
    except (OSError, AttributeError):
        return "-"
    return "-" if failed else text.value.decode("ascii", "replace")[:8] or "-"


def is_hidden(pid: int) -> bool:
    """Return whether there is such a process, though this user sees nothing of it."""
    import psutil

    return psutil.pid_exists(pid)


def carries(claim: str, since: int, user: str) -> bool:
    """Return whether a process started at `since` (a start_mark) or later carries the claim.

    Also where one of `user` hides its environment.
    """
    import psutil

    for process in psutil.process_iter():
        if _ask(partial(noted_start, process), 0) < since - 1:
            continue
        try:
            found = process.environ().get(_CHECKOUT)
        except (psutil.NoSuchProcess, OSError):
            continue
        except psutil.Error:
            found = claim if _ask(process.username, "").rpartition("\\")[2] == user else None
        if found == claim:
            return True
    return False


def children(pid: int) -> list[int]:
    import psutil

    try:
        return [one.pid for one in psutil.Process(pid).children()]
    except (psutil.Error, OSError, ValueError, OverflowError):
        return []


def workers(pid: int, port: int) -> list[int]:
    """Return the workers of Node's cluster that this process listens for on `port`."""
    import psutil

    found = []
    for child in children(pid):
        try:
            environment = psutil.Process(child).environ()
        except (psutil.Error, OSError):
            continue
        told = [environment["PORT"]] if environment.get("PORT") else list(environment.values())
        if "NODE_UNIQUE_ID" in environment and str(port) in told:
            found.append(child)
    return found


def _ask(ask: Callable[[], _T], otherwise: _T) -> _T:
    """Return the answer, or `otherwise` where the system refuses it or the process just ended."""
    import psutil

    try:
        return ask()
    except (psutil.Error, OSError, KeyError, ValueError, RuntimeError, SystemError):
        return otherwise


def _uid(process: psutil.Process) -> int | None:
    uids = getattr(process, "uids", None)  # Windows has none
    return None if uids is None else _ask(lambda: int(uids().real), None)


def hidden_processes(uid: int) -> list[int]:  # noqa: ARG001 - nothing here shows them
    return []


def user_name(uid: int | None) -> str | None:  # noqa: ARG001 - psutil names the owners it shows
    return None


class ProcessHandle:
    """A process from look-up to signal, by number and start time: there are no pidfds.

    Between the comparison and the signal the process could end and its number be given out
    again; psutil compares once more right before it signals, which leaves microseconds.
    """

    def __init__(self, pid: int) -> None:
        """Open a handle. Raises ProcessLookupError if there is no such process."""
        import psutil

        try:
            self._process = psutil.Process(pid)
        except (psutil.NoSuchProcess, ValueError, OverflowError) as error:
            raise ProcessLookupError(pid) from error
        self.pid = pid
        self.start_mark = start_mark(pid)

    def alive(self) -> bool:
        """Return whether the very process still runs (a zombie does not)."""
        import psutil

        try:
            return self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    def has(self, inodes: frozenset[int]) -> bool:  # noqa: ARG002 - sockets have no numbers here
        return self.alive()

    def may_signal(self) -> bool:
        """Return whether this user owns the process, or is root."""
        import psutil

        uid = getattr(os, "geteuid", lambda: 0)()
        uids = getattr(self._process, "uids", None)
        try:
            # Windows has no uids: the attempt will show it.
            return uid == 0 or uids is None or bool(uids().real == uid)
        except psutil.Error:
            return True

    def terminate(self) -> bool:
        """Send SIGTERM (end the process, on Windows); return whether the process got it."""
        return self._try("terminate")

    def kill(self) -> bool:
        """Send SIGKILL (end the process, on Windows); return whether the process got it."""
        return self._try("kill")

    def close(self) -> None:
        """Nothing to give back."""

    def _try(self, what: str) -> bool:
        import psutil

        try:
            getattr(self._process, what)()
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied as error:
            raise PermissionError(str(error)) from error
        return True


def open_sockets(pid: int, names: dict[str, int]) -> dict[int, int]:  # noqa: ARG001 - Linux knows
    """Return {}: nothing here tells cheaply that a process still has a socket."""
    return {}
