"""The whole system against the model: checkouts, files, sockets and ledgers come and go.

Everything runs in this process, through the express lane (receipts on) and the operations. What
must be right is in model.py; here are the steps, and how an answer is held against it.
"""

from __future__ import annotations

import ast
import os
import shutil
import sys
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

from portman.base.errors import PortmanError
from portman.commands.ledger import gc
from portman.commands.up import down, up
from portman.state import receipts as receipt
from tests.stress import model
from tests.stress.servers import without
from tests.stress.world import WIDTH, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stress.model import Place, Ports

pytestmark = [
    pytest.mark.stress,
    pytest.mark.skipif(sys.platform != "linux", reason="forks, and mount namespaces"),
]
PLACES = st.sampled_from([(name, instance) for name in "abc" for instance in ("", "ci")])
NAMES = st.sampled_from("abc")
SERVICES = ("web", "db", "shard", "dns")
WANTED = st.dictionaries(st.sampled_from(SERVICES), st.integers(1, 3), min_size=1)
NUMBERS = st.integers(0, WIDTH - 1)
FOREIGN = st.sampled_from(
    [b"", b"A=1\n", b"\xff odd\n", b"B=2\r\n\r\n", b"# >>>portman\n", b"C='\n'\n"]
)
#: Shrinking takes minutes here; the steps of a failure can be read as they are.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


class Counted:
    """How often something took part, over all examples: receipts, views, servers that run."""

    hits = views = running = 0


class System(RuleBasedStateMachine):
    """The system in its world, and the model beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.world, self.model = World(), model.Model()
        #: What people did: the services of each checkout that is there, their lines in env files.
        self.wanted: dict[str, dict[str, int]] = {}
        self.foreign: dict[Place, tuple[bytes, bytes]] = {}

    @initialize()
    def begin(self) -> None:
        """Make the checkouts."""
        for name in "abc":
            self.make(name, {"web": 1, "db": 1})

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.world.end()

    # What people do.

    @rule(name=NAMES, wanted=WANTED)
    def make(self, name: str, wanted: dict[str, int]) -> None:
        """Make a checkout that is not there, or give one another manifest."""
        folder = self.world.root / name
        if not folder.exists():
            folder.mkdir()
            self.model.make(name)
            self.adopt(name)
        self.world.write_manifest(name, wanted)
        self.wanted[name] = dict(wanted)

    def adopt(self, name: str) -> None:
        """Give a folder made again what it had, if nobody saw meanwhile that it was gone."""
        for place, held in self.world.ledger().items():
            if place[0] == name:
                assert held.items() <= self.model.former.get(place, {}).items()
                self.model.give(place, held)

    @rule(name=NAMES)
    def remove_folder(self, name: str) -> None:
        """Delete a checkout as rm -r does: its leases end when somebody next looks."""
        shutil.rmtree(self.world.root / name, ignore_errors=True)
        self.wanted.pop(name, None)
        for place in ((name, ""), (name, "ci")):
            self.model.give_back(place)
            self.foreign.pop(place, None)

    @rule(place=PLACES)
    def remake_folder(self, place: Place) -> None:
        """Delete a checkout and make it again at once, as `git worktree` does; its servers stay."""
        wanted = self.wanted.get(place[0])
        if wanted:
            self.remove_folder(place[0])
            self.make(place[0], wanted)
            self.up(place)

    @rule(place=PLACES, above=FOREIGN, below=FOREIGN)
    def edit(self, place: Place, above: bytes, below: bytes) -> None:
        """Write other lines around the block."""
        if place[0] in self.wanted:
            block = b"".join(self.world.split(place)[1:2])
            self.world.file(place).write_bytes(above + block + below)
            self.foreign[place] = (above, below)

    @rule(place=PLACES, number=NUMBERS)
    def forge(self, place: Place, number: int) -> None:
        """Change a number inside the block by hand."""
        said = self.model.written.get(place)
        if said:
            name, ports = next(iter(said.items()))
            low, data = self.world.low, self.world.content(place)
            old = f"\n{name.upper()}_PORT={ports[0]}\n".encode()
            assert old in data
            new = f"\n{name.upper()}_PORT={low + number}\n".encode()
            self.world.file(place).write_bytes(data.replace(old, new, 1))
            moved = tuple(low + number + at for at in range(len(ports)))
            self.model.written[place] = {**said, name: moved}

    @rule(place=PLACES)
    def delete_file(self, place: Place) -> None:
        """Delete an env file."""
        if place[0] in self.wanted:
            self.world.file(place).unlink(missing_ok=True)
            self.model.written.pop(place, None)
            self.foreign.pop(place, None)

    @rule(number=NUMBERS)
    def squat(self, number: int) -> None:
        """Take a port with a real socket, or let it go."""
        self.world.toggle(self.world.low + number)

    @rule(at=PLACES, port=st.data())
    def serve(self, at: Place, port: st.DataObject) -> None:
        """Start a service's own server on a port that is leased to it, twice if there is room."""
        for _ in range(2):
            self.up(at)
            held = self.model.leases.get(at, {})
            if held and at[0] in self.wanted:
                service = port.draw(st.sampled_from(sorted(held)))
                who = (at[0], self.model.made[at[0]], service)
                self.world.serve(port.draw(st.sampled_from(held[service])), at[0], service, who)
                self.up(at)

    @rule(name=NAMES, service=st.sampled_from(("", *SERVICES)), at=PLACES, port=st.data())
    def swap(self, name: str, service: str, at: Place, port: st.DataObject) -> None:
        """End what has a leased port, and start another server there: any service of any folder."""
        held = [one for ports in self.model.leases.get(at, {}).values() for one in ports]
        if held and name in self.wanted:
            number = port.draw(st.sampled_from(held))
            if number in self.world.servers.who:
                self.world.servers.stop(number)
            who = (name, self.model.made[name], service)
            self.world.serve(number, name, service, who)
            self.up(at)

    @rule(number=NUMBERS)
    def stop(self, number: int) -> None:
        """End one of the servers."""
        running = sorted(self.world.servers.who)
        if running:
            self.world.servers.stop(running[number % len(running)])

    @rule(number=NUMBERS)
    def look_from_elsewhere(self, number: int) -> None:
        """Collect where a checkout is not to be seen (a sandbox, say): it is not gone."""
        if self.wanted:
            name = sorted(self.wanted)[number % len(self.wanted)]
            Counted.views += without(self.world.folder((name, "")), gc)

    @rule(everything=st.booleans())
    def lose_ledger(self, everything: bool) -> None:
        """Delete the state folder, or only the ledger in it (the receipts stay)."""
        self.world.lose_ledger(everything=everything)
        self.model.lose_ledger()

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
        code, said = self.world.express("up", place)
        codes = {one["code"] for one in said["errors"]}
        if "pool-exhausted" in codes:
            return
        assert codes <= {"port-taken"}, said
        given = {one["name"]: tuple(one["ports"]) for one in said["data"]["services"]}
        self.accept(place, given)
        self.model.written[place] = dict(given)
        expected = {name: self.verdict(place, name, given[name]) for name in given}
        assert {one["name"]: one["verdict"] for one in said["data"]["services"]} == expected
        assert (code == 1) == ("taken" in expected.values()) == bool(codes)
        Counted.running += "running" in expected.values()

    def verdict(self, place: Place, name: str, ports: tuple[int, ...]) -> str:
        """Return what the model says of what is on these ports."""
        return self.model.verdict(place, name, self.world.there(ports))

    @rule(place=PLACES)
    def ask(self, place: Place) -> None:
        """`port` and `env` say what `up` would, and write no file."""
        if place[0] not in self.wanted:
            return
        before = self.world.content(place), self.world.file(place).exists()
        code, said = self.world.express("env", place)
        if code:
            assert {one["code"] for one in said["errors"]} == {"pool-exhausted"}
            return
        given: Ports = {}
        for name, size in self.wanted[place[0]].items():
            more = (f"{name.upper()}_PORT_{number}" for number in range(2, size + 1))
            words = [f"{name.upper()}_PORT", *more]
            given[name] = tuple(int(said["data"]["env"][word]) for word in words)
        self.accept(place, given)
        for name, ports in given.items():
            _, one = self.world.express("port", place, name)
            assert tuple(one["data"]["ports"]) == ports
        assert before == (self.world.content(place), self.world.file(place).exists())

    @rule(place=PLACES)
    def check(self, place: Place) -> None:
        """Expect a no exactly where something is missing, stale or in the way."""
        if place[0] not in self.wanted:
            return
        code, said = self.world.express("check", place)
        mine = self.model.leases.get(place, {})
        fits = {name: mine.get(name, ()) for name in self.wanted[place[0]]}
        assert {one["name"]: tuple(one["ports"]) for one in said["data"]["services"]}.items() <= (
            mine.items()
        )
        if code == 0:
            assert all(fits.values())
            assert fits == self.model.written.get(place)
            assert "taken" not in [self.verdict(place, name, fits[name]) for name in fits]
        else:
            assert said["errors"]

    @rule(place=PLACES, names=st.sets(st.sampled_from(SERVICES)))
    def reassign(self, place: Place, names: set[str]) -> None:
        """Move what is asked to move and nothing else; unasked, what is stuck or homesick may."""
        if place[0] not in self.wanted:
            return
        asked = names & set(self.wanted[place[0]])
        before = dict(self.model.leases.get(place, {}))
        told = {name: self.verdict(place, name, ports) for name, ports in before.items()}
        folder, words = self.world.folder(place), tuple(sorted(asked))
        try:
            report = up(folder, instance=place[1], names=words, reassign=True)
        except PortmanError as error:
            running = "running" in [told.get(name) for name in asked]
            if error.code != ("service-running" if running else "pool-exhausted"):
                raise
            return
        codes = {one.code for one in report.errors}
        now = self.world.ledger()[place]
        given = {name: now[name] for name in self.wanted[place[0]]}
        stuck = {name for name in told if told[name] == "taken"}
        assert self.model.allows(place, now, asked or {"web", *stuck}), (before, now)
        for name in asked & before.keys():
            assert told[name] != "running"
            assert given[name][0] not in before[name] or len(given[name]) != len(before[name])
        assert not codes - {"port-taken"}
        self.model.give(place, now)
        assert self.model.leases[place] == now
        self.model.written[place] = given

    @rule(place=PLACES)
    def down(self, place: Place) -> None:
        """Give the ports back; the file is as people left it."""
        if place[0] not in self.wanted:
            return
        report = down(self.world.folder(place), instance=place[1])
        assert not report.errors
        self.model.give_back(place)

    @rule()
    def collect(self) -> None:
        """Only what is gone is given back."""
        gc()

    # What must hold.

    def accept(self, place: Place, given: Ports) -> None:
        """Hold an answer against the model, and let it count from here on."""
        assert {name: len(ports) for name, ports in given.items()} == self.wanted[place[0]]
        assert self.model.allows(place, given, set()), (place, given)
        held = self.model.leases.get(place, {})
        for name, ports in given.items():
            if len(held.get(name, ())) != len(ports):
                self.expect_new(place, name, ports, given)
        self.model.give(place, given)

    def expect_new(self, place: Place, name: str, ports: tuple[int, ...], given: Ports) -> None:
        """Expect ports that were free, in the pool or wished for; the first wish if it was."""
        mine = [one and one[:2] for one in self.world.there(ports)]
        assert set(mine) <= {(place[0], self.model.made[place[0]])}
        wishes = self.model.wishes(place, name)
        held = self.model.leases.get(place, {}).get(name)
        low = self.world.low
        # What the file says counts even outside the pool: it may be an old usual port.
        in_pool = all(low <= port < low + WIDTH for port in ports)
        assert in_pool or ports[0] in [*wishes, *(held or ())[:1]]
        if wishes and not held:  # another size: its first port is tried before
            numbers = {wishes[0] + at for at in range(len(ports))}
            if not numbers & self.in_the_way(place, wishes[0], given):
                assert ports[0] == wishes[0], (place, name, "not healed")

    def in_the_way(self, place: Place, wish: int, given: Ports) -> set[int]:
        """Return the numbers that may keep a service from its wish."""
        leases = {**self.model.leases, place: {**self.model.leases.get(place, {}), **given}}
        taken = {port for held in leases.values() for ports in held.values() for port in ports}
        siblings = {
            ports[0]
            for one in (self.model.written, self.model.former)
            for ports in one.get(place, {}).values()
        }
        rivals = {first + at for first in siblings - {wish} for at in range(3)}
        usual = {self.world.low + at for at in (7, 8, 9)}
        return taken | set(self.world.sockets) | set(self.world.servers.who) | rivals | usual

    @invariant()
    def files(self) -> None:
        """Foreign bytes are as they were; a block is whole and says what it was last told."""
        for place, (above, below) in self.foreign.items():
            parts = self.world.split(place)
            assert b"".join(parts[::2]) == above + below, (place, parts)
        for place, said in self.model.written.items():
            block = self.world.split(place)[1].decode()
            for name, ports in said.items():
                assert f"\n{name.upper()}_PORT={ports[0]}\n" in block, (place, block)

    @invariant()
    def agrees(self) -> None:
        """Hold the ledger against the model, for every checkout that is there."""
        ledger = self.world.ledger()
        for place, held in self.model.leases.items():
            assert ledger.get(place, {}) == held, place


def test_the_model_can_be_read_at_a_glance() -> None:
    """Eighteen statements, and none with another inside."""
    tree = ast.parse(Path(model.__file__).read_text())
    (body,) = [one for one in tree.body if isinstance(one, ast.ClassDef)]
    definitions = [one for one in body.body if isinstance(one, ast.FunctionDef)]
    statements = [one for function in definitions for one in function.body if not is_text(one)]
    assert len(body.body) == len(definitions) + 1
    assert len(statements) <= 18
    assert all(isinstance(one, ast.Assign | ast.Return | ast.Expr) for one in statements)


def is_text(statement: ast.stmt) -> bool:
    """Return whether this is a docstring."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


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
        System,
        settings=settings(
            max_examples=sized(25, 500),
            stateful_step_count=sized(30, 60),
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            phases=PHASES,
        ),
    )
    assert Counted.hits > 10
    assert Counted.running > 10
    assert Counted.views or os.geteuid() != 0
