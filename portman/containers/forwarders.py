"""Programs that have a port on behalf of another, or run programs of several projects. Pure.

docs/decisions/0010 has the first. Stopping one stops far more than one port, so `free` signals it
only where `--force` names it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Forwarder(NamedTuple):
    """What a forwarding program is, in words, and what it serves.

    `kind`: "container" (an engine knows which container is behind), "machine" (a virtual machine
    or another system is), "tunnel" (a connection that other things share), "manager" (it opens
    sockets for services, or runs programs of several projects). `name` is what `free --force`
    takes.
    """

    kind: Literal["container", "machine", "tunnel", "manager"]
    text: str
    name: str = ""


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
    "pm2": Forwarder("manager", "PM2's daemon"),
    "supervisord": Forwarder("manager", "Supervisor's daemon"),
    "circusd": Forwarder("manager", "Circus' daemon"),
    "xinetd": Forwarder("manager", "the Internet service daemon"),
    "inetd": Forwarder("manager", "the Internet service daemon"),
    "adb": Forwarder("manager", "the Android Debug Bridge"),
    "code": Forwarder("manager", "VS Code"),
    "code helper": Forwarder("manager", "VS Code"),
    "code-server": Forwarder("manager", "VS Code's server"),
    "code-tunnel": Forwarder("manager", "VS Code's tunnel"),
    "cursor": Forwarder("manager", "Cursor"),
    "cursor helper": Forwarder("manager", "Cursor"),
    "vscode": Forwarder("manager", "VS Code's server"),
    "controlcenter": Forwarder("manager", "macOS' AirPlay receiver"),
    "controlce": Forwarder("manager", "macOS' AirPlay receiver"),
    "svchost": Forwarder("manager", "Windows' service host"),
    "sshd": Forwarder("tunnel", "the SSH server, for a forwarded port"),
    "sshd-session": Forwarder("tunnel", "the SSH server, for a forwarded port"),
    "tailscaled": Forwarder("tunnel", "Tailscale's daemon"),
    "cloudflared": Forwarder("tunnel", "Cloudflare's tunnel"),
}
#: Words in the command of an interpreter that runs one of them.
_IN_COMMANDS = (
    *((".vscode-server/", "vscode"), (".vscode-remote/", "vscode"), (".cursor-server/", "cursor")),
    ("/code-server/", "code-server"),
)

#: A cluster or a machine emulator knows whose port these have.
UNKNOWN_TO_ENGINES = frozenset({"kube-proxy", "kubelet", "k3s", "passt", "passt.avx2"})


def forwarder(name: str, argv: Sequence[str] = ()) -> Forwarder | None:
    """Return what the program of this name and arguments forwards for; None for any other.

    An OpenSSH master connection is one (its title says `[mux]`), a plain `ssh -L` is not: that
    is its user's own program. `exe` is how rootless Podman's helper calls itself; only with
    arguments of its kind.
    """
    short = _program(name.lower().removesuffix(".exe"), argv)
    if short == "ssh" and any("[mux]" in word for word in argv):
        return Forwarder("tunnel", "a shared SSH connection", short)
    if short == "exe" and not any("rootlessport" in word for word in argv):
        return None
    found = NAMES.get(short)
    return None if found is None else found._replace(name=short)


def _program(short: str, argv: Sequence[str]) -> str:
    """Return the name in NAMES for what an interpreter runs, or for a title that says more."""
    if short.startswith("containerd-shim"):
        return "containerd"
    if short.startswith(("pm2 ", "sshd:", "sshd ", "code helper", "cursor helper")):
        return short.partition(" (")[0] if "helper" in short else short[:4].rstrip(" :")
    if short.startswith(("python", "node", "ruby", "bun")):
        for word in argv[:3]:
            last = word.replace("\\", "/").rpartition("/")[2].lower()
            if last in ("supervisord", "circusd", "supervisor.supervisord"):
                return last.rpartition(".")[2]
            known = next((name for part, name in _IN_COMMANDS if part in word), "")
            if known:
                return known
    return short
