"""`portman wait`: until each service listens on its own address, and the listener is the service.

A connection would prove less: another program may answer it. So the holder of a busy port is
judged as `up` and `check` do it, from the socket table. `--connect` and `--http` connect besides.
"""

from __future__ import annotations

import time

from portman.allocation.workspace import open_workspace
from portman.base.errors import PortmanError, Problem, Report
from portman.base.record import NamedTuple
from portman.base.text import printable
from portman.holders.json_view import header, holder_view
from portman.holders.messages import blocked, home, not_accepting, once, start_command, who
from portman.holders.verdicts import Finding, host_to_probe, judge_busy
from portman.machine import sockets
from portman.machine.sockets import listing

TYPE_CHECKING = False

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Generator

    from portman.allocation.leases import Decision
    from portman.allocation.workspace import Workspace
    from portman.base.values import Service

#: Seconds between two looks: at first, and at most.
_FIRST, _LAST = 0.03, 0.25
#: Seconds that a connection or an answer may take.
_ANSWER = 2.0


class Asked(NamedTuple):
    """What else a service must do to be up: accept a connection, answer GET `path` below 500."""

    connect: bool = False
    path: str = ""


LISTENS = Asked()


def wait(
    start: str,
    names: tuple[str, ...],
    *,
    instance: str = "",
    timeout: float = 30.0,
    asked: Asked = LISTENS,
) -> Report:
    """Wait until the named services (default: all) are up, at most `timeout` seconds.

    Up means: every port of the service, in every protocol, is listened on by this very service
    for its own address, and it accepts what comes; and what `asked` asks for on its first port.
    """
    looks = looking(start, names, instance=instance, timeout=timeout, asked=asked)
    while True:
        try:
            time.sleep(next(looks).pause)
        except StopIteration as end:
            report: Report = end.value
            return report


class Look(NamedTuple):
    """What a look found: how many of `total` services are up, what misses; seconds until the next.

    `missing` has the name of each service that is not up yet.
    """

    pause: float
    seconds: float
    total: int
    missing: tuple[str, ...]


def looking(
    start: str,
    names: tuple[str, ...],
    *,
    instance: str = "",
    timeout: float = 30.0,
    asked: Asked = LISTENS,
) -> Generator[Look, None, Report]:
    """Look as `wait` does; who asks for the next look sleeps before, or does something else."""
    if asked.path and not asked.path.startswith("/"):
        raise PortmanError(
            "usage", f"--http takes a path from / on, not {asked.path!r}", hint="--http /health"
        )
    workspace = open_workspace(start, instance)
    workspace.require(*names)
    allocation = workspace.allocate()
    wanted = [one for one in allocation.decisions if not names or one.service.name in names]
    began = time.monotonic()
    pause = _FIRST
    queues: dict[tuple[str, int], int] = {}
    missing = look(workspace, wanted, queues, asked)
    while missing and time.monotonic() - began < timeout:
        seconds = time.monotonic() - began
        wait_for = max(min(pause, timeout - seconds), 0.001)
        yield Look(wait_for, seconds, len(wanted), tuple(missing))
        pause = min(pause * 1.5, _LAST)
        still = [one for one in wanted if one.service.name in missing]
        listing.forget()
        missing = look(workspace, still, queues, asked)
    seconds = time.monotonic() - began
    return Report(
        "wait",
        {
            **header(workspace, primary=allocation.primary),
            "seconds": round(seconds, 3),
            "services": [_view(one, missing.get(one.service.name)) for one in wanted],
        },
        once(
            _reason(workspace, one, missing[one.service.name], timeout)
            for one in wanted
            if one.service.name in missing
        ),
        allocation.warnings,
    )


class Missing(NamedTuple):
    """Why a service is not up: the verdict on one of its ports, or what a connection met."""

    finding: Finding
    met: str = ""


def look(
    workspace: Workspace,
    wanted: list[Decision],
    queues: dict[tuple[str, int], int],
    asked: Asked = LISTENS,
) -> dict[str, Missing]:
    """Return, for each service that is not up, what was found on the first port that is not.

    `queues` are the connections that waited at the last look: they must have become fewer.
    """
    services = {pair: one.service for one in wanted for pair in one.lease.keys()}
    busy: dict[tuple[str, int], Service | None] = {
        pair: service
        for pair, service in services.items()
        if sockets.probe(pair[1], pair[0], host_to_probe(service)) == "busy"
    }
    judged = judge_busy(workspace, busy) if busy else {}
    missing = {}
    for one in wanted:
        found = [judged.get(pair) or Finding("idle", *pair) for pair in one.lease.keys()]
        idle = [finding for finding in found if not _accepts(finding, queues)]
        if idle:
            named = next((finding for finding in idle if finding.verdict == "taken"), idle[0])
            missing[one.service.name] = Missing(named)
        elif met := _connect(one, asked):
            missing[one.service.name] = Missing(found[0], met)
    return missing


def _accepts(finding: Finding, queues: dict[tuple[str, int], int]) -> bool:
    pair = (finding.protocol, finding.port)
    before = queues.get(pair)
    queues[pair] = finding.waiting
    fewer = before is not None and finding.waiting < before
    up = finding.verdict == "running" and not finding.suspended
    return up and (not finding.waiting or fewer)


def _connect(one: Decision, asked: Asked) -> str:
    """Connect as `asked` asks; return what went wrong, "" for nothing."""
    if not (asked.connect or asked.path) or "tcp" not in one.lease.protocols:
        return ""
    import http.client
    import socket

    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(one.service.host, one.service.host)  # noqa: S104
    try:
        with socket.create_connection((host, one.lease.port), timeout=_ANSWER) as client:
            if not asked.path:
                return ""
            asking = http.client.HTTPConnection(host, one.lease.port, timeout=_ANSWER)
            asking.sock = client
            if one.service.url_at(one.lease.port).startswith("https:"):
                asking.sock = _encrypted(client, host)
            asking.request("GET", asked.path)
            status = asking.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        what = f"GET {asked.path}" if asked.path else "a connection"
        return f"{what} got no answer: {str(error) or type(error).__name__}"
    return "" if status < 500 else f"GET {asked.path} answered {status}"


def _encrypted(client: socket.socket, host: str) -> ssl.SSLSocket:
    """Speak TLS, whoever signed the certificate: servers in development sign their own."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(client, server_hostname=host)


def _view(decision: Decision, absent: Missing | None) -> dict[str, object]:
    service, lease = decision.service, decision.lease
    missing = absent.finding if absent else None
    holder = missing.holder if missing else None
    return {
        "name": service.name,
        "port": lease.port,
        "ports": list(lease.ports),
        "protocols": list(lease.protocols),
        "url": service.url_at(lease.port),
        "up": missing is None,
        "verdict": "running" if missing is None else missing.verdict if missing.seen else None,
        "holder": holder_view(holder) if holder else None,
    }


def _reason(workspace: Workspace, decision: Decision, missing: Missing, timeout: float) -> Problem:
    name, finding = decision.service.name, missing.finding
    port = f"{finding.port}{'/udp' if finding.protocol == 'udp' else ''}"
    if finding.verdict == "taken":
        return blocked(workspace, decision, finding)
    if missing.met:
        text = f"{name} listens on {port}, but {printable(missing.met)}"
        return Problem("not-answering", text, f"see what it does: portman who {port}", service=name)
    silent = not_accepting(decision, finding)
    if silent is not None:
        return silent._replace(code="not-answering")
    if finding.unknown:
        text = f"{name}: who has port {port} is unknown: {finding.unknown}"
        return Problem("not-listening", text, f"see who: portman who {port}", service=name)
    text = f"{name}: nothing listens on {port} after {timeout:g} s"
    if finding.verdict == "reserved" and finding.holder is not None:
        text += f"; {who(finding.holder, home())} holds the port for it"
    return Problem(
        "not-listening",
        text,
        f"start it, or look at its log: {start_command(decision.service)}",
        service=name,
    )
