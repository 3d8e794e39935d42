"""`portman names`: host names of services, the routes to them, and Caddy started on those.

No proxy of our own: the routes are text for one that runs, kept up to date while asked to.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile

from portman.allocation.links import (
    all_routes,
    manifests_of,
    names_folder,
    own_names,
    routes_of,
)
from portman.allocation.workspace import open_workspace
from portman.base.errors import PortmanError, ProblemsError, Report
from portman.base.small_file import read, write_own
from portman.commands.up import up
from portman.holders.json_view import header
from portman.machine.addresses import is_local
from portman.machine.sockets import probe
from portman.names.layout import origin, render_proxy
from portman.outputs.formats import with_mark
from portman.state.receipts import signature

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.base.errors import Problem

#: Seconds between two looks at the ledger.
PAUSE = 0.5
#: What Caddy is told besides the routes: loopback only, nothing installed; its API on no port.
_CADDY = """\
{
	admin %s
	default_bind %s
	auto_https disable_redirects
	skip_install_trust
	log {
		level WARN
	}
}
"""


def names(start: str, *, instance: str = "") -> Report:
    """Return the name, origin and port of each service of a checkout; leases what is missing.

    Raises PortmanError as `allocate` does.
    """
    workspace = open_workspace(start, instance)
    allocated = workspace.allocate()
    ports = {name: lease.ports for name, lease in allocated.leases.items()}
    listen = {one.port: one.listen for one in routes_of(workspace, ports)}
    rules, views = workspace.manifest.names, []
    for (service, at), name in own_names(workspace).items():
        if at < len(ports.get(service, ())):
            port = ports[service][at]
            shown = origin(rules, name, listen[port]) if port in listen else None
            views.append({"service": service, "name": name, "origin": shown, "port": port})
    unserved = sorted(one for one in set(listen.values()) if probe(one, "tcp") == "idle")
    data = {**header(workspace, primary=allocated.primary), "names": views, "unserved": unserved}
    return Report(
        "names",
        data,
        warnings=allocated.warnings,
    )


class Routes:
    """The routes of every checkout of this machine in one format, for one file.

    `preamble` is for text before them. Raises PortmanError as the ledger does.
    """

    def __init__(self, kind: str, preamble: str = "") -> None:
        self.kind, self.preamble = kind, preamble
        self.workspace = open_workspace(names_folder())
        self.warnings: tuple[Problem, ...] = ()
        self._seen: object = None
        self._stamp: tuple[int, ...] = ()
        self._manifests: tuple[str, ...] = ()

    def text(self) -> str:
        self._seen = self._evidence()
        routes, left_out = all_routes(self.workspace)
        self.count, self.warnings = len(routes), tuple(left_out)
        self.has_https = any(one.https for one in routes)
        return with_mark(self.preamble + render_proxy(self.kind, routes))

    def has_changed(self) -> bool:
        """Return whether the ledger or a manifest behind a route is another than for `text`."""
        return self._evidence() != self._seen

    def _evidence(self) -> object:
        stamp = self.workspace.ledger.stamp()
        if not stamp or self._stamp != stamp:
            self._manifests = manifests_of(self.workspace)
            self._stamp = stamp
        return stamp, tuple(signature(path) for path in self._manifests)

    def write(self, path: str) -> bool:
        """Bring the file up to date in one step; return whether it changed.

        Raises PortmanError "output-unwritable", also for a file that portman did not write.
        """
        text = self.text()
        try:
            before = read(path, 1 << 24)
            if before == text:
                return False
            if before and not before.startswith(with_mark("")):
                raise PortmanError(
                    "output-unwritable",
                    f"{path} was not written by portman, which left it unchanged",
                    hint="name another file, and include it in this one",
                    file=path,
                )
            write_own(path, text.encode())
        except OSError as error:
            said = f"{path}: cannot be written: {error.strerror}"
            raise PortmanError("output-unwritable", said, file=path) from error
        return True


def export(kind: str, file: str) -> tuple[Report, Routes]:
    """Return the routes of the machine as text, written to `file` if one is named.

    Raises PortmanError: output-unwritable, ledger-*.
    """
    routes = Routes(kind)
    path = os.path.abspath(file) if file else None
    changed = routes.write(path) if path else None
    text = "" if path else routes.text()
    data: dict[str, object] = {
        "format": kind, "file": path, "changed": changed, "routes": routes.count, "text": text,
    }  # fmt: skip
    return Report("names", data, warnings=routes.warnings), routes


class Proxy:
    """Caddy, started on the routes of this machine, at the leased ports of the names folder."""

    def __init__(self) -> None:
        self.program = shutil.which("caddy") or ""
        if not self.program:
            raise PortmanError(
                "proxy-missing",
                "names: there is no `caddy` on this machine to start",
                hint="install Caddy (caddyserver.com), or use the proxy that runs:\n"
                "portman names --format nginx",
            )
        folder = names_folder()
        report = up(folder)
        if report.errors:
            raise ProblemsError(report.errors)
        found = report.data["services"]
        running = [one for one in found if one["verdict"] == "running"]  # type: ignore[attr-defined]
        if running:
            raise PortmanError(
                "port-taken",
                f"names: a proxy answers on port {running[0]['port']} already",
                hint=f"portman who {running[0]['port']}",
            )
        self.ports = {str(one["name"]): int(one["port"]) for one in found}  # type: ignore[attr-defined]
        # Without IPv6 (a container, `ipv6.disable=1`) Caddy would end at an address it cannot bind.
        loopback = [one for one in ("127.0.0.1", "::1") if is_local(one)]
        binds = " ".join(f"[{one}]" if ":" in one else one for one in loopback)
        # `caddy trust` asks the API for the root certificate. A folder of this user's own is its
        # lock, and a short path: a socket's has at most 107 bytes.
        self._private = tempfile.mkdtemp(prefix="portman-caddy-") if os.name == "posix" else ""
        self.admin = f"unix/{self._private}/admin" if self._private else "off"
        self.routes = Routes("caddy", _CADDY % (self.admin, binds))
        self.file = os.path.join(folder, "Caddyfile")
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def trust(self) -> str:
        """Return the command by which this user's browsers trust the certificates, while it runs.

        "" on Windows, where Caddy gets no API.
        """
        return f"caddy trust --address {self.admin}" if self._private else ""

    def start(self) -> None:
        """Start Caddy; it reads the file again whenever that changes (`--watch`).

        It keeps the last configuration for `--resume`: in this folder, so that the one of the
        user's own Caddy stays. Certificates stay in its data folder, so that one root serves both.
        """
        self.routes.write(self.file)
        argv = [self.program, "run", "--config", self.file, "--adapter", "caddyfile", "--watch"]
        folder = os.path.dirname(self.file)
        env = {**os.environ, "XDG_CONFIG_HOME": folder}
        self._child = subprocess.Popen(argv, cwd=folder, env=env)

    def step(self) -> int | None:
        if self.routes.has_changed():
            self.routes.write(self.file)
        return self._child.poll() if self._child else None

    def stop(self) -> None:
        child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(5)
            if child.poll() is None:
                child.kill()
                child.wait()
        if self._private:
            shutil.rmtree(self._private, ignore_errors=True)
