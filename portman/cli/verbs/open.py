"""`portman open`: what was opened, or the URL where no browser could be started."""

from __future__ import annotations

from portman.cli.parameters import SERVICE, Verb
from portman.cli.render import Data, Style
from portman.commands.open import open_service


def view(data: Data, _style: Style) -> list[str]:
    return [f"opened {data['url']}" if data["opened"] else data["url"]]


VERBS = {
    "open": Verb(
        lambda options, name: open_service(options.start, name, instance=options.instance),
        view,
        """
        Prints the URL where no browser can be started.

        Example: portman open web
        """,
        name=SERVICE,
    )
}
