"""Which container engine the docker command would talk to: DOCKER_HOST, a context, or the default.

Reads the files of the docker command itself (`~/.docker`); starts nothing and connects to nothing.

A container of a remote engine (DOCKER_HOST=ssh://..., a context) binds ports of another machine:
its lease belongs to that machine's port space, probes of this machine say nothing about it, and
only that engine's containers can be in its way as far as this machine can see.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from portman.base import small_file
from portman.base.values import LOCAL_SCOPE

if TYPE_CHECKING:
    from typing import Protocol

    from portman.containers.engine import Seen

    class Engine(Protocol):
        """A container engine, whichever it is.

        `scope` is the port space that its containers bind in; `absent`: no engine is installed
        where it would listen.
        """

        @property
        def url(self) -> str:
            """Where it listens, for messages."""
            ...

        @property
        def settings(self) -> str:
            """The command that shows why this engine is in use, "" for the default one."""
            ...

        @property
        def scope(self) -> str: ...
        @property
        def absent(self) -> bool: ...
        def evidence(self) -> tuple[str, ...]: ...

        def containers(self, *, running: bool) -> Seen:
            """Return the running containers with their host ports, or every container."""
            ...

        def everything(self) -> Seen:
            """Return every container, network and volume."""
            ...

        def stop(self, container: str, patience: float) -> str:
            """Stop a container; return "" if it worked, else why not."""
            ...


#: What changes the answer, besides the files of `evidence`.
VARIABLES = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG")
DEFAULT = "unix:///var/run/docker.sock"
_LOOPBACK = ("localhost", "127.", "[::1]", "::1")


class EngineEndpoint(NamedTuple):
    """An `Engine` that speaks Docker's API: where it listens, the folder of its TLS files or ""."""

    url: str
    context: str = ""
    tls: str = ""
    verify: bool = True

    @property
    def remote(self) -> bool:
        """Return whether the engine's ports are another machine's.

        A socket file or pipe counts as here: Docker Desktop and its kind forward to this machine.
        """
        scheme, _, rest = self.url.partition("://")
        if scheme in ("unix", "npipe", "fd"):
            return False
        host = rest.rpartition("@")[2]
        return scheme == "ssh" or not host.startswith(_LOOPBACK)

    @property
    def scope(self) -> str:
        """Return the port space of the engine: LOCAL_SCOPE, or one named after its machine."""
        if not self.remote:
            return LOCAL_SCOPE
        scheme, _, rest = self.url.partition("://")
        host = rest.rpartition("@")[2].partition("/")[0]
        return f"{scheme}:{host}" if scheme == "ssh" else f"tcp:{host}"

    @property
    def settings(self) -> str:
        return f"docker context inspect {self.context}" if self.context else ""

    @property
    def absent(self) -> bool:
        path = self.url.removeprefix("unix://")
        return path != self.url and not os.path.exists(path)

    def containers(self, *, running: bool) -> Seen:
        """Return the containers of the engine; one that does not answer in time shows none."""
        from portman.containers.engine import all_containers, running_containers

        return running_containers(self) if running else all_containers(self)

    def everything(self) -> Seen:
        from portman.containers.engine import everything

        return everything(self)

    def stop(self, container: str, patience: float) -> str:
        """Stop a container; return "" if it worked, else why not."""
        from portman.containers.engine import stop

        return stop(self, container, patience)

    def evidence(self) -> tuple[str, ...]:
        """Return the variables and paths, there or not, that made this the engine in use."""
        config = os.path.join(_config_folder(), "config.json")
        meta = (_meta_file(self.context),) if self.context else ()
        return (*(f"${name}" for name in VARIABLES), config, *meta)


def find_endpoint() -> EngineEndpoint:
    """Return the engine in use, as the docker command chooses it.

    Where Docker's own socket is missing, a rootless Docker's or Podman's is taken if there is one.
    """
    url = os.environ.get("DOCKER_HOST", "")
    if url:
        folder = os.environ.get("DOCKER_CERT_PATH") or _config_folder()
        verify = bool(os.environ.get("DOCKER_TLS_VERIFY"))
        return EngineEndpoint(_whole(url), tls=folder if verify else "", verify=verify)
    name = context_name()
    if name not in ("", "default"):
        return _of_context(name) or EngineEndpoint("", context=name)
    return EngineEndpoint(_first_socket())


def context_name() -> str:
    """Return the docker context in use, "" for none."""
    chosen = os.environ.get("DOCKER_CONTEXT", "")
    if chosen:
        return chosen
    settings = _json(os.path.join(_config_folder(), "config.json"))
    name = settings.get("currentContext", "")
    return name if isinstance(name, str) else ""


def _of_context(name: str) -> EngineEndpoint | None:
    docker = _json(_meta_file(name)).get("Endpoints", {})
    docker = docker.get("docker", {}) if isinstance(docker, dict) else {}
    url = docker.get("Host", "") if isinstance(docker, dict) else ""
    if not isinstance(url, str) or not url:
        return None
    folder = os.path.join(_config_folder(), "contexts", "tls", _digest(name), "docker")
    return EngineEndpoint(
        _whole(url),
        context=name,
        tls=folder if os.path.isdir(folder) else "",
        verify=not docker.get("SkipTLSVerify", False),
    )


def _meta_file(name: str) -> str:
    return os.path.join(_config_folder(), "contexts", "meta", _digest(name), "meta.json")


def _digest(name: str) -> str:
    """Return the folder name docker keeps a context under (docker/cli, context/store)."""
    import hashlib

    return hashlib.sha256(name.encode()).hexdigest()


def _config_folder() -> str:
    chosen = os.environ.get("DOCKER_CONFIG")
    return chosen or os.path.join(os.path.expanduser("~"), ".docker")


def _json(path: str) -> dict[str, object]:
    text = small_file.read(path, 1 << 20)
    if not text:
        return {}
    import json

    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _whole(url: str) -> str:
    return url if "://" in url else f"tcp://{url}"


def _first_socket() -> str:
    if os.name == "nt":
        return "npipe:////./pipe/docker_engine"
    run = os.environ.get("XDG_RUNTIME_DIR", "")
    places = [
        "/var/run/docker.sock",
        *((f"{run}/docker.sock", f"{run}/podman/podman.sock") if run else ()),
        f"{os.path.expanduser('~')}/.docker/run/docker.sock",
        "/run/podman/podman.sock",
    ]
    return next((f"unix://{place}" for place in places if os.path.exists(place)), DEFAULT)
