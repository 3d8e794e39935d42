"""Where a sandbox denies `bind`: the kernel's tables answer instead of a probe.

Loaded only once a bind failed for another reason than a port that is taken. The tables show every
socket of this network namespace except, before Linux 6.8, one that is only bound.
"""

from __future__ import annotations

import errno
import sys

from portman.base.errors import Problem, pending
from portman.machine.sockets.model import no_answer

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.machine.sockets.model import Probe

#: The ports that could not be tried.
untried: list[int] = []
#: seccomp and seatbelt answer EPERM; landlock EACCES, which for ports below 1024 the kernel
#: itself answers; container engines ENOSYS; systemd's RestrictAddressFamilies and firejail's
#: protocol filter refuse the family, of IPv4 too.
ERRORS = frozenset((errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EAFNOSUPPORT, errno.EOPNOTSUPP))


def is_denied(error: OSError, port: int) -> bool:
    """Return whether the system refuses to bind a port that any user may bind."""
    if error.errno != errno.EACCES:
        return error.errno in ERRORS
    from portman.machine.port_range import unprivileged_port_start

    return port >= unprivileged_port_start()


def without_bind(port: int, protocol: str, host: str, error: OSError) -> Probe:
    """Return what a failed bind means. Raises PortmanError `probe-failed` if that is unknown."""
    if error.errno in ERRORS and is_denied(error, port):
        return judge(port, protocol, host, error)
    if error.errno == errno.EACCES:
        return "privileged"
    raise no_answer(port, protocol, error) from error


def judge(port: int, protocol: str, host: str, error: OSError) -> Probe:
    """Return what the tables show. Raises PortmanError `probe-failed` where they cannot be read."""
    if sys.platform == "linux":
        from portman.machine.sockets.tables import read_table, why_unknown
    else:
        from portman.machine.sockets.listing_portable import read_table, why_unknown

    found = read_table([(protocol, port)])
    if why_unknown():
        raise no_answer(port, protocol, error)
    untried.append(port)
    if len(untried) == 1:
        pending.append(
            Problem(
                "bind-denied",
                "a sandbox denies binding ports here; the verdicts are from the kernel's tables",
                "what the sandbox must allow: portman doctor",
            )
        )
    return "busy" if any(not host or one.conflicts(host) for one in found) else "idle"
