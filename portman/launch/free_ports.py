"""Ports for as long as a test needs them: leased, held, and given back; for the pytest plugin.

The leases belong to an instance that ends with this process (machine/processes): what a
killed run leaves is reclaimed by the next allocation. Choosing is holding: a candidate counts as
idle when the very bind that will hold it succeeds, so there is no gap between.
"""

from __future__ import annotations

import os
import time

from portman.allocation.leasing import machine_pool, numbers_to_avoid
from portman.allocation.pool import BROWSER_REFUSED
from portman.allocation.vanished import reclaim
from portman.allocation.workspace import Workspace
from portman.base.errors import PortmanError
from portman.base.values import LOCAL_SCOPE, Lease, Manifest
from portman.checkout.git import identify
from portman.checkout.ownership import real_path
from portman.launch.hold import close, take
from portman.ledger.caller import user_name
from portman.ledger.open import open_ledger
from portman.machine.processes import token_of
from portman.machine.sockets import probe
from portman.manifest.file import find_manifest

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portman.allocation.pool import Pool
    from portman.ledger.protocol import Writer

#: More at once than any test needs; a mistake would empty the pool of this machine.
MOST = 500


class FreePorts:
    """The ports that one process (a test run, an xdist worker) has in use."""

    def __init__(self, folder: str, label: str = "pytest") -> None:
        """Lease for the checkout that `folder` lies in, or for the folder itself."""
        self._folder, self._label = folder, label
        self._workspace: Workspace | None = None
        self._inherited: Workspace | None = None
        self._owner = ""
        self._held: dict[int, tuple[int, ...]] = {}
        self._returned: list[int] = []
        self._claimed: frozenset[int] = frozenset()

    def pick(self, count: int = 1, *, first: int = 0) -> list[int]:
        """Lease and hold `count` ports, which need not be neighbours.

        `first` is tried before others, if it lies in the pool: one that this user's process had
        before, so that closed connections on it are no hindrance.

        Raises PortmanError: usage (a count below 1 or above MOST), pool-exhausted, ledger-*.
        """
        if not 1 <= count <= MOST:
            raise PortmanError("usage", f"{count} free ports: from 1 to {MOST} can be had at once")
        fresh = self._workspace is None
        workspace, now = self._opened(), int(time.time())
        pool = machine_pool(workspace.manifest)
        avoid = numbers_to_avoid(workspace.manifest) | BROWSER_REFUSED | self._claimed
        with workspace.ledger.writing([(LOCAL_SCOPE, "")]) as writer:
            if fresh:
                reclaim(writer, now, only=())
            self._give_back(writer, workspace, now)
            taken = writer.taken(LOCAL_SCOPE)
            found = self._hold(
                count, first, _candidates(pool, first), avoid | {port for _, port in taken}
            )
            path, instance = workspace.checkout.path, workspace.checkout.instance
            writer.record_checkout(workspace.checkout, primary=False, user=user_name(), now=now)
            writer.own(path, instance, self._owner)
            leases = [Lease(f"free-{port}", port, 1, ("tcp", "udp"), now) for port in found]
            writer.grant(path, instance, LOCAL_SCOPE, leases, now)
        return found

    def release(self, port: int) -> bool:
        descriptors = self._held.pop(port, ())
        close(descriptors)
        return bool(descriptors)

    def release_all(self) -> None:
        for port in list(self._held):
            self.release(port)

    def give_back(self, ports: list[int]) -> None:
        """End the use of ports. The ledger learns it with the next pick, or at the end."""
        for port in ports:
            self.release(port)
        self._returned += ports

    def forget(self) -> None:
        """Forget all in a forked child: holds and leases are its parent's."""
        self.release_all()
        self._inherited = self._workspace  # kept: a SQLite connection is not closed on both sides
        self._workspace, self._returned = None, []

    def close(self) -> None:
        self.release_all()
        workspace, self._workspace = self._workspace, None
        if workspace is None:
            return
        with workspace.ledger.writing() as writer:
            path, instance = workspace.checkout.path, workspace.checkout.instance
            writer.give_back(path, instance, None, int(time.time()))
        self._returned = []
        workspace.ledger.close()

    def _opened(self) -> Workspace:
        if self._workspace is None:
            checkout = identify(_checkout_of(self._folder), f"{self._label}-{os.urandom(5).hex()}")
            self._owner = token_of(os.getpid())
            self._workspace = Workspace(
                "", Manifest(outputs=()), checkout, open_ledger(), self._owner
            )
            # Containers, stopped ones too, are bound to these ports.
            claims = self._workspace.claims().by_key
            self._claimed = frozenset(port for _, port in claims)
        return self._workspace

    def _give_back(self, writer: Writer, workspace: Workspace, now: int) -> None:
        if self._returned:
            names = [f"free-{port}" for port in self._returned]
            writer.give_back(workspace.checkout.path, workspace.checkout.instance, names, now)
            self._returned = []

    def _hold(
        self, count: int, first: int, candidates: Iterator[int], closed: frozenset[int] | set[int]
    ) -> list[int]:
        found: list[int] = []
        for port in candidates:
            if port in closed or probe(port, "udp") != "idle":
                continue
            descriptors = take(port, "tcp", join=port == first)
            if descriptors:
                self._held[port] = descriptors
                found.append(port)
            if len(found) == count:
                return found
        for port in found:
            self.release(port)
        raise PortmanError(
            "pool-exhausted",
            f"no {count} ports are free in the pool of this machine",
            hint="see who has leases: portman list\n"
            "give back what vanished checkouts had: portman gc",
        )


def _candidates(pool: Pool, first: int = 0) -> Iterator[int]:
    """Go through each band once, from a random number on, so that none is soon used again."""
    if any(low <= first <= high for low, high in pool.bands):
        yield first
    for low, high in pool.bands:
        size = high - low + 1
        start = int.from_bytes(os.urandom(4), "big") % size
        yield from (low + (start + step) % size for step in range(size))


def _checkout_of(folder: str) -> str:
    try:
        return os.path.dirname(find_manifest(folder))
    except PortmanError:
        return real_path(folder)
