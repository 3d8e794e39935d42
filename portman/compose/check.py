"""Compose itself, asked after a change: it has to be new enough, and publish what we leased."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portman.base.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.base.values import Lease, Service
    from portman.compose.project import Needs
    from portman.ports.workspace import Scene

_CACHE = "compose-version"


def too_old(compose: Needs) -> tuple[Problem, ...]:
    """Say so if this machine's Compose would add our ports to the old ones, not replace them."""
    if compose.override is None:
        return ()
    from portman.compose.compose_cli import find_compose, is_old

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


def verify(scene: Scene, compose: Needs, leases: Mapping[str, Lease]) -> tuple[Problem, ...]:
    """Let Compose read the project, and compare what it would publish with the leases.

    Nothing is said where Compose is not installed.
    """
    from portman.compose.compose_cli import find_compose, published

    program = find_compose()
    if program is None:
        return ()
    instance = scene.checkout.instance
    env_file = compose.carriers[0] if instance and compose.carriers else None
    seen = published(program, scene.checkout.path, env_file)
    option = f" --env-file {env_file}" if env_file else ""
    if seen is None:
        said = "Compose does not accept this project, so it could not be compared with the leases"
        return (Problem("compose-unread", said, f"docker compose{option} config"),)
    wanted = [
        one
        for one in scene.manifest.services
        if one.kind == "container" and one.name in leases and one.compose in compose.services
    ]
    told = {problem.service for problem in compose.warnings}
    return tuple(
        _mismatch(one, leases[one.name], option)
        for one in wanted
        if one.name not in told and not _agrees(one, leases[one.name], seen)
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
    """Return the version of a program, asked once for each file of that name there ever is."""
    from portman.base.small_file import read
    from portman.compose.compose_cli import ask_version
    from portman.state.folder import state_folder
    from portman.state.receipts import signature

    file = os.path.join(state_folder(), _CACHE)
    key = f"{program}\n{signature(program)}\n"
    known = read(file) or ""
    if known.startswith(key):
        return known.removeprefix(key)
    version = ask_version(program)
    scratch = f"{file}.{os.getpid()}"
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(os.fsencode(key + version))
        os.replace(scratch, file)
    except OSError:
        pass  # asked again next time
    return version
