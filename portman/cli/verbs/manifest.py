"""`init`, `add`, `remove`, `schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from portman.cli.command import (
    Name,  # noqa: TC001 - Typer reads it at run time
    command,
)
from portman.cli.emit import OutputOptions, perform

if TYPE_CHECKING:
    from portman.base.values import Kind


def register(app: typer.Typer) -> None:
    """Add this file's commands to the app."""
    command(app, without=("instance",))(init)
    command(app, without=("instance",))(add)
    command(app)(remove)
    command(app, without=("directory", "instance"))(schema)


def init(
    how: OutputOptions,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Show it, write nothing.")
    ] = False,
) -> int:
    """Write a ports.toml here with the ports this project uses. Never overwrites one.

    Looks at Compose files, Procfile, package.json, Dockerfile, devcontainer.json, .env.example
    and framework settings; comments say where each port was found. Nothing is run.

    Example: portman init && $EDITOR ports.toml
    """
    from portman.commands.edit import init as work

    return perform("init", how, lambda: work(how.start, dry_run=dry_run))


def add(
    how: OutputOptions,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new service.")],
    usual: Annotated[
        str, typer.Argument(metavar="[PORT]", help="Its usual port, or auto.")
    ] = "auto",
    container: Annotated[
        int | None,
        typer.Option("--container", metavar="TARGET", help="A container; its port inside."),
    ] = None,
    *,
    fixed: Annotated[bool, typer.Option("--fixed", help="This very port, or an error.")] = False,
    env: Annotated[
        list[str] | None,
        typer.Option("--env", metavar="VAR", help="Variable name (may be repeated)."),
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", metavar="N", help="Consecutive ports.")
    ] = None,
    udp: Annotated[bool, typer.Option("--udp", help="UDP instead of TCP.")] = False,
) -> int:
    """Add a service (or container) to ports.toml; comments and order stay.

    Example: portman add api 8000 --env API_PORT --env UVICORN_PORT
    """
    from portman.commands.edit import add as work

    if usual != "auto" and not usual.isdecimal():
        raise typer.BadParameter(f"PORT is a number or auto, not {usual!r}")
    names = env[0] if env and len(env) == 1 else env
    offered: dict[str, object] = {
        "target": container,
        "port": None if usual == "auto" else int(usual),
        "fixed": fixed or None,
        "env": names or None,
        "count": count,
        "protocol": "udp" if udp else None,
    }
    fields = {key: value for key, value in offered.items() if value is not None}
    kind: Kind = "service" if container is None else "container"
    return perform("add", how, lambda: work(how.start, name, kind=kind, fields=fields))


def remove(how: OutputOptions, name: Name) -> int:
    """Take a service out of ports.toml and give back its port.

    Example: portman remove jobs
    """
    from portman.commands.edit import remove as work

    return perform("remove", how, lambda: work(how.start, name, instance=how.instance))


def schema(
    how: OutputOptions,
    *,
    envelope: Annotated[
        bool, typer.Option("--envelope", help="The schema of --json output instead.")
    ] = False,
) -> int:
    """Print the JSON Schema of ports.toml, for editors and CI.

    Example: portman schema > ports.schema.json
    """
    from portman.commands.schema import schema as work

    return perform("schema", how, lambda: work(envelope=envelope))
