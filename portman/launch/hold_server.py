"""How `portman run` talks to a `portman hold` of the same checkout: one small Unix socket each.

`run` may ask for the listening sockets of a service with `activation = true` (the hold keeps them
open, so no client is refused while the service restarts), and to let go of ports that a
service cannot bind while they are held. Only this user can: the socket lies in the state folder.
Requests and answers are single messages of fields joined by NUL.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
