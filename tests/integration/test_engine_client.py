"""What an engine answers, or does not, and what portman makes of it: over real sockets."""

from __future__ import annotations

import json
import re
import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from portman.containers.endpoint import EngineEndpoint
from portman.containers.engine import all_containers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Answer = Callable[[str], tuple[str, bytes]]

ROW = {"Id": "ab" * 32, "Names": ["/old"], "State": "exited"}
DETAILS = {"HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": "8025"}]}}}


def usual(path: str) -> tuple[str, bytes]:
    """Answer as an engine with one stopped container does."""
    return "200 OK", json.dumps(DETAILS if path.endswith("/json") else [ROW]).encode()


@contextmanager
def engine(folder: Path, answer: Answer, *, after: str = "stay") -> Iterator[EngineEndpoint]:
    """Serve HTTP on a socket file. `after` an answer: stay, say "close", or hang up unsaid."""
    path = folder / "engine.sock"
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen(16)

    def serve(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            while head := connection.recv(65536).decode():
                status, body = answer(head.split(" ")[1])
                said = "Connection: close\r\n" if after == "close" else ""
                top = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{said}\r\n"
                connection.sendall(top.encode() + body)
                if after != "stay":
                    return

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield EngineEndpoint(f"unix://{path}")
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()


@pytest.mark.parametrize("after", ["stay", "close", "hang up"])
def test_a_closed_connection_is_opened_again_to_the_same_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    """Said or unsaid; and never to a host called "docker"."""

    def elsewhere(*_: object) -> None:
        raise AssertionError("a connection over TCP")

    monkeypatch.setattr(socket, "create_connection", elsewhere)
    with engine(tmp_path, usual, after=after) as endpoint:
        seen = all_containers(endpoint)
    assert seen.fault == ""
    assert [one.bindings[0].port for one in seen.containers] == [8025]


def test_an_engine_that_hangs_up_without_an_answer_is_asked_once(tmp_path: Path) -> None:
    """No loop: the first connection never answered."""
    asked = []

    def none(path: str) -> tuple[str, bytes]:
        asked.append(path)
        raise OSError

    with engine(tmp_path, none) as endpoint:
        seen = all_containers(endpoint)
    assert len(asked) == 1
    assert "closed the connection without a whole answer" in seen.fault


def test_an_answer_that_ends_too_early_is_not_taken_for_junk(tmp_path: Path) -> None:
    """The head says more bytes than come: what answers is an engine, and its message says so."""
    short = ("200 OK\r\nContent-Length: 9", b"[{")
    with engine(tmp_path, lambda _: short, after="close") as endpoint:
        seen = all_containers(endpoint)
    assert "closed the connection without a whole answer" in seen.fault


@pytest.mark.parametrize("status", ["400 Bad Request", "403 Forbidden", "404 Not Found"])
def test_an_engine_that_demands_a_version_gets_its_own(tmp_path: Path, status: str) -> None:
    """The paths name one after the first refusal, and every time then."""
    asked = []

    def versioned(path: str) -> tuple[str, bytes]:
        asked.append(path)
        if path == "/version":
            return "200 OK", b'{"ApiVersion": "1.44"}'
        return usual(path) if path.startswith("/v1.44/") else (status, b"")

    with engine(tmp_path, versioned) as endpoint:
        seen = all_containers(endpoint)
    assert (seen.fault, len(seen.containers)) == ("", 1)
    assert [path.startswith("/v1.44/") for path in asked] == [False, False, True, True]


ANSWERS = {
    "401 Unauthorized": (b"", "refuses to list its containers"),
    "403 Forbidden": (b"", "refuses to list its containers"),
    "404 Not Found": (b"", "has no list of containers"),
    "500 Oops": (b"", "has an error of its own"),
    "301 Moved": (b"", "answers HTTP 301"),
    "200 OK": (b"<html>", "is not a container engine"),
    "200 Fine": (b'{"a": 1}', "is not a container engine"),
    "200 Odd": (b"[1, null]", "is not a container engine"),
    "200 Deep": (b"[" * 100_000, "is not a container engine"),
    "junk": (b"", "is not a container engine"),
}


@pytest.mark.parametrize("status", ANSWERS)
def test_each_refusal_has_its_own_words(tmp_path: Path, status: str) -> None:
    """No Python class in any of them; and only an engine that is off is to be started."""
    body, words = ANSWERS[status]
    with engine(tmp_path, lambda _: (status, body)) as endpoint:
        seen = all_containers(endpoint)
    assert words in seen.fault
    assert not re.search(r"Error|Exception|start the engine", seen.fault + seen.hint)


def test_an_engine_that_is_off_is_to_be_started(tmp_path: Path) -> None:
    """Nobody listens on its socket file any more."""
    path = tmp_path / "engine.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
    seen = all_containers(EngineEndpoint(f"unix://{path}"))
    assert (seen.fault, seen.hint) == (f"no engine listens at unix://{path}", "start the engine")


def test_an_address_without_a_host_is_none() -> None:
    """A word that is no address, and a name that no name server has."""
    assert "is not a container engine" in all_containers(EngineEndpoint("ftp://x")).fault
    assert all_containers(EngineEndpoint("tcp://no.such.invalid:1")).fault
