"""CPU time of one redraw of `portman watch` with 500 leases, half of them served.

Usage: python benchmarks/watch.py [LEASES] [REDRAWS]. The bar (issue 4) is 50 ms of CPU with 500.
With --share it prints which share of a core `portman watch` takes on a terminal, in per cent; with
--growth by how many MB it has grown after 10,000 redraws (benchmarks/scale.py asks both).
Three cases: nothing changes, connections come and go, and servers start and stop (then /proc is
walked). Prints a table; exits 1 if the median of one of the first two is over the bar.
"""

from __future__ import annotations

import os
import random
import socket
import statistics
import struct
import sys
import tempfile
import time
from array import array

BAR_MS = 50.0


def main(leases: int = 500, redraws: int = 40) -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PORTMAN_HOME"] = os.path.join(folder, "state")
        ports = fill_ledger(folder, leases)
        served = [listener(port) for port in ports[::2]]
        served = [one for one in served if one is not None]
        table = {
            "nothing changes": measure(redraws, lambda: None),
            "connections": measure(redraws, lambda: connect(served)),
            "servers start": measure(redraws, lambda: restart(served)),
        }
    print(f"{leases} leases, {len(served)} served, {redraws} redraws; CPU ms per redraw")
    for name, times in table.items():
        print(f"  {name:<16} median {statistics.median(times):6.1f}   worst {max(times):6.1f}")
    first = [statistics.median(table[name]) for name in ("nothing changes", "connections")]
    return 0 if max(first) <= BAR_MS else 1


def fill_ledger(folder: str, leases: int) -> list[int]:
    """Lease that many ports to checkouts of ten services each."""
    from portman.base.values import LOCAL_SCOPE, Checkout, Lease
    from portman.ledger.open import open_ledger

    ports = random.Random(7).sample(range(61000, 65535), leases)
    ledger = open_ledger()
    now = int(time.time())
    with ledger.writing() as writer:
        for at in range(0, leases, 10):
            path = os.path.join(folder, f"checkout{at:04}")
            os.makedirs(path)
            with open(os.path.join(path, "ports.toml"), "w", encoding="utf-8") as file:
                file.write("[services]\n" + "".join(f's{n} = "auto"\n' for n in range(10)))
            writer.record_checkout(
                Checkout(path, project="bench"), primary=True, user="me", now=now
            )
            made = [Lease(f"s{n}", port) for n, port in enumerate(ports[at : at + 10])]
            writer.grant(path, "", LOCAL_SCOPE, made, now)
    ledger.close()
    return ports


def listener(port: int) -> socket.socket | None:
    """Listen on a port; None if somebody else has it."""
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind(("127.0.0.1", port))
        server.listen(16)
    except OSError:
        server.close()
        return None
    return server


_CLIENTS: list[socket.socket] = []


def connect(served: list[socket.socket]) -> None:
    """Drop the connections of the last round and make ten others."""
    while _CLIENTS:
        _CLIENTS.pop().close()
    for server in random.sample(served, 10):
        client = socket.create_connection(server.getsockname())
        # Closed by a reset: else TIME_WAIT is there for a minute, the more the faster it goes.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        _CLIENTS.append(client)
        _CLIENTS.append(server.accept()[0])


def restart(served: list[socket.socket]) -> None:
    """Let one server give its socket up and take a new one."""
    server = served.pop(0)
    port = server.getsockname()[1]
    server.close()
    again = listener(port)
    if again is not None:
        served.append(again)


def measure(redraws: int, before: object) -> array[float]:
    """Return the CPU milliseconds of each redraw: a snapshot, the difference, a frame."""
    from portman.cli.render import Style
    from portman.cli.screen.frame import View, frame, select_existing
    from portman.commands.watch import Watcher, diff

    watcher = Watcher()
    last = watcher.look()
    view, style = select_existing(View(), last.rows), Style(colour=True, width=120)
    times = array("d", bytes(8 * redraws))
    for number in range(redraws):
        before()  # type: ignore[operator]
        begun = time.process_time()
        snapshot = watcher.look()
        marks = {change.row.key: change.event for change in diff(last, snapshot)}
        frame(snapshot, select_existing(view, snapshot.rows), marks, style, 50)
        last = snapshot
        times[number] = (time.process_time() - begun) * 1000
    return times


def share(leases: int = 500, seconds: float = 20.0) -> float:
    """Run `portman watch` on a terminal of its own; return the share of a core, in per cent."""
    import pty

    with tempfile.TemporaryDirectory() as folder:
        os.environ["PORTMAN_HOME"] = os.path.join(folder, "state")
        kept = [listener(port) for port in fill_ledger(folder, leases)[::2]]
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(sys.executable, [sys.executable, "-m", "portman", "watch"])
        _drain(terminal, 5.0)  # until it has named every server
        before = _spent(pid)
        _drain(terminal, seconds)
        spent = _spent(pid) - before
        os.write(terminal, b"q")
        _drain(terminal, 1.0)
        os.waitpid(pid, 0)
        assert len(kept) == leases // 2
    return spent / seconds * 100


def _spent(pid: int) -> float:
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _drain(terminal: int, seconds: float) -> None:
    import select

    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            try:
                os.read(terminal, 1 << 16)
            except OSError:  # Linux reports the end of a terminal so
                return


def growth(leases: int = 500, redraws: int = 10_000) -> float:
    """Return by how many MB the process has grown between redraw 2,000 and the last.

    Until about redraw 1,000 its caches fill up to their bounds.
    """
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PORTMAN_HOME"] = os.path.join(folder, "state")
        served = [listener(port) for port in fill_ledger(folder, leases)[::2]]
        seen = array("q", bytes(8 * redraws))  # made at once: what it measures is not its own
        at = iter(range(redraws))

        def before() -> None:
            seen[next(at)] = _resident()
            connect([one for one in served if one is not None])

        measure(redraws, before)
    return (max(seen[-100:]) - max(seen[:2000])) / (1 << 20)


def _resident() -> int:
    with open("/proc/self/statm", encoding="utf-8") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    if sys.argv[1:2] in (["--share"], ["--growth"]):
        print(share() if sys.argv[1] == "--share" else growth())
    else:
        sys.exit(main(*(int(word) for word in sys.argv[1:])))
