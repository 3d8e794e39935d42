"""Live changes for every open tab: one look at the machine for all, none while no tab is open."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from portman.base.errors import PortmanError
from portman.dashboard.model import changed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from portman.commands.watch import WatchSnapshot
    from portman.dashboard.facts import MachineFacts
    from portman.dashboard.model import PageView

#: Changes that wait for a slow tab; after that it is told to read the whole page again.
MOST_WAITING = 16
#: Seconds between two comments on a quiet stream, by which a tab that is gone is noticed.
HEARTBEAT = 10.0


class Update:
    """What changed: cells by key, or everything (`cells` is None)."""

    __slots__ = ("cells", "error", "page")

    def __init__(
        self, page: PageView | None, cells: dict[str, Any] | None, error: str = ""
    ) -> None:
        self.page, self.cells, self.error = page, cells, error


class Feed:
    """Looks at the machine every `interval` seconds while somebody listens.

    All looks happen in one thread of its own, which owns the ledger's connection.
    """

    def __init__(self, facts: MachineFacts, interval: float) -> None:
        self.facts, self.interval = facts, interval
        self.tabs: set[asyncio.Queue[Update]] = set()
        self.idle_since = time.monotonic()
        self.looks = 0
        self._thread = ThreadPoolExecutor(1, "dashboard")
        self._task: asyncio.Task[None] | None = None
        self._last: PageView | None = None

    async def ask(self, question: Callable[..., Any], *arguments: Any) -> Any:
        """Answer a question about the machine in the thread that looks at it."""
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: question(*arguments)
        )

    async def listen(self) -> AsyncIterator[Update | None]:
        """Yield each change from now on; None where nothing happened for a while."""
        queue: asyncio.Queue[Update] = asyncio.Queue(MOST_WAITING)
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
        while self.tabs:
            update = await self.ask(self._look)
            if update is not None:
                for queue in self.tabs:
                    _put(queue, update)
            await asyncio.sleep(self.interval)
        self._last = None

    def _look(self) -> Update | None:
        self.looks += 1
        try:
            page = self.facts.page(self._snapshot())
        except PortmanError as error:
            return Update(None, None, str(error))
        before, self._last = self._last, page
        if before is None or before == page:
            return None
        return Update(page, changed(before, page))

    def _snapshot(self) -> WatchSnapshot:
        return self.facts.look()


def _put(queue: asyncio.Queue[Update], update: Update) -> None:
    """Hand an update to a tab; one that does not keep up gets everything at once instead."""
    if not queue.full():
        queue.put_nowait(update)
        return
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(Update(update.page, None, update.error))
