"""Whether connections on loopback arrive, and if not, which rule stops them."""

from __future__ import annotations

import errno
import os
import selectors
import socket
import struct
import time
from typing import TYPE_CHECKING, Literal, NamedTuple

from portman.diagnose.doctor.context import CheckResult, named
from portman.diagnose.firewall.packet_filter import Packet, likeliest, risen, stops

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.diagnose.doctor.context import DoctorContext
    from portman.diagnose.explain.facts import Answer
    from portman.diagnose.firewall.facts import Filters
    from portman.diagnose.firewall.packet_filter import Chain, Stop

#: Listeners are opened on at most so many leased ports, and on one of the pool.
MOST_PORTS = 24
BAD = frozenset({"dropped", "refused", "diverted"})


def loopback(around: DoctorContext) -> list[CheckResult]:
    """Connect to listeners of our own; if some connection fails, try again and count packets."""
    from portman.diagnose.firewall import read_filters

    ports = ports_to_try(around)
    trials = try_ports(ports)
    failed = sorted({one.port for one in trials if one.outcome in BAD})
    if not failed:
        return _with_predictions([_passed(trials)], around, trials)
    before = read_filters()
    again = try_ports(failed[:4])
    after = read_filters()
    if not any(one.outcome in BAD for one in again):
        return _with_predictions([_passed([*trials, *again])], around, trials)
    return _with_predictions(explained(again, before, after), around, trials)


def ports_to_try(around: DoctorContext) -> list[int]:
    """Return free leased ports of this checkout (or of all), and a free one of the pool."""
    from portman.machine import sockets

    leased = [port for one in around.own_holdings for port in one.lease.ports]
    free = [port for port in leased if sockets.probe(port, "tcp") == "idle"][:MOST_PORTS]
    taken = {port for one in around.holdings for port in one.lease.ports}
    low, high = around.pool.bands[0]
    spare = (p for p in range(high, low - 1, -1) if p not in taken)
    return [*free, next(p for p in spare if sockets.probe(p, "tcp") == "idle")]


def explained(trials: list[Trial], before: Filters, after: Filters) -> list[CheckResult]:
    """Return a failure for each rule that stops something, with the ports it stops."""
    raised = list(risen(before.chains, after.chains))
    grouped: dict[tuple[str, str], list[Trial]] = {}
    fixes: dict[tuple[str, str], str] = {}
    for trial in trials:
        if trial.outcome not in BAD:
            continue
        found = _stops(after.chains, trial)
        guilty = likeliest(found, raised)
        key = (trial.outcome, rule_text(guilty) if guilty else _unknown(after))
        grouped.setdefault(key, []).append(trial)
        fixes[key] = mend(guilty) if guilty else _look(after)
    return [
        CheckResult("loopback", "fail", f"{_ends(members)} {outcome}: {rule}", fixes[outcome, rule])
        for (outcome, rule), members in grouped.items()
    ]


def _stops(chains: tuple[Chain, ...], trial: Trial) -> list[Stop]:
    """Where the first packet ends, or, if it gets through, the answer to it."""

    here, uid = ADDRESSES[trial.family], getattr(os, "geteuid", lambda: None)()
    asking = Packet(trial.family, here, here, trial.client_port, trial.port, uid=uid)
    answer = Packet(trial.family, here, here, trial.port, trial.client_port, "established", uid=uid)
    return stops(chains, asking) or stops(chains, answer)


def rule_text(stop: Stop) -> str:
    """Return the rule with the place it stands in."""
    place = f"{stop.base.tool} {stop.base.family} table {stop.chain.table} chain {stop.chain.name}"
    if stop.base.tool != "nft":
        place = f"{stop.base.tool} table {stop.chain.table}"
    rule = f"policy {stop.chain.policy} of chain {stop.chain.name}"
    if stop.rule is not None:
        rule = f"`{stop.rule.text}`"
    return f"{'' if stop.certain else 'probably '}by {rule} ({place})"


def mend(stop: Stop) -> str:
    """Return the command that lets loopback pass before the rule is reached."""
    base = stop.base
    coming = base.hook in ("prerouting", "input")
    if stop.chain.table == "firewalld":
        return (
            "sudo firewall-cmd --permanent --zone=trusted --add-interface=lo && "
            "sudo firewall-cmd --reload"
        )
    if base.tool == "nft":
        side = "iif" if coming else "oif"
        return f"sudo nft insert rule {base.family} {base.table} {base.name} {side} lo accept"
    table = "" if base.table == "filter" else f" -t {base.table}"
    insert = f"sudo {base.tool}{table} -I {base.name} {'-i' if coming else '-o'} lo -j ACCEPT"
    if _is_ufw(base):
        return f"sudo ufw allow {'in' if coming else 'out'} on lo\nor at once: {insert}"
    return insert


def _is_ufw(base: Chain) -> bool:
    return any(rule.target.startswith(("ufw-", "ufw6-")) for rule in base.rules)


def _with_predictions(
    found: list[CheckResult], around: DoctorContext, trials: list[Trial]
) -> list[CheckResult]:
    """Add the leased ports that a server has now: nobody connects to it, its rules are read."""
    for (rule, fix), ports in _predicted(around, trials).items():
        told = named(ports)
        same = [at for at, one in enumerate(found) if one.reason.endswith(rule)]
        if same:
            first = found[same[0]]
            found[same[0]] = first._replace(reason=f"{first.reason}; so are those to {told}")
        else:
            reason = f"connections to {told} do not arrive: {rule}"
            found.append(CheckResult("loopback", "fail", reason, fix))
    return found


def _predicted(around: DoctorContext, trials: list[Trial]) -> dict[tuple[str, str], list[str]]:
    """Return (rule, mend) -> "web 3000" for leased ports that were not tried."""
    tried = {one.port for one in trials if one.outcome != "busy"}
    names: dict[tuple[str, str], list[str]] = {}
    for one in around.own_holdings:
        for port in one.lease.ports if "tcp" in one.lease.protocols else ():
            if port in tried:
                continue
            for rule in _certain_stops(around, port):
                known = names.setdefault(rule, [])
                if (told := f"{one.lease.service} {port}") not in known:
                    known.append(told)
    return names


def _certain_stops(around: DoctorContext, port: int) -> list[tuple[str, str]]:
    found = []
    for family, here in (("ipv4", "127.0.0.1"), ("ipv6", "::1")):
        packet = Packet(family, here, here, 0, port)  # type: ignore[arg-type]
        last = stops(around.filters.chains, packet)[-1:]
        found += [(rule_text(one), mend(one)) for one in last if one.certain]
    return found


def _passed(trials: list[Trial]) -> CheckResult:
    passed = [one for one in trials if one.outcome == "passed"]
    absent = [one for one in trials if one.outcome == "absent"]
    ports = sorted({one.port for one in passed})
    if not passed:
        return CheckResult(
            "loopback", "fail", "no loopback address could be bound", "ip addr show lo"
        )
    if {one.family for one in passed} == {"ipv4", "ipv6"} or not absent:
        told = f"connections to 127.0.0.1 and ::1 arrive (tried {named([str(p) for p in ports])})"
        return CheckResult("loopback", "ok", told)
    missing = "::1" if absent[0].family == "ipv6" else "127.0.0.1"
    reason = f"connections arrive, but this machine has no {missing}"
    return CheckResult("loopback", "ok", f"{reason} (tried {named([str(p) for p in ports])})")


def _ends(trials: list[Trial]) -> str:

    ends = [
        f"[{ADDRESSES[one.family]}]:{one.port}"
        if one.family == "ipv6"
        else f"{ADDRESSES[one.family]}:{one.port}"
        for one in trials
    ]
    return f"connections to {named(ends)} are"


def _unknown(filters: Filters) -> str:
    if filters.spelt:
        return f"perhaps by one of these rules: {named(list(filters.spelt), 2)}"
    if filters.unseen:
        return f"the rule could not be looked for ({'; '.join(filters.unseen)})"
    return "by none of the rules of nftables and iptables that could be read"


def _look(filters: Filters) -> str:
    import sys

    if sys.platform == "darwin":
        return "sudo pfctl -s rules"
    if sys.platform == "win32":
        return "netsh advfirewall firewall show rule name=all dir=in"
    if any("needs root" in one for one in filters.unseen):
        return "sudo nft list ruleset; sudo iptables-save; sudo ip6tables-save"
    return "look at security software and at eBPF programs: sudo bpftool prog list"


# Does a connection on loopback arrive? Tried with listeners of our own, for half a second.

#: Seconds: loopback answers in microseconds, the first repeated SYN comes after one second.
PATIENCE = 0.5

#: Seconds more for what came in time on a machine too busy to look at it.
_GRACE = 1.0

#: "passed"; "dropped" (no answer in time); "refused" (answered with a refusal); "diverted"
#: (somebody else answered); "busy" (the port has a holder, so nothing was tried); "absent" (this
#: machine has no such address).
Outcome = Literal["passed", "dropped", "refused", "diverted", "busy", "absent"]
Family = Literal["ipv4", "ipv6"]
ADDRESSES: dict[Family, str] = {"ipv4": "127.0.0.1", "ipv6": "::1"}


class Trial(NamedTuple):
    """What became of one connection to our own listener. `client_port` is 0 if none was made."""

    family: Family
    port: int
    outcome: Outcome
    detail: str = ""
    client_port: int = 0


class _Attempt:
    """One listener and one client on their way to each other."""

    def __init__(self, family: Family, port: int) -> None:
        self.family, self.port = family, port
        self.listener: socket.socket | None = None
        self.client: socket.socket | None = None
        self.accepted: socket.socket | None = None
        self.client_port = 0
        self.trial: Trial | None = None

    def end(self, outcome: Outcome, detail: str = "") -> None:
        self.trial = Trial(self.family, self.port, outcome, detail, self.client_port)

    def close(self) -> None:
        """Close so that nothing lingers: a reset connection leaves no TIME_WAIT on the port."""
        for one in (self.client, self.accepted, self.listener):
            if one is not None:
                reset = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
                one.close()


def try_ports(ports: Iterable[int], patience: float = PATIENCE) -> list[Trial]:
    """Open a listener on each port at 127.0.0.1 and ::1 and connect to it, all at once.

    For the length of the trial (microseconds, if all is well, else `patience` seconds) the ports
    are taken: a service that starts at that very moment would meet us there.
    """
    attempts = [_Attempt(family, port) for port in ports for family in ADDRESSES]
    try:
        for attempt in attempts:
            _begin(attempt)
        _wait([one for one in attempts if one.trial is None], time.monotonic() + patience)
    finally:
        for attempt in attempts:
            attempt.close()
    return [attempt.trial for attempt in attempts if attempt.trial is not None]


def _begin(attempt: _Attempt) -> None:
    kind = socket.AF_INET if attempt.family == "ipv4" else socket.AF_INET6
    address = ADDRESSES[attempt.family]
    try:
        attempt.listener = socket.socket(kind, socket.SOCK_STREAM)
        attempt.listener.bind((address, attempt.port))
        attempt.listener.listen(8)
    except OSError as error:
        taken = error.errno in (errno.EADDRINUSE, errno.EACCES)
        attempt.end("busy" if taken else "absent", error.strerror or "")
        return
    attempt.listener.settimeout(0)
    attempt.client = socket.socket(kind, socket.SOCK_STREAM)
    attempt.client.settimeout(0)
    code = attempt.client.connect_ex((address, attempt.port))
    attempt.client_port = attempt.client.getsockname()[1]
    if code not in (0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", 0)):
        attempt.end("refused", os.strerror(code))


def _wait(attempts: list[_Attempt], until: float) -> None:
    with selectors.DefaultSelector() as selector:
        for attempt in attempts:
            assert attempt.listener is not None
            assert attempt.client is not None
            selector.register(attempt.listener, selectors.EVENT_READ, attempt)
            selector.register(attempt.client, selectors.EVENT_WRITE, attempt)
        while any(one.trial is None for one in attempts):
            ready = selector.select(max(0.0, until - time.monotonic()))
            for key, _ in ready:
                _step(key.data, selector)
            late = time.monotonic() - until
            if late >= _GRACE or (late >= 0 and not ready):
                break  # time is up, and what came in time has been looked at
    for attempt in attempts:
        if attempt.trial is None:
            attempt.end(*_end_of(attempt))


def _step(attempt: _Attempt, selector: selectors.BaseSelector) -> None:
    assert attempt.client is not None
    if attempt.trial is None and _is_accepted(attempt):
        attempt.end("passed")
    error = attempt.client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if error and attempt.trial is None:
        attempt.end("refused", os.strerror(error))
    if attempt.trial is not None:
        _forget(selector, attempt.client, attempt.listener)
    elif _is_connected(attempt.client):
        _forget(selector, attempt.client)  # what is left to see is whom it reached


def _forget(selector: selectors.BaseSelector, *ends: socket.socket | None) -> None:
    for one in ends:
        if one is not None and one in selector.get_map():
            selector.unregister(one)


def _is_accepted(attempt: _Attempt) -> bool:
    """Accept what has come; return whether it is our own client (anybody may have connected)."""
    assert attempt.listener is not None
    try:
        accepted, peer = attempt.listener.accept()
    except (BlockingIOError, OSError):
        return False
    if peer[1] != attempt.client_port:
        accepted.close()
        return False
    attempt.accepted = accepted
    return True


def _end_of(attempt: _Attempt) -> tuple[Outcome, str]:
    assert attempt.client is not None
    if _is_connected(attempt.client):
        return "diverted", "the connection was answered, but not by our listener"
    return "dropped", "no answer"


def _is_connected(client: socket.socket) -> bool:
    try:
        client.getpeername()
    except OSError:
        return False
    return True


# What a connection to loopback comes to, where nobody listens: it must be refused at once.

#: Seconds. The kernel refuses a loopback connection in microseconds; longer means it was dropped.
CONNECT_PATIENCE = 0.4


def try_connection(address: str, port: int) -> Answer:
    """Connect to a loopback address on which nobody listens; return what came of it.

    Only for such ports: a server would see a connection that says nothing. "" where the attempt
    itself was impossible (no IPv6, a sandbox).
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trying:
            trying.settimeout(CONNECT_PATIENCE)
            trying.connect((address, port))
            # The kernel may pick the very port as our own, and TCP then connects to itself.
            same = trying.getsockname()[:2] == trying.getpeername()[:2]
            return "refused" if same else "answered"
    except ConnectionRefusedError:
        return "refused"
    except TimeoutError:
        return "silent"
    except OSError:
        return ""
