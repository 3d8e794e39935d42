"""`up`, `check`, `env`, `port`, `url`, `down`."""

from __future__ import annotations

from typing import Annotated

import typer

from portman.cli.command import Name, Names, command  # noqa: TC001 - Typer reads them at run time
from portman.cli.emit import OutputOptions, perform
from portman.cli.fast_path import FORMATS
from portman.cli.forms import Form, answer


def register(app: typer.Typer) -> None:
    """Add this file's commands to the app."""
    for verb in (up, check, env, port, url, down):
        command(app)(verb)


def up(
    how: OutputOptions,
    names: Names = None,
    *,
    reassign: Annotated[
        bool,
        typer.Option(
            "--reassign",
            help="Move the named services, or without names those in conflict; "
            "home to the usual port if it is free.",
        ),
    ] = False,
) -> int:
    """Give every service its port, write the env files, say who is in the way.

    Nothing that has a port moves unless --reassign asks for it. Exit 1 if a port is taken by
    a stranger.

    Example: portman up && make dev
    """
    return answer(Form("up", tuple(names or ()), reassign=reassign), how)


def check(how: OutputOptions, names: Names = None) -> int:
    """Say what `up` would say, and write nothing.

    Exit 1 if a port is missing or taken by a stranger, or an env file is stale.

    Example: portman check -q || portman up
    """
    return answer(Form("check", tuple(names or ())), how)


def env(
    how: OutputOptions,
    form: Annotated[
        str,
        typer.Option("--format", metavar="FORMAT", help=f"One of: {', '.join(FORMATS)}."),
    ] = "dotenv",
) -> int:
    """Print every variable of the manifest; lease what is missing, write no file.

    Example: eval "$(portman env --format shell)"
    """
    if form not in FORMATS:
        raise typer.BadParameter(f"--format takes one of: {', '.join(FORMATS)}")
    return answer(Form("env", form=form), how)


def port(how: OutputOptions, name: Name) -> int:
    """Print the port of one service; lease it first if need be.

    Example: psql -h 127.0.0.1 -p "$(portman port db)"
    """
    return answer(Form("port", (name,)), how)


def url(how: OutputOptions, name: Name) -> int:
    """Print the URL of one service; lease its port first if need be.

    Example: curl "$(portman url web)/health"
    """
    return answer(Form("url", (name,)), how)


def down(how: OutputOptions) -> int:
    """Give back this checkout's ports and take our lines out of its files.

    Stops no program. The numbers are remembered: the next `up` gets them again if it can.

    Example: portman down
    """
    from portman.commands.down import down as work

    return perform("down", how, lambda: work(how.start, instance=how.instance))
