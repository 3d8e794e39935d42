"""Which container engine the docker command would talk to: DOCKER_HOST, a context, or the default.

Reads the files of the docker command itself (`~/.docker`); starts nothing and connects to nothing.

A container of a remote engine (DOCKER_HOST=ssh://..., a context) binds ports of another machine:
its lease belongs to that machine's port space, probes of this machine say nothing about it, and
only that engine's containers can be in its way as far as this machine can see.

A port space is a machine's, so it is named after the host alone: scheme, user, port of the engine,
case and alias in the files of ssh do not make another one. An engine that is spelled as remote but
runs on this machine has the ports of this machine. A name and an address of one engine are two
hosts here; that they are one engine it says itself, and the ledger keeps it (ledger/spaces).
"""

from __future__ import annotations

import os
import sys

from portman.base import small_file
from portman.base.record import NamedTuple
from portman.base.system_commands import word
from portman.base.values import LOCAL_SCOPE

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Protocol

    from portman.base.errors import Problem
    from portman.base.values import Claim
    from portman.containers.engine import Seen
    from portman.containers.model import Container

    class Engine(Protocol):
        """A container engine, whichever it is.

        `scope` is the port space that its containers bind in; `absent`: no engine is installed
        where it would listen.
        """

        @property
        def shown(self) -> str:
            """Where it listens, for messages: without a password."""
            ...

        @property
        def url(self) -> str:
            """Where it listens."""
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
VARIABLES = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "CONTAINER_HOST")
DEFAULT = "unix:///var/run/docker.sock"
#: Where other engines listen, below the home folder; `*` stands for the name of a machine.
_SOCKETS = (
    *(".docker/run/docker.sock", ".docker/desktop/docker.sock", ".orbstack/run/docker.sock"),
    *(".rd/docker.sock", ".colima/default/docker.sock", ".colima/docker.sock"),
    *(".config/colima/default/docker.sock", ".colima/*/docker.sock", ".lima/*/sock/docker.sock"),
    *(".lima/*/sock/podman.sock", ".local/share/containers/podman/machine/podman.sock"),
    ".local/share/containers/podman/machine/*/podman.sock",
)
#: The folders that variables name instead of those in the home folder.
_MOVED = ((".colima/", "COLIMA_HOME"), (".lima/", "LIMA_HOME"))
#: Pipes of Windows: Docker Desktop and Rancher Desktop, Docker Desktop's other names, Podman.
_PIPES = (
    *("docker_engine", "dockerDesktopLinuxEngine", "docker_engine_windows"),
    *("dockerDesktopWindowsEngine", "podman-machine-default"),
)
#: Seconds for a name server to answer which machine a host name is.
_PATIENCE = 1.0


class EngineEndpoint(NamedTuple):
    """An `Engine` that speaks Docker's API: where it listens, the folder of its TLS files or ""."""

    url: str
    context: str = ""
    tls: str = ""
    verify: bool = True

    @property
    def remote(self) -> bool:
        """Whether the engine's ports are another machine's."""
        return self.scope != LOCAL_SCOPE

    @property
    def scope(self) -> str:
        """The port space of the engine: LOCAL_SCOPE, or one named after its machine.

        A socket file or pipe counts as here: Docker Desktop and its kind forward to this machine.
        """
        scheme, _, rest = self.url.partition("://")
        if not self.url or scheme in ("unix", "npipe", "fd"):
            return LOCAL_SCOPE
        key = (_host(rest), scheme == "ssh")
        if key not in _hosts:
            _hosts[key] = _machine(key[0], ssh=key[1])
        return _hosts[key]

    @property
    def shown(self) -> str:
        """The address for messages: without a password, which DOCKER_HOST may have."""
        scheme, mark, rest = self.url.partition("://")
        person, at, host = rest.rpartition("@")
        name = person.partition(":")[0]
        if rest.startswith("/") or not at:
            return self.url
        return f"{scheme}{mark}{name}{at}{host}" if name else f"{scheme}{mark}{host}"

    @property
    def settings(self) -> str:
        return f"docker context inspect {word(self.context, 'NAME')}" if self.context else ""

    @property
    def absent(self) -> bool:
        scheme, _, path = self.url.partition("://")
        if scheme == "npipe":
            there = _pipes()
            return there is not None and path.rpartition("/")[2] not in there
        return scheme == "unix" and not os.path.exists(path)

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
        more = [_meta_file(self.context)] if self.context else []
        more += [_ssh_config()] if self.url.startswith("ssh:") else []
        return (*(f"${name}" for name in VARIABLES), config, *more)


class Claims(NamedTuple):
    """Ports that other checkouts' containers are bound to, and what could not be seen.

    `identity` is the own ID of an engine that is spelled as remote; `here`: it is this machine's.
    """

    by_key: dict[tuple[str, int], Claim]
    warnings: tuple[Problem, ...] = ()
    containers: tuple[Container, ...] = ()
    scope: str = "local"
    identity: str = ""
    here: bool = False


def is_unused(engine: Engine) -> bool:
    """Return whether no engine is there, and no variable or context chose one."""
    chosen = bool(engine.settings) or any(os.environ.get(name) for name in VARIABLES)
    return not chosen and engine.absent


#: The port space of each (host, whether an alias of ssh) that this process has looked at.
_hosts: dict[tuple[str, bool], str] = {}


def _host(rest: str) -> str:
    """Return the host of what follows `://`, without user, port, path, brackets and last dot."""
    place = rest.partition("/")[0].rpartition("@")[2]
    if place.startswith("["):
        return place[1:].partition("]")[0].lower()
    host, _, _ = place.partition(":") if place.count(":") < 2 else (place, "", "")
    return host.lower().rstrip(".")


def _machine(host: str, *, ssh: bool) -> str:
    """Return the port space of a host: this machine's for each of its own names and addresses.

    A name is looked up as programs do it (/etc/hosts first). One without an answer is another
    machine's, under its own name: a name server that is out of reach moves no lease of a remote
    engine, whose space is always named by what was written.
    """
    name = _ssh_host(host) if ssh else host
    if name in ("", "localhost") or name.endswith(".localhost"):
        return LOCAL_SCOPE
    from socket import gethostname

    own = gethostname().lower().rstrip(".")
    if name in (own, own.partition(".")[0]):
        return LOCAL_SCOPE
    from portman.machine.addresses import is_local, resolve

    literal = _literal(name)
    if literal:
        return LOCAL_SCOPE if _is_own(literal, is_local) else f"host:{literal}"
    found = _in_time(lambda: resolve(name))
    here = bool(found) and all(_is_own(one, is_local) for one in found)
    return LOCAL_SCOPE if here else f"host:{name}"


def _literal(name: str) -> str:
    """Return an address in its usual spelling, IPv4-mapped ones as IPv4; "" for a name."""
    from ipaddress import IPv6Address, ip_address

    try:
        address = ip_address(name.partition("%")[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _is_own(address: str, is_local: Callable[[str], bool]) -> bool:
    return address in ("0.0.0.0", "::") or is_local(address)  # noqa: S104 (compared only)


def _in_time(look: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """Return what a name server says, () if it takes too long: no timeout covers getaddrinfo(3)."""
    from queue import Empty, SimpleQueue
    from threading import Thread

    answers: SimpleQueue[tuple[str, ...]] = SimpleQueue()
    Thread(target=lambda: answers.put(look()), name="portman-resolve", daemon=True).start()
    try:
        return answers.get(timeout=_PATIENCE)
    except Empty:
        return ()


def _ssh_host(host: str) -> str:
    """Return the host that ssh connects to under this name: an alias may be any word.

    From `Host` and `HostName` of the user's file alone (ssh_config(5), the first value counts):
    asking ssh itself would run what a `Match exec` of that file names.
    """
    from fnmatch import fnmatchcase

    fits = True
    for line in (small_file.read(_ssh_config(), 1 << 18) or "").splitlines():
        key, _, value = line.strip().replace("=", " ", 1).partition(" ")
        words = value.replace('"', " ").lower().split()
        if key.lower() == "host":
            signs = {word[:1] == "!" for word in words if fnmatchcase(host, word.lstrip("!"))}
            fits = signs == {False}
        elif key.lower() == "match":
            fits = words == ["all"]
        elif key.lower() == "hostname" and fits and words:
            return words[0].replace("%h", host).rstrip(".")
    return host


def _ssh_config() -> str:
    return os.path.join(os.path.expanduser("~"), ".ssh", "config")


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


def own_endpoint() -> EngineEndpoint:
    """Return the engine of this machine, whatever the settings say."""
    return EngineEndpoint(_first_socket())


def other_endpoints(used: EngineEndpoint) -> tuple[EngineEndpoint, ...]:
    """Return the engines of this machine besides the one in use: each socket once, by any path."""
    known = {_real(used.url)}
    found = []
    for url in _sockets():
        if _real(url) not in known:
            known.add(_real(url))
            found.append(EngineEndpoint(url))
    return tuple(found)


def _real(url: str) -> str:
    scheme, mark, path = url.partition("://")
    return f"{scheme}{mark}{os.path.realpath(path)}" if scheme == "unix" else url


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
    """Return the address of the first engine that is there, Docker's own first."""
    usual = f"npipe:////./pipe/{_PIPES[0]}" if sys.platform == "win32" else DEFAULT
    told = os.environ.get("CONTAINER_HOST")
    return next(_sockets(), "") or (_whole(told) if told else usual)


def _sockets() -> Iterator[str]:
    """Find the addresses of the engines that are there, Docker's own first.

    Docker Desktop, OrbStack, Rancher Desktop and Colima make a context or a link besides, where
    that is allowed; a machine of Podman on a Mac does not, and its socket is a temporary file.
    """
    if sys.platform == "win32":
        there = _pipes() or ()
        yield from (f"npipe:////./pipe/{one}" for one in _PIPES if one in there)
        return
    run = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    places = ["/var/run/docker.sock", f"{run}/docker.sock", f"{run}/podman/podman.sock"]
    home = os.path.expanduser("~")
    places += [f"{home}/{place}" for place in _SOCKETS]
    for start, variable in _MOVED:
        if os.environ.get(variable):
            moved = f"{os.environ[variable]}/"
            places = [one.replace(f"{home}/{start}", moved) for one in places]
    temporary = os.environ.get("TMPDIR", "").rstrip("/")
    places += [f"{temporary}/podman/*-api.sock"] if temporary else []
    places.append("/run/podman/podman.sock")
    for place in places:
        if "*" in place:
            if os.path.isdir(os.path.dirname(place.partition("*")[0])):
                yield from (f"unix://{one}" for one in _named(place))
        elif os.path.exists(place):
            yield f"unix://{place}"


def _named(place: str) -> Iterator[str]:
    """Find the paths, by name, that a place with one `*` in it stands for."""
    before, _, after = place.partition("*")
    folder, start = os.path.split(before)
    end, mark, rest = after.partition("/")
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        path = f"{folder}/{name}{mark}{rest}"
        if name.startswith(start) and name.endswith(end) and os.path.exists(path):
            yield path


def _pipes() -> frozenset[str] | None:
    """Return the names of the pipes of Windows that are there; None if they cannot be listed."""
    try:
        return frozenset(os.listdir("//./pipe/"))
    except FileNotFoundError:
        return frozenset()
    except OSError:
        return None
