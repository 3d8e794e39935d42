"""What `localhost` means here, and whether servers listen where that leads."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portman.diagnose.doctor.context import CheckResult, named, place
from portman.diagnose.doctor.servers import is_local

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.diagnose.doctor.context import DoctorContext
    from portman.diagnose.firewall import Filters, Frontend

HOSTS = "/etc/hosts"
MEND = f"these two lines in {HOSTS}: 127.0.0.1 localhost - and - ::1 localhost"


def localhost(around: DoctorContext) -> list[CheckResult]:
    """Resolve the name as programs do, and compare with the listeners on leased ports."""
    answers = resolve("localhost")
    served: list[tuple[str, frozenset[str]]] = []
    for one in around.holdings:
        listening = around.listeners_on(one)
        families = frozenset(family for other in listening for family in other.families)
        if families:
            served.append((f"{place(one)} ({one.lease.port})", families))
    return judge(answers, served)


def resolve(name: str) -> list[str]:
    """Return the addresses of a name in the order getaddrinfo(3) gives them, each once."""
    import socket

    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def judge(answers: list[str], served: list[tuple[str, frozenset[str]]]) -> list[CheckResult]:
    """Say which services a client of `localhost` misses at its first try, or altogether.

    Since version 17 Node takes the first address it is given (nodejs/node#40537), and many
    drivers never try a second one; browsers and curl try both.
    """
    if not answers:
        return [CheckResult("localhost", "fail", "localhost does not resolve", MEND)]
    strange = [address for address in answers if not is_local(address)]
    if strange:
        reason = f"localhost resolves to {', '.join(strange)}, which is another machine's address"
        return [CheckResult("localhost", "fail", reason, MEND)]
    order = ["ipv6" if ":" in address else "ipv4" for address in answers]
    found = []
    for name, families in served:
        if not families & set(order):
            reason = (
                f"{name} listens on {_words(families)} only, but localhost is {answers[0]} only"
            )
            fix = (
                f"let it listen on {answers[0]}, or open {_address(families)} instead of localhost"
            )
            found.append(CheckResult("localhost", "warn", reason, fix))
        elif order[0] not in families:
            reason = (
                f"{name} listens on {_words(families)} only, but localhost is {answers[0]} first: "
                "clients that try one address are refused"
            )
            fix = (
                f"write {_address(families)} instead of localhost, or let it listen on both "
                '(host = "localhost" in most servers)'
            )
            found.append(CheckResult("localhost", "warn", reason, fix))
    told = f"localhost is {', then '.join(answers)}"
    some = "1 running service is" if len(served) == 1 else f"{len(served)} running services are"
    reached = f"; {some} reached by it" if served else ""
    return found or [CheckResult("localhost", "ok", told + reached)]


def _words(families: frozenset[str]) -> str:
    return " and ".join("IPv6" if one == "ipv6" else "IPv4" for one in sorted(families))


def _address(families: frozenset[str]) -> str:
    return "127.0.0.1" if "ipv4" in families else "[::1]"


# Proxy settings that send requests for localhost to another machine.

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
EXEMPT = ("no_proxy", "NO_PROXY")
WANTED = ("localhost", "127.0.0.1", "::1")


def proxies(_around: DoctorContext) -> list[CheckResult]:
    """Look at this process's environment, which is that of the shell it was called from."""
    return [judge_proxies(os.environ)]


def judge_proxies(env: Mapping[str, str]) -> CheckResult:
    """Say whether clients are told to leave localhost out.

    Tools differ in the spelling they read: curl takes no HTTP_PROXY but does take NO_PROXY, Go
    and Python take both spellings, lower case first. So both have to exempt every name.
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
    told = f"in {' or '.join(lists)}" if lists else "and no_proxy is not set"
    reason = f"{named(active)} set, but {', '.join(missing)} not {told}"
    if not lists:
        reason = f"{named(active)} set {told}: requests for localhost go to the proxy"
    kept = next(iter(lists.values()), "").strip(", ")
    whole = ",".join([*([kept] if kept else []), *missing])
    fix = f'export no_proxy="{whole}" NO_PROXY="{whole}"'
    return CheckResult("proxies", "warn", reason, fix)


def exempts(text: str, name: str) -> bool:
    """Return whether a no_proxy list covers `name` (a host name or an address)."""
    from ipaddress import ip_address, ip_network

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


# Which firewall is on, and how much of it could be looked at.


def firewall(around: DoctorContext) -> list[CheckResult]:
    """Name the firewalls; whether they let loopback pass is tried by `loopback`."""
    return [judge_firewall(around.frontends, around.filters)]


def judge_firewall(frontends: tuple[Frontend, ...], filters: Filters) -> CheckResult:
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
    elif not filters.unseen and not filters.blocking:
        told.append("no packet filter rules")
    if filters.unseen:
        told.append(f"not looked at: {', '.join(filters.unseen)}")
    seen = filters.chains or filters.blocking or any(one.active is not None for one in frontends)
    status = "ok" if seen or not filters.unseen else "skipped"
    return CheckResult("firewall", "ok" if status == "ok" else "skipped", "; ".join(told))


def _chains(number: int) -> str:
    return "1 chain" if number == 1 else f"{number} chains"
