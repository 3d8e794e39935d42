"""What `run` asks of a `portman hold` that keeps the ports of the same checkout."""

from __future__ import annotations

import os
import sys


def ask_for_sockets(path: str, instance: str, service: str) -> list[int]:
    """Return the listening sockets of a service, if a hold keeps them; [] if none does."""
    if sys.platform == "win32":
        return []
    found: list[int] = []
    for said, descriptors in _ask(path, instance, "listen", service):
        if said == "ok" and descriptors and not found:
            found = descriptors
        else:
            for descriptor in descriptors:
                os.close(descriptor)
    return found


def ask_to_release(path: str, instance: str, service: str) -> bool:
    """Let every hold of this checkout let go of a service's ports; return whether one did."""
    if sys.platform == "win32":
        return False
    return any(said == "ok" for said, _ in _ask(path, instance, "release", service))


def place_of(path: str, instance: str) -> tuple[str, str]:
    """Return the folder of the sockets of holds, and the start of the name of this checkout's."""
    from portman.state.folder import state_folder
    from portman.state.receipts import key_of

    # A folder for each user: the state folder may be shared, what is in here never is.
    user = os.geteuid() if hasattr(os, "geteuid") else 0
    return os.path.join(state_folder(), f"holds-{user}"), key_of(path, instance)


def _ask(path: str, instance: str, verb: str, service: str) -> list[tuple[str, list[int]]]:
    from portman.launch.hold_server import ask

    return ask(*place_of(path, instance), (path, instance, verb, service))
