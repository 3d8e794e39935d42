"""`portman validate`: one line for each valid manifest; the others are errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portman.base.text import printable
from portman.cli.parameters import Parameter, Verb
from portman.commands.validate import validate

if TYPE_CHECKING:
    from portman.cli.render import Style


def view(data: dict[str, Any], style: Style) -> list[str]:
    return [
        f"{printable(one['path'])}: {style.paint('green', 'valid')}, "
        f"{len(one['services'])} service{'' if len(one['services']) == 1 else 's'}"
        for one in data["manifests"]
        if one["valid"]
    ]


VERBS = {
    "validate": Verb(
        lambda how, files: validate(how.start, files),
        view,
        """
        Reports every error of every file. For hooks and CI.

        Example: portman validate ports.toml
        """,
        without=("instance",),
        files=Parameter(
            metavar="[FILE]...", help="Manifests; default: the one found from here.", many=True
        ),
    )
}
