"""`portman who`: the chain from a socket to its meaning."""

from __future__ import annotations

import os
import time

from portman.allocation.target import find_target, leases_on, require_port
from portman.base.address import reach_of
from portman.base.errors import Problem, Report
from portman.base.holder import connections_of
from portman.base.system_commands import as_root, typed
from portman.base.text import home_short
from portman.base.values import LOCAL_SCOPE
from portman.checkout.ownership import folder_here
from portman.containers.claims import claims_on
from portman.holders.find import group_by_owner, inspect_holders, with_context
from portman.holders.json_view import (
    claim_view,
    entry_view,
    former_view,
    full_view,
    holding_view,
)
from portman.holders.messages import home, sudo_helps
from portman.ledger.log import by_whom, granted, leased_by
from portman.ledger.open import readable_ledger
from portman.machine.addresses import hosts_file, is_local
from portman.machine.port_range import host_listeners
from portman.machine.sockets.listing import list_listeners

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.allocation.target import Target
    from portman.base.holder import Holder, Socket
    from portman.base.values import OwnedLease
    from portman.ledger.protocol import Ledger


def who(
    start: str, asked: str, *, instance: str = "", udp: bool = False, everywhere: bool = False
) -> Report:
    """Return the holders of a port, or of the ports of a service.

    Listeners and sockets that are only bound come first; where there is neither, the local ends
    of connections. The report has the error "port-idle" (exit 1) if there is no holder.
    """
    target = find_target(start, asked, instance=instance)
    if udp:
        target = target._replace(protocols=("udp",))
    require_port(target)
    ledger, unread = readable_ledger()
    everybody = inspect_holders(target.pairs, everywhere=everywhere)
    there = [one for one in (_at_host(one, target.address.host) for one in everybody) if one]
    shown = with_context(_weightiest([one for one in there if one.state != "time-wait"]), ledger)
    remains = sum(len(one.sockets) for one in there if one.state == "time-wait")
    leases = leases_on(ledger, target)
    claims = () if shown else claims_on(target.pairs)
    data: dict[str, object] = {
        "asked": target.address.text,
        "host": target.address.host,
        "ports": list(target.ports),
        "protocols": list(target.protocols),
        "service": target.service,
        "checkout": target.checkout,
        "occupants": [full_view(one, connections_of(one, everybody)) for one in shown],
        "remains": remains,
        "leases": [{**holding_view(one), "granted": _granted(ledger, one)} for one in leases],
        "former": [
            former_view(one)
            for port in target.ports
            for one in ledger.ended_leases(LOCAL_SCOPE, port)
        ],
        "claims": [claim_view(one) for one in claims],
    }
    errors = () if shown else (_idle(target, remains, leases, ledger),)
    return Report("who", data, errors, (*unread, *_warnings(shown)))


def _granted(ledger: Ledger, holding: OwnedLease) -> dict[str, object] | None:
    """Return who leased it, as the log tells."""
    entry = granted(ledger, holding)
    return None if entry is None else {**entry_view(entry), "text": by_whom(entry, time.time())}


def who_all(start: str, pid: int | None = None) -> Report:
    """Return every TCP listener of this user, or of one process, with its checkout.

    A container counts as the user's: the engine's forwarder runs as root. With `pid`, the error
    "port-idle" if that process listens on no port.
    """
    ledger, unread = readable_ledger()
    found = list_listeners(())
    if pid is not None:
        found = [one for one in found if pid in one.pids]
    holders = with_context(group_by_owner(found), ledger)
    me = os.geteuid() if hasattr(os, "geteuid") else None
    mine = [one for one in holders if me in (None, one.uid) or one.container or one.expected]
    shown = holders if pid is not None else mine
    data: dict[str, object] = {
        "asked": None,
        "pid": pid,
        "checkout": folder_here(start),
        "occupants": [full_view(one) for one in shown],
    }
    if pid is None or shown:
        return Report("who", data, warnings=unread)
    said = f"process {pid} listens on no TCP port that is shown here"
    return Report(
        "who", data, (Problem("port-idle", said, "see it: " + typed("process", pid)),), unread
    )


def answers_host(socket: Socket, host: str) -> bool:
    """Return whether a socket has to do with connections to `host` ("" means all)."""
    if not host or socket.address == host:
        return True
    reach = reach_of(host)
    if reach == "wildcard":  # whatever stands in the way of a server there
        return ":" in host or socket.answers("127.0.0.1") or ":" not in socket.address
    if reach == "loopback" and not host[0].isdigit() and ":" not in host:
        return any(socket.answers(one) for one in ("127.0.0.1", "::1"))
    if reach == "name":
        return any(socket.answers(one) for one in hosts_file().get(host, ()))
    return socket.answers(host) and is_local(host)


def _at_host(one: Holder, host: str) -> Holder | None:
    sockets = tuple(socket for socket in one.sockets if answers_host(socket, host))
    return one.on(sockets) if sockets else None


def _weightiest(there: list[Holder]) -> list[Holder]:
    """Leave out connections where something listens or is bound: they came through it."""

    def port(one: Holder) -> tuple[str, int, str]:
        return (one.protocol, one.port, one.first.namespace)

    served = {port(one) for one in there if one.serving}
    return [one for one in there if one.serving or port(one) not in served]


def _idle(target: Target, remains: int, leases: list[OwnedLease], ledger: Ledger) -> Problem:
    names = ", ".join(str(port) for port in target.ports)
    place = f"{target.service} ({names})" if target.service else target.address.text
    text = f"nothing uses {place}"
    windows = host_listeners().on(target.ports) if "tcp" in target.protocols else {}
    if windows:
        shown = ", ".join(f"{port} (pid {pid} there)" for port, pid in windows.items())
        text = f"no program of this Linux uses {place}; one of Windows listens on {shown}"
    elif host_listeners().unknown:
        text += f" in this Linux; of Windows that is unknown: {host_listeners().unknown}"
    if remains:
        text += f"; {remains} closed connections linger there for up to a minute (TIME_WAIT)"
    hint = f"see what this number is: portman explain {target.address.text}"
    if leases and not target.service:
        lease = leases[0]
        folder = home_short(lease.record.path, home())
        text += f"; it is leased to {lease.lease.service} of {folder}, which is not running"
        said = leased_by(ledger, lease.lease.protocols[0], lease.lease.port)
        text += f"; leased {said}" if said else ""
    return Problem("port-idle", text, hint)


def _warnings(shown: list[Holder]) -> tuple[Problem, ...]:
    """Say that root would see a hidden process, or why the owner of a socket is unknown."""
    hidden = [one for one in shown if one.pid is None]
    if not hidden:
        return ()
    if not sudo_helps(hidden[0]):
        reason = hidden[0].unseen or "the system does not show its process"
        return (Problem("process-hidden", f"owner of {hidden[0].port} unknown: {reason}"),)
    return (
        Problem(
            "process-hidden",
            f"the process on {hidden[0].port} belongs to another user, so its name and folder are "
            "hidden",
            as_root(f"portman who {hidden[0].port}"),
        ),
    )
