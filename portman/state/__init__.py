"""The state folder: where it is, the names in it, and the ledger's stamp.

Beside it: receipts (answers that are still true) and remember (which answers become receipts); in
the ledger: permissions (whether the folder may be trusted) and locks (one writer at a time).

In the package itself, as every command needs it: imports nothing but `os` and `sys`, opens nothing.
"""

import os
import sys

LEDGER_FILE = "ledger.db"
WAL_FILE = "ledger.db-wal"
LOCK_FILE = "ledger.lock"
#: The random id of the folder, once a ledger server was asked.
SEAT_FILE = "seat"
#: What `portman ledger remember` kept of the environment.
SERVER_FILE = "server"

PORTMAN_HOME = "PORTMAN_HOME"
XDG_STATE_HOME = "XDG_STATE_HOME"
DEFAULT = "default"
#: Where an earlier version kept it, and it could not be moved yet.
OLDER = "older"


def state_folder() -> str:
    """Return the absolute path of the state folder; it need not exist.

    `$PORTMAN_HOME`, else the platform's place for state: on Linux and other Unixes
    `$XDG_STATE_HOME/portman` (if absolute, as the XDG base directory specification asks), else
    `place_below(home)`. On macOS and Windows an older place counts until `ledger/open` moves it.

    Raises PortmanError "ledger-unusable" if this user has no home folder at all.
    """
    return locate()[0]


def private_subfolder(folder: str, name: str) -> str:
    """Make a folder inside the state folder for this user alone, if it is missing; return it.

    Raises OSError if it cannot be made, or if another user, or a link, has taken its name: in a
    state folder that is shared, what is planted there would lead our files elsewhere.
    """
    path = os.path.join(folder, name)
    if not os.path.isdir(folder):  # makedirs gives its mode to the last folder alone
        os.makedirs(folder, mode=0o700, exist_ok=True)
    os.makedirs(path, mode=0o700, exist_ok=True)
    found = os.lstat(path)
    mine = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
    if not mine or found.st_mode & 0o170000 != 0o040000:  # S_ISDIR, without its import
        raise PermissionError(1, "another user's folder, or a link, has its name", path)
    if hasattr(os, "geteuid") and found.st_mode & 0o022:
        os.chmod(path, 0o700)
    return path


def read_own(file: str, most: int = 16 << 20) -> bytes:
    """Return what a file of this user holds; b"" if it is missing, too long, or not certainly ours.

    Not ours is a link, a FIFO or device, another user's file, one that others may write, and one
    that has a second name: in a shared state folder other users can put such files there.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(file, flags | getattr(os, "O_BINARY", 0))
    except OSError:
        return b""
    try:
        if not is_own(descriptor, most):
            return b""
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            return stream.read()
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def is_own(descriptor: int, most: int = 16 << 20) -> bool:
    """Return whether an open file is regular, this user's alone, and of at most `most` bytes."""
    seen = os.fstat(descriptor)
    regular = seen.st_mode & 0o170000 == 0o100000  # S_ISREG, without its import
    if not regular or seen.st_size > most:
        return False
    if not hasattr(os, "geteuid"):
        return True
    return seen.st_uid == os.geteuid() and not seen.st_mode & 0o022 and seen.st_nlink == 1


def stamp(folder: str) -> tuple[int, ...]:
    """Return a signature of the ledger in `folder`: equal signatures, equal contents.

    It holds the generation (the size of `ledger.lock`, which every write transaction of
    portman raises; see ledger/locks.py) and inode, size and modification time of the ledger and
    its write-ahead log, so that edits by other programs show too. Times alone would not do: two
    commits within one kernel tick (up to 10 ms) can leave the same time and the same size.

    An empty tuple means that the contents cannot be vouched for: a write is under way, or was
    cut off. Never keep or trust a receipt then. To keep one: take the stamp, read, take it
    again, and keep it only if both are equal and not empty.
    """
    generation = _signature(os.path.join(folder, LOCK_FILE))[1]
    if generation % 2:
        return ()
    ledger = _signature(os.path.join(folder, LEDGER_FILE))
    return (generation, *ledger, *_signature(os.path.join(folder, WAL_FILE)))


def _signature(path: str) -> tuple[int, int, int]:
    """Return inode, size in bytes and mtime in ns; zeros for a file that is absent or empty."""
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0, 0)
    if not found.st_size:
        return (0, 0, 0)
    return (found.st_ino, found.st_size, found.st_mtime_ns)


def locate() -> tuple[str, str]:
    """Return the state folder and its source: PORTMAN_HOME, XDG_STATE_HOME, default or older."""
    chosen = os.environ.get(PORTMAN_HOME)
    if chosen:
        absolute = os.path.isabs(chosen)
        return os.path.normpath(chosen) if absolute else _absolute(chosen), PORTMAN_HOME
    if sys.platform in ("win32", "darwin"):
        home = home_folder()
        folder = place_below(home)
        for older in () if has_ledger(folder) else older_places(home):
            if has_ledger(older):
                return older, OLDER
        return folder, DEFAULT
    state = os.environ.get(XDG_STATE_HOME, "")
    if os.path.isabs(state):
        return os.path.join(os.path.normpath(state), "portman"), XDG_STATE_HOME
    return place_below(home_folder()), DEFAULT


def place_below(home: str) -> str:
    """Return the state folder below a home folder, where no variable names another.

    On Windows outside AppData: Python of the Store sees a private copy of that, so one user would
    have two ledgers (docs.python.org, "Redirection of local data").
    """
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Application Support", "portman")
    if sys.platform == "win32":
        return os.path.join(home, ".portman")
    return os.path.join(home, ".local", "state", "portman")


def older_places(home: str) -> list[str]:
    """Return where earlier versions kept the ledger on this system, there or not.

    They asked the library platformdirs, whose answer on macOS changed with its version. Its answer
    on Windows lies in AppData; Python from the Store writes into a copy below `Packages`.
    """
    below: list[str] = []
    if sys.platform == "darwin":
        below = [os.environ.get(XDG_STATE_HOME, ""), os.path.join(home, ".local", "state")]
    elif sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
        packages = os.path.join(local, "Packages")
        try:
            names = sorted(os.listdir(packages))
        except OSError:
            names = []
        of_store = [one for one in names if one.startswith("PythonSoftwareFoundation.")]
        copies = [os.path.join(packages, one, "LocalCache", "Local") for one in of_store]
        below = [local, *copies]
    return [os.path.join(one, "portman") for one in below if os.path.isabs(one)]


def _absolute(chosen: str) -> str:
    try:
        return os.path.abspath(os.path.expanduser(chosen))
    except FileNotFoundError:
        from portman.base.errors import PortmanError
        from portman.base.system_commands import typed

        raise PortmanError(
            "ledger-unusable",
            f"PORTMAN_HOME is the relative path {chosen!r}, but the current folder is gone.",
            hint="Give an absolute path: " + typed("home"),
        ) from None


def home_folder() -> str:
    """Return the user's home, from HOME or the user database (HOME may be unset under cron).

    On Windows USERPROFILE, as in Python itself: some shells set HOME, and others do not.
    """
    names = ("USERPROFILE", "HOME") if sys.platform == "win32" else ("HOME",)
    for name in names:
        home = os.environ.get(name, "")
        if os.path.isabs(home):
            return home
    home = _registered_home()
    if os.path.isabs(home):
        return home
    from portman.base.errors import PortmanError
    from portman.base.system_commands import typed

    raise PortmanError(
        "ledger-unusable",
        "This user has no home folder (HOME is not set), so portman has no place for its ledger.",
        hint="Name a folder that can be written: " + typed("home"),
    )


def _registered_home() -> str:
    if sys.platform == "win32":
        return ""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""


def has_ledger(folder: str) -> bool:
    return _signature(os.path.join(folder, LEDGER_FILE))[1] > 0
