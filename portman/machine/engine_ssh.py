"""An engine behind `ssh://`: the docker command's own way, `ssh HOST docker system dial-stdio`.

The docker library would let ssh ask for passwords on the terminal; here ssh may ask nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class SshClient:
    """The engine's API over one ssh connection, which ends with this object."""

    def __init__(self, url: str, patience: float) -> None:
        import socket
        import subprocess
        from http.client import HTTPConnection

        ours, theirs = socket.socketpair()
        ours.settimeout(patience)
        with theirs:
            self._process = subprocess.Popen(
                command(url, patience),
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
            )
        self._http = HTTPConnection("docker")
        self._http.sock = ours

    def __del__(self) -> None:
        """Hang up."""
        process = getattr(self, "_process", None)
        if process is not None:
            self._http.close()
            process.kill()
            process.wait()

    def rows(self, *, everything: bool) -> list[Mapping[str, object]]:
        """Return the running containers, or all there are."""
        found: list[Mapping[str, object]] = self._get(f"/containers/json?all={int(everything)}")
        return found

    def inspect(self, name: str) -> Mapping[str, object]:
        """Return the details of one container; raises LookupError if it is gone."""
        found: Mapping[str, object] = self._get(f"/containers/{name}/json")
        return found

    def _get(self, path: str) -> Any:
        import json

        self._http.request("GET", path)
        response = self._http.getresponse()
        data = response.read()
        if response.status == 404:
            raise LookupError(path)
        if response.status != 200:
            raise OSError(f"HTTP {response.status}")
        return json.loads(data)


def command(url: str, patience: float) -> list[str]:
    """Return the ssh command for `ssh://[user@]host[:port]`. Raises ValueError for no host."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    if not parts.hostname or parts.hostname.startswith("-"):
        raise ValueError("no host in the address of the engine")
    options = ["-T", "-o", "BatchMode=yes", "-o", f"ConnectTimeout={max(1, int(patience))}"]
    if parts.username:
        options += ["-l", parts.username]
    if parts.port:
        options += ["-p", str(parts.port)]
    return ["ssh", *options, "--", parts.hostname, "docker system dial-stdio"]
