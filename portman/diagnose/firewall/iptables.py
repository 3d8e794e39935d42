"""iptables and ip6tables rules from `iptables-save -c` as portman.diagnose.firewall.packet_filter."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Literal

from portman.diagnose.firewall.packet_filter import Action, Chain, Match, Rule, is_number

if TYPE_CHECKING:
    from collections.abc import Iterator

Tool = Literal["iptables", "ip6tables"]

#: Base chains and the priority of each table at its hook (netfilter_ipv4.h).
_HOOKS = {
    "PREROUTING": "prerouting", "INPUT": "input", "OUTPUT": "output",
    "POSTROUTING": "postrouting", "FORWARD": "forward",
}  # fmt: skip
_PRIORITIES = {"raw": -300, "mangle": -150, "nat": -100, "filter": 0, "security": 50}
_FIELDS = {
    "-s": "saddr", "-d": "daddr", "-i": "iif", "-o": "oif", "-p": "protocol",
    "--dport": "dport", "--dports": "dport", "--sport": "sport", "--sports": "sport",
    "--ctstate": "state", "--state": "state", "--dst-type": "dst-type", "--src-type": "src-type",
    "--uid-owner": "uid",
}  # fmt: skip
_TARGETS: dict[str, Action] = {
    "ACCEPT": "accept", "DROP": "drop", "REJECT": "reject", "RETURN": "return",
    "REDIRECT": "redirect", "DNAT": "redirect", "TPROXY": "redirect",
}  # fmt: skip
#: Targets that let a packet go on. Any other name is a chain.
_PASSING = frozenset(
    {"LOG", "NFLOG", "ULOG", "MARK", "CONNMARK", "CT", "TRACE", "TCPMSS", "MASQUERADE", "SNAT"}
    | {"CHECKSUM", "CLASSIFY", "DSCP", "TOS", "TTL", "SET", "AUDIT", "NOTRACK", "NFQUEUE"}
    | {"CONNSECMARK", "SECMARK", "HL", "TEE", "RATEEST", "SYNPROXY", "NETMAP"}
)
#: Options of a match with one word after them that asks nothing of the packet.
_IGNORED = frozenset({"-m", "--comment"})


def parse(text: str, tool: Tool) -> list[Chain]:
    """Return the chains of all tables; lines that are none of a dump are passed over."""
    table = ""
    policies: dict[tuple[str, str], str] = {}
    rules: dict[tuple[str, str], list[Rule]] = {}
    for line in text.splitlines():
        if line.startswith("*"):
            table = line[1:].strip()
        elif line.startswith(":"):
            name, policy = [*line[1:].split(), "", "-"][:2]
            policies[table, name] = policy
        elif line.startswith(("[", "-A")):
            made = _rule(line)
            if made is not None:
                rules.setdefault((table, made[0]), []).append(made[1])
    return [
        Chain(
            tool=tool,
            family="ip" if tool == "iptables" else "ip6",
            table=place[0],
            name=place[1],
            hook=_HOOKS.get(place[1], "") if policy != "-" else "",
            priority=_PRIORITIES.get(place[0], 0),
            policy="drop" if policy == "DROP" else "accept",
            rules=tuple(rules.get(place, ())),
        )
        for place, policy in policies.items()
    ]


def _rule(line: str) -> tuple[str, Rule] | None:
    counters, _, rest = line.partition("]") if line.startswith("[") else ("", "", line)
    try:
        words = shlex.split(rest)
    except ValueError:
        return None
    if words[:1] != ["-A"] or len(words) < 2:
        return None
    packets = counters.lstrip("[").partition(":")[0]
    asked, action, target = _read(words[2:])
    count = int(packets) if is_number(packets) else None
    return words[1], Rule(tuple(asked), action, target, rest.strip(), None, count)


def _read(words: list[str]) -> tuple[list[Match], Action, str]:
    """Return conditions, action and target of the words after `-A CHAIN`."""
    asked: list[Match] = []
    for option, values, negated in _options(words):
        if option in ("-j", "-g"):
            action, target = _action(option, values)
            return asked, action, target
        if option in _IGNORED:
            continue
        if option == "--tcp-flags" and values[1:2] == ["SYN"]:
            asked.append(Match("syn", ("yes",), negated))
        elif option in _FIELDS and values:
            asked.append(Match(_FIELDS[option], _words(option, values[0]), negated))
        else:
            asked.append(Match("unknown"))
    return asked, "continue", ""


def _action(option: str, values: list[str]) -> tuple[Action, str]:
    name = values[0] if values else ""
    if name in _TARGETS:
        return _TARGETS[name], ""
    if name in _PASSING or not name:
        return "continue", ""
    return ("goto" if option == "-g" else "jump"), name


def _options(words: list[str]) -> Iterator[tuple[str, list[str], bool]]:
    """Yield (option, its words, whether a ! stands before it)."""
    negated, at = False, 0
    while at < len(words):
        option = words[at]
        at += 1
        if option == "!":
            negated = True
            continue
        values = []
        while at < len(words) and not words[at].startswith("-") and words[at] != "!":
            values.append(words[at])
            at += 1
        yield option, values, negated
        negated = False


def _words(option: str, value: str) -> tuple[str, ...]:
    if option in ("--dport", "--dports", "--sport", "--sports"):
        return tuple(_port_range(one) for one in value.split(","))
    if option in ("--ctstate", "--state", "--dst-type", "--src-type"):
        return tuple(value.lower().split(","))
    return (value,)


def _port_range(word: str) -> str:
    first, colon, last = word.partition(":")
    return f"{first or 0}-{last or 65535}" if colon else first
