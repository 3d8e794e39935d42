"""Programs that have a port on behalf of another, or run programs of several projects: one table.

docs/decisions/0010 has the first kind. Pure. Sources of names: what lsof, ps and netstat.exe print
in public reports (tests/recorded), and the sources of the programs.
"""

from __future__ import annotations

from functools import cache

from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from portman.base.holder import Holder, Relative

    #: "container": for containers of one engine. "machine": a virtual machine or another system is
    #: behind it. "tunnel": a connection that other things share. "manager": it opens sockets for
    #: services, or runs programs of several projects.
    Kind = Literal["container", "machine", "tunnel", "manager"]
    #: Where the program behind is found: an engine knows the container that publishes the port, a
    #: service manager knows the unit or job, "" nothing that portman can ask.
    Behind = Literal["engine", "service", ""]
    #: What may show that the socket is a checkout's own, besides the container behind: "" nothing,
    #: "start" what it was started with (`portman run`, its environment), "folder" where it works
    #: too.
    Evidence = Literal["", "start", "folder"]


class Forwarder(NamedTuple):
    """A row of the table. `name` is what `free --force` takes; `text` is what the program is.

    `stop` is what to type instead of ending it, hint lines with {port}. `force`: whether
    `--force` may signal it at all; what the system starts again at once, it may not.
    """

    kind: Kind
    text: str
    name: str = ""
    behind: Behind = ""
    evidence: Evidence = ""
    stop: str = ""
    force: bool = True


_WHICH = "see which: docker ps --filter publish={port}\nthen: docker stop NAME"
_RESTART = f"{_WHICH}\nif no container publishes it, restart the engine"
_INSIDE = "stop what listens on it inside"
_CODE = "stop forwarding it in the view Ports of the editor"
_AIRPLAY = "turn off System Settings > General > AirDrop & Handoff > AirPlay Receiver"
_WSL = "see who: wsl -e portman who {port}\nstop it inside WSL"
_LAUNCHD = "see which: sudo lsof -nP -iTCP:{port}\nthen: launchctl bootout gui/UID/LABEL"

#: What rows have in common. "helper": an engine starts it for one container. "shared": it forwards
#: every port of an engine. "system": what the system starts again at once. "supervisor": it may be
#: one checkout's own.
_SORTS = {
    "helper": Forwarder("container", "", behind="engine", evidence="start", stop=_WHICH),
    "shared": Forwarder("container", "", behind="engine", stop=_RESTART),
    "machine": Forwarder("machine", "", behind="engine", stop=_RESTART),
    "tunnel": Forwarder("tunnel", ""),
    "manager": Forwarder("manager", "", behind="service"),
    "supervisor": Forwarder("manager", "", behind="service", evidence="folder"),
    "system": Forwarder("manager", "", behind="service", force=False),
}
#: Sort, names (lower case, without `.exe`; `/` for a space, `*` for any rest), text, what to type.
_ROWS = (
    ("helper", "docker-proxy", "Docker's port forwarder"),
    ("helper", "dockerd containerd-shim* containerd", "the Docker engine"),
    ("helper", "conmon conmonrs", "Podman's container monitor"),
    ("helper", "rootlesskit rootlessport* exe", "the port forwarder of rootless containers"),
    ("helper", "slirp4netns pasta pasta.avx2", "the network of rootless containers"),
    ("helper", "podman netavark", "Podman"),
    ("shared", "com.docker.backend com.docker.proxy com.docker.vmnetd", "Docker Desktop"),
    ("shared", "com.docker.vpnkit vpnkit vpnkit-bridge", "Docker Desktop's network"),
    ("shared", "orbstack orbstack/helper", "OrbStack"),
    ("shared", "gvproxy win-sshproxy", "the network of Podman's virtual machine"),
    ("shared", "container-runtime-linux container-network-vmnet", "Apple's container runtime"),
    ("shared", "kube-proxy kubelet k3s", "Kubernetes", "see which: kubectl get services -A"),
    ("machine", "colima", "Colima's virtual machine"),
    ("machine", "limactl*", "Lima's virtual machine"),
    ("machine", "host-switch rancher-desktop-guestagent", "Rancher Desktop"),
    ("machine", "wslrelay wslhost wslservice", "the relay into WSL", _WSL),
    ("machine", "passt passt.avx2", "the network of a virtual machine", _INSIDE),
    ("machine", "vfkit krunkit qemu-system-* multipassd", "a virtual machine", _INSIDE),
    ("machine", "vboxheadless virtualboxvm vmware-vmx", "a virtual machine", _INSIDE),
    (
        *("system", "systemd", "the service manager"),
        "see which: systemctl list-sockets\nthen: systemctl stop NAME.socket",
    ),
    ("system", "launchd", "the service manager", _LAUNCHD),
    ("system", "controlcenter controlce airplayxpchelper", "macOS' AirPlay receiver", _AIRPLAY),
    ("system", "svchost", "Windows' service host", "see which: tasklist /svc"),
    (
        *("system", "system", "the kernel of Windows, for a program that serves by HTTP.sys"),
        "see which: netsh http show servicestate",
    ),
    ("manager", "init", "the first process", "stop the one program with its own command"),
    ("manager", "xinetd inetd", "the Internet service daemon", "turn the service off in its file"),
    ("supervisor", "pm2", "PM2's daemon", "see which: pm2 list\nthen: pm2 stop NAME"),
    (
        *("supervisor", "supervisord", "Supervisor's daemon"),
        "see which: supervisorctl status\nthen: supervisorctl stop NAME",
    ),
    (
        *("supervisor", "circusd", "Circus' daemon"),
        "see which: circusctl status\nthen: circusctl stop NAME",
    ),
    ("supervisor", "watchmedo runsv s6-supervise", "its supervisor", "stop it there"),
    (
        *("tunnel", "adb", "the Android Debug Bridge"),
        "see which: adb forward --list\nthen: adb forward --remove tcp:{port}",
    ),
    ("tunnel", "code code/helper* code/-/insiders/helper* code-insiders", "VS Code", _CODE),
    ("tunnel", "code-tunnel codium*", "VS Code's tunnel", _CODE),
    ("tunnel", "code-server vscode", "VS Code's server", _CODE),
    ("tunnel", "cursor cursor/helper*", "Cursor", _CODE),
    ("tunnel", "windsurf windsurf/helper*", "Windsurf", _CODE),
    (
        *("tunnel", "sshd sshd-session", "the SSH server, for a forwarded port"),
        "end the connection that forwards it",
    ),
    ("tunnel", "tailscaled", "Tailscale's daemon", "tailscale serve status"),
    ("tunnel", "cloudflared", "Cloudflare's tunnel", "end the tunnel that forwards it"),
)
#: By a part of the socket of an OpenSSH master (its title is `ssh: SOCKET [mux]`): whose it is.
_MASTERS = (
    *(("/.colima/", "machine", "Colima"), ("/.lima/colima", "machine", "Colima")),
    *(("rancher-desktop/", "machine", "Rancher Desktop"), ("/.rd/", "machine", "Rancher Desktop")),
    *(("/ssh.sock", "machine", "Lima"), ("", "tunnel", "")),
)
#: What an interpreter runs: a part of one of its first arguments -> the name in the table.
_RUN_BY_INTERPRETERS = (
    *((".vscode-server/", "vscode"), (".vscode-remote/", "vscode"), (".cursor-server/", "vscode")),
    *(("/code-server/", "code-server"), ("supervisord", "supervisord"), ("circusd", "circusd")),
    ("supervisor.supervisord", "supervisord"),
)
_INTERPRETERS = ("python", "node", "ruby", "bun")
#: Kernels cut names after so many characters: Linux and macOS.
_CUTS = (15, 16)


@cache
def _table() -> tuple[dict[str, Forwarder], tuple[tuple[str, Forwarder], ...]]:
    """Return the rows by exact name, and those by the start of a name."""
    exact: dict[str, Forwarder] = {}
    starts: list[tuple[str, Forwarder]] = []
    for sort, names, text, *stop in _ROWS:
        row = _SORTS[sort]._replace(text=text)
        row = row._replace(stop=stop[0]) if stop else row
        for name in names.split():
            whole = name.replace("/", " ")
            if whole.endswith("*"):
                starts.append((whole[:-1], row))
            else:
                exact.update({whole[:cut]: row for cut in (*_CUTS, len(whole))})
    return exact, tuple(starts)


def forwarder(name: str, argv: Sequence[str] = ()) -> Forwarder | None:
    """Return what the program of this name and arguments forwards for; None for any other.

    An OpenSSH master connection is one, a plain `ssh -L` is not: that is its user's own program.
    `exe` is how rootless Podman's helper calls itself; only with arguments of its kind.
    """
    short = _program(name.lower().removesuffix(".exe"), argv)
    if short == "ssh":
        return _master(" ".join(argv))
    if short == "exe" and not any("rootlessport" in word for word in argv):
        return None
    exact, starts = _table()
    found = exact.get(short)
    if found is None:
        found = next((row for start, row in starts if short.startswith(start)), None)
    return None if found is None else found._replace(name=short.partition(" (")[0])


def forwarder_of(one: Holder | Relative) -> Forwarder | None:
    """Return what a process forwards for; its command stands for arguments that were not read."""
    return forwarder(one.name, one.argv or tuple(one.command.split()))


def keeper_of(one: Relative) -> str:
    """Say that a parent starts its programs again, and what stops them for good; else ""."""
    found = forwarder_of(one)
    if found is None or found.evidence != "folder":
        return ""
    stop = found.stop.rpartition("then: ")[2]
    return f"{found.text} (pid {one.pid}) started it and may start it again: {stop}"


def asks_engine(holder: Holder) -> bool:
    if holder.pid is None:
        return True
    found = forwarder_of(holder)
    return found is not None and found.behind == "engine"


def _master(title: str) -> Forwarder | None:
    if "[mux]" not in title:
        return None
    path = title.replace("\\", "/")
    sort, whose = next((sort, whose) for part, sort, whose in _MASTERS if part in path)
    text = f"{whose}, by a shared SSH connection" if whose else "a shared SSH connection"
    found = _SORTS[sort]._replace(text=text, name="ssh")
    return found if whose else found._replace(stop="ssh -O exit HOST")


def _program(short: str, argv: Sequence[str]) -> str:
    """Return the name in the table for what an interpreter runs, or for a title that says more."""
    if short.startswith(("pm2 ", "sshd:", "sshd ")):
        return short[:4].rstrip(" :")
    if short.startswith(_INTERPRETERS):
        for word in argv[:3]:
            path = word.replace("\\", "/").lower()
            last = path.rpartition("/")[2]
            for part, name in _RUN_BY_INTERPRETERS:
                if part == last or ("/" in part and part in path):
                    return name
    return short


class Kept(NamedTuple):
    """A server that a service manager keeps running: by what, and how to stop it for good."""

    text: str
    stop: str


#: Where Homebrew keeps its programs: on Apple silicon, on Intel, on Linux.
_BREW = ("/opt/homebrew/", "/usr/local/", "/home/linuxbrew/.linuxbrew/")
#: Formulas whose program runs other people's: an orphan of these is no service.
_RUNTIMES = (*_INTERPRETERS, "php", "openjdk", "deno", "perl", "go", "elixir", "erlang", "dotnet")


def kept_by(command: str, parents: Sequence[int], job: str | None = None) -> Kept | None:
    """Return what starts a server again once it ends; None if nothing does, as far as is known.

    `job` is `DOMAIN/LABEL` of launchd, "" for none; None where launchd was not asked. Then a
    program of Homebrew whose parent is the first process counts as one of its services.
    """
    if job is None:
        formula = _formula(command) if tuple(parents[:1]) == (1,) else ""
        return _of_brew(formula) if formula else None
    label = job.rpartition("/")[2]
    if label.startswith("homebrew."):
        return _of_brew(label.removeprefix("homebrew.").removeprefix("mxcl."))
    if not job:
        return None
    return Kept(f"the job {label} of launchd", f"stop it for good: launchctl bootout {job}")


def _of_brew(formula: str) -> Kept:
    return Kept(f"Homebrew's service {formula}", f"stop it for good: brew services stop {formula}")


def _formula(command: str) -> str:
    """Return the formula of a program below Homebrew's folders, "" for any other program."""
    for start in _BREW:
        for folder in ("opt/", "Cellar/"):
            before, found, rest = command.partition(start + folder)
            if found and before[-1:] in ("", " ", "'", '"'):
                formula = rest.partition("/")[0]
                return "" if formula.startswith(_RUNTIMES) else formula
    return ""
