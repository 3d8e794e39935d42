"""`portman schema`: a JSON Schema, for editors and CI."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from portman.cli.parameters import Verb, flag
from portman.commands.schema import schema

if TYPE_CHECKING:
    from portman.cli.render import Style


def view(data: dict[str, Any], _style: Style) -> list[str]:
    return json.dumps(data["schema"], indent=2, ensure_ascii=False).split("\n")


VERBS = {
    "schema": Verb(
        lambda _how, envelope: schema(envelope=envelope),
        view,
        """
        For editors and CI; integrate vscode sets it up.

        Example: portman schema > ports.schema.json
        """,
        without=("directory", "instance"),
        envelope=flag("--envelope", help="Print the schema of --json output instead."),
    )
}
