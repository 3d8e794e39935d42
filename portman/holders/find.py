"""Who is on a port: the sockets of machine/sockets/listing.py, grouped into holders.

Three looks, each adding to the one before, so that a verdict costs no more than it needs:
`find_holders` names one process for each socket, for verdicts; `inspect_holders` groups all
sockets by owner and adds parents and the processes that share them; `with_context` adds folder,
git and ledger for commands that explain.
"""

from __future__ import annotations

import os
import sys

from portman.base.forwarders import forwarder_of
from portman.base.holder import (
    SERVING,
    STATES,
    Expected,
    Folder,
    Holder,
    Relative,
    RunRecord,
    weightiest_first,
)
from portman.base.values import LOCAL_SCOPE
from portman.checkout.evidence import is_ours
from portman.checkout.git import place
from portman.checkout.ownership import manifest_folder
from portman.containers.claims import name_containers
from portman.machine import processes
from portman.machine.processes import cgroups
from portman.machine.sockets.listing import UNKNOWN, list_sockets, why_unknown
from portman.state import launches
from portman.state.receipts import NEVER

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.base.holder import Socket
    from portman.containers.model import Container
    from portman.ledger.protocol import Ledger
    from portman.machine.processes.model import ProcessFacts

Pair = tuple[str, int]


def find_holders(pairs: Iterable[Pair]) -> list[Holder]:
    """Return the holder of each socket on the (protocol, port) pairs, the weightiest first.

    Connections that a listener accepted do not count. Another user's process is named by uid,
    user and unit, without pid, unless root asks.
    """
    return weightiest_first(name_sockets(list_sockets(pairs)))


def holders_by_pair(
    pairs: Iterable[Pair], containers: tuple[Container, ...] | None = None
) -> dict[Pair, list[Holder]]:
    """Return the holders of each pair, with the containers that forwarders stand for.

    `containers` are those of the engine, where it was asked already.
    """
    found: dict[Pair, list[Holder]] = {pair: [] for pair in pairs}
    for one in name_containers(find_holders(found), containers):
        found.setdefault((one.protocol, one.port), []).append(one)
    return found


def name_sockets(found: Iterable[Socket]) -> list[Holder]:
    """Return one holder for each socket: its likeliest server, each process looked at once."""
    each = list(found)
    paths = _cgroups(each)
    known: dict[int, Holder] = {}
    return [_owner(one, known, paths).on((one,)) for one in each]


def _cgroups(found: Iterable[Socket]) -> dict[int, str]:
    """Return the paths of the cgroups of sockets whose process is hidden, by id (decision 0009)."""
    hidden = {
        one.cgroup for one in found if one.cgroup and not one.pids and one.state != "time-wait"
    }
    return cgroups.paths_by_id(hidden) if hidden else {}


def _owner(
    socket: Socket, known: dict[int, Holder], paths: dict[int, str], *, parents: bool = False
) -> Holder:
    if socket.state == "time-wait":
        return Holder()  # the kernel gives uid 0 for what no process has: not news
    if socket.kernel_state == UNKNOWN:
        return Holder(unseen=why_unknown())
    pid = socket.pids[0] if socket.pids else None
    unseen = ""
    if pid is None and socket.inode and not socket.namespace:
        pid, unseen = _hidden_owner(socket)
    if pid is None:
        path = paths.get(socket.cgroup or 0)
        return _unseen(socket)._replace(unit=cgroups.unit(path), cgroup=path, unseen=unseen)
    if pid not in known:
        facts = processes.facts(pid)
        above = processes.ancestors(pid) if facts and parents else ()
        known[pid] = _seen(facts, above) if facts else _unseen(socket)._replace(pid=pid)
    return known[pid]


def _unseen(socket: Socket) -> Holder:
    return Holder(uid=socket.uid, user=processes.user_name(socket.uid))


def _hidden_owner(socket: Socket) -> tuple[int | None, str]:
    """Return the process of a socket that no process shows, or why there is none to name.

    Only for a socket of this user, or for root: of another user's no more can be known. It is the
    one process of the socket's user that hides its files, or the one of these that `run` started.
    """
    me = os.geteuid() if hasattr(os, "geteuid") else None
    if socket.uid is None or me not in (0, socket.uid):
        return None, ""
    hidden = processes.hidden_processes(socket.uid)
    started = [pid for pid in hidden if _run_of(pid, ()) is not None]
    for found in (hidden, started):
        if len(found) == 1:
            return found[0], ""
    if hidden:
        numbers = ", ".join(map(str, hidden[:4]))
        return None, f"one of the processes {numbers} has it, and they hide their files"
    return None, processes.why_unseen()


def _run_of(pid: int, leaders: tuple[int, ...]) -> RunRecord | None:
    """Return the note of the `portman run` that became this process, or else one of its parents.

    A leader of its process group or session counts too while it lives: its number is its own.
    """
    noted = launches.noted() if sys.platform == "linux" else frozenset()
    if not noted:
        return None
    for one in (pid, *(processes.parents(pid) if leaders else ()), *leaders):
        fields = launches.read(one, processes.token_of(one)) if one in noted else []
        if fields:
            path, instance, service, folder, start = fields
            return RunRecord(path, instance, service, folder, start, inherited=one != pid, pid=one)
    return None


def _seen(facts: ProcessFacts, parents: Iterable[ProcessFacts] = ()) -> Holder:
    return Holder(
        pid=facts.pid,
        name=facts.name,
        command=facts.command,
        cwd=facts.cwd,
        user=facts.user,
        uid=facts.uid,
        unit=facts.unit,
        claims_checkout=facts.claims_checkout,
        claims_service=facts.claims_service,
        argv=facts.argv,
        cgroup=facts.cgroup,
        cwd_deleted=facts.cwd_deleted,
        folders=facts.folders,
        run=_run_of(facts.pid, facts.leaders or (0,)),
        started_at=facts.started_at,
        start_mark=facts.start_mark,
        stopped=facts.stopped,
        parents=tuple(map(_relative, parents)),
    )


def workers_of(holder: Holder) -> list[Holder]:
    """Return the programs for which this one listens, on its sockets: workers of Node's cluster.

    The listening sockets are all PM2's, say, and its workers may be several projects'.
    """
    if holder.pid is None or holder.state != "listen" or holder.container is not None:
        return []
    seen = [processes.facts(pid) for pid in processes.workers(holder.pid, holder.port)]
    return [_seen(facts).on(holder.sockets) for facts in seen if facts is not None]


def proof_of(holders: Iterable[Holder]) -> tuple[str, ...]:
    """Return as evidence of a receipt that the same programs have the same sockets.

    The sockets are in the list of all TCP listeners, which a receipt has too. What is no program
    of this machine that shows its files (a container, UDP, another system) is evidence of nothing.
    """
    found: list[str] = []
    for one in holders:
        inode = one.first.inode
        shown: dict[int, int] = {}
        if one.pid is not None and one.container is None and one.first.protocol == "tcp":
            shown = processes.open_sockets(one.pid, {f"socket:[{inode}]": inode})
        found.append(f"&{one.pid} {shown[inode]}" if inode in shown else NEVER)
        if one.run is not None and one.run.inherited:
            found.append(f"&{one.run.pid}")
    return tuple(found)


def inspect_holders(pairs: Iterable[Pair], *, everywhere: bool = False) -> list[Holder]:
    """Return each owner of any socket on the pairs once, the weightiest first.

    `everywhere` looks into other network namespaces too.
    """
    found = list_sockets(pairs, thorough=True, everywhere=everywhere)
    return group_by_owner(found) if found else []


def group_by_owner(found: Iterable[Socket]) -> list[Holder]:
    """Return the owners of these sockets, each once, with parents and sharing processes.

    A container has a forwarder for each address family: they become one holder.
    """
    each = list(found)
    paths = _cgroups(each)
    grouped: dict[tuple[object, ...], list[Socket]] = {}
    for one in each:
        grouped.setdefault(_owner_key(one), []).append(one)
    known: dict[int, Holder] = {}
    relatives: dict[int, Relative | None] = {}
    holders = []
    for sockets in grouped.values():
        owner = _owner(sockets[0], known, paths, parents=True)
        others = {pid for socket in sockets for pid in socket.pids if pid != owner.pid}
        if owner.start_mark and others:
            owner = owner._replace(sharing=_sharers(others, relatives))
        holders.append(owner.on(tuple(sockets)))
    serving = [one for one in holders if one.state in SERVING]
    named = [*name_containers(serving), *(one for one in holders if one.state not in SERVING)]
    if any(one.container for one in named):
        named = _one_per_container(named)
    return sorted(
        named,
        key=lambda one: (STATES.index(one.state), one.pid is None, one.protocol, one.pid or 0),
    )


def _owner_key(one: Socket) -> tuple[object, ...]:
    if one.state == "time-wait":
        return ("time-wait", one.namespace)
    if one.pids:
        return ("pid", one.pids[0], one.namespace)
    return ("unseen", one.uid, one.cgroup, one.namespace)


def _relative(facts: ProcessFacts, parents: tuple[int, ...] = ()) -> Relative:
    return Relative(
        *(facts.pid, facts.name, facts.command, facts.user, facts.argv, facts.start_mark), parents
    )


def _sharers(pids: set[int], known: dict[int, Relative | None]) -> tuple[Relative, ...]:
    for pid in pids - set(known):
        facts = processes.facts(pid)
        parents = tuple(one.pid for one in processes.ancestors(pid)) if facts else ()
        known[pid] = _relative(facts, parents) if facts else None
    return tuple(one for pid in sorted(pids) if (one := known[pid]) is not None)


def _one_per_container(holders: list[Holder]) -> list[Holder]:
    found: dict[object, Holder] = {}
    for number, one in enumerate(holders):
        container = one.container
        key: object = number
        if container is not None:
            forwards = forwarder_of(one) is not None
            key = (container.id or container.name, forwards, one.first.namespace)
        found[key] = _together(found[key], one) if key in found else one
    return list(found.values())


def _together(first: Holder, second: Holder) -> Holder:
    other = () if second.pid is None else (Relative(second.pid, second.name, second.command),)
    joined = first.on(first.sockets + second.sockets)
    return joined._replace(sharing=(*first.sharing, *other, *second.sharing))


def with_context(holders: Iterable[Holder], ledger: Ledger) -> list[Holder]:
    """Return the holders with their folders and what the ledger says of them.

    The folder of a container is that of its Compose project; where its forwarder was started
    says nothing. The ledger knows ports of this network namespace only.
    """
    folders: dict[tuple[str, bool], Folder] = {}

    def folder_of(one: Holder) -> Folder | None:
        path = one.container.folder if one.container else one.cwd
        gone = one.cwd_deleted and one.container is None
        if path and (path, gone) not in folders:
            folders[path, gone] = _folder(path, gone=gone)
        return folders[path, gone] if path else None

    found = [one._replace(folder=folder_of(one)) for one in holders]
    return [
        _with_lease(one, ledger) if one.serving and not one.first.namespace else one
        for one in found
    ]


def _folder(path: str, *, gone: bool) -> Folder:
    checkout = manifest_folder(path)
    found = None if gone else place(path)
    return Folder(path, gone, *found, checkout) if found else Folder(path, gone, checkout=checkout)


def _with_lease(one: Holder, ledger: Ledger) -> Holder:
    """Add who is expected on this port, and whether this is them."""
    one = one._replace(instead=_instead(one, ledger))
    holding = ledger.lease_on(LOCAL_SCOPE, one.protocol, one.port)
    if holding is None:
        return one
    record = holding.record
    servers = (one, *workers_of(one))
    ours = any(is_ours(server, record.path, record.instance) for server in servers)
    return one._replace(
        expected=Expected(record.project, record.path, record.instance, holding.lease.service, ours)
    )


def _instead(one: Holder, ledger: Ledger) -> tuple[tuple[str, int], ...]:
    if one.folder is None or one.folder.checkout is None:
        return ()
    leases = ledger.leases(one.folder.checkout, "", LOCAL_SCOPE).values()
    if any(one.port in lease.ports for lease in leases):
        return ()
    from portman.manifest.file import in_order

    ports = {lease.service: lease.port for lease in leases}
    return tuple((name, ports[name]) for name in in_order(one.folder.checkout, ports))
