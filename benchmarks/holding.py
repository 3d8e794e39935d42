"""The process with many listening sockets (listeners.py), seen from the one that measures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from timing import Case


class Listeners:
    """Opens and closes listening sockets between measurements; all are gone when it is left."""

    def __enter__(self) -> Self:
        helper = [sys.executable, str(Path(__file__).with_name("listeners.py"))]
        self._process = subprocess.Popen(
            helper, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._open = 0
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def can(self, count: int) -> bool:
        """Try to have so many sockets listen; tell whether it worked, and close them again."""
        return self._ask(count) and self._ask(0)

    def during(self, case: Case, count: int) -> Case:
        """Return the case, measured while `count` sockets listen."""
        inner = case.before

        def before() -> None:
            if self._open != count and not self._ask(count):
                raise RuntimeError(f"{count} sockets could not be opened any more")
            if inner is not None:
                inner()

        return case._replace(before=before)

    def _ask(self, count: int) -> bool:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if self._process.poll() is not None:
            return False
        self._process.stdin.write(f"{count}\n")
        self._process.stdin.flush()
        self._open = count
        return self._process.stdout.readline() == f"ok {count}\n"
