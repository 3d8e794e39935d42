"""Whether the state folder may be trusted, and with which rights files are made in it.

POSIX only; on Windows the access lists of the profile folder do this work.
"""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

from portman import state as place
from portman.base.errors import PortmanError

_POSIX = hasattr(os, "geteuid")


class Terms(NamedTuple):
    """How the state folder is used: `mode` for new files; `gid` is set if it is shared."""

    exists: bool
    mode: int = 0o600
    gid: int | None = None

    @property
    def shared(self) -> bool:
        """Tell whether several users keep this ledger together."""
        return self.gid is not None


def look(folder: str, *, shareable: bool) -> Terms:
    """Look at the state folder without touching it.

    A folder is shared on purpose if the user named it (`shareable`), its group may write
    and others may not. Raises PortmanError "ledger-foreign" for another user's folder or a
    symbolic link that another user made, "ledger-unusable" if it is no folder.
    """
    _refuse_planted_links(folder)
    try:
        found = os.stat(folder)
    except FileNotFoundError:
        _refuse_root_in_a_home(folder)
        return Terms(exists=False)
    except OSError as error:
        raise _unusable(folder, f"cannot be looked at: {error.strerror}") from error
    if not stat.S_ISDIR(found.st_mode):
        raise _unusable(folder, "is a file, but it should be a folder")
    return _terms(folder, found, shareable=shareable)


def check_file(path: str, terms: Terms) -> os.stat_result | None:
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
        raise _unusable(path, f"cannot be looked at: {error.strerror}") from error
    if not stat.S_ISREG(found.st_mode):
        kind = "a folder" if stat.S_ISDIR(found.st_mode) else "not a regular file"
        raise PortmanError(
            "ledger-unusable",
            f"{path} should be portman's ledger, but it is {kind}.",
            hint=f"Move it away: mv {quoted(path)} {quoted(path + '.old')}",
            file=path,
        )
    if _POSIX and found.st_uid != os.geteuid() and not terms.shared:
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
            raise _unusable(folder, f"cannot be made: {error.strerror}") from error


def apply(terms: Terms, descriptor: int) -> None:
    """Give a file just made the rights of the folder, whatever the umask says."""
    if not _POSIX:
        return
    if terms.gid is not None and os.fstat(descriptor).st_gid != terms.gid:
        os.fchown(descriptor, -1, terms.gid)
    os.fchmod(descriptor, terms.mode)


def user_name(uid: int) -> str:
    """Return the name of a user for messages, or "uid N"."""
    try:
        import pwd

        return pwd.getpwuid(uid).pw_name
    except (ImportError, KeyError):
        return f"uid {uid}"


def quoted(path: str) -> str:
    """Return the path as a shell takes it, for the commands in hints."""
    import shlex

    return shlex.quote(path)


def _terms(folder: str, found: os.stat_result, *, shareable: bool) -> Terms:
    if not _POSIX:
        return Terms(exists=True)
    group_only = found.st_mode & stat.S_IWGRP and not found.st_mode & stat.S_IWOTH
    if shareable and group_only:
        _require_group_inheritance(folder, found)
        return Terms(exists=True, mode=0o660, gid=found.st_gid)
    if found.st_uid != os.geteuid():
        raise _foreign_folder(folder, found)
    return Terms(exists=True)


def _require_group_inheritance(folder: str, found: os.stat_result) -> None:
    """SQLite makes its log with the maker's own group unless the folder hands its group down."""
    import sys

    if found.st_mode & stat.S_ISGID or sys.platform == "darwin":
        return
    if found.st_uid == os.geteuid() and found.st_gid == os.getegid():
        return
    raise PortmanError(
        "ledger-unusable",
        f"The shared state folder {folder} does not hand its group down to new files, so its "
        "users would lock each other out.",
        hint=f"Run: chmod g+s {quoted(folder)}",
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
    """Follow links that we or root made; any other may have been planted to lead us astray."""
    if not _POSIX:
        return
    try:
        found = os.lstat(path)
    except OSError:
        return
    if stat.S_ISLNK(found.st_mode) and found.st_uid not in (os.geteuid(), 0):
        raise PortmanError(
            "ledger-foreign",
            f"{path} is a symbolic link that {user_name(found.st_uid)} made, so portman does not "
            "follow it.",
            hint="Name the real folder: PORTMAN_HOME=/some/folder portman up",
            file=path,
        )


def _refuse_root_in_a_home(folder: str) -> None:
    """Root would leave a folder behind that its owner can neither use nor remove."""
    if not _POSIX or os.geteuid() != 0:
        return
    above = os.path.dirname(folder)
    while not os.path.isdir(above):
        above = os.path.dirname(above)
    owner = os.stat(above).st_uid
    if owner != 0:
        raise _foreign_to_root(folder, owner)


def _foreign_folder(folder: str, found: os.stat_result) -> PortmanError:
    if os.geteuid() == 0:
        return _foreign_to_root(folder, found.st_uid)
    return PortmanError(
        "ledger-foreign",
        f"The state folder {folder} belongs to {user_name(found.st_uid)} and is not shared.",
        hint="Name a folder of your own: PORTMAN_HOME=/some/folder portman up "
        "(to share one, its owner runs: chmod g+ws,o-w FOLDER, and all set PORTMAN_HOME)",
        file=folder,
    )


def _foreign_to_root(folder: str, owner: int) -> PortmanError:
    name = user_name(owner)
    return PortmanError(
        "ledger-foreign",
        f"You are root, but the state folder {folder} belongs to {name}; files that root makes "
        f"there would lock {name} out.",
        hint=f"Run portman as {name}, or name another folder: PORTMAN_HOME=/some/folder portman up",
        file=folder,
    )


def _foreign_file(path: str, owner: int) -> PortmanError:
    return PortmanError(
        "ledger-foreign",
        f"{path} belongs to {user_name(owner)}, but its folder is not shared.",
        hint=f"If it should be yours: sudo chown {os.geteuid()} {quoted(path)}*",
        file=path,
    )


def _unusable(path: str, what: str) -> PortmanError:
    return PortmanError(
        "ledger-unusable",
        f"The state folder {path} {what}.",
        hint="Name another folder: PORTMAN_HOME=/some/folder portman up",
        file=path,
    )


# A folder of its own inside the state folder, with the rights that the state folder asks for.


def room(state: str, name: str) -> tuple[str, Terms]:
    """Make `name` in the state folder if it is missing; return its path and terms for files in it.

    In a state folder that several users share, all of them may use it. Raises PortmanError
    "ledger-foreign" if another user made it (or a link in its place) in a folder that is not
    shared, "ledger-unusable" if it cannot be made or is no folder.
    """
    terms = look(state, shareable=place.given())
    if not terms.exists:
        make_folder(state)
        terms = look(state, shareable=place.given())
    path = os.path.join(state, name)
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        _check(path, terms)
    except OSError as error:
        raise _folder_unusable(path, f"cannot be made: {error.strerror}") from error
    else:
        _hand_down(path, terms)
    return path, terms


def _check(path: str, terms: Terms) -> None:
    """Refuse what is no folder: a link planted there would lead our files elsewhere."""
    found = os.lstat(path)
    if not stat.S_ISDIR(found.st_mode):
        raise _folder_unusable(path, "should be a folder of portman's own, but it is not")
    if not terms.shared and hasattr(os, "geteuid") and found.st_uid != os.geteuid():
        raise PortmanError(
            "ledger-foreign",
            f"{path} belongs to {user_name(found.st_uid)}, but its folder is not shared.",
            hint="portman where shows the state folder; PORTMAN_HOME names another",
            file=path,
        )


def _hand_down(path: str, terms: Terms) -> None:
    """Open the new folder to the group of a shared state folder."""
    if terms.gid is None:
        return
    if os.stat(path).st_gid != terms.gid:
        os.chown(path, -1, terms.gid)
    os.chmod(path, 0o2770)  # noqa: S103  # as shared as the folder it is in, no more


def _folder_unusable(path: str, what: str) -> PortmanError:
    return PortmanError(
        "ledger-unusable",
        f"{path} {what}",
        hint="portman where shows the state folder; PORTMAN_HOME names another",
        file=path,
    )
