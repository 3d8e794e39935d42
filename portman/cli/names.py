"""Arguments that name services, and how a shell completes them."""

from __future__ import annotations

from typing import Annotated

import typer


def service_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the names of services and containers of the manifest found from here."""
    from portman.base.errors import PortmanError
    from portman.manifest.file import find_manifest, read_manifest

    directory = ctx.params.get("directory") or "."
    try:
        manifest = read_manifest(find_manifest(directory))
    except PortmanError:
        return []
    return [one.name for one in manifest.services if one.name.startswith(incomplete)]


Name = Annotated[
    str, typer.Argument(metavar="NAME", help="A service.", autocompletion=service_names)
]
Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME]...", help="Services.", autocompletion=service_names),
]
