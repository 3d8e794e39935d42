"""How `portman run` talks to a `portman hold` of the same checkout: one small Unix socket each.

`run` may ask for the listening sockets of a service with `activation = true` (the hold keeps them
open, so no client is refused while the service restarts), and to let go of ports that a
service cannot bind while they are held. Only this user can: the socket lies in the state folder.
Requests and answers are single messages of fields joined by NUL.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

#: What bind(2) and connect(2) take for the path of a Unix socket on every system.
_LONGEST = 100
_MOST = 4096
_MOST_SOCKETS = 250  # SCM_MAX_FD of the kernel is 253

Answer = tuple[str, list[int]]


class HoldServer:
    """The listening end, at `FOLDER/KEY-PID`; removed on closing."""

    def __init__(self, folder: str, key: str, path: str, instance: str) -> None:
        os.makedirs(folder, mode=0o700, exist_ok=True)
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
        """Return the descriptor, for select."""
        return self._socket.fileno()

    def serve(self, answer: Callable[[str, str], Answer]) -> None:
        """Answer one waiting request: `answer(verb, service)`."""
        try:
            client, _ = self._socket.accept()
        except OSError:
            return
        with client, contextlib.suppress(OSError):
            client.settimeout(1)
            fields = client.recv(_MOST).decode("utf-8", "surrogateescape").split("\0")
            if len(fields) != 4 or tuple(fields[:2]) != self._owner:
                client.send(b"no")
                return
            said, descriptors = answer(fields[2], fields[3])
            if descriptors and sys.platform != "win32":
                socket.send_fds(client, [said.encode()], descriptors[:_MOST_SOCKETS])
            else:
                client.send(said.encode())

    def close(self) -> None:
        """Take the socket away."""
        self._socket.close()
        with contextlib.suppress(OSError):
            os.unlink(self._file)


def ask(folder: str, key: str, fields: tuple[str, str, str, str]) -> list[Answer]:
    """Return what every `portman hold` under this key answers; those that have gone, nothing.

    `fields` are checkout path, instance, verb ("listen" or "release") and service.
    """
    try:
        names = sorted(name for name in os.listdir(folder) if name.startswith(key + "-"))
    except OSError:
        return []
    request = "\0".join(fields).encode("utf-8", "surrogateescape")
    answers = []
    for name in names:
        with contextlib.suppress(OSError):
            answers.append(_ask(os.path.join(folder, name), request))
    return answers


def _ask(file: str, request: bytes) -> Answer:
    if sys.platform == "win32":
        raise NotImplementedError
    with _unix_socket() as client:
        client.settimeout(2)
        try:
            with _short(file) as short:
                client.connect(short)
        except ConnectionRefusedError:
            os.unlink(file)  # left behind by a hold that was killed
            raise
        client.send(request)
        said, descriptors, _, _ = socket.recv_fds(client, _MOST, _MOST_SOCKETS)
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - takes no keyword
    return said.decode(), descriptors


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


# The life of a `portman hold`: answer, take what comes free, end when told to. Linux.

assert sys.platform == "linux"  # for the type checker, on other platforms

#: Between two looks at ports that could not be held yet, in seconds.
_RETRY = 1.0
#: As `ps -o comm` and /proc/PID/comm show it (at most 15 bytes).
NAME = "portman hold"
_SET_NAME = 15  # PR_SET_NAME of prctl(2)
_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Keeper(Protocol):
    """Who holds the ports."""

    def take(self) -> None:
        """Hold what can be held now."""

    def answer(self, verb: str, service: str) -> Answer:
        """Answer a request of `portman run`."""


def stay(keeper: Keeper, server: HoldServer | None, folder: str, ready: Callable[[], None]) -> int:
    """Hold until a signal ends it: return 0 after SIGTERM or a hang-up, 130 after Ctrl-C.

    `ready` is called once signals can no longer be missed.
    """
    wake, write = os.pipe()
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
    while not came:
        watched = [wake] if server is None else [wake, server.fileno()]
        readable, _, _ = select.select(watched, [], [], _RETRY)
        if server is not None and server.fileno() in readable:
            server.serve(keeper.answer)
        keeper.take()
    return 130 if signal.SIGINT in came else 0


def stay_for(
    keeper: Keeper, server: HoldServer | None, argv: list[str], env: dict[str, str]
) -> int:
    """Hold while a command runs; end as it ends. Raises PortmanError if it cannot start."""
    from portman.launch.watched import end_like, watch

    due = time.monotonic() + _RETRY

    def tick() -> bool:
        nonlocal due
        if server is not None:
            server.serve(keeper.answer)
        if time.monotonic() >= due:
            keeper.take()
            due = time.monotonic() + _RETRY
        return False

    ending = watch(argv, env, tick)
    if server is not None:
        server.close()  # `end_like` may end this process by a signal
    return end_like(ending.status)


def _be_findable(folder: str) -> None:
    """Let `ps` and `portman who` tell what this is, and whose: a name, and the working folder."""
    import ctypes

    with contextlib.suppress(OSError):
        os.chdir(folder)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SET_NAME, NAME.encode(), 0, 0, 0)


# What `run` asks of a `portman hold` that keeps the ports of the same checkout.


def ask_for_sockets(path: str, instance: str, service: str) -> list[int]:
    """Return the listening sockets of a service, if a hold keeps them; [] if none does."""
    if sys.platform == "win32":
        return []
    found: list[int] = []
    for said, descriptors in _request(path, instance, "listen", service):
        if said == "ok" and descriptors and not found:
            found = descriptors
        else:
            for descriptor in descriptors:
                os.close(descriptor)
    return found


def ask_to_release(path: str, instance: str, service: str) -> bool:
    """Let every hold of this checkout let go of a service's ports; return whether one did."""
    if sys.platform == "win32":
        return False
    return any(said == "ok" for said, _ in _request(path, instance, "release", service))


def place_of(path: str, instance: str) -> tuple[str, str]:
    """Return the folder of the sockets of holds, and the start of the name of this checkout's."""
    from portman.state import state_folder
    from portman.state.receipts import key_of

    # A folder for each user: the state folder may be shared, what is in here never is.
    user = os.geteuid() if hasattr(os, "geteuid") else 0
    return os.path.join(state_folder(), f"holds-{user}"), key_of(path, instance)


def _request(path: str, instance: str, verb: str, service: str) -> list[tuple[str, list[int]]]:

    return ask(*place_of(path, instance), (path, instance, verb, service))
