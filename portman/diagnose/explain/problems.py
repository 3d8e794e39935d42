"""Problems of the server on a port, and problems of a server that wants to start there."""

from __future__ import annotations

from functools import partial

from portman.allocation.pool import inside
from portman.base.address import reach_of
from portman.base.programs import program_of
from portman.base.system_commands import typed, word
from portman.base.text import printable
from portman.diagnose.explain.current_use import called
from portman.diagnose.explain.facts import ExplainFacts, Statement
from portman.holders.messages import free_command, who

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portman.base.holder import Holder

_say = partial(Statement, "trouble")

#: From this number of connections on that only the other end has closed, the program leaks them.
MANY_HALF_CLOSED = 10


def server_troubles(facts: ExplainFacts) -> list[Statement]:
    return [
        *_stranger(facts),
        *_own_port(facts),
        *_suspended(facts),
        *_queue(facts),
        *_half_closed(facts),
    ]


def _stranger(facts: ExplainFacts) -> Iterator[Statement]:
    for one in facts.holders:
        if one.expected and not one.expected.ours:
            service = printable(one.expected.service)
            yield _say(
                "stranger",
                f"A client of {service} reaches {called(one)} instead.",
                f"portman -C {word(one.expected.checkout)} up --reassign {service}\n"
                f"{free_command(one)}",
                "bad",
            )
            return


def _own_port(facts: ExplainFacts) -> Iterator[Statement]:
    """Find a server that does not use the port leased to its checkout."""
    for one in facts.holders:
        if one.instead and one.folder and one.folder.checkout and one.state == "listen":
            place = facts.short(one.folder.checkout)
            ports = ", ".join(printable(f"{name} {port}") for name, port in one.instead[:4])
            yield _say(
                "own-port-unused",
                f"{short_name(one)} belongs to {place}, which has other ports: {ports}. The "
                f"server does not use them{_reason(one)}.",
                f"start it with: portman -C {word(one.folder.checkout)} run "
                f"--service {_likely_service(one)} -- COMMAND\n"
                "or let it read the port from its env file",
                "warn",
            )
            return


def _reason(one: Holder) -> str:
    program = program_of(one.command or "")
    return f": {program.takes}" if program and program.takes else ""


def _likely_service(one: Holder) -> str:
    """Return the probable service of a server; NAME where several are possible."""
    names = [name for name, _ in one.instead]
    if one.expected and one.expected.service in names:
        return printable(one.expected.service)
    return printable(names[0]) if len(names) == 1 else "NAME"


def _suspended(facts: ExplainFacts) -> Iterator[Statement]:
    for one, _ in facts.listeners:
        if one.stopped:
            yield _say(
                "suspended",
                f"{short_name(one)} is suspended (Ctrl-Z): the kernel accepts connections, "
                "the program never answers.",
                f"type fg in its terminal\n{typed('resume', one.pid)}",
                "bad",
            )
            return


def _queue(facts: ExplainFacts) -> Iterator[Statement]:
    for one, socket in facts.listeners:
        if socket.waiting and socket.waiting >= socket.backlog:
            yield _say(
                "queue-full",
                f"{short_name(one)} does not accept connections: {socket.waiting} wait, the "
                f"limit is {socket.backlog}. New ones hang. The program is stuck, or stopped "
                "in a debugger.",
                f"portman who {facts.port}",
                "bad",
            )
            return


def _half_closed(facts: ExplainFacts) -> Iterator[Statement]:
    count = sum(socket.kernel_state == "close-wait" for socket in facts.sockets)
    if count < MANY_HALF_CLOSED or not facts.listeners:
        return
    yield _say(
        "half-closed",
        f"The other end closed {count} connections, "
        f"{short_name(facts.listeners[0][0])} did not (CLOSE_WAIT): it leaks them and will run "
        "out of file descriptors.",
        "restart the server\nfind the connections that its code never closes",
        "warn",
    )


def exposure(facts: ExplainFacts) -> Iterator[Statement]:
    for one, socket in facts.listeners:
        if reach_of(socket.address) == "wildcard":
            yield _say(
                "exposed",
                f"{short_name(one)} listens on every interface: other machines can connect, "
                "unless a firewall refuses.",
                "if that is not intended, let it listen on 127.0.0.1",
                "warn",
            )
            return


def short_name(one: Holder) -> str:
    if one.container:
        return printable(f"container {one.container.name}")
    if one.pid:
        return printable(f"{one.name} (pid {one.pid})")
    return printable(f"a process of user {one.user or one.uid}")


def start_troubles(facts: ExplainFacts) -> list[Statement]:
    return [
        *_occupied(facts),
        *_plain_binder(facts),
        *_privileged(facts),
        *_automatic(facts),
        *_claimed(facts),
    ]


def _occupied(facts: ExplainFacts) -> Iterator[Statement]:
    if facts.listeners:
        return
    client = next((one for one in facts.holders if one.state == "client"), None)
    if client is not None and facts.occupancy == "client":
        yield _say(
            "client-port",
            "A server cannot start on it (address already in use) while "
            f"{who(client, facts.home)} has it as the local end of a connection.",
            f"wait until the connection ends\nportman who {facts.port}",
            "warn",
        )
        return
    if facts.occupancy == "blocked":
        yield _say(
            "time-wait",
            "No server can start on it for up to 60 seconds (address already in use): the "
            "program that had it closed its connections first, without SO_REUSEADDR.",
            "wait a minute",
            "warn",
        )
        return
    if facts.occupancy == "lingering":
        yield _say(
            "lingering",
            "A server that does not set SO_REUSEADDR cannot start on it for up to 60 seconds "
            "(address already in use); nearly all servers set it.",
            "start the server\nif it fails, wait a minute",
        )


def _plain_binder(facts: ExplainFacts) -> Iterator[Statement]:
    """Advise about a program that cannot bind under a hold of `portman run` (docs/run.md)."""
    idle = facts.occupancy == "idle" or any(one.state == "bound" for one in facts.holders)
    if not facts.leases or facts.listeners or not idle or facts.address.protocol == "udp":
        return
    service = printable(facts.leases[0].lease.service)
    yield _say(
        "plain-bind",
        'A program that reports "address already in use" at its start under `portman run`, '
        "although `portman check` finds no conflict, sets no SO_REUSEADDR: it cannot bind a "
        "port that portman holds.",
        f"write hold = false under {service} in ports.toml\nor once: portman run --no-hold -- CMD",
    )


def _privileged(facts: ExplainFacts) -> Iterator[Statement]:
    port = facts.port or 0
    if port >= facts.unprivileged or facts.privileged_user or facts.system == "win32":
        return
    if facts.listeners:
        return
    allow = typed("low port", port, system=facts.system)
    yield _say(
        "no-permission",
        f"This user may not start a server on it: ports below {facts.unprivileged} are for "
        "root (permission denied).",
        "use a port from 1024 up" + (f"\n{allow}" if facts.system in ("linux", "darwin") else ""),
        "warn",
    )


def _automatic(facts: ExplainFacts) -> Iterator[Statement]:
    port = facts.port or 0
    client = any(one.state == "client" for one in facts.holders) and not facts.listeners
    if not inside(port, facts.automatic) or client:
        return
    if any(inside(port, band) for band in facts.reserved):
        return
    low, high = facts.pool.bands[0] if facts.pool.bands else (20000, 29999)
    reserve = ""
    if facts.system == "linux":
        kept = ",".join(f"{a}-{b}" if a != b else f"{a}" for a, b in facts.reserved)
        numbers = f"{kept},{port}" if kept else f"{port}"
        reserve = f"\nsudo sysctl net.ipv4.ip_local_reserved_ports={numbers}"
    yield _say(
        "may-be-taken",
        "A server on it may fail to start: an outgoing connection can have it at that moment "
        "(address already in use).",
        f"choose one of {low}-{high}{reserve}",
        "warn",
    )


def _claimed(facts: ExplainFacts) -> Iterator[Statement]:
    stopped = [claim for claim in facts.claims if claim.container.state != "running"]
    if not stopped:
        return
    name = printable(stopped[0].container.name)
    yield _say(
        "claimed",
        f"Any other program on it keeps container {name} from starting.",
        f"docker inspect {word(name, 'NAME')}",
        "warn",
    )
