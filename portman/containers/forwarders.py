"""Programs that have a port only on behalf of another: they are never the final answer.

Their names are those of research/allocation.md, sections 4 and 7.5. Stopping one takes down far
more than one port, so `free` never signals it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Forwarder(NamedTuple):
    """What a forwarding program is, in words, and what it serves.

    `kind`: "container" (an engine knows which container is behind), "machine" (a virtual machine
    or another system is), "tunnel" (a connection that other things share), "manager" (it opens
    sockets for services).
    """

    kind: Literal["container", "machine", "tunnel", "manager"]
    text: str


#: Exact names, without `.exe`, in lower case.
NAMES: dict[str, Forwarder] = {
    "docker-proxy": Forwarder("container", "Docker's port forwarder"),
    "dockerd": Forwarder("container", "the Docker engine"),
    "containerd": Forwarder("container", "the container runtime"),
    "conmon": Forwarder("container", "Podman's container monitor"),
    "rootlesskit": Forwarder("container", "the port forwarder of rootless containers"),
    "rootlessport": Forwarder("container", "the port forwarder of rootless containers"),
    "rootlessport-child": Forwarder("container", "the port forwarder of rootless containers"),
    "rootlessport-c": Forwarder("container", "the port forwarder of rootless containers"),
    "conmonrs": Forwarder("container", "Podman's container monitor"),
    "podman": Forwarder("container", "Podman"),
    "netavark": Forwarder("container", "Podman's network"),
    "com.docker.vpnkit": Forwarder("container", "Docker Desktop's network"),
    "orbstack": Forwarder("container", "OrbStack"),
    "colima": Forwarder("machine", "Colima's virtual machine"),
    "exe": Forwarder("container", "the port forwarder of rootless containers"),
    "slirp4netns": Forwarder("container", "the network of rootless containers"),
    "pasta": Forwarder("container", "the network of rootless containers"),
    "pasta.avx2": Forwarder("container", "the network of rootless containers"),
    "passt": Forwarder("machine", "the network of a virtual machine"),
    "passt.avx2": Forwarder("machine", "the network of a virtual machine"),
    "com.docker.backend": Forwarder("container", "Docker Desktop"),
    "com.docker.proxy": Forwarder("container", "Docker Desktop"),
    "vpnkit": Forwarder("container", "Docker Desktop's network"),
    "vpnkit-bridge": Forwarder("container", "Docker Desktop's network"),
    "orbstack helper": Forwarder("container", "OrbStack"),
    "gvproxy": Forwarder("container", "the network of Podman's virtual machine"),
    "limactl": Forwarder("machine", "Lima's virtual machine"),
    "wslrelay": Forwarder("machine", "the relay into WSL"),
    "kube-proxy": Forwarder("container", "Kubernetes' service proxy"),
    "kubelet": Forwarder("container", "Kubernetes"),
    "k3s": Forwarder("container", "Kubernetes (k3s)"),
    "systemd": Forwarder("manager", "the service manager"),
    "launchd": Forwarder("manager", "the service manager"),
    "init": Forwarder("manager", "the first process"),
}


def forwarder(name: str, argv: Sequence[str] = ()) -> Forwarder | None:
    """Return what the program of this name and arguments forwards for; None for any other.

    An OpenSSH master connection is one (its title says `[mux]`), a plain `ssh -L` is not: that
    is its user's own program. `exe` is how rootless Podman's helper calls itself; only with
    arguments of its kind.
    """
    short = name.lower().removesuffix(".exe")
    if short.startswith("containerd-shim"):
        return NAMES["containerd"]
    if short == "ssh" and any("[mux]" in word for word in argv):
        return Forwarder("tunnel", "a shared SSH connection")
    if short == "exe" and not any("rootlessport" in word for word in argv):
        return None
    return NAMES.get(short)
