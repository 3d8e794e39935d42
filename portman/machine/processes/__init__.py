"""Facts of one process, and signals to exactly that process. This platform's functions.

`facts(pid)`, `ancestors(pid)`, `start_mark(pid)`, `user_name(uid)` and `ProcessHandle`; and the
tokens that name a process in the ledger, where numbers are used again: a token holds when the
process started (a mark that no clock step changes), in which run of the machine, and in which PID
namespace its number counts.
"""

from __future__ import annotations

import os
import sys

if sys.platform == "linux":
    from portman.machine.mounts import boot_id
    from portman.machine.processes.carriers import carries, children, is_hidden, workers
    from portman.machine.processes.linux import (
        ProcessHandle,
        ancestors,
        facts,
        hidden_processes,
        open_sockets,
        parents,
        start_mark,
        user_name,
    )
else:
    from portman.machine.processes.portable import (
        ProcessHandle,
        ancestors,
        boot_id,
        carries,
        children,
        facts,
        hidden_processes,
        is_hidden,
        open_sockets,
        parents,
        start_mark,
        user_name,
        workers,
    )

#: PROC_PID_INIT_INO of the kernel: the namespace that sees every process.
_FIRST_PID_NAMESPACE = str(0xEFFFFFFC)

__all__ = [
    "ProcessHandle",
    "ancestors",
    "boot_id",
    "children",
    "facts",
    "hidden_processes",
    "is_carried",
    "is_over",
    "open_sockets",
    "parents",
    "start_mark",
    "token_of",
    "user_name",
    "why_unseen",
    "workers",
]


def why_unseen() -> str:
    """Return why no process shows a socket of a user whose processes we may look at."""
    if sys.platform != "linux":
        return "the system does not show which process has it"
    if _namespace() != _FIRST_PID_NAMESPACE:
        return "portman runs in a PID namespace and sees only the processes in it"
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as mounts:
        if any(" /proc " in line and "hidepid=" in line for line in mounts):
            return "/proc is mounted with hidepid"
    return "no process has it open: it is the kernel's, or on its way from one process to another"


def token_of(pid: int) -> str:
    """Return `NAMESPACE.BOOT.PID.START` of a living process; fields are "-" where unknown."""
    return f"{_namespace()}.{boot_id()}.{pid}.{start_mark(pid)}"


def is_over(token: str) -> bool:
    """Return whether the process is certainly gone: doubt (another namespace) counts as alive.

    A zombie is gone: it only waits for its parent to ask how it ended.
    """
    fields = token.split(".")
    if len(fields) != 4 or not fields[2].isdigit() or not fields[3].isdigit():
        return False
    namespace, boot, pid, started = fields
    if namespace != _namespace():
        return False
    if boot != "-" != boot_id() != boot:
        return True
    found = facts(int(pid))
    if found is None:
        return not is_hidden(int(pid))
    return found.zombie or found.start_mark != int(started)


def is_carried(claim: str, owners: tuple[str, ...], user: str) -> bool:
    """Return whether a process has the claim (PORTMAN_CHECKOUT) in its environment, or may have.

    `owners` are the tokens of processes of `user` that had it first: the others started later, in
    the same run of the machine. What hides its environment from this user may carry it.
    """
    began = [token.split(".") for token in owners]
    marks = [int(fields[3]) for fields in began if len(fields) == 4 and fields[1] == boot_id()]
    return bool(marks) and carries(claim, min(marks), user)


def _namespace() -> str:
    if sys.platform != "linux":
        return "-"
    try:
        return str(os.stat("/proc/self/ns/pid").st_ino)
    except OSError:
        return "-"
