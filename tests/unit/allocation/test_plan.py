"""The planner: every odd case is a row, every promise a property."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portman.allocation.leases import Miss, dropped, is_complete, kept
from portman.allocation.plan import PlanFacts, make_plan, make_way
from portman.allocation.pool import Pool, start_in
from portman.base.values import Checkout, Claim, ContainerFacts, Lease, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Checkout("/home/me/shop", project="shop")
OTHER = ("/home/me/other", "", "web")
POOL = Pool(((61000, 61099), (20000, 20099)))


def facts(**given_facts: Any) -> PlanFacts:
    """Return the facts of an empty machine, but for what is given."""
    plain: dict[str, Any] = {
        "checkout": HERE,
        "primary": True,
        "pool": POOL,
        "leases": {},
        "taken": {},
        "block": {},
        "former": {},
        "claims": {},
        "avoid": frozenset(),
        "is_free": lambda protocol, port: True,
        "look": lambda protocol, port: None,
    }
    return PlanFacts(**{**plain, **given_facts})


def held(*ports: int) -> Callable[[str, int], str | None]:
    """Return a `look` that sees a stranger on these ports."""
    return lambda protocol, port: "taken" if port in ports else None


def only(plan: Any) -> Any:
    """Return the one decision of a plan."""
    assert not plan.problems
    return plan.decisions[0]


WEB = Service("web", usual=3000, env=("WEB_PORT",))
JOBS = Service("jobs", env=("JOBS_PORT",))
LOGIN = Service("login", usual=4000, fixed=True)
SHARD = Service("shard", size=4)
DNS = Service("dns", usual=5353, protocols=("tcp", "udp"))
CLAIM = Claim("tcp", 3000, "0.0.0.0", ContainerFacts("db-1", state="exited"))

#: what the machine is like -> the port `web` gets, where from, and what it missed
FIRST_CHOICE = [
    ("an empty machine gives the usual port", facts(), 3000, "usual", None),
    ("a lease stays", facts(leases={"web": Lease("web", 61007)}), 61007, "lease", None),
    (
        "a lease stays though a stranger holds it",
        facts(leases={"web": Lease("web", 61007)}, look=held(61007)),
        61007,
        "lease",
        None,
    ),
    ("a lost ledger heals from the block", facts(block={"web": 61042}), 61042, "block", None),
    (
        "the block loses to a living lease",
        facts(block={"web": 61042}, taken={("tcp", 61042): OTHER}),
        3000,
        "usual",
        None,
    ),
    ("a remade worktree gets its former port", facts(former={"web": 61050}), 61050, "former", None),
    (
        "the block goes before the former port",
        facts(block={"web": 61042}, former={"web": 61050}),
        61042,
        "block",
        None,
    ),
    ("the usual port taken by a stranger is missed", facts(look=held(3000)), None, "pool", "taken"),
    (
        "the usual port leased elsewhere is missed",
        facts(taken={("tcp", 3000): OTHER}),
        None,
        "pool",
        "leased",
    ),
    (
        "a stopped container's claim is missed",
        facts(claims={("tcp", 3000): CLAIM}),
        None,
        "pool",
        "claimed",
    ),
    ("a linked worktree goes to the pool", facts(primary=False), None, "pool", None),
    (
        "a privileged usual port is missed",
        facts(look=lambda protocol, port: "privileged" if port < 61000 else None),
        None,
        "pool",
        "privileged",
    ),
]


@pytest.mark.parametrize(
    ("machine", "port", "source", "reason"),
    [row[1:] for row in FIRST_CHOICE],
    ids=[row[0] for row in FIRST_CHOICE],
)
def test_first_choice(
    machine: PlanFacts, port: int | None, source: str, reason: str | None
) -> None:
    """A service gets the best number it has a reason to want, and says what it missed."""
    decision = only(make_plan((WEB,), machine))
    assert decision.source == source
    assert decision.lease.port == port or (port is None and 61000 <= decision.lease.port <= 61099)
    assert (decision.missed.reason if decision.missed else None) == reason
    assert decision.fresh is (source != "lease")


def test_an_engine_may_bind_what_the_user_may_not() -> None:
    """A container keeps its usual port below 1024; a service of this user does not."""
    machine = facts(look=lambda protocol, port: "privileged" if port < 1024 else None)
    web = Service("web", "container", usual=80, target=80)
    assert only(make_plan((web,), machine)).lease.port == 80
    assert only(make_plan((web._replace(kind="service"),), machine)).missed.reason == "privileged"


def test_pool_choice_is_the_same_every_time_and_differs_by_checkout() -> None:
    """The hash of project, checkout and service decides where the search begins."""
    first = only(make_plan((JOBS,), facts())).lease.port
    again = only(make_plan((JOBS,), facts())).lease.port
    elsewhere = {
        only(make_plan((JOBS,), facts(checkout=HERE._replace(path=f"/w/{n}")))).lease.port
        for n in range(20)
    }
    assert first == again
    assert len(elsewhere) > 10


def test_pool_skips_leases_claims_avoided_refused_and_busy_ports() -> None:
    """Whatever stands on a port, the search goes on behind it."""
    start = only(make_plan((JOBS,), facts())).lease.port
    obstacles: list[dict[str, Any]] = [
        {"taken": {("tcp", start): OTHER}},
        {"claims": {("tcp", start): CLAIM}},
        {"avoid": frozenset({start})},
        {"is_free": lambda protocol, port: port != start},
    ]
    for obstacle in obstacles:
        assert only(make_plan((JOBS,), facts(**obstacle))).lease.port != start
    refused = facts(pool=Pool(((6665, 6670),)))
    assert only(make_plan((JOBS,), refused)).lease.port == 6670


def test_pool_never_hands_out_a_usual_port_of_the_same_manifest() -> None:
    """`jobs` must not sit on what `web` calls its own."""
    machine = facts(pool=Pool(((3000, 3001),)), primary=False)
    plan = make_plan((JOBS, WEB), machine)
    assert [problem.code for problem in plan.problems] == ["pool-exhausted"]
    assert make_plan((JOBS,), facts(pool=Pool(((3000, 3001),)))).decisions


def test_full_band_overflows_into_the_next_and_says_so() -> None:
    """A full pool is no error while another band has room."""
    full = {("tcp", port): OTHER for port in range(61000, 61100)}
    plan = make_plan((JOBS,), facts(taken=full))
    assert 20000 <= only(plan).lease.port <= 20099
    assert plan.overflow == ("jobs",)


def test_a_full_band_is_searched_once_for_all_services_of_one_shape() -> None:
    """Ten services in a ledger of 10,000 leases must not look at each lease ten times."""

    class Counted(dict[tuple[str, int], Any]):
        asked = 0

        def __contains__(self, key: object) -> bool:
            Counted.asked += 1
            return super().__contains__(key)

    crowd = tuple(Service(f"s{number}") for number in range(10))
    plan = make_plan(crowd, facts(taken=Counted({("tcp", n): OTHER for n in range(61000, 61100)})))
    assert plan.overflow == tuple(one.name for one in crowd)
    assert Counted.asked < 200


def test_the_leases_of_others_are_read_once_for_all_services() -> None:
    """Read for each service, 10,000 services in a crowded band took four seconds."""
    reads: list[int] = []

    class Taken(dict[tuple[str, int], tuple[str, str, str]]):
        """Counts how often everything is read."""

        def __iter__(self) -> Iterator[tuple[str, int]]:
            reads.append(1)
            return super().__iter__()

    taken = Taken({("tcp", port): OTHER for port in range(20000, 20900)})
    services = tuple(Service(f"s{number}") for number in range(100))
    plan = make_plan(services, facts(pool=Pool(((20000, 20999),)), taken=taken))
    assert len({one.lease.port for one in plan.decisions}) == 100
    assert len(reads) == 1


def test_a_crowded_band_gives_what_only_another_protocol_has() -> None:
    """Numbers are counted as leased by protocol, from the first to the last one looked at."""
    crowded: dict[tuple[str, int], Any] = {("tcp", n): OTHER for n in range(61000, 61099)}
    plan = make_plan((JOBS,), facts(taken={**crowded, ("udp", 61099): OTHER}))
    assert only(plan).lease.port == 61099


def test_a_port_that_one_service_leaves_is_open_to_another() -> None:
    """That a band is full for one that moves does not make it full for the next."""
    own = {"jobs": Lease("jobs", 61000)}
    plan = make_plan(
        (JOBS, Service("more")), facts(leases=own, pool=Pool(((61000, 61000),))), ["jobs"]
    )
    assert [one.service for one in plan.problems] == ["jobs"]


def test_nothing_left_is_a_problem_and_nothing_is_given() -> None:
    """The whole set or none of it."""
    plan = make_plan((WEB, JOBS), facts(pool=Pool(((61000, 61000),)), avoid=frozenset({61000})))
    assert plan.decisions == ()
    assert [(one.code, one.service) for one in plan.problems] == [("pool-exhausted", "jobs")]


def test_count_finds_consecutive_ports_free_in_every_protocol() -> None:
    """Four ports in a row, none of them taken."""
    taken = {("udp", port): OTHER for port in range(61000, 61100, 5)}
    both = SHARD._replace(protocols=("tcp", "udp"))
    lease = only(make_plan((both,), facts(taken=taken))).lease
    assert not any(("udp", port) in taken for port in lease.ports)
    assert len(lease.ports) == 4


def test_tcp_and_udp_are_separate_spaces() -> None:
    """A UDP lease elsewhere does not keep a TCP service away."""
    assert only(make_plan((WEB,), facts(taken={("udp", 3000): OTHER}))).lease.port == 3000
    assert only(make_plan((DNS,), facts(taken={("udp", 5353): OTHER}))).missed.reason == "leased"


def test_fixed_port_leased_elsewhere_is_a_problem_that_names_the_checkout() -> None:
    """4000 or an error, with the command that gives it back."""
    plan = make_plan((LOGIN, JOBS), facts(taken={("tcp", 4000): OTHER}))
    (problem,) = plan.problems
    assert (problem.code, problem.service) == ("port-leased", "login")
    assert "/home/me/other" in problem.message
    assert "portman -C /home/me/other down" in problem.hint
    assert not plan.decisions


def test_fixed_port_held_by_a_process_is_leased_all_the_same() -> None:
    """The verdict tells the holder; the lease is ready for when it has gone."""
    decision = only(make_plan((LOGIN,), facts(look=held(4000), primary=False)))
    assert decision == (LOGIN, Lease("login", 4000), "usual", None, None)


def test_fixed_port_that_is_leased_already_stays() -> None:
    """Nothing to plan, nothing to tell the ledger, and no lease in its own way."""
    leases = {"login": Lease("login", 4000)}
    taken = {("tcp", 4000): (HERE.path, HERE.instance, "login")}
    assert is_complete((LOGIN,), leases)
    decision = only(make_plan((LOGIN,), facts(leases=leases, taken=taken)))
    assert (decision.lease.port, decision.source) == (4000, "lease")
    again = only(make_plan((LOGIN,), facts(leases=leases, taken=taken), ["login"]))
    assert (again.lease.port, again.was) == (4000, None)


def test_fixed_port_taken_by_a_sibling_is_a_problem() -> None:
    """A lease of this checkout can be in the way as well."""
    plan = make_plan((LOGIN, JOBS), facts(leases={"jobs": Lease("jobs", 4000)}))
    assert [one.code for one in plan.problems] == ["port-leased"]
    assert "--reassign jobs" in plan.problems[0].hint


def test_moving_the_sibling_frees_the_fixed_port() -> None:
    """What the hint of that problem says to type works, in one go."""
    machine = facts(leases={"jobs": Lease("jobs", 4000)})
    jobs, login = make_plan((JOBS, LOGIN), machine, ["jobs"]).decisions
    assert login.lease.port == 4000
    assert jobs.was == 4000
    assert 61000 <= jobs.lease.port <= 61099


def test_a_service_that_became_fixed_moves_to_its_port() -> None:
    """Editing the manifest is asking."""
    decision = only(make_plan((LOGIN,), facts(leases={"login": Lease("login", 61001)})))
    assert (decision.lease.port, decision.was) == (4000, 61001)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Lease("shard", 61010, 2), SHARD),
        (Lease("shard", 61010, 6), SHARD),
        (Lease("shard", 61010, 4, ("udp",)), SHARD),
    ],
    ids=["more ports", "fewer ports", "another protocol"],
)
def test_another_shape_keeps_the_first_port_if_it_can(before: Lease, after: Service) -> None:
    """A changed count or protocol is no reason to move."""
    decision = only(make_plan((after,), facts(leases={"shard": before})))
    assert decision.lease == Lease("shard", 61010, 4, ("tcp",))
    assert decision.fresh
    assert decision.was is None
    blocked = facts(leases={"shard": before}, taken={("tcp", 61013): OTHER})
    assert only(make_plan((after,), blocked)).was == 61010


def test_reassign_leaves_the_port_and_goes_home_if_home_is_free() -> None:
    """`--reassign` moves for sure: home first, the pool next, never the same number."""
    away = facts(leases={"web": Lease("web", 61007)}, block={"web": 61007}, former={"web": 61007})
    assert only(make_plan((WEB,), away, ["web"])).lease.port == 3000
    at_home = facts(leases={"web": Lease("web", 3000)})
    moved = only(make_plan((WEB,), at_home, ["web"]))
    assert (moved.was, moved.source) == (3000, "pool")
    not_free = away._replace(look=held(3000))
    again = only(make_plan((WEB,), not_free, ["web"]))
    assert again.lease.port not in (3000, 61007)
    assert again.missed.reason == "taken"


def test_only_what_is_asked_moves() -> None:
    """The siblings of a moving service stay where they are."""
    leases = {"web": Lease("web", 61007), "jobs": Lease("jobs", 61008)}
    plan = make_plan((WEB, JOBS), facts(leases=leases), ["web"])
    assert plan.decisions[1].lease.port == 61008
    assert plan.decisions[1].source == "lease"


def test_a_service_no_longer_in_the_manifest_makes_way() -> None:
    """Its number goes to the service that names it, and to no other while numbers are left."""
    old = {"old": Lease("old", 3000)}
    renamed = make_plan((WEB,), facts(leases=old)).decisions
    assert (renamed[0].lease.port, renamed[0].missed) == (3000, None)
    assert make_way(renamed, dropped((WEB,), old)) == (("old", "web"),)
    other = make_plan((WEB, JOBS), facts(leases={"old": Lease("old", 3001)})).decisions
    assert make_way(other, [Lease("old", 3001)]) == ()


def test_the_one_new_service_gets_the_number_of_the_one_dropped() -> None:
    """A rename in a linked worktree, where no usual port says that it is the same service."""
    old = facts(primary=False, leases={"old": Lease("old", 61777)})
    assert only(make_plan((WEB,), old)).lease.port == 61777
    assert only(make_plan((SHARD,), old)).lease.port != 61777
    both = make_plan((WEB, JOBS), old).decisions
    assert all(one.lease.port != 61777 for one in both)


def test_a_branch_with_another_shape_and_back() -> None:
    """What it had in this shape comes before the port of the other shape."""
    wide = {"web": Lease("web", 61400, 2)}
    back = facts(leases=wide, former={"web": 3000}, fitting={"web": 3000})
    assert only(make_plan((WEB,), back)).lease.port == 3000
    first = facts(leases=wide, former={"web": 61900})
    assert only(make_plan((WEB,), first)).lease.port == 61400


def test_settled_needs_every_lease_in_the_right_shape() -> None:
    """Nothing to plan only if nothing is missing, misshapen or off its fixed port."""
    assert is_complete((WEB,), {"web": Lease("web", 61000)})
    assert not is_complete((WEB, JOBS), {"web": Lease("web", 61000)})
    assert not is_complete((SHARD,), {"shard": Lease("shard", 61000, 3)})
    assert not is_complete((LOGIN,), {"login": Lease("login", 61000)})
    assert kept((WEB,), {"web": Lease("web", 1234)})[0].lease.port == 1234


NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f"])
SERVICES = st.lists(
    st.builds(
        Service,
        name=NAMES,
        usual=st.none() | st.integers(61000, 61020),
        size=st.integers(1, 3),
        protocols=st.sampled_from([("tcp",), ("udp",), ("tcp", "udp")]),
        fixed=st.just(False),  # a fixed port is leased though busy; it has tests of its own
    ),
    unique_by=lambda one: one.name,
    max_size=6,
).map(tuple)
PORTS = st.integers(61000, 61030)


@settings(deadline=None)
@given(
    services=SERVICES,
    leased=st.dictionaries(NAMES, PORTS),
    taken=st.sets(PORTS),
    block=st.dictionaries(NAMES, PORTS),
    busy=st.sets(PORTS),
    moving=st.sets(NAMES),
    primary=st.booleans(),
)
def test_no_port_twice_whatever_the_machine_is_like(
    services: tuple[Service, ...],
    leased: dict[str, int],
    taken: set[int],
    block: dict[str, int],
    busy: set[int],
    moving: set[str],
    primary: bool,
) -> None:
    """Every plan is whole, gives no key twice, and moves nothing that was not asked."""
    leases, used = {}, set()
    for service in services:
        port = leased.get(service.name)
        if port is None:
            continue
        lease = Lease(service.name, port, service.size, service.protocols)
        if not used & set(lease.keys()):
            leases[service.name] = lease
            used |= set(lease.keys())
    others = {("tcp", port): OTHER for port in taken if ("tcp", port) not in used}
    machine = facts(
        leases=leases,
        taken=others,
        block=block,
        primary=primary,
        is_free=lambda protocol, port: port not in busy,
        look=lambda protocol, port: "taken" if port in busy else None,
    )
    plan = make_plan(services, machine, moving)
    if plan.problems:
        assert not plan.decisions
        return
    assert [one.service.name for one in plan.decisions] == [one.name for one in services]
    keys = [key for one in plan.decisions for key in one.lease.keys()]
    assert len(keys) == len(set(keys))
    assert not set(keys) & set(others)
    for one in plan.decisions:
        if one.service.name in leases and one.service.name not in moving:
            assert one.lease == leases[one.service.name]
        if one.fresh:
            assert not any(port in busy for _, port in one.lease.keys())
    after = {one.service.name: one.lease for one in plan.decisions}
    assert is_complete(services, after)


@pytest.mark.parametrize(
    ("service", "number", "given"),
    [
        (JOBS, 1023, False),
        (JOBS, 1024, True),
        (JOBS, 6000, False),
        (JOBS, 6001, True),
        (SHARD, 5997, False),  # 5997-6000: browsers refuse the last
        (SHARD, 5996, True),
        (Service("web", usual=80), 80, True),
        (Service("web", usual=80), 81, False),
        (Service("x11", usual=6000), 6000, True),
    ],
)
def test_the_block_may_not_ask_for_what_only_the_manifest_may(
    service: Service, number: int, given: bool
) -> None:
    """Anybody can commit a block: no system port by it, none that browsers refuse."""
    decision = only(make_plan((service,), facts(primary=False, block={service.name: number})))
    assert (decision.lease.port == number) == given
    assert decision.source == ("block" if given else "pool")


def test_own_entries_in_the_ledger_are_no_obstacle() -> None:
    """The ledger lists our own leases among the taken ports: they are ours to keep and reshape."""
    lease = Lease("shard", 61010, size=2)
    taken = dict.fromkeys(lease.keys(), (HERE.path, HERE.instance, "shard"))
    decision = only(make_plan((SHARD,), facts(leases={"shard": lease}, taken=taken)))
    assert (decision.lease.port, decision.source) == (61010, "former")
    own = {("tcp", 4000): (HERE.path, HERE.instance, "login")}
    assert only(make_plan((LOGIN,), facts(taken=own))).lease.port == 4000
    other_instance = {("tcp", 4000): (HERE.path, "ci", "login")}
    assert make_plan((LOGIN,), facts(taken=other_instance)).problems[0].code == "port-leased"


def test_a_usual_port_that_a_sibling_has_is_told_with_its_name() -> None:
    """What stood in the way is this checkout's own service, and said to be."""
    leases = {"jobs": Lease("jobs", 3000)}
    plan = make_plan((JOBS, WEB), facts(leases=leases))
    missed = plan.decisions[1].missed
    assert missed is not None
    assert (missed.reason, missed.leased_to) == ("own", (HERE.path, HERE.instance, "jobs"))


GIVE = "see who has them: portman list\ngive back what vanished checkouts had: portman gc"


@pytest.mark.parametrize(
    ("service", "chosen", "message", "hint"),
    [
        (JOBS, False, "jobs: no port is left in 61000-61000, 9-9", "GIVE"),
        (JOBS, True, "jobs: no port is left in 61000-61000, 9-9", "WIDEN"),
        (
            SHARD._replace(size=2),
            False,
            "shard: 2 consecutive ports are not left in 61000-61000, 9-9",
            "GIVE",
        ),
    ],
)
def test_an_exhausted_pool_is_told_in_full(
    service: Service, chosen: bool, message: str, hint: str
) -> None:
    """What is missing, where, and what can be done about it."""
    hints = {
        "GIVE": GIVE,
        "WIDEN": GIVE + "\nwiden [pool] range in ports.toml",
    }
    pool = Pool(((61000, 61000), (9, 9)), chosen=chosen)
    plan = make_plan((service,), facts(pool=pool, is_free=lambda protocol, port: False))
    (problem,) = plan.problems
    assert (problem.code, problem.message, problem.hint, problem.service) == (
        "pool-exhausted",
        message,
        hints[hint],
        service.name,
    )


@pytest.mark.parametrize(
    ("instance", "where", "option"),
    [("", "/else", ""), ("ci", "/else (instance ci)", " --instance ci")],
)
def test_the_way_to_a_leased_fixed_port_is_a_command(
    instance: str, where: str, option: str
) -> None:
    """It names checkout and instance, and the command that gives the port back there."""
    taken = {("tcp", 4000): ("/else", instance, "their")}
    (problem,) = make_plan((LOGIN,), facts(taken=taken)).problems
    assert problem[:2] == (
        "port-leased",
        f"login: port 4000 is fixed, and leased to their of {where}",
    )
    assert problem.hint == (
        f"one checkout at a time can have it; give it back there: portman -C /else{option} down"
    )


def test_the_way_to_a_fixed_port_that_a_sibling_has_is_a_command() -> None:
    """It names the sibling, and the command that moves it."""
    sibling = {"old": Lease("old", 4000)}
    (problem,) = make_plan((LOGIN,), facts(leases=sibling, elsewhere={"old"})).problems
    assert problem.message == "login: port 4000 is fixed, and leased to old of this checkout"
    assert problem.hint == "move the other first: portman up --reassign old"
    assert problem.service == "login"


def test_of_several_fixed_ports_the_one_in_the_way_is_named() -> None:
    """Every port and protocol is looked at, not the first alone."""
    wide = Service("wide", usual=4000, size=3, protocols=("tcp", "udp"), fixed=True)
    (leased,) = make_plan((wide,), facts(taken={("udp", 4002): OTHER})).problems
    assert "port 4002 is fixed, and leased to web of /home/me/other" in leased.message
    sibling = {"old": Lease("old", 4001, protocols=("udp",))}
    (own,) = make_plan((wide,), facts(leases=sibling, elsewhere={"old"})).problems
    assert "port 4001 is fixed, and leased to old of this checkout" in own.message
    assert make_plan((wide,), facts(taken={("udp", 4003): OTHER})).decisions


def test_a_miss_says_which_port_and_whose() -> None:
    """Everything a sentence about it needs: the port, the lease or the claim."""
    taken = facts(taken={("tcp", 3000): OTHER})
    assert only(make_plan((WEB,), taken)).missed == Miss(3000, "leased", leased_to=OTHER)
    claimed = facts(claims={("tcp", 3000): CLAIM})
    assert only(make_plan((WEB,), claimed)).missed == Miss(3000, "claimed", claim=CLAIM)
    assert only(make_plan((WEB,), facts(look=held(3000)))).missed == Miss(3000, "taken")
    leases = {"old": Lease("old", 3000)}
    me = (HERE.path, HERE.instance, "old")
    own = only(make_plan((WEB,), facts(leases=leases, elsewhere={"old"}))).missed
    assert own == Miss(3000, "own", leased_to=me)


def test_every_port_of_a_range_can_be_in_the_way() -> None:
    """The last of four as well as the first, whatever stands there."""
    shard = SHARD._replace(usual=4000)
    for obstacle in (
        {"taken": {("tcp", 4003): OTHER}},
        {"claims": {("tcp", 4003): CLAIM}},
        {"look": held(4003)},
        {"leases": {"old": Lease("old", 4003)}, "elsewhere": {"old"}},
    ):
        assert only(make_plan((shard,), facts(**obstacle))).source == "pool"
    for harmless in (
        {"taken": {("tcp", 4004): OTHER, ("udp", 4000): OTHER}},
        {"claims": {("tcp", 3999): CLAIM, ("udp", 4000): CLAIM}},
        {"look": held(3999, 4004)},
    ):
        assert only(make_plan((shard,), facts(**harmless))).lease.port == 4000


@pytest.mark.parametrize(
    ("service", "number", "given"),
    [(JOBS, 65535, True), (SHARD, 65532, True), (SHARD, 65533, False), (SHARD, 65535, False)],
)
def test_no_port_lies_beyond_65535(service: Service, number: int, given: bool) -> None:
    """A range that began too high in a block goes elsewhere, whole."""
    decision = only(make_plan((service,), facts(block={service.name: number})))
    assert (decision.lease.port == number) is given
    assert decision.lease.ports[-1] <= 65535


def test_the_search_begins_where_the_words_lead_and_goes_upwards() -> None:
    """So a lost ledger, a lost block and an old release all lead to the same ports."""
    words = (HERE.project, HERE.path, HERE.instance)
    jobs = start_in((61000, 61099), *words, "jobs")
    assert only(make_plan((JOBS,), facts())).lease.port == jobs
    shard = start_in((61000, 61096), *words, "shard")
    assert only(make_plan((SHARD,), facts())).lease.port == shard
    busy: set[int] = set()
    for port in [*range(jobs, 61100), *range(61000, jobs)]:
        machine = facts(is_free=lambda protocol, port: port not in busy)
        assert only(make_plan((JOBS,), machine)).lease.port == port
        busy.add(port)
    assert make_plan((JOBS,), machine).overflow == ("jobs",)


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 6])
def test_a_range_lies_within_its_band(width: int) -> None:
    """Where it just fits it is found; where it does not, it is told, and never reaches over."""
    pool = Pool(((61000, 61000 + width - 1),))
    found = set()
    for number in range(20):
        checkout = HERE._replace(path=f"/w/{number}")
        plan = make_plan((SHARD,), facts(pool=pool, checkout=checkout))
        assert [one.code for one in plan.problems] == (["pool-exhausted"] if width < 4 else [])
        found |= {one.lease.port for one in plan.decisions}
    assert found == set(range(61000, 61000 + width - 3))


def test_who_moves_leaves_all_of_its_ports() -> None:
    """A moved range does not overlap the one it left."""
    left = Lease("shard", 61002, 4)
    machine = facts(leases={"shard": left}, pool=Pool(((61000, 61009),)))
    moved = only(make_plan((SHARD,), machine, ["shard"]))
    assert moved.lease.port == 61006
    assert moved.was == 61002


def test_who_has_no_port_yet_can_be_told_to_move() -> None:
    """`up --reassign` on a new checkout: it gets what a move would give it."""
    machine = facts(block={"web": 61042}, former={"web": 61043})
    assert only(make_plan((WEB,), machine, ["web"])).lease.port == 3000
    assert only(make_plan((JOBS,), facts(), ["jobs"])).was is None


def test_a_pool_port_is_free_in_every_protocol_and_number() -> None:
    """One busy number of a range, in one protocol, is enough to pass on."""
    both = SHARD._replace(protocols=("tcp", "udp"))
    one_busy = facts(pool=Pool(((61000, 61007),)), is_free=lambda *key: key != ("udp", 61003))
    assert only(make_plan((both,), one_busy)).lease.port == 61004


def test_kept_says_that_nothing_changed() -> None:
    """A settled checkout's decisions are leases, told to nobody."""
    (decision,) = kept((WEB,), {"web": Lease("web", 1234)})
    assert decision == (WEB, Lease("web", 1234), "lease", None, None)
    assert not decision.fresh


def test_the_choosy_come_first() -> None:
    """A number in the block of one that takes anything does not cost another its only port."""
    numbers = {"jobs": 4000}
    fixed = make_plan((JOBS, LOGIN), facts(block=numbers))
    assert [one.lease.port for one in fixed.decisions][1] == 4000
    usual = make_plan((JOBS, WEB), facts(block={"jobs": 3000}))
    assert [one.lease.port for one in usual.decisions][1] == 3000
    both = make_plan((WEB, LOGIN), facts(block={"web": 4000}))
    assert [one.lease.port for one in both.decisions] == [3000, 4000]


def test_who_has_a_lease_goes_before_the_choosy() -> None:
    """Not even for a fixed port does one move that was not asked to, though its shape changed."""
    grown = facts(leases={"shard": Lease("shard", 4000, 2)})
    plan = make_plan((LOGIN, SHARD), grown)
    assert [one.hint for one in plan.problems] == [
        "move the other first: portman up --reassign shard"
    ]


def test_who_moves_takes_no_number_that_a_choosier_sibling_wants_back() -> None:
    """It goes anywhere; the sibling has that one number in its block."""
    leases = {"jobs": Lease("jobs", 61001)}
    wanted = only(make_plan((JOBS,), facts(leases=leases), ["jobs"])).lease.port
    machine = facts(leases=leases, block={"web": wanted}, primary=False)
    jobs, web = make_plan((JOBS, WEB), machine, ["jobs"]).decisions
    assert (web.lease.port, web.source) == (wanted, "block")
    assert jobs.lease.port not in (wanted, 61001)


def test_who_moves_gets_another_port_even_from_the_pool() -> None:
    """The number that the hash leads to is the very one it leaves."""
    first = only(make_plan((JOBS,), facts())).lease
    moved = only(make_plan((JOBS,), facts(leases={"jobs": first}), moving=("jobs",)))
    assert moved.lease.port != first.port
    assert moved.was == first.port


def test_only_the_usual_ports_themselves_are_promised() -> None:
    """What lies below the usual port of a sibling may be handed out."""
    far = Service("web", usual=61050)
    plan = make_plan((far, JOBS), facts(primary=False, pool=Pool(((61000, 61004),))), frozenset())
    assert not plan.problems
    assert all(61000 <= one.lease.port <= 61004 for one in plan.decisions)


def test_who_grows_out_of_its_place_is_told_what_it_had() -> None:
    """Home is free, so it goes there; nothing was missed on the way that it would want."""
    wide = Service("web", usual=3000, size=2)
    machine = facts(leases={"web": Lease("web", 61007)}, taken={("tcp", 61008): OTHER})
    decision = only(make_plan((wide,), machine, frozenset()))
    assert (decision.lease.ports, decision.source) == ((3000, 3001), "usual")
    assert (decision.was, decision.missed) == (61007, None)


def test_who_grows_may_keep_some_of_its_numbers() -> None:
    """Only who is told to move has to leave all of them."""
    grown = Service("shard", size=3)
    machine = facts(
        leases={"shard": Lease("shard", 61001, 2)},
        taken={("tcp", 61003): OTHER},
        pool=Pool(((61000, 61003),)),
    )
    assert only(make_plan((grown,), machine, frozenset())).lease.ports == (61000, 61001, 61002)


def test_services_are_gone_through_a_few_times_however_many_there_are() -> None:
    """Once for each service would be minutes for a manifest of thousands."""

    class Counted(tuple[Service, ...]):
        __slots__ = ()
        times = 0

        def __iter__(self) -> Iterator[Service]:
            Counted.times += 1
            return super().__iter__()

    services = Counted(Service(f"s{number}") for number in range(50))
    leases = {f"s{number}": Lease(f"s{number}", 20000 + number) for number in range(25)}
    assert len(make_plan(services, facts(leases=leases)).decisions) == 50
    assert Counted.times <= 5
