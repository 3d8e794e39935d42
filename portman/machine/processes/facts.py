"""What is worth knowing about one process. No environment value but PORTMAN_CHECKOUT, ever."""

from __future__ import annotations

from typing import NamedTuple

from portman.base.values import Holder


class ProcessFacts(NamedTuple):
    """A process as far as this user can see it; what is hidden is None or empty.

    `start_mark` is in units of the platform: it is only good for telling whether the process of
    this number is still the same one. `started_at` is Unix time in seconds. `cwd` is None also
    where it lies in a file system that is not ours (a container's); `cwd_deleted` says that the
    folder is gone. `unit` is the systemd unit, or the cgroup where there is none. A `stopped`
    process was suspended (Ctrl-Z) and does nothing until it is continued.
    """

    pid: int
    parent: int = 0
    name: str = ""
    argv: tuple[str, ...] = ()
    command: str = ""
    cwd: str | None = None
    cwd_deleted: bool = False
    uid: int | None = None
    user: str | None = None
    unit: str | None = None
    claims_checkout: str | None = None
    started_at: float | None = None
    start_mark: int = 0
    zombie: bool = False
    stopped: bool = False

    def holder(self) -> Holder:
        """Return the process as somebody who has a port; which one is for the caller to add."""
        return Holder(
            pid=self.pid,
            name=self.name,
            command=self.command,
            cwd=self.cwd,
            user=self.user,
            uid=self.uid,
            unit=self.unit,
            claims_checkout=self.claims_checkout,
        )
