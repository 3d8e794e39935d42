"""What keeps a server from starting on a port though nobody listens there, or may do so later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.text import printable
from portman.diagnose.explain.current_use import named
from portman.diagnose.explain.facts import Facts, Finding
from portman.ports.pool import inside

if TYPE_CHECKING:
    from portman.diagnose.explain.facts import Level


def start_troubles(facts: Facts) -> list[Finding]:
    """Return what a server would meet that is started on the port."""
    return [*_occupied(facts), *_privileged(facts), *_automatic(facts), *_claimed(facts)]


def _occupied(facts: Facts) -> list[Finding]:
    """Say what keeps a server from starting here though nobody listens."""
    if facts.listeners:
        return []
    client = next((one for one in facts.occupants if one.role == "connection"), None)
    if client is not None and facts.occupancy == "client":
        return [
            _say(
                "client-port",
                "A server cannot start on it (address already in use) while "
                f"{named(client, facts.home)} has it as the near end of a connection.",
                f"wait until that ends\nportman who {facts.port}",
                "warn",
            )
        ]
    if facts.occupancy == "lingering":
        return [
            _say(
                "time-wait",
                "No server can start on it for up to 60 seconds (address already in use): what "
                "had it before ended its connections first, without SO_REUSEADDR.",
                "wait a minute",
                "warn",
            )
        ]
    if facts.occupancy == "leftover":
        return [
            _say(
                "leftover",
                "A server that does not set SO_REUSEADDR cannot start on it for up to 60 seconds "
                "(address already in use); nearly all set it.",
                "start the server; if it complains, wait a minute",
            )
        ]
    return []


def _privileged(facts: Facts) -> list[Finding]:
    port = facts.port or 0
    if port >= facts.unprivileged or facts.privileged_user or facts.system == "win32":
        return []
    if facts.listeners:
        return []
    allow = f"sudo sysctl net.ipv4.ip_unprivileged_port_start={port}"
    return [
        _say(
            "no-permission",
            f"You may not start a server on it: ports below {facts.unprivileged} are for root "
            "(permission denied).",
            "use a port from 1024 up"
            + (f"\nor allow it: {allow}" if facts.system == "linux" else ""),
            "warn",
        )
    ]


def _automatic(facts: Facts) -> list[Finding]:
    port = facts.port or 0
    client = any(one.role == "connection" for one in facts.occupants) and not facts.listeners
    if not inside(port, facts.automatic) or client:
        return []
    if any(inside(port, band) for band in facts.reserved):
        return []
    low, high = facts.pool.bands[0] if facts.pool.bands else (20000, 29999)
    reserve = ""
    if facts.system == "linux":
        kept = ",".join(f"{a}-{b}" if a != b else f"{a}" for a, b in facts.reserved)
        numbers = f"{kept},{port}" if kept else f"{port}"
        reserve = f"\nor set it aside: sudo sysctl net.ipv4.ip_local_reserved_ports={numbers}"
    return [
        _say(
            "may-be-taken",
            "As a server's port it is a risk: an outgoing connection may have it at the moment "
            "the server starts (address already in use).",
            f"choose one of {low}-{high}{reserve}",
            "warn",
        )
    ]


def _claimed(facts: Facts) -> list[Finding]:
    stopped = [claim for claim in facts.claims if claim.container.state != "running"]
    if not stopped:
        return []
    name = printable(stopped[0].container.name)
    return [
        _say(
            "claimed",
            f"Whatever else takes it keeps container {name} from starting.",
            f"if it is not needed any more: docker rm {name}",
            "warn",
        )
    ]


def _say(code: str, text: str, following: str, level: Level = "plain") -> Finding:
    return Finding("trouble", code, text, following, level)
