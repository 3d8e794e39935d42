"""Ask a container engine which containers there are and which host ports they have; stop one.

Two questions of the engine's API, `GET /containers/json` and `GET /containers/ID/json`. An engine
that is not there, or takes over a second for one answer, is given up: the command goes on without
it and reports that, each kind of fault in its own words. Stopping is the docker command's work,
against the engine that was asked.
"""

from __future__ import annotations

from portman.base.record import NamedTuple
from portman.base.system_commands import typed, word
from portman.containers.model import (
    Container,
    Resource,
    facts_of,
    fixed_bindings,
    listed_bindings,
    needs_inspection,
    resource_of,
)

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from queue import SimpleQueue

    from portman.containers.client import AnswerError, Client
    from portman.containers.endpoint import EngineEndpoint

#: Seconds for one answer; over ssh a login comes first.
PATIENCE, SSH_PATIENCE = 1.0, 5.0
#: How many times that for all answers together: 200 stopped containers take about a second.
WHOLE = 5
#: Sets the seconds for one answer, for those whose engine is slow every day.
VARIABLE = "PORTMAN_ENGINE_PATIENCE"


class EngineFault(NamedTuple):
    """What kept an engine from answering, in words, and what to do about it."""

    text: str
    hint: str = "start the engine"


class Seen(NamedTuple):
    """What an engine showed, and what it did not: "" for nothing amiss; `hint` is what to do."""

    containers: tuple[Container, ...] = ()
    fault: str = ""
    hint: str = ""
    resources: tuple[Resource, ...] = ()
    identity: str = ""


class EngineIdentity(NamedTuple):
    """What an engine calls itself."""

    text: str


def all_containers(endpoint: EngineEndpoint) -> Seen:
    """Return every container with its host ports, running or not, and who a remote engine is.

    One list call, and one inspection for each container that does not run and may be bound.
    """

    def ask(client: Client, tell: Callable[[object], None]) -> None:
        if endpoint.remote:
            tell(EngineIdentity(client.identity()))
        _ask_all(client, tell)

    return _within_patience(endpoint, ask)


def identity(endpoint: EngineEndpoint) -> str:
    def ask(client: Client, tell: Callable[[object], None]) -> None:
        tell(EngineIdentity(client.identity()))

    return _within_patience(endpoint, ask).identity


def running_containers(endpoint: EngineEndpoint) -> Seen:
    def ask(client: Client, tell: Callable[[object], None]) -> None:
        for row in client.rows(everything=False):
            tell(Container(facts_of(row), listed_bindings(row)))

    return _within_patience(endpoint, ask)


def everything(endpoint: EngineEndpoint) -> Seen:
    """Return containers (running or not, by name alone), networks and volumes, in three calls."""

    def ask(client: Client, tell: Callable[[object], None]) -> None:
        for row in client.rows(everything=True):
            tell(Container(facts_of(row), listed_bindings(row)))
        for row in client.networks():
            tell(resource_of("network", row))
        for row in client.volumes():
            tell(resource_of("volume", row))

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
    endpoint: EngineEndpoint, ask: Callable[[Client, Callable[[object], None]], None]
) -> Seen:
    """Ask in a thread of its own: no library's timeout covers name look-ups, logins, dribbles."""
    from queue import SimpleQueue
    from threading import Thread

    if not endpoint.url:
        said = f"docker has no context {endpoint.context!r} with an engine in it"
        return Seen((), said, "docker context ls")
    each = patience(endpoint)
    try:
        make = _client_of(endpoint, each)
    except ImportError as error:
        said = f"the docker library is not installed ({error.name})"
        return Seen((), said, "pip install docker")
    answers: SimpleQueue[object] = SimpleQueue()

    def work() -> None:
        try:
            ask(make(), answers.put)
            answers.put("")
        except Exception as error:  # noqa: BLE001 - every fault of an engine is reported as one
            answers.put(_fault(endpoint, error, each))

    Thread(target=work, name="portman-engine", daemon=True).start()
    return _collect(endpoint, answers, each)


def patience(endpoint: EngineEndpoint) -> float:
    """Return the seconds this engine may take for one answer (0.1 to 60)."""
    import os

    usual = SSH_PATIENCE if endpoint.url.startswith("ssh:") else PATIENCE
    try:
        return min(60.0, max(0.1, float(os.environ.get(VARIABLE) or usual)))
    except ValueError:
        return usual


def _collect(endpoint: EngineEndpoint, answers: SimpleQueue[object], each: float) -> Seen:
    from queue import Empty
    from time import monotonic

    limit = monotonic() + WHOLE * each
    found: list[Container] = []
    resources: list[Resource] = []
    known = ""
    while True:
        try:
            answer = answers.get(timeout=min(each, max(0.0, limit - monotonic())))
        except Empty:
            answer = _slow(endpoint, each)
        if isinstance(answer, Container):
            found.append(answer)
        elif isinstance(answer, Resource):
            resources.append(answer)
        elif isinstance(answer, EngineIdentity):
            known = answer.text
        elif answer is not None:
            fault = answer if isinstance(answer, EngineFault) else ("", "")
            return Seen(tuple(found), *fault, tuple(resources), known)


def _fault(  # noqa: PLR0911 - one return a cause
    endpoint: EngineEndpoint, error: Exception, each: float
) -> EngineFault:
    """Say what an engine's error means; the words are ours, as its own may be anything."""
    import ssl
    from http.client import HTTPException
    from socket import gaierror

    from portman.containers.client import AnswerError, TooLargeError

    url = endpoint.shown
    if isinstance(error, TooLargeError):
        return EngineFault(f"the engine at {url} says too much ({error})", _SEE)
    if isinstance(error, AnswerError):
        return _refusal(url, error)
    if isinstance(error, TimeoutError) or "timed out" in str(error).lower():
        return _slow(endpoint, each)
    if isinstance(error, PermissionError):
        said = f"this user may not use the engine at {url} (permission denied)"
        return EngineFault(
            said, "let this user use the engine: the group docker, or a rootless engine"
        )
    if isinstance(error, gaierror):
        return EngineFault(f"the engine at {url} has a host name without an address", _SEE)
    if isinstance(error, ssl.SSLError):
        return EngineFault(
            f"no TLS connection to the engine at {url}: its certificate or ours", _SEE
        )
    if url.startswith("ssh:") and isinstance(error, (ConnectionError, EOFError)):
        host = url.removeprefix("ssh://").partition("/")[0]
        return EngineFault(
            f"ssh reached no engine at {url}",
            f"try it: ssh -T {word(f'ssh://{host}', 'HOST')} docker version",
        )
    if isinstance(error, (ConnectionRefusedError, FileNotFoundError)):
        return EngineFault(f"no engine listens at {url}")
    if isinstance(error, (ConnectionError, EOFError)):
        return EngineFault(
            f"the engine at {url} closed the connection without a whole answer", _SEE
        )
    if isinstance(error, (HTTPException, ValueError)):
        return EngineFault(f"what listens at {url} is not a container engine", _SEE)
    why = error.strerror if isinstance(error, OSError) else ""
    return EngineFault(f"the engine at {url} cannot be asked" + (f": {why}" if why else ""), _SEE)


#: The usual next step where starting the engine is not the answer.
_SEE = "see what docker says: docker version"


def _refusal(url: str, error: AnswerError) -> EngineFault:
    """Say what an answer means that is none: a status of HTTP, or junk."""
    status = error.status
    if status in (401, 403, 405):
        said = f"the engine at {url} refuses to list its containers (HTTP {status})"
        return EngineFault(said, "if it is a guarded socket, allow it GET /containers")
    if status == 404:
        said = f"what answers at {url} has no list of containers (HTTP 404)"
        return EngineFault(f"{said}: not a container engine, or a proxy that hides it", _SEE)
    if status >= 500:
        return EngineFault(f"the engine at {url} has an error of its own (HTTP {status})", _SEE)
    if status:
        return EngineFault(f"the engine at {url} answers HTTP {status}, and no containers", _SEE)
    return EngineFault(f"what answers at {url} is not a container engine: {error}", _SEE)


def _slow(endpoint: EngineEndpoint, each: float) -> EngineFault:
    more = min(60, max(2, round(10 * each)))
    said = f"the engine at {endpoint.shown} takes over {each:g} s"
    return EngineFault(said, "give it more time: " + typed("set", VARIABLE, more))


def _client_of(endpoint: EngineEndpoint, each: float) -> Callable[[], Client]:
    """Return what makes the client. Libraries are loaded here: that is not the engine's time."""
    from portman.containers.client import HttpClient, PipeClient

    if endpoint.url.startswith("npipe:"):
        import docker.api.client  # noqa: F401

        return lambda: PipeClient(endpoint, each)
    import http.client  # noqa: F401

    return lambda: HttpClient(endpoint, each)


def stop(endpoint: EngineEndpoint, container: str, patience: float) -> str:
    """Run `docker stop` against this engine; return "" if it worked, else why not."""
    import os

    from portman.base.run_tool import UnboundedError, run

    env = {**os.environ, "DOCKER_HOST": endpoint.url}
    try:
        done = run(["docker", "stop", container], patience=patience + 20, most=1 << 20, env=env)
    except UnboundedError as error:
        return f"the engine did not stop it: {error}"
    except FileNotFoundError:
        return _stop_by_library(endpoint, container, patience)
    except OSError as error:
        return f"cannot run docker: {error.strerror}"
    said = done.err.decode("utf-8", "replace").strip()
    return "" if done.code == 0 else said or f"docker failed ({done.code})"


def _stop_by_library(endpoint: EngineEndpoint, container: str, patience: float) -> str:
    """Do the same over the engine's socket, where there is no docker command (Podman's)."""
    import docker
    import requests

    try:
        client = docker.DockerClient(base_url=endpoint.url, timeout=int(patience + 20))
        client.containers.get(container).stop()
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        return f"the engine did not stop it: {error}"
    return ""
