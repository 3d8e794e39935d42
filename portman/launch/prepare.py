"""`portman run`: up's work, the ports held, and all a command needs to be started with.

What is decided here: which ports are held, by whom the hold is kept, and whether the command has
to be watched. Linux: a hold stays open in the command itself (`launch/hold_linux.py`), for as
long as it runs: it covers the start and every restart inside, and ends with the command, however
that ends. A command that is known to bind without SO_REUSEADDR gets its own ports let go at
exec. A command of a service that was never seen to listen is watched once, as a child: then it
is known (`launch/manners.py`). Nothing is guessed.
"""

from __future__ import annotations

import os

from portman.launch.facts import PreparedCommand, Refused, RunOptions, close

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.base.errors import Problem, Report
    from portman.launch.facts import RunEnvironment, ServicePorts
    from portman.ports.workspace import Workspace

# All that `run` needs, from a receipt: the usual case, in little more than Python's own start.


def remembered(wish: RunOptions) -> PreparedCommand | None:
    """Take all from a receipt, if nothing has changed and every port can be held at once.

    Holding is a plain bind first (launch/hold_linux.py), so it proves that the port was free:
    exactly what `up` would have found.
    """
    if wish.ephemeral or not wish.hold:
        return None
    from portman.launch.facts import decode
    from portman.launch.hold import take
    from portman.launch.start import room
    from portman.state.receipts import repeat

    found = repeat(wish.start, wish.instance, "run", _rows)
    if found is None:
        return None
    try:
        facts = decode(found[1])
    except Exception:  # noqa: BLE001 - any doubt is a miss; the long way reports what is wrong
        return None
    spot = facts.spot(wish.service) if facts is not None and wish.service else None
    if facts is None or (wish.service and spot is None) or (spot is not None and spot.activation):
        return None
    launch, most = PreparedCommand(facts, spot, wish.argv), room()
    for one in facts.spots:
        for protocol, port in one.keys():
            descriptors = take(port, protocol)
            if not descriptors:
                launch.release(list(launch.held))
                return None
            launch.held[protocol, port] = descriptors
            if len(launch.held) > most:  # taken and let go, it is still proven free
                launch.release([(protocol, port)])
    _keep_only_own(launch)
    return launch


def _rows(state: str, checkout: str, instance: str) -> str:
    from portman.ledger.fast_read import rows

    return rows(state, checkout, instance)


def _keep_only_own(launch: PreparedCommand) -> None:
    """Let go of the other services' ports: each is for the command of that service to hold."""
    if launch.spot is not None:
        own = set(launch.own_keys())
        launch.release([key for key in launch.held if key not in own])


def prepare(wish: RunOptions) -> PreparedCommand:
    """Lease, write, check, hold; return the command ready to start.

    Raises Refused if `up` found trouble, PortmanError for all else. Nothing stays held then.
    """
    launch = remembered(wish) or _computed(wish)
    try:
        _finish(launch)
    except BaseException:
        launch.release(list(launch.held))
        raise
    return launch


def _finish(launch: PreparedCommand) -> None:
    """Fill in what the command is started with, and what is known of it."""
    facts = launch.facts
    launch.argv, launch.env = filled(facts, launch.spot, launch.asked)
    if launch.spot is not None:
        launch.manner = known_manner(facts.path, launch.spot.name, launch.asked)
        if launch.manner == "plain" and launch.leftover:
            launch.warnings = (*launch.warnings, _remains(launch.spot))
    elif launch.held:
        _yield_to_plain_services(launch)


def _yield_to_plain_services(launch: PreparedCommand) -> None:
    """Let go of ports whose service, started by this command, could not bind under the hold.

    The command is none of the services, so it is not watched: what counts is what was seen when
    `run --service` started them.
    """
    from portman.launch.manners import yielding
    from portman.state import state_folder

    spots = {one.name: one for one in launch.facts.spots}
    for name in yielding(state_folder(), launch.facts.path, spots):
        launch.release([key for key in spots[name].keys() if key in launch.held])


def _remains(spot: ServicePorts) -> Problem:
    from portman.base.errors import Problem

    return Problem(
        "lingering",
        f"{spot.name}: closed connections keep port {spot.ports[0]} for up to 60 s from a command "
        "that does not set SO_REUSEADDR, as this one",
        "if it says that the address is in use, start it again in a minute",
        service=spot.name,
    )


def filled(
    facts: RunEnvironment, spot: ServicePorts | None, asked: list[str]
) -> tuple[list[str], dict[str, str]]:
    """Return the arguments with their references filled in, and the whole environment.

    Raises PortmanError "usage" for a reference that leads nowhere.
    """
    from portman.checkout.ownership import checkout_token
    from portman.launch.facts import environment

    argv = asked
    if any("{" in word or "}" in word for word in asked):
        from portman.launch.arguments import fill

        argv = fill(asked, facts)
    # LISTEN_*: meant for portman itself, if for anybody (sd_listen_fds(3)).
    gone = ("PORTMAN_SERVICE", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES")
    inherited = {name: value for name, value in os.environ.items() if name not in gone}
    token = checkout_token(facts.path, facts.instance)
    return argv, {**inherited, **environment(facts, spot, token)}


def known_manner(path: str, service: str, asked: list[str]) -> str:
    """Return what was seen of how this command binds the port of this service."""
    from portman.launch.manners import recall
    from portman.state import state_folder

    return recall(state_folder(), path, service, asked)


def _computed(wish: RunOptions) -> PreparedCommand:
    """Do all of up's work, then hold; look once more if a port was taken in between."""
    from portman.ledger.open import open_ledger
    from portman.state.remember import begin, remember

    start = begin(open_ledger)
    workspace = _scene(wish)
    launch, report = _attempt(workspace, wish)
    if launch is None:
        launch, report = _attempt(workspace, wish)
    if launch is None:
        raise Refused(report)
    launch.warnings = (*report.warnings, *launch.warnings)
    if not workspace.owner:
        from portman.launch.facts import encode

        text = encode(launch.facts)
        if text is not None:
            remember(start, report, "run", text)
    return launch


def _scene(wish: RunOptions) -> Workspace:
    """Open the workspace; an ephemeral instance gets a name of its own and belongs to us."""
    from portman.ports.workspace import ephemeral_workspace, open_workspace

    workspace = open_workspace(wish.start, wish.instance)
    if wish.ephemeral or workspace.checkout.instance:
        name = wish.instance if wish.ephemeral else workspace.checkout.instance
        workspace = ephemeral_workspace(wish.start, name, always=wish.ephemeral)
    workspace.require(*((wish.service,) if wish.service else ()))
    return workspace


def _attempt(workspace: Workspace, wish: RunOptions) -> tuple[PreparedCommand | None, Report]:
    """Return a launch that holds its ports, or None if one was lost since it was found free."""
    from portman.commands.up import raise_up

    report = raise_up(workspace)._replace(command="run")
    if report.errors:
        raise Refused(report)
    facts = facts_of(workspace)
    launch = PreparedCommand(facts, facts.spot(wish.service) if wish.service else None, wish.argv)
    verdicts = {one["name"]: one["verdict"] for one in services_in(report)}
    launch.leftover = launch.spot is not None and verdicts[launch.spot.name] == "lingering"
    try:
        if launch.spot is not None and launch.spot.activation:
            _listen(launch, str(verdicts[launch.spot.name]))
        if launch.spot is not None and not launch.listening:
            _require_idle(launch.spot, str(verdicts[launch.spot.name]), report)
        if wish.hold and not _take_all(launch, verdicts):
            launch.release(list(launch.held))
            return None, report
    except BaseException:
        launch.release(list(launch.held))
        raise
    return launch, report


def facts_of(workspace: Workspace) -> RunEnvironment:
    """Return what a command of this checkout needs to know, from the ledger as it is now."""
    from portman.launch.facts import RunEnvironment, ServicePorts
    from portman.ports.leasing import read_leases

    leases = read_leases(workspace)
    spots = [
        ServicePorts(
            one.name,
            one.host,
            leases[one.name].ports,
            leases[one.name].protocols,
            activation=one.activation,
        )
        for one in workspace.manifest.services
        if one.name in leases
    ]
    checkout = workspace.checkout
    return RunEnvironment(checkout.path, checkout.instance, workspace.variables(leases), spots)


def _take_all(launch: PreparedCommand, verdicts: dict[object, object]) -> bool:
    """Hold what is idle; return False if a port that was free is taken now."""
    from portman.launch.hold import take
    from portman.launch.start import room

    most = room()
    wanted = launch.facts.spots if launch.spot is None else [launch.spot]
    for one in wanted:
        verdict = verdicts.get(one.name)
        if verdict == "running" or (one is launch.spot and launch.listening):
            continue
        for protocol, port in one.keys():
            if len(launch.held) >= most:
                return True
            descriptors = take(port, protocol, join=verdict in ("reserved", "lingering"))
            if descriptors:
                launch.held[protocol, port] = descriptors
            elif verdict == "idle":
                return False
    return True


def _listen(launch: PreparedCommand, verdict: str) -> None:
    """Get the service's listening sockets: from a `portman hold` that keeps them, or new ones."""
    from portman.launch import activation
    from portman.launch.hold_server import ask_for_sockets

    spot = launch.spot
    if spot is None:
        return
    found = ask_for_sockets(launch.facts.path, launch.facts.instance, spot.name)
    if not found and verdict != "running":
        try:
            for protocol, port in spot.keys():
                found.append(activation.listen(spot.host, port, protocol))
        except OSError:
            for descriptor in found:
                close(descriptor)
            found = []
    launch.listening = [(spot.name, descriptor) for descriptor in found]


def _require_idle(spot: ServicePorts, verdict: str, report: Report) -> None:
    """Raise PortmanError "service-running" if this very service is up already."""
    from portman.base.errors import PortmanError

    if verdict != "running":
        return
    view = next(one for one in services_in(report) if one["name"] == spot.name)
    holder = view.get("holder")
    pid = holder.get("pid") if isinstance(holder, dict) else None
    who = f" (pid {pid})" if pid else ""
    raise PortmanError(
        "service-running",
        f"{spot.name} is running on {spot.ports[0]} already{who}",
        hint=f"stop it first: kill {pid}" if pid else "stop it first",
        service=spot.name,
    )


def services_in(report: Report) -> list[dict[str, object]]:
    """Return the entries of `services`."""
    found = report.data["services"]
    return found if isinstance(found, list) else []
