"""What the stateful test works in: checkouts, an own state folder, sockets, a range of ports."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portman.cli import fast_path as express
from portman.machine.sockets import probe
from tests.stress.servers import MOST, Servers

if TYPE_CHECKING:
    from tests.stress.model import Place, Ports, Server

WIDTH = 48
BLOCK = re.compile(rb"# >>> portman\n(?:.+\n)*# <<< portman\n")


class World:
    """Made for one run, and gone after it. Nothing here knows what is right."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="portman-model-"))
        self.home = os.environ.get("PORTMAN_HOME")
        os.environ["PORTMAN_HOME"] = str(self.root / "state")
        self.sockets: dict[int, socket.socket] = {}
        self.servers = Servers()
        self.low = stretch()

    def end(self) -> None:
        """Leave nothing behind."""
        self.servers.end()
        for one in self.sockets.values():
            one.close()
        shutil.rmtree(self.root, ignore_errors=True)
        if self.home is None:
            del os.environ["PORTMAN_HOME"]
        else:
            os.environ["PORTMAN_HOME"] = self.home

    def folder(self, place: Place) -> str:
        """Return the checkout of a place."""
        return str(self.root / place[0])

    def write_manifest(self, name: str, wanted: dict[str, int]) -> None:
        """Write ports.toml: so many ports for each service; web has a usual one, dns both kinds.

        Each service works in a folder of its name.
        """
        text = f'[pool]\nrange = "{self.low}-{self.low + WIDTH - 1}"\n[services]\n'
        for service, count in wanted.items():
            port = self.low + 7 if service == "web" else '"auto"'
            kind = ', protocol = ["tcp", "udp"]' if service == "dns" else ""
            text += f'{service} = {{ port = {port}, count = {count}, dir = "{service}"{kind} }}\n'
            (self.root / name / service).mkdir(exist_ok=True)
        (self.root / name / "ports.toml").write_text(text)

    def toggle(self, port: int) -> None:
        """Take a port with a real socket, or let it go."""
        if port in self.sockets:
            self.sockets.pop(port).close()
        elif len(self.sockets) < 8 and port not in self.servers.who:
            self.sockets[port] = socket.create_server(("127.0.0.1", port))

    def serve(self, port: int, place: str, service: str, who: Server) -> None:
        """Start a server in the folder of a service of a checkout, if there is room."""
        folder = self.root / place / service
        if len(self.servers.who) < MOST and not self.there((port,)) and folder.is_dir():
            self.servers.start(port, str(folder), who)

    def there(self, ports: tuple[int, ...]) -> list[Server | None]:
        """Return what has these ports; None for sockets of a stranger."""
        taken = [None for port in ports if port in self.sockets]
        return [*taken, *(self.servers.who[port] for port in ports if port in self.servers.who)]

    def lose_ledger(self, *, everything: bool) -> None:
        """Delete the state folder, or only the ledger in it."""
        state = self.root / "state"
        for path in state.glob("ledger.*"):
            path.unlink()
        if everything:
            shutil.rmtree(state, ignore_errors=True)

    def ledger(self) -> dict[Place, Ports]:
        """Read the ledger."""
        from portman.ledger.sqlite import SqliteLedger

        found: dict[Place, Ports] = {}
        with contextlib.closing(SqliteLedger(str(self.root / "state"))) as ledger:
            for holding in ledger.holdings():
                place = (os.path.basename(holding.record.path), holding.record.instance)
                found.setdefault(place, {})[holding.lease.service] = holding.lease.ports
        return found

    def file(self, place: Place) -> Path:
        """Return the env file of a place."""
        return self.root / place[0] / (".env.ci" if place[1] else ".env")

    def content(self, place: Place) -> bytes:
        """Return what is in the env file of a place, nothing if there is none."""
        return self.file(place).read_bytes() if self.file(place).exists() else b""

    def split(self, place: Place) -> list[bytes]:
        """Return what is above, in and below the block (three parts, or one)."""
        data = self.content(place)
        found = BLOCK.search(data)
        return [data[: found.start()], found[0], data[found.end() :]] if found else [data]

    def express(self, command: str, place: Place, *names: str) -> tuple[int, dict[str, Any]]:
        """Run one command line with --json in the express lane."""
        argv = [command, *names, "--json", "-C", self.folder(place)]
        said, out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), sys.stdout
        sys.stdout = said
        try:
            code = express.answer([*argv, "--instance", place[1]] if place[1] else argv)
        finally:
            sys.stdout = out
        said.flush()
        assert code is not None
        envelope = json.loads(said.buffer.getvalue())  # type: ignore[attr-defined]
        assert envelope["exit_code"] == code
        return code, envelope


def stretch() -> int:
    """Return where a stretch of ports begins that nobody on this machine uses."""
    for low in range(18000, 10000, -WIDTH):
        if all(
            probe(port, kind) == "idle"
            for port in range(low, low + WIDTH)
            for kind in ("tcp", "udp")
        ):
            return low
    raise AssertionError("no free ports here")
