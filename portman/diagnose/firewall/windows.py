"""Windows Defender Firewall through `netsh advfirewall`; written from its manual, never run here.

It does not filter loopback between ordinary programs; other products hooked into the Windows
Filtering Platform may. Words of netsh are translated: only ON/OFF columns of an English system
are read, everything else is "cannot be told".
"""

from __future__ import annotations

from portman.base.run_tool import ask
from portman.diagnose.firewall.facts import Filters, Frontend

PATIENCE = 1.5


def frontends() -> tuple[Frontend, ...]:
    """Return the firewall with the profiles it is on for."""
    states = parse_profiles(ask(["netsh", "advfirewall", "show", "allprofiles", "state"]).out)
    on = [name for name, active in states.items() if active]
    active = bool(on) if states else None
    return (Frontend("Windows Defender Firewall", active, ", ".join(on)),)


def read_filters() -> Filters:
    """Return the enabled inbound rules that block TCP."""
    answer = ask(["netsh", "advfirewall", "firewall", "show", "rule", "name=all", "dir=in"], 3.0)
    if not answer.fine:
        return Filters(unseen=("no netsh here" if not answer.found else "netsh gave no answer",))
    return Filters(spelt=tuple(parse_blocking(answer.out)))


def parse_profiles(text: str) -> dict[str, bool]:
    """Return profile -> on, from `netsh advfirewall show allprofiles state`."""
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
    """Return "NAME (LocalPort ...)" of the rules that are enabled and block TCP or everything."""
    found: list[str] = []
    rule: dict[str, str] = {}
    for line in [*text.splitlines(), "Rule Name:"]:
        key, colon, value = line.partition(":")
        if not colon:
            continue
        if key.strip() == "Rule Name":
            if _blocks(rule):
                found.append(f"{rule['Rule Name']} (LocalPort {rule.get('LocalPort', 'Any')})")
            rule = {}
        rule[key.strip()] = value.strip()
    return found


def _blocks(rule: dict[str, str]) -> bool:
    return (
        rule.get("Action") == "Block"
        and rule.get("Enabled") == "Yes"
        and rule.get("Protocol") in ("TCP", "Any")
    )
