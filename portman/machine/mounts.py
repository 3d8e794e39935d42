"""Which folder a path leads to, as evidence that also counts in another view of the machine.

A sandbox, a container or an unmounted disk shows other folders at the same paths, or none. The
evidence says where a folder lies inside its file system: that place is the same in every view, so
a folder is certainly gone only where that very place can be seen, and is empty. "No such file"
alone is doubt.
"""

from __future__ import annotations

import os
import stat
import sys
from functools import cache

from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Literal

    #: What this view of the machine shows at a recorded path: the folder (or its successor at the
    #: same place); that it was deleted; nothing that proves either; a folder of another file
    #: system.
    Sight = Literal["here", "gone", "unseen", "other"]

    #: The evidence of folders that was found before, by path.
    Folders = dict[str, "FolderEvidence | None"]


class FolderEvidence(NamedTuple):
    """Where a folder lies: run of the machine, device, inode, kind of file system, path inside it.

    `kind` tells file systems apart whose device number was used again: the type, its id
    (statvfs), and what else names it. It begins with "?" where nothing of that could.
    """

    boot: str
    device: int
    inode: int
    kind: str
    inner: str

    def text(self) -> str:
        """Return it as the ledger keeps it."""
        return "\n".join((self.boot, str(self.device), str(self.inode), self.kind, self.inner))


def evidence(path: str) -> FolderEvidence | None:
    """Return the evidence of the folder at the real path `path`; None without one or in doubt."""
    try:
        return _examine(path)
    except OSError:
        return None


def identity(path: str) -> tuple[int, int]:
    """Return device and inode of what lies at `path` now; zeros if that cannot be seen."""
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)


def parsed(text: str) -> FolderEvidence | None:
    """Return the evidence that `text` keeps; None for "" (an old ledger has none)."""
    fields = text.split("\n", 4)
    if len(fields) != 5 or not fields[1].isdigit() or not fields[2].isdigit():
        return None
    return FolderEvidence(fields[0], int(fields[1]), int(fields[2]), fields[3], fields[4])


def look(path: str, recorded: str, folders: Folders | None = None) -> Sight:
    """Return what this view of the machine knows of the folder that was recorded at `path`.

    Who asks for many passes the same `folders`: each folder above them is examined once.
    """
    folders = {} if folders is None else folders
    known = parsed(recorded)
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return "gone" if known and _is_empty(path, known, folders) else "unseen"
    except OSError:
        return "unseen"
    if not stat.S_ISDIR(found.st_mode):
        return "gone" if known and _is_empty(path, known, folders) else "unseen"
    if known is None or (found.st_dev, found.st_ino) == (known.device, known.inode):
        return "here"
    now = evidence(path)
    return "here" if now is None or _is_same(known, now) else "other"


def choose(path: str, recorded: list[str]) -> int | None:
    """Return which of these recorded folders the one at `path` is; None if it is none of them.

    A record without evidence is anybody's, the last to be chosen. Where no folder can be seen
    at `path`, it is the first.
    """
    seen = [look(path, one) for one in recorded]
    ranks = [
        (not recorded[at], at) for at in range(len(seen)) if seen[at] in ("here", "gone", "unseen")
    ]
    sure = [rank for rank in ranks if seen[rank[1]] == "here"]
    return min(sure or ranks, default=(False, None))[1]


def born(path: str) -> int:
    """Return when a folder was made, in whole Unix seconds; 0 where the system does not say."""
    try:
        found = os.stat(path)
    except OSError:
        return 0
    if sys.platform == "linux":
        return _birth(path)
    return int(getattr(found, "st_birthtime", found.st_ctime if sys.platform == "win32" else 0))


def _is_same(known: FolderEvidence, now: FolderEvidence) -> bool:
    """Return whether both are one folder, or one was made again at the place of the other."""
    if (known.device, known.kind) == (now.device, now.kind):
        return known.inner == now.inner or known.inode == now.inode
    # Device numbers change with a restart and a mount; the file systems' own names do not.
    alike = (known.kind, known.inner, known.inode) == (now.kind, now.inner, now.inode)
    return alike and (known.boot != now.boot or not known.kind.startswith("?"))


def _is_empty(path: str, known: FolderEvidence, folders: Folders) -> bool:
    """Return whether the recorded place can be seen from here, and has no folder."""
    above, name = os.path.split(path)
    names = [name]
    while above not in folders and not os.path.isdir(above):
        above, name = os.path.split(above)
        names.append(name)
        if not name:
            return False
    if above not in folders:
        folders[above] = evidence(above)
    now = folders[above]
    if now is None or known.kind.startswith("?"):
        return False
    inner = os.path.join(now.inner, *reversed(names))
    return (now.device, now.kind, inner) == (known.device, known.kind, known.inner)


@cache
def boot_id() -> str:
    """Return which run of the machine this is, "-" if that is unknown; Linux only.

    Receipts read it too (state/receipts:moment): their lane does not load this module.
    """
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="utf-8") as file:
            return file.read(8)
    except OSError:
        return "-"


if sys.platform == "linux":
    _AT_FDCWD, _STATX_BTIME = -100, 0x800

    def _examine(path: str) -> FolderEvidence | None:
        descriptor = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            found = os.fstat(descriptor)
            mount = _mount(path, descriptor)
            identity = os.statvfs(descriptor).f_fsid
        finally:
            os.close(descriptor)
        if mount is None:
            return None
        inner, words = mount
        kind = _kind(words, found.st_dev, identity)
        return FolderEvidence(boot_id(), found.st_dev, found.st_ino, kind, inner)

    def _birth(path: str) -> int:
        """Return stx_btime of statx(2), which os.stat leaves out; 0 if the file system has none."""
        import ctypes  # asked of containers alone

        try:
            ask = ctypes.CDLL(None).statx
        except (OSError, AttributeError):
            return 0
        answer = ctypes.create_string_buffer(256)
        if ask(_AT_FDCWD, os.fsencode(path), 0, _STATX_BTIME, answer):
            return 0
        mask = int.from_bytes(answer.raw[:4], sys.byteorder)
        seconds = int.from_bytes(answer.raw[80:88], sys.byteorder, signed=True)
        return seconds if mask & _STATX_BTIME else 0

    def _mount(path: str, descriptor: int) -> tuple[str, list[bytes]] | None:
        """Return the inner path of an open folder, and type, source and options of its mount.

        From proc_pid_mountinfo(5). None for a folder shown under a name out of reach from here.
        """
        with open(f"/proc/self/fdinfo/{descriptor}", encoding="utf-8") as file:
            number = next((line[7:].strip() for line in file if line.startswith("mnt_id:")), "")
        start = f"{number} ".encode()
        with open("/proc/self/mountinfo", "rb") as table:
            line = next((one for one in table if one.startswith(start)), b"")
        before, _, after = line.partition(b" - ")
        fields, words = before.split(b" "), after.split()
        if len(fields) < 5 or len(words) < 2:
            return None
        root, point = _unescaped(fields[3]), _unescaped(fields[4])
        inside = os.path.relpath(path, point)
        if inside.split(os.sep, 1)[0] == os.pardir:
            return None
        return os.path.normpath(os.path.join(root, inside)), words

    def _kind(words: list[bytes], device: int, identity: int) -> str:
        """Return what tells this file system from another one with its device number later on."""
        name, source = os.fsdecode(words[0]), os.fsdecode(words[1])
        if name == "overlay":
            options = os.fsdecode(words[-1]).split(",")
            more = next((one for one in options if one.startswith("upperdir=")), "")
            sure = bool(more)
        else:
            more = source if name.startswith("nfs") else ""
            sure = bool(os.major(device) or identity or more)
        return f"{'' if sure else '?'}{name}:{identity:x}:{more}"

    def _unescaped(field: bytes) -> str:
        for code, sign in (
            (b"\\040", b" "),
            (b"\\011", b"\t"),
            (b"\\012", b"\n"),
            (b"\\134", b"\\"),
        ):
            field = field.replace(code, sign)
        return os.fsdecode(field)

else:

    def _examine(path: str) -> FolderEvidence | None:
        """Here a path leads to the same file system for every process."""
        found = os.stat(path)
        if not stat.S_ISDIR(found.st_mode):
            return None
        point = path
        while not os.path.ismount(point) and os.path.dirname(point) != point:
            point = os.path.dirname(point)
        kind = f"{sys.platform}:{point}"
        return FolderEvidence(boot_id(), found.st_dev, found.st_ino, kind, path)


def folders_up(path: str) -> tuple[tuple[int, int], ...]:
    """Return (device, inode) of a folder and of all above it; () if it is not there."""
    found = []
    while True:
        try:
            seen = os.stat(path)
        except OSError:
            return ()
        found.append((seen.st_dev, seen.st_ino))
        above = os.path.dirname(path)
        if above == path:
            return tuple(found)
        path = above
