"""Compose v2 itself, where it is installed: its version, and what it makes of a project.

It is started as its own program, as the docker command would start it; it talks to no engine for
what is asked here. Nothing of what it says of a project is shown or kept but published ports.
"""

from __future__ import annotations

import os

#: Seconds; it answers in a tenth of one.
PATIENCE = 10.0
#: Bytes. The files of a project are its author's, and can be made to unfold without end.
LARGEST = 16 << 20
#: The first version whose `!override` replaces a list (docker/compose 2.24.4).
OLDEST = (2, 24, 4)
_PLACES = (
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
    "/Applications/Docker.app/Contents/Resources/cli-plugins",
)


def find_compose() -> str | None:
    """Return the path of Compose, in the places where docker looks for its plugins, or None."""
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
    from portman.base.run_tool import UnboundedError, run

    try:
        done = run(command, patience=PATIENCE, most=LARGEST, cwd=folder, quiet=True)
    except (OSError, ValueError, UnboundedError):
        return ""
    return done.out.decode("utf-8", "replace") if done.code == 0 else ""
