"""systemd units, as `systemctl` tells them: what runs a process, and what listens for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portman.base.system_tool import output
from portman.diagnose.free.plan import Unit

if TYPE_CHECKING:
    from collections.abc import Collection


def service_of(cgroup: str | None) -> tuple[str, bool] | None:
    """Return (service, whether it is of the user's own manager) from a cgroup path.

    None for sessions, scopes and containers, which are no services, and for the user's manager
    itself.
    """
    parts = [part for part in (cgroup or "").split("/") if part.endswith((".service", ".scope"))]
    if not parts or parts[-1].endswith(".scope") or parts[-1].startswith("user@"):
        return None
    return parts[-1], any(part.startswith("user@") for part in parts[:-1])


def find_unit(cgroup: str | None, pid: int, holders: Collection[int]) -> Unit | None:
    """Return the service that a process belongs to, with what decides whether to stop it.

    None where there is no systemd to ask, or it does not know the unit. `holders` are all
    processes that have the socket.
    """
    found = service_of(cgroup)
    if found is None:
        return None
    name, user = found
    told = show(name, user=user)
    main = int(told.get("MainPID") or 0) if (told.get("MainPID") or "").isdigit() else 0
    if told.get("LoadState") != "loaded":
        return None
    return Unit(
        name,
        user,
        leads=main in holders or (main > 0 and _starts(main, pid)),
        contains_us=_own_cgroup() == cgroup,
        sockets=tuple(
            one for one in told.get("TriggeredBy", "").split() if one.endswith(".socket")
        ),
    )


def show(name: str, *, user: bool) -> dict[str, str]:
    """Return what `systemctl show` says of a unit; {} where there is no systemd."""
    scope = ["--user"] if user else []
    keys = "--property=LoadState,MainPID,TriggeredBy"
    text = output(["systemctl", *scope, "show", keys, "--", name])
    return {
        key: value
        for key, mark, value in (line.partition("=") for line in text.splitlines())
        if mark
    }


def stop(command: tuple[str, ...], patience: float) -> str:
    """Run `systemctl ... stop NAMES`; return "" if it worked, else what it said.

    It asks for no password: without the rights it fails, and `sudo` is the answer.
    """
    from portman.base.run_tool import UnboundedError, run

    argv = [command[0], "--no-ask-password", *command[1:]]
    try:
        done = run(argv, patience=patience + 5, env={**os.environ, "LC_ALL": "C"})
    except UnboundedError as error:
        return f"{command[0]} did not finish: {error}"
    except OSError as error:
        return f"cannot run {command[0]}: {error.strerror}"
    said = done.err.decode("utf-8", "replace").strip()
    return "" if done.code == 0 else said or f"{command[0]} failed ({done.code})"


def _starts(main: int, pid: int) -> bool:
    """Tell a unit's wrapper (`sh -c "exec server"`) from a shell that somebody typed in."""
    from portman.machine import processes

    told = processes.facts(pid)
    try:
        session = getattr(os, "getsid")  # noqa: B009 - Windows has none, and no systemd either
        return told is not None and told.parent == main and session(main) == session(pid)
    except (OSError, AttributeError):
        return False


def _own_cgroup() -> str | None:
    from portman.machine.processes import cgroups

    return cgroups.of_process(os.getpid())
