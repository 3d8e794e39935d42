"""What `up` says of a Compose project: what is unchanged, what is separate, what is shared."""

from __future__ import annotations

import os

from portman.base.errors import Problem
from portman.base.system_commands import word
from portman.base.text import printable
from portman.compose.interpolation import UnclearError, interpolate

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.base.values import Service
    from portman.compose.interpolation import Lookup
    from portman.compose.model import Isolation, UrlText

_LOCAL = r"(?:localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal):(\d{2,5})\b"
#: Words in the names of variables whose address is meant for a browser or a program outside.
_OUTSIDE = (
    "PUBLIC|EXTERNAL|ORIGIN|CORS|SITE|AUTH|REDIRECT|CALLBACK|FRONTEND|BROWSER|BASE_URL|APP_URL"
    "|HOST_URL"
)


def said(isolation: Isolation) -> list[Problem]:
    """Name what this checkout has of its own, and what it shares, with the key that decides."""
    problems = []
    if isolation.own:
        said = "; ".join(words for _, words in isolation.own)
        first, *more = [key for key, _ in isolation.own]
        others = f" (or {', '.join(more[:4])})" if more else ""
        problems.append(
            Problem(
                "compose-isolated",
                f"this checkout has its own: {said}",
                f'to share one with the first checkout: [compose] share = ["{first}"]{others}',
            )
        )
    if isolation.shared:
        said = "; ".join(words for _, words in isolation.shared)
        problems.append(
            Problem(
                "compose-shared",
                f"shared with the first checkout: {said}",
                f'if that is meant: [compose] share = ["{isolation.shared[0][0]}"]',
            )
        )
    return problems


def unclear(service: Service, name: str, fault: str, mode: str) -> Problem:
    """Say why the ports of a service are left unchanged, and how to write them instead."""
    variable = service.env[0] if service.env else "PORT"
    plain = f"${{{variable}:-{service.usual or service.target}}}:{service.target}"
    hint = f'write them plainly, as in "{plain}"'
    if mode.startswith("service:"):
        hint = f'service = "{mode.removeprefix("service:")}", whose network it has'
    elif mode:
        hint = f"remove network_mode from {name}, or make it an entry of [services]"
    elif "times" in fault:
        hint = f'count = {fault.split()[2]} in [containers."{service.name}"]'
    return Problem(
        "compose-unclear",
        f"{service.name}: the ports of the Compose service {name} were left unchanged: {fault}",
        hint,
        service=service.name,
    )


def shadowed(variables: tuple[tuple[str, str], ...]) -> list[Problem]:
    return [
        Problem(
            "compose-shadowed",
            f"{name} is set in this shell, and Compose prefers it to the one portman writes",
            f"unset {name}",
            key=name,
        )
        for name, value in variables
        if os.environ.get(name, value) != value
    ]


def no_service(service: Service, name: str, file: str, known: list[str], near: str) -> Problem:
    from difflib import get_close_matches

    likely = next(iter(get_close_matches(name, known, 1)), "")
    hint = f"did you mean {likely}?" if likely else f"it has: {', '.join(known) or 'none'}"
    if near:
        hint = f'{near} publishes {service.target}: write service = "{near}"'
    return Problem(
        "compose-unclear",
        f"{service.name}: {file} has no service {name!r}",
        hint,
        service=service.name,
    )


def unnamed(services: list[str], file: str) -> tuple[Problem, ...]:
    """Say that the Compose file of containers lies where ports.toml does not look."""
    if not services:
        return ()
    said = f"{', '.join(services)}: {file} is not read, because ports.toml does not name it"
    return (Problem("compose-unread", said, f'[compose] file = "{file}"', file=file),)


def anothers_project(place: str, base: str, rival: str, name: str) -> Problem:
    """Say that a command leads into another checkout's project.

    `name`: what it could be called, "" where the command itself has the name.
    """
    use = f"use instead: docker compose -p {word(name, 'NAME')} COMMAND"
    return Problem(
        "compose-project",
        f"{printable(place)} starts the Compose project {base} of {rival or 'another checkout'}, "
        "and replaces its containers",
        (use if name else "remove the name there: Compose finds the checkout's own in .env")
        + f'\nif that is meant: [compose] share = ["project:{base}"]',
    )


def one_project(files: tuple[str, str], services: list[str], own: str, name: str) -> Problem:
    first, second = files
    shown = ", ".join(services[:4]) + (f" and {len(services) - 4} more" if services[4:] else "")
    return Problem(
        "compose-shared",
        f"{first} and {second} are both the project {own} here, because both read .env: "
        f"each replaces the other's {printable(shown)}",
        f"use instead: docker compose -p {word(name, 'NAME')} -f {word(first, 'FILE')} COMMAND",
        file=first,
    )


def not_separate(file: str, keys: list[str], *, data: bool = False) -> Problem:
    """Name what a Compose file fixes and another checkout has, where no override is written.

    Of `data` a start would make two databases on one folder, so that is an error.
    """
    said = ", ".join(one.replace(":", " ", 1) for one in keys)
    shares = ", ".join(f'"{one}"' for one in keys)
    return Problem(
        "compose-project" if data else "compose-shared",
        f"{file}: another checkout has {printable(said)} too; ports.toml does not name this file"
        + (", so both would write there" if data else ""),
        f'[compose] file = "{file}"'
        + (f"\nif that is meant: [compose] share = [{shares}]" if data else ""),
        file=file,
    )


def no_env_output(where: str, override: str) -> Problem:
    """Say what Compose does not learn: its project's name, or even that there is an `override`."""
    lost = (
        f"so it does not load {override}" if override else "so the override has the project's name"
    )
    return Problem(
        "compose-unread",
        f"no output is {where}, which Compose reads, {lost}",
        ("portman run -- docker compose up -d\n" if override else "")
        + f'add [[output]] with path = "{where}" to ports.toml',
    )


def env_unread(variable: str) -> Problem:
    return Problem(
        "compose-unread",
        f"{variable} is set in this shell, so that Compose does not read what portman writes "
        "to .env",
        f"unset {variable}",
        key=variable,
    )


def told_project(told: str, rival: str) -> Problem:
    return Problem(
        "compose-name",
        f"COMPOSE_PROJECT_NAME is set in this shell, and Compose would take the project {told} of "
        f"{rival} here; nothing was written for Compose",
        "unset COMPOSE_PROJECT_NAME",
        key="COMPOSE_PROJECT_NAME",
    )


def no_place(base: str, rival: str, where: str, name: str, *, by_run: bool) -> Problem:
    said = (
        f"Compose would take the project {base} of {rival or 'the first checkout'} here, and no "
        "output is a file that gives it another name"
    )
    add = f'add [[output]] with path = "{where}" to ports.toml'
    if by_run:
        return Problem("compose-project", said, f"portman run -- docker compose up -d\n{add}")
    return Problem(
        "compose-name",
        f"{said}; nothing was written for Compose",
        f"{add}, or give Compose the name: docker compose -p {name} COMMAND",
    )


def ports_in(url: UrlText, inside: frozenset[str], lookup: Lookup) -> list[str]:
    """Return the ports of this machine that a text leads to, its variables replaced.

    A port of the container itself (`inside`) is meant as such, but where the name speaks of others.
    """
    import re

    try:
        found = re.findall(_LOCAL, interpolate(url.text, lookup))
    except UnclearError:
        return []
    outside = re.search(_OUTSIDE, url.name.upper())
    return [one for one in dict.fromkeys(found) if one not in inside or outside]


def fixed_ports(found: Mapping[tuple[int, str], str], file: str) -> Problem:
    rows = sorted(
        (port, "" if kind == "tcp" else f"/{kind}", x) for (port, kind), x in found.items()
    )
    shown = ", ".join(f"{port}{kind} ({name})" for port, kind, name in rows[:4])
    more = f" and {len(found) - 4} more" if len(found) > 4 else ""
    return Problem(
        "compose-fixed",
        f"{file} publishes {shown}{more} in every checkout, and only one can start with them",
        "see the entries that give each its own: portman init --dry-run",
    )


def stale_url(places: list[str], port: str, service: Service, place: int, leased: int) -> Problem:
    variable = next((name for name, at in service.variables() if at == place), "PORT")
    shown = ", ".join(places[:4]) + (f" and {len(places) - 4} more" if places[4:] else "")
    verb = "has" if len(places) == 1 else "have"
    return Problem(
        "compose-url",
        f"{shown} {verb} localhost:{port}, the usual port of {service.name}; here it is {leased}",
        f"write it as ${{{variable}:-{port}}}",
        service=service.name,
    )
