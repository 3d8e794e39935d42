"""How large the stress tests are: PORTMAN_STRESS=small (the default, for ten minutes) or large."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
#: Lines of somebody else, in every env file of these tests: CRLF, no UTF-8, a name like ours.
FOREIGN = b"# mine\r\nSECRET=x y\n\xff\xfe odd bytes\nWEBSITE_PORT_=1\n"
BLOCK = re.compile(
    rb"# >>> portman\n# Written by portman[^\n]*\n(?:[A-Z_0-9]+=[0-9]{1,5}\n)+# <<< portman\n"
)


@pytest.fixture(scope="session")
def sized() -> Callable[[Any, Any], Any]:
    """Return what chooses a value for the small run or one for the large."""
    large = os.environ.get("PORTMAN_STRESS", "small") == "large"
    return lambda small, big: big if large else small


@pytest.fixture
def launch() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the real command line and do not wait.

    Whatever still runs when the test ends is killed, by its pid.
    """
    started: list[subprocess.Popen[str]] = []

    def start(
        *words: str, cwd: Path, before: tuple[str, ...] = (), **variables: str
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*before, sys.executable, "-m", "portman", *words],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
        process.communicate()


@pytest.fixture
def whole() -> Callable[[Path], dict[str, int]]:
    """Check one env file (foreign bytes, then nothing or one whole block) and return its ports."""

    def check(path: Path) -> dict[str, int]:
        data = path.read_bytes()
        assert data.startswith(FOREIGN), data
        rest = data[len(FOREIGN) :]
        assert rest == b"" or BLOCK.fullmatch(rest), data
        lines = [line.partition("=") for line in rest.decode().splitlines() if line[0] != "#"]
        return {name: int(value) for name, _, value in lines}

    return check


@pytest.fixture
def ledger_rows() -> Callable[[Path], list[tuple[str, str, str, int]]]:
    """Read (checkout, instance, service, port) as plain sqlite sees them; fail if one is twice."""

    def read(state: Path) -> list[tuple[str, str, str, int]]:
        with closing(sqlite3.connect(f"file:{state}/ledger.db?mode=ro", uri=True)) as connection:
            found = connection.execute(
                "SELECT checkout.path, checkout.instance, lease.service, lease.port, lease.scope,"
                " lease.protocol FROM lease JOIN checkout ON checkout.id = lease.checkout_id"
            ).fetchall()
        keys = [row[3:] for row in found]
        assert len(keys) == len(set(keys)), sorted(keys)
        return [
            tuple(word.decode() if isinstance(word, bytes) else word for word in row[:4])  # type: ignore[misc]
            for row in found
        ]

    return read
