"""Keep a receipt of an answer that changed nothing, so that the next one is instant."""

from __future__ import annotations

import os
import sys
import time
from types import MappingProxyType

from portman.base.errors import PortmanError
from portman.base.record import NamedTuple
from portman.base.values import COMMON_HOSTS
from portman.checkout.git import evidence as git_evidence
from portman.machine.sockets import listeners, probe
from portman.state import receipts, state_folder
from portman.state.at_work import listening

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from portman.base.errors import Report
    from portman.ledger.protocol import Ledger

    Rows = list[dict[str, object]]


_LINUX = sys.platform == "linux"


class Start(NamedTuple):
    """The moment before anything was read: clock in ns, the ledger's stamp, known evidence."""

    moment_ns: int
    ledger: Ledger
    stamp: tuple[int, ...]
    listeners: str = ""
    seen: Mapping[str, str] = MappingProxyType({})


def begin(open_ledger: Callable[[str], Ledger], start: str, instance: str) -> Start | None:
    """Note the moment, the ledger's stamp, and the files that the last answer was made from.

    None if this user has no state folder.
    """
    try:
        state = state_folder()
        ledger = open_ledger(state)
    except PortmanError:
        return None
    moment, stamp = time.time_ns(), ledger.stamp()
    folder = receipts.manifest_folder(start)
    known: list[str] = []
    if folder is not None:
        own = instance or receipts.inherited_instance(folder)
        known = receipts.evidence_of(state, folder, own)
    seen = {path: receipts.signature(path) for path in known}
    return Start(moment, ledger, stamp, listeners(), seen)


def remember(start: Start | None, report: Report, question: str, text: str) -> None:
    """Keep the answer if nothing was changed, no port is in use, and the evidence is old.

    Old means: changed well before we began to read. The ledger must bear the same stamp now
    as then, and what was known to be evidence before the same signature.
    """
    services, outputs = _list(report, "services"), _list(report, "outputs")
    if start is None or not start.stamp or not _quiet(report, services, outputs):
        return
    checkout, instance = str(report.data["checkout"]), str(report.data["instance"])
    ours = start.ledger.rows(checkout, instance)
    if start.ledger.stamp() != start.stamp:
        return
    if report.data.get("primary") and _away(services):
        ours = "-"  # any change of the ledger may give it its usual port again: look anew
    # Some say which programs listen on a port that is not their own; on Linux alone that is known.
    # `run` does not, and holds ports of UDP itself.
    looks = _LINUX and report.command in ("up", "check", "list")
    paths = [
        os.path.join(checkout, "ports.toml"),
        os.path.join(checkout, "ports.local.toml"),
        *_paths(checkout, outputs),
        *git_evidence(checkout),
        *(one for one in report.evidence if one[:4] != "tcp:" and (looks or one != receipts.UDP)),
    ]
    if start.ledger.shares:
        paths += start.ledger.evidence(checkout, instance)
    evidence = {path: receipts.signature(path) for path in dict.fromkeys(paths)}
    if "late" in evidence.values():
        return
    if any(start.seen.get(path, now) != now for path, now in evidence.items()):
        return
    if not receipts.settled_before(evidence, start.moment_ns):
        return
    watched = [int(one[4:]) for one in report.evidence if one.startswith("tcp:")]
    seen = _listeners(start, checkout, services, watched) if looks else ""
    # A program may have become another since it was judged: known from the last time, or unsure.
    sure = all(path in start.seen for path in evidence if path.startswith("&"))
    ports = f"{_ports(services)} {seen}".strip()
    answer = (question, ports, text) if sure and (seen or not looks) else ()
    known = (start.stamp, ours)
    receipts.remember(state_folder(), checkout, instance, known, evidence, answer)


def _away(services: Rows) -> bool:
    """Whether a service has another port than its usual one."""
    return any(one.get("usual") not in (None, one.get("port")) for one in services)


def _quiet(report: Report, services: Rows, outputs: Rows) -> bool:
    """Whether the answer has no error, warning or change, and no holder but servers of ours."""
    if report.errors or report.warnings or "checkout" not in report.data:
        return False
    known = ("idle", "running", None)  # of a running one the report has the evidence
    return all(one["verdict"] in known for one in services) and all(
        one["action"] == "unchanged" for one in outputs
    )


def _list(report: Report, key: str) -> Rows:
    found = report.data.get(key, [])
    return found if isinstance(found, list) else []


def _paths(checkout: str, outputs: Rows) -> list[str]:
    """Return every output and each folder on the way to it, which may turn into a link."""
    paths: list[str] = []
    for one in outputs:
        below = str(one["path"])
        while below:
            paths.append(os.path.join(checkout, below))
            below = below.rpartition("/")[0]
    return paths


def _listeners(start: Start, checkout: str, services: Rows, watched: list[int]) -> str:
    """Return the word by which `_as_before` of cli/fast_path knows that no listener changed.

    "" if one did meanwhile. What listens around the checkout is looked at if a server of ours runs;
    else nothing may, and whether that is so is asked only where the whole list has changed.
    """
    found = (one["ports"] for one in services if one["verdict"] == "running")
    running = [port for ports in found if isinstance(ports, list) for port in ports]
    ports = running + watched
    used = running or any(probe(port, "tcp") == "busy" for port in watched)
    around = listening(checkout, ports) if used else ""
    if (running and not start.listeners) or listeners() != start.listeners:
        return ""
    return f"listeners:{start.listeners}@{','.join(map(str, ports))}@{around}"


def _ports(services: Rows) -> str:
    words = []
    for one in services:
        if one["verdict"] in (None, "running"):
            continue  # another machine's port; a listener that may not change
        protocols, ports = one["protocols"], one["ports"]
        if isinstance(protocols, list) and isinstance(ports, list):
            at = str(one["host"])
            host = "" if at in COMMON_HOSTS else f"@{at}"
            words += [f"{protocol}:{port}{host}" for protocol in protocols for port in ports]
    return " ".join(words)
