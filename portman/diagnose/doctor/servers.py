"""Checkouts that vanished, and servers that outlived the folder they were started in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.text import home_short, printable
from portman.diagnose.doctor.context import place
from portman.diagnose.doctor.finding import Finding
from portman.holders.messages import home
from portman.ports.leasing import is_gone

if TYPE_CHECKING:
    from portman.diagnose.doctor.context import Listener, Surroundings

MOST = 8


def vanished(around: Surroundings) -> list[Finding]:
    """Find leases of checkouts whose folder is gone."""
    ports: dict[str, int] = {}
    for one in around.holdings:
        if is_gone(one.tenant.path):
            ports[one.tenant.path] = ports.get(one.tenant.path, 0) + one.lease.size
    found = [
        Finding(
            "checkouts", "warn", f"{_short(path)} is gone and has {_counted(number)}", "portman gc"
        )
        for path, number in ports.items()
    ]
    if found:
        return found[:MOST] + _rest(len(found) - MOST, "checkouts", "portman gc")
    return [Finding("checkouts", "ok", "every checkout with a lease still has its folder")]


def servers(around: Surroundings) -> list[Finding]:
    """Find listeners whose working folder or whose checkout was deleted under them."""
    gone = {
        port: one for one in around.holdings if is_gone(one.tenant.path) for port in one.lease.ports
    }
    found, hidden, seen = [], 0, set()
    for listener in around.listeners:
        port = listener.holder.port
        hidden += listener.holder.pid is None
        lost = listener.folder_gone or port in gone
        if not lost or (listener.holder.pid, port) in seen:
            continue
        seen.add((listener.holder.pid, port))
        whose = f" (leased to {place(gone[port])})" if port in gone else ""
        reason = f"{_server(listener)} serves {port}{whose} from a folder that was deleted"
        found.append(Finding("servers", "warn", reason, f"portman free {port}"))
    if found:
        return found[:MOST] + _rest(len(found) - MOST, "servers", "portman list")
    unseen = f"; {hidden} whose process this user may not see" if hidden else ""
    return [Finding("servers", "ok", f"no server outlived its folder{unseen}")]


def _server(listener: Listener) -> str:
    holder = listener.holder
    folder = f" in {_short(holder.cwd)}" if holder.cwd else ""
    return printable(f"{holder.name or 'a process'} (pid {holder.pid}){folder}")


def _short(path: str) -> str:
    return printable(home_short(path, home()))


def _counted(number: int) -> str:
    return "1 port" if number == 1 else f"{number} ports"


def _rest(number: int, check: str, fix: str) -> list[Finding]:
    return [Finding(check, "warn", f"and {number} more", fix)] if number > 0 else []
