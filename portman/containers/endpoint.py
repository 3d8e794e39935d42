"""Which container engine the docker command would talk to: DOCKER_HOST, a context, or the default.

Reads the files of the docker command itself (`~/.docker`); starts nothing and connects to nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from portman.base import small_file
from portman.base.values import LOCAL_SCOPE

if TYPE_CHECKING:
    from portman.base.values import Manifest, Service

#: What changes the answer, besides the files of `evidence`.
VARIABLES = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG")
DEFAULT = "unix:///var/run/docker.sock"
_LOOPBACK = ("localhost", "127.", "[::1]", "::1")


class EngineEndpoint(NamedTuple):
    """Where an engine listens, and the folder of its TLS files ("" for none)."""

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
        """Return the port space of the engine: "local", or one named after its machine."""
        if not self.remote:
            return "local"
        scheme, _, rest = self.url.partition("://")
        host = rest.rpartition("@")[2].partition("/")[0]
        return f"{scheme}:{host}" if scheme == "ssh" else f"tcp:{host}"


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


def evidence() -> tuple[str, ...]:
    """Return the paths that decide which engine is in use, there or not."""
    config = os.path.join(_config_folder(), "config.json")
    name = context_name()
    return (config, _meta_file(name)) if name not in ("", "default") else (config,)


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
    """Return the address with a scheme, as docker completes it (`host:2375` is tcp)."""
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


# In which port space a service lives: this machine's, or that of a remote engine's machine.
#
# A container of a remote engine (DOCKER_HOST=ssh://..., a context) binds ports of another machine:
# its lease is one of that space, probes of this machine say nothing about it, and only that engine's
# containers can be in its way as far as anyone here can see.

#: Variables that choose the engine, in the form of a receipt's evidence.
_VARIABLES = ("$DOCKER_HOST", "$DOCKER_CONTEXT", "$DOCKER_CONFIG")


def container_scope(manifest: Manifest) -> str:
    """Return the port space of the manifest's containers; this machine's if it has none."""
    if not any(service.kind == "container" for service in manifest.services):
        return LOCAL_SCOPE

    return find_endpoint().scope


def parts(manifest: Manifest) -> tuple[tuple[str, tuple[Service, ...]], ...]:
    """Return the services by port space, this machine's first."""
    scope = container_scope(manifest)
    if scope == LOCAL_SCOPE:
        return ((LOCAL_SCOPE, manifest.services),)
    here = tuple(one for one in manifest.services if one.kind != "container")
    there = tuple(one for one in manifest.services if one.kind == "container")
    return (LOCAL_SCOPE, here), (scope, there)


def elsewhere(manifest: Manifest) -> frozenset[str]:
    """Return the names of services whose ports are another machine's."""
    return frozenset(
        one.name for scope, services in parts(manifest) if scope != LOCAL_SCOPE for one in services
    )


def scope_evidence(manifest: Manifest) -> tuple[str, ...]:
    """Return what decides the port space of containers, for a receipt; nothing without any."""
    if not any(service.kind == "container" for service in manifest.services):
        return ()

    return (*_VARIABLES, *evidence())
