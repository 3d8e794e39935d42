"""Ports of containers that are published past the firewall.

Docker (and rootful Podman) translate the address of a published port before a packet comes to the
input chain, so what ufw or firewalld refuse there never applies (Docker manual, "Packet filtering
and firewalls"; docker/for-linux#690). A rootless engine forwards in a process of its own, which
the input chain does filter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.text import home_short, printable
from portman.diagnose.doctor.finding import Finding
from portman.holders.messages import home

if TYPE_CHECKING:
    from portman.containers.endpoint import Endpoint
    from portman.containers.model import Binding, Container
    from portman.diagnose.doctor.context import Surroundings
    from portman.diagnose.firewall.facts import Filters, Frontend

EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 (compared only)
#: With StrictForwardPorts=yes (firewalld 2.3) firewalld refuses what Docker publishes.
SETTINGS = "/etc/firewalld/firewalld.conf"


def publications(around: Surroundings) -> list[Finding]:
    """Ask the engine what runs and where it is published."""
    from portman.containers.claims import is_absent
    from portman.containers.endpoint import find_endpoint
    from portman.containers.engine import running_containers

    endpoint = find_endpoint()
    if endpoint.remote:
        told = f"not looked at: the engine at {endpoint.url} is another machine's"
        return [Finding("published", "skipped", told)]
    if is_absent(endpoint):
        return [Finding("published", "skipped", "not looked at: no container engine runs here")]
    seen = running_containers(endpoint)
    if seen.fault:
        return [Finding("published", "skipped", f"not looked at: {seen.fault}")]
    guard = guarded_by(around.frontends, around.filters)
    return judge(seen.containers, guard, rootless=is_rootless(endpoint))


def judge(containers: tuple[Container, ...], guard: str, *, rootless: bool) -> list[Finding]:
    """Warn of each container on all interfaces, if `guard` (a firewall's name) is passed by."""
    wide = [
        (one, binding)
        for one in containers
        for binding in _once(one.bindings)
        if binding.address in EVERYWHERE
    ]
    if not wide:
        running = "1 container" if len(containers) == 1 else f"{len(containers)} containers"
        return [Finding("published", "ok", f"{running} running, none published on all interfaces")]
    if not guard or rootless:
        why = "the firewall applies to a rootless engine" if guard else "no firewall to pass by"
        ports = "1 port" if len(wide) == 1 else f"{len(wide)} ports"
        return [Finding("published", "ok", f"{ports} published on all interfaces; {why}")]
    return [_told(one, binding, guard) for one, binding in wide]


def guarded_by(frontends: tuple[Frontend, ...], filters: Filters) -> str:
    """Return the firewall that people rely on: ufw, firewalld, or an input chain that drops."""
    for one in frontends:
        if one.active and not (one.name == "firewalld" and is_strict(_settings())):
            return one.name
    for chain in filters.chains:
        if chain.hook == "input" and chain.policy == "drop":
            return f"{chain.tool} (policy drop of {chain.name})"
    return ""


def is_strict(settings: str) -> bool:
    """Return whether firewalld.conf says StrictForwardPorts=yes."""
    for line in settings.splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "StrictForwardPorts":
            return value.strip().lower() in ("yes", "true")
    return False


def is_rootless(endpoint: Endpoint) -> bool:
    """Return whether the engine is one of an ordinary user's, by where its socket lies."""
    return "/run/user/" in endpoint.url


def _told(one: Container, binding: Binding, guard: str) -> Finding:
    facts = one.facts
    project = f" of {facts.project}" if facts.project else ""
    folder = f" ({home_short(facts.folder, home())})" if facts.folder else ""
    port = f"{binding.port}{'/udp' if binding.protocol == 'udp' else ''}"
    reason = printable(
        f"container {facts.name}{project}{folder} publishes {port} on all interfaces, "
        f"past {guard}: other machines reach it"
    )
    inner = "/udp" if binding.protocol == "udp" else ""
    fix = f'publish it on loopback only: "127.0.0.1:{binding.port}:TARGET{inner}"'
    return Finding("published", "warn", reason, fix)


def _once(bindings: tuple[Binding, ...]) -> list[Binding]:
    """Return each port once: an engine lists 0.0.0.0 and :: apart."""
    found: dict[tuple[str, int], Binding] = {}
    for one in bindings:
        if one.address in EVERYWHERE:
            found.setdefault((one.protocol, one.port), one)
    return list(found.values())


def _settings() -> str:
    try:
        with open(SETTINGS, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
