"""A machine as data: its system, sockets, processes and engine, in place of the real one.

`FakeMachine(...).install(monkeypatch)` answers at the seams of machine/ and containers/; what is
above them (verdicts, messages, `up`, `who`, `free`) is the program's own. Files stay real.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from portman.base.holder import Socket
from portman.containers import endpoint, engine
from portman.containers.engine import Seen
from portman.diagnose.free import targets
from portman.holders import find
from portman.machine import processes, sockets
from portman.machine.processes.model import ProcessFacts
from portman.machine.sockets import listing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import pytest

    from portman.containers.model import Container


@dataclass
class FakeMachine:
    """`engine` is where its engine listens: a path below `home`, or the name of a pipe."""

    system: str
    home: Path
    rows: list[Socket] = field(default_factory=list)
    running: dict[int, ProcessFacts] = field(default_factory=dict)
    parents: dict[int, tuple[int, ...]] = field(default_factory=dict)
    engine: str = ""
    containers: tuple[Container, ...] = ()
    asked: list[str] = field(default_factory=list)

    def listen(
        self, port: int, name: str, argv: Iterable[str] = (), *, cwd: str = "/", pid: int = 4711
    ) -> None:
        """Let a program listen on a port of 127.0.0.1."""
        words = tuple(argv)
        self.running[pid] = ProcessFacts(
            pid, 1, name, words, " ".join(words) or name, cwd, uid=0, user="me", start_mark=7
        )
        self.rows.append(
            Socket("tcp", "127.0.0.1", port, "listen", "listen", inode=pid, pids=(pid,))
        )

    def probe(self, port: int, protocol: str, _host: str = "") -> str:
        return "busy" if self._on([(protocol, port)]) else "idle"

    def classify(self, port: int, protocol: str) -> str:
        return "holder" if self._on([(protocol, port)]) else "idle"

    def install(self, monkeypatch: pytest.MonkeyPatch) -> FakeMachine:
        def ask(url: endpoint.EngineEndpoint) -> Seen:
            self.asked.append(url.url)
            here = self._url() == url.url
            return Seen(self.containers) if here else Seen((), "no engine answers there")

        def table(pairs: Iterable[tuple[str, int]] = (), **_: object) -> list[Socket]:
            return self._on(pairs)

        answers: list[tuple[object, str, Callable[..., Any]]] = [
            (sockets, "probe", self.probe),
            (sockets, "classify", self.classify),
            (sockets, "joinable", lambda *_: False),
            (find, "list_sockets", table),
            (listing, "read_table", table),
            (targets, "list_listeners", lambda _=(): self.rows),
            (processes, "facts", self.running.get),
            (processes, "ancestors", self._above),
            (processes, "parents", lambda pid: list(self.parents.get(pid, (1,)))),
            (processes, "workers", lambda *_: []),
            (engine, "running_containers", ask),
            (engine, "all_containers", ask),
            (engine, "everything", ask),
        ]
        for place, name, answer in answers:
            monkeypatch.setattr(place, name, answer)
        self._install_engine(monkeypatch)
        return self

    def _install_engine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(endpoint, "sys", SimpleNamespace(platform=self.system))
        for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "CONTAINER_HOST"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HOME", str(self.home))
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(self.home / "run"))
        monkeypatch.setenv("TMPDIR", str(self.home / "T"))
        if self.system == "win32":
            there = frozenset({self.engine} - {""})
            monkeypatch.setattr(endpoint, "_pipes", lambda: there)
        elif self.engine:
            file = self.home / self.engine
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()

    def _url(self) -> str:
        if self.system == "win32":
            return f"npipe:////./pipe/{self.engine}"
        return f"unix://{self.home / self.engine}"

    def _on(self, pairs: Iterable[tuple[str, int]]) -> list[Socket]:
        wanted = set(pairs)
        return [one for one in self.rows if one.pair in wanted]

    def _above(self, pid: int) -> list[ProcessFacts]:
        known = (self.running.get(one) for one in self.parents.get(pid, ()))
        return [one for one in known if one is not None]
