"""`portman names`: a table of names, routes as text, or Caddy in the foreground."""

from __future__ import annotations

import signal
import sys

from portman.base.errors import INTERRUPTED, PortmanError
from portman.base.text import nearest, printable
from portman.base.values import PROXIES
from portman.cli.emit import hung_up, write, write_report
from portman.cli.parameters import Parameter, Verb, flag
from portman.cli.render import Cell, Style, table
from portman.commands.names import PAUSE, Proxy, Routes, export, names

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.base.errors import Report
    from portman.cli import OutputOptions
    from portman.cli.render import Data


def _names(
    options: OutputOptions,
    *,
    format: str | None,  # noqa: A002 - the option
    output: str | None,
    follow: bool,
    serve: bool,
) -> Report | int:
    if serve and (format or output or follow or options.json):
        raise PortmanError(
            "usage",
            "names: --serve writes Caddy's own file and prints what Caddy says, so it goes alone",
            hint="portman names --serve",
        )
    if serve:
        return _serve()
    if format is None:
        if output or follow:
            raise PortmanError(
                "usage",
                "names: --output and --follow write routes, so a format is needed",
                hint="portman names --format caddy --output routes.caddy",
            )
        return names(options.start, instance=options.instance)
    if format not in PROXIES:
        near = nearest(format, PROXIES)
        raise PortmanError(
            "usage",
            f"--format: unknown format {format!r}; known are {', '.join(PROXIES)}",
            hint=f"portman names --format {near or PROXIES[0]}",
        )
    report, routes = export(format, output or "")
    if not follow:
        return report
    if not output:
        raise PortmanError(
            "usage",
            "names: --follow keeps a file up to date, so it needs --output FILE",
            hint=f"portman names --format {format} --output routes.{format} --follow",
        )
    return _follow(options, report, routes)


def _follow(options: OutputOptions, report: Report, routes: Routes) -> int:
    write_report(report, options, view)
    path = str(report.data["file"])
    try:
        while not hung_up(PAUSE):
            if routes.has_changed() and routes.write(path):
                write(sys.stdout, f"{path}: {_count(routes.count)}\n")
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _serve() -> int:
    proxy = Proxy()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # Caddy ends with this command
    try:
        proxy.start()
        count = _count(proxy.routes.count)
        lines = [f"caddy serves {count} on loopback, at the ports {_ports(proxy)}; Ctrl-C ends it"]
        if proxy.routes.has_https and proxy.trust:
            lines.append(f"browsers trust its https names after: {proxy.trust}")
        write(sys.stdout, "".join(f"{line}\n" for line in lines))
        while (ended := proxy.step()) is None:
            hung_up(PAUSE)
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        proxy.stop()
    if ended:
        raise PortmanError(
            "proxy-missing",
            f"names: caddy ended with exit code {ended}; its own messages are above",
            hint=f"caddy validate --adapter caddyfile --config {proxy.file}",
        )
    return 0


def _ports(proxy: Proxy) -> str:
    return ", ".join(f"{port} ({name})" for name, port in proxy.ports.items())


def _count(number: int) -> str:
    return f"{number} route" if number == 1 else f"{number} routes"


def view(data: Data, style: Style) -> list[str]:
    if "names" not in data:
        if data["file"] is None:
            return str(data["text"]).splitlines()
        action = "written" if data["changed"] else "unchanged"
        return [f"{action}: {printable(data['file'])} ({_count(data['routes'])})"]
    rows = [
        (
            Cell(printable(one["service"]), "bold"),
            Cell(one["origin"] or f"{one['name']} (no route)", "" if one["origin"] else "dim"),
            Cell(str(one["port"]), "dim"),
        )
        for one in data["names"]
    ]
    lines = table(rows, style) or ["ports.toml has no services"]
    if data["unserved"]:
        ports = ", ".join(map(str, data["unserved"]))
        lines.append(f"nothing listens on {ports}; start a proxy there: portman names --serve")
    return lines


VERBS = {
    "names": Verb(
        _names,
        view,
        """
        Each service has a host name: SERVICE.PROJECT.localhost in the first checkout,
        SERVICE.CHECKOUT.PROJECT.localhost in another, so that a cookie of one checkout does not
        log another out. A proxy that runs makes the names work: --format prints the routes of
        every checkout for it, and --serve starts the Caddy that is installed. portman itself
        passes no request on and installs no certificate.

        Example: portman names --serve
        """,
        format=Parameter(
            ("--format",), metavar="FORMAT", help=f"Routes for: {', '.join(PROXIES)}."
        ),
        output=Parameter(("--output", "-o"), metavar="FILE", help="Write the routes to a file."),
        follow=flag(("--follow", "-f"), help="Then rewrite it whenever leases change."),
        serve=flag(("--serve",), help="Start Caddy on the routes of this machine."),
    )
}
