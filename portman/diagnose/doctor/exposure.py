"""Services that the manifest calls local and that the whole network can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.text import printable
from portman.containers.forwarders import forwarder
from portman.diagnose.doctor.context import place
from portman.diagnose.doctor.finding import Finding

if TYPE_CHECKING:
    from portman.base.values import Holder, Holding
    from portman.diagnose.doctor.context import Listener, Surroundings

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def exposure(around: Surroundings) -> list[Finding]:
    """Compare where each service listens with the `host` of its manifest."""
    found = []
    looked = 0
    for one in around.holdings:
        service = around.manifests.get(one.tenant.path, {}).get(one.lease.service)
        wanted = service.host if service else "127.0.0.1"
        mine = [other for other in around.listeners_on(one) if _belongs(other, one)]
        looked += bool(mine)
        wide = [other for other in mine if not is_local(other.holder.address)]
        if wide and is_local(wanted):
            found.append(_told(one, wide[0], wanted))
    if found:
        return found
    told = f"{looked} running, each where ports.toml says" if looked else "no leased service runs"
    return [Finding("exposure", "ok", told)]


def is_local(address: str) -> bool:
    """Return whether only this machine reaches an address (RFC 1122 3.2.1.3, RFC 4291 2.5.3)."""
    plain = address.removeprefix("::ffff:")
    return plain in LOCAL or (plain.startswith("127.") and plain.count(".") == 3)


def _belongs(listener: Listener, holding: Holding) -> bool:
    """Return whether it is the service itself: a stranger on its port is told by `check`."""
    from portman.checkout.ownership_machine import is_ours

    return _published(listener.holder) or is_ours(
        listener.holder, holding.tenant.path, holding.tenant.instance
    )


def _published(holder: Holder) -> bool:
    """Return whether it is the port of a container."""
    behind = forwarder(holder.name)
    return holder.container is not None or (behind is not None and behind.kind == "container")


def _told(holding: Holding, listener: Listener, wanted: str) -> Finding:
    holder = listener.holder
    wildcard = holder.address in ("0.0.0.0", "::", "*")  # noqa: S104 (compared only)
    where = "all interfaces" if wildcard else holder.address
    name = holder.container.name if holder.container else holder.name or "its server"
    reason = printable(
        f"{place(holding)}: {name} listens on {where}, port {holder.port}; ports.toml says {wanted}"
    )
    if _published(holder):
        fix = f'publish it as "127.0.0.1:{holder.port}:..." in the Compose file'
    else:
        fix = (
            f'start it with --host {wanted}, or write host = "0.0.0.0" in ports.toml if it is meant'
        )
    return Finding("exposure", "warn", reason, fix)
