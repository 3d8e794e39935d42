"""Where the ledger lies on this machine, and a signature that proves it has not changed.

On the hot path of every command: imports nothing but `os` and `sys`, opens nothing.
"""

import os
import sys

NAME = "ledger.db"
WAL = "ledger.db-wal"
LOCK = "ledger.lock"

PORTMAN_HOME = "PORTMAN_HOME"
XDG_STATE_HOME = "XDG_STATE_HOME"
DEFAULT = "default"


def state_folder() -> str:
    """Return the absolute path of the state folder; it need not exist.

    `$PORTMAN_HOME`, else the platform's place for state: on Linux and other Unixes
    `$XDG_STATE_HOME/portman` (if absolute, as the XDG base directory specification asks),
    else `~/.local/state/portman`; on macOS and Windows what platformdirs says.

    Raises PortmanError "ledger-unusable" if this user has no home folder at all.
    """
    return _located()[0]


def describe() -> dict[str, str | bool]:
    """Return what `portman where` tells.

    Keys: folder, ledger (its path), source (PORTMAN_HOME, XDG_STATE_HOME or default), exists.
    """
    folder, source = _located()
    path = os.path.join(folder, NAME)
    return {"folder": folder, "ledger": path, "source": source, "exists": os.path.exists(path)}


def given() -> bool:
    """Tell whether the user named the state folder (only such a folder may be shared)."""
    return bool(os.environ.get(PORTMAN_HOME))


def own_folder(folder: str, name: str) -> str:
    """Make a folder inside the state folder for this user alone, if it is missing; return it.

    Raises OSError if it cannot be made, or if another user, or a link, has taken its name: in a
    state folder that is shared, what is planted there would lead our files elsewhere.
    """
    path = os.path.join(folder, name)
    os.makedirs(path, mode=0o700, exist_ok=True)
    found = os.lstat(path)
    mine = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
    if not mine or found.st_mode & 0o170000 != 0o040000:  # S_ISDIR, without its import
        raise PermissionError(1, "another user's folder, or a link, has its name", path)
    return path


def stamp(folder: str) -> tuple[int, ...]:
    """Return a signature of the ledger in `folder`: equal signatures, equal contents.

    It holds the generation (the size of `ledger.lock`, which every write transaction of
    portman raises; see turn.py) and inode, size and modification time of the ledger and its
    write-ahead log, so that edits by other programs show too. Times alone would not do: two
    commits within one kernel tick (up to 10 ms) can leave the same time and the same size.

    An empty tuple means that nobody can vouch for the ledger now: a write is going on, or
    was cut off. Never keep or trust a receipt then. To keep one: take the stamp, read, take
    it again, and keep it only if both are equal and not empty.
    """
    generation = _signature(os.path.join(folder, LOCK))[1]
    if generation % 2:
        return ()
    ledger = _signature(os.path.join(folder, NAME))
    return (generation, *ledger, *_signature(os.path.join(folder, WAL)))


def _signature(path: str) -> tuple[int, int, int]:
    """Return inode, size in bytes and mtime in ns; zeros for a file that is absent or empty."""
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0, 0)
    if not found.st_size:
        return (0, 0, 0)
    return (found.st_ino, found.st_size, found.st_mtime_ns)


def _located() -> tuple[str, str]:
    chosen = os.environ.get(PORTMAN_HOME)
    if chosen:
        return _absolute(chosen), PORTMAN_HOME
    if sys.platform in ("win32", "darwin"):
        return _platform_folder(), DEFAULT
    state = os.environ.get(XDG_STATE_HOME, "")
    if os.path.isabs(state):
        return os.path.join(os.path.normpath(state), "portman"), XDG_STATE_HOME
    return os.path.join(_home(), ".local", "state", "portman"), DEFAULT


def _absolute(chosen: str) -> str:
    try:
        return os.path.abspath(os.path.expanduser(chosen))
    except FileNotFoundError:
        from portman.base.errors import PortmanError

        raise PortmanError(
            "ledger-unusable",
            f"PORTMAN_HOME is the relative path {chosen!r}, but the current folder is gone.",
            hint="Give an absolute path: PORTMAN_HOME=/some/folder portman up",
        ) from None


def _platform_folder() -> str:
    from platformdirs import user_state_dir

    return user_state_dir("portman", appauthor=False)


def _home() -> str:
    """Return the user's home, from HOME or the user database (HOME may be unset under cron)."""
    home = os.environ.get("HOME", "")
    if os.path.isabs(home):
        return home
    home = _registered_home()
    if os.path.isabs(home):
        return home
    from portman.base.errors import PortmanError

    raise PortmanError(
        "ledger-unusable",
        "This user has no home folder (HOME is not set), so portman has no place for its ledger.",
        hint="Name a folder that can be written: PORTMAN_HOME=/some/folder portman up",
    )


def _registered_home() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""
