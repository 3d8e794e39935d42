"""Fifty processes at once, all commands mixed, while somebody watches the ledger and every file.

Some checkouts are only ever asked (their ports must never move), some are moved and given back
all the time, some vanish and come again.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.stress
FOREIGN = b"# mine\r\nSECRET=x y\n\xff\xfe odd bytes\nWEBSITE_PORT_=1\n"
MANIFEST = """[services]
web = 3000
api = "auto"
db = "auto"

[services.shard]
count = 3
"""
ASKING = [("up",), ("up", "--json"), ("env",), ("port", "web"), ("url", "api"), ("check",)]
MOVING = [
    *ASKING,
    ("up", "--reassign"),
    ("up", "--reassign", "web", "api"),
    ("down",),
    ("gc",),
    ("run", "--", "true"),
    ("list",),
    ("up", "--instance", "ci"),
    ("down", "--instance", "ci"),
]
#: What may be answered while others move the same ports: never a bug, never an unusable ledger.
FINE = {"output-stale", "lease-missing", "service-running", "port-taken"}


class Folders:
    """The checkouts of this test, by how they are treated."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.steady = [root / f"steady{at}" for at in range(6)]
        self.moved = [root / f"moved{at}" for at in range(10)]
        self.fleeting = [root / f"fleeting{at}" for at in range(4)]
        for folder in self.every():
            make(folder)

    def every(self) -> list[Path]:
        """Return all of them."""
        return [*self.steady, *self.moved, *self.fleeting]


def make(folder: Path) -> None:
    """Make a checkout whole in one step, so that nobody sees a half one."""
    scratch = folder.with_name(f".{folder.name}-{time.monotonic_ns()}")
    scratch.mkdir()
    (scratch / "ports.toml").write_text(MANIFEST)
    for name in (".env", ".env.ci"):
        (scratch / name).write_bytes(FOREIGN)
    scratch.rename(folder)


class Watcher(threading.Thread):
    """Reads the ledger and all files without a pause; keeps what it found wrong."""

    def __init__(self, folders: Folders, look: Callable[[], None]) -> None:
        super().__init__()
        self.folders = folders
        self.look = look
        self.wrong: list[str] = []
        self.rounds = 0
        self.over = threading.Event()

    def run(self) -> None:
        """Look until told to stop."""
        while not self.over.is_set():
            try:
                self.look()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    self.wrong.append(repr(error))
            except Exception as error:
                self.wrong.append(repr(error))
            self.rounds += 1


def said(process: subprocess.Popen[str], words: tuple[str, ...]) -> str:
    """Return what is wrong with how a command ended, "" if nothing."""
    out, err = process.communicate(timeout=300)
    if process.returncode == 0:
        return ""
    if process.returncode != 1 or "Traceback" in err:
        return f"{words}: {process.returncode} {out[-500:]} {err[-1500:]}"
    if "--json" in words:
        codes = {one["code"] for one in json.loads(out)["errors"]}
        return "" if codes <= FINE else f"{words}: {codes} {out}"
    return ""


def test_fifty_at_once_for_a_while(
    tmp_path: Path,
    own_state: Path,
    launch: Callable[..., subprocess.Popen[str]],
    whole: Callable[[Path], dict[str, int]],
    ledger_rows: Callable[[Path], list[tuple[str, str, str, int]]],
    sized: Callable[[Any, Any], Any],
) -> None:
    """No port twice, no lease of a steady checkout moved, every file whole at every look."""
    seed = int(os.environ.get("PORTMAN_SEED", str(random.randrange(1 << 32))))
    dice = random.Random(seed)
    folders = Folders(tmp_path)
    for folder in folders.every():
        assert said(launch("up", cwd=folder), ("up",)) == ""
    steady = {str(folder) for folder in folders.steady}
    given = sorted(row for row in ledger_rows(own_state) if row[0] in steady)

    def look() -> None:
        now = sorted(row for row in ledger_rows(own_state) if row[0] in steady)
        assert now == given, (now, given)
        for folder in [*folders.steady, *folders.moved]:
            ports = whole(folder / ".env")
            if folder in folders.steady:
                assert len(ports) == 6, ports
            whole(folder / ".env.ci")

    watcher = Watcher(folders, look)
    watcher.start()
    running: list[tuple[tuple[str, ...], Path, subprocess.Popen[str]]] = []
    wrong: list[str] = []
    done = 0
    end = time.monotonic() + sized(20, 60)
    while time.monotonic() < end and not wrong:
        while len(running) < 50:
            folder = dice.choice(folders.every())
            words = dice.choice(ASKING if folder in folders.steady else MOVING)
            if folder in folders.fleeting and dice.random() < 0.3:
                shutil.rmtree(folder, ignore_errors=True)
                if not folder.exists():
                    make(folder)
            running.append((words, folder, launch(*words, cwd=folder)))
        finished = [one for one in running if one[2].poll() is not None]
        for one in finished:
            running.remove(one)
            complaint = said(one[2], one[0])
            # A folder that vanishes under a command is no fault of the command.
            if complaint and one[1] not in folders.fleeting:
                wrong.append(complaint)
            assert "Traceback" not in complaint
            done += 1
        time.sleep(0.005)
    for words, folder, process in running:
        complaint = said(process, words)
        if complaint and folder not in folders.fleeting:
            wrong.append(complaint)
    watcher.over.set()
    watcher.join()
    assert wrong == [], (seed, wrong[0], len(wrong))
    assert watcher.wrong == [], (seed, watcher.wrong[0], len(watcher.wrong))
    assert watcher.rounds > 10
    assert done + len(running) > 50
    for folder in folders.every():
        process = launch("up", "--json", cwd=folder)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, (seed, out, err)
        told = [port for one in json.loads(out)["data"]["services"] for port in one["ports"]]
        assert sorted(whole(folder / ".env").values()) == sorted(told)
    ports = [row[3] for row in ledger_rows(own_state)]
    assert len(ports) == len(set(ports))
    for folder in [*folders.steady, *folders.moved]:
        left = [one.name for one in folder.iterdir() if one.name.startswith(".portman-")]
        assert left == []
