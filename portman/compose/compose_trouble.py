"""What is amiss between ports.toml and the Compose files: the sentences."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portman.base.errors import Problem

if TYPE_CHECKING:
    from portman.base.values import Service


def shown(text: str, root: str) -> str:
    """Return a text with the paths in it relative to the checkout."""
    return text.replace(root.rstrip(os.sep) + os.sep, "")


def unclear(service: Service, name: str, fault: str) -> Problem:
    """Say why the ports of a service are left as they are, and how to write them instead."""
    variable = service.env[0] if service.env else "PORT"
    plain = f"${{{variable}:-{service.usual or service.target}}}:{service.target}"
    return Problem(
        "compose-unclear",
        f"{service.name}: the ports of the Compose service {name} were left as they are: {fault}",
        f'write them plainly, as in "{plain}"',
        service=service.name,
    )


def no_service(service: Service, name: str, file: str, known: list[str]) -> Problem:
    """Say that the Compose file has no such service, with the nearest one there is."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    return Problem(
        "compose-unclear",
        f"{service.name}: {file} has no service {name!r}",
        f"did you mean {near[0]}?" if near else f"it has: {', '.join(known) or 'none'}",
        service=service.name,
    )


def no_carrier(folder: str) -> Problem:
    """Say that no output is a file that Compose reads."""
    where = f"{folder}/.env" if folder else ".env"
    return Problem(
        "compose-unread",
        f"no output is {where}, which Compose reads; the project's name went into the override",
        f'add [[output]] with path = "{where}" to ports.toml',
    )
