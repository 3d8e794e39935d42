"""`portman forward HOST`: a remote host's services on ports of this machine, through OpenSSH.

What there is on the host is asked of its own portman. The local numbers are leases of a folder in
the state folder, with a manifest that says which remote service each stands for: so `list` shows
them, nothing else gets them, and `[links]` can point there.
"""

from __future__ import annotations

import json
import os
import shutil

from portman.allocation.links import forward_folder, keep_checkout
from portman.base.errors import PortmanError, ProblemsError, Report
from portman.base.record import NamedTuple
from portman.base.run_tool import ToolResult, UnboundedError, run
from portman.base.system_commands import word
from portman.base.text import nearest, printable
from portman.checkout.ownership import checkout_token
from portman.commands.up import up
from portman.manifest.keys import MOST_PORTS
from portman.manifest.names import is_service_name
from portman.names.layout import label

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

#: Seconds for the host's answer: a person may have to type a password or touch a key.
PATIENCE = 90.0
MOST_BYTES = 16 << 20
FORMATS = ("ssh", "ssh-config", "vscode")


class RemoteCheckout(NamedTuple):
    """A checkout as the host's portman lists it; ports by service, in its order."""

    project: str
    path: str
    instance: str
    services: tuple[tuple[str, tuple[int, ...]], ...]


class Forward(NamedTuple):
    """One port of this machine, and the one of the host that it leads to."""

    service: str
    local: int
    remote: int


def forward(
    host: str,
    names: tuple[str, ...] = (),
    *,
    checkout: str = "",
    program: str = "portman",
    form: str = "ssh",
) -> Report:
    """Lease local ports for a checkout of the host, and say how OpenSSH forwards them.

    `checkout` is its folder there or its project's name; needed where the host has several.
    Raises PortmanError: usage, remote-failed, service-unknown, port-taken, ledger-*.
    """
    if form not in FORMATS:
        said = f"--format: unknown format {form!r}; known are {', '.join(FORMATS)}"
        raise PortmanError("usage", said, hint="portman forward --help")
    found = choose(read_list(ask(host, program), host, program), host, checkout)
    folder = _folder(host, found)
    report = up(folder)
    if report.errors:
        raise ProblemsError(report.errors)
    views = {one["name"]: one for one in _list(report.data["services"])}
    unknown = next((name for name in names if name not in views), None)
    if unknown is not None:
        near = nearest(unknown, views)
        raise PortmanError(
            "service-unknown",
            f"{found.path} on {host} has no service {printable(unknown)!r}",
            hint=f"portman forward {word(host, 'HOST')} {near}"
            if near
            else f"it has: {', '.join(views)}",
        )
    forwards = [
        Forward(name, local, remote)
        for name, ports in found.services
        if name in (names or views)
        for local, remote in zip(views[name]["ports"], ports, strict=True)
    ]
    argv = command(host, forwards)
    own = own_settings(host) if form == "ssh-config" else []
    running = next((one for one in views.values() if one["verdict"] == "running"), None)
    return Report(
        "forward",
        {
            "host": host,
            "project": found.project,
            "remote_checkout": found.path,
            "checkout": folder,
            "forwards": [one._asdict() for one in forwards],
            "running": running["holder"]["pid"] if running and running["holder"] else None,
            "format": form,
            "argv": argv,
            "text": rendered(form, host, found, forwards, own),
        },
        warnings=report.warnings,
    )


def become_ssh(report: Report) -> None:
    """Become `ssh -N` with these forwards; it ends with Ctrl-C.

    Raises PortmanError: port-taken where that runs already, remote-failed without ssh.
    """
    data = report.data
    if data["running"] is not None:
        said = f"forward: pid {data['running']} forwards these ports already"
        raise PortmanError("port-taken", said, hint=f"portman who --pid {data['running']}")
    argv = [str(one) for one in _list(data["argv"])]
    program = shutil.which(argv[0])
    if program is None:
        raise _no_ssh()
    os.environ.pop("PORTMAN_SERVICE", None)
    os.environ["PORTMAN_CHECKOUT"] = checkout_token(str(data["checkout"]))
    os.execv(program, argv)  # noqa: S606 - the argv of `command`


def ask(host: str, program: str) -> bytes:
    """Return what `portman list --json` says on the host. Raises PortmanError."""
    if not host or host.startswith("-") or not host.isprintable() or " " in host:
        raise PortmanError(
            "usage", f"{printable(host)!r} is not a host of ssh", hint="portman forward --help"
        )
    if shutil.which("ssh") is None:
        raise _no_ssh()
    done = _ssh(host, "--", host, f"{program} list --json")
    if done.code == 0:
        return done.out
    said = printable(done.err.decode("utf-8", "replace").strip().rpartition("\n")[2])[:200]
    if done.code == 127:
        raise PortmanError(
            "remote-failed",
            f"{host} has no `{printable(program)}` where ssh looks for it: {said}",
            hint="say where it is: "
            f"portman forward {word(host, 'HOST')} --portman .local/bin/portman\n"
            "or install it there: pip install ports-toml",
        )
    raise PortmanError(
        "remote-failed",
        f"ssh {host} ended with exit code {done.code}: {said or 'no message'}",
        hint=f"ssh {word(host, 'HOST')} true"  # 255: ssh's own, not the program's
        if done.code == 255
        else f"ssh {word(host, 'HOST')} {word(program, 'portman')} list",
    )


def _ssh(host: str, *words: str) -> ToolResult:
    try:
        return run(["ssh", *words], patience=PATIENCE, most=MOST_BYTES)
    except (UnboundedError, OSError) as error:
        raise PortmanError(
            "remote-failed", f"ssh {host}: {error}", hint=f"ssh {word(host, 'HOST')} true"
        ) from error


def read_list(raw: bytes, host: str, program: str) -> list[RemoteCheckout]:
    """Return the host's checkouts with a port of its own machine; nothing in `raw` is trusted.

    Before its answer lies what its shell prints at a login. Raises PortmanError "remote-failed".
    """
    try:
        found = json.loads(raw[max(raw.rfind(b'\n{"portman"'), 0) :])["data"]["checkouts"]
        return [one for one in map(_checkout, found) if one.services]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PortmanError(
            "remote-failed",
            f"{host}: its portman is an older one, or answered with something else than a list of "
            "checkouts",
            hint=f"ssh {word(host, 'HOST')} {word(program, 'portman')} --version",
        ) from error


def _checkout(one: Any) -> RemoteCheckout:
    services = []
    for service in one["services"]:
        name, ports = service["name"], service["ports"]
        whole = all(type(port) is int and 0 < port < 65536 for port in ports)
        if service["scope"] != "local" or "tcp" not in service["protocols"]:
            continue
        if not is_service_name(name) or not whole or not 0 < len(ports) <= MOST_PORTS:
            raise ValueError(name)
        services.append((name, tuple(ports)))
    project, path, instance = texts = [one[key] for key in ("project", "checkout", "instance")]
    if not all(isinstance(text, str) and text.isprintable() and len(text) < 4096 for text in texts):
        raise ValueError("text")
    return RemoteCheckout(project, path, instance, tuple(services))


def choose(found: list[RemoteCheckout], host: str, wanted: str) -> RemoteCheckout:
    """Return the checkout that is meant: the only one, or the one of a folder or project.

    Raises PortmanError "usage" with the ones there are.
    """
    wanted = wanted.rstrip("/") or wanted
    fits = [one for one in found if not wanted or wanted in (one.path, one.project)]
    if len(fits) == 1:
        return fits[0]
    if not found:
        said = f"{host} has no checkout with a lease"
        raise PortmanError("remote-failed", said, hint="run `up` in a checkout there")
    lines = [
        f"portman forward {word(host, 'HOST')} --checkout {word(one.path)}" for one in fits or found
    ]
    said = f"{host} has several" if fits else f"{host} has no checkout {printable(wanted)!r}"
    raise PortmanError("usage", f"{said}: say which", hint="\n".join(lines[:8]))


def command(host: str, forwards: Iterable[Forward]) -> list[str]:
    """Return the command line of OpenSSH: no shell there, and an end if a port is not to be had."""
    options = [
        word for one in forwards for word in ("-L", f"127.0.0.1:{one.local}:localhost:{one.remote}")
    ]
    return ["ssh", "-N", "-o", "ExitOnForwardFailure=yes", *options, "--", host]


def rendered(
    form: str,
    host: str,
    found: RemoteCheckout,
    forwards: list[Forward],
    own: Iterable[str] = (),
) -> str:
    """Return the forwards as a command line, a block of ssh_config, or settings of VS Code."""
    if form == "ssh":
        return " ".join(word(one, "HOST") for one in command(host, forwards)) + "\n"
    if form == "ssh-config":
        lines = [
            f"Host {host.rpartition('@')[2]}-{label(found.project)}",
            *(f"    {line}" for line in own),
            "    ExitOnForwardFailure yes",
            *(f"    LocalForward 127.0.0.1:{one.local} localhost:{one.remote}" for one in forwards),
        ]
        return "\n".join(lines) + "\n"
    ports = [one._asdict() for one in forwards]
    settings = {
        "remote.SSH.defaultForwardedPorts": [
            {"name": one["service"], "localPort": one["local"], "remotePort": one["remote"]}
            for one in ports
        ],
        "remote.portsAttributes": {
            str(one["remote"]): {"label": one["service"], "onAutoForward": "silent"}
            for one in ports
        },
    }
    return json.dumps(settings, indent=2) + "\n"


def own_settings(host: str) -> list[str]:
    """Return what ssh_config says for this host and not for all: a host of a new name has less."""
    ours, others = (
        _ssh(name, "-G", "--", name).out.decode("utf-8", "replace").splitlines()
        for name in (host, "portman.invalid")
    )
    leave = ("host ", "localforward ", "remoteforward ", "dynamicforward ")
    return [one for one in ours if one not in others and not one.startswith(leave)]


def _folder(host: str, found: RemoteCheckout) -> str:
    """Return the folder whose leases stand for the host's, its manifest brought up to date.

    The usual port of each is the host's own number: the same here if it is free.
    """
    lines = [
        f"# Written by portman: ports here for {printable(found.path)} on {printable(host)}.",
        f"name = {json.dumps(f'{found.project} on {host}'[:100])}",
        "output = []",
        "",
        "[services]",
    ]
    for name, ports in found.services:
        usual = str(ports[0]) if ports[0] >= 1024 else '"auto"'
        lines.append(f"{name} = {{ port = {usual}, count = {len(ports)} }}")
    return keep_checkout(forward_folder(host, found.path, found.instance), "\n".join(lines) + "\n")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _no_ssh() -> PortmanError:
    return PortmanError(
        "remote-failed", "forward: there is no `ssh` on this machine", hint="install OpenSSH"
    )
