"""One writer of a checkout's files at a time, on this machine, for this user's state folder."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from portman.core.errors import PortmanError
from portman.files.receipt import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def checkout_lock(state: str, path: str, instance: str) -> Iterator[None]:
    """Hold the lock while the body runs; the kernel drops it if the process is killed.

    Two checkouts whose keys collide only wait for each other. Raises PortmanError
    "ledger-unusable" if the state folder cannot be written.
    """
    folder = os.path.join(state, "locks")
    name = os.path.join(folder, key_of(path, instance))
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as error:
        raise PortmanError(
            "ledger-unusable",
            f"cannot make the lock file {name}: {error.strerror}",
            hint="portman where shows the state folder; PORTMAN_HOME names another",
        ) from error
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


if sys.platform == "win32":

    def _lock(descriptor: int) -> None:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

else:

    def _lock(descriptor: int) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
