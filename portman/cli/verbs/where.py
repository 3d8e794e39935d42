"""`portman where`: every place and range as a small table."""

from __future__ import annotations

from portman.base.text import printable
from portman.cli.parameters import Verb
from portman.cli.render import Cell, Data, Style, table
from portman.commands.where import where


def view(data: Data, style: Style) -> list[str]:
    rows = [
        (Cell(name.replace("_", " "), "dim"), Cell(printable(_text(value))))
        for name, value in data.items()
        if value not in (None, "")
    ]
    return table(rows, style)


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


VERBS = {
    "where": Verb(
        lambda options: where(options.start, instance=options.instance),
        view,
        """
        Works without a manifest too.

        Example: portman where --json
        """,
    )
}
