"""The Compose override on disk, and Compose itself: new enough, and publishing what is leased.

Another's file in the override's place is never changed. Compose is started as its own program,
as the docker command would start it; it talks to no engine for what is asked here. Of what it
prints only published ports are kept or shown.
"""

from __future__ import annotations

import os

from portman.base.context import suppress
from portman.base.errors import PortmanError, Problem
from portman.base.run_tool import UnboundedError, run
from portman.base.system_commands import typed, word
from portman.compose.model import Publishing
from portman.compose.reader import is_ours
from portman.outputs import atomic
from portman.outputs.managed_file import change_file, make_folders, refuse_tracked
from portman.state import private_subfolder, state_folder
from portman.state.receipts import keep, kept, signature

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from portman.allocation.workspace import Workspace
    from portman.base.values import Lease, Service
    from portman.compose.reader import ComposePlan
    from portman.outputs.managed_file import OutputFile

#: Seconds; Compose answers in a tenth of one.
PATIENCE = 10.0
#: Bytes. The files of a project are its author's, and can be made to unfold without end.
LARGEST = 16 << 20
#: The first version whose `!override` replaces a list (docker/compose 2.24.4).
OLDEST = (2, 24, 4)
#: Of podman-compose. The ones before it end with a traceback at the tag.
OLDEST_PODMAN = (1, 4, 0)
_CACHE = "compose-version"
#: How Compose writes that a port is published on every address.
_EVERY = ("", "0.0.0.0", "::")  # noqa: S104
_PLACES = (
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
    "/Applications/Docker.app/Contents/Resources/cli-plugins",
)


def differs(file: OutputFile, text: str) -> bool:
    """Return whether `write` would change the file.

    Raises PortmanError as `write` does, except "output-tracked".
    """
    _refuse_foreign(file.path, file.data)
    return file.data != text.encode()


def write(checkout: str, path: str, text: str) -> str:
    """Bring the override up to date; return "written" or "unchanged".

    Raises PortmanError "output-foreign" for a file that is not ours, and as write_output does.
    """

    def change(file: OutputFile) -> str:
        if not differs(file, text):
            return "unchanged"
        refuse_tracked(checkout, file)
        make_folders(file)
        atomic.replace(file.real, text.encode(), like=file.status, shown=path, real=True)
        return "written"

    return change_file(checkout, path, change)


def remove(checkout: str, path: str) -> str:
    """Remove the override if it is ours; return "deleted" or "unchanged".

    Raises PortmanError as write_output does.
    """

    def change(file: OutputFile) -> str:
        if file.data is None or not is_ours(file.data):
            return "unchanged"
        atomic.remove(file.real, like=file.status, shown=path, real=True)
        return "deleted"

    return change_file(checkout, path, change)


def _refuse_foreign(path: str, data: bytes | None) -> None:
    if data is None or is_ours(data):
        return
    raise PortmanError(
        "output-foreign",
        f"{path} was not written by portman, which never overwrites another's file",
        hint=f'move it away, or choose another with [compose] override = "..." in ports.toml'
        f"\nlook at it: {typed('look', path)}",
        file=path,
    )


def too_old(compose: ComposePlan) -> tuple[Problem, ...]:
    """Say so if this machine's Compose would add our ports to the old ones, not replace them.

    Where Docker's is not installed, Podman's is the one that people type.
    """
    if compose.override is None or "!" not in compose.override[1]:
        return ()
    name, program, oldest = "Compose", find_compose(), OLDEST
    if program is None:
        import shutil

        name, program, oldest = "Podman Compose", shutil.which("podman-compose"), OLDEST_PODMAN
    version = _version(program) if program else ""
    if not is_old(version, oldest):
        return ()
    least = ".".join(map(str, oldest))
    return (
        Problem(
            "compose-old",
            f"{compose.override[0]} needs {name} {least} or newer; {program} is {version}",
            f"update {name}, or publish by a variable in the Compose file, as in "
            '"${DB_PORT:-5432}:5432"',
            file=compose.override[0],
        ),
    )


class _UnansweredError(Exception):
    """Compose could not be asked, or was ended before it answered: that is no refusal."""


def judge(
    workspace: Workspace,
    compose: ComposePlan,
    values: list[tuple[str, str]],
    leases: Mapping[str, Lease],
) -> tuple[ComposePlan, tuple[Problem, ...] | None]:
    """Let Compose read the project as it would be, before anything is written.

    Returns the plan, which writes nothing for Compose if a host port would be published twice or
    Compose would refuse what it accepts now; and warnings, None where only the written files will
    tell (an `env_file` that is not there yet). Where Compose is not installed, or gives no
    answer in time, the host ports are counted by our own reading of the files.
    """
    if compose.refused and not compose.override and not compose.variables:
        return compose, ()
    program = find_compose()
    if program is None or compose.remote or is_old(_version(program)):
        return _counted(compose, leases), ()
    try:
        return _judged(program, workspace, compose, values, leases)
    except _UnansweredError:
        unread = _unread("Compose gave no answer", _env_file(workspace, compose))
        return _counted(compose, leases), (unread,)


def _counted(compose: ComposePlan, leases: Mapping[str, Lease]) -> ComposePlan:
    if compose.publishing is None:
        return compose
    leased = {port for lease in leases.values() for port in lease.ports}
    doubles = _doubled(compose.publishing(True), leased)  # noqa: FBT003 - with the leases
    if not doubles:
        return compose
    known = _doubled(compose.publishing(False), {port for port, _, _ in doubles})  # noqa: FBT003
    new = [one for one in doubles if one not in known]
    return _twice(compose, new) if new else compose


def _twice(compose: ComposePlan, doubles: list[tuple[int, str, str]]) -> ComposePlan:
    said = "; ".join(f"{port} would be published by {a} and by {b}" for port, a, b in doubles)
    return _refused(compose, said)


def _refused(compose: ComposePlan, said: str) -> ComposePlan:
    problem = Problem(
        "compose-refused",
        f"{said}; nothing was written for Compose",
        "please report it with the Compose file; meanwhile publish by a variable, as in "
        '"${DB_PORT:-5432}:5432"',
    )
    return compose._replace(override=None, variables=(), refused=(*compose.refused, problem))


def _judged(
    program: str,
    workspace: Workspace,
    compose: ComposePlan,
    values: list[tuple[str, str]],
    leases: Mapping[str, Lease],
) -> tuple[ComposePlan, tuple[Problem, ...] | None]:
    seen = _as_written(program, workspace, compose, values)
    if seen is not None:
        doubles = _doubled(seen, {port for lease in leases.values() for port in lease.ports})
        if not doubles:
            return compose, _mismatches(workspace, compose, leases, seen)
    before = _as_written(program, workspace, compose._replace(override=None), [])
    if before is None:
        return compose, None if seen is None else _mismatches(workspace, compose, leases, seen)
    if seen is None:
        said = "Compose accepts this project, and would refuse it with what portman would write"
        return _refused(compose, said), ()
    known = _doubled(before, {port for port, _, _ in doubles})
    new = [one for one in doubles if one not in known]
    if not new:
        return compose, _mismatches(workspace, compose, leases, seen)
    return _twice(compose, new), ()


def _as_written(
    program: str, workspace: Workspace, compose: ComposePlan, values: list[tuple[str, str]]
) -> dict[str, Publishing] | None:
    root = workspace.checkout.path
    files = [os.path.join(root, one) for one in compose.files]
    visible: set[str] = set()
    for output in workspace.outputs:
        if output.path in compose.env_files:
            visible.update(name for name, _ in values if output.only is None or name in output.only)
    env_files = [one for one in compose.env_files if os.path.isfile(os.path.join(root, one))]
    chosen = [word for one in env_files for word in ("--env-file", os.path.join(root, one))]
    told = [*((k, v) for k, v in values if k in visible), *(compose.variables if values else ())]
    environment = {**dict(told), **os.environ}
    environment.pop("COMPOSE_FILE", None)
    if compose.override is None:
        return _asked(program, [*chosen, *_options(files)], root, environment)
    user = os.geteuid() if hasattr(os, "geteuid") else 0
    try:
        folder = private_subfolder(state_folder(), f"compose-{user}")
        candidate = os.path.join(folder, f"{os.getpid()}.yaml")
        with open(candidate, "wb") as stream:
            stream.write(compose.override[1].encode())
    except OSError as error:
        raise _UnansweredError from error
    try:
        return _asked(program, [*chosen, *_options([*files, candidate])], root, environment)
    finally:
        with suppress(OSError):
            os.remove(candidate)


def _options(files: list[str]) -> list[str]:
    return [word for one in files for word in ("-f", one)]


def _doubled(seen: Mapping[str, Publishing], ports: set[int]) -> list[tuple[int, str, str]]:
    """Return the ports, of these, that two services that may run at once publish alike."""
    rows = [
        (name, one.profiles, port, protocol, "" if address in _EVERY else address)
        for name, one in seen.items()
        for _, protocol, first, last, address in one.rows
        for port in range(first, last + 1)
        if port in ports
    ]
    found = []
    for place, (name, profiles, port, protocol, address) in enumerate(rows):
        for other, theirs, number, kind, where in rows[:place]:
            apart = profiles and theirs and not profiles & theirs
            if (port, protocol) != (number, kind) or apart:
                continue
            if address == where or not address or not where:
                found.append((port, other, name))
    return found


def verify(
    workspace: Workspace, compose: ComposePlan, leases: Mapping[str, Lease]
) -> tuple[Problem, ...]:
    """Let Compose read the project as it is now, and compare what it would publish.

    Nothing is said where Compose is not installed.
    """
    program = find_compose()
    if program is None or compose.remote:
        return ()
    env_file = _env_file(workspace, compose)
    chosen = ["--env-file", env_file] if env_file else []
    try:
        seen = _asked(program, chosen, workspace.checkout.path, None)
    except _UnansweredError:
        return (_unread("Compose gave no answer", env_file),)
    if seen is None:
        return (_unread("Compose does not accept this project", env_file),)
    return _mismatches(workspace, compose, leases, seen)


def _unread(why: str, env_file: str | None) -> Problem:
    said = f"{why}, so it could not be compared with the leases"
    option = f" --env-file {word(env_file, 'FILE')}" if env_file else ""
    return Problem(
        "compose-unread", said, f"see what Compose makes of it: docker compose{option} config"
    )


def _env_file(workspace: Workspace, compose: ComposePlan) -> str | None:
    instance = workspace.checkout.instance
    return compose.env_files[0] if instance and compose.env_files else None


def _mismatches(
    workspace: Workspace,
    compose: ComposePlan,
    leases: Mapping[str, Lease],
    seen: Mapping[str, Publishing],
) -> tuple[Problem, ...]:
    env_file = _env_file(workspace, compose)
    option = f" --env-file {word(env_file, 'FILE')}" if env_file else ""
    wanted = [
        one
        for one in workspace.containers
        if one.name in leases and one.compose in compose.services
    ]
    reported = {problem.service for problem in compose.warnings}
    return tuple(
        _mismatch(one, leases[one.name], option)
        for one in wanted
        if one.name not in reported and not _agrees(one, leases[one.name], seen)
    )


def _agrees(service: Service, lease: Lease, seen: Mapping[str, Publishing]) -> bool:
    """Return whether every leased port is published; the port inside may be a variable's too."""
    publishing = seen.get(service.compose or service.name)
    rows = publishing.rows if publishing else ()

    def found(place: int, protocol: str) -> bool:
        port, target = lease.port + place, (service.target or 0) + place
        return any(
            kind == protocol
            and first <= port <= last
            and (inside in (target, port) or (first < last and inside == service.target))
            for inside, kind, first, last, _ in rows
        )

    return all(found(place, kind) for kind in lease.protocols for place in range(lease.size))


def _mismatch(service: Service, lease: Lease, option: str) -> Problem:
    return Problem(
        "compose-mismatch",
        f"{service.name}: Compose would not publish {service.target} of {service.compose} "
        f"on {lease.port}",
        f"see what it would do: docker compose{option} config "
        f"{word(service.compose or service.name, 'NAME')}",
        service=service.name,
    )


def _version(program: str) -> str:
    key = [program, signature(program)]
    known = kept(state_folder(), _CACHE)
    if len(known) == 3 and known[:2] == key:
        return known[2]
    version = ask_version(program)
    if version:
        keep(state_folder(), _CACHE, [*key, version])
    return version


def find_compose() -> str | None:
    own = os.environ.get("DOCKER_CONFIG") or os.path.join(os.path.expanduser("~"), ".docker")
    program = "docker-compose.exe" if os.name == "nt" else "docker-compose"
    windows = os.environ.get("PROGRAMFILES", "")
    more = (os.path.join(windows, "Docker", "cli-plugins"),) if windows else ()
    for folder in (os.path.join(own, "cli-plugins"), *_PLACES, *more):
        path = os.path.join(folder, program)
        if os.path.isabs(path) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def ask_version(program: str) -> str:
    """Return what Compose calls its version ("2.26.1-4"), "" if it does not say.

    It is the last line: podman-compose before 1.1 says more.
    """
    try:
        return _run([program, "version", "--short"], ".").strip().rpartition("\n")[2][:64]
    except _UnansweredError:
        return ""


def is_old(version: str, oldest: tuple[int, ...] = OLDEST) -> bool:
    numbers = []
    for part in version.removeprefix("v").split("-")[0].split("+")[0].split(".")[:3]:
        if not (part.isascii() and part.isdigit()):
            return False
        numbers.append(int(part))
    return bool(numbers) and tuple(numbers) < oldest


def _asked(
    program: str, options: list[str], folder: str, environment: Mapping[str, str] | None
) -> dict[str, Publishing] | None:
    """Return what every service publishes, as Compose reads the project with these options.

    None if it refuses. Its words are not passed on: they may quote values of the project. Raises
    _UnansweredError.
    """
    import json

    command = [program, *options, "--profile", "*", "config", "--format", "json"]
    text = _run(command, folder, environment)
    try:
        services = json.loads(text).get("services", {})
        return {
            name: Publishing(
                tuple(_row(one) for one in service.get("ports") or ()),
                frozenset(service.get("profiles") or ()),
            )
            for name, service in services.items()
        }
    except (ValueError, AttributeError, KeyError, TypeError):
        return None


def _row(one: Mapping[str, Any]) -> tuple[int, str, int, int, str]:
    first, _, last = str(one.get("published") or "0").partition("-")
    ends = int(first), int(last or first)
    return int(one["target"]), one.get("protocol", "tcp"), *ends, one.get("host_ip", "")


#: What makes Compose read projects of git and OCI registries (docker/compose, `pkg/remote`).
_FETCHERS = ("COMPOSE_EXPERIMENTAL_GIT_REMOTE", "COMPOSE_EXPERIMENTAL_OCI_REMOTE")


def _run(command: list[str], folder: str, environment: Mapping[str, str] | None = None) -> str:
    try:
        # Should a remote part be missed (`compose.remote`): Compose is not to fetch it for us.
        local = {**(environment or os.environ), **dict.fromkeys(_FETCHERS, "false")}
        done = run(command, patience=PATIENCE, most=LARGEST, cwd=folder, env=local, quiet=True)
    except (OSError, ValueError, UnboundedError) as error:
        raise _UnansweredError from error
    if done.code < 0:  # a signal ended it: a machine without memory, say
        raise _UnansweredError
    return done.out.decode("utf-8", "replace") if done.code == 0 else ""
