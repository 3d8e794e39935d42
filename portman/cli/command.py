"""Turn a function of (how, own parameters) into a command with the options all commands share."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated

import typer

from portman.cli.emit import OutputOptions

if TYPE_CHECKING:
    from collections.abc import Callable

Directory = Annotated[
    str | None,
    typer.Option("-C", metavar="DIR", help="Start in DIR instead of the working folder."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Say only what went wrong.")]
Color = Annotated[
    str | None,
    typer.Option("--color", metavar="WHEN", help="Colour: auto, always or never."),
]
Instance = Annotated[
    str | None,
    typer.Option("--instance", metavar="NAME", help="A second set of ports in this checkout."),
]
SHARED: dict[str, tuple[object, object]] = {
    "directory": (Directory, None),
    "json": (Json, False),
    "quiet": (Quiet, False),
    "color": (Color, None),
    "instance": (Instance, None),
}


def command(
    app: typer.Typer,
    name: str | None = None,
    *,
    without: tuple[str, ...] = (),
    settings: dict[str, object] | None = None,
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Register a function whose first parameter is `how: OutputOptions`; the rest are its own.

    `without` names shared options that would mean nothing for this command; `settings` are
    those of its context. The function itself stays callable as it is written.
    """
    shared = {key: value for key, value in SHARED.items() if key not in without}

    def register(function: Callable[..., int]) -> Callable[..., int]:
        first, *own = inspect.signature(function, eval_str=True).parameters.values()

        def run(ctx: typer.Context, **values: object) -> int:
            given = {key: values.pop(key) for key in shared}
            return function(manner(ctx, given), **values)

        parameters = [
            inspect.Parameter("ctx", first.POSITIONAL_OR_KEYWORD, annotation=typer.Context),
            *(one.replace(kind=first.KEYWORD_ONLY) for one in own),
            *(
                inspect.Parameter(key, first.KEYWORD_ONLY, default=default, annotation=kind)
                for key, (kind, default) in shared.items()
            ),
        ]
        vars(run)["__signature__"] = inspect.Signature(parameters)
        run.__annotations__ = {one.name: one.annotation for one in parameters}
        run.__doc__ = function.__doc__
        run.__name__ = function.__name__
        app.command(name, context_settings=dict(settings or {}))(run)
        return function

    return register


def manner(ctx: typer.Context, given: dict[str, object]) -> OutputOptions:
    """Join a command's own options with those before its name; the nearer one wins.

    Raises typer.BadParameter for a --color that is no choice.
    """
    before = ctx.obj if isinstance(ctx.obj, OutputOptions) else OutputOptions()
    start, color, instance = (given.get(key) for key in ("directory", "color", "instance"))
    chosen = before.color if color is None else str(color)
    if chosen not in ("auto", "always", "never"):
        raise typer.BadParameter("--color takes auto, always or never")
    return OutputOptions(
        start=before.start if start is None else str(start),
        json=bool(given.get("json")) or before.json,
        quiet=bool(given.get("quiet")) or before.quiet,
        color=chosen,
        instance=before.instance if instance is None else str(instance),
    )


# Arguments that name services, and how a shell completes them.


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
