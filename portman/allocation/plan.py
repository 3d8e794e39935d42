"""Which port each service gets: the pure planner.

It is handed every fact it needs; the two questions only a live machine can answer ("is this
port free", "may this checkout use it") come in as functions. It never moves a port that was
not asked to move, and plans the whole set or reports why it cannot.
"""

from __future__ import annotations

from itertools import chain
from types import MappingProxyType

from portman.allocation.leases import Decision, Miss, fits
from portman.allocation.pool import BROWSER_REFUSED, SYSTEM, Pool, size, start_in
from portman.base.errors import Problem
from portman.base.record import NamedTuple
from portman.base.system_commands import word
from portman.base.values import Lease, Service

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from typing import Literal

    from portman.allocation.leases import LeasedTo, Source
    from portman.base.values import Checkout, Claim, Transport

    #: What keeps this checkout from binding a port right now, or None.
    Look = Literal["taken", "privileged", "excluded", "unknown", "windows"] | None

Key = tuple[str, int]
#: Numbers of a band that are looked at one by one, before all leases are read.
NEAR = 64


class PlanFacts(NamedTuple):
    """What the planner knows. All mappings are by service name or by (protocol, port).

    `former` is what services had when their leases ended, `fitting` of it what has today's size;
    `elsewhere` names the manifest's services in other port spaces; `back` are the ports to which
    moving services return, or the plan fails.
    """

    checkout: Checkout
    primary: bool
    pool: Pool
    leases: Mapping[str, Lease]
    taken: Mapping[Key, LeasedTo]
    block: Mapping[str, int]
    former: Mapping[str, int]
    claims: Mapping[Key, Claim]
    avoid: Collection[int]
    is_free: Callable[[str, int], bool]
    look: Callable[[str, int], Look]
    fitting: Mapping[str, int] = MappingProxyType({})
    elsewhere: Collection[str] = ()
    back: Mapping[str, int] = MappingProxyType({})


class Plan(NamedTuple):
    """Decisions in manifest order, or the problems that make the set impossible."""

    decisions: tuple[Decision, ...]
    problems: tuple[Problem, ...] = ()
    overflow: tuple[str, ...] = ()


def make_plan(
    services: tuple[Service, ...], facts: PlanFacts, moving: Collection[str] = ()
) -> Plan:
    """Decide a port for every service; those in `moving` leave the port they have.

    With a problem the plan has no decisions: the whole set in one transaction, or none of it.
    """
    return _Planner(services, facts, moving).plan()


def make_way(decisions: Iterable[Decision], left: Iterable[Lease]) -> tuple[tuple[str, str], ...]:
    given = {key: one.service.name for one in decisions if one.fresh for key in one.lease.keys()}
    pairs = ((lease, next((key for key in lease.keys() if key in given), None)) for lease in left)
    return tuple((lease.service, given[key]) for lease, key in pairs if key is not None)


def _keys(service: Service, port: int) -> tuple[Key, ...]:
    return tuple((p, n) for p in service.protocols for n in range(port, port + service.size))


class _Planner:
    """One planning run: the ports given so far, the problems met."""

    def __init__(
        self, services: tuple[Service, ...], facts: PlanFacts, moving: Collection[str]
    ) -> None:
        self.services = services
        self.named = {one.name: one for one in services}
        self.facts = facts
        self.moving = moving
        self.problems: list[Problem] = []
        self.overflow: list[str] = []
        #: Bands without room for services of this shape: 10,000 leases are looked through once.
        self.full: set[tuple[tuple[int, int], tuple[Transport, ...], int]] = set()
        self.leased: dict[tuple[Transport, ...], frozenset[int]] = {}
        #: What services have that the manifest no longer names is left out: they make way.
        staying = {name: lease for name, lease in facts.leases.items() if self._stays(name, lease)}
        self.mine: dict[Key, str] = {
            key: name for name, lease in staying.items() for key in lease.keys()
        }
        #: The pool never gives away a number that a service of this manifest calls its own.
        self.promised = {
            number
            for service in services
            if service.usual is not None
            for number in range(service.usual, service.usual + service.size)
        }
        #: The lease of the one service that was dropped, where exactly one is new: it was renamed.
        new = [name for name in self.named if name not in facts.leases]
        known = self.named.keys() | facts.elsewhere
        left = [lease for name, lease in facts.leases.items() if name not in known]
        self.renamed = left[0] if len(new) == len(left) == 1 else None

    def plan(self) -> Plan:
        decisions = {service.name: self._decide(service) for service in self._by_urgency()}
        if self.problems:
            return Plan((), tuple(self.problems))
        ordered = [decisions[service.name] for service in self.services]
        return Plan(
            tuple(decision for decision in ordered if decision is not None),
            overflow=tuple(self.overflow),
        )

    def _by_urgency(self) -> list[Service]:
        """Keep first, then the choosy (fixed, then usual), then those content with anything."""

        def urgency(service: Service) -> int:
            if service.name in self.facts.leases and service.name not in self.moving:
                return 0
            return 1 if service.fixed else 2 if service.usual is not None else 3

        return sorted(self.services, key=urgency)

    def _stays(self, name: str, lease: Lease) -> bool:
        service = self.named.get(name)
        if service is None:
            return name in self.facts.elsewhere
        return name not in self.moving and fits(service, lease)

    def _decide(self, service: Service) -> Decision | None:
        lease = self.facts.leases.get(service.name)
        moving = service.name in self.moving
        if lease is not None and not moving and fits(service, lease):
            return Decision(service, lease, "lease")
        decision = self._choose(service, lease, moving=moving)
        if decision is not None:
            for key in _keys(service, decision.lease.port):
                self.mine[key] = service.name
        return decision

    def _choose(self, service: Service, lease: Lease | None, *, moving: bool) -> Decision | None:
        if service.fixed:
            return self._fixed(service, lease)
        if service.name in self.facts.back:
            return self._return(service, lease, self.facts.back[service.name])
        missed: Miss | None = None
        for source, port in self._own_numbers(service, lease, moving=moving):
            obstacle = self._obstacle(service, port)
            if obstacle is None:
                return self._give(service, lease, port, source, missed)
            if source == "usual":
                missed = obstacle
        port_or_none = self._from_pool(service, lease if moving else None)
        if port_or_none is None:
            self.problems.append(_exhausted(service, self.facts.pool))
            return None
        return self._give(service, lease, port_or_none, "pool", missed)

    def _return(self, service: Service, lease: Lease | None, port: int) -> Decision | None:
        obstacle = self._obstacle(service, port)
        if obstacle is None:
            return self._give(service, lease, port, "former", None)
        self.problems.append(
            Problem(
                "move-unknown",
                f"{service.name}: its earlier port {port} is {obstacle.reason}, so it stays on "
                f"{lease.port if lease else 'none'}",
                f"see who: portman who {port}",
                service=service.name,
            )
        )
        return None

    def _own_numbers(
        self, service: Service, lease: Lease | None, *, moving: bool
    ) -> list[tuple[Source, int]]:
        numbers: list[tuple[Source, int | None]] = []
        if not moving:
            # A lease whose shape changed: what it had in this one, else its first port if it can.
            fitting, former = self.facts.fitting, self.facts.former
            if lease is not None:
                numbers += [("former", fitting.get(service.name)), ("former", lease.port)]
            numbers.append(("block", self._in_block(service)))
            numbers.append(("former", fitting.get(service.name, former.get(service.name))))
        if self.facts.primary:
            numbers.append(("usual", service.usual))
        gone = self.renamed if lease is None else None
        if gone is not None and fits(service._replace(fixed=False), gone):
            numbers.append(("former", gone.port))
        leaving = lease.port if lease and moving else None
        return [
            (source, port)
            for source, port in numbers
            if port is not None and port != leaving and port + service.size - 1 <= 65535
        ]

    def _in_block(self, service: Service) -> int | None:
        """Return the number in the own block, except one that only its manifest may ask for.

        Any program can write a block, and any person commit one: it is a request, no more.
        """
        port = self.facts.block.get(service.name)
        if port is None or port == service.usual:
            return port
        numbers = range(port, port + service.size)
        unasked = port <= SYSTEM[1] or not BROWSER_REFUSED.isdisjoint(numbers)
        return None if unasked else port

    def _obstacle(self, service: Service, port: int) -> Miss | None:
        """Return what keeps the service from `port`, asking the ledger first, the machine last."""
        for key in _keys(service, port):
            if key in self.mine:
                return Miss(port, "own", leased_to=self._me(self.mine[key]))
            if key in self.facts.taken and not self._is_me(self.facts.taken[key]):
                return Miss(port, "leased", leased_to=self.facts.taken[key])
            if key in self.facts.claims:
                return Miss(port, "claimed", claim=self.facts.claims[key])
        for key in _keys(service, port):
            seen = self.facts.look(*key)
            by_engine = seen == "privileged" and service.kind == "container"
            # Unknown: its own server may have it, and a look that failed moves no service.
            if seen is not None and seen != "unknown" and not by_engine:
                return Miss(port, seen)
        return None

    def _fixed(self, service: Service, lease: Lease | None) -> Decision | None:
        """Give the one port it accepts, unless another checkout has leased it.

        A process that holds the port does not prevent the lease: the verdict reports it, and the
        lease is there once the process has gone.
        """
        port = service.usual
        if port is None:  # the manifest refuses this
            raise AssertionError(service.name)
        for key in _keys(service, port):
            holder = self.facts.taken.get(key)
            if holder is not None and not self._is_me(holder):
                self.problems.append(_leased_elsewhere(service, key[1], holder))
                return None
            if key in self.mine:
                self.problems.append(_leased_here(service, key[1], self.mine[key]))
                return None
        return self._give(service, lease, port, "usual", None)

    def _from_pool(self, service: Service, leaving: Lease | None) -> int | None:
        for number, band in enumerate(self.facts.pool.bands):
            port = self._search(service, band, leaving)
            if port is not None:
                if number:
                    self.overflow.append(service.name)
                return port
        return None

    def _search(self, service: Service, band: tuple[int, int], leaving: Lease | None) -> int | None:
        room = size(band) - service.size + 1
        shape = (band, service.protocols, service.size)
        if room <= 0 or shape in self.full:
            return None
        checkout = self.facts.checkout
        first = start_in(
            (band[0], band[0] + room - 1),
            checkout.project,
            checkout.path,
            checkout.instance,
            service.name,
        )
        left = set(leaving.ports) if leaving else set()
        order = (range(first, band[0] + room), range(band[0], first))
        for port in self._unleased(order, service.protocols):
            if self._open(service, port, left):
                return port
        if not left:
            self.full.add(shape)
        return None

    def _unleased(
        self, order: Iterable[Iterable[int]], protocols: tuple[Transport, ...]
    ) -> Iterator[int]:
        """Yield the first numbers as they are, and of a crowded band only those not leased."""
        near = NEAR
        for number in chain(*order):
            near -= 1
            if near >= 0 or number not in self._leased(protocols):
                yield number

    def _leased(self, protocols: tuple[Transport, ...]) -> frozenset[int]:
        """Return the numbers that others have, read once: a manifest may have 10,000 services."""
        if protocols not in self.leased:
            taken = (number for protocol, number in self.facts.taken if protocol in protocols)
            self.leased[protocols] = frozenset(taken)
        return self.leased[protocols]

    def _open(self, service: Service, port: int, left: set[int]) -> bool:
        facts = self.facts
        for protocol, number in _keys(service, port):
            if number in left or number in self.promised or number in BROWSER_REFUSED:
                return False
            if number in facts.avoid or (protocol, number) in self.mine:
                return False
            if (protocol, number) in facts.taken or (protocol, number) in facts.claims:
                return False
        return all(facts.is_free(*key) for key in _keys(service, port))

    def _give(
        self, service: Service, lease: Lease | None, port: int, source: Source, missed: Miss | None
    ) -> Decision:
        given = Lease(service.name, port, service.size, service.protocols)
        was = lease.port if lease is not None and lease.port != port else None
        return Decision(service, given, source, was, missed)

    def _me(self, service: str) -> LeasedTo:
        return (self.facts.checkout.path, self.facts.checkout.instance, service)

    def _is_me(self, owner: LeasedTo) -> bool:
        return owner[:2] == (self.facts.checkout.path, self.facts.checkout.instance)


def _exhausted(service: Service, pool: Pool) -> Problem:
    bands = ", ".join(f"{low}-{high}" for low, high in pool.bands)
    wanted = f"{service.size} consecutive ports are" if service.size > 1 else "no port is"
    missing = f"{wanted} not left" if service.size > 1 else f"{wanted} left"
    hint = "see who has them: portman list\ngive back what vanished checkouts had: portman gc"
    if pool.chosen:
        hint += "\nwiden [pool] range in ports.toml"
    return Problem(
        "pool-exhausted", f"{service.name}: {missing} in {bands}", hint, service=service.name
    )


def _leased_elsewhere(service: Service, port: int, holder: LeasedTo) -> Problem:
    path, instance, name = holder
    where = f"{path} (instance {instance})" if instance else path
    option = f" --instance {instance}" if instance else ""
    machine, mark, there = path.partition(":/")
    if mark and not path.startswith("/"):  # as a ledger server names another machine's checkout
        return Problem(
            "port-leased",
            f"{service.name}: port {port} is fixed, and leased to {name} of {where}",
            f"give it back on {machine}: portman -C {word(f'/{there}')}{option} down",
            service=service.name,
        )
    return Problem(
        "port-leased",
        f"{service.name}: port {port} is fixed, and leased to {name} of {where}",
        "one checkout at a time can have it; give it back there: "
        f"portman -C {word(path)}{option} down",
        service=service.name,
    )


def _leased_here(service: Service, port: int, other: str) -> Problem:
    return Problem(
        "port-leased",
        f"{service.name}: port {port} is fixed, and leased to {other} of this checkout",
        f"move the other first: portman up --reassign {other}",
        service=service.name,
    )


# When a checkout's ports were last used, and whether that is long ago.

DAY = 86_400
#: Days without use after which `list --stale` names a checkout.
UNUSED_DAYS = 30


def last_used(moments: Iterable[float], *, running: bool, now: float) -> int:
    """Return the newest of the moments that show use, in Unix seconds; now if it is running.

    A moment in the future (a clock that was wrong) counts as now.
    """
    return int(now) if running else int(min(max(moments, default=0), now))


def is_stale(used: int, *, gone: bool, running: bool, now: float, days: int = UNUSED_DAYS) -> bool:
    """Return whether the folder is gone, or nothing runs and nothing was used for `days`."""
    return gone or (not running and now - used >= days * DAY)
