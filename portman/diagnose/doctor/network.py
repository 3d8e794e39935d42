"""Ways to the services of this machine: `localhost`, proxies, firewalls; and who serves there.

Servers of deleted folders, and servers that the network can reach.
"""

from __future__ import annotations

import os
import sys
from ipaddress import ip_address, ip_network

from portman.allocation.links import own_names
from portman.allocation.vanished import is_absent
from portman.base.forwarders import forwarder_of
from portman.base.system_commands import typed, word
from portman.base.text import counted, home_short, printable
from portman.checkout.evidence import is_ours
from portman.containers.model import container_stop
from portman.diagnose.doctor.context import CheckResult, named, place
from portman.holders.at_work import misplaced_anywhere, problems, without_lease
from portman.holders.messages import free_command, home
from portman.machine.addresses import resolve
from portman.machine.mounts import identity
from portman.manifest.expand import uses_names

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portman.base.holder import Holder
    from portman.base.values import OwnedLease
    from portman.diagnose.doctor.context import DoctorContext, Listener, Status
    from portman.diagnose.firewall import Filters, Frontend

_HOSTS_LINES = f"write these lines in {typed('hosts')}: 127.0.0.1 localhost - and - ::1 localhost"


def localhost(around: DoctorContext) -> list[CheckResult]:
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


def host_names(around: DoctorContext) -> list[CheckResult]:
    """Find out whether programs reach the names of [names]; browsers need no resolver for them.

    RFC 6761 6.3 lets a resolver answer loopback for every name below localhost; glibc alone does
    not.
    """
    workspace = around.workspace
    if workspace is None or not uses_names(workspace.manifest):
        return [CheckResult("names", "skipped", "ports.toml uses no host names")]
    name = next(iter(own_names(workspace).values()), "")
    answers = resolve(name) if name else ()
    if all(is_local(one) for one in answers) and answers:
        return [CheckResult("names", "ok", f"{name} is this machine")]
    if answers:
        said = f"{name} resolves to {', '.join(answers)}, an address of another machine"
        return [CheckResult("names", "fail", said, 'write domain = "localhost" under [names]')]
    said = f"the resolver does not know {name}; browsers and curl take it for this machine, "
    said += "other programs do not"
    fix = "sudo apt install libnss-myhostname" if sys.platform == "linux" else ""
    if workspace.manifest.names.domain != "localhost":
        fix = f"write a line in {typed('hosts')}: 127.0.0.1 {name}"
        said = f"the resolver does not know {name}, which is not below localhost"
    return [CheckResult("names", "warn", said, fix)]


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
    whole = ",".join([*(f"${name}" for name in list(lists)[:1]), *missing])
    fix = f'export no_proxy="{whole}" NO_PROXY="{whole}"'
    if sys.platform == "win32":  # names of variables are the same in any case there
        fix = f"add to the variable NO_PROXY: {', '.join(missing)}"
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


#: More findings of one check than this are counted, not listed.
MOST = 8


def vanished(around: DoctorContext) -> list[CheckResult]:
    ports: dict[str, int] = {}
    for one in around.holdings:
        if one.record in around.gone:
            ports[one.record.path] = ports.get(one.record.path, 0) + one.lease.size
    found = [
        CheckResult(
            "checkouts",
            "warn",
            f"{_short(path)} was deleted and has {counted(number, 'port')}",
            "portman gc",
        )
        for path, number in ports.items()
    ]
    twice = _spelled_twice({one.record.path for one in around.holdings})
    if found or twice:
        return [*found[:MOST], *_rest(len(found) - MOST, "checkouts", "portman gc"), *twice]
    return [CheckResult("checkouts", "ok", "every checkout with a lease has its folder")]


def _spelled_twice(paths: Iterable[str]) -> list[CheckResult]:
    """Find folders that an earlier version recorded under two spellings, each with its ports."""
    folders: dict[tuple[int, int], list[str]] = {}
    for path in sorted(paths):
        seen = identity(path)
        if seen[1]:
            folders.setdefault(seen, []).append(path)
    return [
        CheckResult(
            "checkouts",
            "warn",
            f"{_short(kept)} and {_short(other)} are one folder, and each has ports of its own",
            f"end those of one: portman -C {word(other)} down\nportman up",
        )
        for kept, *others in folders.values()
        for other in others
    ]


def owners(around: DoctorContext) -> list[CheckResult]:
    """Find out whether the system says who has a port: what the next three checks rest on."""
    if around.unseen:
        ways = {"darwin": "allow or install lsof and netstat, which macOS has in /usr/sbin"}
        way = ways.get(sys.platform, "run portman outside the sandbox that hides the tables")
        return [CheckResult("owners", "warn", f"who has a port is unknown: {around.unseen}", way)]
    hidden = sum(one.holder.pid is None for one in around.listeners)
    unnamed = f", {hidden} without a process that this user may see" if hidden else ""
    said = f"the system names who has a port: {counted(len(around.listeners), 'listener')}{unnamed}"
    return [CheckResult("owners", "ok", said)]


def _unknown(check: str) -> list[CheckResult]:
    return [CheckResult(check, "skipped", "who has a port is unknown")]


def servers(around: DoctorContext) -> list[CheckResult]:
    if around.unseen:
        return _unknown("servers")
    gone = {
        port: one
        for one in around.holdings
        if one.record in around.gone
        for port in one.lease.ports
    }
    found, hidden, seen = [], 0, set()
    for listener in around.listeners:
        port = listener.holder.port
        hidden += listener.holder.pid is None
        published = _published(listener.holder)  # then the folder is the forwarder's or engine's
        whom = listener.holder.container or (None if published else listener.holder.pid)
        off = (listener.folder_gone and not published) or port in gone
        if not off or (whom, port) in seen:
            continue
        seen.add((whom, port))
        reason, fix = _lost(listener, port, gone.get(port))
        found.append(CheckResult("servers", "warn", reason, fix))
    if found:
        return found[:MOST] + _rest(len(found) - MOST, "servers", "portman list")
    unseen = f"; {counted(hidden, 'listener')} of other users not checked" if hidden else ""
    return [CheckResult("servers", "ok", f"no server of a deleted folder{unseen}")]


def _lost(listener: Listener, port: int, holding: OwnedLease | None) -> tuple[str, str]:
    holder = listener.holder
    lease = f" (leased to {place(holding)})" if holding else ""
    folder = holder.container.folder if holder.container else holder.cwd
    deleted = listener.folder_gone or bool(folder and is_absent(folder))
    if holder.container is not None:
        project = holder.container.project
        name = f"container {holder.container.name}" + (f" of project {project}" if project else "")
        why = "; its folder was deleted" if deleted else ", whose folder was deleted"
        return printable(
            f"{name} serves {port}{lease}{why}"
        ), f"see it: docker ps\nstop it: {container_stop(holder.container)}"
    if _published(holder):
        return f"a container serves {port}{lease}", "docker ps"
    why = "from a deleted folder" if deleted else "for no checkout that is there"
    return (
        f"{_server(listener)} serves {port}{lease} {why}",
        f"see who: portman who {port}\nstop it: {free_command(holder)}",
    )


def _server(listener: Listener) -> str:
    holder = listener.holder
    folder = f" in {_short(holder.cwd)}" if holder.cwd else ""
    return printable(f"{holder.name or 'a process'} (pid {holder.pid}){folder}")


def _short(path: str) -> str:
    return printable(home_short(path, home()))


def _rest(number: int, check: str, fix: str) -> list[CheckResult]:
    return [CheckResult(check, "warn", f"and {number} more", fix)] if number > 0 else []


# Services with a local `host` in the manifest that other machines can reach.

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def exposure(around: DoctorContext) -> list[CheckResult]:
    """Compare where each service listens with the `host` of its manifest."""
    if around.unseen:
        return _unknown("exposure")
    found = []
    running = 0
    for one in around.holdings:
        service = around.manifests.get(one.record.path, {}).get(one.lease.service)
        wanted = service.host if service else "127.0.0.1"
        mine = [other for other in around.listeners_on(one) if _belongs(other, one)]
        running += bool(mine)
        wide = [other for other in mine if not is_local(other.holder.address)]
        if wide and is_local(wanted):
            found.append(_exposed(one, wide[0], wanted))
    if found:
        return found
    text = f"{running} running, each on the address of ports.toml" if running else "none running"
    return [CheckResult("exposure", "ok", text)]


def placement(around: DoctorContext) -> list[CheckResult]:
    """Find programs of a checkout that listen on a port that is not their own."""
    if around.unseen:
        return _unknown("placement")
    running = {
        (one.record.path, one.record.instance, one.lease.service)
        for one in around.holdings
        if any(_belongs(listener, one) for listener in around.listeners_on(one))
    }
    said = [one for some in misplaced_anywhere(around.holdings, running).values() for one in some]
    if (here := around.workspace) is not None:
        seat = (here.checkout.path, here.checkout.instance)
        said += without_lease(here.ledger, *seat, here.manifest.services)
    found = [
        CheckResult("placement", "warn", one.message, one.hint, one.code) for one in problems(said)
    ]
    if found:
        return found[:MOST] + _rest(len(found) - MOST, "placement", "portman list")
    return [CheckResult("placement", "ok", "no program of a checkout listens on a wrong port")]


def is_local(address: str) -> bool:
    """Whether only this machine reaches an address (RFC 1122 3.2.1.3, RFC 4291 2.5.3)."""
    plain = address.removeprefix("::ffff:")
    return plain in LOCAL or (plain.startswith("127.") and plain.count(".") == 3)


def _belongs(listener: Listener, holding: OwnedLease) -> bool:
    """Whether it is the service itself; `check` reports a stranger on its port."""
    return _published(listener.holder) or is_ours(
        listener.holder, holding.record.path, holding.record.instance
    )


def _published(holder: Holder) -> bool:
    behind = forwarder_of(holder)
    return holder.container is not None or (behind is not None and behind.kind == "container")


def _exposed(holding: OwnedLease, listener: Listener, wanted: str) -> CheckResult:
    holder = listener.holder
    wildcard = holder.address in ("0.0.0.0", "::", "*")  # noqa: S104 (compared only)
    where = "all interfaces" if wildcard else holder.address
    name = holder.container.name if holder.container else holder.name or "its server"
    reason = printable(
        f"{place(holding)}: {name} listens on {where}, port {holder.port}; ports.toml has {wanted}"
    )
    if _published(holder):
        fix = f'publish it as "127.0.0.1:{holder.port}:..." in the Compose file'
    else:
        fix = f'start it with --host {wanted}, or write host = "0.0.0.0" in ports.toml if intended'
    return CheckResult("exposure", "warn", reason, fix)
