"""A process that opens and closes many listening sockets when told to.

Reads lines from stdin: a number N opens sockets until N listen (0 closes all); answers `ok N`.
Ends with its stdin. Run it in a network namespace of its own: it listens on every address.
"""

from __future__ import annotations

import resource
import socket
import sys

#: Below the kernel's automatic range, where leases are not handed out either.
FIRST = 10000


def main() -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    kept: list[socket.socket] = []
    for line in sys.stdin:
        wanted = int(line)
        while len(kept) > wanted:
            kept.pop().close()
        while len(kept) < wanted:
            kept.append(_listener(FIRST + len(kept)))
        sys.stdout.write(f"ok {len(kept)}\n")
        sys.stdout.flush()


def _listener(port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    made.listen(1)
    return made


if __name__ == "__main__":
    main()
