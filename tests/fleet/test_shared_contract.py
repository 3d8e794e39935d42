"""What every ledger promises, and the model, over a ledger whose spaces a server decides.

On Debian's PostgreSQL and on the newest one: what is promised depends on what transactions do.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from portman.base.values import LOCAL_SCOPE, Checkout, Lease
from portman.ledger.shared.ledger import SharedLedger
from portman.ledger.shared.settings import Settings
from tests.cluster import LARGE, Cluster
from tests.unit.ledger import test_ledger_contract as contract
from tests.unit.ledger.test_ledger_model import TwoLedgers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portman.ledger.protocol import Asked
    from portman.ledger.write import SqliteWriter
    from tests.fleet.test_two_machines import Make

NEWEST = pytest.mark.xdist_group("the newest PostgreSQL")


@pytest.fixture(
    scope="module",
    name="session_cluster",
    params=["debian", pytest.param("newest", marks=NEWEST)],
)
def _session_cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    if request.param == "debian":
        yield request.getfixturevalue("debian_cluster")
        return
    cluster = Cluster(54_311, newest=True)
    yield cluster
    cluster.remove()


ASKED = ((LOCAL_SCOPE, ""), ("far", "ENGINE-1"))


class AlwaysAsking(SharedLedger):
    """Asks the server in every transaction, as an allocation does."""

    @contextlib.contextmanager
    def writing(self, asked: Asked = ASKED) -> Iterator[SqliteWriter]:
        with super().writing(asked) as writer:
            yield writer


@pytest.fixture(name="ledger")
def _ledger(cluster: Cluster, tmp_path: Path) -> Iterator[SharedLedger]:
    ledger = AlwaysAsking(str(tmp_path / "state"), Settings(cluster.url(), "box"))
    yield ledger
    ledger.close()


globals().update({name: one for name, one in vars(contract).items() if name.startswith("test_")})


def test_two_engines_that_an_owner_joins_are_one_space(cluster: Cluster, tmp_path: Path) -> None:
    """Two engines on one host have two IDs; the alias of one leads to the space of the other."""
    cluster.rows(
        "INSERT INTO portman.space (name) VALUES ('engine:A');"
        " INSERT INTO portman.alias VALUES ('engine:B', 'engine:A')"
    )
    for identity, expected in (("A", False), ("B", True)):
        ledger = SharedLedger(str(tmp_path / identity), Settings(cluster.url()))
        with ledger.writing([("host:build", identity)]) as writer:
            writer.know_engine("host:build", identity, 1, here=False)
            assert (("tcp", 3000) in writer.taken("host:build")) is expected
            writer.record_checkout(Checkout("/x"), primary=True, user="u", now=1)
            writer.grant("/x", "", "host:build", [Lease("web", 3001 if expected else 3000)], 1)
        ledger.close()
    assert cluster.leased() == [("engine:A", "tcp", 3000), ("engine:A", "tcp", 3001)]


def test_the_model_holds_with_a_server(session_cluster: Cluster) -> None:
    """Arbitrary histories end as in memory, and the server has every lease that is here."""

    class OneIsShared(TwoLedgers):
        def __init__(self) -> None:
            super().__init__()
            session_cluster.empty()
            shutil.rmtree(self.folder)
            self.folder = tempfile.mkdtemp(prefix="portman-test-")
            self.sqlite = AlwaysAsking(self.folder, Settings(session_cluster.url(), "box"))

        def teardown(self) -> None:
            names = {LOCAL_SCOPE: "host:box", "far": "engine:ENGINE-1"}
            here = {
                (names[one.scope], *key)
                for one in self.sqlite.holdings()
                for key in one.lease.keys()
            }
            assert here == set(session_cluster.leased())
            super().teardown()

    one = OneIsShared.TestCase
    one.settings = settings(
        max_examples=25 if LARGE else 4,
        stateful_step_count=10,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    one().runTest()


def test_the_commands_work_with_this_server(session_cluster: Cluster, machine: Make) -> None:
    one, two = machine("m1", session_cluster.url()), machine("m2", session_cluster.url())
    assert (one("up").code, two("up").code) == (0, 0)
    assert len(session_cluster.leased()) == 4
    assert str(two.checkout) in one("list", "--team").out
    version = session_cluster.rows("SHOW server_version")[0][0]
    assert version in one("ledger", "status").out
    assert one("run", "--ephemeral", "--", "true").code == 0
    assert (one("down").code, two("ledger", "gc").code) == (0, 0)
    assert len(session_cluster.leased()) == 2
    assert int(version.split(".")[0]) >= 15
