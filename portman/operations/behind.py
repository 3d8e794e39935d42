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


def stop_container(command: tuple[str, ...], patience: float) -> str:
    """Run `docker stop NAME`; return "" if it worked, else what the engine said.

    The engine sends SIGTERM, and SIGKILL after its own ten seconds.
    """
    import subprocess

    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=patience + 20,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"the engine did not stop it within {patience + 20:.0f} seconds"
    except OSError as error:
        return f"cannot run {command[0]}: {error.strerror}"
    said = done.stderr.decode("utf-8", "replace").strip()
    return "" if done.returncode == 0 else said or f"{command[0]} failed ({done.returncode})"
