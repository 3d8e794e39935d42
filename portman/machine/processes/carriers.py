"""What environments say of processes; Linux only: who carries an instance, who works for whom.

Doubt counts as a carrier, and not as a worker.
"""

from __future__ import annotations

import os
import sys

if sys.platform == "linux":
    from portman.machine.processes.linux import facts, start_mark
else:
    from portman.machine.processes.portable import facts, start_mark


_MOST_ENVIRONMENT = 1 << 22


def is_hidden(pid: int) -> bool:
    """Return whether there is such a process, though /proc does not show it (`hidepid`)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return not start_mark(pid)  # it may have appeared just now


def carries(claim: str, since: int, user: str) -> bool:
    """Return whether a process started at `since` (in ticks) or later carries the claim.

    Also where one of `user` hides or has overwritten its environment, and where /proc leaves
    processes out (`hidepid`).
    """
    if not os.path.exists("/proc/1"):
        return True
    for name in os.listdir("/proc"):
        if not name.isdigit() or 0 < start_mark(int(name)) < since:
            continue
        found = facts(int(name))
        if found is None:
            if is_hidden(int(name)):
                return True
            continue
        if found.zombie:
            continue
        if found.claims_checkout == claim:
            return True
        if user in (found.user, str(found.uid), "") and _is_doubtful(found.pid):
            return True
    return False


def _is_doubtful(pid: int) -> bool:
    """Return whether a process hides its environment, or has written a title over it."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            entries = file.read(_MOST_ENVIRONMENT)
    except PermissionError:
        return True
    except OSError:
        return False  # it has ended meanwhile
    return bool(entries) and b"=" not in entries


#: In the environment of every worker of Node's cluster module, PM2's among them.
_WORKER = b"NODE_UNIQUE_ID="


def workers(pid: int, port: int) -> list[int]:
    """Return the workers of Node's cluster that this process listens for on `port`.

    The process that starts them has all the listening sockets, and theirs may be several
    projects'. A worker serves a port that it was given in its environment.
    """
    found = []
    for child in children(pid):
        try:
            with open(f"/proc/{child}/environ", "rb") as file:
                entries = file.read(_MOST_ENVIRONMENT).split(b"\0")
        except OSError:
            continue
        if any(one.startswith(_WORKER) for one in entries):
            values = {name: value for name, _, value in (one.partition(b"=") for one in entries)}
            told = [values[b"PORT"]] if values.get(b"PORT") else list(values.values())
            if b"%d" % port in told:
                found.append(child)
    return found


def children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                found += map(int, file.read().split())
    except OSError:
        return found
    return found
