"""Ask a container engine which containers there are and which host ports they have.

Read-only: two questions of the engine's API, `GET /containers/json` and `GET /containers/ID/json`.
An engine that is not there, or takes over a second for one answer, is given up on: whoever asks
goes on without it and says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portman.containers.model import (
    Container,
    facts_of,
    fixed_bindings,
    listed_bindings,
    needs_inspection,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from queue import SimpleQueue

    from portman.containers.endpoint import Endpoint
    from portman.containers.engine_http import Client

#: Seconds for one answer; over ssh a login comes first.
PATIENCE, SSH_PATIENCE = 1.0, 5.0
#: How many times that for all answers together: 200 stopped containers take about a second.
WHOLE = 5
#: Sets the seconds for one answer, for those whose engine is slow every day.
VARIABLE = "PORTMAN_ENGINE_PATIENCE"


class Seen(NamedTuple):
    """What an engine showed, and what it did not: "" for nothing amiss."""

    containers: tuple[Container, ...] = ()
    fault: str = ""


def all_containers(endpoint: Endpoint) -> Seen:
    """Return every container with its host ports, running or not.

    One list call, and one inspection for each container that does not run and may be bound.
    """
    return _within_patience(endpoint, _ask_all)


def running_containers(endpoint: Endpoint) -> Seen:
    """Return the running containers with their host ports, in one call."""

    def ask(client: Client, tell: Callable[[object], None]) -> None:
        for row in client.rows(everything=False):
            tell(Container(facts_of(row), listed_bindings(row)))

    return _within_patience(endpoint, ask)


def _ask_all(client: Client, tell: Callable[[object], None]) -> None:
    rows = client.rows(everything=True)
    open_rows = []
    for row in rows:
        if needs_inspection(row):
            open_rows.append(row)
        else:
            tell(Container(facts_of(row), listed_bindings(row)))
    tell(None)
    for row in open_rows:
        facts = facts_of(row)
        try:
            details = client.inspect(facts.id)
        except LookupError:
            continue  # removed since it was listed
        tell(Container(facts, fixed_bindings(details)))


def _within_patience(
    endpoint: Endpoint, ask: Callable[[Client, Callable[[object], None]], None]
) -> Seen:
    """Ask in a thread of its own: no library's timeout covers name look-ups, logins, dribbles."""
    from queue import SimpleQueue
    from threading import Thread

    if not endpoint.url:
        return Seen((), f"docker has no context {endpoint.context!r} with an engine in it")
    each = patience(endpoint)
    try:
        make = _client_of(endpoint, each)
    except ImportError as error:
        return Seen((), f"the docker library is not installed ({error.name})")
    answers: SimpleQueue[object] = SimpleQueue()

    def work() -> None:
        try:
            ask(make(), answers.put)
            answers.put("")
        except Exception as error:  # noqa: BLE001 - every fault of an engine is told as one
            answers.put(_fault(endpoint, error, each))

    Thread(target=work, name="portman-engine", daemon=True).start()
    return _collect(endpoint, answers, each)


def patience(endpoint: Endpoint) -> float:
    """Return the seconds this engine may take for one answer (0.1 to 60)."""
    import os

    usual = SSH_PATIENCE if endpoint.url.startswith("ssh:") else PATIENCE
    try:
        return min(60.0, max(0.1, float(os.environ.get(VARIABLE) or usual)))
    except ValueError:
        return usual


def _collect(endpoint: Endpoint, answers: SimpleQueue[object], each: float) -> Seen:
    from queue import Empty
    from time import monotonic

    limit = monotonic() + WHOLE * each
    found: list[Container] = []
    while True:
        try:
            answer = answers.get(timeout=min(each, max(0.0, limit - monotonic())))
        except Empty:
            return Seen(tuple(found), _slow(endpoint, each))
        if isinstance(answer, str):
            return Seen(tuple(found), answer)
        if isinstance(answer, Container):
            found.append(answer)


def _fault(endpoint: Endpoint, error: Exception, each: float) -> str:
    from portman.containers.engine_http import TooLargeError

    if isinstance(error, TooLargeError):
        return f"the engine at {endpoint.url} says too much ({error})"
    if "timed out" in str(error).lower():
        return _slow(endpoint, each)
    return f"no engine answers at {endpoint.url} ({type(error).__name__})"


def _slow(endpoint: Endpoint, each: float) -> str:
    return f"the engine at {endpoint.url} takes over {each:g} s"


def _client_of(endpoint: Endpoint, each: float) -> Callable[[], Client]:
    """Return what makes the client. Libraries are loaded here: that is not the engine's time."""
    if endpoint.url.startswith("npipe:"):
        import docker.api.client  # noqa: F401

        from portman.containers.engine_pipe import PipeClient

        return lambda: PipeClient(endpoint, each)
    import http.client  # noqa: F401

    from portman.containers.engine_http import HttpClient

    return lambda: HttpClient(endpoint, each)
