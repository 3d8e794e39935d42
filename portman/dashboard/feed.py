"""Live changes for all who listen: one look at the machine for all, none while nobody listens."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from typing import Any

Change = TypeVar("Change")

#: Changes that wait for a slow listener; after that it gets one that stands for everything.
MOST_WAITING = 16
#: Seconds between two comments on a quiet stream, by which a listener that is gone is noticed.
HEARTBEAT = 10.0


class Feed(Generic[Change]):
    """Looks at the machine every `interval` seconds while somebody listens.

    `begin` returns the function that looks, and returns what changed since it last did. `whole`
    makes of a change one that stands for everything. All looks happen in one thread of its own,
    which owns the ledger's connection.
    """

    def __init__(
        self,
        begin: Callable[[], Callable[[], Change | None]],
        whole: Callable[[Change], Change],
        interval: float,
    ) -> None:
        self.begin, self.whole, self.interval = begin, whole, interval
        self.tabs: set[asyncio.Queue[Change]] = set()
        self.idle_since = time.monotonic()
        #: Set while what changes is noticed: after the first look.
        self.watching = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "portman-feed")
        self._task: asyncio.Task[None] | None = None

    async def ask(self, question: Callable[..., Any], *arguments: Any) -> Any:
        """Answer a question about the machine in the thread that looks at it."""
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: question(*arguments)
        )

    async def listen(self) -> AsyncIterator[Change | None]:
        """Yield each change from now on; None where nothing happened for a while."""
        queue: asyncio.Queue[Change] = asyncio.Queue(MOST_WAITING)
        self.tabs.add(queue)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        try:
            while True:
                try:
                    yield await asyncio.wait_for(queue.get(), HEARTBEAT)
                except TimeoutError:
                    yield None
        finally:
            self.tabs.discard(queue)
            self.idle_since = time.monotonic()

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _watch(self) -> None:
        look = self.begin()
        try:
            while self.tabs:
                change = await self.ask(look)
                self.watching.set()
                if change is not None:
                    for queue in self.tabs:
                        self._put(queue, change)
                await asyncio.sleep(self.interval)
        finally:
            self.watching.clear()

    def _put(self, queue: asyncio.Queue[Change], change: Change) -> None:
        """Hand over a change; who does not keep up gets everything at once instead."""
        if not queue.full():
            queue.put_nowait(change)
            return
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(self.whole(change))
