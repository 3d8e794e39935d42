"""Whether the state folder may be trusted, which mode its files get, and the errors if it fails.

Trust and modes are POSIX only; on Windows the access lists of the profile folder do this work.
"""

from __future__ import annotations

import errno
import os
import stat
import sys

from portman.base.errors import PortmanError, Problem, pending
from portman.base.record import NamedTuple
from portman.base.system_commands import typed, word
from portman.state import PORTMAN_HOME

_POSIX = sys.platform != "win32"
_STATE = "The state folder "
#: Never "use another folder": two ledgers of one user would hand out the same ports.
_OTHER_STATE = "see the state folder: portman where"


class FolderMode(NamedTuple):
    """How the state folder is used: the mode of new files; `gid` is set if it is shared."""

    exists: bool
    file_mode: int = 0o600
    gid: int | None = None

    @property
    def shared(self) -> bool:
        """Whether several users keep this ledger together."""
        return self.gid is not None


def is_chosen() -> bool:
    """Whether the user named the state folder (only such a folder may be shared)."""
    return bool(os.environ.get(PORTMAN_HOME))


def folder_mode(folder: str, *, shareable: bool | None) -> FolderMode:
    """Look at the state folder without touching it.

    A folder is shared on purpose if the user named it (`shareable`; None: with PORTMAN_HOME), its
    group may write and others may not. Raises PortmanError "ledger-foreign" for another user's
    folder or a symbolic link that another user made, "ledger-unusable" if it is not a folder.
    """
    _refuse_planted_links(folder)
    try:
        found = os.stat(folder)
    except FileNotFoundError:
        _refuse_root_in_a_home(folder)
        return FolderMode(exists=False)
    except OSError as error:
        raise unusable(
            folder, f"cannot be examined: {error.strerror}", _look_at(folder), _STATE
        ) from error
    if not stat.S_ISDIR(found.st_mode):
        hint = f"{_look_at(folder)}\nMove it away: " + typed("move", folder, f"{folder}.old")
        raise unusable(folder, "is a file, but it should be a folder", hint, _STATE)
    return _mode_of(folder, found, shareable=is_chosen() if shareable is None else shareable)


def check_file(path: str, folder: FolderMode) -> os.stat_result | None:
    """Return the file's state, or None if it is absent.

    Raises PortmanError "ledger-foreign" for another user's file or link in a folder that is
    not shared, "ledger-unusable" if a folder, FIFO or device is in its place.
    """
    _refuse_planted_link(path)
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unusable(
            path, f"cannot be examined: {error.strerror}", _look_at(path), _STATE
        ) from error
    if not stat.S_ISREG(found.st_mode):
        kind = "a folder" if stat.S_ISDIR(found.st_mode) else "not a regular file"
        raise PortmanError(
            "ledger-unusable",
            f"{path} should be portman's ledger, but it is {kind}.",
            hint="Move it away: " + typed("move", path, f"{path}.old"),
            file=path,
        )
    if _POSIX and found.st_uid != _me() and not folder.shared:
        raise _foreign_file(path, found.st_uid)
    return found


def make_folder(folder: str) -> None:
    """Make the state folder and what is missing above it, for this user only (0700).

    Raises PortmanError "ledger-unusable".
    """
    missing = []
    step = folder
    while step and not os.path.isdir(step):
        missing.append(step)
        step = os.path.dirname(step)
    for path in reversed(missing):
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            continue
        except OSError as error:
            hint = allowing(folder) if error.errno in _READ_ONLY_ERRNO else _look_at(step)
            raise unusable(folder, f"cannot be made: {error.strerror}", hint, _STATE) from error


def set_file_mode(descriptor: int, folder: FolderMode) -> None:
    """Give a file just made the mode and group of the folder, whatever the umask says."""
    if sys.platform == "win32":
        return
    if folder.gid is not None and os.fstat(descriptor).st_gid != folder.gid:
        os.fchown(descriptor, -1, folder.gid)
    os.fchmod(descriptor, folder.file_mode)


def user_name(uid: int) -> str:
    if sys.platform != "win32":
        import pwd

        try:
            return pwd.getpwuid(uid).pw_name
        except KeyError:
            pass
    return f"uid {uid}"


def _me() -> int:
    """Return this user's number, -1 on Windows, where users have none."""
    if sys.platform == "win32":
        return -1
    return os.geteuid()


def _my_group() -> int:
    if sys.platform == "win32":
        return -1
    return os.getegid()


def _look_at(path: str) -> str:
    return "See: " + typed("look", path)


def _mode_of(folder: str, found: os.stat_result, *, shareable: bool) -> FolderMode:
    if not _POSIX:
        return FolderMode(exists=True)
    group_only = found.st_mode & stat.S_IWGRP and not found.st_mode & stat.S_IWOTH
    if shareable and group_only:
        _require_group_inheritance(folder, found)
        return FolderMode(exists=True, file_mode=0o660, gid=found.st_gid)
    if found.st_uid != _me():
        raise _foreign_folder(folder, found)
    if group_only and found.st_gid == _my_group():
        os.chmod(folder, stat.S_IMODE(found.st_mode) & ~stat.S_IWGRP)  # a umask of 002, no purpose
        pending.append(_closed(folder, found.st_gid))
    elif found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PortmanError(
            "ledger-foreign",
            f"Other users may write in the state folder {folder}, so they could put files there "
            "that portman would believe. Nothing was changed.",
            hint=f"Keep it to yourself: chmod go-w {word(folder)}",
            file=folder,
        )
    return FolderMode(exists=True)


def _closed(folder: str, gid: int) -> Problem:
    said = f"group {gid} could write in the state folder {folder}; it is yours alone again"
    return Problem("state-closed", said, "portman where", file=folder)


def _require_group_inheritance(folder: str, found: os.stat_result) -> None:
    """SQLite makes its log with the maker's own group unless the folder hands its group down."""
    if found.st_mode & stat.S_ISGID or sys.platform in ("darwin", "win32"):
        return
    if found.st_uid == _me() and found.st_gid == _my_group():
        return
    raise PortmanError(
        "ledger-unusable",
        f"The shared state folder {folder} does not hand its group down to new files, so its "
        "users would lock each other out.",
        hint=f"Run: chmod g+s {word(folder)}",
        file=folder,
    )


def _refuse_planted_links(folder: str) -> None:
    step = folder
    while True:
        _refuse_planted_link(step)
        parent = os.path.dirname(step)
        if parent == step:
            return
        step = parent


def _refuse_planted_link(path: str) -> None:
    """Follow links that this user or root made; another user may have planted any other."""
    if not _POSIX:
        return
    try:
        found = os.lstat(path)
    except OSError:
        return
    if stat.S_ISLNK(found.st_mode) and found.st_uid not in (_me(), 0):
        raise PortmanError(
            "ledger-foreign",
            f"{path} is a symbolic link that {user_name(found.st_uid)} made, so portman does not "
            "follow it.",
            hint=_look_at(path),
            file=path,
        )


def _refuse_root_in_a_home(folder: str) -> None:
    """Root would leave a folder behind that its owner can neither use nor remove."""
    if not _POSIX or _me() != 0:
        return
    above = os.path.dirname(folder)
    while not os.path.isdir(above):
        above = os.path.dirname(above)
    owner = os.stat(above).st_uid
    if owner != 0:
        raise _foreign_to_root(folder, owner)


def _foreign_folder(folder: str, found: os.stat_result) -> PortmanError:
    if _me() == 0:
        return _foreign_to_root(folder, found.st_uid)
    return PortmanError(
        "ledger-foreign",
        f"The state folder {folder} belongs to {user_name(found.st_uid)} and is not shared.",
        hint="see which folder is in use, and why: portman where\n"
        f"To share it, its owner runs: chmod g+ws,o-w {word(folder)}",
        file=folder,
    )


def _foreign_to_root(folder: str, owner: int) -> PortmanError:
    name = user_name(owner)
    return PortmanError(
        "ledger-foreign",
        f"You are root, but the state folder {folder} belongs to {name}; files that root makes "
        f"there would lock {name} out.",
        hint=f"Run portman as {name}",
        file=folder,
    )


def _foreign_file(path: str, owner: int) -> PortmanError:
    return PortmanError(
        "ledger-foreign",
        f"{path} belongs to {user_name(owner)}, but its folder is not shared.",
        hint=f"If it should be yours: sudo chown {_me()} {word(path)}*",
        file=path,
    )


def shared_subfolder(state: str, name: str) -> tuple[str, FolderMode]:
    """Make `name` in the state folder if it is missing; return its path and the mode of its files.

    In a state folder that several users share, all of them may use it. Raises PortmanError
    "ledger-foreign" if another user made it (or a link in its place) in a folder that is not
    shared, "ledger-unusable" if it cannot be made or is not a folder.
    """
    shareable = is_chosen()
    mode = folder_mode(state, shareable=shareable)
    if not mode.exists:
        make_folder(state)
        mode = folder_mode(state, shareable=shareable)
    path = os.path.join(state, name)
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        _check_subfolder(path, mode)
    except OSError as error:
        raise unusable(path, f"cannot be made: {error.strerror}", _OTHER_STATE, "") from error
    else:
        _share_with_group(path, mode)
    return path, mode


def _check_subfolder(path: str, mode: FolderMode) -> None:
    """Refuse anything but a folder: a link planted there would lead our files elsewhere."""
    found = os.lstat(path)
    if not stat.S_ISDIR(found.st_mode):
        raise unusable(
            path, "should be a folder that portman made, but it is not", _OTHER_STATE, ""
        )
    if not mode.shared and _POSIX and found.st_uid != _me():
        raise PortmanError(
            "ledger-foreign",
            f"{path} belongs to {user_name(found.st_uid)}, but its folder is not shared.",
            hint=_OTHER_STATE,
            file=path,
        )


def _share_with_group(path: str, mode: FolderMode) -> None:
    if sys.platform == "win32" or mode.gid is None:
        return
    if os.stat(path).st_gid != mode.gid:
        os.chown(path, -1, mode.gid)
    os.chmod(path, 0o2770)  # noqa: S103  # as shared as the folder it is in, no more


# Errors of the system about a file of the state folder, for the ledger and for its locks.

_READ_ONLY_ERRNO = (errno.EACCES, errno.EPERM, errno.EROFS)
_FULL_ERRNO = (errno.ENOSPC, errno.EDQUOT)


def from_system(error: OSError, path: str, doing: str, kind: str = "The ledger ") -> PortmanError:
    """Return "ledger-unusable" with the cause; `doing` is "read" or "written"."""
    if error.errno in _FULL_ERRNO:
        return full(path, kind)
    if error.errno in _READ_ONLY_ERRNO:
        return forbidden(path, doing, kind)
    hint = "Look at the disk, and at dmesg: " + typed("space", os.path.dirname(path))
    return unusable(path, f"cannot be {doing}: {error.strerror}", hint, kind)


def allowing(folder: str) -> str:
    """Return what the sandboxes of agent apps must be told, by the app's name, a line each."""
    import json  # a rare path

    name = json.dumps(folder)
    return (
        "Claude Code, in .claude/settings.json: "
        f'"sandbox": {{"filesystem": {{"allowWrite": [{name}]}}}}\n'
        f"Codex, in ~/.codex/config.toml: [sandbox_workspace_write] writable_roots = [{name}]\n"
        f'Cursor, in ~/.cursor/sandbox.json: "additionalReadwritePaths": [{name}]\n'
        f"Gemini CLI: SANDBOX_MOUNTS={folder}:{folder}:rw\n"
        "or ask the MCP server, which most apps start outside their sandbox: portman integrate mcp"
    )


def full(path: str, kind: str = "The ledger ") -> PortmanError:
    hint = "Free some space and run it again: " + typed("space", os.path.dirname(path))
    return unusable(path, "cannot be written: the disk is full. Nothing was changed", hint, kind)


def forbidden(path: str, doing: str, kind: str = "The ledger ") -> PortmanError:
    """Return the error for a file that may not be read or written; a sandbox must allow it."""
    hint = f"See: {typed('look', os.path.dirname(path))}\n{allowing(os.path.dirname(path))}"
    return unusable(path, f"cannot be {doing}: {_why_forbidden(path)}", hint, kind)


def unusable(path: str, what: str, hint: str, kind: str = "The ledger ") -> PortmanError:
    return PortmanError("ledger-unusable", f"{kind}{path} {what}.", hint=hint, file=path)


def _is_read_only(folder: str) -> bool:
    if sys.platform == "win32":
        return False
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def _why_forbidden(path: str) -> str:
    folder = os.path.dirname(path)
    there = os.path.isdir(folder)
    if there and _is_read_only(folder):
        return f"{folder} is on a file system that is mounted read-only"
    if there and not os.access(folder, os.W_OK | os.X_OK):
        return f"you have no right to write in {folder}"
    if os.path.exists(path) and not os.access(path, os.R_OK):
        return "you have no right to read it"
    if os.path.exists(path) and not os.access(path, os.W_OK):
        return "you have no right to write it"
    return "the system refuses to open it"
