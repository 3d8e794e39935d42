"""Which rule of a packet filter stops a packet: the walk the kernel makes, on paper.

nftables and iptables rules in one model. What a rule asks that is not modelled here (a rate
limit, a mark, an address set of another kind) makes its match a "maybe": a stop found after a
maybe is told as possible, never as certain. Sources: nft(8), iptables(8), and for the order of
hooks the packet flow of Netfilter (output, postrouting, prerouting, input on loopback).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Action = Literal["accept", "drop", "reject", "redirect", "jump", "goto", "return", "continue"]
Outcome = Literal["accept", "drop", "reject", "redirect", "end"]

#: The way of a packet from this machine to itself.
LOOPBACK_HOOKS = ("output", "postrouting", "prerouting", "input")
STOPPING = frozenset({"drop", "reject", "redirect"})
_DEEPEST = 32  # the kernel allows 16 jumps


class Packet(NamedTuple):
    """A TCP packet on the loopback interface. `uid` is who sends it, None if unknown."""

    family: Literal["ipv4", "ipv6"]
    source: str
    target: str
    source_port: int
    port: int
    state: Literal["new", "established"] = "new"
    interface: str = "lo"
    uid: int | None = None


class Match(NamedTuple):
    """One condition: the field has one of the values ("22", "20-29", "10.0.0.0/8", "wl*").

    An unknown field is a maybe.
    """

    field: str
    values: tuple[str, ...] = ()
    negated: bool = False


class Rule(NamedTuple):
    """One rule. `packets` is its counter, None where it has none. `text` is how it is spelt."""

    matches: tuple[Match, ...]
    action: Action
    target: str = ""
    text: str = ""
    handle: int | None = None
    packets: int | None = None


class Chain(NamedTuple):
    """One chain; `hook` is "" for a chain that is only jumped to."""

    tool: Literal["nft", "iptables", "ip6tables"]
    family: Literal["ip", "ip6", "inet"]
    table: str
    name: str
    hook: str = ""
    priority: int = 0
    policy: Action = "accept"
    rules: tuple[Rule, ...] = ()


class Stop(NamedTuple):
    """A place where a packet ends: a rule, or the policy of a base chain (`rule` is None)."""

    base: Chain
    chain: Chain
    rule: Rule | None
    action: Action
    certain: bool = True


def stops(
    chains: Iterable[Chain], packet: Packet, hooks: tuple[str, ...] = LOOPBACK_HOOKS
) -> list[Stop]:
    """Return where the packet certainly or possibly ends, up to the first certain stop.

    The certain one, if there is any, is the last.
    """
    known = [chain for chain in chains if _covers(chain, packet)]
    found: list[Stop] = []
    for hook in hooks:
        for base in sorted((one for one in known if one.hook == hook), key=_priority):
            walk = _Walk(base, known, packet)
            walk.run(base, 0)
            found += walk.found
            if found and found[-1].certain:
                return found
    return found


def likeliest(found: list[Stop], raised: Iterable[Rule] = ()) -> Stop | None:
    """Return the stop to name: one whose counter rose, else the certain one, else the first."""
    rose = {(rule.text, rule.handle) for rule in raised}
    counted = [s for s in found if s.rule and (s.rule.text, s.rule.handle) in rose]
    certain = [stop for stop in found if stop.certain]
    return next(iter(counted or certain or found), None)


def matches(match: Match, packet: Packet, hook: str) -> bool | None:
    """Return whether the packet meets the condition; None if that cannot be said."""
    actual = _actual(match.field, packet, hook)
    if actual is None:
        return None
    answers = [_equals(match.field, actual, value) for value in match.values]
    if True in answers:
        return not match.negated
    return None if None in answers else match.negated


class _Walk:
    """One packet through one base chain. `doubt`: an earlier rule may have taken it already."""

    def __init__(self, base: Chain, chains: list[Chain], packet: Packet) -> None:
        self.base, self.packet = base, packet
        self.chains = {
            chain.name: chain
            for chain in chains
            if (chain.tool, chain.family, chain.table) == (base.tool, base.family, base.table)
        }
        self.found: list[Stop] = []
        self.doubt = False

    def run(self, chain: Chain, depth: int) -> Outcome:
        """Walk one chain; note every stop on the way."""
        for rule in chain.rules:
            fits = self._fits(rule)
            if fits is False or rule.action == "continue":
                continue
            outcome = self._act(chain, rule, depth, sure=fits is True)
            if outcome is not None:
                return outcome
        if depth == 0 and chain.policy in STOPPING:
            self._note(chain, None, chain.policy, sure=True)
        return "end"

    def _act(self, chain: Chain, rule: Rule, depth: int, *, sure: bool) -> Outcome | None:
        """Follow a rule that fits, or may; return the outcome if the walk of this chain ends."""
        if rule.action in ("jump", "goto"):
            return self._jump(rule, depth, sure=sure)
        if rule.action in STOPPING:
            self._note(chain, rule, rule.action, sure=sure)
            return "drop" if sure else None
        if not sure:
            self.doubt = True
            return None
        return "accept" if rule.action == "accept" else "end"

    def _jump(self, rule: Rule, depth: int, *, sure: bool) -> Outcome | None:
        target = self.chains.get(rule.target)
        if target is None or depth >= _DEEPEST:
            self.doubt = True
            return None
        before = self.doubt
        self.doubt = before or not sure
        outcome = self.run(target, depth + 1)
        if not sure:
            return None
        if outcome != "end":
            return outcome
        return "end" if rule.action == "goto" else None

    def _fits(self, rule: Rule) -> bool | None:
        answers = [matches(match, self.packet, self.base.hook) for match in rule.matches]
        if False in answers:
            return False
        return None if None in answers else True

    def _note(self, chain: Chain, rule: Rule | None, action: Action, *, sure: bool) -> None:
        certain = sure and not self.doubt
        self.found.append(Stop(self.base, chain, rule, action, certain))


def _covers(chain: Chain, packet: Packet) -> bool:
    return chain.family == "inet" or (chain.family == "ip") == (packet.family == "ipv4")


def _priority(chain: Chain) -> int:
    return chain.priority


def _actual(field: str, packet: Packet, hook: str) -> str | None:
    """Return what the packet has in a field at this hook, None if that is not known."""
    incoming = hook in ("prerouting", "input")
    known = {
        "dport": str(packet.port),
        "sport": str(packet.source_port),
        "daddr": packet.target,
        "saddr": packet.source,
        "protocol": "tcp",
        "state": packet.state,
        "family": packet.family,
        "iif": packet.interface if incoming else "",
        "oif": "" if incoming else packet.interface,
        "dst-type": "local",
        "src-type": "local",
        "syn": "yes" if packet.state == "new" else "no",
    }
    if field == "uid":
        return None if packet.uid is None or incoming else str(packet.uid)
    return known.get(field)


def _equals(field: str, actual: str, value: str) -> bool | None:
    if field in ("dport", "sport", "uid"):
        return _in_range(int(actual), value)
    if field in ("daddr", "saddr"):
        return _in_network(actual, value)
    if field in ("iif", "oif"):
        return _is_interface(actual, value)
    return actual == value.lower() or (field == "protocol" and value in ("6", "all", "0"))


def _in_range(number: int, value: str) -> bool | None:
    first, _, last = value.partition("-")
    if not is_number(first) or not is_number(last or first):
        return None
    return int(first) <= number <= int(last or first)


def is_number(text: str) -> bool:
    """Return whether `text` is a number that a counter, handle or port may have."""
    return text.isascii() and text.isdigit() and len(text) < 21


def _is_interface(actual: str, value: str) -> bool:
    return actual.startswith(value[:-1]) if value.endswith(("*", "+")) else actual == value


def _in_network(address: str, value: str) -> bool | None:
    from ipaddress import ip_address, ip_network

    try:
        here = ip_address(address)
        first, dash, last = value.partition("-")
        if dash:
            low, high = ip_address(first), ip_address(last)
            same = low.version == high.version == here.version
            return same and int(low) <= int(here) <= int(high)
        return here in ip_network(value, strict=False)
    except ValueError:
        return None


def risen(before: Iterable[Chain], after: Iterable[Chain]) -> Iterator[Rule]:
    """Yield the rules (as they are after) whose counters rose between two looks."""
    old = {(*_place(chain), at): rule for chain in before for at, rule in enumerate(chain.rules)}
    for chain in after:
        for at, rule in enumerate(chain.rules):
            then = old.get((*_place(chain), at))
            if then is None or then.packets is None or rule.packets is None:
                continue
            if then.handle == rule.handle and rule.packets > then.packets:
                yield rule


def _place(chain: Chain) -> tuple[str, str, str, str]:
    return chain.tool, chain.family, chain.table, chain.name
