"""What a typed program does with the API: checked by mypy in test_api.py, never run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import portman

if TYPE_CHECKING:
    from collections.abc import Mapping


def serve(folder: str) -> int:
    """Use everything once, with the types a reader of docs/python.md expects."""
    up: portman.Up = portman.up(folder, reassign=True)
    web: portman.Port = up.services["web"]
    variables: Mapping[str, str] = up.env
    ports: Mapping[str, portman.Port] = portman.ports(folder)
    number: int = ports["web"].port
    several: tuple[int, ...] = ports["web"].ports
    address: str = web.url + web.host + variables["WEB_PORT"]
    check: portman.Check = portman.check(start=folder)
    problems: tuple[portman.Problem, ...] = check.problems
    with portman.hold("web", start=folder) as held:
        released: bool = held.release("web")
        held_port: int = held["web"].port
    try:
        portman.up(instance="ci")
    except portman.PortmanError as error:
        code: str = error.code
        hints: list[str] = [one.hint for one in error.problems]
        return len(code) + len(hints) + error.exit_code
    return number + sum(several) + len(address) + len(problems) + held_port + released
