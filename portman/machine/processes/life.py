"""Is the process that a token names still alive? Tokens are written into the ledger.

A number alone would not do: numbers are used again. The token holds when the process started,
which start of the machine that was, and in which PID namespace the number counts.
"""

from __future__ import annotations

import os
import sys


def token_of(pid: int) -> str:
    """Return `NAMESPACE.BOOT.PID.START` of a living process; fields are "-" where unknown."""
    from portman.machine.processes import start_mark

    return f"{_namespace()}.{_boot()}.{pid}.{start_mark(pid)}"


def is_over(token: str) -> bool:
    """Return whether the process is certainly gone: doubt (another namespace) counts as alive.

    A zombie is gone: it only waits for its parent to ask how it ended.
    """
    from portman.machine.processes import facts

    fields = token.split(".")
    if len(fields) != 4 or not fields[2].isdigit() or not fields[3].isdigit():
        return False
    namespace, boot, pid, started = fields
    if namespace != _namespace():
        return False
    told = facts(int(pid)) if boot == _boot() else None
    return told is None or told.zombie or told.start_mark != int(started)


def _namespace() -> str:
    if sys.platform != "linux":
        return "-"
    try:
        return str(os.stat("/proc/self/ns/pid").st_ino)
    except OSError:
        return "-"


def _boot() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read(8)
    except OSError:
        return "-"
