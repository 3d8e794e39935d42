"""What a port number means: by registration, by custom, by the rules of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.diagnose.explain.customary import customary
from portman.diagnose.explain.facts import Facts, Finding
from portman.ports.pool import (
    AIRPLAY,
    BROWSER_REFUSED,
    BROWSER_REFUSED_SYSTEM,
    DYNAMIC,
    SYSTEM,
    inside,
)

if TYPE_CHECKING:
    from portman.diagnose.explain.facts import Level
    from portman.ports.pool import Band


def number_findings(facts: Facts) -> list[Finding]:
    """Return what there is to say about the number, whoever is on it."""
    port = facts.port
    if port is None:
        return [
            _say(
                "no-port",
                "No port is named. A port is the number from 1 to 65535 that says which program "
                "on a machine a connection is for.",
            )
        ]
    if port == 0:
        return [
            _say(
                "port-zero",
                "Port 0 is no port: a program that asks for it gets any free one that the system "
                "chooses.",
            )
        ]
    found = [_range(port), *_registered(facts, port), *_custom(facts, port)]
    return [*found, *_automatic(facts, port), *_special(facts, port), *_pool(facts, port)]


def refused_by_browsers(port: int) -> bool:
    """Return whether browsers will not open the port (WHATWG Fetch, "bad ports")."""
    return port in BROWSER_REFUSED or port in BROWSER_REFUSED_SYSTEM


def _range(port: int) -> Finding:
    if inside(port, SYSTEM):
        return _say(
            "system-port",
            f"{port} is a well-known port (0-1023): these belong to the basic services of the "
            "internet.",
        )
    if inside(port, DYNAMIC):
        return _say(
            "dynamic-port",
            f"{port} is a dynamic port (49152-65535): nobody can register one, programs take them "
            "as they need.",
        )
    return _say(
        "user-port",
        f"{port} is a user port (1024-49151): programs may register one, and anybody may use it.",
    )


def _registered(facts: Facts, port: int) -> list[Finding]:
    if inside(port, DYNAMIC):
        return []
    if not facts.registrations:
        return [_say("unregistered", "IANA has no service registered for it.")]
    first, *others = facts.registrations
    about = f" ({first.description})" if first.description else ""
    also = f"; also {', '.join(other.name for other in others)}" if others else ""
    return [
        _say(
            "registered",
            f"IANA's registry and Debian's list of services know it as {first.name}{about}{also}. "
            "That is a custom, not a lock: anything may run there.",
        )
    ]


def _custom(facts: Facts, port: int) -> list[Finding]:
    custom = customary(port)
    told = " ".join(f"{one.name} {one.description}" for one in facts.registrations[:1])
    if not custom or custom.lower() in told.lower():
        return []
    return [_say("customary", f"In development it is mostly used by {custom}.")]


def _automatic(facts: Facts, port: int) -> list[Finding]:
    first, last = facts.automatic
    band = f"{first}-{last}"
    kernel = _kernel(facts.system)
    if not inside(port, facts.automatic):
        text = (
            f"It lies outside this machine's automatic range ({band}), from which {kernel} takes "
            "numbers for outgoing connections: whoever uses it chose it."
        )
        if inside(port, DYNAMIC) and facts.system == "linux":
            text += (
                " On macOS and Windows, whose automatic range is 49152-65535, it would be an "
                "ordinary number of an outgoing connection."
            )
        return [_say("not-automatic", text)]
    if any(inside(port, band) for band in facts.reserved):
        return [
            _say(
                "reserved-port",
                f"It lies inside this machine's automatic range ({band}) and is set aside by "
                "ip_local_reserved_ports: it is given to no outgoing connection.",
            )
        ]
    return [
        _say(
            "automatic",
            f"It lies inside this machine's automatic range ({band}): {kernel} gives such numbers "
            "to outgoing connections by itself and takes them back when they end. In a log it is "
            "mostly the near end of a connection, and means nothing afterwards.",
        )
    ]


def _kernel(system: str) -> str:
    return {"darwin": "macOS", "win32": "Windows"}.get(system, "the kernel")


def _special(facts: Facts, port: int) -> list[Finding]:
    found = []
    if port < facts.unprivileged and facts.system != "win32":
        found.append(
            _say(
                "privileged",
                f"Only root may listen on ports below {facts.unprivileged} here.",
            )
        )
    if refused_by_browsers(port):
        found.append(
            _say(
                "browser-refused",
                "Browsers refuse to open it, whatever is there (ERR_UNSAFE_PORT; the list is in "
                "the Fetch standard).",
                level="warn",
            )
        )
    if port in AIRPLAY:
        mac = facts.system == "darwin"
        text = "macOS takes it for AirPlay Receiver" + ("." if mac else ", so avoid it in a team.")
        found.append(_say("airplay", text, level="warn" if mac else "plain"))
    if any(inside(port, band) for band in facts.excluded):
        found.append(
            _say("excluded", "The system keeps it back: nobody may bind it.", level="warn")
        )
    return found


def _pool(facts: Facts, port: int) -> list[Finding]:
    for band in facts.pool.bands[:1]:
        if inside(port, band):
            return [
                _say(
                    "in-pool",
                    f"It lies in portman's pool here ({_band(band)}), from which checkouts get "
                    "their ports.",
                )
            ]
    return []


def _band(band: Band) -> str:
    return f"{band[0]}-{band[1]}"


def _say(code: str, text: str, *, level: Level = "plain") -> Finding:
    return Finding("number", code, text, level=level)
