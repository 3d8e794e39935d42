"""Programs of a checkout that listen on a port that is not their own; Linux only.

Only processes that work in a checkout, or that `portman run` started for it, are looked at: one
link of /proc each, then the descriptors of those few and one table of listeners. What listens on a
port that the kernel gave it, and on a leased port besides, is somebody's tool and no service.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from portman.base.errors import Problem
from portman.base.forwarders import asks_engine
from portman.base.values import LOCAL_SCOPE
from portman.checkout.evidence import Tenant, evidence_of
from portman.holders.find import name_sockets
from portman.holders.json_view import holder_view
from portman.holders.messages import brief
from portman.holders.verdicts import tenant_of
from portman.machine import processes
from portman.machine.port_range import automatic_range
from portman.machine.sockets.listing import read_listeners
from portman.manifest.file import services_of
from portman.state import launches

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from portman.allocation.workspace import Workspace
    from portman.base.holder import Holder, Socket
    from portman.base.values import Lease, OwnedLease, Service
    from portman.holders.verdicts import Finding


_LINUX = sys.platform == "linux"


class Placed(NamedTuple):
    """A checkout with its leases and those of its services that nothing serves now."""

    tenant: Tenant
    leases: Mapping[str, Lease]
    idle: frozenset[str]


class Misplaced(NamedTuple):
    """A program of a checkout on a port that is not its own.

    `service` is "" where it may be any of `candidates`.
    """

    path: str
    instance: str
    holder: Holder
    service: str = ""
    own: int | None = None
    candidates: tuple[str, ...] = ()

    def text(self) -> str:
        """Return "next-server (pid 812, apps/web) listens on 3001"."""
        name, _, facts = brief(self.holder, self.path).partition(", ")
        return f"{name} ({facts}) listens on {self.holder.port}"

    def problem(self) -> Problem:
        from portman.base.programs import program_of

        one, where = self.holder, self.text()
        command = one.command or "CMD"
        program = program_of(command)
        takes = f"; {program.takes}" if program and program.takes else ""
        if not self.service:
            return Problem(
                "wrong-port",
                f"{where}, which is not a port of this checkout{takes}",
                f"start it with its port: portman run -- {command}",
            )
        return Problem(
            "wrong-port",
            f"{self.service}: {where}; its port is {self.own}{takes}",
            f"stop it, then: portman run --service {self.service} -- {command}",
            service=self.service,
        )

    def view(self) -> dict[str, object]:
        return {
            "service": self.service or None,
            "port": self.holder.port,
            "own_port": self.own,
            "holder": holder_view(self.holder),
        }


def find_misplaced(
    checkouts: Iterable[Placed], leased_to: Callable[[int], str | None]
) -> list[Misplaced]:
    """Return what listens on a wrong port, while one of its checkout's services is idle.

    `leased_to` returns the checkout that has a TCP port.
    """
    asked = [one for one in checkouts if one.idle]
    if not asked or not _LINUX:
        return []
    at_work = _processes({one.tenant.path for one in asked})
    found = _listeners(list(at_work)) if at_work else []
    if not found:
        return []
    holders = [one for one in name_sockets(found) if not asks_engine(one)]
    return [
        said
        for placed in asked
        for holder in holders
        if (said := _misplaced(holder, placed, holders, leased_to)) is not None
    ]


def misplaced_in(
    workspace: Workspace, leases: Mapping[str, Lease], findings: Mapping[str, Finding]
) -> list[Misplaced]:
    """Return the misplaced programs of the checkout that asks, which has these findings."""
    placed = Placed(
        tenant_of(workspace), leases, idle_services(workspace.manifest.services, findings)
    )

    def leased_to(port: int) -> str | None:
        found = workspace.ledger.lease_on(LOCAL_SCOPE, "tcp", port)
        return found.record.path if found else None

    return find_misplaced([placed], leased_to)


def misplaced_anywhere(
    holdings: Iterable[OwnedLease], running: Collection[tuple[str, str, str]]
) -> dict[tuple[str, str], list[Misplaced]]:
    """Return the misplaced programs of all checkouts with leases, by path and instance.

    `running` are the (path, instance, service) that their own servers listen for. Only the
    manifests of checkouts in which some process works are read.
    """
    leases: dict[tuple[str, str], dict[str, Lease]] = {}
    ports: dict[int, str] = {}
    for one in holdings:
        if one.scope == LOCAL_SCOPE:
            key = (one.record.path, one.record.instance)
            leases.setdefault(key, {})[one.lease.service] = one.lease
            ports.update(
                {port: one.record.path for kind, port in one.lease.keys() if kind == "tcp"}
            )
    at_work = set(_processes({path for path, _ in leases}).values()) if _LINUX else set()
    placed = []
    for (path, instance), held in leases.items():
        if path in at_work:
            services = services_of(path)
            idle = frozenset(
                one.name
                for one in services
                if one.kind == "service"
                and "tcp" in one.protocols
                and one.name in held
                and (path, instance, one.name) not in running
            )
            placed.append(Placed(Tenant(path, instance, services), held, idle))
    found: dict[tuple[str, str], list[Misplaced]] = {}
    for said in find_misplaced(placed, ports.get):
        found.setdefault((said.path, said.instance), []).append(said)
    return found


def idle_services(services: Iterable[Service], findings: Mapping[str, Finding]) -> frozenset[str]:
    """Return the services, not containers, on whose TCP port their own server does not listen."""
    return frozenset(
        one.name
        for one in services
        if one.kind == "service"
        and "tcp" in one.protocols
        and one.name in findings
        and findings[one.name].seen
        and findings[one.name].verdict != "running"
    )


def _misplaced(  # noqa: PLR0911 - one reason a line
    holder: Holder,
    placed: Placed,
    holders: list[Holder],
    leased_to: Callable[[int], str | None],
) -> Misplaced | None:
    tenant, leases = placed.tenant, placed.leases
    own_ports = {port for lease in leases.values() for port in lease.ports}
    if holder.port in own_ports or holder.name == "portman hold":
        return None
    said = evidence_of(holder, tenant)
    if not said.ours or _serves_too(holder, own_ports, holders) or _is_secondary(holder, own_ports):
        return None
    if leased_to(holder.port) == tenant.path:
        return None  # another instance's
    if said.services:
        name = next((one for one in said.services if one in placed.idle), "")
        return (
            Misplaced(tenant.path, tenant.instance, holder, name, leases[name].port)
            if name
            else None
        )
    low, high = automatic_range()
    if holder.run is None and low <= holder.port <= high:
        return None  # a language server, a debugger, a test's own server
    if len(placed.idle) == 1:
        (name,) = placed.idle
        return Misplaced(tenant.path, tenant.instance, holder, name, leases[name].port)
    return Misplaced(tenant.path, tenant.instance, holder, candidates=tuple(sorted(placed.idle)))


def _is_secondary(holder: Holder, ports: set[int]) -> bool:
    """Return whether the table of programs has the port as one that the program opens besides."""
    from portman.base.programs import program_of

    program = program_of(holder.command or "")
    return program is not None and any(program.opens(holder.port, one) for one in ports)


def _serves_too(holder: Holder, ports: set[int], holders: list[Holder]) -> bool:
    """Return whether the program, or a parent of it, listens on a port of the checkout as well."""
    family = {holder.pid, *(processes.parents(holder.pid) if holder.pid else ())}
    return any(one.pid in family and one.port in ports for one in holders)


def _processes(paths: set[str]) -> dict[int, str]:
    """Return the processes that work in one of these folders, or that `run` started for it."""
    noted = launches.noted()
    found: dict[int, str] = {}
    # The usual case is one checkout: no call for each process of the machine.
    only = next(iter(paths)) if len(paths) == 1 else ""
    below = only + os.sep
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                cwd = os.readlink(f"/proc/{entry}/cwd")
            except OSError:
                cwd = ""
            if only:
                path = only if cwd == only or cwd.startswith(below) else ""
            else:
                path = _checkout_around(cwd, paths)
            if int(entry) in noted:
                fields = launches.read(int(entry), processes.token_of(int(entry)))
                path = fields[0] if fields and fields[0] in paths else path
            if path:
                found[int(entry)] = path
    return found


def _checkout_around(folder: str, paths: set[str]) -> str:
    while folder not in paths:
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above
    return folder


def _listeners(pids: list[int]) -> list[Socket]:
    """Return the TCP listeners of these processes, each with the first of them that has it."""
    owners: dict[int, int] = {}
    for pid in pids:
        try:
            descriptors = os.listdir(f"/proc/{pid}/fd")
        except OSError:
            continue
        for descriptor in descriptors:
            try:
                target = os.readlink(f"/proc/{pid}/fd/{descriptor}")
            except OSError:
                continue
            if target.startswith("socket:["):
                owners.setdefault(int(target[8:-1]), pid)
    if not owners:
        return []
    table = read_listeners(())
    return [one._replace(pids=(owners[one.inode],)) for one in table if one.inode in owners]


def problems(found: Iterable[Misplaced]) -> tuple[Problem, ...]:
    """Return one warning for each program and port, not for each address."""
    once = {(one.path, one.holder.pid, one.holder.port): one for one in found}
    return tuple(one.problem() for one in once.values())
