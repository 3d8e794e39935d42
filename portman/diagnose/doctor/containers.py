"""Docker and Compose: versions that lack what portman relies on or publish more than they say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portman.diagnose.doctor.finding import Finding

if TYPE_CHECKING:
    from portman.diagnose.doctor.context import Surroundings

#: Compose merges lists of ports unless the override says `!override`, known since 2.24.4.
LEAST_COMPOSE = (2, 24, 4)
#: Before Engine 28 other machines of the same network segment reached `127.0.0.1:` publications
#: (Docker manual, "Port publishing and mapping"; moby/moby#45610).
TIGHT_ENGINE = (28, 0, 0)
PATIENCE = 1.8


def docker(_around: Surroundings) -> list[Finding]:
    """Ask the docker command for the engine's version."""
    from portman.base.system_tool import ask

    told = ask(["docker", "version", "--format", "{{json .}}"], PATIENCE)
    if not told.found:
        podman = ask(["podman", "--version"], PATIENCE)
        reason = podman.out.strip() if podman.fine else "not looked at: no docker here"
        return [Finding("docker", "ok" if podman.fine else "skipped", reason)]
    return [judge_engine(server_version(told.out), told.err)]


def compose(_around: Surroundings) -> list[Finding]:
    """Ask Compose for its version: the plug-in of docker, else the program of its own."""
    from portman.base.system_tool import ask

    told = ask(["docker", "compose", "version", "--short"], PATIENCE)
    hung = told.found and told.code is None
    if not told.fine and not hung:
        told = ask(["docker-compose", "version", "--short"], PATIENCE)
    return [judge_compose(told.out if told.fine else "")]


def judge_engine(version: str, complaint: str = "") -> Finding:
    """Say whether an engine answers and keeps loopback publications to this machine."""
    if not version:
        return _no_answer(complaint)
    if _numbers(version) < TIGHT_ENGINE:
        reason = (
            f"Docker Engine {version}: ports published on 127.0.0.1 can be reached from machines "
            "of the same network segment (mended in 28.0.0)"
        )
        return Finding("docker", "warn", reason, "upgrade Docker Engine to 28 or later")
    return Finding("docker", "ok", f"Docker Engine {version}")


def judge_compose(version: str) -> Finding:
    """Say whether Compose understands the override files that portman writes."""
    if not version.strip():
        reason = "not looked at: no Docker Compose here"
        return Finding("compose", "skipped", reason)
    number = version.strip().lstrip("v")
    if _numbers(number) < LEAST_COMPOSE:
        reason = f"Compose {number} does not know `!override`, so old ports stay published as well"
        return Finding("compose", "warn", reason, "upgrade Docker Compose to 2.24.4 or later")
    return Finding("compose", "ok", f"Docker Compose {number}")


def server_version(text: str) -> str:
    """Return the engine's version from `docker version --format '{{json .}}'`, "" if none."""
    import json

    try:
        server = json.loads(text).get("Server") or {}
    except (ValueError, AttributeError):
        return ""
    version = server.get("Version", "")
    return version if isinstance(version, str) else ""


def _no_answer(complaint: str) -> Finding:
    lines = complaint.strip().splitlines()
    last = lines[-1] if lines else "it gave no answer in time"
    if "permission denied" in complaint.lower():
        user = os.environ.get("USER", "$USER")
        reason = "this user may not talk to the Docker engine, so its containers are not seen"
        return Finding(
            "docker", "warn", reason, f"sudo usermod -aG docker {user}, then log in again"
        )
    return Finding("docker", "skipped", f"no engine answers: {last}")


def _numbers(version: str) -> tuple[int, ...]:
    """Return (28, 2, 2) of "28.2.2-rc1"; an unreadable part counts as 0."""
    plain = version.partition("-")[0].partition("+")[0]
    found = [
        int(part) if part.isascii() and part.isdigit() and len(part) < 9 else 0
        for part in plain.split(".")[:3]
    ]
    return tuple([*found, 0, 0, 0][:3])
