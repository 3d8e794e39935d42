"""Facts of one process through psutil: macOS, Windows and other systems without /proc."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from portman.machine.processes.model import ProcessFacts, readable, visible

if TYPE_CHECKING:
    from collections.abc import Callable

    import psutil

_T = TypeVar("_T")
_CLAIM = "PORTMAN_CHECKOUT"
#: A start is told to the hundredth of a second, as finely as every platform can.
_MARKS_PER_SECOND = 100


def facts(pid: int) -> ProcessFacts | None:
    """Return what is known of a process, or None if there is none of that number."""
    import psutil

    try:
        process = psutil.Process(pid)
    except (psutil.Error, ValueError, OverflowError):
        return None
    no_words: list[str] = []
    no_environment: dict[str, str] = {}
    name = _told(process.name, "")
    argv = tuple(_told(process.cmdline, no_words))
    cwd = _told(process.cwd, "") or None
    started = _told(process.create_time, 0.0)
    return ProcessFacts(
        pid=pid,
        parent=_told(process.ppid, 0),
        name=visible(name),
        argv=argv,
        command=readable(argv) if argv else f"[{visible(name)}]",
        cwd=cwd,
        cwd_deleted=cwd is not None and not os.path.isdir(cwd),
        uid=_uid(process),
        user=_told(process.username, "") or None,
        claims_checkout=_told(process.environ, no_environment).get(_CLAIM) or None,
        started_at=started or None,
        start_mark=round(started * _MARKS_PER_SECOND),
        zombie=_told(process.status, "") == "zombie",
        stopped=_told(process.status, "") == "stopped",
    )


def ancestors(pid: int) -> list[ProcessFacts]:
    """Return the parent of a process, its parent, and so on to the first process there is."""
    import psutil

    try:
        parents = psutil.Process(pid).parents()
    except (psutil.Error, OSError, ValueError, OverflowError):
        return []
    told = (facts(parent.pid) for parent in parents)
    return [parent for parent in told if parent is not None]


def start_mark(pid: int) -> int:
    """Return when a process started, in hundredths of a Unix second; 0 if it is gone."""
    import psutil

    try:
        return round(psutil.Process(pid).create_time() * _MARKS_PER_SECOND)
    except (psutil.Error, ValueError, OverflowError):
        return 0


def _told(ask: Callable[[], _T], otherwise: _T) -> _T:
    """Return the answer, or `otherwise` where the system keeps it from us or it just ended."""
    import psutil

    try:
        return ask()
    except (psutil.Error, OSError, KeyError, ValueError, RuntimeError, SystemError):
        return otherwise


def _uid(process: psutil.Process) -> int | None:
    uids = getattr(process, "uids", None)  # Windows has none
    return None if uids is None else _told(lambda: int(uids().real), None)
