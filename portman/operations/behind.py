"""What stands behind a forwarder: the one place where who, explain and free meet the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portman.core.model import Claim
    from portman.core.occupant import Occupant


def with_containers(occupants: Iterable[Occupant]) -> list[Occupant]:
    """Return the occupants, each with the container it serves where an engine can tell."""
    return list(occupants)


def claims_on(pairs: Iterable[tuple[str, int]]) -> tuple[Claim, ...]:
    """Return the fixed bindings of containers, stopped ones too, on these (protocol, port)."""
    del pairs
    return ()
