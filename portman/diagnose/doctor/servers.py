"""Deleted checkouts, servers whose folder was deleted, and servers that the network can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.allocation.leasing import is_gone
from portman.base.text import home_short, printable
from portman.checkout.ownership import is_ours
from portman.containers.model import forwarder
from portman.diagnose.doctor.context import CheckResult, counted, place
from portman.holders.messages import home

if TYPE_CHECKING:
    from portman.base.holder import Holder
    from portman.base.values import OwnedLease
    from portman.diagnose.doctor.context import DoctorContext, Listener

#: More findings of one check than this are counted, not listed.
MOST = 8


def vanished(around: DoctorContext) -> list[CheckResult]:
    """Find leases of checkouts whose folder is gone."""
    ports: dict[str, int] = {}
    for one in around.holdings:
        if is_gone(one.record.path):
            ports[one.record.path] = ports.get(one.record.path, 0) + one.lease.size
    found = [
        CheckResult(
            "checkouts",
            "warn",
            f"{_short(path)} was deleted and has {counted(number, 'port')}",
            "portman gc",
        )
        for path, number in ports.items()
    ]
    if found:
        return found[:MOST] + _rest(len(found) - MOST, "checkouts", "portman gc")
    return [CheckResult("checkouts", "ok", "every checkout with a lease has its folder")]


def servers(around: DoctorContext) -> list[CheckResult]:
    """Find listeners whose working folder or checkout was deleted."""
    gone = {
        port: one for one in around.holdings if is_gone(one.record.path) for port in one.lease.ports
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
        reason = f"{_server(listener)} serves {port}{whose} from a deleted folder"
        found.append(CheckResult("servers", "warn", reason, f"portman free {port}"))
    if found:
        return found[:MOST] + _rest(len(found) - MOST, "servers", "portman list")
    unseen = f"; {counted(hidden, 'listener')} of other users not checked" if hidden else ""
    return [CheckResult("servers", "ok", f"no server of a deleted folder{unseen}")]


def _server(listener: Listener) -> str:
    holder = listener.holder
    folder = f" in {_short(holder.cwd)}" if holder.cwd else ""
    return printable(f"{holder.name or 'a process'} (pid {holder.pid}){folder}")


def _short(path: str) -> str:
    return printable(home_short(path, home()))


def _rest(number: int, check: str, fix: str) -> list[CheckResult]:
    return [CheckResult(check, "warn", f"and {number} more", fix)] if number > 0 else []


# Services with a local `host` in the manifest that other machines can reach.

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def exposure(around: DoctorContext) -> list[CheckResult]:
    """Compare where each service listens with the `host` of its manifest."""
    found = []
    running = 0
    for one in around.holdings:
        service = around.manifests.get(one.record.path, {}).get(one.lease.service)
        wanted = service.host if service else "127.0.0.1"
        mine = [other for other in around.listeners_on(one) if _belongs(other, one)]
        running += bool(mine)
        wide = [other for other in mine if not is_local(other.holder.address)]
        if wide and is_local(wanted):
            found.append(_exposed(one, wide[0], wanted))
    if found:
        return found
    text = f"{running} running, each on the address of ports.toml" if running else "none running"
    return [CheckResult("exposure", "ok", text)]


def is_local(address: str) -> bool:
    """Whether only this machine reaches an address (RFC 1122 3.2.1.3, RFC 4291 2.5.3)."""
    plain = address.removeprefix("::ffff:")
    return plain in LOCAL or (plain.startswith("127.") and plain.count(".") == 3)


def _belongs(listener: Listener, holding: OwnedLease) -> bool:
    """Whether it is the service itself; `check` reports a stranger on its port."""
    return _published(listener.holder) or is_ours(
        listener.holder, holding.record.path, holding.record.instance
    )


def _published(holder: Holder) -> bool:
    behind = forwarder(holder.name)
    return holder.container is not None or (behind is not None and behind.kind == "container")


def _exposed(holding: OwnedLease, listener: Listener, wanted: str) -> CheckResult:
    holder = listener.holder
    wildcard = holder.address in ("0.0.0.0", "::", "*")  # noqa: S104 (compared only)
    where = "all interfaces" if wildcard else holder.address
    name = holder.container.name if holder.container else holder.name or "its server"
    reason = printable(
        f"{place(holding)}: {name} listens on {where}, port {holder.port}; ports.toml has {wanted}"
    )
    if _published(holder):
        fix = f'publish it as "127.0.0.1:{holder.port}:..." in the Compose file'
    else:
        fix = f'start it with --host {wanted}, or write host = "0.0.0.0" in ports.toml if intended'
    return CheckResult("exposure", "warn", reason, fix)
