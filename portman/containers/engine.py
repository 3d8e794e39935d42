"""Ask a container engine which containers there are and which host ports they have; stop one.

Two questions of the engine's API, `GET /containers/json` and `GET /containers/ID/json`. An engine
that is not there, or takes over a second for one answer, is given up: the command goes on without
it and reports that. Stopping is the docker command's work, against the engine that was asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from portman.containers.model import (
    Container,
    facts_of,
    fixed_bindings,
    listed_bindings,
    needs_inspection,
)

if TYPE_CHECKING:
    import socket
    import ssl
    import subprocess
    from collections.abc import Callable, Mapping
    from queue import SimpleQueue
    from typing import Protocol
    from urllib.parse import SplitResult

    from portman.containers.endpoint import EngineEndpoint

    class Stream(Protocol):
        """What is read in pieces: up to so many bytes, none at the end."""

        def read(self, amount: int, /) -> bytes: ...  # noqa: D102


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


def all_containers(endpoint: EngineEndpoint) -> Seen:
    """Return every container with its host ports, running or not.

    One list call, and one inspection for each container that does not run and may be bound.
    """
    return _within_patience(endpoint, _ask_all)


def running_containers(endpoint: EngineEndpoint) -> Seen:
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
    endpoint: EngineEndpoint, ask: Callable[[Client, Callable[[object], None]], None]
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
    while True:
        try:
            answer = answers.get(timeout=min(each, max(0.0, limit - monotonic())))
        except Empty:
            return Seen(tuple(found), _slow(endpoint, each))
        if isinstance(answer, str):
            return Seen(tuple(found), answer)
        if isinstance(answer, Container):
            found.append(answer)


def _fault(endpoint: EngineEndpoint, error: Exception, each: float) -> str:

    if isinstance(error, TooLargeError):
        return f"the engine at {endpoint.url} says too much ({error})"
    if "timed out" in str(error).lower():
        return _slow(endpoint, each)
    return f"no engine answers at {endpoint.url} ({type(error).__name__})"


def _slow(endpoint: EngineEndpoint, each: float) -> str:
    return f"the engine at {endpoint.url} takes over {each:g} s"


def _client_of(endpoint: EngineEndpoint, each: float) -> Callable[[], Client]:
    """Return what makes the client. Libraries are loaded here: that is not the engine's time."""
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


# The engine's API over one connection: a socket file, TCP, TLS, or ssh. With http.client, because
# loading the docker library takes 140 ms of a cold `up`, and each of its requests over 1 ms
# (benchmarks/containers.py). Over ssh as the docker command does it, `ssh HOST docker system
# dial-stdio`; the library would let ssh ask for passwords on the terminal.

#: Bytes of one answer, and of all answers of one engine together. A list of a thousand containers
#: has one to four million, the inspection of one ten thousand. Small JSON unfolds to thirty
#: times its size in Python (`[],` is 3 bytes, and 88 as a list), so one answer is the smaller.
LARGEST, LARGEST_WHOLE = 16 << 20, 64 << 20
_PIECE = 1 << 16


class TooLargeError(Exception):
    """An answer of the engine is over the limit."""


class Body:
    """Reads answers up to the limits. http.client has its own for heads: 100 lines of 64 KiB."""

    def __init__(self) -> None:
        self._left = LARGEST_WHOLE

    def read(self, stream: Stream) -> bytes:
        """Return all that is left of one answer.

        In pieces: a chunked answer is kept chunk by chunk meanwhile, however small they are.
        Raises TooLargeError.
        """
        data = bytearray()
        most = min(LARGEST, self._left)
        while part := stream.read(_PIECE):
            data += part
            if len(data) > most:
                once, in_all = LARGEST >> 20, LARGEST_WHOLE >> 20
                raise TooLargeError(f"over {once} MiB at once, or {in_all} in all")
        self._left -= len(data)
        return bytes(data)


class Client:
    """The two questions; how they travel is up to those below."""

    def __init__(self) -> None:
        self._body = Body()

    def rows(self, *, everything: bool) -> list[Mapping[str, object]]:
        """Return the running containers, or all there are."""
        found: list[Mapping[str, object]] = self._ask(f"/containers/json?all={int(everything)}")
        return found

    def inspect(self, name: str) -> Mapping[str, object]:
        """Return the details of one container; raises LookupError if it is gone."""
        found: Mapping[str, object] = self._ask(f"/containers/{name}/json")
        return found

    def _ask(self, path: str) -> Any:  # JSON
        import json

        status, data = self._get(path)
        if status == 404:
            raise LookupError(path)
        if status != 200:
            raise OSError(f"HTTP {status}")
        return json.loads(data)

    def _get(self, path: str) -> tuple[int, bytes]:
        raise NotImplementedError


class HttpClient(Client):
    """Over a connection that ends with this object."""

    def __init__(self, endpoint: EngineEndpoint, patience: float) -> None:
        from http.client import HTTPConnection

        super().__init__()
        self._process: subprocess.Popen[bytes] | None = None
        self._http = HTTPConnection("docker")
        self._http.sock = self._connect(endpoint, patience)

    def __del__(self) -> None:
        self._http.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _get(self, path: str) -> tuple[int, bytes]:
        self._http.request("GET", path)
        response = self._http.getresponse()
        return response.status, self._body.read(response)

    def _connect(self, endpoint: EngineEndpoint, patience: float) -> socket.socket:
        import socket
        from urllib.parse import urlsplit

        parts = urlsplit(endpoint.url)
        if parts.scheme == "ssh":
            return self._over_ssh(endpoint.url, patience)
        if parts.scheme == "unix":
            link = socket.socket(socket.AF_UNIX)
            link.settimeout(patience)
            link.connect(endpoint.url.removeprefix("unix://"))
            return link
        if parts.scheme not in ("tcp", "http", "https") or not parts.hostname:
            raise ValueError("no address of an engine")
        secure = bool(endpoint.tls) or parts.scheme == "https"
        port = parts.port or (2376 if secure else 2375)
        plain = socket.create_connection((parts.hostname, port), patience)
        if not secure:
            return plain
        return _context(endpoint).wrap_socket(plain, server_hostname=parts.hostname)

    def _over_ssh(self, url: str, patience: float) -> socket.socket:
        import socket
        import subprocess
        from urllib.parse import urlsplit

        ours, theirs = socket.socketpair()
        ours.settimeout(patience)
        with theirs:
            end = theirs.fileno()
            self._process = subprocess.Popen(
                ssh_command(urlsplit(url), patience),
                stdin=end,
                stdout=end,
                stderr=subprocess.DEVNULL,
            )
        return ours


def ssh_command(parts: SplitResult, patience: float) -> list[str]:
    """Return the ssh command for `ssh://[user@]host[:port]`. Raises ValueError for no host."""
    if not parts.hostname or parts.hostname.startswith("-"):
        raise ValueError("no host in the address of the engine")
    options = ["-T", "-o", "BatchMode=yes", "-o", f"ConnectTimeout={max(1, int(patience))}"]
    if parts.username:
        options += ["-l", parts.username]
    if parts.port:
        options += ["-p", str(parts.port)]
    return ["ssh", *options, "--", parts.hostname, "docker system dial-stdio"]


def _context(endpoint: EngineEndpoint) -> ssl.SSLContext:
    """Return the TLS settings for what lies in the endpoint's folder, as docker keeps it there."""
    import os
    import ssl

    ca, cert, key = (os.path.join(endpoint.tls, f"{name}.pem") for name in ("ca", "cert", "key"))
    context = ssl.create_default_context(cafile=ca if os.path.isfile(ca) else None)
    if not endpoint.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if os.path.isfile(cert) and os.path.isfile(key):
        context.load_cert_chain(cert, key)
    return context


class PipeClient(Client):
    """Over a named pipe of Windows, through the docker library's transport.

    Only the transport: the library itself reads an answer whole, whatever its size, and unpacks it.
    """

    def __init__(self, endpoint: EngineEndpoint, patience: float) -> None:
        from docker.api.client import APIClient
        from docker.constants import DEFAULT_DOCKER_API_VERSION

        super().__init__()
        self._patience = patience
        # Given a version it asks the engine for none; the paths here name none either.
        self._api = APIClient(base_url=endpoint.url, version=DEFAULT_DOCKER_API_VERSION)

    def _get(self, path: str) -> tuple[int, bytes]:
        with self._api.get(
            f"{self._api.base_url}{path}",
            timeout=self._patience,
            stream=True,
            allow_redirects=False,
            headers={"Accept-Encoding": "identity"},
        ) as response:
            return response.status_code, self._body.read(response.raw)  # as it comes, packed
