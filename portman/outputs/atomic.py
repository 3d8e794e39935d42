"""Replace a file in one step: a reader, or a kill at any moment, finds the old one or the new.

The new content goes to a file of its own in the same folder, to the disk, then over the old
name. A hard link to the old file keeps the old content, as with every program that does this.

A file that is a mount of its own (`docker run -v ./.env:/app/.env`) cannot be replaced: rename(2)
gives EBUSY. It is written in place if every foreign byte keeps its place, so that a kill in the
middle can damage nothing but portman's own lines.

What remains: between the last look at the old file and the rename lie a few microseconds in
which another program's change to it would be lost. No call that Python offers closes them.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time

from portman.base.errors import PortmanError
from portman.base.small_file import swap, to_disk
from portman.base.system_commands import typed

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

_PREFIX, _SUFFIX = ".portman-", ".tmp"

#: Seconds after which a temporary file is a leftover, whatever its process number says.
_STALE = 60

_CAUSES = {
    errno.ENOSPC: "no space is left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "permission denied",
    errno.EPERM: "it is immutable, or another user's in a folder with the sticky bit",
    errno.EROFS: "the file system is read-only",
    errno.EIO: "the disk reported an error",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.ELOOP: "its links lead in a circle",
    errno.EBUSY: "it is a mount of its own (a bind mount), which no file can replace",
}

_HINTS = {
    errno.ENOSPC: "make room, then run portman up again",
    errno.EDQUOT: "make room, then run portman up again",
    errno.EROFS: "choose another path for the output, or remount",
    errno.EIO: "look at the system's log: the disk may be failing",
    errno.EBUSY: "move portman's lines to the end of the file, or mount its folder instead of it",
}

_ACL = "system.posix_acl_access"


class ChangedError(Exception):
    """Another program changed the file after it was read: read it again."""


def replace(  # noqa: PLR0913 - what is known of the file
    path: str,
    data: bytes,
    *,
    like: os.stat_result | None,
    shown: str = "",
    real: bool = False,
    tail: int = 0,
) -> bool:
    """Make `data` the content of `path`, whole or not at all; return whether it was replaced.

    False: it is a mount of its own, so it was written in place. `tail` are the bytes at its end,
    in both contents, that are another's: they must not move then.

    `like` is what os.fstat said when the old content was read, None for no file. Mode, owner,
    group and (on Linux) extended attributes are kept: a group that cannot be kept loses its
    rights, an owner that cannot is accepted where the file was writable to us. A new file gets
    what the umask and the folder say. `shown` is what messages call the file. `real` says that
    no part of the path is a link: on Linux the folder is then held open, and none that a link
    leads to meanwhile is written in (ChangedError).

    Raises ChangedError if the file is no longer the one that was read, and PortmanError
    "output-unwritable" with the cause in plain words; the file is whole then: the old one, or
    the new one if only the last step, making the rename last, has failed.
    """
    folder = os.path.dirname(path) or "."
    held = None
    try:
        held = _hold(folder) if real else None
        _check_writable(path, like, held)
        sweep(folder)
        temporary = _temporary(path)
        try:
            _write(temporary, data, path, like, held)
            _check_unchanged(path, like, held)
            _rename(temporary, path, held)
        except OSError as error:
            _remove_quietly(temporary, held)
            if like is None or not _is_mount(error, like, folder):
                raise
            if tail and len(data) != like.st_size:
                raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), path) from error
            _write_in_place(path, data, like, held)
            return False
        except BaseException:
            _remove_quietly(temporary, held)
            raise
        _sync_folder(folder)
    except OSError as error:
        raise unwritable(shown or path, error) from error
    finally:
        if held is not None:
            os.close(held)
    return True


def _is_mount(error: OSError, like: os.stat_result, folder: str) -> bool:
    """Return whether the file could not be replaced because it is a mount of its own.

    Beside it no file may be possible at all: a container's own file system may be read-only.
    """
    if error.errno == errno.EBUSY:
        return True
    refused = error.errno in (errno.EROFS, errno.EACCES, errno.EPERM, errno.EXDEV)
    return refused and os.stat(folder).st_dev != like.st_dev


def _write_in_place(path: str, data: bytes, like: os.stat_result, held: int | None) -> None:
    """Write from the first byte that differs. If the system refuses that, the old bytes return."""
    flags = os.O_RDWR | open_flags("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC")
    descriptor = os.open(_at(path, held), flags, dir_fd=held)
    try:
        if _state(os.fstat(descriptor)) != _state(like):
            raise ChangedError(path)
        with os.fdopen(os.dup(descriptor), "rb") as stream:
            old = stream.read(like.st_size)
        first = _shared_start(old, data)
        try:
            _write_from(descriptor, data, first)
        except OSError:
            _write_from(descriptor, old, first)
            raise
        to_disk(descriptor)
    finally:
        os.close(descriptor)


def _shared_start(old: bytes, new: bytes) -> int:
    """Return how many bytes the two begin with alike."""
    most = min(len(old), len(new))
    return next((at for at in range(most) if old[at] != new[at]), most)


def _write_from(descriptor: int, data: bytes, first: int) -> None:
    at = os.lseek(descriptor, first, os.SEEK_SET)
    while at < len(data):
        at += os.write(descriptor, data[at:])
    os.ftruncate(descriptor, len(data))


def _hold(folder: str) -> int | None:
    """Open a folder whose path has no links, to work in it whatever becomes of the path.

    Raises ChangedError if it is another by now. None where the system has no such handle.
    """
    if not hasattr(os, "O_PATH") or not os.path.isabs(folder):
        return None
    try:
        held = os.open(folder, os.O_PATH | open_flags("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC"))
    except NotADirectoryError:  # which a link is, opened so
        raise ChangedError(folder) from None
    try:
        where = os.readlink(f"/proc/self/fd/{held}")
    except OSError:
        return held  # no /proc here: as good as it gets
    if where != os.path.normpath(folder):
        os.close(held)
        raise ChangedError(folder)
    return held


def _at(path: str, held: int | None) -> str:
    return path if held is None else os.path.basename(path)


def _rename(temporary: str, path: str, held: int | None) -> None:
    """Put the file in its place. Windows knows no folder handles, and refuses even None."""
    if held is None:
        swap(temporary, path)
    else:
        os.replace(_at(temporary, held), _at(path, held), src_dir_fd=held, dst_dir_fd=held)


def _check_writable(path: str, like: os.stat_result | None, held: int | None) -> None:
    """Refuse a file that is there but not ours to write: a rename would not ask."""
    _check_unchanged(path, like, held)
    if like is not None:  # not os.access, which does not tell "read-only" from "denied"
        flags = os.O_WRONLY | open_flags("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC")
        os.close(os.open(_at(path, held), flags, dir_fd=held))


def open_flags(*names: str) -> int:
    """Return those of the flags of open() that this platform has."""
    return sum(getattr(os, name, 0) for name in names)


def remove(path: str, *, like: os.stat_result | None, shown: str = "", real: bool = False) -> bool:
    """Remove the file that was read, and make that last; `real` and the result as in `replace`.

    A mount of its own is emptied.

    Raises ChangedError if it is no longer that file, PortmanError "output-unwritable".
    """
    folder = os.path.dirname(path) or "."
    held = None
    try:
        held = _hold(folder) if real else None
        _check_writable(path, like, held)
        sweep(folder)
        try:
            os.unlink(_at(path, held), dir_fd=held)
        except OSError as error:
            if like is None or not _is_mount(error, like, folder):
                raise
            _write_in_place(path, b"", like, held)
            return False
        _sync_folder(folder)
    except OSError as error:
        raise unwritable(shown or path, error) from error
    finally:
        if held is not None:
            os.close(held)
    return True


def unwritable(path: str, error: OSError) -> PortmanError:
    number = error.errno or 0
    cause = _CAUSES.get(number) or os.strerror(number)
    if getattr(error, "winerror", None) in (32, 33):
        cause = "another program has it open"
    look = typed("look", path, os.path.dirname(path) or ".")
    return PortmanError(
        "output-unwritable",
        f"{path} cannot be written: {cause}",
        hint=_HINTS.get(number, f"look at the rights of the file and its folder: {look}"),
        file=path,
    )


def _temporary(path: str) -> str:
    """Return a fresh name in the same folder, by which a later run knows a leftover."""
    folder, name = os.path.split(path)
    short = os.fsdecode(os.fsencode(name)[:120])
    return os.path.join(folder, f"{_PREFIX}{short}-{os.getpid()}-{os.urandom(4).hex()}{_SUFFIX}")


def _write(
    temporary: str, data: bytes, path: str, like: os.stat_result | None, held: int | None
) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | open_flags("O_CLOEXEC", "O_NOFOLLOW", "O_BINARY")
    # A new file is made with 0666, not changed to it later: only so the kernel applies the
    # umask and the folder's default ACL.
    mode = 0o666 if like is None else 0o600
    descriptor = os.open(_at(temporary, held), flags, mode, dir_fd=held)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        if like is not None:
            _keep(descriptor, path, like)
        to_disk(descriptor)
    finally:
        os.close(descriptor)


def _keep(descriptor: int, path: str, like: os.stat_result) -> None:
    """Give the new file the owner, mode and extended attributes of the old one."""
    if sys.platform == "win32":
        return  # the folder's rules apply
    mode = stat.S_IMODE(like.st_mode)
    made = os.fstat(descriptor)
    if like.st_gid != made.st_gid and not _permitted(os.fchown, descriptor, -1, like.st_gid):
        mode &= ~0o2070 | (mode & 0o007) << 3  # another group gets no more than everyone
    if like.st_uid != made.st_uid and not _permitted(os.fchown, descriptor, like.st_uid, -1):
        mode &= ~0o4000
    os.fchmod(descriptor, mode)
    _keep_attributes(descriptor, path)


def _keep_attributes(descriptor: int, path: str) -> None:
    """Copy the extended attributes, access lists among them, as far as we may."""
    if sys.platform != "linux":
        return  # Python has no such calls elsewhere
    try:
        names = os.listxattr(path)
        if _ACL not in names and _ACL in os.listxattr(descriptor):
            os.removexattr(descriptor, _ACL)  # inherited from the folder; the old file had none
    except OSError:
        return  # a file system without them
    for name in names:
        _permitted(lambda name: os.setxattr(descriptor, name, os.getxattr(path, name)), name)


def _permitted(call: Callable[..., None], *arguments: object) -> bool:
    """Make the call; return whether the system permitted it."""
    try:
        call(*arguments)
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EINVAL, errno.ENODATA):
            return False
        raise
    return True


def _check_unchanged(path: str, like: os.stat_result | None, held: int | None = None) -> None:
    """Raise ChangedError unless the file is still the one that was read."""
    try:
        now = os.lstat(_at(path, held), dir_fd=held)
    except FileNotFoundError:
        if like is None:
            return
        raise ChangedError(path) from None
    if like is None or _state(now) != _state(like):
        raise ChangedError(path)


def _state(status: os.stat_result) -> tuple[int, ...]:
    """Return what changes whenever the file does. Not ctime: a new link to it is no change.

    Windows has no execute bits: Python makes them up from the ending of a path (*.cmd), and an
    open file has none.
    """
    mode = status.st_mode & ~0o111 if sys.platform == "win32" else status.st_mode
    return (status.st_dev, status.st_ino, mode, status.st_size, status.st_mtime_ns)


def _sync_folder(folder: str) -> None:
    """Make the rename last. Some systems and file systems have no such call: no error then."""
    if sys.platform == "win32":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | open_flags("O_DIRECTORY", "O_CLOEXEC"))
    except PermissionError:
        return  # a folder one may write but not list
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def sweep(folder: str) -> None:
    """Remove the temporary files that killed runs left: a minute old, or their process gone.

    A process of another container looks gone from here. Its file may then vanish under it;
    it finds that out at the rename, and its user sees an error, never a half file.
    """
    try:
        entries = os.scandir(folder)
    except PermissionError:
        return  # a folder one may write but not list
    with entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and entry.name.endswith(_SUFFIX):
                pid = _writer_of(entry.name)
                if pid:
                    _sweep_one(entry, pid)


def _writer_of(name: str) -> int:
    """Return the process that made a temporary file of this name, 0 if `_temporary` made none."""
    made, pid, random = [*name[len(_PREFIX) : -len(_SUFFIX)].rsplit("-", 2), "", ""][:3]
    shaped = made and len(random) == 8 and not random.strip("0123456789abcdef")
    return int(pid) if shaped and pid.isascii() and pid.isdigit() and pid[0] != "0" else 0


def _sweep_one(entry: os.DirEntry[str], pid: int) -> None:
    """Remove one temporary file of this user if no process can be writing it any more."""
    try:
        seen = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return  # finished in the meantime
    ours = not hasattr(os, "geteuid") or os.geteuid() in (seen.st_uid, 0)
    if not stat.S_ISREG(seen.st_mode) or seen.st_nlink != 1 or not ours:
        return
    if time.time() - seen.st_mtime > _STALE or not _is_alive(pid):
        _remove_quietly(entry.path)


def _is_alive(pid: int) -> bool:
    """Return whether a process has this number. Not asked on Windows: a signal would end it."""
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _remove_quietly(path: str, held: int | None = None) -> None:
    try:  # noqa: SIM105  # contextlib is not on the hot path
        os.unlink(_at(path, held), dir_fd=held)
    except OSError:
        pass
