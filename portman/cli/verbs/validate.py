"""`portman schema` and `portman validate`: is ports.toml right, for editors and for CI."""

from __future__ import annotations

import json

from portman.base.text import printable
from portman.cli.parameters import Parameter, Verb, flag
from portman.cli.render import Style
from portman.commands.validate import schema, validate

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.cli.render import Data


def view_validate(data: Data, style: Style) -> list[str]:
    return [
        f"{printable(one['path'])}: {style.paint('green', 'valid')}, "
        f"{len(one['services'])} service{'' if len(one['services']) == 1 else 's'}"
        for one in data["manifests"]
        if one["valid"]
    ]


VERBS = {
    "schema": Verb(
        lambda _options, envelope: schema(envelope=envelope),
        lambda data, _style: json.dumps(data["schema"], indent=2, ensure_ascii=False).split("\n"),
        """
        For editors and CI; `portman integrate vscode` sets it up.

        Example: portman schema > ports.schema.json
        """,
        without=("directory", "instance"),
        envelope=flag(("--envelope",), help="Print the schema of --json output instead."),
    ),
    "validate": Verb(
        lambda options, files: validate(options.start, files),
        view_validate,
        """
        Reports every error of every file. For hooks and CI.

        Example: portman validate ports.toml
        """,
        without=("instance",),
        files=Parameter(
            metavar="[FILE]...", help="Manifests; default: the one found from here.", many=True
        ),
    ),
}
