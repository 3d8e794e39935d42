"""nftables, iptables, ufw and firewalld on this Linux, as far as this user may see them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from portman.base.run_tool import ask
from portman.diagnose.firewall import iptables as firewall_iptables
from portman.diagnose.firewall import nft as firewall_nft
from portman.diagnose.firewall.facts import Filters, Frontend

if TYPE_CHECKING:
    from portman.diagnose.firewall.iptables import Tool
    from portman.diagnose.firewall.packet_filter import Chain

assert sys.platform == "linux"  # for the type checker, on other platforms

UFW_SETTINGS = "/etc/ufw/ufw.conf"
#: Seconds for one tool: a ruleset of 10,000 rules takes nft about one.
PATIENCE = 1.5
_SAVES: tuple[tuple[str, Tool], ...] = (
    ("iptables-save", "iptables"),
    ("ip6tables-save", "ip6tables"),
)
#: Tables that iptables-nft keeps in nftables: `iptables-save` spells their rules better.
_SHARED_TABLES = frozenset({"filter", "nat", "mangle", "raw", "security"})


def read_filters() -> Filters:
    """Return every rule of this network namespace that can be read, each once."""
    chains: list[Chain] = []
    unseen: list[str] = []
    shown: set[str] = set()
    for command, tool in _SAVES:
        answer = ask([command, "-c"], PATIENCE)
        if answer.fine:
            chains += firewall_iptables.parse(answer.out, tool)
            if "(nf_tables)" in answer.out:
                shown.add("ip" if tool == "iptables" else "ip6")
        else:
            unseen.append(_why(command, answer.found, answer.err))
    answer = ask(["nft", "-j", "list", "ruleset"], PATIENCE)
    if answer.fine:
        spelt = ask(["nft", "-a", "list", "ruleset"], PATIENCE).out
        chains += [one for one in firewall_nft.parse(answer.out, spelt) if not _known(one, shown)]
    else:
        unseen.append(_why("nft", answer.found, answer.err))
    return Filters(tuple(chains), tuple(unseen))


def frontends() -> tuple[Frontend, ...]:
    """Return ufw and firewalld where they are installed, and whether they are on."""
    return tuple(one for one in (_ufw(), _firewalld()) if one is not None)


def ufw_enabled(settings: str) -> bool | None:
    """Return what ufw.conf says about ENABLED (ufw(8)), None if it says nothing."""
    for line in settings.splitlines():
        name, _, value = line.partition("=")
        if name.strip().upper() == "ENABLED":
            return value.strip().strip("\"'").lower() == "yes"
    return None


def _ufw() -> Frontend | None:
    try:
        with open(UFW_SETTINGS, encoding="utf-8", errors="replace") as file:
            return Frontend("ufw", ufw_enabled(file.read()), UFW_SETTINGS)
    except OSError:
        return None


def _firewalld() -> Frontend | None:
    """Ask systemd where it runs, the daemon itself (300 ms of Python) only where it does not."""
    if not ask(["which", "firewalld"], PATIENCE).fine and not os.path.exists("/etc/firewalld"):
        return None
    if os.path.isdir("/run/systemd/system"):
        state = ask(["systemctl", "is-active", "firewalld"], PATIENCE).out.strip()
        return Frontend("firewalld", state == "active", f"systemd calls it {state or 'unknown'}")
    answer = ask(["firewall-cmd", "--state"], PATIENCE)
    if not answer.found:
        return None
    return Frontend("firewalld", answer.out.strip() == "running" if answer.out else False)


def _known(chain: Chain, shown: set[str]) -> bool:
    return chain.family in shown and chain.table in _SHARED_TABLES


def _why(tool: str, found: object, err: str) -> str:
    """Return in a few words why a tool's rules are not in the answer."""
    if not found:
        return f"no {tool} here"
    if os.geteuid() != 0:
        return f"{tool} needs root"
    return f"{tool}: {err.strip().splitlines()[-1] if err.strip() else 'no answer'}"
