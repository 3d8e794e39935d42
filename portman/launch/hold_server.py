"""A `portman hold` while it lasts: it takes what becomes idle, and serves `portman run`.

`run` may ask for the listening sockets of a service with `activation = true`; the hold keeps them
open, so no client is refused while the service restarts. Only this user can ask: the Unix socket
lies in the state folder. Requests and answers are single messages of fields joined by NUL.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import time

from portman.base.record import Protocol
from portman.launch.start import become
from portman.machine.processes import is_over, token_of
from portman.state import private_subfolder, state_folder
from portman.state.receipts import key_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType
    from typing import NoReturn

#: What bind(2) and connect(2) take for the path of a Unix socket on every system.
_LONGEST = 100
_MOST = 4096
_MOST_SOCKETS = 250  # SCM_MAX_FD of the kernel is 253
#: Between two looks at ports that could not be held yet, in seconds.
_RETRY = 1.0
#: As `ps -o comm` and /proc/PID/comm show it (at most 15 bytes).
NAME = "portman hold"
_SET_NAME = 15  # PR_SET_NAME of prctl(2)
_ENDING = [signal.SIGTERM, signal.SIGINT]
if sys.platform != "win32":
    _ENDING.append(signal.SIGHUP)


class PortKeeper(Protocol):
    """Who holds the ports."""

    def take(self) -> None:
        """Hold what can be held now."""

    def sockets_of(self, service: str) -> list[int]:
        """Return the listening sockets of a service; [] if it has none here."""


def open_server(path: str, instance: str) -> HoldServer | None:
    """Return the server of a hold; None where the state folder takes no socket.

    Some network file systems take none: the ports are held all the same, `run` cannot ask.
    Raises PortmanError "ledger-unusable" if another user's folder, or a link, has its name.
    """
    folder, _ = _socket_folder(path, instance)
    try:
        private_subfolder(*os.path.split(folder))
    except OSError as error:
        from portman.ledger.permissions import from_system

        raise from_system(error, folder, "written", "The folder ") from error
    try:
        return HoldServer(path, instance)
    except OSError:
        return None


class HoldServer:
    """The listening end of a hold; its file in the state folder is removed on closing."""

    def __init__(self, path: str, instance: str) -> None:
        folder, key = _socket_folder(path, instance)
        self._owner = (path, instance)
        self._file = os.path.join(folder, f"{key}-{os.getpid()}")
        self._socket = _unix_socket()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._file)
        with _short(self._file) as short:
            self._socket.bind(short)
        os.chmod(self._file, 0o600)
        self._socket.listen(16)
        self._socket.settimeout(0)

    def fileno(self) -> int:
        return self._socket.fileno()

    def serve(self, sockets_of: Callable[[str], list[int]]) -> None:
        try:
            client, _ = self._socket.accept()
        except OSError:
            return
        with client, contextlib.suppress(OSError):
            client.settimeout(1)
            if not _is_mine(client):
                return
            fields = client.recv(_MOST).decode("utf-8", "surrogateescape").split("\0")
            valid = len(fields) == 4 and tuple(fields[:2]) == self._owner and fields[2] == "listen"
            descriptors = sockets_of(fields[3])[:_MOST_SOCKETS] if valid else []
            if descriptors and sys.platform != "win32":
                socket.send_fds(client, [b"ok"], descriptors)
            else:
                client.send(b"no")

    def close(self) -> None:
        self._socket.close()
        with contextlib.suppress(OSError):
            os.unlink(self._file)


def ask_for_sockets(path: str, instance: str, service: str) -> list[int]:
    """Return the listening sockets of a service, if a hold of this checkout keeps them; else []."""
    if sys.platform == "win32":
        return []
    folder, key = _socket_folder(path, instance)
    try:
        names = sorted(name for name in os.listdir(folder) if name.startswith(key + "-"))
    except OSError:
        return []
    request = "\0".join((path, instance, "listen", service)).encode("utf-8", "surrogateescape")
    for name in names:
        with contextlib.suppress(OSError):
            descriptors = _ask(os.path.join(folder, name), request)
            if descriptors:
                return descriptors
    return []


def _ask(file: str, request: bytes) -> list[int]:
    if sys.platform == "win32":
        raise NotImplementedError
    with _unix_socket() as client:
        client.settimeout(2)
        try:
            with _short(file) as short:
                client.connect(short)
        except ConnectionRefusedError:
            os.unlink(file)  # left by a hold that was killed
            raise
        if not _is_mine(client):
            return []
        client.send(request)
        _, descriptors, _, _ = socket.recv_fds(client, _MOST, _MOST_SOCKETS)
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - takes no keyword
    return descriptors


def _socket_folder(path: str, instance: str) -> tuple[str, str]:
    """Return the folder of the sockets of holds, and the start of the name of this checkout's."""
    # A folder for each user: the state folder may be shared, what is in here never is.
    user = 0
    if sys.platform != "win32":
        user = os.geteuid()
    return os.path.join(state_folder(), f"holds-{user}"), key_of(path, instance)


def _is_mine(other: socket.socket) -> bool:
    """Return whether the other end is this user's process, where the kernel tells (SO_PEERCRED)."""
    if sys.platform != "linux":
        return True
    data = other.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(data[4:8], sys.byteorder) == os.geteuid()


def _unix_socket() -> socket.socket:
    if sys.platform == "win32":
        raise NotImplementedError
    return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)


@contextlib.contextmanager
def _short(file: str) -> Iterator[str]:
    """Yield a path to the same place that is short enough for a Unix socket."""
    if len(os.fsencode(file)) <= _LONGEST or not os.path.isdir("/proc/self/fd"):
        yield file
        return
    folder = os.open(os.path.dirname(file), os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{os.path.basename(file)}"
    finally:
        os.close(folder)


def stay(
    keeper: PortKeeper, server: HoldServer | None, folder: str, ready: Callable[[], None]
) -> int:
    """Hold until a signal ends it: return 0 after SIGTERM or a hang-up, 130 after Ctrl-C.

    `ready` is called once signals can no longer be missed.
    """
    wake, write = os.pipe()
    if sys.platform != "win32":
        os.set_blocking(write, False)
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    signal.set_wakeup_fd(write)
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup, or `&` in a script
            signal.signal(number, note)
    _be_findable(folder)
    ready()
    _keep(keeper, server, wake, lambda: bool(came))
    return 130 if signal.SIGINT in came else 0


def stay_beside(
    keeper: PortKeeper, server: HoldServer | None, folder: str, argv: list[str], env: dict[str, str]
) -> NoReturn:
    """Become the command, beside a process that holds the ports until the command has ended.

    Nothing stands between the command and its terminal, signals and exit code. The holder is an
    orphan in a session of its own: the command has no child that it did not start, and no key
    reaches the holder. Raises PortmanError if the command cannot start.
    """
    if sys.platform != "linux":
        raise NotImplementedError
    ended, has_ended = _watch_end(os.getpid())
    child = os.fork()
    if child == 0:
        try:
            if os.fork() == 0:
                _detach(folder)
                _keep(keeper, server, ended, has_ended)
                if server is not None:
                    server.close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    become(argv, env)


def _keep(
    keeper: PortKeeper, server: HoldServer | None, ended: int, has_ended: Callable[[], bool]
) -> None:
    """Serve requests and hold what becomes idle until the end; `ended` is readable then."""
    if sys.platform == "win32":  # no server, and no hold that could wait for its port
        while not has_ended():
            time.sleep(_RETRY)
            keeper.take()
        return
    waiting = select.poll()
    for descriptor in (ended, -1 if server is None else server.fileno()):
        if descriptor >= 0:
            waiting.register(descriptor, select.POLLIN)
    while not has_ended():
        waiting.poll(_RETRY * 1000)
        if server is not None:
            server.serve(keeper.sockets_of)
        keeper.take()


def _watch_end(pid: int) -> tuple[int, Callable[[], bool]]:
    """Return a descriptor that is readable once the process has ended, and whether it has.

    The descriptor is -1 before Linux 5.3 and where a seccomp filter refuses it.
    """
    if sys.platform != "linux":
        raise NotImplementedError
    try:
        pidfd = os.pidfd_open(pid)
    except OSError:
        token = token_of(pid)
        return -1, lambda: is_over(token)
    ended = select.poll()
    ended.register(pidfd, select.POLLIN)
    return pidfd, lambda: bool(ended.poll(0))


def _detach(folder: str) -> None:
    """Leave the command's session, terminal and streams."""
    if sys.platform == "win32":
        raise NotImplementedError
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    _be_findable(folder)


def _be_findable(folder: str) -> None:
    """Let `ps` and `portman who` tell what this is, and whose: a name, and the working folder."""
    import ctypes

    with contextlib.suppress(OSError):
        os.chdir(folder)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SET_NAME, NAME.encode(), 0, 0, 0)
