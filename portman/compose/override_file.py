"""The Compose override on disk, and Compose itself: new enough, and publishing what is leased.

Another's file in the override's place is never changed. Compose is started as its own program,
as the docker command would start it; it talks to no engine for what is asked here. Of what it
prints only published ports are kept or shown.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from portman.base.errors import PortmanError, Problem
from portman.base.run_tool import UnboundedError, run
from portman.base.small_file import read, write_own
from portman.compose.override import is_ours
from portman.outputs import atomic
from portman.outputs.managed_file import change_file, make_folders, refuse_tracked
from portman.state import state_folder
from portman.state.receipts import signature

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.allocation.workspace import Workspace
    from portman.base.values import Lease, Service
    from portman.compose.model import ComposePlan
    from portman.outputs.managed_file import OutputFile

#: Seconds; Compose answers in a tenth of one.
PATIENCE = 10.0
#: Bytes. The files of a project are its author's, and can be made to unfold without end.
LARGEST = 16 << 20
#: The first version whose `!override` replaces a list (docker/compose 2.24.4).
OLDEST = (2, 24, 4)
_CACHE = "compose-version"
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
    """Remove the override if it is ours; return "removed" or "unchanged".

    Raises PortmanError as write_output does.
    """

    def change(file: OutputFile) -> str:
        if file.data is None or not is_ours(file.data):
            return "unchanged"
        atomic.remove(file.real, like=file.status, shown=path, real=True)
        return "removed"

    return change_file(checkout, path, change)


def _refuse_foreign(path: str, data: bytes | None) -> None:
    if data is None or is_ours(data):
        return
    raise PortmanError(
        "output-foreign",
        f"{path} was not written by portman, which never overwrites another's file",
        hint=f'move it away, or choose another with [compose] override = "..." in ports.toml '
        f"(look at it: {atomic.look_at(path)})",
        file=path,
    )


def too_old(compose: ComposePlan) -> tuple[Problem, ...]:
    """Say so if this machine's Compose would add our ports to the old ones, not replace them."""
    if compose.override is None:
        return ()
    program = find_compose()
    version = _version(program) if program else ""
    if not is_old(version):
        return ()
    return (
        Problem(
            "compose-old",
            f"{compose.override[0]} needs Compose 2.24.4 or newer; {program} is {version}",
            "update Compose, or publish by a variable in the Compose file, as in "
            '"${DB_PORT:-5432}:5432"',
            file=compose.override[0],
        ),
    )


def verify(
    workspace: Workspace, compose: ComposePlan, leases: Mapping[str, Lease]
) -> tuple[Problem, ...]:
    """Let Compose read the project, and compare what it would publish with the leases.

    Nothing is said where Compose is not installed.
    """
    program = find_compose()
    if program is None:
        return ()
    instance = workspace.checkout.instance
    env_file = compose.env_files[0] if instance and compose.env_files else None
    seen = published(program, workspace.checkout.path, env_file)
    option = f" --env-file {env_file}" if env_file else ""
    if seen is None:
        said = "Compose does not accept this project, so it could not be compared with the leases"
        return (Problem("compose-unread", said, f"docker compose{option} config"),)
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


def _agrees(service: Service, lease: Lease, seen: Mapping[str, list[tuple[int, str, str]]]) -> bool:
    rows = seen.get(service.compose or service.name, [])
    return all(
        ((service.target or 0) + place, protocol, str(lease.port + place)) in rows
        for protocol in lease.protocols
        for place in range(lease.size)
    )


def _mismatch(service: Service, lease: Lease, option: str) -> Problem:
    return Problem(
        "compose-mismatch",
        f"{service.name}: Compose would not publish {service.target} of {service.compose} "
        f"on {lease.port}",
        f"see what it would do: docker compose{option} config {service.compose}",
        service=service.name,
    )


def _version(program: str) -> str:
    """Return the version of a program, asked once for each state of its file."""
    file = os.path.join(state_folder(), _CACHE)
    key = f"{program}\n{signature(program)}\n"
    known = read(file) or ""
    if known.startswith(key):
        return known.removeprefix(key)
    version = ask_version(program)
    with contextlib.suppress(OSError):  # asked again next time
        write_own(file, os.fsencode(key + version))
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
    """Return what Compose calls its version ("2.26.1-4"), "" if it does not say."""
    return _run([program, "version", "--short"], ".").strip()[:64]


def is_old(version: str) -> bool:
    """Return whether a version is known, and too old to replace a service's ports."""
    numbers = []
    for part in version.removeprefix("v").split("-")[0].split("+")[0].split(".")[:3]:
        if not (part.isascii() and part.isdigit()):
            return False
        numbers.append(int(part))
    return bool(numbers) and tuple(numbers) < OLDEST


def published(
    program: str, folder: str, env_file: str | None
) -> dict[str, list[tuple[int, str, str]]] | None:
    """Return (target, protocol, published port) of every service, as Compose reads the project.

    None if it refuses. Its words are not passed on: they may quote values of the project.
    """
    import json

    chosen = ["--env-file", env_file] if env_file else []
    text = _run([program, *chosen, "--profile", "*", "config", "--format", "json"], folder)
    try:
        services = json.loads(text).get("services", {})
        return {
            name: [
                (int(one["target"]), one.get("protocol", "tcp"), str(one.get("published", "")))
                for one in service.get("ports") or ()
            ]
            for name, service in services.items()
        }
    except (ValueError, AttributeError, KeyError, TypeError):
        return None


def _run(command: list[str], folder: str) -> str:
    try:
        done = run(command, patience=PATIENCE, most=LARGEST, cwd=folder, quiet=True)
    except (OSError, ValueError, UnboundedError):
        return ""
    return done.out.decode("utf-8", "replace") if done.code == 0 else ""
