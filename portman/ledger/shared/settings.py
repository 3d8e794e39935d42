"""What PORTMAN_LEDGER, PORTMAN_SPACE and PORTMAN_LEASE say, and who this state folder is.

The environment says it, or a file of this user in the state folder (`portman ledger remember`).

The value of PORTMAN_LEDGER may hold a password: no message repeats it.
"""

from __future__ import annotations

import os

from portman.base.context import suppress
from portman.base.errors import PortmanError
from portman.base.record import NamedTuple
from portman.base.small_file import write_own
from portman.ledger.permissions import from_system
from portman.state import SEAT_FILE, SERVER_FILE, read_own, state_folder

SERVER, SPACE, LEASE = "PORTMAN_LEDGER", "PORTMAN_SPACE", "PORTMAN_LEASE"
#: How long the server keeps a lease that nobody renews, and the bounds of PORTMAN_LEASE.
DEFAULT_LEASE = 30 * 86_400
SHORTEST, LONGEST = 60, 31 * 86_400
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Settings(NamedTuple):
    """Where the server is, the name of this machine's own port space ("": private), the time."""

    server: str
    space: str = ""
    lease: int = DEFAULT_LEASE


def read_settings(folder: str) -> Settings:
    """Return what the environment says, or the file in the state folder, where that is silent.

    Raises PortmanError "ledger-unusable".
    """
    kept = {} if SERVER in os.environ else _remembered(folder)
    known = {**kept, **os.environ}
    server = known.get(SERVER, "")
    if not server:
        raise PortmanError(
            "ledger-unusable",
            f"{SERVER} is not set: no server decides, but the ledger of this machine",
            hint="look at it: portman where\nname a server: see docs/fleet.md",
        )
    if not server.startswith(("postgresql://", "postgres://", "service=")):
        raise PortmanError(
            "ledger-unusable",
            f"{SERVER} is neither postgresql://... nor service=NAME",
            hint="name the server: see docs/fleet.md\n"
            "use the ledger of this machine alone: unset PORTMAN_LEDGER",
        )
    space = known.get(SPACE, "")
    if space and (not space.replace("-", "").replace("_", "").replace(".", "").isalnum()):
        raise PortmanError(
            "ledger-unusable",
            f"{SPACE} is not a name of letters, digits, '-', '_' and '.'",
            hint=f"export {SPACE}=ci-host-7",
        )
    return Settings(server, space, _seconds(known.get(LEASE, "")))


def _remembered(folder: str) -> dict[str, str]:
    path = os.path.join(folder, SERVER_FILE)
    if not os.path.lexists(path):
        return {}
    data = read_own(path, 1 << 16)
    if not data or (os.name == "posix" and os.stat(path).st_mode & 0o077):
        raise PortmanError(
            "ledger-unusable",
            f"{path} is another user's, or one that others may read, so it is not used",
            hint="write it again: portman ledger remember\nremove it: portman ledger forget",
        )
    pairs = (line.partition("=") for line in data.decode("utf-8", "replace").splitlines())
    return {name: value for name, _, value in pairs if name in (SERVER, SPACE, LEASE)}


def remember() -> tuple[str, list[str]]:
    """Keep what the environment says for this user; return the file and the names in it.

    Raises PortmanError "usage" where PORTMAN_LEDGER is unset, "ledger-unusable" where it is wrong.
    """
    if not os.environ.get(SERVER):
        said = f"ledger remember keeps {SERVER} as this shell has it, and it is unset"
        raise PortmanError("usage", said, hint=f"{SERVER}=service=ports portman ledger remember")
    folder = state_folder()
    read_settings(folder)
    if os.path.exists(folder) and os.stat(folder).st_mode & 0o022:
        said = f"{folder} is shared with other users, and what it keeps would be theirs too"
        raise PortmanError("ledger-unusable", said, hint=f"set {SERVER} in your shell's profile")
    names = [one for one in (SERVER, SPACE, LEASE) if os.environ.get(one)]
    path = os.path.join(folder, SERVER_FILE)
    text = "".join(f"{one}={os.environ[one]}\n" for one in names)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        write_own(path, text.encode())
    except OSError as error:
        raise from_system(error, path, "written") from error
    return path, names


def forget() -> tuple[str, bool]:
    path = os.path.join(state_folder(), SERVER_FILE)
    try:
        os.unlink(path)
    except FileNotFoundError:
        return path, False
    except OSError as error:
        raise from_system(error, path, "removed") from error
    return path, True


def _seconds(text: str) -> int:
    if not text:
        return DEFAULT_LEASE
    number, unit = text[:-1], text[-1]
    seconds = int(number) * UNITS[unit] if number.isdecimal() and unit in UNITS else 0
    if not SHORTEST <= seconds <= LONGEST:
        raise PortmanError(
            "ledger-unusable",
            f"{LEASE} is not a time from 1m to 31d",
            hint=f"export {LEASE}=30d",
        )
    return seconds


def seat_of(folder: str) -> str:
    """Return the random id of a state folder, made at the first use.

    It lies beside the ledger and not in it: a ledger that is lost does not make another seat.
    Raises PortmanError "ledger-unusable" where it cannot be written.
    """
    path = os.path.join(folder, SEAT_FILE)
    text = _seat_in(path)
    if text:
        return text
    try:
        return _make_seat(path)
    except OSError as error:
        raise from_system(error, path, "written") from error


def _make_seat(path: str) -> str:
    scratch = f"{path}.{os.getpid()}"
    made = os.urandom(16).hex()
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        os.write(descriptor, f"{made}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    with suppress(FileExistsError):
        os.link(scratch, path)  # whole, or not at all; who is second takes the first one's
    os.unlink(scratch)
    return _seat_in(path) or made


def _seat_in(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            text = file.read(64).strip()
    except OSError:
        return ""
    return text if len(text) == 32 and all(one in "0123456789abcdef" for one in text) else ""
