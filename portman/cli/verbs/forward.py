"""`portman forward`: what leads where, and the line to type; or ssh in the foreground."""

from __future__ import annotations

from portman.base.text import printable
from portman.cli import OutputOptions
from portman.cli.emit import write_report
from portman.cli.parameters import Parameter, Verb, flag
from portman.cli.render import Cell, Style, table
from portman.commands.forward import FORMATS, become_ssh, forward

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.base.errors import Report
    from portman.cli.render import Data


def _forward(
    options: OutputOptions,
    *,
    host: str,
    service: tuple[str, ...],
    checkout: str,
    form: str,
    program: str,
    become: bool,
) -> Report | int:
    report = forward(host, service, checkout=checkout, program=program, form=form)
    if not become:
        return report
    write_report(report, options, view)
    become_ssh(report)
    return 0


def view(data: Data, style: Style) -> list[str]:
    if data["format"] != "ssh":
        return str(data["text"]).splitlines()
    rows = [
        (
            Cell(printable(one["service"]), "bold"),
            Cell(f"localhost:{one['local']}"),
            Cell(f"-> {printable(data['host'])}:{one['remote']}", "dim"),
        )
        for one in data["forwards"]
    ]
    return [*table(rows, style), str(data["text"]).rstrip()]


VERBS = {
    "forward": Verb(
        _forward,
        view,
        """
        Asks HOST by ssh what its portman has leased, leases a port of this machine for each, the
        same number where it is free, and prints the ssh line that forwards them. --run becomes
        that ssh. Keys, agents and the tunnel are OpenSSH's. The numbers stay until
        portman down --at FOLDER.

        Example: portman forward devbox --run
        """,
        without=("directory", "instance"),
        host=Parameter(metavar="HOST", help="A host as ssh knows it."),
        service=Parameter(metavar="[NAME]...", help="Services there; default: all.", many=True),
        checkout=Parameter(
            ("--checkout",),
            metavar="DIR",
            default="",
            help="Its folder or project on the host; needed where there are several.",
        ),
        form=Parameter(
            ("--format",), metavar="FORMAT", default="ssh", help=f"One of: {', '.join(FORMATS)}."
        ),
        program=Parameter(
            ("--portman",),
            metavar="COMMAND",
            default="portman",
            help="How the host starts portman.",
        ),
        become=flag(("--run",), help="Become the ssh that forwards the ports."),
    )
}
