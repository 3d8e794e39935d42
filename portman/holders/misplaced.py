"""Programs of a checkout that listen on a port that is not their own; Linux only.

Of the listeners that holders/at_work found in a checkout. What listens on a port that
the kernel gave it, and on a leased port besides, is somebody's tool and no service.
"""

from __future__ import annotations

import re

from portman.base.errors import Problem
from portman.base.forwarders import asks_engine
from portman.base.programs import program_of
from portman.base.record import NamedTuple
from portman.base.system_commands import word
from portman.base.text import printable
from portman.checkout.evidence import evidence_of, is_service
from portman.holders.find import holders_by_pair, name_sockets
from portman.holders.json_view import holder_view
from portman.holders.messages import brief
from portman.machine.port_range import automatic_range
from portman.machine.processes import parents

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.base.holder import Holder, Socket
    from portman.holders.at_work import LeasedTo, Placed


#: Ports on which programs look for others of their kind: mDNS, SSDP, WS-Discovery.
_MULTICAST = {("udp", 5353), ("udp", 1900), ("udp", 3702)}
#: Beyond so many characters a command is a program's text, and nobody types it.
_LONGEST = 160


class Misplaced(NamedTuple):
    """A program of a checkout on a port that is not its own.

    `service` is "" where it may be any of `candidates`; not `leased` where the checkout has no port
    yet, so that its programs start on the usual ones.
    """

    path: str
    instance: str
    holder: Holder
    service: str = ""
    own: int | None = None
    candidates: tuple[str, ...] = ()
    leased: bool = True

    def text(self) -> str:
        """Return "next-server (pid 812, apps/web) listens on 3001"."""
        name, _, facts = brief(self.holder, self.path).partition(", ")
        if self.holder.container is not None:
            name = printable(self.holder.container.name)
            return f"container {name} is published on {self.holder.port}"
        udp = "/udp" if self.holder.protocol == "udp" else ""
        return f"{name} ({facts}) listens on {self.holder.port}{udp}"

    def problem(self) -> Problem:
        one, named = self.holder, f"{self.service}: " if self.service else ""
        program = program_of(one.command or "")
        takes = f"; {program.takes}" if program and program.takes else ""
        run = f"portman run --service {self.service} --" if self.service else "portman run --"
        said = f"its port is {self.own}{takes}"
        way = f"stop it, then: {run} {self._command()}"
        if not self.leased:
            said = "this checkout has no port of its own yet"
            way = f"portman -C {word(self.path)} up\nthen restart it"
        elif one.container is not None:
            again = word(one.container.compose_service or self.service, "NAME")
            way = f"make it again: docker compose up -d --force-recreate {again}"
        elif not self.service:
            said = f"it is not a port of this checkout{takes}"
            way = f"start it with its port: {run} {self._command()}"
        text = f"{named}{self.text()}; {said}"
        return Problem("wrong-port", text, way, service=self.service or None)

    def _command(self) -> str:
        """Return what to type after `run`: the program's own words, on the port that it has now."""
        command, titled = self.holder.command or "", " " in "".join(self.holder.argv[:1])
        if not 0 < len(command) <= _LONGEST or "\\" in command or titled:
            return "CMD"
        own = self.holder.port if self.own is None else self.own
        return re.sub(rf"(?<!\d){self.holder.port}(?!\d)", str(own), command)

    def view(self) -> dict[str, object]:
        return {
            "service": self.service or None,
            "port": self.holder.port,
            "own_port": self.own,
            "holder": holder_view(self.holder),
        }


def among(
    found: Iterable[Socket], checkouts: Iterable[Placed], leased_to: LeasedTo
) -> list[Misplaced]:
    """Return those of the listeners of processes at work that are on a wrong port."""
    holders = [one for one in name_sockets(found) if not asks_engine(one)]
    return [
        said
        for placed in checkouts
        for holder in holders
        if (said := _misplaced(holder, placed, holders, leased_to)) is not None
    ]


def _misplaced(  # noqa: PLR0911 - one reason a line
    holder: Holder,
    placed: Placed,
    holders: list[Holder],
    leased_to: LeasedTo,
) -> Misplaced | None:
    tenant, leases = placed.tenant, placed.leases
    own_ports = placed.ports
    if holder.port in own_ports or holder.name == "portman hold":
        return None
    said = evidence_of(holder, tenant)
    if not said.ours or _serves_too(holder, own_ports, holders) or _is_secondary(holder, own_ports):
        return None
    if leased_to(holder.protocol, holder.port) == tenant.path:
        return None  # another instance's
    low, high = automatic_range()
    told = holder.run is not None or bool(holder.claims_service)
    if (not told or holder.protocol == "udp") and low <= holder.port <= high:
        return None  # a language server, a debugger, a test's own server; any client of UDP
    idle = sorted(one.name for one in placed.asleep("service", holder.protocol))
    fitting = [one for one in said.services if one in idle] or idle
    if not fitting or (holder.protocol, holder.port) in _MULTICAST:
        return None
    if said.services and fitting[0] not in said.services:
        return None
    named = bool(said.services) or len(fitting) == 1
    leased = any(one in leases for one in fitting)
    if not named:
        return Misplaced(
            tenant.path, tenant.instance, holder, candidates=tuple(fitting), leased=leased
        )
    own = leases[fitting[0]].port if fitting[0] in leases else None
    return Misplaced(tenant.path, tenant.instance, holder, fitting[0], own, leased=own is not None)


def published(pairs: Iterable[tuple[str, int]], checkouts: Iterable[Placed]) -> list[Misplaced]:
    """Return the containers of a checkout that run on one of these ports, their lease being idle.

    They were made before the lease was: Compose keeps them until it makes them again.
    """
    seen = [one for some in holders_by_pair(pairs).values() for one in some if one.container]
    return [
        Misplaced(placed.tenant.path, placed.tenant.instance, one, service.name, lease.port)
        for one in seen
        for placed in checkouts
        for service in placed.asleep("container")
        if (lease := placed.leases.get(service.name))
        and is_service(evidence_of(one, placed.tenant), service, one)
    ]


def _is_secondary(holder: Holder, ports: set[int]) -> bool:
    """Return whether the table of programs has the port as one that the program opens besides."""
    program = program_of(holder.command or "")
    return program is not None and any(program.opens(holder.port, one) for one in ports)


def _serves_too(holder: Holder, ports: set[int], holders: list[Holder]) -> bool:
    """Return whether the program, or a parent of it, listens on a port of the checkout as well."""
    family = {holder.pid, *(parents(holder.pid) if holder.pid else ())}
    return any(one.pid in family and one.port in ports for one in holders)
