"""The engine's API over one connection: a socket file, TCP, TLS, ssh, or a named pipe.

With http.client, because loading the docker library takes 140 ms of a cold `up`, and each of its
requests over 1 ms (benchmarks/containers.py). Over ssh as the docker command does it, `ssh HOST
docker system dial-stdio`; the library would let ssh ask for passwords on the terminal.

A connection that the engine, or a program between, closed after an answer is opened again to the
same engine. Paths name no version of the API, so that an engine answers as its newest; one that
demands a version (some guarded sockets do) gets the version it says it has.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False

if TYPE_CHECKING:
    import socket
    import ssl
    import subprocess
    from collections.abc import Mapping
    from typing import Any, Protocol
    from urllib.parse import SplitResult

    from portman.containers.endpoint import EngineEndpoint

    class Stream(Protocol):
        """What is read in pieces: up to so many bytes, none at the end."""

        def read(self, amount: int, /) -> bytes: ...


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


class AnswerError(Exception):
    """The engine answered, and not with what was asked for: `status` of HTTP, or 0 for junk."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


class Client:
    """The questions; how they travel is up to those below."""

    def __init__(self) -> None:
        self._body = Body()
        self._prefix: str | None = None  # None until a first answer has shown what is understood

    def rows(self, *, everything: bool) -> list[Mapping[str, object]]:
        return self._list(self._ask(f"/containers/json?all={int(everything)}"))

    def inspect(self, name: str) -> Mapping[str, object]:
        found = self._ask(f"/containers/{name}/json", missing=True)
        if not isinstance(found, dict):
            raise AnswerError(0, "its answer is not a container")
        return found

    def identity(self) -> str:
        """Return the engine's own ID, the same for every address it has; "" if it does not say.

        Podman makes a new one for each answer, so that an ID counts if it is given twice.
        """
        try:
            first, second = (self._ask("/info") for _ in range(2))
        except AnswerError:
            return ""  # a guarded socket lists containers and says no more
        said = first.get("ID") if isinstance(first, dict) else ""
        if not isinstance(second, dict) or second.get("ID") != said:
            return ""
        return said if isinstance(said, str) and len(said) < 200 and said.isprintable() else ""

    def networks(self) -> list[Mapping[str, object]]:
        return self._list(self._ask("/networks"))

    def volumes(self) -> list[Mapping[str, object]]:
        """Return every volume; an engine without any answers null (Docker 20.10)."""
        found = self._ask("/volumes")
        return self._list(found.get("Volumes") or [] if isinstance(found, dict) else found)

    @staticmethod
    def _list(found: object) -> list[Mapping[str, object]]:
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise AnswerError(0, "its answer is not a list of containers")
        return found

    def _ask(self, path: str, *, missing: bool = False) -> Any:  # JSON
        import json

        status, data = self._get(f"{self._prefix or ''}{path}")
        if self._prefix is None:
            self._prefix = self._demanded() if status in (400, 403, 404) else ""
            if self._prefix:
                status, data = self._get(f"{self._prefix}{path}")
        if status == 404 and missing:
            raise LookupError(path)
        if status != 200:
            raise AnswerError(status, f"HTTP {status}")
        try:
            return json.loads(data)
        except (ValueError, RecursionError, MemoryError):
            raise AnswerError(0, "its answer is not JSON") from None

    def _demanded(self) -> str:
        """Return "/v1.41", the version an engine says it has; "" if it does not say."""
        import json

        status, data = self._get("/version")
        try:
            version = json.loads(data)["ApiVersion"] if status == 200 else ""
        except (ValueError, LookupError, TypeError, RecursionError, MemoryError):
            return ""
        plain = isinstance(version, str) and version.replace(".", "", 1)
        fits = plain and len(plain) < 8 and plain.isascii() and plain.isdigit()
        return f"/v{version}" if fits else ""

    def _get(self, path: str) -> tuple[int, bytes]:
        raise NotImplementedError


class HttpClient(Client):
    """Over a connection that ends with this object."""

    def __init__(self, endpoint: EngineEndpoint, patience: float) -> None:
        from http.client import HTTPConnection

        super().__init__()
        self._process: subprocess.Popen[bytes] | None = None
        self._endpoint, self._patience, self._answered = endpoint, patience, False
        self._http = HTTPConnection("docker")
        self._http.auto_open = 0  # it would open TCP to a host called "docker"
        self._http.sock = self._connect()

    def __del__(self) -> None:
        self._end()

    def _end(self) -> None:
        self._http.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _get(self, path: str) -> tuple[int, bytes]:
        """Ask on the connection that is there; once more on a new one if it was closed."""
        try:
            return self._get_once(path)
        except (ConnectionError, EOFError):
            if not self._answered:
                raise
        self._http.close()
        return self._get_once(path)

    def _get_once(self, path: str) -> tuple[int, bytes]:
        if self._http.sock is None:
            self._end()  # the ssh of the connection before
            self._http.sock = self._connect()
        self._http.request("GET", path)
        response = self._http.getresponse()
        data = self._body.read(response)
        if response.length:
            raise EOFError  # it ended before its answer did
        self._answered = True
        return response.status, data

    def _connect(self) -> socket.socket:
        import socket
        from urllib.parse import urlsplit

        endpoint, patience = self._endpoint, self._patience
        parts = urlsplit(endpoint.url)
        if parts.scheme == "ssh":
            return self._over_ssh(endpoint.url, patience)
        if sys.platform != "win32" and parts.scheme == "unix":
            link = socket.socket(socket.AF_UNIX)
            link.settimeout(patience)
            try:
                link.connect(endpoint.url.removeprefix("unix://"))
            except OSError:
                link.close()
                raise
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
