"""nftables rules from `nft -j list ruleset` (libnftables-json(5)) as portman.diagnose.firewall.packet_filter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from portman.diagnose.firewall.packet_filter import Action, Chain, Match, Rule, is_number

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]

#: "meta" and "ct" keys, and payload fields, that the model knows.
_META = {
    "iifname": "iif", "iif": "iif", "oifname": "oif", "oif": "oif", "l4proto": "protocol",
    "nfproto": "family", "skuid": "uid",
}  # fmt: skip
_PAYLOAD = {
    ("tcp", "dport"): "dport", ("tcp", "sport"): "sport",
    ("th", "dport"): "dport", ("th", "sport"): "sport",
    ("ip", "daddr"): "daddr", ("ip", "saddr"): "saddr", ("ip", "protocol"): "protocol",
    ("ip6", "daddr"): "daddr", ("ip6", "saddr"): "saddr", ("ip6", "nexthdr"): "protocol",
}  # fmt: skip
_VERDICTS: dict[str, Action] = {
    "accept": "accept", "drop": "drop", "reject": "reject", "return": "return",
    "redirect": "redirect", "dnat": "redirect", "tproxy": "redirect", "queue": "continue",
}  # fmt: skip
#: Statements that neither ask nor decide.
_SILENT = frozenset(
    {"counter", "log", "comment", "mangle", "notrack", "masquerade", "snat", "ct helper", "flow"}
)
_COUNT = re.compile(r"counter packets \d+ bytes \d+")
_PRIORITIES = {"raw": -300, "mangle": -150, "dstnat": -100, "filter": 0, "security": 50}


def parse(text: str, spelt: str = "") -> list[Chain]:
    """Return the chains of families ip, ip6 and inet; [] for a text that is no ruleset.

    `spelt` is the output of `nft -a list ruleset`: it gives each rule its spelling.
    """
    import json

    try:
        return _chains(json.loads(text)["nftables"], _spellings(spelt))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return []


def _chains(items: list[Json], words: dict[tuple[str, str, int], str]) -> list[Chain]:
    sets = {
        (one["family"], one["table"], one["name"]): one.get("elem", [])
        for one in (item["set"] for item in items if "set" in item)
    }
    rules: dict[tuple[str, str, str], list[Rule]] = {}
    for rule in (item["rule"] for item in items if "rule" in item):
        key = (rule["family"], rule["table"], rule["chain"])
        said = words.get((rule["family"], rule["table"], rule["handle"]), "")
        rules.setdefault(key, []).extend(_rules(rule, sets, said))
    return [
        _chain(one, rules.get((one["family"], one["table"], one["name"]), []))
        for one in (item["chain"] for item in items if "chain" in item)
        if one["family"] in ("ip", "ip6", "inet")
    ]


def _chain(one: Json, rules: list[Rule]) -> Chain:
    priority = one.get("prio", 0)
    return Chain(
        tool="nft",
        family=one["family"],
        table=one["table"],
        name=one["name"],
        hook=one.get("hook", ""),
        priority=priority if isinstance(priority, int) else _PRIORITIES.get(str(priority), 0),
        policy="drop" if one.get("policy") == "drop" else "accept",
        rules=tuple(rules),
    )


def _rules(rule: Json, sets: dict[tuple[str, str, str], Any], said: str) -> Iterator[Rule]:
    """Yield one rule, or one for each element of a verdict map (they exclude each other)."""
    asked: list[Match] = []
    packets: int | None = None
    place = (rule["family"], rule["table"])
    for statement in rule.get("expr", []):
        kind, value = next(iter(statement.items()))
        if kind == "counter" and isinstance(value, dict):
            packets = value.get("packets")
        elif kind == "match":
            asked += _matches(value, sets, place)
        elif kind == "vmap":
            for match, verdict in _map_entries(value, sets, place):
                action, target = _verdict(verdict)
                yield Rule((*asked, match), action, target, said, rule["handle"], packets)
        elif kind in _VERDICTS or kind in ("jump", "goto"):
            action, target = _verdict(statement)
            yield Rule(tuple(asked), action, target, said, rule["handle"], packets)
            return
        elif kind not in _SILENT:
            asked.append(Match("unknown"))
    yield Rule(tuple(asked), "continue", "", said, rule["handle"], packets)


def _verdict(statement: Json) -> tuple[Action, str]:
    kind, value = next(iter(statement.items()))
    if kind in ("jump", "goto"):
        return cast("Action", kind), value["target"]
    return _VERDICTS.get(kind, "continue"), ""


def _matches(
    match: Json, sets: dict[tuple[str, str, str], Any], place: tuple[str, str]
) -> list[Match]:
    field = _field(match["left"])
    if field == "not-tcp":
        return [Match("protocol", (match["left"]["payload"]["protocol"],))]
    values = _values(match["right"], sets, place)
    if field == "unknown" or values is None or match.get("op", "==") not in ("==", "!=", "in"):
        return [Match("unknown")]
    found = [Match(field, values, negated=match.get("op") == "!=")]
    return found + _implied(match["left"])


def _implied(left: Json) -> list[Match]:
    """`ip daddr` asks for IPv4 and `tcp dport` for TCP without saying so."""
    protocol = left.get("payload", {}).get("protocol", "")
    family = {"ip": "ipv4", "ip6": "ipv6"}.get(protocol)
    return [Match("family", (family,))] if family else []


def _field(left: object) -> str:
    if not isinstance(left, dict):
        return "unknown"
    if "meta" in left:
        return _META.get(left["meta"].get("key", ""), "unknown")
    if "ct" in left and left["ct"].get("key") == "state":
        return "state"
    if "payload" in left:
        return _payload(left["payload"])
    if "fib" in left and left["fib"].get("result") == "type":
        return {"daddr": "dst-type", "saddr": "src-type"}.get(
            "".join(left["fib"].get("flags", [])), "unknown"
        )
    return "unknown"


def _payload(inside: Json) -> str:
    protocol, field = inside.get("protocol", ""), inside.get("field", "")
    if protocol in ("udp", "icmp", "icmpv6", "sctp", "dccp"):
        return "not-tcp"
    return _PAYLOAD.get((protocol, field), "unknown")


def _values(
    right: object, sets: dict[tuple[str, str, str], Any], place: tuple[str, str]
) -> tuple[str, ...] | None:
    """Return the values of the right-hand side as words, None if one cannot be said."""
    if isinstance(right, str) and right.startswith("@"):
        right = {"set": sets.get((*place, right[1:]), [])}
    if isinstance(right, dict) and "set" in right:
        right = right["set"]
    words = [_word(one) for one in (right if isinstance(right, list) else [right])]
    return None if None in words else tuple(word for word in words if word is not None)


def _word(value: object) -> str | None:
    if isinstance(value, dict):
        if "range" in value:
            return "-".join(str(one) for one in value["range"])
        if "prefix" in value:
            return f"{value['prefix']['addr']}/{value['prefix']['len']}"
        if "elem" in value:
            return _word(value["elem"].get("val"))
        return None
    return str(value) if isinstance(value, (str, int)) else None


def _map_entries(
    value: Json, sets: dict[tuple[str, str, str], Any], place: tuple[str, str]
) -> Iterator[tuple[Match, Json]]:
    field = _field(value["key"])
    data = value.get("data")
    entries = data.get("set", []) if isinstance(data, dict) else []
    for entry in entries:
        if not isinstance(entry, list) or len(entry) != 2:
            continue
        values = _values(entry[0], sets, place)
        unsure = field == "unknown" or values is None
        yield Match("unknown") if unsure else Match(field, values or ()), entry[1]
    if not entries:
        yield Match("unknown"), {"continue": None}


def _spellings(spelt: str) -> dict[tuple[str, str, int], str]:
    """Return (family, table, handle) -> the rule as one would type it."""
    found: dict[tuple[str, str, int], str] = {}
    place = ("", "")
    for line in spelt.splitlines():
        words = line.split()
        if words[:1] == ["table"] and len(words) > 2:
            place = (words[1], words[2])
        rule, mark, handle = line.rpartition(" # handle ")
        if mark and is_number(handle.strip()) and not rule.rstrip().endswith("{"):
            found[*place, int(handle)] = _COUNT.sub("counter", rule.strip())
    return found
