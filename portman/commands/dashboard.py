"""`portman dashboard`: a port of its own, the keys of this start, and the server of the page."""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import time

from portman.base.errors import PortmanError
from portman.base.record import NamedTuple
from portman.base.small_file import write_own
from portman.launch.free_ports import FreePorts
from portman.state import private_subfolder, read_own, state_folder

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

#: Seconds after which a browser has to bring a new token.
SESSION_FOR = 7 * 86400
#: How often to choose another port when a stranger takes the one just let go.
AGAIN = 5


class Session(NamedTuple):
    """What the next start takes over, so that open tabs find it again."""

    port: int = 0
    secret: str = ""
    made: float = 0.0


@contextlib.contextmanager
def listening(start: str) -> Iterator[tuple[socket.socket, Session]]:
    """Lease a loopback port for as long as this process lives, and listen on it.

    It is the port of the last start where that is idle, with the cookie that browsers have.
    Raises PortmanError: pool-exhausted, ledger-*.
    """
    file = f"{private_subfolder(state_folder(), 'dashboard')}/session.json"
    before = _read(file)
    ports = FreePorts(start, "dashboard")
    try:
        listener = _listen(ports, before.port)
        number: int = listener.getsockname()[1]
        known = before.port == number and time.time() - before.made < SESSION_FOR
        session = before if known else Session(number, secrets.token_urlsafe(24), time.time())
        with contextlib.suppress(OSError):  # without it, tabs only need the new address
            write_own(file, json.dumps(session._asdict()).encode())
        with listener:
            yield listener, session
    finally:
        ports.close()


def _listen(ports: FreePorts, wanted: int) -> socket.socket:
    for _ in range(AGAIN):
        port = ports.pick(first=wanted)[0]
        ports.release(port)
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(128)
        except OSError:
            listener.close()
            ports.give_back([port])
            continue
        return listener
    raise PortmanError(
        "pool-exhausted",
        "the dashboard found no port that stayed idle",
        hint="portman doctor",
    )


def _read(file: str) -> Session:
    try:
        found: dict[str, Any] = json.loads(read_own(file, 4096))
        port, secret, made = int(found["port"]), str(found["secret"]), float(found["made"])
    except (OSError, ValueError, KeyError, TypeError):
        return Session()
    return Session(port, secret, made) if len(secret) >= 32 else Session()
