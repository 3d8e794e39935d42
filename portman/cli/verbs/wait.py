"""`portman wait`: each service that listens."""

from __future__ import annotations

from portman.base.text import printable
from portman.cli.parameters import SERVICES, Parameter, Verb
from portman.cli.render import Data, Style, ports_text
from portman.commands.wait import wait


def view(data: Data, style: Style) -> list[str]:
    return [
        f"{printable(one['name'])} {ports_text(one)} {style.paint('green', 'is up')}"
        for one in data["services"]
        if one["up"]
    ]


VERBS = {
    "wait": Verb(
        lambda options, names, timeout: wait(
            options.start, names, instance=options.instance, timeout=timeout
        ),
        view,
        """
        The listener must belong to this checkout. Exit 1 with the reason if a service does
        not listen in time: nothing listens, or another program does.

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
    )
}
