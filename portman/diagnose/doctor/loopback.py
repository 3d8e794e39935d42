"""Whether connections on loopback arrive, and if not, which rule stops them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portman.diagnose.doctor.finding import Finding, named
from portman.diagnose.firewall.packet_filter import Packet, likeliest, risen, stops

if TYPE_CHECKING:
    from portman.diagnose.doctor.context import Surroundings
    from portman.diagnose.doctor.loopback_machine import Trial
    from portman.diagnose.firewall.facts import Filters
    from portman.diagnose.firewall.packet_filter import Chain, Stop

#: Listeners are opened on at most so many leased ports, and on one of the pool.
MOST_PORTS = 24
BAD = frozenset({"dropped", "refused", "diverted"})


def loopback(around: Surroundings) -> list[Finding]:
    """Connect to listeners of our own; if some connection fails, try again and count packets."""
    from portman.diagnose.doctor.loopback_machine import try_ports
    from portman.diagnose.firewall import read_filters

    ports = ports_to_try(around)
    trials = try_ports(ports)
    failed = sorted({one.port for one in trials if one.outcome in BAD})
    if not failed:
        return _with_predictions([_passed(trials)], around, trials)
    before = read_filters()
    again = try_ports(failed[:4])
    after = read_filters()
    if not any(one.outcome in BAD for one in again):
        return _with_predictions([_passed([*trials, *again])], around, trials)
    return _with_predictions(explained(again, before, after), around, trials)


def ports_to_try(around: Surroundings) -> list[int]:
    """Return free leased ports of this checkout (or of all), and a free one of the pool."""
    from portman.machine import sockets

    leased = [port for one in around.own_holdings for port in one.lease.ports]
    free = [port for port in leased if sockets.probe(port, "tcp") == "free"][:MOST_PORTS]
    taken = {port for one in around.holdings for port in one.lease.ports}
    low, high = around.pool.bands[0]
    spare = (p for p in range(high, low - 1, -1) if p not in taken)
    return [*free, next(p for p in spare if sockets.probe(p, "tcp") == "free")]


def explained(trials: list[Trial], before: Filters, after: Filters) -> list[Finding]:
    """Return a failure for each rule that stops something, with the ports it stops."""
    raised = list(risen(before.chains, after.chains))
    grouped: dict[tuple[str, str], list[Trial]] = {}
    fixes: dict[tuple[str, str], str] = {}
    for trial in trials:
        if trial.outcome not in BAD:
            continue
        found = _stops(after.chains, trial)
        guilty = likeliest(found, raised)
        key = (trial.outcome, rule_text(guilty) if guilty else _unknown(after))
        grouped.setdefault(key, []).append(trial)
        fixes[key] = mend(guilty) if guilty else _look(after)
    return [
        Finding("loopback", "fail", f"{_ends(members)} {outcome}: {rule}", fixes[outcome, rule])
        for (outcome, rule), members in grouped.items()
    ]


def _stops(chains: tuple[Chain, ...], trial: Trial) -> list[Stop]:
    """Where the first packet ends, or, if it gets through, the answer to it."""
    from portman.diagnose.doctor.loopback_machine import ADDRESSES

    here, uid = ADDRESSES[trial.family], getattr(os, "geteuid", lambda: None)()
    asking = Packet(trial.family, here, here, trial.client_port, trial.port, uid=uid)
    answer = Packet(trial.family, here, here, trial.port, trial.client_port, "established", uid=uid)
    return stops(chains, asking) or stops(chains, answer)


def rule_text(stop: Stop) -> str:
    """Return the rule with the place it stands in."""
    place = f"{stop.base.tool} {stop.base.family} table {stop.chain.table} chain {stop.chain.name}"
    if stop.base.tool != "nft":
        place = f"{stop.base.tool} table {stop.chain.table}"
    rule = f"policy {stop.chain.policy} of chain {stop.chain.name}"
    if stop.rule is not None:
        rule = f"`{stop.rule.text}`"
    return f"{'' if stop.certain else 'probably '}by {rule} ({place})"


def mend(stop: Stop) -> str:
    """Return the command that lets loopback pass before the rule is reached."""
    base = stop.base
    coming = base.hook in ("prerouting", "input")
    if stop.chain.table == "firewalld":
        return (
            "sudo firewall-cmd --permanent --zone=trusted --add-interface=lo && "
            "sudo firewall-cmd --reload"
        )
    if base.tool == "nft":
        side = "iif" if coming else "oif"
        return f"sudo nft insert rule {base.family} {base.table} {base.name} {side} lo accept"
    table = "" if base.table == "filter" else f" -t {base.table}"
    insert = f"sudo {base.tool}{table} -I {base.name} {'-i' if coming else '-o'} lo -j ACCEPT"
    if _is_ufw(base):
        return f"sudo ufw allow {'in' if coming else 'out'} on lo\nor at once: {insert}"
    return insert


def _is_ufw(base: Chain) -> bool:
    return any(rule.target.startswith(("ufw-", "ufw6-")) for rule in base.rules)


def _with_predictions(
    found: list[Finding], around: Surroundings, trials: list[Trial]
) -> list[Finding]:
    """Add the leased ports that a server has now: nobody connects to it, its rules are read."""
    for (rule, fix), ports in _predicted(around, trials).items():
        told = named(ports)
        same = [at for at, one in enumerate(found) if one.reason.endswith(rule)]
        if same:
            first = found[same[0]]
            found[same[0]] = first._replace(reason=f"{first.reason}; so are those to {told}")
        else:
            reason = f"connections to {told} do not arrive: {rule}"
            found.append(Finding("loopback", "fail", reason, fix))
    return found


def _predicted(around: Surroundings, trials: list[Trial]) -> dict[tuple[str, str], list[str]]:
    """Return (rule, mend) -> "web 3000" for leased ports that were not tried."""
    tried = {one.port for one in trials if one.outcome != "busy"}
    names: dict[tuple[str, str], list[str]] = {}
    for one in around.own_holdings:
        for port in one.lease.ports if "tcp" in one.lease.protocols else ():
            if port in tried:
                continue
            for rule in _certain_stops(around, port):
                known = names.setdefault(rule, [])
                if (told := f"{one.lease.service} {port}") not in known:
                    known.append(told)
    return names


def _certain_stops(around: Surroundings, port: int) -> list[tuple[str, str]]:
    found = []
    for family, here in (("ipv4", "127.0.0.1"), ("ipv6", "::1")):
        packet = Packet(family, here, here, 0, port)  # type: ignore[arg-type]
        last = stops(around.filters.chains, packet)[-1:]
        found += [(rule_text(one), mend(one)) for one in last if one.certain]
    return found


def _passed(trials: list[Trial]) -> Finding:
    passed = [one for one in trials if one.outcome == "passed"]
    absent = [one for one in trials if one.outcome == "absent"]
    ports = sorted({one.port for one in passed})
    if not passed:
        return Finding("loopback", "fail", "no loopback address could be bound", "ip addr show lo")
    if {one.family for one in passed} == {"ipv4", "ipv6"} or not absent:
        told = f"connections to 127.0.0.1 and ::1 arrive (tried {named([str(p) for p in ports])})"
        return Finding("loopback", "ok", told)
    missing = "::1" if absent[0].family == "ipv6" else "127.0.0.1"
    reason = f"connections arrive, but this machine has no {missing}"
    return Finding("loopback", "ok", f"{reason} (tried {named([str(p) for p in ports])})")


def _ends(trials: list[Trial]) -> str:
    from portman.diagnose.doctor.loopback_machine import ADDRESSES

    ends = [
        f"[{ADDRESSES[one.family]}]:{one.port}"
        if one.family == "ipv6"
        else f"{ADDRESSES[one.family]}:{one.port}"
        for one in trials
    ]
    return f"connections to {named(ends)} are"


def _unknown(filters: Filters) -> str:
    if filters.spelt:
        return f"perhaps by one of these rules: {named(list(filters.spelt), 2)}"
    if filters.unseen:
        return f"the rule could not be looked for ({'; '.join(filters.unseen)})"
    return "by none of the rules of nftables and iptables that could be read"


def _look(filters: Filters) -> str:
    import sys

    if sys.platform == "darwin":
        return "sudo pfctl -s rules"
    if sys.platform == "win32":
        return "netsh advfirewall firewall show rule name=all dir=in"
    if any("needs root" in one for one in filters.unseen):
        return "sudo nft list ruleset; sudo iptables-save; sudo ip6tables-save"
    return "look at security software and at eBPF programs: sudo bpftool prog list"
