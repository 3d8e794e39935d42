"""From what SQLite and the system say to what a person can act on."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from portman.base.errors import PortmanError
from portman.ledger.read import DamagedRowError
from portman.state import locks as lockholder
from portman.state.permissions import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Result codes of SQLite that have one meaning each (sqlite.org/rescode.html).
_BUSY, _LOCKED, _READONLY, _IOERR = 5, 6, 8, 10
_CORRUPT, _FULL, _CANTOPEN, _NOTADB = 11, 13, 14, 26
_ERROR, _PERM = 1, 3

_READ_ONLY_ERRNO = (errno.EACCES, errno.EPERM, errno.EROFS)
_FULL_ERRNO = (errno.ENOSPC, errno.EDQUOT)

_ELSEWHERE = "or name another folder: PORTMAN_HOME=/some/folder portman up"


@contextmanager
def told(path: str, *, doing: str = "read") -> Iterator[None]:
    """Turn every failure of SQLite or the system inside the block into a PortmanError.

    `doing` is "read" or "written", as it will stand in the message.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise from_sqlite(error, path, doing) from error
    except OSError as error:
        raise from_system(error, path, doing) from error
    except (DamagedRowError, UnicodeDecodeError) as error:  # a damaged name in SQLite's own words
        raise damaged(path, str(error)) from error


def from_sqlite(error: sqlite3.Error, path: str, doing: str) -> PortmanError:
    """Return what to tell the user about an error of SQLite."""
    code = getattr(error, "sqlite_errorcode", _CORRUPT) & 0xFF
    if code in (_BUSY, _LOCKED):
        return busy(path)
    if code in (_CORRUPT, _NOTADB, _ERROR):
        return damaged(path, str(error))
    if code == _FULL or (code in (_IOERR, _CANTOPEN) and _no_room(path)):
        return full(path)
    if code in (_READONLY, _PERM, _CANTOPEN):
        return forbidden(path, doing)
    if code == _IOERR:
        return from_system(OSError(0, f"the file system failed ({_name(error)})"), path, doing)
    return unusable(path, f"cannot be {doing}: {error}", f"See: portman where; {_ELSEWHERE}")


def from_system(error: OSError, path: str, doing: str) -> PortmanError:
    """Return what to tell the user about an error of the system."""
    if error.errno in _FULL_ERRNO:
        return full(path)
    if error.errno in _READ_ONLY_ERRNO:
        return forbidden(path, doing)
    return unusable(
        path,
        f"cannot be {doing}: {error.strerror}",
        f"Look at the disk (dmesg, df {quoted(_folder(path))}), {_ELSEWHERE}",
    )


def busy(path: str, seconds: float | None = None) -> PortmanError:
    """Return the error for a lock that never came, naming who has it where that can be seen."""
    holder = lockholder.find(path)
    waited = "" if seconds is None else f" for {seconds:g} s"
    if holder is None:
        return PortmanError(
            "ledger-busy",
            f"Another process has been writing the ledger {path}{waited}.",
            hint=f"See who has it open: fuser -v {quoted(path)}; then try again",
            file=path,
        )
    state = " and is stopped" if holder.stopped else ""
    act = f"Let it go on: kill -CONT {holder.pid}" if holder.stopped else "Wait for it"
    return PortmanError(
        "ledger-busy",
        f"Process {holder.pid} ({holder.command}) has held the ledger {path}{waited}{state}.",
        hint=f"{act}, or end it: kill {holder.pid}",
        file=path,
    )


def damaged(path: str, detail: str) -> PortmanError:
    """Return the error for a file that is not, or no longer, a whole ledger."""
    return PortmanError(
        "ledger-damaged",
        f"The ledger {path} is damaged: {detail}. Nothing was changed.",
        hint="Save what can be read into a fresh ledger: portman repair",
        file=path,
    )


def full(path: str) -> PortmanError:
    """Return the error for a full disk or an exhausted quota."""
    return unusable(
        path,
        "cannot be written: the disk is full. Nothing was changed",
        f"Free some space (df {quoted(_folder(path))}) and run it again, {_ELSEWHERE}",
    )


def forbidden(path: str, doing: str) -> PortmanError:
    """Return the error for a file or folder that this user may not use, or nobody may write."""
    why = _why_forbidden(path)
    return unusable(
        path, f"cannot be {doing}: {why}", f"See: ls -la {quoted(_folder(path))}, {_ELSEWHERE}"
    )


def unusable(path: str, what: str, hint: str) -> PortmanError:
    """Return a "ledger-unusable" error."""
    return PortmanError("ledger-unusable", f"The ledger {path} {what}.", hint=hint, file=path)


def _no_room(path: str) -> bool:
    """Tell whether the disk is full: SQLite reports that as several other errors too.

    Its shared index alone takes 32 KiB; a file system may also run out of inodes.
    """
    if not hasattr(os, "statvfs") or not os.path.isdir(_folder(path)):
        return False
    room = os.statvfs(_folder(path))
    return room.f_bavail * room.f_frsize < 65536 or (room.f_files > 0 and room.f_favail == 0)


def _folder(path: str) -> str:
    return os.path.dirname(path)


def _name(error: sqlite3.Error) -> str:
    return str(getattr(error, "sqlite_errorname", error))


def _why_forbidden(path: str) -> str:
    folder = _folder(path)
    if (
        hasattr(os, "statvfs")
        and os.path.isdir(folder)
        and os.statvfs(folder).f_flag & os.ST_RDONLY
    ):
        return f"{folder} is on a file system that is mounted read-only"
    if os.path.isdir(folder) and not os.access(folder, os.W_OK | os.X_OK):
        return f"you have no right to write in {folder}"
    if os.path.exists(path) and not os.access(path, os.R_OK):
        return "you have no right to read it"
    if os.path.exists(path) and not os.access(path, os.W_OK):
        return "you have no right to write it"
    return "the system does not let us open it"
