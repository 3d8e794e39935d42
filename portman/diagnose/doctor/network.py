"""Names and paths to this machine: `localhost`, proxy settings, and which firewall is on."""

from __future__ import annotations

import os
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from portman.diagnose.doctor.context import CheckResult, counted, named, place
from portman.diagnose.doctor.servers import is_local
from portman.machine.addresses import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.diagnose.doctor.context import DoctorContext, Status
    from portman.diagnose.firewall import Filters, Frontend

_HOSTS_LINES = "write these lines in /etc/hosts: 127.0.0.1 localhost - and - ::1 localhost"


def localhost(around: DoctorContext) -> list[CheckResult]:
    """Compare the addresses of the name with the listeners on leased ports."""
    answers = list(resolve("localhost"))
    served: list[tuple[str, frozenset[str]]] = []
    for one in around.holdings:
        listening = around.listeners_on(one)
        families = frozenset(family for other in listening for family in other.families)
        if families:
            served.append((f"{place(one)} ({one.lease.port})", families))
    return judge(answers, served)


def judge(answers: list[str], served: list[tuple[str, frozenset[str]]]) -> list[CheckResult]:
    """Find services that a client of `localhost` misses at its first attempt, or at every one.

    Since version 17 Node tries only the first address (nodejs/node#40537), as many drivers do;
    browsers and curl try both.
    """
    if not answers:
        return [CheckResult("localhost", "fail", "localhost does not resolve", _HOSTS_LINES)]
    strange = [address for address in answers if not is_local(address)]
    if strange:
        reason = f"localhost resolves to {', '.join(strange)}, an address of another machine"
        return [CheckResult("localhost", "fail", reason, _HOSTS_LINES)]
    order = ["ipv6" if ":" in address else "ipv4" for address in answers]
    found = []
    for name, families in served:
        if not families & set(order):
            reason = (
                f"{name} listens on {_words(families)} only, but localhost is {answers[0]} only"
            )
            fix = f"let it listen on {answers[0]}, or use {_address(families)} for localhost"
            found.append(CheckResult("localhost", "warn", reason, fix))
        elif order[0] not in families:
            reason = (
                f"{name} listens on {_words(families)} only, but localhost is {answers[0]} first: "
                "clients that try only one address are refused"
            )
            fix = (
                f"use {_address(families)} for localhost, or let it listen on both "
                '(host = "localhost" in most servers)'
            )
            found.append(CheckResult("localhost", "warn", reason, fix))
    shown = f"localhost is {', then '.join(answers)}"
    reached = f"; it reaches {counted(len(served), 'running service')}" if served else ""
    return found or [CheckResult("localhost", "ok", shown + reached)]


def _words(families: frozenset[str]) -> str:
    return " and ".join("IPv6" if one == "ipv6" else "IPv4" for one in sorted(families))


def _address(families: frozenset[str]) -> str:
    return "127.0.0.1" if "ipv4" in families else "[::1]"


# Proxy settings that send requests for localhost to another machine.

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
EXEMPT = ("no_proxy", "NO_PROXY")
WANTED = ("localhost", "127.0.0.1", "::1")


def proxies(_around: DoctorContext) -> list[CheckResult]:
    return [judge_proxies(os.environ)]


def judge_proxies(env: Mapping[str, str]) -> CheckResult:
    """Check that every no_proxy list exempts localhost.

    Tools read different spellings: curl ignores HTTP_PROXY but reads NO_PROXY, Go and Python
    read both, lower case first. So both must exempt every name.
    """
    active = [name for name in PROXIES if env.get(name)]
    if not active:
        return CheckResult("proxies", "ok", "no proxy is set")
    lists = {name: env[name] for name in EXEMPT if env.get(name)}
    missing = [
        name
        for name in WANTED
        if not lists or any(not exempts(text, name) for text in lists.values())
    ]
    if not missing:
        return CheckResult("proxies", "ok", f"{named(active)} set; localhost is exempt")
    reason = f"{named(active)} set, but {', '.join(missing)} not in {' or '.join(lists)}"
    if not lists:
        reason = f"{named(active)} set, but not no_proxy: requests for localhost go to the proxy"
    kept = next(iter(lists.values()), "").strip(", ")
    whole = ",".join([*([kept] if kept else []), *missing])
    fix = f'export no_proxy="{whole}" NO_PROXY="{whole}"'
    return CheckResult("proxies", "warn", reason, fix)


def exempts(text: str, name: str) -> bool:
    """Whether a no_proxy list covers `name`, a host name or an address."""
    for entry in text.replace(" ", ",").split(","):
        word = entry.strip().strip("[]")
        if word == "*" or word.lstrip(".").lower() == name:
            return True
        if "/" in word and name != "localhost":
            try:
                if ip_address(name) in ip_network(word, strict=False):
                    return True
            except ValueError:
                continue
    return False


# Which firewall is on; whether it lets loopback pass is tried by the check `loopback`.


def firewall(around: DoctorContext) -> list[CheckResult]:
    return [judge_firewall(around.frontends, around.filters)]


def judge_firewall(frontends: tuple[Frontend, ...], filters: Filters) -> CheckResult:
    """Return one line, "skipped" if nothing could be read."""
    words = {True: "on", False: "off", None: "not known"}
    parts = [
        f"{one.name} {words[one.active]}"
        + (f" ({one.detail})" if one.active and one.detail else "")
        for one in frontends
    ]
    if filters.chains:
        rules = sum(len(chain.rules) for chain in filters.chains)
        parts.append(f"{counted(rules, 'rule')} in {counted(len(filters.chains), 'chain')}")
    elif not filters.unseen and not filters.blocking:
        parts.append("no packet filter rules")
    if filters.unseen:
        parts.append(f"not checked: {', '.join(filters.unseen)}")
    seen = filters.chains or filters.blocking or any(one.active is not None for one in frontends)
    status: Status = "ok" if seen or not filters.unseen else "skipped"
    return CheckResult("firewall", status, "; ".join(parts))
