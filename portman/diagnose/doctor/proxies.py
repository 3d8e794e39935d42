"""Proxy settings that send requests for localhost to another machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portman.diagnose.doctor.finding import Finding, named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.diagnose.doctor.context import Surroundings

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
EXEMPT = ("no_proxy", "NO_PROXY")
WANTED = ("localhost", "127.0.0.1", "::1")


def proxies(_around: Surroundings) -> list[Finding]:
    """Look at this process's environment, which is that of the shell it was called from."""
    return [judge(os.environ)]


def judge(env: Mapping[str, str]) -> Finding:
    """Say whether clients are told to leave localhost out.

    Tools differ in the spelling they read: curl takes no HTTP_PROXY but does take NO_PROXY, Go
    and Python take both spellings, lower case first. So both have to exempt every name.
    """
    active = [name for name in PROXIES if env.get(name)]
    if not active:
        return Finding("proxies", "ok", "no proxy is set")
    lists = {name: env[name] for name in EXEMPT if env.get(name)}
    missing = [
        name
        for name in WANTED
        if not lists or any(not exempts(text, name) for text in lists.values())
    ]
    if not missing:
        return Finding("proxies", "ok", f"{named(active)} set; localhost is exempt")
    told = f"in {' or '.join(lists)}" if lists else "and no_proxy is not set"
    reason = f"{named(active)} set, but {', '.join(missing)} not {told}"
    if not lists:
        reason = f"{named(active)} set {told}: requests for localhost go to the proxy"
    kept = next(iter(lists.values()), "").strip(", ")
    whole = ",".join([*([kept] if kept else []), *missing])
    fix = f'export no_proxy="{whole}" NO_PROXY="{whole}"'
    return Finding("proxies", "warn", reason, fix)


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
