"""Small files: read any that other programs wrote, or that ship with the package; write our own."""

from __future__ import annotations

import os
import stat
import sys

#: winerror of a file that another program has open: access denied, sharing and lock violations.
_OPEN_ELSEWHERE = frozenset({5, 32, 33})
#: Seconds for which a virus scanner, an indexer or a dev server may keep a file open.
_PATIENCE = 1.0


def read(path: str, most: int = 4096) -> str | None:
    """Return the text of a regular file of at most `most` bytes and without NUL, else None.

    Bytes that are no text survive as surrogates, as in all paths of Python.
    """
    raw = head(path, most + 1)
    return None if raw is None or len(raw) > most or b"\0" in raw else os.fsdecode(raw)


def head(path: str, most: int) -> bytes | None:
    """Return the first bytes of a regular file; None for anything else.

    Never waits (a FIFO is opened without blocking and refused) and never reads more than that.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_NOCTTY", 0))
    except (OSError, ValueError):
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        return all_of(descriptor, most)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def all_of(descriptor: int, most: int) -> bytes:
    """Read to the end, or `most` bytes. Raises OSError."""
    data = part = os.read(descriptor, most)
    while part and len(data) < most:
        part = os.read(descriptor, most - len(data))
        data += part
    return data


def shown(path: str) -> str:
    """Return what the kernel shows in a file of /proc; "" if it is not to be had."""
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""


def write_own(path: str, data: bytes) -> None:
    """Replace a file of ours in one step, readable by this user alone. Raises OSError.

    For folders that no other user can write: the name of the scratch file can be guessed.
    """
    scratch = f"{path}.{os.getpid()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(os.open(scratch, flags, 0o600), "wb") as stream:
            stream.write(data)
        swap(scratch, path)
    except OSError:
        if os.path.lexists(scratch):
            os.unlink(scratch)
        raise


def swap(scratch: str, path: str) -> None:
    """Rename a file over another in one step. Raises OSError.

    Windows refuses while any program has either file open, which scanners do for milliseconds
    after each write: there it is tried again within a second.
    """
    if sys.platform != "win32":
        os.replace(scratch, path)
        return
    from time import monotonic, sleep

    until, pause = monotonic() + _PATIENCE, 0.005
    while True:
        try:
            os.replace(scratch, path)
        except OSError as error:
            if getattr(error, "winerror", None) not in _OPEN_ELSEWHERE or monotonic() > until:
                raise
        else:
            return
        sleep(pause)
        pause = min(pause * 2, 0.1)


def to_disk(descriptor: int) -> None:
    """Write a file to the disk itself. Raises OSError.

    fsync(2) of macOS leaves the data in the drive's cache; F_FULLFSYNC does not. A file system that
    knows no such call (network folders) gets the ordinary one.
    """
    if sys.platform == "darwin":
        import fcntl

        try:
            fcntl.fcntl(descriptor, getattr(fcntl, "F_FULLFSYNC", 51))
        except OSError:
            pass
        else:
            return
    os.fsync(descriptor)


def data_file(*name: str) -> str:
    with open(data_path(*name), encoding="utf-8", newline="") as stream:
        return stream.read()


def data_path(*name: str) -> str:
    """Return where a file or folder is that ships with the package."""
    return os.path.join(os.path.dirname(__file__), os.pardir, "data", *name)
