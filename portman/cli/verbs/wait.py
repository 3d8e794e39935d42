"""`portman wait`: each service that listens."""

from __future__ import annotations

from portman import commands
from portman.base.text import printable
from portman.cli.parameters import SERVICES, Parameter, Verb, flag
from portman.cli.render import Style, ports_text

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.cli.render import Data


def view(data: Data, style: Style) -> list[str]:
    return [
        f"{printable(one['name'])} {ports_text(one)} {style.paint('green', 'is up')}"
        for one in data["services"]
        if one["up"]
    ]


VERBS = {
    "wait": Verb(
        lambda options, names, timeout, connect, http: commands.wait.wait(
            options.start,
            names,
            instance=options.instance,
            timeout=timeout,
            asked=commands.wait.Asked(connect, http or ""),
        ),
        view,
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
    )
}
