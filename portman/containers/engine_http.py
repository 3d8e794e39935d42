"""The engine's API over one connection: a socket file, TCP, TLS, or ssh.

Plain http.client rather than the docker library: loading that takes 140 ms of a cold `up`, and each
of its requests over 1 ms (benchmarks/containers.py). Over ssh the way is the docker command's own,
`ssh HOST docker system dial-stdio`; the library would let ssh ask for passwords on the terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    import socket
    import ssl
    import subprocess
    from collections.abc import Mapping
    from typing import Protocol

    from portman.containers.endpoint import Endpoint

    class Stream(Protocol):
        """What is read in pieces."""

        def read(self, amount: int, /) -> bytes:
            """Return up to that many bytes, none at the end."""
            ...


#: Bytes of one answer, and of all answers of one engine together. A list of a thousand containers
#: has one to four million, the inspection of one ten thousand. Small JSON unfolds to thirty
#: times its size in Python (`[],` is 3 bytes, and 88 as a list), so one answer is the smaller.
LARGEST, LARGEST_WHOLE = 16 << 20, 64 << 20
_PIECE = 1 << 16


class TooLargeError(Exception):
    """The engine says more than anybody should read."""


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
        """Return the status and the body of one answer."""
        raise NotImplementedError


class HttpClient(Client):
    """Over a connection that ends with this object."""

    def __init__(self, endpoint: Endpoint, patience: float) -> None:
        from http.client import HTTPConnection

        super().__init__()
        self._process: subprocess.Popen[bytes] | None = None
        self._http = HTTPConnection("docker")
        self._http.sock = self._connect(endpoint, patience)

    def __del__(self) -> None:
        """Hang up."""
        self._http.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _get(self, path: str) -> tuple[int, bytes]:
        self._http.request("GET", path)
        response = self._http.getresponse()
        return response.status, self._body.read(response)

    def _connect(self, endpoint: Endpoint, patience: float) -> socket.socket:
        import socket

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


def _context(endpoint: Endpoint) -> ssl.SSLContext:
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
