"""What every ledger promises, run over the SQLite ledger and the one in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portman.base.errors import PortmanError
from portman.base.values import LOCAL_SCOPE, Checkout, Lease
from portman.ledger import log
from portman.ledger.protocol import EndedLease, LogChange, LogQuery, NameOwner
from portman.ledger.sqlite import SqliteLedger
from tests.unit.ledger.memory_ledger import MemoryLedger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portman.ledger.protocol import Ledger, Writer

SHOP = Checkout("/src/shop", project="shop", repository="/src/shop/.git")
EVERYTHING = LogQuery()
FEAT = Checkout("/src/feat", project="shop", repository="/src/shop/.git")


@pytest.fixture(name="ledger", params=["sqlite", "memory"])
def _ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    ledger: Ledger
    if request.param == "sqlite":
        ledger = SqliteLedger(str(tmp_path / "state"), shareable=False)
    else:
        ledger = MemoryLedger()
    yield ledger
    ledger.close()


def settle(writer: Writer, checkout: Checkout, *leases: Lease, now: int = 100) -> None:
    """Record a checkout and what it gets."""
    writer.record_checkout(checkout, primary=bool(checkout.primary), user="ada", now=now)
    writer.grant(checkout.path, checkout.instance, LOCAL_SCOPE, leases, now)


def test_an_empty_ledger_answers_with_nothing(ledger: Ledger) -> None:
    """Reading before anyone wrote is no error."""
    assert ledger.record("/src/shop", "") is None
    assert ledger.leases("/src/shop", "", LOCAL_SCOPE) == {}
    assert ledger.holdings() == ()
    assert ledger.lease_on(LOCAL_SCOPE, "tcp", 3000) is None
    assert not any(ledger.stamp())


def test_granted_leases_are_read_back_whole(ledger: Ledger) -> None:
    """Size, protocols and time survive; protocols come back with tcp first."""
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("web", 3000), Lease("dns", 5353, 3, ("udp", "tcp")))
    assert ledger.leases("/src/shop", "", LOCAL_SCOPE) == {
        "web": Lease("web", 3000, given_at=100),
        "dns": Lease("dns", 5353, 3, ("tcp", "udp"), 100),
    }
    assert any(ledger.stamp())


def test_a_checkout_is_recorded_with_who_and_when(ledger: Ledger) -> None:
    """The record keeps its birth and refreshes the rest."""
    with ledger.writing() as writer:
        settle(writer, SHOP)
        writer.record_checkout(SHOP._replace(project="store"), primary=False, user="bob", now=300)
    found = ledger.record("/src/shop", "")
    assert found is not None
    assert (found.project, found.primary, found.user) == ("store", False, "bob")
    assert (found.made_at, found.used_at) == (100, 300)
    assert found.repository == "/src/shop/.git"


def test_a_clock_that_jumps_back_breaks_nothing(ledger: Ledger) -> None:
    """Times are notes, not order: what came last counts."""
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("web", 3000), now=2_000_000_000)
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("web", 3001), now=5)
        writer.give_back("/src/shop", "", ["web"], -3)
        assert writer.ended_ports("/src/shop", "", LOCAL_SCOPE) == {"web": 3001}
        settle(writer, SHOP, Lease("web", 3001), now=4)
    assert ledger.leases("/src/shop", "", LOCAL_SCOPE)["web"] == Lease("web", 3001, given_at=4)


def test_instances_of_one_checkout_are_apart(ledger: Ledger) -> None:
    """(path, instance) is the identity."""
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("web", 3000))
        settle(writer, SHOP._replace(instance="ci"), Lease("web", 61000))
    assert ledger.leases("/src/shop", "", LOCAL_SCOPE)["web"].port == 3000
    assert ledger.leases("/src/shop", "ci", LOCAL_SCOPE)["web"].port == 61000


def test_scopes_are_port_spaces_of_their_own(ledger: Ledger) -> None:
    """A remote engine may give out the same number."""
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("web", 3000))
        writer.record_checkout(FEAT, primary=False, user="ada", now=1)
        writer.grant("/src/feat", "", "ssh://far", [Lease("web", 3000)], 1)
        assert writer.taken("ssh://far") == {("tcp", 3000): ("/src/feat", "", "web")}
        assert writer.tenants_on("ssh://far", [2999, 3000]) == {("/src/feat", "")}
        assert writer.tenants_on(LOCAL_SCOPE, range(3000, 3001)) == {("/src/shop", "")}
        assert writer.tenants_on(LOCAL_SCOPE, ()) == set()
    assert ledger.leases("/src/feat", "", LOCAL_SCOPE) == {}
    assert [one.scope for one in ledger.holdings()] == ["ssh://far", LOCAL_SCOPE]
    assert len(ledger.holdings("ssh://far")) == 1


def test_who_has_a_number_is_the_same_however_many_are_asked(ledger: Ledger) -> None:
    """A ledger may ask for the first ones singly, and then read all of them."""
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("web", 3000, 4), Lease("dns", 5353, 1, ("udp",)))
        taken = writer.taken(LOCAL_SCOPE, ("/src/shop", ""))
        seen = [taken.get((one, port)) for port in range(2900, 5400) for one in ("tcp", "udp")]
        assert [who for who in seen if who] == [("/src/shop", "", "web")] * 4 + [
            ("/src/shop", "", "dns")
        ]
        assert len(taken) == len(set(taken)) == len(taken.items()) == 5
        assert ("tcp", 3003) in taken
        assert ("udp", 3003) not in taken


def test_granting_replaces_only_the_services_named(ledger: Ledger) -> None:
    """A moved or resized service leaves nothing of its old lease behind."""
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("web", 3000, 4), Lease("db", 5432))
        writer.grant("/src/shop", "", LOCAL_SCOPE, [Lease("web", 3002, 2)], 7)
        assert set(writer.taken(LOCAL_SCOPE)) == {("tcp", 3002), ("tcp", 3003), ("tcp", 5432)}


def test_two_services_may_swap_their_ports_in_one_grant(ledger: Ledger) -> None:
    """Earlier leases end before new ones are stored."""
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("a", 1000), Lease("b", 2000))
        writer.grant("/src/shop", "", LOCAL_SCOPE, [Lease("a", 2000), Lease("b", 1000)], 7)
    found = ledger.leases("/src/shop", "", LOCAL_SCOPE)
    assert (found["a"].port, found["b"].port) == (2000, 1000)


@pytest.mark.parametrize("stolen", [Lease("x", 3001), Lease("x", 2998, 4), Lease("x", 3000, 2)])
def test_no_port_is_ever_stored_twice(ledger: Ledger, stolen: Lease) -> None:
    """The last line holds, and the whole transaction is undone."""
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("web", 3000, 2))
    with pytest.raises(PortmanError) as caught, ledger.writing() as writer:
        settle(writer, FEAT, Lease("ok", 4000), stolen)
    assert caught.value.code == "ledger-damaged"
    assert ledger.record("/src/feat", "") is None
    assert len(ledger.holdings()) == 1


def test_udp_and_tcp_are_spaces_of_their_own(ledger: Ledger) -> None:
    """The same number in another protocol is another port."""
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("dns", 5353))
        settle(writer, FEAT, Lease("dns", 5353, protocols=("udp",)))
    held = ledger.lease_on(LOCAL_SCOPE, "udp", 5353)
    assert held is not None
    assert held.record.path == "/src/feat"


def test_granting_to_a_stranger_is_a_mistake_of_the_caller(ledger: Ledger) -> None:
    """Settle comes first."""
    with pytest.raises(LookupError), ledger.writing() as writer:
        writer.grant("/src/shop", "", LOCAL_SCOPE, [Lease("web", 3000)], 1)


def test_any_port_of_a_lease_names_the_whole_lease(ledger: Ledger) -> None:
    """lease_on looks at all ports and protocols."""
    lease = Lease("dns", 5353, 3, ("tcp", "udp"))
    with ledger.writing() as writer:
        settle(writer, SHOP, lease, Lease("web", 3000))
    held = ledger.lease_on(LOCAL_SCOPE, "udp", 5355)
    assert held is not None
    assert held.lease == lease._replace(given_at=100)
    assert ledger.lease_on(LOCAL_SCOPE, "tcp", 5356) is None


def test_holdings_are_ordered_by_path_instance_and_port(ledger: Ledger) -> None:
    """Lists look the same on every machine."""
    with ledger.writing() as writer:
        settle(writer, Checkout("/b"), Lease("z", 10), Lease("a", 20))
        settle(writer, Checkout("/a", "x"), Lease("web", 40))
        settle(writer, Checkout("/a"), Lease("web", 30))
    found = [(one.record.path, one.record.instance, one.lease.port) for one in ledger.holdings()]
    assert found == [("/a", "", 30), ("/a", "x", 40), ("/b", "", 10), ("/b", "", 20)]
    assert [one.lease.port for one in ledger.holdings(path="/a")] == [30, 40]
    assert ledger.holdings(path="/c") == ()


def test_an_exception_undoes_everything(ledger: Ledger) -> None:
    """All of it or none of it."""
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("web", 3000))
    with pytest.raises(ZeroDivisionError), ledger.writing() as writer:
        _fail_after_writing(writer)
    assert [one.lease.port for one in ledger.holdings()] == [3000]


def _fail_after_writing(writer: Writer) -> None:
    settle(writer, FEAT, Lease("web", 61000))
    writer.give_back("/src/shop", "", None, 1)
    raise ZeroDivisionError


def test_what_is_given_back_is_remembered(ledger: Ledger) -> None:
    """The former port is there when the checkout comes again."""
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("web", 3000), Lease("shard", 4000, 4))
        given = writer.give_back("/src/shop", "", ["shard", "nothing"], 200)
        assert given == (Lease("shard", 4000, 4, given_at=100),)
        assert writer.ended_ports("/src/shop", "", LOCAL_SCOPE) == {"shard": 4000}
        assert writer.ended_ports("/src/shop", "ci", LOCAL_SCOPE) == {}
        assert writer.leases("/src/shop", "", LOCAL_SCOPE).keys() == {"web"}
    assert ledger.record("/src/shop", "") is not None


def test_a_checkout_without_leases_is_forgotten(ledger: Ledger) -> None:
    """Its former ports are not."""
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("web", 3000))
        writer.grant("/src/shop", "", "far", [Lease("db", 2000)], 1)
        given = writer.give_back("/src/shop", "", None, 200)
        assert [lease.port for lease in given] == [2000, 3000]
        assert writer.unsettled([("/src/shop", "")]) == ()
        assert writer.ended_ports("/src/shop", "", "far") == {"db": 2000}
        assert writer.give_back("/src/shop", "", None, 201) == ()
    assert ledger.record("/src/shop", "") is None


def test_the_newest_former_port_counts(ledger: Ledger) -> None:
    """Giving back again overwrites."""
    with ledger.writing() as writer:
        for port in (3000, 3001):
            settle(writer, SHOP, Lease("web", port))
            writer.give_back("/src/shop", "", None, 200)
        assert writer.ended_ports("/src/shop", "", LOCAL_SCOPE) == {"web": 3001}


def test_ended_leases_are_found_by_any_of_their_ports(ledger: Ledger) -> None:
    """The newest comes first; other ports and port spaces do not count."""
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("shard", 4000, 3))
        writer.give_back("/src/shop", "", None, 200)
        settle(writer, FEAT, Lease("web", 4002))
        writer.give_back("/src/feat", "", None, 300)
    assert ledger.ended_leases(LOCAL_SCOPE, 4002) == (
        EndedLease("/src/feat", "", "web", 4002, 1, 300),
        EndedLease("/src/shop", "", "shard", 4000, 3, 200),
    )
    assert [one.service for one in ledger.ended_leases(LOCAL_SCOPE, 4000)] == ["shard"]
    assert ledger.ended_leases(LOCAL_SCOPE, 4003) == ()
    assert ledger.ended_leases("far", 4002) == ()


def test_the_first_primary_checkout_of_a_repository_is_found(ledger: Ledger) -> None:
    """Under a bare repository the ledger tells who came first."""
    with ledger.writing() as writer:
        assert writer.primary_of("/src/shop/.git") is None
        settle(writer, FEAT._replace(primary=False), Lease("web", 61000), now=50)
        settle(writer, SHOP, Lease("web", 3000), now=100)
        assert writer.primary_of("/src/shop/.git") == ("/src/shop", "")
        settle(writer, SHOP._replace(primary=False), Lease("web", 3000), now=150)
        settle(writer, FEAT, Lease("web", 61000), now=150)
        assert writer.primary_of("/src/shop/.git") == ("/src/feat", "")
        assert writer.primary_of("/elsewhere") is None


ODD = (
    "/home/zo\u00eb/\u65e5\u672c",
    "/tmp/a'b\"c\nd ;--",
    "/tmp/latin-\udce9",
    "/tmp/%2f?#&",
    "/tmp/\U0001f433",
)


@pytest.mark.parametrize("path", ODD, ids=ascii)
def test_any_path_a_system_can_have_works(ledger: Ledger, path: str) -> None:
    """Also names that are not UTF-8, as Python passes them (surrogate escapes)."""
    checkout = Checkout(path, project=path.rpartition("/")[2], repository=path + "/.git")
    with ledger.writing() as writer:
        settle(writer, checkout, Lease("web", 3000))
        assert writer.taken(LOCAL_SCOPE) == {("tcp", 3000): (path, "", "web")}
        assert writer.primary_of(path + "/.git") == (path, "")
    assert ledger.leases(path, "", LOCAL_SCOPE)["web"].port == 3000
    assert ledger.holdings()[0].record.path == path
    with ledger.writing() as writer:
        writer.give_back(path, "", None, 5)
        assert writer.ended_ports(path, "", LOCAL_SCOPE) == {"web": 3000}


def test_owners_go_with_their_instance_and_leave_nothing(ledger: Ledger) -> None:
    """What ends with its processes is not remembered."""
    ci = SHOP._replace(instance="ci")
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("web", 3000))
        settle(writer, ci, Lease("web", 61000))
        writer.own("/src/shop", "ci", "b")
        writer.own("/src/shop", "ci", "a")
        writer.own("/src/shop", "ci", "a")
        assert writer.owners_of("/src/shop", "ci") == ("a", "b")
        assert writer.owners_of("/src/shop", "") == ()
        with pytest.raises(LookupError):
            writer.own("/src/new", "ci", "c")
    record = ledger.record("/src/shop", "ci")
    assert ledger.owners() == {record: ("a", "b")}
    with ledger.writing() as writer:
        writer.give_back("/src/shop", "ci", None, 200)
        assert writer.ended_ports("/src/shop", "ci", LOCAL_SCOPE) == {}
        assert writer.owners() == {}
    assert ledger.owners() == {}
    assert set(ledger.leases("/src/shop", "", LOCAL_SCOPE)) == {"web"}


def test_a_name_on_an_engine_belongs_to_one_checkout_and_outlives_its_leases(
    ledger: Ledger,
) -> None:
    """The second that takes it does not get it; names go when the checkout is gone."""
    shop, copy = ("/src/shop", ""), ("/src/copy", "")
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("web", 3000))
        writer.take_engine_names(*shop, LOCAL_SCOPE, [("project", "shop"), ("volume", "a")], 1)
        writer.take_engine_names(*copy, LOCAL_SCOPE, [("project", "shop"), ("volume", "b")], 2)
        writer.take_engine_names(*copy, "far", [("project", "shop")], 2)
        assert writer.engine_names(LOCAL_SCOPE) == ledger_names(shop, copy)
    with ledger.writing() as writer:
        writer.give_back(*shop, None, 5)
    assert ledger.engine_names(LOCAL_SCOPE) == ledger_names(shop, copy)
    with ledger.writing() as writer:
        writer.take_engine_names(*shop, LOCAL_SCOPE, [("project", "other")], 6)
        writer.drop_engine_names(NameOwner(*copy))
    assert ledger.engine_names(LOCAL_SCOPE) == {("project", "other"): NameOwner(*shop)}
    assert ledger.engine_names("far") == {}


def ledger_names(shop: tuple[str, str], copy: tuple[str, str]) -> dict[tuple[str, str], NameOwner]:
    first, second = NameOwner(*shop), NameOwner(*copy)
    return {("project", "shop"): first, ("volume", "a"): first, ("volume", "b"): second}


def test_two_spellings_of_one_engine_are_one_port_space(ledger: Ledger) -> None:
    """By its own ID; what was leased under the other goes there, if the port has room there."""
    with ledger.writing() as writer:
        settle(writer, SHOP)
        settle(writer, FEAT)
        far = [Lease("db", 5432), Lease("s3", 9000)]
        writer.grant(SHOP.path, "", "host:build.lan", far, 100)
        writer.grant(FEAT.path, "", "host:10.0.0.5", [Lease("db", 5432, 2), Lease("s3", 9100)], 100)
        writer.take_engine_names(FEAT.path, "", "host:10.0.0.5", [("project", "feat")], 100)
        assert writer.know_engine("host:build.lan", "ABC", 200, here=False) == "host:build.lan"
        assert writer.know_engine("host:10.0.0.5", "ABC", 200, here=False) == "host:build.lan"
        assert writer.know_engine("host:other", "XYZ", 200, here=False) == "host:other"
    assert ledger.space("host:10.0.0.5") == "host:build.lan"
    assert ledger.space("host:unknown") == "host:unknown"
    assert set(ledger.leases(SHOP.path, "", "host:build.lan")) == {"db", "s3"}
    assert set(ledger.leases(FEAT.path, "", "host:build.lan")) == {"s3"}
    assert ledger.leases(FEAT.path, "", "host:10.0.0.5") == {}
    assert ledger.engine_names("host:build.lan") == {("project", "feat"): NameOwner(FEAT.path, "")}
    assert told(ledger)[-1][:4] == ("reclaimed", FEAT.path, "db", 5432)
    with ledger.writing() as writer:
        assert writer.ended_ports(FEAT.path, "", "host:build.lan") == {"db": 5432}
        assert writer.know_engine("host:build.lan", "ABC", 300, here=True) == LOCAL_SCOPE
    assert ledger.space("host:build.lan") == LOCAL_SCOPE
    assert set(ledger.leases(SHOP.path, "", LOCAL_SCOPE)) == {"db", "s3"}


def told(ledger: Ledger, query: LogQuery = EVERYTHING) -> list[tuple[object, ...]]:
    """Return what the log says: event, checkout, service, port, where it was, why."""
    rows = ledger.log(query)
    return [(one.event, one.path, one.service, one.port, one.was, one.why) for one in rows]


def test_the_log_has_every_change_in_its_order(ledger: Ledger) -> None:
    """Leased, moved, given back, reclaimed, and what a command notes itself."""
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("web", 3000), Lease("db", 5432))
    with ledger.writing() as writer:
        writer.grant("/src/shop", "", LOCAL_SCOPE, [Lease("web", 3001), Lease("db", 5432)], 200)
        writer.give_back("/src/shop", "", ["db"], 300)
        writer.give_back("/src/shop", "", None, 400, why="its folder was deleted")
        freed = LogChange("freed", "", "", LOCAL_SCOPE, Lease("", 8000), why="stopped node")
        writer.note(freed, 500)
    assert told(ledger) == [
        ("leased", "/src/shop", "web", 3000, None, ""),
        ("leased", "/src/shop", "db", 5432, None, ""),
        ("moved", "/src/shop", "web", 3001, 3000, ""),
        ("given-back", "/src/shop", "db", 5432, None, ""),
        ("reclaimed", "/src/shop", "web", 3001, None, "its folder was deleted"),
        ("freed", "", "", 8000, None, "stopped node"),
    ]
    assert [one.number for one in ledger.log(EVERYTHING)] == [1, 2, 3, 4, 5, 6]


def test_what_is_undone_is_in_no_log(ledger: Ledger) -> None:
    """The rows are part of the transaction."""
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("web", 3000))
    with pytest.raises(PortmanError), ledger.writing() as writer:
        settle(writer, FEAT, Lease("ok", 4000), Lease("x", 3000))
    assert [row[2] for row in told(ledger)] == ["web"]


@pytest.mark.parametrize(
    ("query", "services"),
    [
        (LogQuery(after=2), ["c"]),
        (LogQuery(since=150), ["b", "c"]),
        (LogQuery(service="a"), ["a"]),
        (LogQuery(port=3001), ["a"]),
        (LogQuery(port=3002), []),
        (LogQuery(path="/src/feat"), ["c"]),
        (LogQuery(newest=2), ["b", "c"]),
    ],
)
def test_rows_of_the_log_are_found_by(ledger: Ledger, query: LogQuery, services: list[str]) -> None:
    """Number, time, service, any port of a lease, checkout; the newest only."""
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("a", 3000, 2))
        writer.grant("/src/shop", "", LOCAL_SCOPE, [Lease("b", 4000)], 200)
        settle(writer, FEAT, Lease("c", 5000), now=300)
    assert [row[2] for row in told(ledger, query)] == services


def test_the_log_is_bounded_by_age_and_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old rows go in a write that happens anyway; numbers go on."""
    monkeypatch.setattr(log, "KEPT", 10)
    ledger = SqliteLedger(str(tmp_path / "state"), shareable=False)
    for at in range(30):
        with ledger.writing() as writer:
            settle(writer, SHOP, Lease("web", 3000 + at), now=1000 + at)
    assert [one.number for one in ledger.log(EVERYTHING)] == list(range(21, 31))
    late = 1000 + log.KEPT_SECONDS + 25
    with ledger.writing() as writer:
        settle(writer, SHOP, Lease("web", 2999), now=late)
    assert [one.number for one in ledger.log(EVERYTHING)] == [26, 27, 28, 29, 30, 31]
    ledger.close()
