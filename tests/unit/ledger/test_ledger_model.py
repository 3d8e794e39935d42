"""The SQLite ledger against the one in memory, over arbitrary histories."""

from __future__ import annotations

import contextlib
import shutil
import tempfile

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from portman.base.errors import PortmanError
from portman.base.values import Checkout, Lease
from portman.ledger.sqlite import SqliteLedger
from tests.unit.ledger.memory_ledger import MemoryLedger

PATHS = st.sampled_from(["/a", "/b", "/c\udcff"])
INSTANCES = st.sampled_from(["", "ci"])
SERVICES = st.sampled_from(["web", "db", "z"])
SCOPES = st.sampled_from(["local", "far"])
PROTOCOLS = st.sampled_from([("tcp",), ("udp",), ("tcp", "udp")])
LEASES = st.builds(Lease, SERVICES, st.integers(1, 12), st.integers(1, 3), PROTOCOLS)
TIMES = st.integers(0, 1000)


class TwoLedgers(RuleBasedStateMachine):
    """Do the same to both, and expect the same of both."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp(prefix="portman-test-")
        self.sqlite = SqliteLedger(self.folder, shareable=False)
        self.memory = MemoryLedger()

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.sqlite.close()
        shutil.rmtree(self.folder)

    @rule(
        path=PATHS,
        instance=INSTANCES,
        scope=SCOPES,
        leases=st.lists(LEASES, max_size=3),
        now=TIMES,
    )
    def grant(self, path: str, instance: str, scope: str, leases: list[Lease], now: int) -> None:
        """Ask; both give it or neither does."""
        refused = []
        for ledger in (self.sqlite, self.memory):
            refused.append("")
            with contextlib.suppress(PortmanError), ledger.writing() as writer:
                refused[-1] = "refused"
                writer.record_checkout(Checkout(path, instance), primary=True, user="me", now=now)
                writer.grant(path, instance, scope, leases, now)
                refused[-1] = ""
        assert refused[0] == refused[1]

    @rule(path=PATHS, instance=INSTANCES, services=st.none() | st.sets(SERVICES), now=TIMES)
    def give_back(self, path: str, instance: str, services: set[str] | None, now: int) -> None:
        """Both end the same leases."""
        with self.sqlite.writing() as one, self.memory.writing() as two:
            given = one.give_back(path, instance, services, now)
            assert given == two.give_back(path, instance, services, now)

    @rule()
    def reopen(self) -> None:
        """Nothing lives in the connection."""
        self.sqlite.close()

    @invariant()
    def agree(self) -> None:
        """All that can be read is the same in both."""
        held = self.sqlite.holdings()
        assert held == self.memory.holdings()
        keys = [(one.scope, *key) for one in held for key in one.lease.keys()]
        assert len(keys) == len(set(keys))
        for scope, protocol, port in keys[:3]:
            found = self.sqlite.lease_on(scope, protocol, port)
            assert found == self.memory.lease_on(scope, protocol, port)


TestTwoLedgers = TwoLedgers.TestCase
TestTwoLedgers.settings = settings(
    max_examples=25,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
