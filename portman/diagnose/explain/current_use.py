"""What uses a port now: listeners, either end of a connection, leases, claims."""

from __future__ import annotations

from functools import partial

from portman.base.forwarders import forwarder_of
from portman.base.holder import are_ends, serves
from portman.base.system_commands import word
from portman.base.text import ago, counted, printable
from portman.diagnose.explain.facts import ExplainFacts, Statement
from portman.holders.messages import who

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portman.base.holder import Holder, Socket
    from portman.base.values import OwnedLease

_say = partial(Statement, "now")


def called(one: Holder) -> str:
    """Name a program that the answer has named already."""
    if one.container is not None:
        return printable(f"container {one.container.name}")
    return printable(f"{one.name} (pid {one.pid})") if one.pid is not None else who(one)


#: More connections or peers than this are counted, not listed.
LISTED = 5


def answer_findings(facts: ExplainFacts) -> list[Statement]:
    """Answer first what a person asks: whose it is, whether it runs, what to type."""
    if facts.port in (None, 0) or facts.elsewhere:
        return []
    listener = facts.listeners[0][0] if facts.listeners else None
    if facts.windows:
        text = f"A program of Windows (pid {facts.windows} there) listens on {facts.port}; "
        text += "browsers of Windows reach it, whatever Linux has there."
        step = f"see who: tasklist.exe /FI 'PID eq {facts.windows}'"
        return [Statement("answer", "windows", text, step, "bad")]
    if not facts.leases:
        if listener is None:
            text = f"No program has {facts.port}, and no checkout has a lease on it."
            unused = not facts.holders and all(state == "idle" for _, state in facts.probes)
            return [Statement("answer", "unused", text)] if unused else []
        text = f"{who(listener, facts.home)} has {facts.port}; no checkout has a lease on it."
        return [Statement("answer", "unleased", text, f"portman who {facts.port}")]
    return [_whose(facts, facts.leases[0], listener), *_siblings(facts)]


def _whose(facts: ExplainFacts, holding: OwnedLease, listener: Holder | None) -> Statement:
    record, name = holding.record, printable(holding.lease.service)
    at = f"portman -C {word(record.path)}"
    if record.instance:
        at += f" --instance {record.instance}"
    instance = f" (instance {record.instance})" if record.instance else ""
    known = ", ".join(one for one in (facts.url, *facts.variables) if one)
    whose = f"{facts.port} belongs to {name} of {facts.short(record.path)}{instance}"
    whose += f" ({known})" if known else ""
    if listener is None:
        step = f"start {name} in {facts.short(record.path)}\nsee the project: {at} check"
        return Statement("answer", "not-running", f"{whose}, which does not run.", step)
    program = who(listener, facts.home)
    if listener.expected and listener.expected.ours:
        text = f"{whose}, which runs: {program}."
        return Statement("answer", "running", text, f"open it: {at} open {name}", "good")
    return Statement(
        "answer",
        "taken",
        f"{whose}, but {program} has it.",
        f"see who: portman who {facts.port}\nmove {name}: {at} up --reassign {name}",
        "bad",
    )


def _siblings(facts: ExplainFacts) -> Iterator[Statement]:
    """Name the same service in the other checkouts of the project."""
    if not facts.siblings:
        return
    shown = [
        f"{one.lease.port} in {facts.short(one.record.path)}"
        + (f" (instance {one.record.instance})" if one.record.instance else "")
        for one in facts.siblings[:LISTED]
    ]
    left = len(facts.siblings) - LISTED
    more = [f"{left} more"] if left > 0 else []
    text = f"Elsewhere {printable(facts.service or '')} has {', '.join(shown + more)}."
    yield Statement("answer", "siblings", text)


def presence_findings(facts: ExplainFacts) -> list[Statement]:
    """Find who uses the port now, then what the ledger and the engine have on it."""
    if facts.port in (None, 0):
        return []
    found = [] if facts.elsewhere else [*_here(facts), *_remains(facts)]
    if facts.elsewhere or not facts.listeners:
        found += _far_side(facts)
    if not facts.elsewhere:
        found += [*_clients(facts), *_leases(facts), *_formers(facts), *_claims(facts)]
    return found or [_nothing(facts)]


def _nothing(facts: ExplainFacts) -> Statement:
    if facts.elsewhere:
        return _say("no-connection", "No program of this machine is connected to it now.")
    if any(state == "busy" for _, state in facts.probes):
        return _say(
            "unseen",
            "Something has it that the system does not show: another system with the same ports "
            "(WSL, a virtual machine), or a socket that this kernel cannot list.",
            level="warn",
        )
    return _say("nothing", "No program listens on it, and none is connected from it.")


def _here(facts: ExplainFacts) -> list[Statement]:
    found: list[Statement] = []
    for one in facts.holders:
        if one.state == "listen":
            found.append(_listener(facts, one))
        elif one.state == "bound":
            found.append(_bound(facts, one))
        elif one.state == "client" and not _came_in(facts, one):
            found += _near_side(facts, one)
    if not found and any(state == "busy" for _, state in facts.probes) and not facts.sockets:
        found.append(_nothing(facts))
    return found


def _listener(facts: ExplainFacts, one: Holder) -> Statement:
    listening = [socket for socket in one.sockets if socket.state == "listen"]
    places = ", ".join(f"{socket.place} ({socket.protocol})" for socket in listening)
    space = listening[0].namespace
    count = sum(any(serves(listener, socket) for listener in listening) for socket in facts.sockets)
    use = f", {counted(count, 'connection')} now" if count else ""
    first = bool(facts.listeners) and one is facts.listeners[0][0]
    named = called(one) if first and not facts.windows else who(one, facts.home)
    text = f"{named} listens on {places}{use}."
    behind = forwarder_of(one)
    if behind and one.container is None:
        text += f" It is {behind.text}: it only forwards connections."
    if space:
        text += f" That is in another {space}."
    return _say(
        "listener",
        text + ("" if first else _meant(facts, one)),
        f"portman who {facts.port}",
        level="bad" if one.expected and not one.expected.ours else "plain",
    )


def _meant(facts: ExplainFacts, one: Holder) -> str:
    if one.expected is None:
        return ""
    place = facts.short(one.expected.checkout)
    whose = f"{one.expected.service} of {place}"
    if one.expected.ours:
        return f" It is {whose}, as leased."
    return f" It is not {whose}, which has the lease."


def _bound(facts: ExplainFacts, one: Holder) -> Statement:
    return _say(
        "bound",
        f"{who(one, facts.home)} has bound {one.first.place} without listening: no other "
        "program can bind it, and connections are refused. `run` and `hold` keep a port so.",
        f"portman who {facts.port}",
    )


def _came_in(facts: ExplainFacts, one: Holder) -> bool:
    listeners = [socket for socket in facts.sockets if socket.state == "listen"]
    return all(any(serves(listener, socket) for listener in listeners) for socket in one.sockets)


def _near_side(facts: ExplainFacts, one: Holder) -> Iterator[Statement]:
    """Report connections whose local end is the port, and the program at the other end."""
    for socket in one.sockets[:LISTED]:
        far = _other_end(facts, socket)
        at_end = f"; at the other end is {far}" if far else ""
        who_has = who(one, facts.home)
        yield _say(
            "near-side",
            f"{who_has} has it as the local end of a connection to {socket.peer} "
            f"({socket.kernel_state}){at_end}. The kernel frees it when the connection ends.",
            f"portman explain {socket.peer}",
        )
    more = len(one.sockets) - LISTED
    if more > 0:
        yield _say("near-side", f"... and {more} more such connections.")


def _other_end(facts: ExplainFacts, socket: Socket) -> str:
    for one in facts.peers:
        if any(are_ends(socket, other) for other in one.sockets):
            return who(one, facts.home)
    return ""


def _far_side(facts: ExplainFacts) -> Iterator[Statement]:
    """Report programs of this machine that are connected to the port."""
    yield from (
        _say(
            "far-side",
            f"{who(one, facts.home)} is connected to it from {one.first.place} "
            f"({one.first.kernel_state})" + _and_more(len(one.sockets)) + ".",
            f"portman who {one.first.port}",
        )
        for one in facts.peers[:LISTED]
        if one.state == "client" and not _is_here(facts, one)
    )


def _is_here(facts: ExplainFacts, one: Holder) -> bool:
    """Whether `one` is the far end of a connection that `_near_side` reports."""
    return any(
        are_ends(near, far)
        for near in facts.sockets
        if near.state == "client"
        for far in one.sockets
    )


def _and_more(count: int) -> str:
    more = f", with {count - 1} more connection"
    return "" if count < 2 else more + ("s" if count > 2 else "")


def _clients(facts: ExplainFacts) -> Iterator[Statement]:
    if not facts.listeners:
        return
    users = [one for one in facts.peers if one.state == "client" and one.pid is not None]
    if not users:
        return
    names = ", ".join(printable(f"{one.name} (pid {one.pid})") for one in users[:LISTED])
    more = f" and {len(users) - LISTED} more" if len(users) > LISTED else ""
    yield _say("clients", f"Connected to it from this machine: {names}{more}.")


def _remains(facts: ExplainFacts) -> Iterator[Statement]:
    count = sum(socket.state == "time-wait" for socket in facts.sockets)
    if not count:
        return
    what = "a connection that has" if count == 1 else f"{count} connections that have"
    yield _say("remains", f"The kernel keeps {what} ended (TIME_WAIT) for up to 60 seconds.")


def _leases(facts: ExplainFacts) -> Iterator[Statement]:
    for holding in facts.leases:
        place = facts.short(holding.record.path)
        instance = f" (instance {holding.record.instance})" if holding.record.instance else ""
        since = ago(facts.now - holding.lease.given_at)
        there = any(one.expected and one.expected.ours for one in facts.holders)
        yield _say(
            "lease",
            f"It is leased to {printable(holding.lease.service)} of {place}{instance}, given "
            f"{since}" + ("." if there else ", which is not running."),
            level="good" if there else "plain",
        )


def _formers(facts: ExplainFacts) -> Iterator[Statement]:
    if facts.leases:
        return
    yield from (
        _say(
            "former-lease",
            f"It was {printable(one.service)} of {facts.short(one.path)} "
            f"until {ago(facts.now - one.ended_at)}; that lease was given back.",
        )
        for one in facts.formers[:LISTED]
    )


def _claims(facts: ExplainFacts) -> Iterator[Statement]:
    yield from (
        _say(
            "claim",
            printable(
                f"Container {claim.container.name} ({claim.container.image}, "
                f"{claim.container.state}) has it as a fixed port"
            )
            + (
                "." if claim.container.state == "running" else " and takes it when it starts again."
            ),
            f"docker inspect {word(claim.container.name, 'NAME')}",
        )
        for claim in facts.claims
    )
