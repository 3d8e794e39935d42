"""pf and the application firewall of macOS; written from their manuals, never run here.

pfctl(8) and `socketfilterfw -h`. Neither filters loopback as macOS is delivered (`set skip on
lo0` is usual, and the application firewall asks about incoming connections from outside).
"""

from __future__ import annotations

from portman.base.run_tool import ask
from portman.diagnose.firewall.facts import Filters, Frontend

SOCKET_FILTER = "/usr/libexec/ApplicationFirewall/socketfilterfw"
PATIENCE = 1.5


def frontends() -> tuple[Frontend, ...]:
    """Return the application firewall and pf, and whether they are on."""
    state = ask([SOCKET_FILTER, "--getglobalstate"], PATIENCE)
    block = ask([SOCKET_FILTER, "--getblockall"], PATIENCE)
    told = [Frontend("application firewall", parse_state(state.out), parse_block(block.out))]
    info = ask(["pfctl", "-s", "info"], PATIENCE)
    told.append(Frontend("pf", parse_pf_info(info.out + info.err)))
    return tuple(told)


def read_filters() -> Filters:
    """Return pf's rules that block on lo0, or on every interface."""
    answer = ask(["pfctl", "-s", "rules"], PATIENCE)
    if not answer.fine:
        return Filters(unseen=("pfctl needs root" if answer.found else "no pfctl here",))
    return Filters(spelt=tuple(blocking_rules(answer.out)))


def parse_state(text: str) -> bool | None:
    """Return whether `--getglobalstate` says enabled: "Firewall is enabled. (State = 1)"."""
    lowered = text.lower()
    if "enabled" in lowered or "state = 1" in lowered or "state = 2" in lowered:
        return True
    return False if "disabled" in lowered or "state = 0" in lowered else None


def parse_block(text: str) -> str:
    """Return a remark if `--getblockall` says that all incoming connections are blocked."""
    lowered = text.lower()
    on = ("enabled" in lowered or "is on" in lowered) and "disabled" not in lowered
    return "blocks all incoming connections" if on else ""


def parse_pf_info(text: str) -> bool | None:
    """Return whether `pfctl -s info` says "Status: Enabled"; None where it may not be asked."""
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["Status:"] and len(words) > 1:
            return words[1].lower() == "enabled"
    return None


def blocking_rules(text: str) -> list[str]:
    """Return the rules that block and name lo0 or no interface at all (pf.conf(5))."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["block"] and ("on" not in words or "lo0" in words):
            found.append(line.strip())
    return found
