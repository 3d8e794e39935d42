"""The whole system against a small model: checkouts, files, sockets and ledgers come and go.

Everything runs in this process, through the express lane (receipts on) and the operations. The
model says what may happen to a port: it stays while its lease does; a lost ledger is healed from
the files; what was given back is given again; nothing is given twice.
"""

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
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from portman.cli import express
from portman.core.errors import PortmanError
from portman.files import receipt
from portman.machine.sockets import probe
from portman.operations.down import down
from portman.operations.gc import gc
from portman.operations.up import up

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.stress
WIDTH = 48
PLACES = st.sampled_from([(name, instance) for name in "abc" for instance in ("", "ci")])
NAMES = st.sampled_from("abc")
SERVICES = ("web", "db", "shard", "dns")
WANTED = st.dictionaries(st.sampled_from(SERVICES), st.integers(1, 3), min_size=1)
NUMBERS = st.integers(0, WIDTH - 1)
FOREIGN = st.sampled_from(
    [b"", b"A=1\n", b"\xff odd\n", b"B=2\r\n\r\n", b"# >>>portman\n", b"C='\n'\n"]
)
BLOCK = re.compile(rb"# >>> portman\n(?:.+\n)*# <<< portman\n")
Place = tuple[str, str]
Ports = dict[str, tuple[int, ...]]


#: Shrinking takes minutes here; the steps of a failure can be read as they are.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


class Counted:
    """How often a receipt's answer was repeated over all examples."""

    hits = 0


class Model(RuleBasedStateMachine):
    """The system, and beside it what is known of it."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="portman-model-"))
        self.home = os.environ.get("PORTMAN_HOME")
        os.environ["PORTMAN_HOME"] = str(self.root / "state")
        self.sockets: dict[int, socket.socket] = {}
        # The model: leases, what the files say of ports, foreign bytes, what was given back.
        self.leases: dict[Place, Ports] = {}
        self.written: dict[Place, Ports] = {}
        self.foreign: dict[Place, tuple[bytes, bytes]] = {}
        self.former: dict[Place, Ports] = {}
        self.wanted: dict[str, dict[str, int]] = {}

    @initialize()
    def begin(self) -> None:
        """Find a stretch of ports that nobody on this machine uses, and make the checkouts."""
        for low in range(18000, 10000, -WIDTH):
            if all(
                probe(port, kind) == "free"
                for port in range(low, low + WIDTH)
                for kind in ("tcp", "udp")
            ):
                break
        self.low = low
        for name in "abc":
            self.make(name, {"web": 1, "db": 1})

    def teardown(self) -> None:
        """Leave nothing behind."""
        for one in self.sockets.values():
            one.close()
        shutil.rmtree(self.root, ignore_errors=True)
        if self.home is None:
            del os.environ["PORTMAN_HOME"]
        else:
            os.environ["PORTMAN_HOME"] = self.home

    # What people do.

    @rule(name=NAMES, wanted=WANTED)
    def make(self, name: str, wanted: dict[str, int]) -> None:
        """Make a checkout that is not there, or give one another manifest."""
        folder = self.root / name
        if not folder.exists():
            folder.mkdir()
            self.adopt(name)
        text = f'[pool]\nrange = "{self.low}-{self.low + WIDTH - 1}"\n[services]\n'
        for service, count in wanted.items():
            port = self.low + 7 if service == "web" else '"auto"'
            kind = ', protocol = ["tcp", "udp"]' if service == "dns" else ""
            text += f"{service} = {{ port = {port}, count = {count}{kind} }}\n"
        (folder / "ports.toml").write_text(text)
        self.wanted[name] = dict(wanted)

    def adopt(self, name: str) -> None:
        """Give a folder made again what it had, if nobody saw meanwhile that it was gone."""
        for place, held in self.ledger().items():
            if place[0] == name:
                assert held.items() <= self.former.get(place, {}).items()
                self.leases[place] = held

    @rule(name=NAMES)
    def remove_folder(self, name: str) -> None:
        """Delete a checkout as rm -r does: its leases end when somebody next looks."""
        shutil.rmtree(self.root / name, ignore_errors=True)
        self.wanted.pop(name, None)
        for place in ((name, ""), (name, "ci")):
            self.former.setdefault(place, {}).update(self.leases.pop(place, {}))
            self.written.pop(place, None)
            self.foreign.pop(place, None)

    @rule(place=PLACES, above=FOREIGN, below=FOREIGN)
    def edit(self, place: Place, above: bytes, below: bytes) -> None:
        """Write other lines around the block."""
        if place[0] in self.wanted:
            block = b"".join(self.split(place)[1:2])
            self.file(place).write_bytes(above + block + below)
            self.foreign[place] = (above, below)

    @rule(place=PLACES, number=NUMBERS)
    def forge(self, place: Place, number: int) -> None:
        """Change a number inside the block by hand."""
        if self.written.get(place):
            name, ports = next(iter(self.written[place].items()))
            old = f"\n{name.upper()}_PORT={ports[0]}\n".encode()
            data = self.file(place).read_bytes()
            assert old in data
            new = f"\n{name.upper()}_PORT={self.low + number}\n".encode()
            self.file(place).write_bytes(data.replace(old, new, 1))
            moved = tuple(self.low + number + at for at in range(len(ports)))
            self.written[place] = {**self.written[place], name: moved}

    @rule(place=PLACES)
    def delete_file(self, place: Place) -> None:
        """Delete an env file."""
        if place[0] in self.wanted:
            self.file(place).unlink(missing_ok=True)
            self.written.pop(place, None)
            self.foreign.pop(place, None)

    @rule(number=NUMBERS)
    def squat(self, number: int) -> None:
        """Take a port with a real socket, or let it go."""
        port = self.low + number
        if port in self.sockets:
            self.sockets.pop(port).close()
        elif len(self.sockets) < 8:
            self.sockets[port] = socket.create_server(("127.0.0.1", port))

    @rule(everything=st.booleans())
    def lose_ledger(self, everything: bool) -> None:
        """Delete the state folder, or only the ledger in it (the receipts stay)."""
        state = self.root / "state"
        for path in state.glob("ledger.*"):
            path.unlink()
        if everything:
            shutil.rmtree(state, ignore_errors=True)
        self.leases.clear()
        self.former.clear()

    @rule()
    def wait(self) -> None:
        """Let the files grow old enough to vouch for, and ask twice, so that receipts are used."""
        time.sleep(0.06)
        for name in self.wanted:
            for _ in range(2):
                self.up((name, ""))
                self.ask((name, ""))

    # What portman does.

    @rule(place=PLACES)
    def up(self, place: Place) -> None:
        """Every service has a port of its own; what had one keeps it."""
        if place[0] not in self.wanted:
            return
        code, said = self.express("up", place)
        codes = {one["code"] for one in said["errors"]}
        if "pool-exhausted" in codes:
            return
        assert codes <= {"port-held"}, said
        given = {one["name"]: tuple(one["ports"]) for one in said["data"]["services"]}
        self.expect(place, given)
        self.leases.setdefault(place, {}).update(given)
        self.written[place] = dict(given)
        busy = any(port in self.sockets for ports in given.values() for port in ports)
        assert (code == 1) == busy == bool(codes)

    @rule(place=PLACES)
    def ask(self, place: Place) -> None:
        """`port` and `env` say what `up` would, and write no file."""
        if place[0] not in self.wanted:
            return
        before = self.file(place).read_bytes() if self.file(place).exists() else None
        code, said = self.express("env", place)
        if code:
            assert {one["code"] for one in said["errors"]} == {"pool-exhausted"}
            return
        given: Ports = {}
        for name, size in self.wanted[place[0]].items():
            words = [
                f"{name.upper()}_PORT",
                *(f"{name.upper()}_PORT_{n}" for n in range(2, size + 1)),
            ]
            given[name] = tuple(int(said["data"]["env"][word]) for word in words)
        self.expect(place, given)
        self.leases.setdefault(place, {}).update(given)
        for name, ports in given.items():
            _, one = self.express("port", place, name)
            assert tuple(one["data"]["ports"]) == ports
        assert before == (self.file(place).read_bytes() if self.file(place).exists() else None)

    @rule(place=PLACES)
    def check(self, place: Place) -> None:
        """Expect a no exactly where something is missing, stale or in the way."""
        if place[0] not in self.wanted:
            return
        code, said = self.express("check", place)
        mine = self.leases.get(place, {})
        fits = {name: mine.get(name, ()) for name in self.wanted[place[0]]}
        assert {one["name"]: tuple(one["ports"]) for one in said["data"]["services"]}.items() <= (
            mine.items()
        )
        if code == 0:
            assert all(fits.values())
            assert fits == self.written.get(place)
            assert not any(port in self.sockets for ports in fits.values() for port in ports)
        else:
            assert said["errors"]

    @rule(place=PLACES, names=st.sets(st.sampled_from(SERVICES)))
    def reassign(self, place: Place, names: set[str]) -> None:
        """Move what is asked to move and nothing else, but for what is stuck or homesick."""
        if place[0] not in self.wanted:
            return
        asked = tuple(sorted(names & set(self.wanted[place[0]])))
        before = dict(self.leases.get(place, {}))
        try:
            report = up(str(self.root / place[0]), instance=place[1], names=asked, reassign=True)
        except PortmanError as error:
            if error.code != "pool-exhausted":
                raise
            return
        now = self.ledger()[place]
        for name, size in self.wanted[place[0]].items():
            old, new = before.get(name), now[name]
            if old is None or len(old) != size:
                continue
            stuck = any(port in self.sockets for port in old)
            if name in asked:
                assert new[0] not in old
            elif asked or (not stuck and name != "web"):
                assert new == old
        assert not {one.code for one in report.errors} - {"port-held"}
        self.leases[place] = now
        self.written[place] = {name: now[name] for name in self.wanted[place[0]]}

    @rule(place=PLACES)
    def down(self, place: Place) -> None:
        """Give the ports back; the file is as people left it."""
        if place[0] not in self.wanted:
            return
        report = down(str(self.root / place[0]), instance=place[1])
        assert not report.errors
        self.former.setdefault(place, {}).update(self.leases.pop(place, {}))
        self.written.pop(place, None)

    @rule()
    def collect(self) -> None:
        """Only what is gone is given back."""
        gc()

    # What must hold.

    def expect(self, place: Place, given: Ports) -> None:
        """Hold an answer against the rules: who keeps which port, and nothing given twice."""
        assert {name: len(ports) for name, ports in given.items()} == self.wanted[place[0]]
        others = {
            port
            for at, held in self.leases.items()
            if at != place
            for ports in held.values()
            for port in ports
        }
        mine = [
            port for ports in {**self.leases.get(place, {}), **given}.values() for port in ports
        ]
        assert len(set(mine)) == len(mine)
        assert not set(mine) & others
        for name, ports in given.items():
            held = self.leases.get(place, {}).get(name)
            if held is not None and len(held) == len(ports):
                assert ports == held, (place, name)
                continue
            assert not set(ports) & set(self.sockets)
            # What the file says counts even outside the pool: it may be an old usual port.
            in_pool = all(self.low <= port < self.low + WIDTH for port in ports)
            wishes = (self.written, self.former, self.leases)
            assert in_pool or ports[0] in {one.get(place, {}).get(name, (0,))[0] for one in wishes}
            self.expect_wish(place, name, ports, others | set(mine))

    def expect_wish(self, place: Place, name: str, ports: tuple[int, ...], taken: set[int]) -> None:
        """Expect the number in the own file, else the one given back, if it can be had."""
        if self.leases.get(place, {}).get(name):
            return  # another size: its first port is tried before
        for wish in (self.written.get(place, {}).get(name), self.former.get(place, {}).get(name)):
            if wish:
                numbers = {wish[0] + at for at in range(len(ports))}
                siblings = [
                    *self.written.get(place, {}).values(),
                    *self.former.get(place, {}).values(),
                ]
                rivals = {
                    n for one in siblings if one[0] != wish[0] for n in range(one[0], one[0] + 3)
                }
                if not numbers & (
                    taken | set(self.sockets) | rivals | {self.low + 7, self.low + 8, self.low + 9}
                ):
                    assert ports[0] == wish[0], (place, name, "not healed")
                return

    @invariant()
    def files(self) -> None:
        """Foreign bytes are as they were; a block is whole and says what it was last told."""
        for place, (above, below) in self.foreign.items():
            parts = self.split(place)
            assert b"".join(parts[::2]) == above + below, (place, parts)
        for place, said in self.written.items():
            block = self.split(place)[1].decode()
            for name, ports in said.items():
                assert f"\n{name.upper()}_PORT={ports[0]}\n" in block, (place, block)

    @invariant()
    def agrees(self) -> None:
        """Hold the ledger against the model, for every checkout that is there."""
        there = {place: held for place, held in self.ledger().items() if place[0] in self.wanted}
        for place, held in self.leases.items():
            assert there.get(place) == held, place

    def ledger(self) -> dict[Place, Ports]:
        """Read the ledger."""
        from portman.ledger.sqlite import SqliteLedger

        found: dict[Place, Ports] = {}
        with contextlib.closing(SqliteLedger(str(self.root / "state"))) as ledger:
            for holding in ledger.holdings():
                place = (os.path.basename(holding.tenant.path), holding.tenant.instance)
                found.setdefault(place, {})[holding.lease.service] = holding.lease.ports
        return found

    def file(self, place: Place) -> Path:
        """Return the env file of a place."""
        return self.root / place[0] / (".env.ci" if place[1] else ".env")

    def split(self, place: Place) -> list[bytes]:
        """Return what is above, in and below the block (three parts, or one)."""
        data = self.file(place).read_bytes() if self.file(place).exists() else b""
        found = BLOCK.search(data)
        return [data[: found.start()], found[0], data[found.end() :]] if found else [data]

    def express(self, command: str, place: Place, *names: str) -> tuple[int, dict[str, Any]]:
        """Run one command line with --json in the express lane."""
        argv = [command, *names, "--json", "-C", str(self.root / place[0])]
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


def test_the_system_does_what_the_model_does(
    monkeypatch: pytest.MonkeyPatch, sized: Callable[[Any, Any], Any]
) -> None:
    """Thousands of steps; and the receipts did take part."""
    recall = receipt.recall

    def counting(*arguments: str) -> tuple[str, str] | None:
        found = recall(*arguments)
        Counted.hits += found is not None
        return found

    monkeypatch.setattr(receipt, "recall", counting)
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Model,
        settings=settings(
            max_examples=sized(40, 500),
            stateful_step_count=sized(30, 60),
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            phases=PHASES,
        ),
    )
    assert Counted.hits > 10
