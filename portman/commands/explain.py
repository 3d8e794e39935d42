"""`portman explain`: gather the facts about an address and report what they mean."""

from __future__ import annotations

import os
import sys
import time

from portman.allocation.leasing import machine_pool
from portman.allocation.target import find_target, leases_on
from portman.base.address import reach_of
from portman.base.errors import PortmanError, Report
from portman.base.holder import connections_of, plain
from portman.base.programs import usual_programs
from portman.base.values import LOCAL_SCOPE, Manifest
from portman.containers.claims import claims_on
from portman.diagnose.explain.causes import explain as put_into_words
from portman.diagnose.explain.facts import ExplainFacts
from portman.diagnose.firewall import find_rules, port_rule, read_filters
from portman.holders.find import group_by_owner, inspect_holders, with_context
from portman.holders.json_view import (
    claim_view,
    former_view,
    full_view,
    holding_view,
)
from portman.holders.messages import home
from portman.ledger.open import readable_ledger
from portman.machine import port_range, sockets
from portman.machine.addresses import hosts_file, is_local, resolve, try_connection
from portman.machine.port_range import host_listeners
from portman.machine.sockets.listing import list_peers
from portman.manifest.file import services_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.allocation.target import Target
    from portman.base.address import Address
    from portman.base.holder import Holder, Socket
    from portman.base.values import Transport
    from portman.diagnose.firewall import Action, Family, RuleMatch
    from portman.ledger.protocol import Ledger
    from portman.machine.addresses import Answer


def explain(
    start: str, asked: str, *, instance: str = "", udp: bool = False, pid: int | None = None
) -> Report:
    """Return findings about an address, and the facts they come from.

    Raises PortmanError as `find_target` does, and ledger-*. Exits 0 whatever it finds.
    """
    target = find_target(start, asked, instance=instance, pid=pid)
    if udp:
        target = target._replace(protocols=("udp",))
    ledger, unread = readable_ledger()
    facts = gather(target, ledger)
    findings = [one.view() for one in put_into_words(facts)]
    return Report("explain", _view(target, facts, findings), warnings=unread)


def gather(target: Target, ledger: Ledger) -> ExplainFacts:
    """Return everything this machine knows of the target's first port."""
    port = target.ports[0] if target.ports else None
    facts = ExplainFacts(
        address=target.address._replace(protocol=_only(target)),
        port=port,
        service=target.service,
        checkout=target.checkout,
        registrations=port_range.registrations(port) if port else (),
        customary=(port_range.customary(port) or usual_programs(port)) if port else "",
        automatic=port_range.automatic_range(),
        reserved=tuple(port_range.reserved_ports()),
        excluded=_excluded(target),
        unprivileged=port_range.unprivileged_port_start(),
        privileged_user=getattr(os, "geteuid", lambda: 0)() == 0,
        pool=machine_pool(Manifest()),
        own=_own(target.address),
        addresses=_addresses(target.address),
        localhost=resolve("localhost") or ("127.0.0.1",),
        now=time.time(),
        home=home(),
        system=sys.platform,
    )
    if not port:
        return facts
    if target.service and target.checkout:
        facts = _with_service(facts, target.service, target.checkout, ledger)
    return _with_presence(facts, target, ledger)


def _with_service(facts: ExplainFacts, name: str, checkout: str, ledger: Ledger) -> ExplainFacts:
    """Add what the manifest says of a service, and where the project's other checkouts have it."""
    service = next((one for one in services_of(checkout) if one.name == name), None)
    everywhere = ledger.holdings()
    project = next((one.record.project for one in everywhere if one.record.path == checkout), None)
    siblings = [
        one
        for one in everywhere
        if one.lease.service == name
        and one.record.project == project
        and (one.record.path != checkout or one.lease.port != facts.port)
    ]
    return facts._replace(
        url=service.url_at(facts.port or 0) if service else "",
        variables=service.env if service else (),
        siblings=tuple(siblings),
    )


def _with_presence(facts: ExplainFacts, target: Target, ledger: Ledger) -> ExplainFacts:
    """Add who has the port, who is connected, leases and claims."""
    port = facts.port or 0
    pairs: list[tuple[str, int]] = [(protocol, port) for protocol in target.protocols]
    peers = list_peers(pairs)
    if facts.elsewhere:
        wanted = (facts.address.host, *facts.addresses)
        there = [one for one in peers if one.peer_address in wanted]
        return facts._replace(peers=_owners(there, ledger))
    mine = [one for one in peers if _ends_here(one.peer_address)]
    facts = facts._replace(
        holders=tuple(with_context(inspect_holders(pairs), ledger)),
        peers=_owners(mine, ledger),
        probes=tuple((protocol, _probe(protocol, port)) for protocol in target.protocols),
        leases=tuple(leases_on(ledger, target)),
        formers=ledger.ended_leases(LOCAL_SCOPE, port),
        claims=claims_on(pairs),
    )
    if "tcp" in target.protocols and not facts.listeners:
        facts = facts._replace(windows=host_listeners().pids.get(port, 0))
    facts = facts._replace(occupancy=_occupancy(facts), answer=_answer(facts))
    return facts._replace(rules=_rules(facts))


def _owners(sockets: list[Socket], ledger: Ledger) -> tuple[Holder, ...]:
    return tuple(with_context(group_by_owner(sockets), ledger))


def _ends_here(address: str) -> bool:
    return reach_of(plain(address)) == "loopback" or is_local(plain(address))


def _probe(protocol: str, port: int) -> str:
    try:
        return sockets.probe(port, protocol)
    except PortmanError:
        return "unknown"


def _occupancy(facts: ExplainFacts) -> str:
    """Classify a busy TCP port without a listener."""
    busy = dict(facts.probes).get("tcp") == "busy"
    return sockets.classify(facts.port or 0, "tcp") if busy and not facts.listeners else ""


def _answer(facts: ExplainFacts) -> Answer:
    host = facts.address.host
    loopback = not host or reach_of(host) in ("loopback", "wildcard")
    if facts.listeners or facts.address.protocol == "udp" or not loopback:
        return ""
    tried = [try_connection(target, facts.port or 0) for target in facts.targets]
    return next((one for one in ("silent", "answered") if one in tried), "") or (
        "refused" if "refused" in tried else ""
    )


def _rules(facts: ExplainFacts) -> tuple[RuleMatch, ...]:
    """Return the firewall rule that explains the answer, or that names the port of a listener.

    Searched, not tried, where a program listens; only for root, the only user who can read them.
    """
    targets = [one for one in facts.targets if reach_of(one) == "loopback"]
    there = facts.listeners or facts.answer in ("silent", "answered")
    if not there or not targets or getattr(os, "geteuid", lambda: 1)() != 0:
        return ()
    filters = read_filters()
    port = facts.port or 0
    families: list[Family] = ["ipv6" if ":" in one else "ipv4" for one in targets]
    if facts.listeners:
        rule = port_rule(filters, port, families)
        return (rule,) if rule else ()
    action: Action = "drop" if facts.answer == "silent" else "redirect"
    found = [one for family in families for one in find_rules(filters, port, action, family)]
    return tuple(found[:1])


def _only(target: Target) -> Transport | None:
    return target.protocols[0] if len(target.protocols) == 1 else None


def _own(address: Address) -> bool | None:
    reach = reach_of(address.host) if address.host else "loopback"
    if reach == "name":
        addresses = _addresses(address)
        return any(_ends_here(one) for one in addresses) if addresses else False
    if reach in ("loopback", "wildcard"):
        return True
    return is_local(address.host, address.zone)


def _addresses(address: Address) -> tuple[str, ...]:
    """Return the addresses of a name without asking a name server."""
    host = address.host
    if not host or address.family:
        return ()
    if reach_of(host) == "loopback":
        return resolve("localhost")
    return hosts_file().get(host, ())


def _excluded(target: Target) -> tuple[tuple[int, int], ...]:
    return tuple(
        (one.first, one.last)
        for protocol in target.protocols
        for one in port_range.excluded_ranges(protocol)
        if not one.administered
    )


def _view(
    target: Target, facts: ExplainFacts, findings: list[dict[str, object]]
) -> dict[str, object]:
    address = target.address
    return {
        "asked": address.text,
        "host": address.host,
        "zone": address.zone,
        "reach": reach_of(address.host) if address.host else None,
        "own": facts.own,
        "addresses": list(facts.addresses),
        "port": facts.port,
        "protocols": list(target.protocols),
        "service": target.service,
        "registered": [one._asdict() for one in facts.registrations],
        "automatic_range": list(facts.automatic),
        "localhost": list(facts.localhost),
        "probes": dict(facts.probes),
        "occupancy": facts.occupancy or None,
        "answer": facts.answer or None,
        "rules": [list(one[:3]) for one in facts.rules],
        "occupants": [full_view(one, connections_of(one, facts.holders)) for one in facts.holders],
        "peers": [full_view(one) for one in facts.peers],
        "leases": [holding_view(one) for one in facts.leases],
        "former": [former_view(one) for one in facts.formers],
        "claims": [claim_view(one) for one in facts.claims],
        "findings": findings,
    }
