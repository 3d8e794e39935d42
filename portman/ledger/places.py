"""The move of a ledger from an older place, and the other places where a user may have one."""

from __future__ import annotations

import contextlib
import glob
import os
import sys

from portman.base.errors import PortmanError, Problem, pending
from portman.ledger.locks import WriteLock
from portman.ledger.permissions import FolderMode, make_folder
from portman.state import (
    LEDGER_FILE,
    LOCK_FILE,
    has_ledger,
    home_folder,
    older_places,
    place_below,
)

#: Seconds to wait for a version of portman that writes in the older place.
_PATIENCE = 5.0


def other_ledgers(folder: str) -> list[str]:
    """Return every folder but `folder` in which this user has a ledger.

    Programs in a Flatpak or snap have a home or XDG_STATE_HOME of their own.
    """
    home = os.path.expanduser("~")
    places = [place_below(home), *older_places(home)]
    if sys.platform == "linux":
        chosen = os.environ.get("XDG_STATE_HOME", "")
        places += [os.path.join(chosen, "portman")] if os.path.isabs(chosen) else []
        for inner in (".var/app/*/.local/state", "snap/*/*/.local/state"):
            places += sorted(glob.glob(os.path.join(glob.escape(home), inner, "portman")))
    known, found = {os.path.realpath(folder)}, []
    for path in places:
        real = os.path.realpath(path)
        if real not in known and has_ledger(path):
            known.add(real)
            found.append(path)
    return found


def move(older: str) -> str:
    """Move the ledger from an older place to today's; return where it is now.

    Where it cannot be moved (another file system, a folder that may not be written, a program that
    has it open on Windows) the older place stays in use: a second ledger would lease ports twice.
    """
    folder = place_below(home_folder())
    if not _is_own(older):
        return older
    try:
        _rename(older, folder)
    except (OSError, PortmanError):
        # Another process may have moved it at this moment.
        return folder if has_ledger(folder) else older
    said = f"the ledger lay in {older}, where earlier versions kept it; it is in {folder} now"
    pending.append(Problem("ledger-moved", said, "portman where", file=folder))
    return folder


def _is_own(folder: str) -> bool:
    try:
        found = os.lstat(os.path.join(folder, LEDGER_FILE))
    except OSError:
        return False
    mine = sys.platform == "win32" or found.st_uid == os.geteuid()
    return mine and not os.path.islink(folder)


def _rename(older: str, folder: str) -> None:
    """Rename the folder while no transaction of any version runs in it."""
    make_folder(os.path.dirname(folder))
    lock = WriteLock(os.path.join(older, LOCK_FILE), FolderMode(exists=True))
    if not lock.acquire(_PATIENCE):
        raise TimeoutError(older)
    try:
        lock.begin_write()
        lock.end_write()  # no answer that was kept before is given without the message
        if sys.platform == "win32":
            lock.release()  # a folder with an open file cannot be renamed there
        if os.path.isdir(folder):
            for name in os.listdir(folder):  # bug.log, say
                if not os.path.lexists(os.path.join(older, name)):
                    os.rename(os.path.join(folder, name), os.path.join(older, name))
            with contextlib.suppress(OSError):
                os.rmdir(folder)
        os.rename(older, folder)
    finally:
        lock.release()
