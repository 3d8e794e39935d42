"""`portman run`: do what `up` does, hold the ports, and prepare the command that is to start.

Linux: a hold stays open in the command itself, for as long as it runs. It covers the start and
every restart inside, and ends with the command, however that ends. `hold = false` in the manifest
releases it at the moment of exec, for a program that cannot bind a held port.
"""

from __future__ import annotations

import os

from portman.checkout.ownership import checkout_token
from portman.launch.facts import (
    PreparedCommand,
    Refused,
    RunOptions,
    decode,
    encode,
    not_inherited,
    read_environment,
)
from portman.launch.hold import let_go_inherited, listen, most_inherited, take
from portman.machine.sockets import bind_denied

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

    from portman.allocation.workspace import Workspace
    from portman.base.errors import Problem, Report
    from portman.launch.facts import RunEnvironment, ServicePorts


def prepare(options: RunOptions) -> PreparedCommand:
    """Lease, write, check, hold; return the command ready to start.

    Raises Refused if `up` found a conflict, PortmanError for all else. Nothing stays held then.
    """
    let_go_inherited()
    command = _from_receipt(options) or _computed(options)
    try:
        command.fill()
        service = command.service or command.environment.sole()
        if service is not None or command.argv[0].rpartition("/")[2] in _MAY_START:
            from portman.launch.programs import apply

            command.warnings = (*command.warnings, *apply(command, options))
    except BaseException:
        command.release()
        raise
    return command


#: Runners and wrappers: what they start is looked up also where no service is named.
_MAY_START = frozenset(
    (
        *("npm", "npx", "pnpm", "yarn", "bun", "bunx", "uv", "uvx", "poetry", "bundle", "turbo"),
        *("tox", "sudo", "su", "env", "env-cmd", "pm2", "honcho", "foreman", "make", "gmake"),
        *("python", "python3", "concurrently"),
    )
)


def _from_receipt(options: RunOptions) -> PreparedCommand | None:  # noqa: PLR0911 - one return a doubt
    """Take all from a receipt, if nothing has changed and every port is idle.

    Holding begins with a plain bind, so it proves that the port was idle: exactly what `up`
    would have found. What this command does not hold is let go at once.
    """
    if options.ephemeral:
        return None
    from portman.state.receipts import repeat

    found = repeat(options.start, options.instance, "run", _rows)
    if found is None:
        return None
    try:
        environment = decode(found[1])
    except Exception:  # noqa: BLE001 - any doubt is a miss; computing it reports what is wrong
        return None
    if environment is None:
        return None
    service = _meant(environment, options)
    if (options.service and service is None) or (service is not None and service.activation):
        return None
    command, most = PreparedCommand(options.argv, environment, service), most_inherited()
    for one in environment.services:
        keep = options.hold and service in (None, one)
        for key in one.keys():
            command.held[key] = take(key[1], key[0])
            if not command.held[key]:
                command.release()
                return None
            if not keep or len(command.held) > most:
                command.release([key])
            elif not one.hold:
                command.until_start.add(key)
    return command


def _meant(environment: RunEnvironment, options: RunOptions) -> ServicePorts | None:
    """Return the service that the command is: the one that is named, or the folder's own."""
    if options.service:
        return environment.service(options.service)
    return environment.service_in(options.start)


def _rows(state: str, checkout: str, instance: str) -> str:
    from portman.ledger.fast_read import rows

    return rows(state, checkout, instance)


def _computed(options: RunOptions) -> PreparedCommand:
    """Do all of up's work, then hold; look once more if a port was taken in between."""
    from portman.ledger.open import command_ledger, end_command
    from portman.state.remember import begin, remember

    start = begin(command_ledger, options.start, options.instance)
    try:
        workspace = _open(options)
        _forget_outer(workspace)
        command, report = _attempt(workspace, options)
        if command is None:
            command, report = _attempt(workspace, options)
        if command is None:
            raise Refused(report)
    finally:
        end_command()
    # `run` sets every variable itself: what this environment has of them does not count.
    noted = [one for one in report.warnings if one.code != "env-shadowed"]
    command.warnings = (*noted, *command.warnings)
    text = None if workspace.owner else encode(command.environment)
    if workspace.proposed:
        command.warnings = (_without_manifest(command, workspace), *command.warnings)
    elif text is not None:
        remember(start, report, "run", text)
    return command


def _forget_outer(workspace: Workspace) -> None:
    """Judge without what `run` in another checkout has set for Compose: CMD will not get it."""
    token = checkout_token(workspace.checkout.path, workspace.checkout.instance)
    for name in not_inherited(token):
        if name.startswith("COMPOSE_"):
            os.environ.pop(name, None)


def _open(options: RunOptions) -> Workspace:
    """Open the workspace; an ephemeral instance gets a name of its own and belongs to us.

    Without a ports.toml it is one that knows a single service: what the command starts.
    """
    from functools import partial

    from portman.allocation.workspace import (
        ephemeral_workspace,
        open_workspace,
        proposed_workspace,
    )
    from portman.base.errors import PortmanError

    opened: Callable[[str, str], Workspace] = open_workspace
    try:
        workspace = open_workspace(options.start, options.instance)
    except PortmanError as error:
        found = None
        if error.code == "manifest-missing" and os.path.isdir(options.start):
            from portman.launch.programs import proposed

            found = proposed(options)
        if found is None:
            raise
        opened = partial(proposed_workspace, found)
        workspace = opened(options.start, options.instance)
        options.service = found[1].services[0].name
    if options.ephemeral or workspace.checkout.instance:
        name = options.instance if options.ephemeral else workspace.checkout.instance
        workspace = ephemeral_workspace(
            options.start, name, always=options.ephemeral, opened=opened
        )
    if options.service:
        workspace.require(options.service)
    return workspace


def _attempt(workspace: Workspace, options: RunOptions) -> tuple[PreparedCommand | None, Report]:
    """Return a command that holds its ports; None if one was taken since `up` found it idle."""
    from portman.commands.up import raise_up

    report = raise_up(workspace)._replace(command="run")
    others = tuple(one for one in report.errors if _is_anothers(one, options.service))
    if len(others) < len(report.errors):
        raise Refused(report)
    report = report._replace(errors=(), warnings=(*report.warnings, *others))
    environment = read_environment(workspace)
    service = _meant(environment, options)
    command = PreparedCommand(options.argv, environment, service)
    verdicts = verdicts_in(report)
    try:
        if service is not None:
            _prepare_service(command, service, verdicts[service.name], report, options)
        if options.hold and not _take_all(command, verdicts):
            command.release()
            return None, report
    except BaseException:
        command.release()
        raise
    return command, report


def _is_anothers(problem: Problem, service: str | None) -> bool:
    """Return whether what is in the way is in the way of other commands than this one."""
    taken = bool(service) and problem.service not in {None, service}
    return problem.code == "compose-project" or (taken and problem.code == "port-taken")


def _prepare_service(
    command: PreparedCommand,
    service: ServicePorts,
    verdict: str,
    report: Report,
    options: RunOptions,
) -> None:
    """Get the sockets to pass on, if the manifest asks for it; refuse a service that runs.

    A command in a service's folder may be anything, its tests say: it is not refused.
    """
    if service.activation:
        from portman.launch.hold_server import ask_for_sockets

        facts = command.environment
        command.listening = ask_for_sockets(facts.path, facts.instance, service.name)
        if not command.listening and verdict != "running":
            command.listening = listen(service.host, service.keys())
    if not command.listening and verdict == "running" and options.service:
        raise _running(service, report)
    if not service.hold and verdict == "lingering":
        command.warnings = (_lingering(service),)


def _take_all(command: PreparedCommand, verdicts: dict[str, str]) -> bool:
    """Hold what is idle; return False if a port that was idle is taken now."""
    most = most_inherited()
    if bind_denied():
        from portman.base.errors import pending

        command.warnings += tuple(pending)
        pending.clear()
        return True
    for one in command.environment.services if command.service is None else [command.service]:
        verdict = verdicts.get(one.name)
        if verdict == "running" or (one is command.service and command.listening):
            continue
        for protocol, port in one.keys():
            if len(command.held) >= most:
                return True
            descriptors = take(port, protocol, join=verdict in ("reserved", "lingering"))
            if descriptors:
                command.held[protocol, port] = descriptors
                if not one.hold:
                    command.until_start.add((protocol, port))
            elif verdict == "idle":
                return False
    return True


def verdicts_in(report: Report) -> dict[str, str]:
    return {str(one["name"]): str(one["verdict"]) for one in services_in(report)}


def services_in(report: Report) -> list[dict[str, object]]:
    found = report.data["services"]
    return found if isinstance(found, list) else []


def _without_manifest(command: PreparedCommand, workspace: Workspace) -> Problem:
    from portman.base.errors import Problem

    service = command.environment.services[0]
    return Problem(
        "manifest-proposed",
        f"no ports.toml here: {workspace.proposed} gets {service.ports[0]} as the service "
        f"{service.name} of {workspace.checkout.path}; to keep it: portman init",
        service=service.name,
    )


def _lingering(service: ServicePorts) -> Problem:
    from portman.base.errors import Problem

    return Problem(
        "lingering",
        f"{service.name}: closed connections keep port {service.ports[0]} for up to 60 s from a "
        "command that does not set SO_REUSEADDR",
        "if the command reports that the address is in use, start it again in a minute",
        service=service.name,
    )


def _running(service: ServicePorts, report: Report) -> Exception:
    from portman.base.errors import PortmanError

    view = next(one for one in services_in(report) if one["name"] == service.name)
    holder = view.get("holder")
    pid = holder.get("pid") if isinstance(holder, dict) else None
    who = f" (pid {pid})" if pid else ""
    return PortmanError(
        "service-running",
        f"{service.name} is running on {service.ports[0]} already{who}",
        hint=f"see who: portman who {service.ports[0]}\nstop it: portman free {service.name}"
        if pid
        else f"stop it first; see who: portman who {service.ports[0]}",
        service=service.name,
    )
