"""`portman down`: what was given back, then the files."""

from __future__ import annotations

from portman.cli.parameters import Verb
from portman.cli.render import Data, Style, outputs, ports_text, title
from portman.commands.down import down


def view(data: Data, style: Style) -> list[str]:
    given = [f"{one['name']} {ports_text(one)}" for one in data["services"]]
    line = f"gave back {', '.join(given)}" if given else "there was no lease to give back"
    return [title(data, style), line, *outputs(data, style)]


VERBS = {
    "down": Verb(
        lambda options: down(options.start, instance=options.instance),
        view,
        """
        Stops no program. The numbers are remembered: the next `up` gets them again if they
        are still free.

        Example: portman down
        """,
    )
}
