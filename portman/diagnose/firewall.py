"""The firewalls of this machine: which are on, their rules, and the rule that names a port.

Rules are searched as text, never evaluated: what a rule does to a connection is tried with a real
one (doctor/loopback.py). Sources: nft(8), iptables-save(8), ufw(8), pf.conf(5), pfctl(8),
`socketfilterfw -h`, `netsh advfirewall`. The parts for macOS and Windows follow the manuals and
were never run there; neither system filters loopback as it is delivered.
"""

from __future__ import annotations

import os
import sys

from portman.base.record import NamedTuple
from portman.base.run_tool import ask
from portman.base.small_file import read
from portman.base.text import Pattern

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Literal

    Action = Literal["drop", "reject", "redirect"]
    Family = Literal["ipv4", "ipv6"]


#: Seconds for one tool: a ruleset of 10,000 rules takes nft about one.
PATIENCE = 1.5
UFW_SETTINGS = "/etc/ufw/ufw.conf"
SOCKET_FILTER = "/usr/libexec/ApplicationFirewall/socketfilterfw"
BLOCKING_RULES = ["netsh", "advfirewall", "firewall", "show", "rule", "name=all", "dir=in"]


class Frontend(NamedTuple):
    """A firewall that people switch on and off. `active` is None where it cannot be known."""

    name: str
    active: bool | None
    detail: str = ""


class Chain(NamedTuple):
    """A chain of nftables or iptables with its rules as text; `hook` is "" if none leads here."""

    tool: str
    family: str
    table: str
    name: str
    hook: str = ""
    policy: str = "accept"
    rules: Sequence[str] = ()

    @property
    def place(self) -> str:
        if self.tool == "nft":
            return f"nft {self.family} table {self.table} chain {self.name}"
        return f"{self.tool} table {self.table} chain {self.name}"

    @property
    def listing(self) -> str:
        if self.tool == "nft":
            return f"sudo nft list chain {self.family} {self.table} {self.name}"
        table = "" if self.table == "filter" else f" -t {self.table}"
        return f"sudo {self.tool}{table} -S {self.name}"


class Filters(NamedTuple):
    """The rules that could be read, and why others could not ("no nft here", "nft needs root")."""

    chains: tuple[Chain, ...] = ()
    unseen: tuple[str, ...] = ()
    #: Blocking rules of pf and of Windows.
    blocking: tuple[str, ...] = ()


class RuleMatch(NamedTuple):
    """A rule or policy that a text search found; `listing` is the command that shows it."""

    text: str
    listing: str
    by_port: bool = False


def read_filters() -> Filters:
    if sys.platform == "darwin":
        return _blocking(["pfctl", "-s", "rules"], "pfctl needs root", blocking_rules)
    if sys.platform == "win32":
        return _blocking(BLOCKING_RULES, "netsh gave no answer", parse_blocking)
    return _linux_filters()


def _blocking(command: list[str], refused: str, parse: Callable[[str], list[str]]) -> Filters:
    answer = ask(command, 2 * PATIENCE)
    if answer.fine:
        return Filters(blocking=tuple(parse(answer.out)))
    return Filters(unseen=(refused if answer.found else f"no {command[0]} here",))


def frontends() -> tuple[Frontend, ...]:
    if sys.platform == "darwin":
        state = ask([SOCKET_FILTER, "--getglobalstate"], PATIENCE).out
        info = ask(["pfctl", "-s", "info"], PATIENCE)
        blocks = "blocks all incoming connections" if "State = 2" in state else ""
        application = Frontend("application firewall", parse_state(state), blocks)
        return (application, Frontend("pf", parse_pf_info(info.out + info.err)))
    if sys.platform == "win32":
        states = parse_profiles(ask(["netsh", "advfirewall", "show", "allprofiles", "state"]).out)
        on = [name for name, active in states.items() if active]
        active = bool(on) if states else None
        return (Frontend("Windows Defender Firewall", active, ", ".join(on)),)
    return tuple(one for one in (_ufw(), _firewalld()) if one is not None)


def listing(filters: Filters) -> str:
    if sys.platform == "darwin":
        return "sudo pfctl -s rules"
    if sys.platform == "win32":
        return " ".join(BLOCKING_RULES)
    if any("needs root" in one for one in filters.unseen):
        return "sudo nft list ruleset; sudo iptables-save; sudo ip6tables-save"
    lists = {"nft": "sudo nft list ruleset"}
    tools = dict.fromkeys(one.tool for one in filters.chains)
    commands = "; ".join(lists.get(one, f"sudo {one}-save") for one in tools)
    return commands or "look at security software and at eBPF programs: sudo bpftool prog list"


# The search: a rule that names the port, else one that names loopback, else a chain's policy.

_ACTIONS: dict[Action, Pattern] = {
    "drop": Pattern(r"-j DROP\b|\bdrop\b"),
    "reject": Pattern(r"-j REJECT\b|\breject\b"),
    "redirect": Pattern(r"-j (?:REDIRECT|DNAT|TPROXY)\b|\b(?:redirect|dnat|tproxy)\b"),
}
_REMARK = Pattern(r'(?<!-m )\b(?:comment|log-prefix|prefix) (?:"[^"]*"|\S+)')
_COUNTER = Pattern(r"counter packets \d+ bytes \d+")
_PORTS = Pattern(r"(! )?(?:--)?\b[ds]ports? (!= )?(\{[^}]*\}|\S+)")
_SPAN = Pattern(r"(\d+)(?:[-:](\d+))?")
#: An interface or address that a packet must have (or, with a negation, must not have).
_LIMIT = Pattern(r'(! )?(?:-[iosd]|\b[io]if(?:name)?|\b[sd]addr) (!= )?"?([^\s"{]+)')
_ANYWHERE = ("0.0.0.0/0", "::/0")


def find_rules(filters: Filters, port: int, action: Action, family: Family) -> list[RuleMatch]:
    """Search the rules with this action for the port, then for loopback, then for a policy.

    What is found is a suspect: a rule before it may have let the packet pass.
    """
    wanted = ("inet", "ip" if family == "ipv4" else "ip6")
    chains = [one for one in filters.chains if one.family in wanted and not _forwards(one, action)]
    by_port, by_loopback = [], []
    for chain in chains:
        for rule in chain.rules:
            text = _REMARK.sub("", rule)
            if not _ACTIONS[action].search(text) or not _is_for_loopback(text):
                continue
            shown = f"`{_COUNTER.sub('counter', rule)}` ({chain.place})"
            if names_port(text, port):
                by_port.append(RuleMatch(f"{shown} names the port", chain.listing, by_port=True))
            elif _LIMIT.search(text) and not _PORTS.search(text):
                by_loopback.append(RuleMatch(f"{shown} names loopback", chain.listing))
    policies = [
        RuleMatch(f"policy drop of {one.place} is the last resort", one.listing)
        for one in chains
        if action == one.policy == "drop" and one.hook in ("prerouting", "input", "output")
    ]
    return by_port or by_loopback or policies


def port_rule(filters: Filters, port: int, families: Iterable[Family]) -> RuleMatch | None:
    """Find a rule that names the port and drops or rejects, for a port that is not tried."""
    actions: tuple[Action, ...] = ("drop", "reject")
    found = (
        rule
        for action in actions
        for family in families
        for rule in find_rules(filters, port, action, family)
        if rule.by_port
    )
    return next(found, None)


def names_port(rule: str, port: int) -> bool:
    """Whether a rule's source or destination ports include `port`; UDP rules name none."""
    if "udp" in rule and "tcp" not in rule:
        return False
    return any(
        int(low) <= port <= int(high or low)
        for before, after, ports in _PORTS.findall(rule)
        if not before and not after
        for low, high in _SPAN.findall(ports)
    )


def _is_for_loopback(rule: str) -> bool:
    """Whether no interface or address in the rule excludes loopback packets."""
    return all(
        (value == "lo" or value.startswith(("127.", "::1")) or value in _ANYWHERE)
        != bool(before or after)
        for before, after, value in _LIMIT.findall(rule)
    )


def _forwards(chain: Chain, action: Action) -> bool:
    """Whether a chain filters what is forwarded: loopback packets never come there."""
    name = chain.name.upper()
    return action != "redirect" and ("FORWARD" in name or name.startswith("DOCKER"))


# Linux: nftables and iptables of this network namespace, ufw and firewalld.

_HOOKS = ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING", "FORWARD")
_BASE = Pattern(r"type \w+ hook (\w+) .*?(?:policy (\w+);)?$")


def _linux_filters() -> Filters:
    chains: list[Chain] = []
    unseen: list[str] = []
    shared: set[tuple[str, str]] = set()  # iptables-nft keeps these tables in nftables
    for tool, family in (("iptables", "ip"), ("ip6tables", "ip6")):
        answer = ask([f"{tool}-save"], PATIENCE)
        if answer.fine:
            chains += parse_iptables(answer.out, tool, family)
            if "(nf_tables)" in answer.out:
                shared |= {(one.family, one.table) for one in chains}
        else:
            unseen.append(_why(f"{tool}-save", answer.found, answer.err))
    answer = ask(["nft", "list", "ruleset"], PATIENCE)
    if answer.fine:
        chains += [one for one in parse_nft(answer.out) if (one.family, one.table) not in shared]
    else:
        unseen.append(_why("nft", answer.found, answer.err))
    return Filters(tuple(chains), tuple(unseen))


def parse_nft(text: str) -> list[Chain]:
    """Read the chains of families ip, ip6 and inet from `nft list ruleset`."""
    found: list[Chain] = []
    family = table = ""
    rules: list[str] | None = None
    for line in (one.strip() for one in text.splitlines()):
        words = line.split()
        if words[:1] == ["table"] and len(words) == 4:
            family, table = words[1:3]
        elif words[:1] == ["chain"] and len(words) == 3 and family in ("ip", "ip6", "inet"):
            rules = []
            found.append(Chain("nft", family, table, words[1], rules=rules))
        elif line == "}":
            rules = None
        elif rules is not None and (base := _BASE.match(line)):
            found[-1] = found[-1]._replace(hook=base[1], policy=base[2] or "accept")
        elif rules is not None and words and words[0] not in ("#", "comment"):
            rules.append(line)
    return found


def parse_iptables(text: str, tool: str, family: str) -> list[Chain]:
    """Read the chains of all tables from `iptables-save`."""
    found: list[Chain] = []
    rules: dict[str, list[str]] = {}
    table = ""
    for line in text.splitlines():
        words = [*line.split(), "", ""]
        if line.startswith("*"):
            table, rules = line[1:].strip(), {}
        elif line.startswith(":"):
            name, policy = words[0][1:], words[1].lower()
            hook = name.lower() if name in _HOOKS else ""
            mine = rules.setdefault(name, [])
            found.append(Chain(tool, family, table, name, hook, policy, mine))
        elif words[0] == "-A" and words[1] in rules:
            rules[words[1]].append(line)
    return found


def setting(text: str, name: str) -> str | None:
    """Read the first `NAME=value` of a settings file; quotes do not count."""
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals and key.strip().upper() == name.upper():
            return value.strip().strip("\"'").lower()
    return None


def ufw_enabled(settings: str) -> bool | None:
    enabled = setting(settings, "ENABLED")
    return None if enabled is None else enabled == "yes"


def _ufw() -> Frontend | None:
    settings = read(UFW_SETTINGS)
    return None if settings is None else Frontend("ufw", ufw_enabled(settings), UFW_SETTINGS)


def _firewalld() -> Frontend | None:
    """Ask systemd where it runs, the daemon itself (300 ms of Python) only where it does not."""
    if not ask(["which", "firewalld"], PATIENCE).fine and not os.path.exists("/etc/firewalld"):
        return None
    if os.path.isdir("/run/systemd/system"):
        state = ask(["systemctl", "is-active", "firewalld"], PATIENCE).out.strip()
        return Frontend("firewalld", state == "active", f"systemd reports {state or 'nothing'}")
    answer = ask(["firewall-cmd", "--state"], PATIENCE)
    if not answer.found:
        return None
    return Frontend("firewalld", answer.out.strip() == "running" if answer.out else False)


def _why(tool: str, found: object, err: str) -> str:
    if not found:
        return f"no {tool} here"
    if getattr(os, "geteuid", lambda: 0)() != 0:
        return f"{tool} needs root"
    return f"{tool}: {err.strip().splitlines()[-1] if err.strip() else 'no answer'}"


# macOS: pf and the application firewall.


def parse_state(text: str) -> bool | None:
    """Read `--getglobalstate`: "Firewall is enabled. (State = 1)"."""
    lowered = text.lower()
    if "enabled" in lowered or "state = 1" in lowered or "state = 2" in lowered:
        return True
    return False if "disabled" in lowered or "state = 0" in lowered else None


def parse_pf_info(text: str) -> bool | None:
    """Read "Status: Enabled" of `pfctl -s info`; None where this user may not ask."""
    found = Pattern(r"(?m)^\s*Status:\s+(\S+)").search(text)
    return found[1].lower() == "enabled" if found else None


def blocking_rules(text: str) -> list[str]:
    """Select the rules that block and name lo0 or no interface."""
    lines = [line.strip() for line in text.splitlines()]
    return [
        line
        for line in lines
        if (words := line.split())[:1] == ["block"] and ("on" not in words or "lo0" in words)
    ]


# Windows: words of netsh are translated, so only the columns of an English system are read.


def parse_profiles(text: str) -> dict[str, bool]:
    """Read profile -> on from `netsh advfirewall show allprofiles state`."""
    states: dict[str, bool] = {}
    profile = ""
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 2 and line.rstrip().endswith(":"):
            profile = words[0]
        elif len(words) == 2 and words[1].upper() in ("ON", "OFF") and profile:
            states[profile] = words[1].upper() == "ON"
    return states


def parse_blocking(text: str) -> list[str]:
    """Select "NAME (LocalPort ...)" of the enabled rules that block TCP or everything."""
    found: list[str] = []
    for block in Pattern(r"(?m)^Rule Name:").split(text)[1:]:
        name, *lines = block.splitlines()
        fields = {key.strip(): value.strip() for key, _, value in (x.partition(":") for x in lines)}
        if (fields.get("Action"), fields.get("Enabled")) == ("Block", "Yes") and fields.get(
            "Protocol"
        ) in ("TCP", "Any"):
            found.append(f"{name.strip()} (LocalPort {fields.get('LocalPort', 'Any')})")
    return found
