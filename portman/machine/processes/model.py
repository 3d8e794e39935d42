"""What is worth knowing about one process. No environment value but portman's own two, ever."""

from __future__ import annotations

import sys

from portman.base.record import NamedTuple
from portman.base.system_commands import quoted

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Sequence


class ProcessFacts(NamedTuple):
    """A process as far as this user can see it; what is hidden is None or empty.

    `start_mark` is in units of the platform: it only says whether the process of this number is
    still the same one. `started_at` is Unix time in seconds. `cwd` is None also
    where it lies in a file system that is not ours (a container's); `cwd_deleted` says that the
    folder is gone. `folders` are (device, inode) of the working folder and of those above it,
    nearest first, as the process itself sees them. `leaders` are its process group and session.
    `cgroup` is the path of the cgroup, `unit` the systemd unit in it, else the cgroup. A `stopped`
    process was suspended (Ctrl-Z) and does nothing until it is continued.
    """

    pid: int
    parent: int = 0
    name: str = ""
    argv: tuple[str, ...] = ()
    command: str = ""
    cwd: str | None = None
    cwd_deleted: bool = False
    folders: tuple[tuple[int, int], ...] = ()
    uid: int | None = None
    user: str | None = None
    cgroup: str | None = None
    unit: str | None = None
    claims_checkout: str | None = None
    claims_service: str | None = None
    leaders: tuple[int, ...] = ()
    started_at: float | None = None
    start_mark: int = 0
    zombie: bool = False
    stopped: bool = False


# A process's arguments as one line that a person can read, and that cannot fool a terminal.

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def readable(argv: Sequence[str]) -> str:
    """Return `argv` joined as one would type it, control characters made visible.

    A title that a program wrote over its arguments (`nginx: master process ...`) is one argument,
    or one and empty ones: it is shown unquoted.
    """
    if argv and not any(argv[1:]):
        return visible(argv[0].rstrip())
    if sys.platform == "win32":
        return visible(" ".join(quoted(one) or one for one in argv))
    import shlex

    return visible(shlex.join(argv))


def visible(text: str) -> str:
    r"""Return `text` with everything unprintable as an escape such as `\n`, `\x1b` or `\u202e`.

    That covers terminal escapes, characters that reverse the text, and undecodable bytes.
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else _escape(letter) for letter in text)


def _escape(letter: str) -> str:
    number = ord(letter)
    if letter in _NAMED:
        return _NAMED[letter]
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
