"""Which firewall is on, and how much of it could be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.diagnose.doctor.finding import Finding

if TYPE_CHECKING:
    from portman.diagnose.doctor.context import Surroundings
    from portman.diagnose.firewall.facts import Filters, Frontend


def firewall(around: Surroundings) -> list[Finding]:
    """Name the firewalls; whether they let loopback pass is tried by `loopback`."""
    return [judge(around.frontends, around.filters)]


def judge(frontends: tuple[Frontend, ...], filters: Filters) -> Finding:
    """Return one line, "skipped" if nothing at all could be seen."""
    words = {True: "on", False: "off", None: "cannot be asked"}
    told = [
        f"{one.name} {words[one.active]}"
        + (f" ({one.detail})" if one.active and one.detail else "")
        for one in frontends
    ]
    if filters.chains:
        rules = sum(len(chain.rules) for chain in filters.chains)
        some = "1 rule" if rules == 1 else f"{rules:,} rules"
        told.append(f"{some} in {_chains(len(filters.chains))}")
    elif not filters.unseen and not filters.spelt:
        told.append("no packet filter rules")
    if filters.unseen:
        told.append(f"not looked at: {', '.join(filters.unseen)}")
    seen = filters.chains or filters.spelt or any(one.active is not None for one in frontends)
    status = "ok" if seen or not filters.unseen else "skipped"
    return Finding("firewall", "ok" if status == "ok" else "skipped", "; ".join(told))


def _chains(number: int) -> str:
    return "1 chain" if number == 1 else f"{number} chains"
