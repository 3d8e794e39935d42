"""Small files: read any that other programs wrote, or that ship with the package; write our own."""

from __future__ import annotations

import os
import stat


def read(path: str, most: int = 4096) -> str | None:
    """Return the text of a regular file of at most `most` bytes and without NUL, else None.

    Never waits (a FIFO is opened without blocking and refused) and never reads more than that.
    Bytes that are no text survive as surrogates, as in all paths of Python.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_NOCTTY", 0))
    except (OSError, ValueError):
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        raw = os.read(descriptor, most + 1)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return os.fsdecode(raw) if len(raw) <= most and b"\0" not in raw else None


def write_own(path: str, data: bytes) -> None:
    """Replace a file of ours in one step, readable by this user alone. Raises OSError.

    For folders that no other user can write: the name of the scratch file can be guessed.
    """
    scratch = f"{path}.{os.getpid()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(os.open(scratch, flags, 0o600), "wb") as stream:
            stream.write(data)
        os.replace(scratch, path)
    except OSError:
        if os.path.lexists(scratch):
            os.unlink(scratch)
        raise


def data_file(*name: str) -> str:
    """Read a text that ships with the package, from portman/data."""
    file = os.path.join(os.path.dirname(__file__), os.pardir, "data", *name)
    with open(file, encoding="utf-8", newline="") as stream:
        return stream.read()
