"""The log file of an unexpected error, so that the terminal stays readable."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback

from portman import __version__


def write_log(command: str, error: Exception) -> str:
    """Append version, command and traceback to bug.log in the state folder; return its path.

    Falls back to the temporary folder; returns "" if nothing can be written at all.
    """
    text = (
        f"portman {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n"
        f"command: {command}\n{''.join(traceback.format_exception(error))}\n"
    )
    for folder in _folders():
        path = os.path.join(folder, "bug.log")
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(path, flags, 0o600), "a", errors="backslashreplace") as log:
                log.write(text)
        except OSError:
            continue
        return path
    return ""


def _folders() -> list[str]:
    from portman.base.errors import PortmanError
    from portman.state.folder import state_folder

    try:
        state = [state_folder()]
    except PortmanError:
        state = []
    return [*state, os.path.join(tempfile.gettempdir(), f"portman-{os.getpid()}")]
