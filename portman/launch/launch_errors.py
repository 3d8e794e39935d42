"""Why a command could not be started, with the exit codes that shells use."""

from __future__ import annotations

import errno
import os

from portman.base.errors import PortmanError
from portman.base.text import printable


def not_started(program: str, error: OSError, env: dict[str, str]) -> Exception:
    """Return the error for a command that could not be started, with the shell's exit codes."""
    shown = printable(program)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        if os.sep in program and os.path.exists(program):
            return PortmanError(
                "command-refused",
                f"{shown} is there, but the interpreter in its first line is not",
                hint=f"look at its first line: head -1 {shown}",
            )
        where = "" if os.sep in program else " in any folder of PATH"
        return PortmanError(
            "command-missing",
            f"there is no {shown}{where}",
            hint=f"try it without portman: command -v {shown}",
        )
    reason = "it is a folder" if os.path.isdir(program) else (error.strerror or str(error))
    return PortmanError(
        "command-refused",
        f"{shown} cannot be started: {reason}",
        hint=f"is it a program? ls -l {found(program, env)}",
    )


def found(program: str, env: dict[str, str]) -> str:
    """Return where a program is, or its name if it is nowhere."""
    import shutil

    return shutil.which(program, path=env.get("PATH")) or program
