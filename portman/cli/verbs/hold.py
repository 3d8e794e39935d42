"""`portman hold`: one line once the ports are held, because scripts wait for it.

`portman wait`: each service that listens.
"""

from __future__ import annotations

import contextlib
import os
import sys

from portman import commands
from portman.base.errors import Report
from portman.base.text import printable
from portman.cli import OutputOptions
from portman.cli.emit import write_report
from portman.cli.parameters import SERVICES, Parameter, Verb, flag
from portman.cli.render import Style, ports_text
from portman.commands.hold import prepare, stay
from portman.launch.facts import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portman.cli.render import Data


def view(data: Data, style: Style) -> list[str]:
    held, running = (
        ", ".join(f"{printable(one['name'])} {ports_text(one)}" for one in some)
        for some in (
            [one for one in data["services"] if one["held"]],
            [one for one in data["services"] if one["running"] and not one["held"]],
        )
    )
    later = f", and once it stops: {running} (running)" if running else ""
    return [f"holding {held or 'nothing yet'}{later}  {style.paint('dim', 'pid')} {data['pid']}"]


def _hold(options: OutputOptions, names: tuple[str, ...], ready_fd: int | None) -> Report | int:
    chosen, command = _split(list(names))
    try:
        prepared = prepare(
            options.start, tuple(chosen), instance=options.instance, runs_command=bool(command)
        )
    except Refused as refused:
        return refused.report

    def ready() -> None:
        # A command's stdout is its own: there the line would only be in the way.
        report = prepared.report
        write_report(
            report._replace(data={}) if command and not options.json else report, options, view
        )
        if ready_fd is not None:
            with contextlib.suppress(OSError):
                os.write(ready_fd, b"ready\n")
                os.close(ready_fd)

    return stay(prepared.holding, command, ready)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Separate names and command: Typer has dropped the `--` between them, sys.argv has not."""
    argv = sys.argv[1:]
    if "--" not in argv:
        return words, []
    count = len(argv) - argv.index("--") - 1
    return words[: len(words) - count], words[len(words) - count :]


def view_wait(data: Data, style: Style) -> list[str]:
    return [
        f"{printable(one['name'])} {ports_text(one)} {style.paint('green', 'is up')}"
        for one in data["services"]
        if one["up"]
    ]


VERBS = {
    "hold": Verb(
        _hold,
        view,
        """
        Holds them until it is stopped; with -- CMD, while CMD runs, with every variable set,
        and the exit code is CMD's. Prints a line once the ports are held. Services of this
        checkout start as usual; other programs cannot take the ports, also while a service
        restarts.

        Example: portman hold web api -- make dev
        """,
        names=SERVICES,
        ready_fd=Parameter(
            ("--ready-fd",),
            metavar="N",
            kind=int,
            help="Write a line to file descriptor N once the ports are held.",
        ),
    ),
    "wait": Verb(
        lambda options, names, timeout, connect, http: commands.wait.wait(
            options.start,
            names,
            instance=options.instance,
            timeout=timeout,
            asked=commands.wait.Asked(connect, http or ""),
        ),
        view_wait,
        """
        The listener must be this very service, on the address that ports.toml gives it. Exit 1
        with the reason if a service does not listen in time: nothing listens, another program
        does, or it accepts no connections.

        Example: portman wait db web --timeout 60 && npx playwright test
        """,
        names=SERVICES,
        timeout=Parameter(
            ("--timeout",),
            metavar="SECONDS",
            kind=float,
            default=30.0,
            low=0,
            help="How long to wait.",
        ),
        connect=flag(("--connect",), help="Connect to each service's first port too."),
        http=Parameter(
            ("--http",),
            metavar="PATH",
            help="Ask each service for PATH over HTTP; a status below 500 means it is up.",
        ),
    ),
}
