"""What `portman dashboard` costs: idle, with one tab and 500 leases, and after 10,000 changes.

Usage: python benchmarks/dashboard.py [LEASES] [SECONDS]. The real command, in a network namespace
of its own, with a ledger of 40 checkouts of which every fifth service has a server. The bars: no
CPU without a tab, under 2 % of a core with one tab while nothing changes, under 80 MB, and no
growth over 10,000 changed cells. Exits 1 past one.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
CHECKOUTS, CHANGES, EVERY = 40, 10_000, 5
TICK = os.sysconf("SC_CLK_TCK")
#: Bars: CPU of a core without and with a tab, MB, MB that it may grow.
IDLE, LIVE, MEMORY, GROWTH = 0.001, 0.02, 80.0, 2.0


def fill(folder: str, leases: int) -> list[int]:
    """Lease to 40 checkouts of four projects; return the ports."""
    from portman.base.values import LOCAL_SCOPE, Checkout, Lease
    from portman.ledger.open import open_ledger

    ports = list(range(61_000, 61_000 + leases))
    ledger, now = open_ledger(), int(time.time())
    with ledger.writing() as writer:
        for at in range(CHECKOUTS):
            mine = ports[at::CHECKOUTS]
            path = os.path.join(folder, f"checkout-{at:02}")
            os.makedirs(path)
            names = [f"service-{number:02}" for number in range(len(mine))]
            listed = "".join(f'{name} = "auto"\n' for name in names)
            Path(path, "ports.toml").write_text(f'name = "p{at % 4}"\n[services]\n{listed}')
            checkout = Checkout(path, project=f"p{at % 4}")
            writer.record_checkout(checkout, primary=at < 4, user="me", now=now)
            leased = [Lease(*pair) for pair in zip(names, mine, strict=True)]
            writer.grant(path, "", LOCAL_SCOPE, leased, now)
    return ports


class Server:
    """`portman dashboard` as a process: what it has used, and a tab."""

    def __init__(self, folder: str) -> None:
        argv = [sys.executable, "-m", "portman", "dashboard", "--no-open", "--json"]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(argv, cwd=folder, env=env, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        began = time.monotonic()
        self.url = json.loads(self.process.stdout.readline())["data"]["url"]
        self.started = time.monotonic() - began
        parts = urlsplit(self.url)
        self.port = int(parts.port or 0)
        answer = self.get(f"/?{parts.query}", "")
        self.cookie = str(answer.headers["set-cookie"]).partition(";")[0]

    def get(self, target: str, cookie: str | None = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", target, headers={"cookie": self.cookie if cookie is None else ""})
        return connection.getresponse()

    def cpu(self) -> float:
        """Seconds of CPU so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self) -> float:
        """Resident MB of its own, as the kernel counts them now."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(text.partition("VmRSS:")[2].split()[0]) / 1024

    def share(self, seconds: float) -> float:
        before = self.cpu()
        time.sleep(seconds)
        return (self.cpu() - before) / seconds


def events(stream: http.client.HTTPResponse) -> tuple[str, Any]:
    """Return the next event of the stream."""
    name = ""
    for line in iter(stream.readline, b""):
        field, _, value = line.decode().strip().partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            return name, json.loads(value)
    raise SystemExit("the stream ended")


def change(stream: http.client.HTTPResponse, ports: list[int]) -> int:
    """Start and stop servers until 10,000 cells were sent; return how many were."""
    sent, held = 0, []
    while sent < CHANGES:
        for one in held:
            one.close()
        held = [] if held else [socket.create_server(("127.0.0.1", port)) for port in ports]
        wanted = len(ports)
        while wanted > 0:
            name, data = events(stream)
            if name == "cells":
                wanted -= len(data["cells"])
                sent += len(data["cells"])
    for one in held:
        one.close()
    return sent


def main(leases: int = 500, seconds: int = 20) -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PORTMAN_HOME"] = os.path.join(folder, "state")
        ports = fill(folder, leases)
        served = [socket.create_server(("127.0.0.1", port)) for port in ports[::EVERY]]
        server = Server(folder)
        try:
            return judge(server, ports, seconds, len(served))
        finally:
            server.process.terminate()
            server.process.wait()


def judge(server: Server, ports: list[int], seconds: int, served: int) -> int:
    time.sleep(2)
    idle = server.share(seconds)
    server.get("/").read()
    stream = server.get("/events")
    events(stream)
    time.sleep(3)
    live = server.share(seconds)
    first = server.memory()
    quiet = [port for at, port in enumerate(ports) if at % EVERY == 1]
    change(stream, quiet)
    before = server.memory()
    sent = change(stream, quiet)
    after = server.memory()
    rows = [
        ("started in", f"{server.started:.2f} s", True),
        ("no tab", f"{idle:.2%} of a core", idle <= IDLE),
        ("one tab, nothing changes", f"{live:.2%} of a core", live <= LIVE),
        ("memory with one tab", f"{first:.1f} MB", first <= MEMORY),
        (f"memory after {2 * sent:,} changes", f"{after:.1f} MB", after <= MEMORY),
        (f"growth in the second {sent:,}", f"{after - before:+.1f} MB", after - before <= GROWTH),
    ]
    print(f"{len(ports)} leases of {CHECKOUTS} checkouts, {served} served")
    for name, value, holds in rows:
        print(f"  {name:<32} {value:>18}  {'' if holds else 'past its bar'}")
    return 0 if all(holds for *_, holds in rows) else 1


if __name__ == "__main__":
    if "PORTMAN_BENCH_APART" not in os.environ and os.geteuid() == 0:
        os.environ["PORTMAN_BENCH_APART"] = "1"
        again = ["sh", "-c", 'ip link set lo up; exec "$@"', "sh", sys.executable, *sys.argv]
        os.execvp("unshare", ["unshare", "--net", *again])
    raise SystemExit(main(*map(int, sys.argv[1:])))
