"""Whether connections on loopback arrive: tried with listeners of our own."""

from __future__ import annotations

import errno
import os
import selectors
import socket
import struct
import time

from portman.base.record import NamedTuple
from portman.base.system_commands import typed
from portman.diagnose.doctor.context import CheckResult, named
from portman.diagnose.firewall import find_rules, listing, port_rule
from portman.machine import sockets

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from portman.diagnose.doctor.context import DoctorContext
    from portman.diagnose.firewall import Action, Family, Filters, RuleMatch

    #: "dropped": no answer in time; "refused": answered with a refusal; "diverted": answered, but
    #: not by our listener; "busy": the port has a holder, nothing was tried; "absent": no such
    #: address.
    Outcome = Literal["passed", "dropped", "refused", "diverted", "busy", "absent"]

#: Listeners are opened on at most so many leased ports, and on one of the pool.
MOST_PORTS = 24
BAD = frozenset({"dropped", "refused", "diverted"})
BOTH: tuple[Family, ...] = ("ipv4", "ipv6")
ADDRESSES: dict[Family, str] = {"ipv4": "127.0.0.1", "ipv6": "::1"}
#: Seconds: loopback answers in microseconds, the first repeated SYN comes after one second.
PATIENCE = 0.5
#: Seconds more for what came in time on a machine too busy to look at it.
_GRACE = 1.0


def loopback(around: DoctorContext) -> list[CheckResult]:
    """Connect to listeners of our own; try the connections that fail a second time."""
    trials = try_ports(ports_to_try(around))
    busy = sorted({one.port for one in trials if one.outcome == "busy"})
    if busy:  # a probe of another check, which runs at the same time, has it for microseconds
        trials = [*(one for one in trials if one.port not in busy), *try_ports(busy)]
    failed = sorted({one.port for one in trials if one.outcome in BAD})
    again = try_ports(failed[:4]) if failed else []
    bad = explained(again, around.filters) if again else []
    return [*(bad or [_passed([*trials, *again])]), *_untested(around, trials)]


def ports_to_try(around: DoctorContext) -> list[int]:
    """Return idle leased ports of this checkout (or of all), and an idle one of the pool."""
    leased = [port for one in around.own_holdings for port in one.lease.ports]
    free = [port for port in leased if sockets.probe(port, "tcp") == "idle"][:MOST_PORTS]
    taken = {port for one in around.holdings for port in one.lease.ports}
    low, high = around.pool.bands[0]
    spare = (p for p in range(high, low - 1, -1) if p not in taken)
    return [*free, next(p for p in spare if sockets.probe(p, "tcp") == "idle")]


def explained(trials: list[Trial], filters: Filters) -> list[CheckResult]:
    """Return a failure for each rule that may be the cause, with the connections it concerns."""
    grouped: dict[tuple[str, str, str], list[Trial]] = {}
    for trial in trials:
        if trial.outcome in BAD:
            rule = _suspect(trial, filters)
            cause = (rule.text, rule.listing) if rule else (_unknown(filters), listing(filters))
            grouped.setdefault((trial.outcome, *cause), []).append(trial)
    return [
        CheckResult("loopback", "fail", f"{_ends(members)} {outcome}: {cause}", fix)
        for (outcome, cause, fix), members in grouped.items()
    ]


def _suspect(trial: Trial, filters: Filters) -> RuleMatch | None:
    """A redirection to a port on which nothing listens looks like a refusal."""
    actions: dict[str, tuple[Action, ...]] = {
        "dropped": ("drop",),
        "refused": ("reject", "redirect"),
        "diverted": ("redirect",),
    }
    found = (
        rule
        for action in actions[trial.outcome]
        for rule in find_rules(filters, trial.port, action, trial.family)
    )
    return next(found, None)


def _unknown(filters: Filters) -> str:
    if filters.blocking:
        return f"one of these rules may be the cause: {named(list(filters.blocking), 2)}"
    if filters.unseen:
        return f"the rules could not be read ({'; '.join(filters.unseen)})"
    return "no rule names the port or loopback"


def _untested(around: DoctorContext, trials: list[Trial]) -> list[CheckResult]:
    """Warn of rules that name leased ports which a server has now: no connection is made there."""
    tried = {one.port for one in trials if one.outcome != "busy"}
    names: dict[tuple[str, str], list[str]] = {}
    for one in around.own_holdings if around.filters.chains else ():
        for port in one.lease.ports if "tcp" in one.lease.protocols else ():
            rule = None if port in tried else port_rule(around.filters, port, BOTH)
            if rule:
                names.setdefault((rule.text, rule.listing), []).append(
                    f"{one.lease.service} {port}"
                )
    return [
        CheckResult("loopback", "warn", f"{named(ports)} not tried, a server runs: {rule}", fix)
        for (rule, fix), ports in names.items()
    ]


def _passed(trials: list[Trial]) -> CheckResult:
    passed = [one for one in trials if one.outcome == "passed"]
    absent = [one for one in trials if one.outcome == "absent"]
    ports = sorted({one.port for one in passed})
    if not passed:
        return CheckResult(
            "loopback", "fail", "no loopback address could be bound", typed("loopback")
        )
    if {one.family for one in passed} == {"ipv4", "ipv6"} or not absent:
        text = f"connections to 127.0.0.1 and ::1 arrive (tried {named([str(p) for p in ports])})"
        return CheckResult("loopback", "ok", text)
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


class Trial(NamedTuple):
    """The outcome of one connection to our own listener. `client_port` is 0 if none was made."""

    family: Family
    port: int
    outcome: Outcome
    detail: str = ""
    client_port: int = 0


class _Attempt:
    """One listener and the client that connects to it."""

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

    The ports are taken during the trial (microseconds if connections arrive, else `patience`
    seconds): a service that starts at that moment fails.
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
                break  # time is up, and everything that came in time was handled
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
        _forget(selector, attempt.client)  # the open question is which listener it reached


def _forget(selector: selectors.BaseSelector, *ends: socket.socket | None) -> None:
    for one in ends:
        if one is not None and one in selector.get_map():
            selector.unregister(one)


def _is_accepted(attempt: _Attempt) -> bool:
    """Accept a connection; return whether it is our own client (any program may connect)."""
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
